// mod_rewrite and mod_alias: patterns, flags, maps and the forms of Redirect.
#include "stack/apache/judge.hpp"
#include "stack/apache/value_table.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

int number_of(std::string_view text) {
  int number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

struct Flag {
  std::string_view name;
  bool rule, condition;
};
constexpr std::array kFlags{Flag{"B", true, false},
                            Flag{"backrefescaping", true, false},
                            Flag{"BNE", true, false},
                            Flag{"BNP", true, false},
                            Flag{"backrefernoplus", true, false},
                            Flag{"BCTLS", true, false},
                            Flag{"C", true, false},
                            Flag{"chain", true, false},
                            Flag{"CO", true, false},
                            Flag{"cookie", true, false},
                            Flag{"E", true, false},
                            Flag{"env", true, false},
                            Flag{"END", true, false},
                            Flag{"F", true, false},
                            Flag{"forbidden", true, false},
                            Flag{"G", true, false},
                            Flag{"gone", true, false},
                            Flag{"H", true, false},
                            Flag{"handler", true, false},
                            Flag{"L", true, false},
                            Flag{"last", true, false},
                            Flag{"N", true, false},
                            Flag{"next", true, false},
                            Flag{"NC", true, true},
                            Flag{"nocase", true, true},
                            Flag{"NE", true, false},
                            Flag{"noescape", true, false},
                            Flag{"NS", true, false},
                            Flag{"nosubreq", true, false},
                            Flag{"P", true, false},
                            Flag{"proxy", true, false},
                            Flag{"PT", true, false},
                            Flag{"passthrough", true, false},
                            Flag{"QSA", true, false},
                            Flag{"qsappend", true, false},
                            Flag{"QSD", true, false},
                            Flag{"qsdiscard", true, false},
                            Flag{"QSL", true, false},
                            Flag{"qslast", true, false},
                            Flag{"R", true, false},
                            Flag{"redirect", true, false},
                            Flag{"S", true, false},
                            Flag{"skip", true, false},
                            Flag{"T", true, false},
                            Flag{"type", true, false},
                            Flag{"UNC", true, false},
                            Flag{"UnsafeAllow3F", true, false},
                            Flag{"UnsafePrefixStat", true, false},
                            Flag{"OR", false, true},
                            Flag{"ornext", false, true},
                            Flag{"NV", false, true},
                            Flag{"novary", false, true}};

std::string bad_flag(std::string_view flag, bool rule) {
  const auto equals = std::min(flag.find('='), flag.size());
  const auto key = flag.substr(0, equals);
  const auto value = flag.substr(std::min(equals + 1, flag.size()));
  const bool anything = rule && (key.starts_with('D') || key.starts_with('d'));
  const bool known =
      anything || std::ranges::any_of(kFlags, [&](const Flag& each) {
        return (rule ? each.rule : each.condition) && equal_ignoring_case(each.name, key);
      });
  if (!known) return "unknown flag '" + std::string(key) + "'";
  if (equal_ignoring_case(key, "BNE") && value.empty())
    return "flag 'BNE' wants a list of characters (i.e. [BNE=...])";
  const bool redirect = equal_ignoring_case(key, "R") || equal_ignoring_case(key, "redirect");
  if (redirect && !value.empty() && value[0] >= '0' && value[0] <= '9' && !is_status(value))
    return "invalid HTTP response code '" + std::string(value) + "' for flag 'R'";
  return {};
}

Bad bad_flags(std::string_view text, const std::string& directive, bool rule) {
  if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2)
    return bad(directive + ": bad flag delimiters", 2);
  text = text.substr(1, text.size() - 2);
  while (true) {
    const auto comma = text.find(',');
    auto flag = text.substr(0, comma);
    while (flag.starts_with(' ')) flag.remove_prefix(1);
    while (flag.ends_with(' ')) flag.remove_suffix(1);
    const bool last = comma == std::string_view::npos;
    if (auto problem = bad_flag(flag, rule); !problem.empty())
      return bad(directive + ": " + problem, 2);
    if (last) return std::nullopt;
    text.remove_prefix(comma + 1);
  }
}

