// Values that httpd checks while it reads, and that can be decided from the text alone. A directive
// that is not in the table is not judged.
#include "stack/apache/judge.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::apache {
namespace {

using Args = std::vector<Arg>;
using Bad = std::optional<BadValue>;
using text::equal_ignoring_case;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool one_of(std::string_view value, std::string_view alternatives) {
  return std::ranges::any_of(split(alternatives, '|'), [&](std::string_view each) {
    return equal_ignoring_case(each, value);
  });
}

std::string nearest_of(std::string_view value, std::string_view alternatives) {
  return text::nearest(value, split(alternatives, '|')).value_or("");
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// Directives whose (first) argument is one of a few words.
struct Choice {
  std::string_view name, choices, message;
};
constexpr std::array kChoices{
    Choice{"hostnamelookups", "on|off|double", "parameter must be 'on', 'off', or 'double'"},
    Choice{"usecanonicalname", "on|off|dns", "parameter must be 'on', 'off', or 'dns'"},
    Choice{"acceptpathinfo", "on|off|default", "AcceptPathInfo must be set to on, off or default"},
    Choice{"traceenable", "on|off|extended",
           "TraceEnable must be one of 'on', 'off', or 'extended'"},
    Choice{"serversignature", "on|off|email", "ServerSignature: use one of: off | on | email"},
    Choice{"allowencodedslashes", "on|off|nodecode",
           "AllowEncodedSlashes must be On, Off, or NoDecode"},
    Choice{"satisfy", "any|all", "Satisfy either 'any' or 'all'."},
    Choice{"servertokens", "os|min|minimal|major|minor|prod|productonly|full",
           "ServerTokens takes 1 argument: 'Prod(uctOnly)', 'Major', 'Minor', 'Min(imal)', 'OS', "
           "or 'Full'"},
    Choice{"order", "allow,deny|deny,allow|mutual-failure", "unknown order"}};

constexpr std::string_view kOptionNames =
    "Indexes|Includes|IncludesNOEXEC|FollowSymLinks|SymLinksIfOwnerMatch|ExecCGI|MultiViews|"
    "RunScripts|None|All";

Bad options(const Httpd&, const Args& args, const Context& context) {
  std::size_t relative = 0;
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string_view word = args[i].value;
    if (word.starts_with('+') || word.starts_with('-')) {
      ++relative;
      word.remove_prefix(1);
    }
    const auto at = static_cast<int>(i);
    if (!one_of(word, kOptionNames)) {
      auto near = nearest_of(word, kOptionNames);
      if (!near.empty() && word.size() < args[i].value.size()) near = args[i].value[0] + near;
      return BadValue{"Illegal option " + std::string(word), at, near, true};
    }
    const auto* htaccess = context.htaccess;
    const bool limited =
        htaccess != nullptr && htaccess->options && !htaccess->list.contains("options");
    if (limited && !one_of(word, "none|all") && !htaccess->options->contains(lower(word)))
      return BadValue{"Option " + std::string(word) + " not allowed here", at, {}, true};
  }
  if (relative != 0 && relative != args.size())
    return BadValue{"Either all Options must start with + or -, or no Option may.", -1, {}, true};
  return std::nullopt;
}

Bad allow_override(const Httpd&, const Args& args, const Context&) {
  constexpr std::string_view kClasses = "Limit|Options|FileInfo|AuthConfig|Indexes|None|All";
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto word = std::string_view(args[i].value);
    const auto equals = std::min(word.find('='), word.size());
    const auto key = word.substr(0, equals);
    const auto value = word.substr(std::min(equals + 1, word.size()));
    const auto at = static_cast<int>(i);
    if (equals < word.size() && equal_ignoring_case(key, "options")) {
      for (const auto option : split(value, ','))
        if (!option.empty() && !one_of(option, kOptionNames))
          return BadValue{"Illegal option " + std::string(option), at, {}, true};
    } else if (equals < word.size() && equal_ignoring_case(key, "nonfatal")) {
      if (!one_of(value, "override|unknown|all"))
        return BadValue{"Illegal override option " + std::string(word), at, {}, true};
    } else if (!one_of(word, kClasses)) {
      return BadValue{"Illegal override option " + std::string(word), at,
                      nearest_of(word, kClasses), true};
    }
  }
  return std::nullopt;
}

