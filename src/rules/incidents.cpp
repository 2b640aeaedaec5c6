// rules/incidents.toml: [[incident]] tables with id, title, date, users_saw, root_cause,
// misleading_clues and decided.
#include "rules/loader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace stackaudit::rules {
namespace {

using Type = TomlValue::Type;

std::vector<std::string> texts_of(const std::vector<const TomlValue*>& values) {
  std::vector<std::string> out;
  for (const auto* value : values) out.push_back(value->text);
  return out;
}

Incident read_incident(const TomlValue& table, std::vector<text::Diagnostic>& problems) {
  TomlReader reader(table, "[[incident]]", problems);
  Incident incident;
  const auto text = [&](std::string_view key) {
    const auto* value = reader.require(key, Type::string);
    return value == nullptr ? std::string{} : value->text;
  };
  incident.id = text("id");
  incident.title = text("title");
  incident.date = text("date");
  incident.users_saw = text("users_saw");
  incident.root_cause = text("root_cause");
  incident.misleading_clues = texts_of(reader.strings("misleading_clues"));
  incident.decided = texts_of(reader.strings("decided"));
  reader.finish();
  return incident;
}

}  // namespace

std::vector<Incident> read_incidents(text::FileId file, const text::SourceMap& texts,
                                     std::vector<text::Diagnostic>& problems) {
  std::vector<Incident> incidents;
  const auto parsed = parse_toml(file, texts);
  problems.insert(problems.end(), parsed.problems.begin(), parsed.problems.end());
  TomlReader reader(parsed.root, "", problems);
  for (const auto* table : reader.tables("incident")) {
    auto incident = read_incident(*table, problems);
    if (std::ranges::find(incidents, incident.id, &Incident::id) != incidents.end())
      problems.push_back({table->span,
                          fmt::format("the incident {} is told twice", incident.id),
                          text::Severity::error,
                          {},
                          {}});
    else if (!incident.id.empty())
      incidents.push_back(std::move(incident));
  }
  reader.finish();
  return incidents;
}

void check_incidents(const Rule& rule, const Catalogue& catalogue,
                     std::vector<text::Diagnostic>& problems) {
  std::vector<std::string_view> known;
  for (const auto& incident : catalogue.incidents) known.push_back(incident.id);
  for (std::size_t i = 0; i < rule.incidents.size(); ++i)
    if (const auto& id = rule.incidents[i]; catalogue.incident(id) == nullptr)
      problems.push_back({rule.incident_spans[i],
                          fmt::format("unknown incident {}", id),
                          text::Severity::error,
                          {},
                          suggestion(id, known)});
}

}  // namespace stackaudit::rules
