// mod_headers, mod_setenvif, mod_expires, mod_log_config, mod_reqtimeout, mod_proxy: arguments with
// a grammar of their own.
#include "stack/apache/judge.hpp"
#include "stack/apache/value_table.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

bool one_of(std::string_view value, std::string_view alternatives) {
  while (true) {
    const auto bar = alternatives.find('|');
    if (equal_ignoring_case(alternatives.substr(0, bar), value)) return true;
    if (bar == std::string_view::npos) return false;
    alternatives.remove_prefix(bar + 1);
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool starts_with_word(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && equal_ignoring_case(text.substr(0, word.size()), word);
}

// "env=NAME", "expr=...", and early where it is allowed; `missing` is said of an env= without a
// name.
Bad condition(const Httpd& httpd, const Arg& arg, int at, std::string_view missing,
              std::string_view before_error, const std::string& otherwise) {
  const std::string_view text = arg.value;
  if (starts_with_word(text, "env=")) {
    if (text.size() > 4 && text.substr(4) != "!") return std::nullopt;
    return bad(std::string(missing), at);
  }
  if (!starts_with_word(text, "expr=")) return bad(otherwise, at);
  const auto error = bad_expression(httpd, text.substr(5));
  if (error.empty()) return std::nullopt;
  return bad(std::string(before_error) + error, at);
}

// Letters behind a '%' in a header's value.
Bad header_value(const Httpd& httpd, std::string_view text, int at) {
  if (starts_with_word(text, "expr=")) {
    const auto error = bad_expression(httpd, text.substr(5), true);
    return error.empty() ? Bad{} : bad("Can't parse value expression : " + error, at);
  }
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (text[i] != '%') continue;
    ++i;
    if (text[i] == '%') continue;
    if (text[i] == '{') i = std::min(text.find('}', i), text.size()) + 1;
    const char letter = i < text.size() ? text[i] : '\0';
    const bool known = std::string_view("Dtelbi").find(letter) != std::string_view::npos ||
                       (letter == 's' && httpd.has_module("mod_ssl.c").value_or(true));
    if (!known || letter == '\0')
      return bad("Unrecognized header format %" + std::string(letter == '\0' ? 0 : 1, letter), at);
  }
  return std::nullopt;
}

template <bool response>
Bad header(const Httpd& httpd, const Args& args, const Context&) {
  std::size_t at = 0;
  if (response && !args.empty() && one_of(args[0].value, "always|onsuccess")) ++at;
  const std::string action = args.size() > at ? lower(args[at].value) : "";
  if (!one_of(action, "add|set|setifempty|append|merge|unset|echo|note|edit|edit*"))
    return bad(
        "first argument must be 'add', 'set', 'setifempty', 'append', 'merge', "
        "'unset', 'echo', 'note', 'edit', or 'edit*'.",
        args.size() > at ? static_cast<int>(at) : -1);
  const std::size_t given = args.size() - at;  // the action, the header, ...
  if (given > 5)
    return bad(std::string(response ? "Header" : "RequestHeader") + " has too many arguments");
  const bool edit = action.starts_with("edit");
  const std::size_t wanted = edit ? 4 : action == "unset" || action == "echo" ? 2 : 3;
  if (edit && given < 4) return bad("Header edit requires a match and a substitution");
  if (edit && !compiles(args[at + 2].value))
    return bad("Header edit regex could not be compiled", static_cast<int>(at) + 2);
  if (!edit && given > 4) return bad("Too many arguments to directive");
  if (wanted == 2 && given > 3)
    return bad(action == "unset" ? "header unset takes two arguments"
                                 : "Header echo takes two arguments");
  if (action == "echo" && !response) return bad("Header echo only valid on Header directives");
  if (action == "echo" && given > 1 && !compiles(args[at + 1].value))
    return bad("Header echo regex could not be compiled", static_cast<int>(at) + 1);
  if (wanted == 3 && given < 3) return bad("Header requires three arguments");
  if (given > wanted) {
    const auto& clause = args[at + wanted];
    const bool early = equal_ignoring_case(clause.value, "early");
    if (auto wrong = early ? Bad{}
                           : condition(httpd, clause, static_cast<int>(at + wanted),
                                       "error: missing environment variable name. envclause should "
                                       "be in the form env=envar ",
                                       "Can't parse envclause/expression: ",
                                       "Unknown parameter: " + clause.value))
      return wrong;
  }
  const std::size_t value = at + (edit ? 3 : 2);
  if (wanted == 2 || args.size() <= value || edit) return std::nullopt;
  return header_value(httpd, args[value].value, static_cast<int>(value));
}

// SetEnvIf has a name before its pattern, BrowserMatch has none.
Bad set_env(const Args& args, std::size_t pattern, const std::string& name) {
  if (pattern == 1 && args.empty()) return bad("Missing header-field name for " + name);
  if (args.size() <= pattern || args[pattern].value.empty())
    return bad("Missing regular expression for " + name);
  if (!compiles(args[pattern].value))
    return bad(name + " regex could not be compiled.", static_cast<int>(pattern));
  if (pattern == 1 && args[0].value.find_first_of("^$.*+?()[]{}|\\") != std::string::npos &&
      !compiles(args[0].value))
    return bad("Header name regex could not be compiled.", 0);
  if (args.size() > pattern + 1) return std::nullopt;
  return bad("Missing envariable expression for " + name);
}

Bad set_env_if(const Httpd&, const Args& args, const Context&) {
  return set_env(args, 1, "SetEnvIf");
}
Bad set_env_if_no_case(const Httpd&, const Args& args, const Context&) {
  return set_env(args, 1, "SetEnvIfNoCase");
}
Bad browser_match(const Httpd&, const Args& args, const Context&) {
  return set_env(args, 0, "BrowserMatch");
}
Bad browser_match_no_case(const Httpd&, const Args& args, const Context&) {
  return set_env(args, 0, "BrowserMatchNoCase");
}

// "access plus 1 month": the beginnings of the words decide.
std::string bad_expiry(std::string_view text) {
  const auto next = [&]() -> std::string_view {
    while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
  };
  if (text.starts_with('A') || text.starts_with('M')) return {};
  auto word = next();
  const auto begins = [&](std::string_view with) { return starts_with_word(word, with); };
  if (!begins("n") && !begins("a") && !begins("m"))
    return "bad expires code, unrecognised <base> '" + std::string(word) + "'";
  word = next();
  if (begins("p")) word = next();
  while (!word.empty()) {
    if (!is_digit(word[0]))
      return "bad expires code, numeric value expected <num> '" + std::string(word) + "'";
    word = next();
    if (word.empty()) return "bad expires code, missing <type>";
    if (!begins("y") && !begins("mo") && !begins("w") && !begins("d") && !begins("h") &&
        !begins("mi") && !begins("s"))
      return "bad expires code, unrecognised <type>'" + std::string(word) + "'";
    word = next();
  }
  return {};
}

template <std::size_t at>
Bad expires(const Httpd&, const Args& args, const Context&) {
  if (args.size() <= at) return std::nullopt;
  const auto error = bad_expiry(args[at].value);
  if (error.empty()) return std::nullopt;
  return bad("'" + std::string(at == 0 ? "ExpiresDefault " : "ExpiresByType ") +
                 (at == 0 ? "" : args[0].value + " ") + args[at].value + "': " + error,
             at);
}

// The letters that LogFormat knows, and of which module.
bool is_log_letter(const Httpd& httpd, std::string_view text) {
  if (std::string_view("haAlutfbBionLeVvpPHmqXCkrDTUsR").find(text[0]) != std::string_view::npos)
    return true;
  if (std::string_view("IOS").find(text[0]) != std::string_view::npos)
    return httpd.has_module("mod_logio.c").value_or(true);
  if (text[0] == 'c' || text[0] == 'x') return httpd.has_module("mod_ssl.c").value_or(true);
  return false;
}

// ap_getword() takes several "}" for one.
std::size_t behind_braces(std::string_view text, std::size_t open) {
  const auto close = text.find('}', open);
  return close == std::string_view::npos
             ? text.size()
             : std::min(text.find_first_not_of('}', close), text.size());
}

Bad log_format_text(const Httpd& httpd, std::string_view text, int at) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    if (++i < text.size() && text[i] == '%') continue;
    while (i < text.size() &&
           (std::string_view("!<>,{").find(text[i]) != std::string_view::npos || is_digit(text[i])))
      i = text[i] == '{' ? behind_braces(text, i) : i + 1;
    if (i >= text.size()) return bad("Ran off end of LogFormat parsing args to some directive", at);
    const auto rest = text.substr(i);
    if (rest.starts_with("^ti") || rest.starts_with("^to") || rest.starts_with("^FB")) {
      i += 2;
    } else if (!is_log_letter(httpd, rest) && !httpd.foreign) {
      return bad("Unrecognized LogFormat directive %" + std::string(1, rest[0]), at);
    }
  }
  return std::nullopt;
}