// Who provides the words that Require and AuthBasicProvider take.
struct Provider {
  std::string_view name, module;
};
constexpr std::array kAuthorizers{Provider{"all", "mod_authz_core.c"},
                                  Provider{"env", "mod_authz_core.c"},
                                  Provider{"method", "mod_authz_core.c"},
                                  Provider{"expr", "mod_authz_core.c"},
                                  Provider{"user", "mod_authz_user.c"},
                                  Provider{"valid-user", "mod_authz_user.c"},
                                  Provider{"group", "mod_authz_groupfile.c"},
                                  Provider{"ip", "mod_authz_host.c"},
                                  Provider{"host", "mod_authz_host.c"},
                                  Provider{"forward-dns", "mod_authz_host.c"},
                                  Provider{"local", "mod_authz_host.c"},
                                  Provider{"file-owner", "mod_authz_owner.c"},
                                  Provider{"file-group", "mod_authz_owner.c"},
                                  Provider{"ldap-user", "mod_authnz_ldap.c"},
                                  Provider{"ldap-group", "mod_authnz_ldap.c"},
                                  Provider{"ldap-dn", "mod_authnz_ldap.c"},
                                  Provider{"ldap-attribute", "mod_authnz_ldap.c"},
                                  Provider{"ldap-filter", "mod_authnz_ldap.c"},
                                  Provider{"ldap-search", "mod_authnz_ldap.c"},
                                  Provider{"dbm-group", "mod_authz_dbm.c"},
                                  Provider{"dbm-file-group", "mod_authz_dbm.c"},
                                  Provider{"dbd-group", "mod_authz_dbd.c"},
                                  Provider{"dbd-login", "mod_authz_dbd.c"},
                                  Provider{"dbd-logout", "mod_authz_dbd.c"},
                                  Provider{"ssl", "mod_ssl.c"},
                                  Provider{"ssl-verify-client", "mod_ssl.c"}};
constexpr std::array kAuthenticators{
    Provider{"file", "mod_authn_file.c"},  Provider{"dbm", "mod_authn_dbm.c"},
    Provider{"dbd", "mod_authn_dbd.c"},    Provider{"anon", "mod_authn_anon.c"},
    Provider{"ldap", "mod_authnz_ldap.c"}, Provider{"socache", "mod_authn_socache.c"}};

template <class Providers>
Bad provider(const Httpd& httpd, const Providers& providers, std::string_view kind,
             const std::string& name, int at) {
  if (httpd.providers.contains(name)) return std::nullopt;
  const auto it = std::ranges::find(providers, name, &Provider::name);
  if (it != providers.end()) {
    if (httpd.has_module(it->module).value_or(true)) return std::nullopt;
    return BadValue{"Unknown " + std::string(kind) + " provider: " + name + " (" +
                        std::string(it->module) + " is not loaded)",
                    at,
                    {},
                    !httpd.foreign};
  }
  std::vector<std::string_view> names;
  for (const auto& each : providers) names.push_back(each.name);
  return BadValue{"Unknown " + std::string(kind) + " provider: " + name, at,
                  text::nearest(name, names).value_or(""), !httpd.foreign};
}

Bad require(const Httpd& httpd, const Args& args, const Context& context) {
  const std::size_t first = !args.empty() && equal_ignoring_case(args[0].value, "not") ? 1 : 0;
  if (args.size() <= first) return BadValue{"Unknown Authz provider: ", -1, {}, true};
  const auto at = static_cast<int>(first);
  if (auto bad = provider(httpd, kAuthorizers, "Authz", args[first].value, at)) return bad;
  if (first == 1 && (context.authorize.empty() || context.authorize == "requireany"))
    return BadValue{
        "negative Require directive has no effect in <RequireAny> directive", -1, {}, true};
  if (args[first].value != "all") return std::nullopt;
  const std::string value = args.size() > first + 1 ? args[first + 1].value : "";
  if (args.size() == first + 2 && one_of(value, "granted|denied")) return std::nullopt;
  return BadValue{"Argument for 'Require all' must be 'granted' or 'denied'",
                  args.size() > first + 1 ? at + 1 : -1, nearest_of(value, "granted|denied"), true};
}

Bad basic_provider(const Httpd& httpd, const Args& args, const Context&) {
  for (std::size_t i = 0; i < args.size(); ++i)
    if (auto bad = provider(httpd, kAuthenticators, "Authn", args[i].value, static_cast<int>(i)))
      return bad;
  return std::nullopt;
}

Bad listen(const Httpd&, const Args& args, const Context&) {
  const std::string_view word = args.at(0).value;
  const auto bracket = word.rfind(']');
  const auto colon = word.rfind(':');
  if (word.starts_with('[') && bracket == std::string_view::npos)
    return BadValue{"Invalid address or port", 0, {}, true};
  const bool has_colon =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const auto port = has_colon ? word.substr(colon + 1) : word;
  if (!is_number(port)) return BadValue{"Port must be specified", 0, {}, true};
  unsigned number = 0;
  std::from_chars(port.data(), port.data() + port.size(), number);
  if (port.size() > 5 || number == 0 || number > 65535)
    return BadValue{"Invalid address or port", 0, {}, true};
  return std::nullopt;
}

