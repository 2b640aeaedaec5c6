// The first socket of a service that its unit takes away is told, at the unit's setting.
#include "stack/dials/families.hpp"

#include "stack/systemd/spelling.hpp"

#include <array>
#include <optional>

namespace stackaudit::stack {
namespace {

struct FamilyName {
  std::string_view family, constant;
};
constexpr std::array kFamilies{FamilyName{"inet", "AF_INET"}, FamilyName{"inet6", "AF_INET6"},
                               FamilyName{"unix", "AF_UNIX"}};

bool allows(const AddressFamilies& families, std::string_view family) {
  for (const auto& known : kFamilies)
    if (known.family == family) return families.names.contains(known.constant) == families.only;
  return true;
}

std::string address_words(const std::string& socket, const std::string& address,
                          std::optional<std::int64_t> port) {
  return socket.empty() ? address + ":" + std::to_string(port.value_or(0)) : socket;
}

// One that takes both families does with the other alone.
bool refused(const AddressFamilies& families, const facts::Listener& row) {
  if (row.on_inet && row.on_inet6) return !allows(families, "inet") && !allows(families, "inet6");
  return !row.family.empty() && !allows(families, row.family);
}

facts::SyntaxProblem problem(const ServiceUnit& unit, const facts::Place& needed,
                             const std::string& what, const std::string& effect) {
  auto row = unit_problem(unit.families->place, "address-family", "error",
                          "RestrictAddressFamilies= of " + unit.name +
                              " leaves it no socket of this kind, and " + what + ": " + effect,
                          "add the family, AF_UNIX, AF_INET or AF_INET6");
  Survey::relate(row, needed, "needed here");
  return row;
}

// The first socket of the service that the unit takes from it.
std::optional<facts::SyntaxProblem> missing_family(const Survey& survey, const ServiceUnit& unit) {
  for (const auto& row : survey.facts.rows<facts::Listener>())
    if (row.service == unit.kind && refused(*unit.families, row))
      return problem(unit, row,
                     unit.kind + " listens on " + address_words(row.socket, row.address, row.port),
                     unit.name + " does not start");
  for (const auto& row : survey.facts.rows<facts::Dial>())
    if (row.service == unit.kind && row.required && !row.family.empty() &&
        !allows(*unit.families, row.family))
      return problem(unit, row,
                     unit.kind + " connects to " + address_words(row.socket, row.address, row.port),
                     "HTTP 502 or 503");
  return std::nullopt;
}

}  // namespace

void check_families(Survey& survey, const Systemd& systemd) {
  for (const auto& unit : systemd.units()) {
    if (!unit.families || unit.masked || systemd.find(unit.kind) != &unit) continue;
    if (auto row = missing_family(survey, unit)) survey.facts.add(*std::move(row));
  }
}

}  // namespace stackaudit::stack
