// Which argument is a regular expression, and behind which mark, is a table. Only compiled, never
// matched: no text of a file is run against another.
#include "stack/nginx/regexes.hpp"

#include "stack/nginx/each_directive.hpp"
#include "stack/nginx/refusal.hpp"
#include "text/regex.hpp"

#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

enum class Where : std::uint8_t { whole, behind_tilde, condition, location, many_behind_tilde };

struct Place {
  std::string_view directive;
  Where where;
  std::size_t arg = 0;
};
constexpr auto kPlaces = std::to_array<Place>({
    {"rewrite", Where::whole, 0},
    {"fastcgi_split_path_info", Where::whole, 0},
    {"location", Where::location},
    {"if", Where::condition},
    {"server_name", Where::many_behind_tilde},
    {"valid_referers", Where::many_behind_tilde},
    {"proxy_redirect", Where::behind_tilde, 0},
    {"proxy_cookie_domain", Where::behind_tilde, 0},
    {"proxy_cookie_path", Where::behind_tilde, 0},
    {"proxy_cookie_flags", Where::behind_tilde, 0},
    {"gzip_disable", Where::whole, 0},
});

// nginx's own optimisation of this one word.
constexpr std::string_view kNoRegex = "msie6";

std::string wording(std::string_view pattern, const text::Regex& regex) {
  auto message = "pcre2_compile() failed: " + regex.message() + " in " + quoted(pattern);
  if (regex.offset() < pattern.size()) message += " at " + quoted(pattern.substr(regex.offset()));
  return message;
}

class Regexes {
 public:
  explicit Regexes(Reader& reader) : reader_(reader) {}

  void run() {
    each_directive(
        reader_.config,
        [&](const Node& line, const Node&) {
          if (line.name.value.starts_with('~')) tilde(line.name);
        },
        [&](const Node& node) {
          for (const auto& place : kPlaces)
            if (node.is(place.directive)) look(node, place);
        });
  }

 private:
  void look(const Node& node, const Place& place) {
    if (place.arg >= node.args.size()) return;
    switch (place.where) {
      case Where::whole:
        if (!node.is("gzip_disable"))
          compile(node.args[place.arg], node.arg(place.arg), node.is("fastcgi_split_path_info"));
        else
          for (const auto& arg : node.args)
            if (arg.value != kNoRegex) compile(arg, arg.value);
        break;
      case Where::behind_tilde:
        tilde(node.args[place.arg]);
        break;
      case Where::many_behind_tilde:
        for (const auto& arg : node.args) tilde(arg);
        break;
      case Where::location:
        location(node);
        break;
      case Where::condition:
        condition(node);
        break;
    }
  }

  void tilde(const syntax::Word& word) {
    std::string_view pattern = word.value;
    if (!pattern.starts_with('~')) return;
    pattern.remove_prefix(pattern.starts_with("~*") ? 2 : 1);
    if (!pattern.empty()) compile(word, pattern);
  }

  void location(const Node& node) {
    const auto& name = node.args.back();
    if (node.args.size() == 2 && (node.arg(0) == "~" || node.arg(0) == "~*"))
      compile(name, name.value);
    else if (node.args.size() == 1)
      tilde(name);
  }

  void condition(const Node& node) {
    if (node.args.size() < 3) return;
    constexpr std::array<std::string_view, 4> kOperators{"~", "~*", "!~", "!~*"};
    const std::size_t at = node.arg(0) == "(" ? 2 : 1;
    if (at + 1 >= node.args.size() || !is_one_of(node.arg(at), kOperators)) return;
    std::string_view pattern = node.arg(at + 1);
    if (at + 2 == node.args.size() && pattern.ends_with(')')) pattern.remove_suffix(1);
    compile(node.args[at + 1], pattern);
  }

  // The same text is compiled once; nginx compiles with further options that accept no less.
  void compile(const syntax::Word& word, std::string_view pattern, bool needs_two = false) {
    if (fine_.contains(pattern)) return;
    const text::Regex regex(pattern);
    if (!regex.compiled()) {
      reader_.problem(word.span, "bad-regex", text::Severity::error, wording(pattern, regex));
      return;
    }
    fine_.emplace(pattern);
    if (needs_two && regex.groups() < 2)
      reader_.problem(word.span, "bad-regex", text::Severity::error,
                      "pattern " + quoted(pattern) + " must have 2 captures");
  }

  Reader& reader_;
  std::set<std::string, std::less<>> fine_;
};

}  // namespace

void check_regexes(Reader& reader) {
  Regexes(reader).run();
}

}  // namespace stackaudit::stack::nginx
