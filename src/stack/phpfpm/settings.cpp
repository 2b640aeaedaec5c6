// Observed by asking php-fpm 8.2 -t about each case.
#include "stack/phpfpm/settings.hpp"

#include "stack/embedded.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

namespace stackaudit::stack::phpfpm {
namespace {

constexpr std::string_view kSettings = "php-fpm-settings.tsv";

using Types = std::map<std::string_view, std::string_view>;  // setting to type
struct Known {
  Types global, pool;
};

Known load_known() {
  Known known;
  for (const auto& file : embedded_files()) {
    if (file.name != kSettings) continue;
    for (auto rest = file.text; !rest.empty();) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      const auto first = line.find('\t');
      const auto second = line.find('\t', first + 1);
      if (line.starts_with('#') || second == std::string_view::npos) continue;
      auto& types = line.substr(0, first) == "global" ? known.global : known.pool;
      types.emplace(line.substr(first + 1, second - first - 1), line.substr(second + 1));
    }
  }
  return known;
}

bool is_boolean(const std::string& value) {
  static constexpr std::array<std::string_view, 11> words{
      "", "0", "1", "yes", "no", "on", "off", "true", "false", "none", "null"};
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text::equal_ignoring_case(word, value); });
}

bool is_number(std::string_view value) {
  if (value.starts_with('-')) value.remove_prefix(1);
  return value.find_first_not_of("0123456789") == std::string_view::npos;
}

constexpr std::string_view kNoNumber = "is not a valid number (greater or equal than zero)";

// atoi of glibc: what does not begin with digits is 0, what is too large is cut to 32 bits.
int atoi_of(std::string_view value) {
  std::int64_t number = 0;
  const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error == std::errc::result_out_of_range) return value.starts_with('-') ? 0 : -1;
  return static_cast<int>(static_cast<std::uint32_t>(static_cast<std::uint64_t>(number)));
}

bool is_one_of(std::initializer_list<std::string_view> words, std::string_view value) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text::equal_ignoring_case(word, value); });
}

// Only the last character is looked at.
std::string_view time_problem(std::string_view value) {
  if (value.empty()) return "invalid time value";
  const bool known =
      std::string_view("0123456789smhd").find(value.back()) != std::string_view::npos;
  return known ? "" : "unknown suffix used in time value";
}

std::string_view facility_problem(std::string_view value) {
  const bool local = value.size() == 6 && is_one_of({"local"}, value.substr(0, 5)) &&
                     value[5] >= '0' && value[5] <= '7';
  return local || is_one_of({"auth", "authpriv", "cron", "daemon", "ftp", "kern", "lpr", "mail",
                             "news", "syslog", "user", "uucp"},
                            value)
             ? ""
             : "invalid value";
}

// What is wrong with a value of this type; empty where nothing is.
std::string_view type_problem(std::string_view type, const std::string& value) {
  if (type == "rlimit" && text::equal_ignoring_case(value, "unlimited")) return "";
  if (type == "number" || type == "rlimit") {
    if (!is_number(value)) return kNoNumber;
    return type == "rlimit" && atoi_of(value) < 0 ? "must be greater than zero or 'unlimited'" : "";
  }
  if (type == "boolean" || type == "flags") return is_boolean(value) ? "" : "invalid boolean value";
  if (type == "time") return time_problem(value);
  if (type == "facility") return facility_problem(value);
  if (type == "no-pool" && value.find("$pool") != std::string::npos)
    return "Can't use '$pool' when the pool is not defined";
  if (type == "process-manager")
    return is_one_of({"static", "dynamic", "ondemand"}, value)
               ? ""
               : "invalid process manager (static, dynamic or ondemand)";
  if (type == "log-level")
    return value == "warn" || is_one_of({"debug", "notice", "warning", "error", "alert"}, value)
               ? ""
               : "invalid value for 'log_level'";
  return "";
}

Refusal unknown(const Known& known, const Types& types, const Types& others, const Setting& setting,
                bool has_subkey) {
  Refusal refusal{
      "unknown-setting",
      std::string("unknown ") + (has_subkey ? "directive '" : "entry '") + setting.name + "'",
      {},
      {},
      true};
  if (others.contains(setting.name)) {
    refusal.help = &others == &known.global ? "it belongs into the section [global]"
                                            : "it belongs into the section of a pool";
    return refusal;
  }
  std::vector<std::string_view> names;
  for (const auto& [name, type] : types) names.push_back(name);
  if (auto near = text::nearest(setting.name, names)) {
    refusal.help = "did you mean " + *near + "?";
    if (setting.subkey.empty()) refusal.replacement = *std::move(near);
  }
  return refusal;
}

int number_of(const PoolSection& pool, std::string_view name) {
  return atoi_of(pool.value(name));
}

std::string call(std::string_view name, int value) {
  return std::string(name) + "(" + std::to_string(value) + ")";
}

