// Who is let in: Require and its providers, their sections, and Allow and Deny of 2.2.
#include "stack/apache/address.hpp"
#include "stack/apache/judge.hpp"
#include "stack/apache/value_table.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

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
                                  Provider{"file-group", "mod_authz_groupfile.c"},
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
  const bool certain = !httpd.foreign_modules.may_have(httpd.survey.tree, name);
  const auto it = std::ranges::find(providers, name, &Provider::name);
  if (it != providers.end()) {
    if (httpd.has_module(it->module).value_or(true)) return std::nullopt;
    return BadValue{"Unknown " + std::string(kind) + " provider: " + name + " (" +
                        std::string(it->module) + " is not loaded)",
                    at,
                    {},
                    certain};
  }
  std::vector<std::string_view> names;
  for (const auto& each : providers) names.push_back(each.name);
  return BadValue{"Unknown " + std::string(kind) + " provider: " + name, at,
                  text::nearest(name, names).value_or(""), certain};
}

bool is_octet(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number < 256;
}

bool is_bits(std::string_view text, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && number <= most;
}

// "10.1.2.3" where all four are needed, else "10.1" too.
bool is_inet(std::string_view text, bool whole) {
  int octets = 0;
  while (true) {
    const auto dot = std::min(text.find('.'), text.size());
    if (dot == 0 && octets > 0 && text.empty() && !whole) return true;  // "10.1."
    if (!is_octet(text.substr(0, dot)) || ++octets > 4) return false;
    if (dot == text.size()) return !whole || octets == 4;
    text.remove_prefix(dot + 1);
  }
}

// Addresses, networks, and their beginnings, as apr_ipsubnet_create takes them.
bool is_subnet(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = text.substr(0, slash);
  const auto mask = slash == std::string_view::npos ? std::string_view{} : text.substr(slash + 1);
  if (address.find(':') != std::string_view::npos)
    return numeric_address(address).family == "inet6" &&
           (slash == std::string_view::npos || is_bits(mask, 128));
  if (slash == std::string_view::npos) return is_inet(address, false);
  return is_inet(address, true) && (is_bits(mask, 32) || is_inet(mask, true));
}

Bad require_ip(const Args& args, std::size_t first) {
  if (args.size() <= first) return bad("'require ip' requires an argument");
  for (std::size_t i = first; i < args.size(); ++i)
    if (args[i].value.find("%{") == std::string::npos && !is_subnet(args[i].value))
      return bad("ip address '" + args[i].value + "' appears to be invalid", static_cast<int>(i));
  return std::nullopt;
}

// Methods that httpd or one of its modules has registered, in these letters.
Bad require_method(const Args& args, std::size_t first) {
  static constexpr auto kMethods = std::to_array<std::string_view>({"GET",
                                                                    "HEAD",
                                                                    "POST",
                                                                    "PUT",
                                                                    "DELETE",
                                                                    "CONNECT",
                                                                    "OPTIONS",
                                                                    "TRACE",
                                                                    "PATCH",
                                                                    "PROPFIND",
                                                                    "PROPPATCH",
                                                                    "MKCOL",
                                                                    "COPY",
                                                                    "MOVE",
                                                                    "LOCK",
                                                                    "UNLOCK",
                                                                    "VERSION-CONTROL",
                                                                    "CHECKOUT",
                                                                    "UNCHECKOUT",
                                                                    "CHECKIN",
                                                                    "UPDATE",
                                                                    "LABEL",
                                                                    "REPORT",
                                                                    "MKWORKSPACE",
                                                                    "MKACTIVITY",
                                                                    "BASELINE-CONTROL",
                                                                    "MERGE"});
  for (std::size_t i = first; i < args.size(); ++i)
    if (args[i].known && std::ranges::find(kMethods, args[i].value) == kMethods.end())
      return BadValue{"Invalid Method '" + args[i].value + "'", static_cast<int>(i),
                      text::nearest(args[i].value, kMethods).value_or(""), true};
  return std::nullopt;
}

