// load_rules: every problem of every file is reported; a rule with an error is left out.
#include "rules/loader.hpp"

#include "rules/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace stackaudit::rules {
namespace {

using Problems = std::vector<text::Diagnostic>;

constexpr std::string_view kIncidentsName = "rules/incidents.toml";

bool has_error(const Problems& problems) {
  return std::ranges::any_of(
      problems, [](const auto& problem) { return problem.severity == text::Severity::error; });
}

// A page that is missing or tells no cases keeps nobody from running the rule.
void check_page(const Rule& rule, const RuleSource& source, text::SourceMap& texts,
                Problems& problems) {
  if (rule.id.empty()) return;
  if (source.markdown.empty()) {
    problems.push_back({{rule.file, 0, 0},
                        fmt::format("rule {} has no page {}", rule.id, source.markdown_name),
                        text::Severity::warning,
                        {},
                        "the page explains the rule and holds its cases"});
    return;
  }
  const auto page = texts.add(source.markdown_name, source.markdown);
  auto parsed = parse_cases(page, texts);
  problems.insert(problems.end(), parsed.problems.begin(), parsed.problems.end());
}

}  // namespace

Loaded load_rules(const std::vector<RuleSource>& sources, std::string_view incidents_toml,
                  text::SourceMap& texts) {
  Loaded loaded;
  auto& catalogue = loaded.catalogue;
  const facts::Store nothing;
  std::optional<facts::Database> database;  // only where there is something to check
  const auto incidents = texts.add(std::string(kIncidentsName), std::string(incidents_toml));
  catalogue.incidents = read_incidents(incidents, texts, loaded.problems);
  std::map<std::string, text::Span, std::less<>> ids;
  for (const auto& source : sources) {
    Problems problems;
    auto rule = read_rule(texts.add(source.name, source.toml), texts, problems);
    rule.markdown = source.markdown;
    rule.markdown_name = source.markdown_name;
    if (!source.proven) {
      if (!database) database.emplace(nothing);
      check_query(rule, *database, problems);
      check_incidents(rule, catalogue, problems);
      check_page(rule, source, texts, problems);
    }
    if (const auto [it, fresh] = ids.emplace(rule.id, rule.id_span); !fresh && !rule.id.empty())
      problems.push_back({rule.id_span,
                          fmt::format("rule {} is defined twice", rule.id),
                          text::Severity::error,
                          {{it->second, "first here"}},
                          {}});
    if (!has_error(problems)) catalogue.rules.push_back(std::move(rule));
    loaded.problems.insert(loaded.problems.end(), problems.begin(), problems.end());
  }
  std::ranges::stable_sort(catalogue.rules, {}, &Rule::id);
  return loaded;
}

}  // namespace stackaudit::rules
