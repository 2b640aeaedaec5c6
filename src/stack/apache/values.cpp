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

bool valid_port(std::string_view port, bool zero) {
  unsigned number = 0;
  if (!is_number(port) || port.size() > 5) return false;
  std::from_chars(port.data(), port.data() + port.size(), number);
  return number <= 65535 && (zero || number > 0);
}

bool valid_status(std::string_view code, int least) {
  int number = 0;
  if (!is_number(code) || code.size() != 3) return false;
  std::from_chars(code.data(), code.data() + code.size(), number);
  return number >= least && number < 600;
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
    Choice{"enablesendfile", "on|off", "parameter must be 'on' or 'off'"},
    Choice{"enablemmap", "on|off", "parameter must be 'on' or 'off'"},
    Choice{"authmerging", "off|and|or", "AuthMerging must be one of: Off | And | Or"},
    Choice{"proxyvia", "off|on|full|block", "ProxyVia must be one of: off | on | full | block"},
    Choice{"sslengine", "on|off|optional", "Argument must be On or Off"},
    Choice{"sslverifyclient", "none|optional|require|optional_no_ca",
           "SSLVerifyClient: Invalid argument"},
    Choice{"forcelanguagepriority", "none|prefer|fallback", "Invalid ForceLanguagePriority option"},
    Choice{"proxyerroroverride", "on|off",
           "ProxyErrorOverride first parameter must be one of: off | on"},
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
      continue;  // httpd takes any word here
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

// Addresses, networks, and their beginnings ("10.1"); only what is certainly none is refused.
Bad require_ip(const Args& args, std::size_t first) {
  if (args.size() <= first) return BadValue{"'require ip' requires an argument", -1, {}, true};
  for (std::size_t i = first; i < args.size(); ++i) {
    const bool digits = std::ranges::all_of(args[i].value, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
             c == '.' || c == ':' || c == '/';
    });
    if (!digits || args[i].value.find_first_of(".:0123456789") == std::string::npos)
      return BadValue{"ip address '" + args[i].value + "' appears to be invalid",
                      static_cast<int>(i),
                      {},
                      true};
  }
  return std::nullopt;
}

Bad require(const Httpd& httpd, const Args& args, const Context& context) {
  const std::size_t first = !args.empty() && equal_ignoring_case(args[0].value, "not") ? 1 : 0;
  if (args.size() <= first) return BadValue{"Unknown Authz provider: ", -1, {}, true};
  const auto at = static_cast<int>(first);
  if (auto bad = provider(httpd, kAuthorizers, "Authz", args[first].value, at)) return bad;
  if (first == 1 && (context.authorize.empty() || context.authorize == "requireany"))
    return BadValue{
        "negative Require directive has no effect in <RequireAny> directive", -1, {}, true};
  if (first == 1 && context.authorize == "requirenone")
    return BadValue{
        "negative Require directive has no effect in <RequireNone> directive", -1, {}, true};
  if (args[first].value == "ip") return require_ip(args, first + 1);
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
  if (args.empty() || args.size() > 2)
    return BadValue{"Listen requires 1 or 2 arguments.", -1, {}, true};
  const std::string_view word = args[0].value;
  const auto bracket = word.rfind(']');
  const auto colon = word.rfind(':');
  if (word.starts_with('[') && bracket == std::string_view::npos)
    return BadValue{"Invalid address or port", 0, {}, true};
  const bool has_colon =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const auto port = has_colon ? word.substr(colon + 1) : word;
  if (!is_number(port)) return BadValue{"Port must be specified", 0, {}, true};
  if (!valid_port(port, false)) return BadValue{"Invalid address or port", 0, {}, true};
  return std::nullopt;
}

// "ssl", "ssl_module" or "mod_ssl.c" of a module that is loaded, or may be.
bool names_module(const Httpd& httpd, const std::string& name) {
  for (const auto& module : httpd.modules)
    if (module.identifier == name || module.identifier == name + "_module" || module.source == name)
      return true;
  for (const auto& each : {name, name + "_module"})
    if (const auto* module = httpd.knowledge.by_identifier(each))
      return httpd.has_module(module->source).value_or(true);
  return httpd.has_module(name).value_or(true);
}

Bad log_level(const Httpd& httpd, const Args& args, const Context&) {
  constexpr std::string_view kLevels =
      "emerg|alert|crit|error|warn|notice|info|debug|trace1|trace2|trace3|trace4|trace5|trace6|"
      "trace7|trace8";
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string_view word = args[i].value;
    const auto colon = word.find(':');
    if (colon != std::string_view::npos) {
      const auto name = std::string(word.substr(0, colon));
      if (!names_module(httpd, name))
        return BadValue{"Cannot find module " + name, static_cast<int>(i), {}, !httpd.foreign};
      word.remove_prefix(colon + 1);
    }
    if (!one_of(word, kLevels))
      return BadValue{
          "Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/"
          "debug/trace1/.../trace8",
          static_cast<int>(i), colon == std::string_view::npos ? nearest_of(word, kLevels) : "",
          true};
  }
  return std::nullopt;
}

Bad single_section(const Httpd&, const Args& args, const Context&) {
  if (args.size() < 2 || args[0].value == "~") return std::nullopt;
  return BadValue{"Multiple arguments not (yet) supported.", 1, {}, true};
}

Bad virtual_host(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto& word = args[i].value;
    const auto bracket = word.rfind(']');
    const auto colon = word.rfind(':');
    if (colon == std::string::npos || (bracket != std::string::npos && colon < bracket)) continue;
    const auto port = std::string_view(word).substr(colon + 1);
    if (!is_number(port) || valid_port(port, false)) continue;
    return BadValue{"The address or port is invalid", static_cast<int>(i), {}, true};
  }
  return std::nullopt;
}

Bad server_alias(const Httpd&, const Args&, const Context& context) {
  if ((context.within & kInVirtualHost) != 0) return std::nullopt;
  return BadValue{"ServerAlias only used in <VirtualHost>", -1, {}, true};
}

Bad error_document(const Httpd&, const Args& args, const Context&) {
  if (args.empty() || valid_status(args[0].value, 400)) return std::nullopt;
  return BadValue{"Unsupported HTTP response code " + args[0].value, 0, {}, true};
}

Bad non_negative(const Httpd&, const Args& args, const Context&) {
  if (args.empty() || is_number(args[0].value)) return std::nullopt;
  return BadValue{"requires a non-negative integer.", 0, {}, true};
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
                             Check{"<directory", single_section},
                             Check{"<files", single_section},
                             Check{"<location", single_section},
                             Check{"<virtualhost", virtual_host},
                             Check{"errordocument", error_document},
                             Check{"limitrequestbody", non_negative},
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
  return check == kChecks.end() ? bad_module_value(name, args, context)
                                : check->check(httpd, args, context);
}

}  // namespace stackaudit::stack::apache
