// A placeholder is a name between two marks.
#include "stack/placeholders.hpp"

#include "stack/survey.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Marks {
  std::string_view begin, end;
  bool only_capitals = false;
};
constexpr std::array kMarks{Marks{"<", ">", false},   Marks{"{{", "}}", false},
                            Marks{"%%", "%%", false}, Marks{"@", "@", true},
                            Marks{"__", "__", true},  Marks{"${", "}", true},
                            Marks{"!", "!", true}};
constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view kInside = "0123456789_.-";

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != std::string_view::npos;
}

bool is_name(std::string_view text, bool only_capitals) {
  while (text.starts_with(' ') || text.starts_with('_')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('_')) text.remove_suffix(1);
  const auto is_letter = [&](char c) {
    return is_one_of(c, kCapitals) || (!only_capitals && is_one_of(c, kSmall));
  };
  return !text.empty() && is_letter(text[0]) &&
         std::ranges::all_of(text, [&](char c) { return is_letter(c) || is_one_of(c, kInside); });
}

bool names_a_group(std::string_view before) {
  return before.ends_with('?') || before.ends_with("?P");
}

}  // namespace

std::optional<std::string_view> placeholder_in(std::string_view word) {
  for (const auto& marks : kMarks)
    for (auto at = word.find(marks.begin); at != std::string_view::npos;
         at = word.find(marks.begin, at + 1)) {
      const auto name = at + marks.begin.size();
      const auto end = word.find(marks.end, name);
      if (end == std::string_view::npos) break;
      if (is_name(word.substr(name, end - name), marks.only_capitals) &&
          !names_a_group(word.substr(0, at)))
        return word.substr(at, end + marks.end.size() - at);
    }
  return std::nullopt;
}

bool is_template(std::string_view text) {
  // "<%h> %>s" is a format of Apache's logs.
  constexpr std::array kStatements{Marks{"{%", "%}"}, Marks{"{{", "}}"}, Marks{"<% ", "%>"},
                                   Marks{"<%=", "%>"}, Marks{"<%-", "%>"}};
  return std::ranges::any_of(kStatements, [&](const Marks& marks) {
    for (auto at = text.find(marks.begin); at != std::string_view::npos;
         at = text.find(marks.begin, at + 1)) {
      const auto end = text.find(marks.end, at);
      if (end == std::string_view::npos) return false;
      if (end < text.find('\n', at)) return true;
    }
    return false;
  });
}

bool is_filled_in_later(Survey& survey, std::string_view path, std::string_view text) {
  if (!is_template(text) || survey.knows_accounts()) return false;
  survey.blind(Survey::whole_file(path), "directive", std::string(path),
               "a template, which is filled in before the server reads it: not read");
  return true;
}

}  // namespace stackaudit::stack
