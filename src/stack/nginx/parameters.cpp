// The parameters are a table. In its messages {} is the whole argument and {=} what follows the
// "="; nginx's own differ from module to module.
#include "stack/nginx/parameters.hpp"

#include "stack/nginx/values.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace stackaudit::stack::nginx {
namespace {

enum class Kind : std::uint8_t {
  word,
  any,
  some,
  number,
  positive,
  level,
  size,
  offset,
  seconds,
  milliseconds,
  flag,
  rate,
  levels,
  zone,
  keepalive,
  never
};

struct Parameter {
  std::string_view directive, key;
  Kind kind;
  std::string_view message;     // empty: `invalid parameter "{}"`
  std::string_view since = {};  // of nginx; "plus" of the commercial version alone
};

constexpr std::string_view kBadParameter = "invalid parameter \"{}\"";
constexpr std::string_view kBadCache = "invalid \"open_file_cache\" parameter \"{}\"";
constexpr std::string_view kBadLogCache = "invalid \"open_log_file_cache\" parameter \"{}\"";

constexpr auto kParameters = std::to_array<Parameter>({
    {"access_log", "buffer=", Kind::size, "invalid buffer size \"{=}\""},
    {"access_log", "flush=", Kind::milliseconds, "invalid flush time \"{=}\""},
    {"access_log", "gzip=", Kind::level, "invalid compression level \"{=}\""},
    {"access_log", "gzip", Kind::word, ""},
    {"access_log", "if=", Kind::any, ""},
    {"cache_path", "keys_zone=", Kind::zone, "invalid keys zone size \"{}\""},
    {"cache_path", "levels=", Kind::levels, "invalid \"levels\" \"{}\""},
    {"cache_path", "use_temp_path=", Kind::flag,
     "invalid use_temp_path value \"{}\", it must be \"on\" or \"off\""},
    {"cache_path", "inactive=", Kind::seconds, "invalid inactive value \"{}\""},
    {"cache_path", "max_size=", Kind::offset, "invalid max_size value \"{}\""},
    {"cache_path", "min_free=", Kind::offset, "invalid min_free value \"{}\""},
    {"cache_path", "loader_files=", Kind::number, "invalid loader_files value \"{}\""},
    {"cache_path", "loader_sleep=", Kind::milliseconds, "invalid loader_sleep value \"{}\""},
    {"cache_path", "loader_threshold=", Kind::milliseconds,
     "invalid loader_threshold value \"{}\""},
    {"cache_path", "manager_files=", Kind::number, "invalid manager_files value \"{}\""},
    {"cache_path", "manager_sleep=", Kind::milliseconds, "invalid manager_sleep value \"{}\""},
    {"cache_path", "manager_threshold=", Kind::milliseconds,
     "invalid manager_threshold value \"{}\""},
    {"cache_path", "purger", Kind::any, "", "plus"},
    {"fastcgi_param", "if_not_empty", Kind::word, ""},
    {"uwsgi_param", "if_not_empty", Kind::word, ""},
    {"scgi_param", "if_not_empty", Kind::word, ""},
    {"limit_conn_zone", "zone=", Kind::zone, "invalid zone size \"{}\""},
    {"limit_req", "zone=", Kind::any, ""},
    {"limit_req", "burst=", Kind::positive, "invalid burst value \"{}\""},
    {"limit_req", "delay=", Kind::positive, "invalid delay value \"{}\""},
    {"limit_req", "nodelay", Kind::word, ""},
    {"limit_req_zone", "zone=", Kind::zone, "invalid zone size \"{}\""},
    {"limit_req_zone", "rate=", Kind::rate, "invalid rate \"{}\""},
    {"limit_req_zone", "sync", Kind::word, "", "plus"},
    {"listen", "backlog=", Kind::positive, "invalid backlog \"{}\""},
    {"listen", "rcvbuf=", Kind::size, "invalid rcvbuf \"{}\""},
    {"listen", "sndbuf=", Kind::size, "invalid sndbuf \"{}\""},
    {"listen", "fastopen=", Kind::number, "invalid fastopen \"{}\""},
    {"listen", "so_keepalive=", Kind::keepalive, "invalid so_keepalive value: \"{=}\""},
    {"listen", "setfib=", Kind::never, ""},
    {"open_file_cache", "max=", Kind::positive, kBadCache},
    {"open_file_cache", "inactive=", Kind::seconds, kBadCache},
    {"open_file_cache", "off", Kind::word, kBadCache},
    {"open_log_file_cache", "max=", Kind::positive, kBadLogCache},
    {"open_log_file_cache", "inactive=", Kind::seconds, kBadLogCache},
    {"open_log_file_cache", "min_uses=", Kind::positive, kBadLogCache},
    {"open_log_file_cache", "valid=", Kind::seconds, kBadLogCache},
    {"open_log_file_cache", "off", Kind::word, kBadLogCache},
    {"server", "weight=", Kind::positive, ""},
    {"server", "max_conns=", Kind::number, ""},
    {"server", "max_fails=", Kind::number, ""},
    {"server", "fail_timeout=", Kind::seconds, ""},
    {"server", "backup", Kind::word, ""},
    {"server", "down", Kind::word, ""},
    {"server", "resolve", Kind::word, "", "1.27.3"},
    {"server", "service=", Kind::some, "", "1.27.3"},
    {"server", "slow_start=", Kind::seconds, "", "plus"},
    {"server", "route=", Kind::some, "", "1.29.6"},
    {"server", "drain", Kind::word, "", "plus"},
    {"thread_pool", "threads=", Kind::positive, "invalid threads value \"{}\""},
    {"thread_pool", "max_queue=", Kind::number, "invalid max_queue value \"{}\""},
});

// Which directives are read by the table: from which argument on, what an unknown one is answered,
// which parameter may not be missing.
struct Reading {
  std::string_view directive, table;
  std::size_t from = 0;
  std::string_view unknown = kBadParameter;
  std::string_view needed = {}, without = {};
  bool closed = true;  // what the table does not have is refused
};
constexpr auto kReadings = std::to_array<Reading>({
    {"access_log", "access_log", 2},
    {"proxy_cache_path", "cache_path", 1, kBadParameter,
     "keys_zone=", "\"proxy_cache_path\" must have \"keys_zone\" parameter"},
    {"fastcgi_cache_path", "cache_path", 1, kBadParameter,
     "keys_zone=", "\"fastcgi_cache_path\" must have \"keys_zone\" parameter"},
    {"uwsgi_cache_path", "cache_path", 1, kBadParameter,
     "keys_zone=", "\"uwsgi_cache_path\" must have \"keys_zone\" parameter"},
    {"scgi_cache_path", "cache_path", 1, kBadParameter,
     "keys_zone=", "\"scgi_cache_path\" must have \"keys_zone\" parameter"},
    {"fastcgi_param", "fastcgi_param", 2},
    {"uwsgi_param", "uwsgi_param", 2},
    {"scgi_param", "scgi_param", 2},
    {"limit_conn_zone", "limit_conn_zone", 1, kBadParameter,
     "zone=", "\"limit_conn_zone\" must have \"zone\" parameter"},
    {"limit_req", "limit_req", 0, kBadParameter,
     "zone=", "\"limit_req\" must have \"zone\" parameter"},
    {"limit_req_zone", "limit_req_zone", 1, kBadParameter,
     "zone=", "\"limit_req_zone\" must have \"zone\" parameter"},
    {"listen", "listen", 1, kBadParameter, {}, {}, false},
    {"open_file_cache", "open_file_cache", 0, kBadCache,
     "max=", "\"open_file_cache\" must have the \"max\" parameter"},
    {"open_log_file_cache", "open_log_file_cache", 0, kBadLogCache,
     "max=", "\"open_log_file_cache\" must have \"max\" parameter"},
    {"server", "server", 1},
    {"thread_pool", "thread_pool", 1, kBadParameter,
     "threads=", "\"thread_pool\" must have \"threads\" parameter", false},
});

std::string filled(std::string_view message, std::string_view whole, std::string_view value) {
  std::string out(message.empty() ? kBadParameter : message);
  for (const auto& [mark, text] : {std::pair{std::string_view("{}"), whole}, {"{=}", value}})
    if (const auto at = out.find(mark); at != std::string::npos) out.replace(at, mark.size(), text);
  return out;
}

bool is_rate(std::string_view value) {
  if (value.ends_with("r/s") || value.ends_with("r/m")) value.remove_suffix(3);
  return parse_number(value).value_or(0) > 0;
}

// "1:2": at most three digits of 1 or 2.
bool is_levels(std::string_view value) {
  if (value.empty() || value.size() > 5 || value.size() % 2 == 0) return false;
  for (std::size_t i = 0; i < value.size(); ++i)
    if (i % 2 == 0 ? value[i] != '1' && value[i] != '2' : value[i] != ':') return false;
  return true;
}

// "on", "off", "30m::10"
bool is_keepalive(std::string_view value) {
  if (value == "on" || value == "off") return true;
  const auto first = value.find(':');
  if (first == std::string_view::npos || value == "::") return false;
  const auto second = value.find(':', first + 1);
  const auto time = [](std::string_view text) { return text.empty() || is_time(text, true); };
  const bool times =
      time(value.substr(0, first)) &&
      (second == std::string_view::npos || time(value.substr(first + 1, second - first - 1)));
  if (second == std::string_view::npos) return times && time(value.substr(first + 1));
  const auto count = value.substr(second + 1);
  return times && (count.empty() || parse_number(count));
}

bool takes(Kind kind, std::string_view value) {
  switch (kind) {
    case Kind::word:
    case Kind::any:
      return true;
    case Kind::some:
      return !value.empty();
    case Kind::number:
      return parse_number(value).has_value();
    case Kind::positive:
      return parse_number(value).value_or(0) > 0;
    case Kind::level:
      return parse_number(value).value_or(0) >= 1 && *parse_number(value) <= 9;
    case Kind::size:
      return parse_size(value, false).value_or(0) > 0;
    case Kind::offset:
      return parse_size(value, true).has_value();
    case Kind::seconds:
      return is_time(value, true);
    case Kind::milliseconds:
      return is_time(value, false);
    case Kind::flag:
      return value == "on" || value == "off";
    case Kind::rate:
      return is_rate(value);
    case Kind::levels:
      return is_levels(value);
    case Kind::zone:
      return value.empty() || value[0] == ':' ||
             parse_size(value.substr(std::min(value.find(':'), value.size() - 1) + 1), false);
    case Kind::keepalive:
      return is_keepalive(value);
    case Kind::never:
      return false;
  }
  return true;
}

// A zone of shared memory has room for eight pages, one of a cache for two.
Answer small_zone(const Node& node, std::size_t arg, std::string_view value) {
  const auto colon = value.find(':');
  if (colon == std::string_view::npos || colon == 0) return {};
  const auto size = parse_size(value.substr(colon + 1), false);
  const bool keys = node.arg(arg).starts_with("keys_");
  if (!size || *size >= (keys ? 2 : 8) * 4096) return {};
  const std::string kind = keys ? "keys zone " : "zone ";
  return Refusal{arg, kind + quoted(node.arg(arg)) + " is too small"};
}

const Parameter* find(std::string_view table, std::string_view arg) {
  for (const auto& parameter : kParameters)
    if (parameter.directive == table &&
        (parameter.kind == Kind::word ? arg == parameter.key : arg.starts_with(parameter.key)))
      return &parameter;
  return nullptr;
}

Answer check_one(const Build& build, const Reading& reading, const Node& node, std::size_t i) {
  const auto arg = node.arg(i);
  const auto* parameter = find(reading.table, arg);
  const bool too_new = parameter != nullptr && build.lacks(parameter->since);
  if (parameter == nullptr || too_new) {
    if (!reading.closed && !too_new) return {};
    Words known;
    for (const auto& one : kParameters)
      if (one.directive == reading.table && !build.lacks(one.since)) known.push_back(one.key);
    const auto near = text::nearest(
        arg.substr(0, arg.find('=') == std::string_view::npos ? arg.size() : arg.find('=') + 1),
        known);
    std::string replacement = near.value_or("");
    if (replacement.ends_with('='))
      replacement += arg.substr(std::min(arg.find('=') + 1, arg.size()));
    return Refusal{i, filled(reading.unknown, arg, {}), replacement};
  }
  const auto value = arg.substr(parameter->key.size());
  if (!takes(parameter->kind, value)) return Refusal{i, filled(parameter->message, arg, value)};
  return parameter->kind == Kind::zone ? small_zone(node, i, value) : Answer{};
}

bool is_missing(const Reading& reading, const Node& node) {
  if (reading.needed.empty() || node.arg(0) == "off") return false;
  const auto from = std::min(reading.from, node.args.size());
  return std::ranges::none_of(std::span(node.args).subspan(from), [&](const auto& arg) {
    const auto size = reading.needed.size();
    const bool named = arg.value.size() > size && arg.value[size] != ':';
    return arg.value.starts_with(reading.needed) && (named || node.is("limit_req"));
  });
}

}  // namespace

std::vector<Refusal> check_parameters(const Build& build, const Node& node) {
  std::vector<Refusal> refused;
  for (const auto& reading : kReadings) {
    if (!node.is(reading.directive)) continue;
    if (node.is("server") && node.context != Context::upstream &&
        node.context != Context::stream_upstream)
      continue;
    for (auto i = reading.from; i < node.args.size(); ++i)
      if (auto answer = check_one(build, reading, node, i)) refused.push_back(*std::move(answer));
    if (refused.empty() && is_missing(reading, node))
      refused.push_back({0, std::string(reading.without)});
  }
  return refused;
}

}  // namespace stackaudit::stack::nginx
