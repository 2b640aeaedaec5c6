// nginx waits for the next bytes of an answer, PHP works until it is stopped: where the first is
// the shorter time the visitor gets 504, and the script goes on for nobody.
#include "stack/limits/checks.hpp"
#include "stack/nginx/values.hpp"
#include "text/words.hpp"

#include <algorithm>

namespace stackaudit::stack::limits {
namespace {

constexpr std::int64_t kNginx = 60, kExecution = 30;

// "90", "2m" of php-fpm; 0 is off.
std::optional<std::int64_t> pool_time(std::string_view value) {
  value = text::trimmed(value);
  std::int64_t scale = 1;
  if (!value.empty())
    for (const auto& [unit, seconds] : {std::pair{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}})
      if (value.back() == unit) {
        scale = seconds;
        value.remove_suffix(1);
        break;
      }
  const auto count = number(value);
  return count ? std::optional(*count * scale) : std::nullopt;
}

class Times {
 public:
  Times(Survey& survey, const Blocks& nginx) : survey_(survey), nginx_(nginx) {}

  void judge(const Php& php) {
    const auto execution = of_execution(php);
    const auto end = of_pool(php);
    if (end && execution && end->value < execution->value)
      report(survey_, "php-fpm", "limit-time", *end,
             words("request_terminate_timeout", *end) + " is less than " +
                 words("max_execution_time", *execution) +
                 ": php-fpm kills a script that PHP still lets run, and nginx answers 502",
             "let max_execution_time be the shorter one", *execution);
    const bool by_pool = end && (!execution || end->value < execution->value);
    const auto& inner = by_pool ? end : execution;
    const auto front = of_nginx(php);
    if (!inner || !front || front->value >= inner->value) return;
    report(survey_, "nginx", "limit-time", front->set ? *front : *inner,
           words(front_name_, *front) + " is less than " +
               words(by_pool ? "request_terminate_timeout" : "max_execution_time", *inner) +
               ": nginx answers 504 while PHP is still at work",
           "let nginx wait a little longer than PHP may work", front->set ? *inner : *front);
  }

 private:
  // What every php.ini has says nothing of what is wanted here.
  [[nodiscard]] std::optional<Limit> of_execution(const Php& php) const {
    const auto* set = php.find(survey_, "max_execution_time");
    const auto value = set == nullptr ? std::nullopt : number(set->value);
    if (!value || *value <= 0 || *value == kExecution) return std::nullopt;
    return Limit{*value, set->value, set->place, true};
  }

  [[nodiscard]] static std::optional<Limit> of_pool(const Php& php) {
    if (php.pool == nullptr) return std::nullopt;
    const auto set = php.pool->settings.find("request_terminate_timeout");
    if (set == php.pool->settings.end()) return std::nullopt;
    const auto value = pool_time(set->second.value);
    if (!value || *value <= 0) return std::nullopt;
    return Limit{*value, set->second.value, set->second.place, true};
  }

  // The longest of the locations that lead there.
  [[nodiscard]] std::optional<Limit> of_nginx(const Php& php) {
    std::optional<Limit> most;
    for (const auto* pass : php.passes) {
      const auto name = pass->name == "proxy_pass" ? "proxy_read_timeout" : "fastcgi_read_timeout";
      Limit limit{kNginx, "60s", {}, false};
      if (const auto* set = nginx_.inherited(*pass, name)) {
        const auto value = nginx::parse_time(set->args, true);
        if (!value) return std::nullopt;
        limit = {*value, set->args, *set, true};
      }
      if (most && limit.value <= most->value) continue;
      most = std::move(limit);
      front_name_ = name;
    }
    return most;
  }

  Survey& survey_;
  const Blocks& nginx_;
  std::string_view front_name_;
};

}  // namespace

void check_times(Survey& survey, const Blocks& nginx, const std::vector<Php>& all) {
  Times times(survey, nginx);
  for (const auto& php : all) times.judge(php);
}

}  // namespace stackaudit::stack::limits
