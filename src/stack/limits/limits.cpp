#include "stack/limits/limits.hpp"

#include "stack/limits/checks.hpp"

namespace stackaudit::stack {

void check_limits(Survey& survey, const Systemd& systemd) {
  const auto all = limits::all_php(survey);
  if (!all.empty()) {
    const limits::Scopes scopes(survey);
    limits::check_bodies(survey, scopes, all);
    limits::check_times(survey, scopes, all);
  }
  limits::check_counts(survey, systemd, all);
}

}  // namespace stackaudit::stack
