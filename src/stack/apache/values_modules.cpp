// The values of mod_rewrite, mod_alias, mod_setenvif, mod_headers, mod_proxy and of sections with
// regular expressions, as far as they can be decided without the libraries that httpd has.
#include "stack/apache/judge.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

using Args = std::vector<Arg>;
using Bad = std::optional<BadValue>;
using text::equal_ignoring_case;

bool one_of(std::string_view value, std::string_view alternatives) {
  while (true) {
    const auto bar = alternatives.find('|');
    if (equal_ignoring_case(alternatives.substr(0, bar), value)) return true;
    if (bar == std::string_view::npos) return false;
    alternatives.remove_prefix(bar + 1);
  }
}

// Whether groups and classes of a regular expression are closed; all that is certain without PCRE.
bool balanced(std::string_view regex) {
  int groups = 0;
  for (std::size_t i = 0; i < regex.size(); ++i) {
    if (regex.substr(i, 2) == "\\Q") return true;
    if (regex[i] == '\\') {
      if (++i == regex.size()) return false;
    } else if (regex[i] == '[') {
      i += regex.substr(i + 1).starts_with('^') ? 2 : 1;
      if (regex.substr(i).starts_with(']')) ++i;
      while (i < regex.size() && regex[i] != ']') {
        if (regex.substr(i, 2) == "[:") {
          const auto end = regex.find(":]", i);
          if (end != std::string_view::npos) i = end + 1;
        } else if (regex[i] == '\\') {
          ++i;
        }
        ++i;
      }
      if (i >= regex.size()) return false;
    } else if (regex[i] == '(') {
      ++groups;
      if (regex.substr(i + 1).starts_with('?')) ++i;
    } else if ((regex[i] == '*' || regex[i] == '+') && i == 0) {
      return false;  // nothing to repeat
    } else if (regex[i] == ')' && --groups < 0) {
      return false;
    }
  }
  return groups == 0;
}

Bad bad_flags(std::string_view text, const std::string& directive, std::string_view known) {
  if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2)
    return BadValue{directive + ": bad flag delimiters", 2, {}, true};
  text = text.substr(1, text.size() - 2);
  while (true) {
    const auto comma = text.find(',');
    auto flag = text.substr(0, comma);
    while (flag.starts_with(' ')) flag.remove_prefix(1);
    while (flag.ends_with(' ')) flag.remove_suffix(1);
    const auto key = flag.substr(0, flag.find('='));
    const bool last = comma == std::string_view::npos;
    if (!one_of(key, known) && !(key.empty() && !last))
      return BadValue{directive + ": unknown flag '" + std::string(key) + "'", 2, {}, true};
    if (last) return std::nullopt;
    text.remove_prefix(comma + 1);
  }
}

constexpr std::string_view kRuleFlags =
    "B|BNP|BNE|BCTLS|backrefnoplus|chain|C|cookie|CO|discardpath|DPI|END|env|E|forbidden|F|gone|G|"
    "handler|H|last|L|next|N|nocase|NC|noescape|NE|nosubreq|NS|proxy|P|passthrough|PT|qsappend|QSA|"
    "qsdiscard|QSD|qslast|QSL|redirect|R|skip|S|type|T|UnsafeAllow3F|UnsafePrefixStat|UNC";
constexpr std::string_view kConditionFlags = "nocase|NC|ornext|OR|novary|NV";

Bad rewrite_rule(const Args& args, const Context&) {
  if (args.size() < 2)
    return BadValue{"RewriteRule: bad argument line '" + (args.empty() ? "" : args[0].value) + "'",
                    -1,
                    {},
                    true};
  std::string_view pattern = args[0].value;
  if (pattern.starts_with('!')) pattern.remove_prefix(1);
  if (!balanced(pattern))
    return BadValue{"RewriteRule: cannot compile regular expression '" + std::string(pattern) + "'",
                    0,
                    {},
                    true};
  return args.size() > 2 ? bad_flags(args[2].value, "RewriteRule", kRuleFlags) : std::nullopt;
}

Bad rewrite_condition(const Args& args, const Context&) {
  if (args.size() < 2)
    return BadValue{"RewriteCond: bad argument line '" + (args.empty() ? "" : args[0].value) + "'",
                    -1,
                    {},
                    true};
  std::string_view pattern = args[1].value;
  if (pattern.starts_with('!')) pattern.remove_prefix(1);
  const bool regex =
      equal_ignoring_case(args[0].value, "expr") == false &&
      (pattern.empty() || std::string_view("<>=-").find(pattern[0]) == std::string_view::npos);
  if (regex && !balanced(pattern))
    return BadValue{"RewriteCond: cannot compile regular expression '" + std::string(pattern) + "'",
                    1,
                    {},
                    true};
  if (args.size() > 2) return bad_flags(args[2].value, "RewriteCond", kConditionFlags);
  return std::nullopt;
}

Bad regex_section(const Args& args, const Context&) {
  if (args.empty() || balanced(args[0].value)) return std::nullopt;
  return BadValue{"Regex could not be compiled", 0, {}, true};
}

Bad rewrite_base(const Args& args, const Context& context) {
  if (context.htaccess == nullptr && context.within == 0)
    return BadValue{"RewriteBase: only valid in per-directory config files", -1, {}, true};
  if (!args.empty() && args[0].value.starts_with('/')) return std::nullopt;
  return BadValue{"RewriteBase: argument is not a valid URL", args.empty() ? -1 : 0, {}, true};
}

