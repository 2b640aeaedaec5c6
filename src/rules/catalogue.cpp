// The catalogue's look-ups, the classes of the contract, and what is embedded in the binary.
#include "rules/embedded.hpp"
#include "rules/rule.hpp"

#include <algorithm>

namespace stackaudit::rules {
namespace {

constexpr std::string_view kIncidents = "incidents.toml";

// The text of an embedded file; empty where there is none.
std::string_view embedded_text(std::string_view name) {
  const auto files = embedded_files();
  const auto it = std::ranges::find(files, name, &EmbeddedFile::name);
  return it == files.end() ? std::string_view{} : it->text;
}

}  // namespace

const Rule* Catalogue::find(std::string_view id) const {
  const auto it = std::ranges::find(rules, id, &Rule::id);
  return it == rules.end() ? nullptr : &*it;
}

const Incident* Catalogue::incident(std::string_view id) const {
  const auto it = std::ranges::find(incidents, id, &Incident::id);
  return it == incidents.end() ? nullptr : &*it;
}

const std::vector<std::string_view>& rule_classes() {
  static const std::vector<std::string_view> kClasses{
      "missing-reference", "access",   "privilege", "port", "syntax",
      "monitoring",        "exposure", "limits"};
  return kClasses;
}

std::vector<RuleSource> embedded_rules() {
  std::vector<RuleSource> sources;
  for (const auto& file : embedded_files()) {
    if (!file.name.ends_with(".toml") || file.name == kIncidents) continue;
    const auto stem = std::string(file.name.substr(0, file.name.size() - 5));
    const auto page = stem + ".md";
    sources.push_back({"rules/" + std::string(file.name), std::string(file.text),
                       std::string(embedded_text(page)), "rules/" + page});
  }
  return sources;
}

std::string_view embedded_incidents() {
  return embedded_text(kIncidents);
}

}  // namespace stackaudit::rules