// What may stand in braces before a letter of access.format, fpm_log.c: nothing, one of some words,
// anything, or anything that must be there.
bool fits_letter(char letter, std::optional<std::string_view> braces) {
  static constexpr std::string_view kPlain = "%flmnpqrsuPQR";
  if (kPlain.find(letter) != std::string_view::npos) return !braces;
  const auto among = [&](const auto& words) {
    return !braces || std::ranges::find(words, *braces) != std::ranges::end(words);
  };
  switch (letter) {
    case 'd':
      return among(std::to_array<std::string_view>(
          {"seconds", "milliseconds", "milli", "mili", "microseconds", "micro"}));
    case 'M':
      return among(
          std::to_array<std::string_view>({"bytes", "kilobytes", "kilo", "megabytes", "mega"}));
    case 'C':
      return among(std::to_array<std::string_view>({"total", "user", "system"}));
    case 't':
    case 'T':
      return true;
    case 'e':
      return braces && !braces->empty();
    case 'o':
      return !braces || !braces->empty();
    default:
      return false;
  }
}

// The part of access.format that php-fpm does not know; empty where it knows all.
std::string_view unknown_part(std::string_view format) {
  for (auto at = format.find('%'); at != std::string_view::npos && at + 1 < format.size();
       at = format.find('%', at + 1)) {
    const auto begin = at++;
    std::optional<std::string_view> braces;
    if (format[at] == '{') {
      const auto end = format.find('}', at);
      if (end == std::string_view::npos || end + 1 == format.size()) return format.substr(begin);
      braces = format.substr(at + 1, end - at - 1);
      at = end + 1;
    }
    if (format[at] == '{') continue;
    if (!fits_letter(format[at], braces)) return format.substr(begin, at + 1 - begin);
  }
  return {};
}

// The checks of fpm_conf_process_all_pools, which stops at the first.
class PoolCheck {
 public:
  explicit PoolCheck(const PoolSection& pool) : pool_(pool) {}

  std::vector<PoolProblem> run(bool master_is_root) {
    if (master_is_root && pool_.find("user") == nullptr)
      add(pool_.span, "user has not been defined");
    if (pool_.value("listen").empty()) add(span("listen"), "no listen address have been defined!");
    const auto pm = text::lower(pool_.value("pm"));
    if (pool_.find("pm") == nullptr)
      add(pool_.span, "the process manager is missing (static, dynamic or ondemand)");
    if (number_of(pool_, "pm.max_children") <= 0)
      add(span("pm.max_children"), "pm.max_children must be a positive value");
    else if (pm == "dynamic")
      dynamic();
    if (pm == "ondemand" && pool_.find("pm.process_idle_timeout") != nullptr &&
        number_of(pool_, "pm.process_idle_timeout") <= 0)
      add(span("pm.process_idle_timeout"), "pm.process_idle_timeout(0s) must be greater than 0s");
    for (const auto* path : {"pm.status_path", "ping.path"}) check_url(path);
    if (!pool_.value("ping.path").empty() && pool_.find("ping.response") != nullptr &&
        pool_.value("ping.response").empty())
      add(span("ping.response"), "the ping response page '' is not long enough");
    slow_log();
    if (pool_.find("access.log") != nullptr && pool_.value("access.log").empty())
      add(span("access.log"), "failed to open access log (): No such file or directory (2)");
    const auto format = pool_.value("access.format");
    if (!pool_.value("access.log").empty() && !unknown_part(format).empty())
      add(span("access.format"),
          "wrong format for access.format '" + format + "': " + std::string(unknown_part(format)));
    if (const int priority = number_of(pool_, "process.priority"); priority < -19 || priority > 20)
      add(span("process.priority"), "process.priority must be included into [-19,20]");
    return std::move(problems_);
  }

 private:
  void dynamic() {
    const int children = number_of(pool_, "pm.max_children");
    const int min = number_of(pool_, "pm.min_spare_servers");
    const int max = number_of(pool_, "pm.max_spare_servers");
    const int start = number_of(pool_, "pm.start_servers");
    const auto min_call = call("pm.min_spare_servers", min);
    const auto max_call = call("pm.max_spare_servers", max);
    if (min <= 0) return add(span("pm.min_spare_servers"), min_call + " must be a positive value");
    if (max <= 0) return add(span("pm.max_spare_servers"), max_call + " must be a positive value");
    if (min > children || max > children)
      return add(span(max > children ? "pm.max_spare_servers" : "pm.min_spare_servers"),
                 min_call + " and " + max_call + " cannot be greater than " +
                     call("pm.max_children", children));
    if (max < min)
      return add(span("pm.max_spare_servers"), max_call + " must not be less than " + min_call);
    if (pool_.find("pm.max_spawn_rate") != nullptr && number_of(pool_, "pm.max_spawn_rate") < 1)
      return add(span("pm.max_spawn_rate"), "pm.max_spawn_rate must be a positive value");
    if (start > 0 && (start < min || start > max))
      add(span("pm.start_servers"), call("pm.start_servers", start) + " must not be less than " +
                                        min_call + " and not greater than " + max_call);
  }