Bad alias(const Args& args, const Context& context) {
  const bool global = (context.within & (kInDirectory | kInLocation | kInFiles)) == 0;
  if (global && args.size() == 1)
    return BadValue{"Alias must have two arguments when used globally", -1, {}, true};
  const bool location = (context.within & kInLocation) != 0;
  if (!global && (!location || args.size() == 2))
    return BadValue{"Alias cannot occur within directory context", -1, {}, true};
  return std::nullopt;
}

template <std::size_t at>
Bad regex_argument(const Args& args, const Context&) {
  if (args.size() <= at || balanced(args[at].value)) return std::nullopt;
  return BadValue{"Regular expression could not be compiled.", static_cast<int>(at), {}, true};
}

Bad redirect(const Args& args, const Context& context) {
  constexpr std::string_view kWords = "permanent|temp|seeother|gone";
  const bool global = context.htaccess == nullptr && (context.within & kInLocation) == 0;
  const auto& first = args.empty() ? std::string{} : args[0].value;
  const bool number =
      first.size() == 3 && first.find_first_not_of("0123456789") == std::string::npos;
  const bool status = number || one_of(first, kWords);
  if (args.size() == 3 && !status)
    return BadValue{"Redirect: invalid first argument (of three)", 0, {}, true};
  const bool without_url = equal_ignoring_case(first, "gone") || (number && first[0] != '3');
  const bool lacks = args.size() == 1 ? !without_url : args.size() == 2 && status && !without_url;
  if (global && lacks) return BadValue{"URL to redirect to is missing", -1, {}, true};
  return std::nullopt;
}

Bad header(const Args& args, const Context&) {
  std::size_t at = 0;
  if (!args.empty() && one_of(args[0].value, "always|onsuccess|early")) ++at;
  if (args.size() <= at) return std::nullopt;
  if (!one_of(args[at].value, "add|set|setifempty|append|merge|unset|echo|note|edit|edit*"))
    return BadValue{
        "first argument must be 'add', 'set', 'setifempty', 'append', 'merge', "
        "'unset', 'echo', 'note', 'edit', or 'edit*'.",
        static_cast<int>(at),
        {},
        true};
  const bool one = one_of(args[at].value, "unset|echo");
  if (args.size() < at + (one ? 2 : 3))
    return BadValue{"Header requires three arguments", -1, {}, true};
  return std::nullopt;
}

Bad set_env_if(const Args& args, const Context&) {
  if (args.size() < 2) return BadValue{"Missing regular expression for SetEnvIf", -1, {}, true};
  if (!balanced(args[1].value))
    return BadValue{"SetEnvIf regex could not be compiled.", 1, {}, true};
  return args.size() > 2 ? Bad{}
                         : BadValue{"Missing envariable expression for SetEnvIf", -1, {}, true};
}

bool absolute_url(std::string_view url) {
  if (equal_ignoring_case(url.substr(0, 5), "unix:")) {
    const auto bar = url.find('|');
    if (bar == std::string_view::npos) return false;
    url.remove_prefix(bar + 1);
  }
  return url.find(':') != std::string_view::npos;
}

Bad proxy_pass(const Args& args, const Context& context) {
  const bool location = (context.within & kInLocation) != 0;
  const auto has_scheme = [&](std::size_t i) {
    return args.size() > i && (args[i].value == "!" || absolute_url(args[i].value));
  };
  if (args.empty() || (!location && args.size() < 2))
    return BadValue{
        "ProxyPass|ProxyPassMatch needs a path when not defined in a location", -1, {}, true};
  if (location && args[0].value.starts_with('/') && args.size() > 1 && has_scheme(1))
    return BadValue{
        "ProxyPass|ProxyPassMatch can not have a path when defined in a location", 0, {}, true};
  const std::size_t url = location ? 0 : 1;
  if (!has_scheme(url))
    return BadValue{
        "ProxyPass URL must be absolute!: " + args[url].value, static_cast<int>(url), {}, true};
  for (std::size_t i = url + 1; i < args.size(); ++i)
    if (args[i].value.find('=') == std::string::npos &&
        !one_of(args[i].value, "nocanon|interpolate|noquery"))
      return BadValue{
          "Invalid ProxyPass|ProxyPassMatch parameter. Parameter must be in the form 'key=value'.",
          static_cast<int>(i),
          {},
          true};
  return std::nullopt;
}

struct Check {
  std::string_view name;
  Bad (*check)(const Args&, const Context&);
};
constexpr std::array kChecks{Check{"rewriterule", rewrite_rule},
                             Check{"rewritecond", rewrite_condition},
                             Check{"rewritebase", rewrite_base},
                             Check{"<directorymatch", regex_section},
                             Check{"<filesmatch", regex_section},
                             Check{"<locationmatch", regex_section},
                             Check{"<proxymatch", regex_section},
                             Check{"alias", alias},
                             Check{"scriptalias", alias},
                             Check{"aliasmatch", regex_argument<0>},
                             Check{"scriptaliasmatch", regex_argument<0>},
                             Check{"proxypassmatch", regex_argument<0>},
                             Check{"redirect", redirect},
                             Check{"header", header},
                             Check{"requestheader", header},
                             Check{"setenvif", set_env_if},
                             Check{"setenvifnocase", set_env_if},
                             Check{"browsermatch", regex_argument<0>},
                             Check{"browsermatchnocase", regex_argument<0>},
                             Check{"proxypass", proxy_pass}};

}  // namespace

Bad bad_module_value(std::string_view name, const Args& args, const Context& context) {
  const auto check = std::ranges::find(kChecks, name, &Check::name);
  return check == kChecks.end() ? std::nullopt : check->check(args, context);
}

}  // namespace stackaudit::stack::apache