bool has_flag(const Args& args, std::string_view shorter, std::string_view longer) {
  if (args.size() < 3) return false;
  std::string_view text = args[2].value;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of("[],= "), text.size());
    const auto word = text.substr(0, end);
    if (equal_ignoring_case(word, shorter) || equal_ignoring_case(word, longer)) return true;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

Bad rewrite_rule(const Httpd&, const Args& args, const Context&) {
  if (args.size() == 1 && args[0].value.empty()) return std::nullopt;
  if (args.size() < 2)
    return bad("RewriteRule: bad argument line '" + (args.empty() ? "" : args[0].value) + "'");
  if (args.size() > 2)
    if (auto wrong = bad_flags(args[2].value, "RewriteRule", true)) return wrong;
  std::string_view pattern = args[0].value;
  if (pattern.starts_with('!')) pattern.remove_prefix(1);
  if (compiles(pattern, has_flag(args, "NC", "nocase"))) return std::nullopt;
  return bad("RewriteRule: cannot compile regular expression '" + std::string(pattern) + "'", 0);
}

// What a CondPattern is taken for.
enum class Pattern : std::uint8_t { regex, expression, other };

Pattern kind_of(std::string_view input, std::string_view pattern) {
  if (equal_ignoring_case(input, "expr")) return Pattern::expression;
  if (pattern.size() < 2) return Pattern::regex;
  if (pattern[0] == '<' || pattern[0] == '>' || pattern[0] == '=') return Pattern::other;
  if (pattern[0] != '-') return Pattern::regex;
  if (pattern.size() == 2)
    return std::string_view("fsdxhLlUF").find(pattern[1]) == std::string_view::npos
               ? Pattern::regex
               : Pattern::other;
  static constexpr std::array<std::string_view, 6> kNumbers{"-lt", "-le", "-gt",
                                                            "-ge", "-eq", "-ne"};
  const bool number = pattern.size() > 3 && std::ranges::any_of(kNumbers, [&](std::string_view op) {
                        return pattern.starts_with(op);
                      });
  return number ? Pattern::other : Pattern::regex;
}

Bad rewrite_condition(const Httpd& httpd, const Args& args, const Context&) {
  if (args.size() == 1 && args[0].value.empty()) return std::nullopt;
  if (args.size() < 2)
    return bad("RewriteCond: bad argument line '" + (args.empty() ? "" : args[0].value) + "'");
  if (args.size() > 2)
    if (auto wrong = bad_flags(args[2].value, "RewriteCond", false)) return wrong;
  std::string_view pattern = args[1].value;
  if (pattern.starts_with('!')) pattern.remove_prefix(1);
  const auto kind = kind_of(args[0].value, pattern);
  if (kind == Pattern::expression) {
    const auto error = bad_expression(httpd, pattern);
    if (error.empty()) return std::nullopt;
    return bad("RewriteCond: cannot compile expression \"" + std::string(pattern) + "\": " + error,
               1);
  }
  if (kind == Pattern::other || compiles(pattern, has_flag(args, "NC", "nocase")))
    return std::nullopt;
  return bad("RewriteCond: cannot compile regular expression '" + std::string(pattern) + "'", 1);
}

Bad rewrite_base(const Httpd&, const Args& args, const Context& context) {
  if (context.htaccess == nullptr && context.within == 0)
    return bad("RewriteBase: only valid in per-directory config files");
  if (!args.empty() && args[0].value.starts_with('/')) return std::nullopt;
  return bad("RewriteBase: argument is not a valid URL", args.empty() ? -1 : 0);
}

Bad rewrite_map(const Httpd& httpd, const Args& args, const Context&) {
  if (args.size() < 2) return std::nullopt;
  const auto text = lower(args[1].value);
  if (text.starts_with("int:")) {
    static constexpr std::array<std::string_view, 4> kInternal{"int:tolower", "int:toupper",
                                                               "int:escape", "int:unescape"};
    if (std::ranges::find(kInternal, args[1].value.substr(0, 4) == "int:" ? args[1].value : text) !=
        kInternal.end())
      return std::nullopt;
    return bad("RewriteMap: internal map not found:" + args[1].value.substr(4), 1);
  }
  if ((text.starts_with("dbd:") || text.starts_with("fastdbd:")) &&
      httpd.has_module("mod_dbd.c") == false)
    return bad("RewriteMap types dbd and fastdbd require mod_dbd!", 1);
  const bool dbm =
      text.starts_with("dbm:") || (text.starts_with("dbm=") && text.find(':') != std::string::npos);
  if (text.starts_with("dbm") && !dbm) return bad("RewriteMap: bad map:" + args[1].value, 1);
  return std::nullopt;
}

