// Each kind of check is a function of the line and a value; the table decides which is asked.
#include "stack/apache/value_table.hpp"

#include "syntax/apache/expression.hpp"
#include "text/regex.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

// Calls f with each part of a list.
template <class F>
bool any_part(std::string_view list, char separator, F f) {
  while (true) {
    const auto at = std::min(list.find(separator), list.size());
    if (f(list.substr(0, at))) return true;
    if (at == list.size()) return false;
    list.remove_prefix(at + 1);
  }
}

bool is_word(std::string_view value, std::string_view words) {
  return any_part(words, '|',
                  [&](std::string_view word) { return equal_ignoring_case(word, value); });
}

std::string nearest_word(std::string_view value, std::string_view words) {
  std::vector<std::string_view> all;
  (void)any_part(words, '|', [&](std::string_view word) {
    all.push_back(word);
    return false;
  });
  return text::nearest(value, all).value_or("");
}

std::string_view without_sign(std::string_view value) {
  return value.starts_with('+') || value.starts_with('-') ? value.substr(1) : value;
}

// The number that a text begins with, as strtol reads it.
long long leading_number(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  long long number = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "0..8", "1..", "0,512..".
bool in_range(long long number, std::string_view range) {
  const auto comma = range.find(',');
  if (comma != std::string_view::npos && number == leading_number(range.substr(0, comma)))
    return true;
  if (comma != std::string_view::npos) range.remove_prefix(comma + 1);
  const auto dots = range.find("..");
  const auto most = range.substr(dots + 2);
  return number >= leading_number(range.substr(0, dots)) &&
         (most.empty() || number <= leading_number(most));
}

// "shmcb:/path(512000)" of a provider that is there; "default" is shmcb or dbm.
bool is_cache(const Httpd& httpd, std::string_view value, std::string_view words) {
  const auto name = value.substr(0, value.find(':'));
  if (is_word(name, words)) return true;
  const auto has = [&](std::string_view provider) {
    return httpd.has_module("mod_socache_" + std::string(provider) + ".c").value_or(true);
  };
  if (name == "default") return has("shmcb") || has("dbm");
  static constexpr std::array<std::string_view, 5> kProviders{"shmcb", "dbm", "memcache", "redis",
                                                              "dc"};
  const bool known = std::ranges::find(kProviders, name) != kProviders.end();
  return known ? name == "dc" || has(name) : httpd.foreign;
}

// Output filters and the modules that register them; empty: httpd itself does.
struct Filter {
  std::string_view name, module;
};
constexpr std::array kFilters{Filter{"BROTLI_COMPRESS", "mod_brotli.c"},
                              Filter{"BUCKETEER", "mod_bucketeer.c"},
                              Filter{"BUFFER", "mod_buffer.c"},
                              Filter{"BYTERANGE", ""},
                              Filter{"CACHE", "mod_cache.c"},
                              Filter{"CACHE_INVALIDATE", "mod_cache.c"},
                              Filter{"CACHE_OUT", "mod_cache.c"},
                              Filter{"CACHE_OUT_SUBREQ", "mod_cache.c"},
                              Filter{"CACHE_REMOVE_URL", "mod_cache.c"},
                              Filter{"CACHE_SAVE", "mod_cache.c"},
                              Filter{"CACHE_SAVE_SUBREQ", "mod_cache.c"},
                              Filter{"CaseFilter", "mod_case_filter.c"},
                              Filter{"CHUNK", ""},
                              Filter{"CONTENT_LENGTH", ""},
                              Filter{"CORE", ""},
                              Filter{"DATA", "mod_data.c"},
                              Filter{"DEFLATE", "mod_deflate.c"},
                              Filter{"DUMPIO_OUT", "mod_dumpio.c"},
                              Filter{"FIXUP_HEADERS_ERR", "mod_headers.c"},
                              Filter{"FIXUP_HEADERS_OUT", "mod_headers.c"},
                              Filter{"HTTP_HEADER", ""},
                              Filter{"HTTP_OUTERROR", ""},
                              Filter{"INCLUDES", "mod_include.c"},
                              Filter{"INFLATE", "mod_deflate.c"},
                              Filter{"MOD_EXPIRES", "mod_expires.c"},
                              Filter{"MOD_SESSION_OUT", "mod_session.c"},
                              Filter{"OLD_WRITE", ""},
                              Filter{"PROXY_SEND_DIR", "mod_proxy_ftp.c"},
                              Filter{"proxy-html", "mod_proxy_html.c"},
                              Filter{"RATE_LIMIT", "mod_ratelimit.c"},
                              Filter{"reqtimeout", "mod_reqtimeout.c"},
                              Filter{"Sed", "mod_sed.c"},
                              Filter{"SUBREQ_CORE", ""},
                              Filter{"SUBSTITUTE", "mod_substitute.c"},
                              Filter{"xml2enc", "mod_xml2enc.c"},
                              Filter{"XLATEOUT", "mod_charset_lite.c"}};

// Those of a table, and what a line before this one defines.
bool is_filter(const Httpd& httpd, std::string_view name) {
  const auto known = std::ranges::find_if(
      kFilters, [&](const Filter& filter) { return text::equal_ignoring_case(filter.name, name); });
  if (known != kFilters.end())
    return known->module.empty() || httpd.has_module(known->module).value_or(true);
  return httpd.foreign || std::ranges::any_of(httpd.settings, [&](const Setting& setting) {
           const bool defines =
               setting.name == "extfilterdefine" || setting.name == "luaoutputfilter";
           return defines && !setting.args.empty() &&
                  (!setting.args[0].known ||
                   text::equal_ignoring_case(setting.args[0].value, name));
         });
}

// The first of "A;B" that is none; empty where all are.
std::string unknown_filter(const Httpd& httpd, std::string_view list) {
  while (!list.empty()) {
    const auto name = list.substr(0, list.find(';'));
    list.remove_prefix(std::min(name.size() + 1, list.size()));
    if (!name.empty() && !is_filter(httpd, name)) return std::string(name);
  }
  return {};
}

std::string filled(std::string_view message, std::string_view value, std::string_view error) {
  std::string out;
  for (std::size_t at = 0; at < message.size(); ++at) {
    if (message.substr(at).starts_with("{}")) {
      out += value;
      ++at;
    } else if (message.substr(at).starts_with("{error}")) {
      out += error;
      at += 6;
    } else {
      out += message[at];
    }
  }
  return out;
}

struct Answer {
  bool good = true;
  std::string replacement, error;
};

Answer ask(const Httpd& httpd, const ValueCheck& check, std::string_view value) {
  if (check.kind == "words") {
    if (is_word(value, check.operand)) return {};
    return {false, nearest_word(value, check.operand), {}};
  }
  if (check.kind == "signed-words") {
    const auto word = without_sign(value);
    if (is_word(word, check.operand)) return {};
    auto near = nearest_word(word, check.operand);
    if (!near.empty() && word.size() < value.size()) near.insert(near.begin(), value[0]);
    return {false, std::move(near), {}};
  }
  if (check.kind == "pattern") {
    const auto known =
        httpd.patterns.try_emplace(check.operand, check.operand, text::Regex::kCaseless);
    return {known.first->second.matches(value).value_or(true), {}, {}};
  }
  if (check.kind == "leading") return {in_range(leading_number(value), check.operand), {}, {}};
  if (check.kind == "regex") return {compiles(value), {}, {}};
  if (check.kind == "socache") return {is_cache(httpd, value, check.operand), {}, {}};
  if (check.kind == "filters") {
    auto unknown = unknown_filter(httpd, value);
    return {unknown.empty(), {}, std::move(unknown)};
  }
  if (check.kind == "needs") return {httpd.has_module(check.operand).value_or(true), {}, {}};
  if (check.kind == "expression") {
    auto error = bad_expression(httpd, value);
    return {error.empty(), {}, std::move(error)};
  }
  return {check.kind != "never", {}, {}};
}

std::optional<BadValue> refused(const Httpd& httpd, const ValueCheck& check,
                                const std::string& value, int at) {
  auto answer = ask(httpd, check, value);
  if (answer.good) return std::nullopt;
  return BadValue{filled(check.message, value, answer.error), at, std::move(answer.replacement),
                  true};
}

// Who answers for a name in an expression; a module where it is not httpd itself.
struct Provider {
  std::string_view kinds;  // letters: v f l u b
  std::string_view names, module;
};
constexpr std::array kNames{
    Provider{"v",
             "HTTP_ACCEPT|HTTP_COOKIE|HTTP_FORWARDED|HTTP_HOST|HTTP_PROXY_CONNECTION|HTTP_REFERER|"
             "HTTP_USER_AGENT|REQUEST_METHOD|REQUEST_SCHEME|REQUEST_URI|DOCUMENT_URI|"
             "REQUEST_FILENAME|SCRIPT_FILENAME|LAST_MODIFIED|SCRIPT_USER|SCRIPT_GROUP|PATH_INFO|"
             "QUERY_STRING|IS_SUBREQ|THE_REQUEST|REMOTE_ADDR|REMOTE_PORT|REMOTE_HOST|REMOTE_USER|"
             "REMOTE_IDENT|SERVER_NAME|SERVER_PORT|SERVER_ADMIN|SERVER_PROTOCOL|"
             "SERVER_PROTOCOL_VERSION|SERVER_PROTOCOL_VERSION_MAJOR|SERVER_PROTOCOL_VERSION_MINOR|"
             "DOCUMENT_ROOT|AUTH_TYPE|CONTENT_TYPE|HANDLER|HTTP2|HTTPS|IPV6|REQUEST_STATUS|"
             "REQUEST_LOG_ID|CONN_LOG_ID|CONN_REMOTE_ADDR|CONTEXT_PREFIX|CONTEXT_DOCUMENT_ROOT|"
             "TIME_YEAR|TIME_MON|TIME_DAY|TIME_HOUR|TIME_MIN|TIME_SEC|TIME_WDAY|TIME|"
             "SERVER_SOFTWARE|API_VERSION",
             ""},
    Provider{"f",
             "osenv|env|resp|req|http|note|reqenv|req_novary|tolower|toupper|escape|unescape|file|"
             "filesize|filemod|base64|unbase64|sha1|md5|ldap|replace",
             ""},
    Provider{"f", "SSL", "mod_ssl.c"},
    Provider{"l", "PeerExtList", "mod_ssl.c"},
    Provider{"u", "n|z|R|T|d|e|f|s|L|h|x|F|U|A", ""},
    Provider{"b", "ipmatch|strmatch|strcmatch|fnmatch", ""}};

struct Words {
  syntax::apache::ExpressionName::Kind kind;
  char letter;
  std::string_view before, after;
};
using Kind = syntax::apache::ExpressionName::Kind;
constexpr std::array kWords{
    Words{Kind::variable, 'v', "Variable '", "' does not exist"},
    Words{Kind::function, 'f', "Function '", "' does not exist"},
    Words{Kind::list_function, 'l', "List-returning function '", "' does not exist"},
    Words{Kind::unary_operator, 'u', "Unary operator '-", "' does not exist"},
    Words{Kind::binary_operator, 'b', "Binary operator '-", "' does not exist"}};

// Modules that bring their own names, whatever they are called, hook the lookup.
bool may_exist(const Httpd& httpd, const syntax::apache::ExpressionName& name, char letter) {
  if (httpd.incomplete || httpd.foreign_modules.may_have(httpd.survey.tree, "ap_hook_expr_lookup"))
    return true;
  const bool operation = letter == 'u';
  for (const auto& each : kNames) {
    if (each.kinds[0] != letter) continue;
    const bool there = any_part(each.names, '|', [&](std::string_view word) {
      return operation ? word == name.name : equal_ignoring_case(word, name.name);
    });
    if (there) return each.module.empty() || httpd.has_module(each.module).value_or(true);
  }
  return letter == 'v' && name.name.starts_with("SSL_") &&
         httpd.has_module("mod_ssl.c").value_or(true);
}

}  // namespace

