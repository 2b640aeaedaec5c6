// Which limits are compared, and in which order.
#include "stack/limits/limits.hpp"

#include "stack/limits/checks.hpp"

namespace stackaudit::stack {

void check_limits(Survey& survey, const Systemd& systemd) {
  const auto all = limits::all_php(survey);
  if (!all.empty()) {
    const auto& nginx = survey.blocks("nginx");
    limits::check_bodies(survey, nginx, all);
    limits::check_times(survey, nginx, all);
  }
  limits::check_counts(survey, systemd, all);
}

}  // namespace stackaudit::stack