// Require expr takes the rest of the line as it is written, with or without quotes around it.
Bad require_expression(const Httpd& httpd, const Args& args, std::size_t first) {
  if (args.size() <= first || args[first].span.file != args.back().span.file) return std::nullopt;
  auto text = httpd.survey.sources.slice(text::cover(args[first].span, args.back().span));
  if (text.find("${") != std::string_view::npos || text.find('\n') != std::string_view::npos)
    return std::nullopt;
  if (text.size() > 1 && text.starts_with('"') && text.ends_with('"'))
    text = text.substr(1, text.size() - 2);
  const auto error = bad_expression(httpd, text);
  return error.empty() ? Bad{} : bad("Cannot parse expression in require line: " + error);
}

bool starts_with_env(std::string_view text) {
  return text.size() >= 4 && equal_ignoring_case(text.substr(0, 4), "env=");
}

// Where "allow from" lets in: a name, an address, a network, env=.
Bad allow_from(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string_view text = args[i].value;
    const bool network = text.find('/') != std::string_view::npos;
    const bool address = text.find_first_not_of("0123456789.") == std::string_view::npos;
    const bool variable = starts_with_env(text);
    if (!variable && (network || address) && !is_subnet(text))
      return bad("The specified IP address is invalid.", static_cast<int>(i));
  }
  return std::nullopt;
}

Bad container(const Httpd&, const Args& args, const Context&) {
  return args.empty() ? Bad{} : bad("directive doesn't take additional arguments", 0);
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
  if (args[first].value == "method") return require_method(args, first + 1);
  if (args[first].value == "expr") return require_expression(httpd, args, first + 1);
  if (args[first].value != "all") return std::nullopt;
  const std::string value = args.size() > first + 1 ? args[first + 1].value : "";
  if (args.size() == first + 2 &&
      (equal_ignoring_case(value, "granted") || equal_ignoring_case(value, "denied")))
    return std::nullopt;
  return BadValue{
      "Argument for 'Require all' must be 'granted' or 'denied'",
      args.size() > first + 1 ? at + 1 : -1,
      text::nearest(value, std::array<std::string_view, 2>{"granted", "denied"}).value_or(""),
      true};
}

Bad require_none(const Httpd& httpd, const Args& args, const Context& context) {
  if (auto wrong = container(httpd, args, context)) return wrong;
  if (context.authorize == "requireall") return std::nullopt;
  return bad(std::string("<RequireNone> directive has no effect in <") +
             (context.authorize == "requirenone" ? "RequireNone" : "RequireAny") + "> directive");
}

template <std::size_t first>
Bad authn_provider(const Httpd& httpd, const Args& args, const Context&) {
  for (std::size_t i = first; i < args.size(); ++i)
    if (auto bad = provider(httpd, kAuthenticators, "Authn", args[i].value, static_cast<int>(i)))
      return bad;
  return std::nullopt;
}

template <std::size_t count>
Bad alias_section(const Httpd& httpd, const Args& args, const Context&) {
  if (args.size() < 2) return bad("directive requires additional arguments");
  return count == 0 ? provider(httpd, kAuthenticators, "Authn", args[0].value, 0)
                    : provider(httpd, kAuthorizers, "Authz", args[0].value, 0);
}

// Whom mod_remoteip trusts: addresses and networks; names are looked up.
Bad remote_ip(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string_view text = args[i].value;
    const bool numeric = text.find_first_not_of("0123456789./") == std::string_view::npos;
    if (numeric && !is_subnet(text))
      return bad("RemoteIP: Error parsing IP " + args[i].value, static_cast<int>(i));
  }
  return std::nullopt;
}

constexpr std::array kJudges{ValueJudge{"require", require},
                             ValueJudge{"remoteiptrustedproxy", remote_ip},
                             ValueJudge{"remoteipinternalproxy", remote_ip},
                             ValueJudge{"authbasicprovider", authn_provider<0>},
                             ValueJudge{"authdigestprovider", authn_provider<0>},
                             ValueJudge{"authformprovider", authn_provider<0>},
                             ValueJudge{"<authnprovideralias", alias_section<0>},
                             ValueJudge{"<authzprovideralias", alias_section<1>},
                             ValueJudge{"<requireall", container},
                             ValueJudge{"<requireany", container},
                             ValueJudge{"<requirenone", require_none},
                             ValueJudge{"allow", allow_from},
                             ValueJudge{"deny", allow_from}};

}  // namespace

std::span<const ValueJudge> access_judges() {
  return kJudges;
}

}  // namespace stackaudit::stack::apache