Bad log_format(const Httpd& httpd, const Args& args, const Context&) {
  return args.empty() ? Bad{} : log_format_text(httpd, args[0].value, 0);
}

Bad custom_log(const Httpd& httpd, const Args& args, const Context&) {
  if (args.size() > 2)
    if (auto wrong = condition(httpd, args[2], 2, "missing environment variable name", "",
                               "error in condition clause"))
      return wrong;
  return args.size() < 2 ? Bad{} : log_format_text(httpd, args[1].value, 1);
}

// Flags and a width, an argument in braces, a letter that core.c or a module has registered.
Bad error_log_text(const Httpd& httpd, std::string_view text, int at) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') continue;
    while (++i < text.size() &&
           (std::string_view("-+").find(text[i]) != std::string_view::npos || is_digit(text[i])))
      if (text[i] == '+' && at == 0)
        return bad("The '+' flag cannot be used in the main error log format", at);
    if (i < text.size() && text[i] == '{') i = behind_braces(text, i);
    if (i >= text.size())
      return bad("Ran off end of error log format parsing args to some directive", at);
    if (std::string_view("% aAeEFiklLmMnPtTvV").find(text[i]) == std::string_view::npos &&
        !httpd.foreign)
      return bad("Unrecognized error log format directive %" + std::string(1, text[i]), at);
  }
  return std::nullopt;
}

