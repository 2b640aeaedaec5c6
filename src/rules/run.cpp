// One query per rule over one database; what is suppressed is kept apart, never lost.
#include "rules/run.hpp"

#include "rules/fingerprint.hpp"
#include "rules/make_finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fnmatch.h>
#include <functional>
#include <iterator>
#include <set>
#include <tuple>

namespace stackaudit::rules {
namespace {

bool names(const std::vector<std::string>& words, const Rule& rule) {
  return std::ranges::any_of(
      words, [&](const auto& word) { return word == rule.id || word == rule.rule_class; });
}

bool selected(const Rule& rule, const Selection& selection) {
  return (selection.select.empty() || names(selection.select, rule)) &&
         !names(selection.ignore, rule);
}

bool covers(const Suppression& suppression, const Finding& finding, std::string_view today) {
  if (suppression.rule != finding.rule && suppression.rule != finding.rule_class) return false;
  if (!suppression.until.empty() && today >= suppression.until) return false;
  return suppression.path.empty() || suppression.path == finding.path ||
         fnmatch(suppression.path.c_str(), finding.path.c_str(), 0) == 0;
}

// The files that could not be read although the verdict needs them.
void add_blind_spots(const facts::Store& facts, std::vector<Incomplete>& incomplete) {
  for (const auto& spot : facts.rows<facts::BlindSpot>()) {
    if (!spot.needed) continue;
    const auto& path = spot.path.empty() ? spot.subject : spot.path;
    incomplete.push_back(
        {path, spot.subject == path ? spot.reason : spot.subject + ": " + spot.reason});
  }
}

void run_rule(const Rule& rule, facts::Database& database, Results& results) {
  const auto answer = database.run(rule.query);
  if (answer.error) results.incomplete.push_back({"rule " + rule.id, answer.error->message});
  for (const auto& values : answer.rows) {
    auto finding = make_finding(rule, Row(answer.columns, values));
    if (finding.path.empty())
      results.incomplete.push_back(
          {"rule " + rule.id, "a finding that is in no file: " + finding.message});
    else
      results.findings.push_back(std::move(finding));
  }
}

void sort_incomplete(std::vector<Incomplete>& incomplete) {
  const auto key = [](const Incomplete& one) { return std::tie(one.path, one.reason); };
  std::ranges::sort(incomplete, {}, key);
  const auto same = [&](const auto& a, const auto& b) { return key(a) == key(b); };
  incomplete.erase(std::unique(incomplete.begin(), incomplete.end(), same), incomplete.end());
}

}  // namespace

std::vector<std::string> unknown_names(const Selection& selection, const Catalogue& catalogue) {
  std::vector<std::string> unknown;
  for (const auto* words : {&selection.select, &selection.ignore})
    for (const auto& word : *words)
      if (catalogue.find(word) == nullptr &&
          std::ranges::find(rule_classes(), word) == rule_classes().end())
        unknown.push_back(word);
  return unknown;
}

Results run_rules(const Catalogue& catalogue, const facts::Store& facts, const Policy& policy,
                  const Selection& selection, std::string_view today, const facts::Limits& limits) {
  Results results;
  facts::Database database(facts, &policy.facts, limits);
  for (const auto& rule : catalogue.rules)
    if (selected(rule, selection)) run_rule(rule, database, results);
  put_in_order(results.findings);
  set_fingerprints(results.findings);
  const auto accepted = [&](const Finding& finding) {
    return std::ranges::any_of(policy.suppressions, [&](const Suppression& suppression) {
      return covers(suppression, finding, today);
    });
  };
  const auto first = std::stable_partition(results.findings.begin(), results.findings.end(),
                                           std::not_fn(accepted));
  results.suppressed.assign(std::make_move_iterator(first),
                            std::make_move_iterator(results.findings.end()));
  results.findings.erase(first, results.findings.end());
  add_blind_spots(facts, results.incomplete);
  sort_incomplete(results.incomplete);
  return results;
}

}  // namespace stackaudit::rules
