// Values of the core that a line of data/apache-values.tsv cannot say. A directive that neither
// names is not judged.
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

constexpr std::string_view kOptionNames =
    "Indexes|Includes|IncludesNOEXEC|FollowSymLinks|SymLinksIfOwnerMatch|ExecCGI|MultiViews|"
    "RunScripts|None|All";

// The sign must be on all options or on none; behind All and None, which come first, both go.
std::string bad_sign(std::string_view word, bool sign, std::size_t at, bool& merge, bool& whole) {
  constexpr std::string_view kMixed =
      "Either all Options must start with + or -, or no Option may.";
  const bool all_or_none = one_of(word, "All|None");
  if (sign && !merge && at > 0 && !whole) return std::string(kMixed);
  if (!sign && merge && at > 0) return std::string(kMixed);
  merge = merge || sign;
  if (!all_or_none) return {};
  const std::string name = one_of(word, "All") ? "All" : "None";
  if (at > 0) return "'Options " + name + "' must be the first option given.";
  if (merge) return "You may not use 'Options +" + name + "' or 'Options -" + name + "'.";
  whole = true;
  return {};
}

Bad options(const Httpd&, const Args& args, const Context& context) {
  bool merge = false;
  bool whole = false;
  for (std::size_t i = 0; i < args.size(); ++i) {
    std::string_view word = args[i].value;
    const bool sign = word.starts_with('+') || word.starts_with('-');
    if (sign) word.remove_prefix(1);
    const auto at = static_cast<int>(i);
    if (!one_of(word, kOptionNames)) {
      auto near = nearest_of(word, kOptionNames);
      if (!near.empty() && sign) near = args[i].value[0] + near;
      return BadValue{"Illegal option " + std::string(word), at, near, true};
    }
    if (auto wrong = bad_sign(word, sign, i, merge, whole); !wrong.empty())
      return bad(std::move(wrong), whole || one_of(word, "All|None") ? at : -1);
    const auto* htaccess = context.htaccess;
    const bool limited =
        htaccess != nullptr && htaccess->options && !htaccess->list.contains("options");
    if (limited && !one_of(word, "none|all") && !htaccess->options->contains(lower(word)))
      return BadValue{"Option " + std::string(word) + " not allowed here", at, {}, true};
  }
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

// apr_inet_pton() takes more than four digits of a group, where the first are zeros.
std::string without_leading_zeros(std::string_view address) {
  std::string out;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const bool first = i == 0 || address[i - 1] == ':';
    const auto end = std::min(address.find(':', i), address.size());
    const auto zeros = std::min(address.find_first_not_of('0', i), address.size()) - i;
    if (first && end - i > 4 && zeros > 0) i += std::min(zeros, end - i - 1);
    out += address[i];
  }
  return out;
}

// apr_parse_addr_port(): no address before the port, or brackets around none.
bool is_bad_address(std::string_view word) {
  if (!word.starts_with('[')) return word.starts_with(':') && word.rfind(':') == 0;
  const auto bracket = word.find(']');
  if (bracket == std::string_view::npos) return true;
  return numeric_address(without_leading_zeros(word.substr(1, bracket - 1))).family != "inet6" ||
         (bracket + 1 < word.size() && word[bracket + 1] != ':');
}