bool compiles(std::string_view pattern, bool caseless) {
  using text::Regex;
  return Regex(pattern, Regex::kHttpd | (caseless ? Regex::kCaseless : 0U)).compiled();
}

std::string bad_expression(const Httpd& httpd, std::string_view text, bool string) {
  auto expression = syntax::apache::parse_expression(text, string);
  if (!expression.problem.empty()) return std::move(expression.problem);
  for (const auto& name : expression.names) {
    const auto words = std::ranges::find(kWords, name.kind, &Words::kind);
    if (!may_exist(httpd, name, words->letter))
      return std::string(words->before) + name.name + std::string(words->after);
  }
  return {};
}

std::optional<BadValue> bad_table_value(const Httpd& httpd, std::string_view name,
                                        const std::vector<Arg>& args) {
  for (const auto& check : httpd.knowledge.values(name)) {
    if (check.argument == 0) {
      if (auto bad = refused(httpd, check, {}, -1)) return bad;
      continue;
    }
    const std::size_t first = check.argument < 0 ? 0 : static_cast<std::size_t>(check.argument - 1);
    const std::size_t last = check.argument < 0 ? args.size() : first + 1;
    if (check.kind == "present" && (args.size() <= first || args[first].value.empty()))
      return BadValue{std::string(check.message), -1, {}, true};
    for (std::size_t i = first; i < std::min(last, args.size()); ++i)
      if (auto bad = refused(httpd, check, args[i].value, static_cast<int>(i))) return bad;
  }
  return std::nullopt;
}

}  // namespace stackaudit::stack::apache
