// Type= against the manner in which the server starts.
#include "stack/systemd/start_type.hpp"

#include "stack/systemd/spelling.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace stackaudit::stack {
namespace {

struct Expectation {
  std::string_view type;
  Starting wanted;
};
constexpr std::array kExpectations{Expectation{"", Starting::stays},
                                   Expectation{"simple", Starting::stays},
                                   Expectation{"exec", Starting::stays},
                                   Expectation{"idle", Starting::stays},
                                   Expectation{"forking", Starting::forks},
                                   Expectation{"notify", Starting::notifies},
                                   Expectation{"notify-reload", Starting::notifies}};

bool fits(Starting wanted, Starting is) {
  if (wanted == Starting::stays) return is != Starting::forks;
  return wanted == is;
}

// The processes that the parent leaves behind may go on without a main process.
bool survives(const ServiceUnit& unit, Starting wanted) {
  if (wanted == Starting::stays)
    return unit.remains_after_exit || unit.kill_mode == "process" || unit.kill_mode == "none";
  return unit.start_timeout == "infinity" || unit.start_timeout == "0";
}

std::string outcome(Starting wanted, Starting is) {
  if (wanted == Starting::stays) return "systemd takes it for ended and kills what it started";
  if (wanted == Starting::notifies && is == Starting::forks)
    return "the start fails (Result=protocol)";
  return "systemd waits until the time limit, then kills it";
}

}  // namespace

bool is_local(const facts::Place& place) {
  return place.line && !place.path.starts_with("/usr/lib/") && !place.path.starts_with("/lib/");
}

void check_start_type(Survey& survey, const ServiceUnit& unit, const StartManner& manner) {
  const auto* expected = std::ranges::find(kExpectations, unit.type, &Expectation::type);
  if (expected == kExpectations.end() || fits(expected->wanted, manner.starting) ||
      survives(unit, expected->wanted) || unit.exec_start.empty())
    return;
  const auto& command = unit.exec_start.back().place;
  auto place = manner.decision.value_or(command);
  auto other = unit.type_place;
  // A server that never notifies is not mended by the way in which it is started.
  const bool never = expected->wanted == Starting::notifies && manner.starting == Starting::stays;
  if (is_local(unit.type_place) && (never || !is_local(command))) std::swap(place, other);
  const auto type = unit.type.empty() ? std::string("simple") : unit.type;
  auto row = unit_problem(place, "start-type", "error",
                          manner.said + ", and " + unit.name + " has Type=" + type + ": " +
                              outcome(expected->wanted, manner.starting),
                          "let Type= and the way in which the server starts agree");
  if (other.line) Survey::relate(row, other, "the other half of it");
  survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack
