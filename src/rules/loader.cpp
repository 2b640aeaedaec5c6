// load_rules: every problem of every file is reported; a rule with an error is left out.
#include "rules/loader.hpp"

#include "rules/cases.hpp"
#include "rules/threads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
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

struct RuleFile {
  Rule rule;
  Problems problems;
};

// Each file on its own, by as many threads as are worth starting.
std::vector<RuleFile> read_all(std::vector<RuleSource>& sources, text::SourceMap& texts) {
  constexpr std::size_t kFilesEach = 32;
  constexpr std::size_t kMostThreads = 4;
  std::vector<text::FileId> ids;
  for (auto& source : sources) ids.push_back(texts.add(source.name, std::move(source.toml)));
  std::vector<RuleFile> files(sources.size());
  std::atomic<std::size_t> next{0};
  const auto count = std::min(files.size() / kFilesEach, kMostThreads);
  beside_each_other(count, [&](std::size_t) {
    for (auto i = next++; i < files.size(); i = next++)
      files[i].rule = read_rule(ids[i], texts, files[i].problems);
  });
  return files;
}

}  // namespace

Loaded load_rules(std::vector<RuleSource> sources, std::string_view incidents_toml,
                  text::SourceMap& texts) {
  Loaded loaded;
  auto& catalogue = loaded.catalogue;
  const facts::Store nothing;
  std::optional<facts::Database> database;  // only where there is something to check
  const auto incidents = texts.add(std::string(kIncidentsName), std::string(incidents_toml));
  catalogue.incidents = read_incidents(incidents, texts, loaded.problems);
  std::map<std::string, text::Span, std::less<>> ids;
  auto files = read_all(sources, texts);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    auto& source = sources[i];
    auto& [rule, problems] = files[i];
    if (!source.proven) {
      if (!database) database.emplace(nothing);
      check_query(rule, *database, problems);
      check_incidents(rule, catalogue, problems);
      check_page(rule, source, texts, problems);
    }
    rule.markdown = std::move(source.markdown);
    rule.markdown_name = std::move(source.markdown_name);
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