Bad alias(const Httpd&, const Args& args, const Context& context) {
  const bool global = (context.within & (kInDirectory | kInLocation | kInFiles)) == 0;
  if (global && args.size() == 1) return bad("Alias must have two arguments when used globally");
  const bool location = (context.within & kInLocation) != 0;
  if (!global && (!location || args.size() == 2))
    return bad("Alias cannot occur within directory context");
  return std::nullopt;
}

bool is_url(std::string_view text) {
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon > 0 &&
         std::ranges::all_of(text.substr(0, colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '+' || c == '-' || c == '.';
         });
}

// The status that the first argument says, and how: it is none, a redirection, or another one.
struct First {
  bool status = false, redirection = true;
  int code = 302;
};

First first_of(std::string_view word, int otherwise) {
  if (equal_ignoring_case(word, "permanent")) return {true, true, 301};
  if (equal_ignoring_case(word, "temp")) return {true, true, 302};
  if (equal_ignoring_case(word, "seeother")) return {true, true, 303};
  if (equal_ignoring_case(word, "gone")) return {true, false, 410};
  if (word.empty() || word[0] < '0' || word[0] > '9') return {false, true, otherwise};
  const int code = number_of(word);
  return {true, code >= 300 && code < 400, code};
}

Bad redirect_with(const Httpd& httpd, const Args& args, const Context& context, int otherwise,
                  bool regex) {
  if (args.empty()) return std::nullopt;
  const auto first = first_of(args[0].value, otherwise);
  const auto count = args.size();
  if (count == 3 && !first.status) return bad("Redirect: invalid first argument (of three)", 0);
  const bool inside = context.htaccess != nullptr || context.within > kInVirtualHost;
  if (inside &&
      ((first.status && first.redirection && count == 2) || (!first.status && count == 1))) {
    const auto& url = args[count - 1].value;
    const auto error = bad_expression(httpd, url, true);
    if (error.empty()) return std::nullopt;
    return bad("Cannot parse redirect expression '" + url + "': " + error,
               static_cast<int>(count) - 1);
  }
  if (inside && first.status && !first.redirection && count == 1) return std::nullopt;
  const std::size_t from = count == 3 || first.status ? 1 : 0;
  const std::size_t to = from + 1;
  if (regex && count > from && !compiles(args[from].value))
    return bad("Regular expression could not be compiled.", static_cast<int>(from));
  if (first.code < 300 || first.code >= 400)
    return count > to ? bad("Redirect URL not valid for this status", static_cast<int>(to)) : Bad{};
  if (count <= to) return bad("URL to redirect to is missing");
  if (regex || is_url(args[to].value) || args[to].value.starts_with('/')) return std::nullopt;
  return bad("Redirect to non-URL", static_cast<int>(to));
}

template <int status, bool regex>
Bad redirect(const Httpd& httpd, const Args& args, const Context& context) {
  return redirect_with(httpd, args, context, status, regex);
}

constexpr std::array kJudges{ValueJudge{"rewriterule", rewrite_rule},
                             ValueJudge{"rewritecond", rewrite_condition},
                             ValueJudge{"rewritebase", rewrite_base},
                             ValueJudge{"rewritemap", rewrite_map},
                             ValueJudge{"alias", alias},
                             ValueJudge{"scriptalias", alias},
                             ValueJudge{"redirect", redirect<302, false>},
                             ValueJudge{"redirecttemp", redirect<302, false>},
                             ValueJudge{"redirectpermanent", redirect<301, false>},
                             ValueJudge{"redirectmatch", redirect<302, true>}};

}  // namespace

std::span<const ValueJudge> rewrite_judges() {
  return kJudges;
}

}  // namespace stackaudit::stack::apache