  void slow_log() {
    const int depth = number_of(pool_, "request_slowlog_trace_depth");
    for (const auto* name : {"request_slowlog_timeout", "request_slowlog_trace_depth"})
      if (number_of(pool_, name) != 0 && pool_.value("slowlog").empty())
        return add(span(name),
                   std::string("'slowlog' must be specified for use with '") + name + "'");
    const int slow = number_of(pool_, "request_slowlog_timeout");
    const int end = number_of(pool_, "request_terminate_timeout");
    const auto seconds = [&](const char* name, int number) {
      const auto value = pool_.value(name);
      const char last = value.empty() ? 's' : value.back();
      return number * (last == 'm' ? 60 : last == 'h' ? 3600 : last == 'd' ? 86400 : 1);
    };
    if (const int a = seconds("request_slowlog_timeout", slow),
        b = seconds("request_terminate_timeout", end);
        b != 0 && a > b)
      return add(span("request_slowlog_timeout"),
                 "'request_slowlog_timeout' (" + std::to_string(a) +
                     ") can't be greater than 'request_terminate_timeout' (" + std::to_string(b) +
                     ")");
    if (depth < 0)
      add(span("request_slowlog_trace_depth"),
          "'request_slowlog_trace_depth' (" + std::to_string(depth) + ") must be a positive value");
  }

  void check_url(const char* name) {
    const auto value = pool_.value(name);
    if (value.empty()) return;
    const bool known = std::ranges::all_of(value, [](unsigned char c) {
      return std::isalnum(c) != 0 ||
             std::string_view("/_-.~").find(static_cast<char>(c)) != std::string_view::npos;
    });
    const auto* wrong = !value.starts_with('/') ? "must start with a '/'"
                        : value.size() < 2      ? "is not long enough"
                        : known                 ? nullptr
                                : "must contain only the following characters '[alphanum]/_-.~'";
    if (wrong != nullptr)
      add(span(name), std::string("the ") +
                          (std::string_view(name) == "ping.path" ? "ping" : "status") + " path '" +
                          value + "' " + wrong);
  }

  [[nodiscard]] text::Span span(std::string_view name) const {
    const auto* setting = pool_.find(name);
    return setting == nullptr ? pool_.span : setting->span;
  }
  void add(text::Span where, const std::string& message) {
    problems_.push_back({where, "[pool " + pool_.name + "] " + message});
  }

  const PoolSection& pool_;
  std::vector<PoolProblem> problems_;
};

}  // namespace

std::optional<Refusal> check_setting(bool global, const Setting& setting, bool has_subkey) {
  static const auto known = load_known();
  const auto& types = global ? known.global : known.pool;
  const auto& others = global ? known.pool : known.global;
  const auto type = types.find(setting.name);
  const bool array =
      type != types.end() && is_one_of({"array", "environment", "flags", "list"}, type->second);
  const bool list = type != types.end() && type->second == "list";
  if (has_subkey && setting.subkey.empty() && !list)
    return Refusal{
        "bad-value", "You must provide a key for field '" + setting.name + "'", {}, {}, true};
  if (type == types.end() || array != has_subkey)
    return unknown(known, types, others, setting, has_subkey);
  if (type->second == "environment" && setting.value.empty())
    return Refusal{"bad-value", "empty value", {}, {}, true};
  if (type->second == "list" && !setting.value.starts_with('/'))
    return Refusal{
        "bad-value", "Values provided to field '" + setting.name + "' must begin with '/'", {}, {}};
  const std::string problem(type_problem(type->second, setting.value));
  if (problem.empty()) return std::nullopt;
  if (array)
    return Refusal{
        "bad-value",
        "error while parsing '" + setting.name + "[" + setting.subkey + "]' : " + problem,
        {},
        {},
        false};
  return Refusal{"bad-value",
                 "unable to parse value for entry '" + setting.name + "': " + problem,
                 {},
                 {},
                 false};
}

std::vector<PoolProblem> check_global(const PoolSection& global) {
  std::vector<PoolProblem> problems;
  const auto add = [&](std::string_view name, std::string message) {
    problems.push_back({global.find(name)->span, std::move(message)});
  };
  if (number_of(global, "process.max") < 0) add("process.max", "process_max can't be negative");
  if (const int priority = number_of(global, "process.priority"); priority < -19 || priority > 20)
    add("process.priority", "process.priority must be included into [-19,20]");
  constexpr int kLeastLogLimit = 512;
  if (global.find("log_limit") != nullptr && number_of(global, "log_limit") < kLeastLogLimit)
    add("log_limit", "log_limit must be greater than 512");
  if (const auto* log = global.find("error_log"); log != nullptr && log->value.empty())
    add("error_log", "failed to open error_log (/var/): Is a directory (21)");
  if (const auto* events = global.find("events.mechanism");
      events != nullptr && !is_one_of({"epoll", "poll", "select"}, events->value))
    add("events.mechanism",
        "event mechanism '" + events->value + "' is not available on this system");
  return problems;
}

std::vector<PoolProblem> check_pool(const PoolSection& pool, bool master_is_root) {
  return PoolCheck(pool).run(master_is_root);
}

}  // namespace stackaudit::stack::phpfpm
