#include "stack/dials/families.hpp"

#include "stack/systemd/spelling.hpp"

#include <array>

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

class Families {
 public:
  Families(Survey& survey, const ServiceUnit& unit) : survey_(survey), unit_(unit) {}

  void run() {
    for (const auto& row : survey_.facts.rows<facts::Listener>())
      if (row.service == unit_.kind && refused(row))
        tell(row, unit_.kind + " listens on " + address_words(row.socket, row.address, row.port),
             unit_.name + " does not start");
    for (const auto& row : survey_.facts.rows<facts::Dial>())
      if (row.service == unit_.kind && row.required && !row.family.empty() &&
          !allows(*unit_.families, row.family))
        tell(row, unit_.kind + " connects to " + address_words(row.socket, row.address, row.port),
             "HTTP 502 or 503");
  }

 private:
  // One that takes both families does with the other alone.
  [[nodiscard]] bool refused(const facts::Listener& row) const {
    if (row.on_inet && row.on_inet6)
      return !allows(*unit_.families, "inet") && !allows(*unit_.families, "inet6");
    return !row.family.empty() && !allows(*unit_.families, row.family);
  }

  void tell(const facts::Place& place, const std::string& what, const std::string& effect) {
    if (told_) return;
    told_ = true;
    auto row = unit_problem(unit_.families->place, "address-family", "error",
                            "RestrictAddressFamilies= of " + unit_.name +
                                " leaves it no socket of this kind, and " + what + ": " + effect,
                            "add the family, AF_UNIX, AF_INET or AF_INET6");
    row.related_path = place.path;
    row.related_line = place.line;
    row.related_message = "needed here";
    problems_.push_back(std::move(row));
  }

 public:
  std::vector<facts::SyntaxProblem> problems_;

 private:
  Survey& survey_;
  const ServiceUnit& unit_;
  bool told_ = false;
};

}  // namespace

void check_families(Survey& survey, const Systemd& systemd) {
  for (const auto& unit : systemd.units()) {
    if (!unit.families || unit.masked || systemd.find(unit.kind) != &unit) continue;
    Families families(survey, unit);
    families.run();
    for (auto& row : families.problems_) survey.facts.add(std::move(row));
  }
}

}  // namespace stackaudit::stack