Bad error_log_format(const Httpd& httpd, const Args& args, const Context&) {
  if (args.size() == 2)
    return one_of(args[0].value, "request|connection")
               ? error_log_text(httpd, args[1].value, 1)
               : bad("ErrorLogFormat type must be one of request, connection", 0);
  if (args.size() != 1) return std::nullopt;
  if (auto wrong = error_log_text(httpd, args[0].value, 0)) return wrong;
  if (args[0].value.find('M') != std::string::npos) return std::nullopt;
  return bad("main ErrorLogFormat must contain message format string '%M'", 0);
}

// On and statuses of the range of errors, as atoi reads them.
Bad error_override(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 1; i < args.size(); ++i) {
    const auto& text = args[i].value;
    if (!args[i].known) continue;
    if (!equal_ignoring_case(args[0].value, "on"))
      return bad("ProxyErrorOverride: status codes must follow a value of 'on'", 0);
    if (text.size() < 3 || (text[0] != '4' && text[0] != '5') || !is_digit(text[1]) ||
        !is_digit(text[2]) || (text.size() > 3 && is_digit(text[3])))
      return bad(
          "ProxyErrorOverride: status codes to intercept must be valid HTTP Status Codes >=400 && "
          "<600",
          static_cast<int>(i));
  }
  return std::nullopt;
}

// Seconds, or "plus 2 weeks".
Bad cookie_expires(const Httpd&, const Args& args, const Context&) {
  if (args.empty() || args[0].value.find_first_not_of("0123456789") == std::string::npos)
    return std::nullopt;
  const auto error = bad_expiry("now " + args[0].value);
  return error.empty() ? Bad{} : bad(error, 0);
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

std::string bad_timeout(std::string_view key, std::string_view value) {
  if (!one_of(key, "handshake|header|body")) return "Unknown RequestReadTimeout parameter";
  const auto lowered = lower(value);
  const auto rate = lowered.find(",minrate=");
  const auto range = std::string_view(lowered).substr(0, rate);
  if (rate != std::string::npos) {
    const auto least = std::string_view(lowered).substr(rate + 9);
    if (!all_digits(least)) return "Parse error: '" + std::string(least) + "' is not a number";
    if (least.find_first_not_of('0') == std::string_view::npos)
      return "Minimum data rate must be larger than 0";
  } else if (range.find('-') != std::string_view::npos) {
    return "Must set MinRate option if using timeout range";
  }
  const auto dash = std::min(range.find('-'), range.size());
  const auto from = range.substr(0, dash);
  const auto to = range.substr(std::min(dash + 1, range.size()));
  if (!all_digits(from) || (dash < range.size() && !all_digits(to))) return "Wrong number";
  if (dash == range.size()) return {};
  const bool larger = to.size() != from.size() ? to.size() > from.size() : to > from;
  return larger ? "" : "Maximum timeout must be larger than initial timeout";
}

Bad request_read_timeout(const Httpd&, const Args& args, const Context&) {
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string_view text = args[i].value;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos)
      return bad("Invalid RequestReadTimeout parameter. Parameter must be in the form 'key=value'",
                 static_cast<int>(i));
    const auto error = bad_timeout(text.substr(0, equals), text.substr(equals + 1));
    if (!error.empty())
      return bad("RequestReadTimeout: " + args[i].value + ": " + error, static_cast<int>(i));
  }
  return std::nullopt;
}

Bad cipher_suite(const Httpd&, const Args& args, const Context&) {
  if (args.size() != 2 || one_of(args[0].value, "SSL|TLSv1.3")) return std::nullopt;
  return bad("protocol '" + args[0].value + "' not supported", 0);
}

constexpr std::array kJudges{ValueJudge{"header", header<true>},
                             ValueJudge{"requestheader", header<false>},
                             ValueJudge{"setenvif", set_env_if},
                             ValueJudge{"setenvifnocase", set_env_if_no_case},
                             ValueJudge{"browsermatch", browser_match},
                             ValueJudge{"browsermatchnocase", browser_match_no_case},
                             ValueJudge{"expiresdefault", expires<0>},
                             ValueJudge{"expiresbytype", expires<1>},
                             ValueJudge{"logformat", log_format},
                             ValueJudge{"customlog", custom_log},
                             ValueJudge{"globallog", custom_log},
                             ValueJudge{"errorlogformat", error_log_format},
                             ValueJudge{"proxyerroroverride", error_override},
                             ValueJudge{"cookieexpires", cookie_expires},
                             ValueJudge{"requestreadtimeout", request_read_timeout},
                             ValueJudge{"sslciphersuite", cipher_suite},
                             ValueJudge{"sslproxyciphersuite", cipher_suite}};

}  // namespace

std::span<const ValueJudge> module_judges() {
  return kJudges;
}

}  // namespace stackaudit::stack::apache
