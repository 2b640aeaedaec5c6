// Pages of rules that a user brings along (--rules) are texts of others, too: they are printed line
// by line, without their control characters.
#include "report/catalogue.hpp"

#include "report/answer.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string_view>

namespace stackaudit::report {
namespace {

constexpr std::string_view kCases = "## Cases";

// Calls f with each line, its ending taken off.
template <class F>
void each_line(std::string_view text, F f) {
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    f(line);
  }
}

bool is_fence(std::string_view line) {
  return line.starts_with("```");
}

// The page without its title, which stands above, and without its cases unless they are wanted.
std::string body_of(std::string_view markdown, bool with_cases) {
  std::string out;
  bool skipping = false;
  bool fenced = false;
  each_line(markdown, [&](std::string_view line) {
    if (is_fence(line)) fenced = !fenced;
    if (!fenced && line.starts_with("# ")) return;
    if (!fenced && line.starts_with("## ")) skipping = !with_cases && line.starts_with(kCases);
    if (skipping) return;
    if (out.empty() && line.empty()) return;
    out += text::printable(line) + "\n";
  });
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

std::string list_of(std::string_view head, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  auto out = fmt::format("{}:\n", head);
  for (const auto& item : items) out += fmt::format("  - {}\n", text::printable(item));
  return out;
}

std::string incident_of(const rules::Incident& incident) {
  auto out = fmt::format("\n## It happened: {} ({})\n\n", text::printable(incident.title),
                         text::printable(incident.date));
  if (!incident.users_saw.empty())
    out += fmt::format("Users saw: {}\n", text::printable(incident.users_saw));
  if (!incident.root_cause.empty())
    out += fmt::format("Root cause: {}\n", text::printable(incident.root_cause));
  return out + list_of("Misleading clues", incident.misleading_clues) +
         list_of("Decided", incident.decided);
}

}  // namespace

std::string rules_as_text(const std::vector<const rules::Rule*>& rules) {
  std::vector<std::vector<std::string>> rows;
  for (const auto* rule : rules)
    rows.push_back({rule->id, std::string(rules::severity_name(rule->severity)), rule->rule_class,
                    rule->title});
  return columns_as_text({"RULE", "SEVERITY", "CLASS", "TITLE"}, rows);
}

std::string rules_as_json(const std::vector<const rules::Rule*>& rules) {
  using Json = nlohmann::ordered_json;
  auto out = Json::array();
  for (const auto* rule : rules)
    out.push_back({{"id", text::valid_utf8(rule->id)},
                   {"severity", rules::severity_name(rule->severity)},
                   {"class", text::valid_utf8(rule->rule_class)},
                   {"title", text::valid_utf8(rule->title)},
                   {"incidents", rule->incidents}});
  return out.dump(2, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::string rule_page(const rules::Rule& rule, const rules::Catalogue& catalogue, bool with_cases) {
  auto out =
      fmt::format("{}: {}\n{}, class {}\n\n", text::printable(rule.id), text::printable(rule.title),
                  rules::severity_name(rule.severity), text::printable(rule.rule_class));
  out += body_of(rule.markdown, with_cases);
  for (const auto& id : rule.incidents)
    if (const auto* incident = catalogue.incident(id)) out += incident_of(*incident);
  return out;
}

std::string tables_as_text(const std::vector<facts::TableDoc>& tables,
                           const std::vector<facts::FunctionDoc>& functions) {
  std::string out;
  for (const auto& table : tables) out += table_page(table) + "\n";
  std::vector<std::vector<std::string>> rows;
  for (const auto& function : functions)
    rows.push_back({std::string(function.signature), std::string(function.doc)});
  return out + columns_as_text({"FUNCTION", "GIVES"}, rows);
}

std::string table_page(const facts::TableDoc& table) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& column : table.columns)
    rows.push_back({std::string(column.name),
                    fmt::format("{}{}", column.type, column.nullable ? " or NULL" : ""),
                    column.indexed ? "lookup" : "", std::string(column.doc)});
  return fmt::format("{}: {}\n\n", table.name, table.doc) +
         columns_as_text({"COLUMN", "TYPE", "JOINS", "MEANING"}, rows);
}

}  // namespace stackaudit::report