Bad log_level(const Httpd&, const Args& args, const Context&) {
  constexpr std::string_view kLevels =
      "emerg|alert|crit|error|warn|notice|info|debug|trace1|trace2|trace3|trace4|trace5|trace6|"
      "trace7|trace8";
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string_view word = args[i].value;
    const auto colon = word.find(':');
    if (colon != std::string_view::npos) word.remove_prefix(colon + 1);
    if (!one_of(word, kLevels))
      return BadValue{
          "Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/"
          "debug/trace1/.../trace8",
          static_cast<int>(i), colon == std::string_view::npos ? nearest_of(word, kLevels) : "",
          true};
  }
  return std::nullopt;
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
    } else if (regex[i] == ')' && --groups < 0) {
      return false;
    }
  }
  return groups == 0;
}

Bad rewrite_flags(std::string_view text) {
  constexpr std::string_view kFlags =
      "B|BNP|BNE|BCTLS|backrefnoplus|chain|C|cookie|CO|discardpath|DPI|END|env|E|forbidden|F|gone|"
      "G|handler|H|last|L|next|N|nocase|NC|noescape|NE|nosubreq|NS|proxy|P|passthrough|PT|qsappend|"
      "QSA|qsdiscard|QSD|qslast|QSL|redirect|R|skip|S|type|T|UnsafeAllow3F|UnsafePrefixStat|UNC|"
      "UnsafePrefixStatus";
  if (!text.starts_with('[') || !text.ends_with(']') || text.size() < 2)
    return BadValue{"RewriteRule: bad flag delimiters", 2, {}, true};
  for (auto flag : split(text.substr(1, text.size() - 2), ',')) {
    while (flag.starts_with(' ')) flag.remove_prefix(1);
    while (flag.ends_with(' ')) flag.remove_suffix(1);
    const auto key = flag.substr(0, flag.find('='));
    if (!key.empty() && !one_of(key, kFlags))
      return BadValue{"RewriteRule: unknown flag '" + std::string(key) + "'", 2, {}, true};
  }
  return std::nullopt;
}

Bad rewrite_rule(const Httpd&, const Args& args, const Context&) {
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
  return args.size() > 2 ? rewrite_flags(args[2].value) : std::nullopt;
}

Bad rewrite_condition(const Httpd&, const Args& args, const Context&) {
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
  return std::nullopt;
}

Bad regex_section(const Httpd&, const Args& args, const Context&) {
  if (args.empty() || balanced(args[0].value)) return std::nullopt;
  return BadValue{"Regex could not be compiled", 0, {}, true};
}

Bad rewrite_base(const Httpd&, const Args& args, const Context& context) {
  if (context.htaccess == nullptr && context.within == 0)
    return BadValue{"RewriteBase: only valid in per-directory config files", -1, {}, true};
  if (!args.empty() && args[0].value.starts_with('/')) return std::nullopt;
  return BadValue{"RewriteBase: argument is not a valid URL", args.empty() ? -1 : 0, {}, true};
}

Bad alias(const Httpd&, const Args& args, const Context& context) {
  const bool global = (context.within & (kInDirectory | kInLocation | kInFiles)) == 0;
  if (global && args.size() == 1)
    return BadValue{"Alias must have two arguments when used globally", -1, {}, true};
  return std::nullopt;
}

Bad single_directory(const Httpd&, const Args& args, const Context&) {
  if (args.size() < 2 || args[0].value == "~") return std::nullopt;
  return BadValue{"Multiple <Directory> arguments not (yet) supported.", 1, {}, true};
}

Bad server_alias(const Httpd&, const Args&, const Context& context) {
  if ((context.within & kInVirtualHost) != 0) return std::nullopt;
  return BadValue{"ServerAlias only used in <VirtualHost>", -1, {}, true};
}

struct Check {
  std::string_view name;
  Bad (*check)(const Httpd&, const Args&, const Context&);
};
constexpr std::array kChecks{Check{"options", options},
                             Check{"allowoverride", allow_override},
                             Check{"require", require},
                             Check{"authbasicprovider", basic_provider},
                             Check{"listen", listen},
                             Check{"loglevel", log_level},
                             Check{"rewriterule", rewrite_rule},
                             Check{"rewritecond", rewrite_condition},
                             Check{"rewritebase", rewrite_base},
                             Check{"<directorymatch", regex_section},
                             Check{"<filesmatch", regex_section},
                             Check{"<locationmatch", regex_section},
                             Check{"<directory", single_directory},
                             Check{"alias", alias},
                             Check{"serveralias", server_alias}};

}  // namespace

Bad bad_value(const Httpd& httpd, std::string_view name, const Args& args, const Context& context) {
  const auto choice = std::ranges::find(kChoices, name, &Choice::name);
  if (choice != kChoices.end()) {
    if (args.empty() || one_of(args[0].value, choice->choices)) return std::nullopt;
    return BadValue{std::string(choice->message), 0, nearest_of(args[0].value, choice->choices),
                    true};
  }
  const auto check = std::ranges::find(kChecks, name, &Check::name);
  return check == kChecks.end() ? std::nullopt : check->check(httpd, args, context);
}

}  // namespace stackaudit::stack::apache
