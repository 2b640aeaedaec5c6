// What only the database can tell about a rule: whether its query holds, and which columns its
// templates may name.
#include "rules/loader.hpp"
#include "rules/template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace stackaudit::rules {
namespace {

constexpr std::string_view kRequired[] = {"path", "line"};

class Check {
 public:
  Check(const Rule& rule, std::vector<text::Diagnostic>& problems)
      : rule_(rule), problems_(problems) {}

  void query_error(const facts::QueryError& error) {
    auto span = rule_.query_span;
    if (error.offset) {
      const std::string_view query = rule_.query;
      auto end = *error.offset;
      while (end < query.size() && (std::isalnum(static_cast<unsigned char>(query[end])) != 0 ||
                                    query[end] == '_' || query[end] == '.'))
        ++end;
      span = inside(span, query, *error.offset, std::max(end, *error.offset + 1));
    }
    problem(span, error.message, error.help);
  }

  void columns(std::vector<std::string> columns) {
    columns_ = std::move(columns);
    for (const auto name : kRequired)
      if (std::ranges::find(columns_, name) == columns_.end())
        problem(rule_.query_span, fmt::format("the query gives no column {}", name));
    auto sorted = columns_;
    std::ranges::sort(sorted);
    const auto twice = std::ranges::adjacent_find(sorted);
    if (twice != sorted.end())
      problem(rule_.query_span, fmt::format("the query gives the column {} twice", *twice),
              "name the columns that the rule uses, and rename one: ... as ref_path");
  }

  void templates() {
    one(rule_.message);
    if (rule_.prediction)
      for (const auto& pattern : *rule_.prediction) one(pattern);
    for (const auto& related : rule_.related) all({related.path, related.line, related.message});
    for (const auto& action : rule_.actions) {
      all({action.summary, action.path, action.text, action.mode, action.owner, action.group,
           action.acl});
      if (!action.when.empty() && std::ranges::find(columns_, action.when) == columns_.end())
        problem(action.summary.span,
                fmt::format("when names the column {}, which the query does not give", action.when),
                suggest(action.when));
    }
  }

 private:
  void all(std::initializer_list<Template> patterns) {
    for (const auto& pattern : patterns) one(pattern);
  }

  void one(const Template& pattern) {
    for (const auto& found : check_template(pattern.text, columns_))
      problem(inside(pattern.span, pattern.text, found.begin, found.end), found.message,
              found.column.empty() ? std::string{} : suggest(found.column));
  }

  [[nodiscard]] std::string suggest(std::string_view column) const {
    const std::vector<std::string_view> known(columns_.begin(), columns_.end());
    return suggestion(column, known);
  }

  void problem(text::Span span, std::string message, std::string help = {}) {
    problems_.push_back({span, std::move(message), text::Severity::error, {}, std::move(help)});
  }

  const Rule& rule_;
  std::vector<text::Diagnostic>& problems_;
  std::vector<std::string> columns_;
};

}  // namespace

void check_query(const Rule& rule, facts::Database& database,
                 std::vector<text::Diagnostic>& problems) {
  if (rule.query.empty()) return;  // reported as missing
  Check check(rule, problems);
  auto answer = database.check(rule.query);
  if (answer.error) check.query_error(*answer.error);
  if (answer.columns.empty()) return;
  check.columns(std::move(answer.columns));
  check.templates();
}

}  // namespace stackaudit::rules
