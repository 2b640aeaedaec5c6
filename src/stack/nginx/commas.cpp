// "server_name a, b;" is a server called "a,", "try_files $uri, =404;" asks for a file whose name
// ends in a comma. nginx -t says nothing.
#include "stack/nginx/commas.hpp"

#include "stack/nginx/refusal.hpp"

#include <array>

namespace stackaudit::stack::nginx {
namespace {

struct List {
  std::string_view directive;
  std::string_view what;  // its members
  bool inside;            // a comma in the middle is no part of a name either
};
constexpr std::array kLists{List{"server_name", "name", true}, List{"try_files", "file", false},
                            List{"index", "file", true}, List{"gzip_types", "type", true},
                            List{"sub_filter_types", "type", true}};

// Of an expression the commas are its own.
bool has_comma(const List& list, std::string_view word) {
  if (word.starts_with('~') || word == ",") return word == ",";
  return list.inside ? word.find(',') != std::string_view::npos : word.ends_with(',');
}

}  // namespace

void check_commas(Reader& reader) {
  for (const auto& node : reader.config.nodes) {
    if (node.context == Context::data || node.context == Context::foreign) continue;
    const auto* list = std::ranges::find(kLists, node.name.value, &List::directive);
    if (list == kLists.end()) continue;
    for (const auto& word : node.args) {
      if (!has_comma(*list, word.value)) continue;
      std::string better(word.value);
      std::ranges::replace(better, ',', ' ');
      while (better.ends_with(' ')) better.pop_back();
      reader.problem(word.span, "doubtful-directive", text::Severity::warning,
                     "the comma is part of the " + std::string(list->what) + " " +
                         quoted(word.value) + ": nothing matches it",
                     "separate by blanks", better);
      break;
    }
  }
}

}  // namespace stackaudit::stack::nginx
