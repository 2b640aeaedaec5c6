// Observed by asking php-fpm 8.2 -t about each case.
#include "stack/phpfpm/settings.hpp"

#include "stack/embedded.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
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

// What is wrong with a value of this type; empty where nothing is.
std::string type_problem(std::string_view type, const std::string& value) {
  if (type == "number" || (type == "rlimit" && value != "unlimited"))
    return is_number(value) ? "" : "is not a valid number (greater or equal than zero)";
  if (type == "boolean" || type == "flags") return is_boolean(value) ? "" : "invalid boolean value";
  if (type == "time") {
    if (value.empty()) return "";
    const auto number = std::string_view(value).substr(0, value.size() - 1);
    const char last = value.back();
    if (!is_number(number)) return "is not a valid number (greater or equal than zero)";
    return (last >= '0' && last <= '9') ||
                   std::string_view("smhd").find(last) != std::string_view::npos
               ? ""
               : "unknown suffix used in time value";
  }
  if (type == "process-manager")
    return value == "static" || value == "dynamic" || value == "ondemand"
               ? ""
               : "invalid process manager (static, dynamic or ondemand)";
  static constexpr std::array<std::string_view, 5> levels{"debug", "notice", "warning", "error",
                                                          "alert"};
  if (type == "log-level" && std::ranges::none_of(levels, [&](std::string_view level) {
        return text::equal_ignoring_case(level, value) || (level == "warning" && value == "warn");
      }))
    return "invalid value for 'log_level'";
  return "";
}

Refusal unknown(const Known& known, const Types& types, const Types& others,
                const Setting& setting) {
  Refusal refusal{"unknown-setting", "unknown entry '" + setting.name + "'", {}, {}, true};
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
  const auto value = pool.value(name);
  int result = 0;
  std::from_chars(value.data(), value.data() + value.size(), result);
  return result;
}

std::string call(std::string_view name, int value) {
  return std::string(name) + "(" + std::to_string(value) + ")";
}

// The checks of fpm_conf_process_all_pools, which stops at the first.
class PoolCheck {
 public:
  explicit PoolCheck(const PoolSection& pool) : pool_(pool) {}

  std::vector<PoolProblem> run(bool master_is_root) {
    if (master_is_root && pool_.find("user") == nullptr)
      add(pool_.span, "user has not been defined");
    if (pool_.value("listen").empty()) add(span("listen"), "no listen address have been defined!");
    const auto pm = pool_.value("pm");
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
    if (number_of(pool_, "request_slowlog_timeout") > 0 && pool_.value("slowlog").empty())
      add(span("request_slowlog_timeout"),
          "'slowlog' must be specified for use with 'request_slowlog_timeout'");
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
    if (start != 0 && (start < min || start > max))
      add(span("pm.start_servers"), call("pm.start_servers", start) + " must not be less than " +
                                        min_call + " and not greater than " + max_call);
  }

  void check_url(const char* name) {
    const auto value = pool_.value(name);
    if (!value.empty() && !value.starts_with('/'))
      add(span(name), std::string("the ") +
                          (std::string_view(name) == "ping.path" ? "ping" : "status") + " path '" +
                          value + "' must start with a '/'");
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
  const bool array = type != types.end() &&
                     (type->second == "array" || type->second == "flags" || type->second == "list");
  if (type == types.end() || array != has_subkey) return unknown(known, types, others, setting);
  if (array && type->second != "list" && setting.subkey.empty())
    return Refusal{
        "bad-value", "You must provide a key for field '" + setting.name + "'", {}, {}, true};
  if (array && type->second == "array" && setting.value.empty())
    return Refusal{"bad-value", "empty value", {}, {}, true};
  const auto problem = type_problem(type->second, setting.value);
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

std::vector<PoolProblem> check_pool(const PoolSection& pool, bool master_is_root) {
  return PoolCheck(pool).run(master_is_root);
}

}  // namespace stackaudit::stack::phpfpm