Bad listen(const Httpd&, const Args& args, const Context&) {
  if (args.empty() || args.size() > 2)
    return BadValue{"Listen requires 1 or 2 arguments.", -1, {}, true};
  const std::string_view word = args[0].value;
  const auto bracket = word.rfind(']');
  const auto colon = word.rfind(':');
  if (is_bad_address(word)) return bad("Invalid address or port", 0);
  const bool has_colon =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  const auto port = has_colon ? word.substr(colon + 1) : word;
  if (!is_number(port)) return BadValue{"Port must be specified", 0, {}, true};
  if (!valid_port(port, false)) return BadValue{"Invalid address or port", 0, {}, true};
  if (word.starts_with('[') && numeric_address(word.substr(1, bracket - 1)).family != "inet6")
    return bad("Listen setup failed", 0);
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

Bad virtual_host(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    const auto& word = args[i].value;
    const auto bracket = word.rfind(']');
    const auto colon = word.rfind(':');
    if (is_bad_address(word)) return bad("The address or port is invalid", static_cast<int>(i));
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

// A section's only argument is a pattern; the last of several is told.
Bad regex_section(const Httpd&, const Args& args, const Context&) {
  if (!args.empty() && !compiles(args[0].value)) return bad("Regex could not be compiled", 0);
  if (args.size() > 1) return bad("Multiple arguments not (yet) supported.", 1);
  return std::nullopt;
}

Bad single_section(const Httpd&, const Args& args, const Context&) {
  if (args.size() > 1 && args[0].value == "~")
    return !compiles(args[1].value) ? bad("Regex could not be compiled", 1)
           : args.size() > 2        ? bad("Multiple arguments not (yet) supported.", 2)
                                    : Bad{};
  return args.size() < 2 ? Bad{} : bad("Multiple arguments not (yet) supported.", 1);
}

// Here alone a needless "~" is accepted.
Bad directory_match(const Httpd& httpd, const Args& args, const Context& context) {
  const bool tilde = args.size() == 2 && args[0].value == "~";
  return tilde ? single_section(httpd, args, context) : regex_section(httpd, args, context);
}

Bad limit_section(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 0; i < args.size(); ++i)
    if (equal_ignoring_case(args[i].value, "TRACE"))
      return bad("TRACE cannot be controlled by <Limit>, see TraceEnable", static_cast<int>(i));
  return std::nullopt;
}

Bad if_section(const Httpd& httpd, const Args& args, const Context&) {
  if (args.empty()) return std::nullopt;
  const auto error = bad_expression(httpd, args[0].value);
  if (!error.empty()) return bad("Cannot parse condition clause: " + error, 0);
  return args.size() > 1 ? bad("Multiple arguments not supported.", 1) : Bad{};
}

constexpr std::string_view kNoIf =
    "<Else> or <ElseIf> section without previous <If> or <ElseIf> section in same scope";

Bad else_if_section(const Httpd& httpd, const Args& args, const Context& context) {
  if (auto wrong = if_section(httpd, args, context)) return wrong;
  return context.after_if ? Bad{} : bad(std::string(kNoIf));
}

Bad else_section(const Httpd&, const Args& args, const Context& context) {
  if (!args.empty()) return bad("<Else> does not take an argument", 0);
  return context.after_if ? Bad{} : bad(std::string(kNoIf));
}

Bad error_document(const Httpd& httpd, const Args& args, const Context&) {
  if (args.size() < 2) return std::nullopt;
  if (!is_status(args[0].value)) return bad("Unsupported HTTP response code " + args[0].value, 0);
  const auto error = bad_expression(httpd, args[1].value, true);
  return error.empty() ? Bad{} : bad("Cannot parse expression in ErrorDocument: " + error, 1);
}

Bad set_handler(const Httpd& httpd, const Args& args, const Context&) {
  if (args.empty()) return std::nullopt;
  const auto error = bad_expression(httpd, args[0].value, true);
  return error.empty() ? Bad{} : bad("Can't parse expression : " + error, 0);
}

// What modules lock, by the names that they register.
struct Lock {
  std::string_view name, module;
};
constexpr std::array kLocks{Lock{"mpm-accept", "prefork.c"},
                            Lock{"mpm-accept", "worker.c"},
                            Lock{"authdigest-client", "mod_auth_digest.c"},
                            Lock{"authn-socache", "mod_authn_socache.c"},
                            Lock{"cache-socache", "mod_cache_socache.c"},
                            Lock{"ldap-cache", "mod_ldap.c"},
                            Lock{"lua-ivm-shm", "mod_lua.c"},
                            Lock{"proxy", "mod_proxy.c"},
                            Lock{"proxy-balancer-shm", "mod_proxy_balancer.c"},
                            Lock{"rewrite-map", "mod_rewrite.c"},
                            Lock{"ssl-cache", "mod_ssl.c"},
                            Lock{"ssl-stapling", "mod_ssl.c"},
                            Lock{"ssl-stapling-refresh", "mod_ssl.c"},
                            Lock{"watchdog-callback", "mod_watchdog.c"}};

Bad mutex(const Httpd& httpd, const Args& args, const Context&) {
  for (std::size_t i = 1; i < args.size(); ++i) {
    const auto& name = args[i].value;
    if (name == "default" || equal_ignoring_case(name, "omitpid") || httpd.foreign) continue;
    const bool locked = std::ranges::any_of(kLocks, [&](const Lock& lock) {
      return lock.name == name && httpd.has_module(lock.module).value_or(true);
    });
    if (!locked) return bad("Mutex type " + name + " is not valid", static_cast<int>(i));
  }
  return std::nullopt;
}

constexpr std::array kJudges{ValueJudge{"options", options},
                             ValueJudge{"allowoverride", allow_override},
                             ValueJudge{"listen", listen},
                             ValueJudge{"loglevel", log_level},
                             ValueJudge{"<directory", single_section},
                             ValueJudge{"<files", single_section},
                             ValueJudge{"<location", single_section},
                             ValueJudge{"<directorymatch", directory_match},
                             ValueJudge{"<filesmatch", regex_section},
                             ValueJudge{"<locationmatch", regex_section},
                             ValueJudge{"<proxymatch", regex_section},
                             ValueJudge{"<limit", limit_section},
                             ValueJudge{"<limitexcept", limit_section},
                             ValueJudge{"sethandler", set_handler},
                             ValueJudge{"<if", if_section},
                             ValueJudge{"<elseif", else_if_section},
                             ValueJudge{"<else", else_section},
                             ValueJudge{"<virtualhost", virtual_host},
                             ValueJudge{"errordocument", error_document},
                             ValueJudge{"serveralias", server_alias},
                             ValueJudge{"mutex", mutex}};

}  // namespace

bool is_status(std::string_view code) {
  static constexpr std::array kCodes{100, 101, 102, 200, 201, 202, 203, 204, 205, 206, 207, 208,
                                     226, 300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402,
                                     403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414,
                                     415, 416, 417, 421, 422, 423, 424, 426, 428, 429, 431, 451,
                                     500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511};
  int number = 0;
  (void)std::from_chars(code.data(), code.data() + code.size(), number);
  return std::ranges::binary_search(kCodes, number);
}

Bad bad_value(const Httpd& httpd, std::string_view name, const Args& args, const Context& context) {
  if (auto wrong = bad_table_value(httpd, name, args)) return wrong;
  const std::array<std::span<const ValueJudge>, 6> judges{kJudges,          access_judges(),
                                                          rewrite_judges(), module_judges(),
                                                          proxy_judges(),   program_judges()};
  for (const auto& each : judges) {
    const auto it = std::ranges::find(each, name, &ValueJudge::name);
    if (it != each.end()) return it->judge(httpd, args, context);
  }
  return std::nullopt;
}

}  // namespace stackaudit::stack::apache
