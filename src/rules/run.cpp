// One query per rule, on a few connections over the same rows; what is suppressed is kept apart,
// never lost.
#include "rules/run.hpp"

#include "rules/fingerprint.hpp"
#include "rules/make_finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fnmatch.h>
#include <functional>
#include <future>
#include <iterator>
#include <set>
#include <thread>
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

// What one rule finds, told apart from the others until all are done.
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

// As many connections as there are processors for them; none is opened for a few rules alone.
std::size_t connections_for(std::size_t rules) {
  constexpr std::size_t kRulesEach = 16;
  constexpr std::size_t kMost = 8;
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(rules / kRulesEach, 1, std::min(processors, kMost));
}

// One result a rule, in the order of the rules. Each thread has a connection of its own and takes
// the next rule that nobody has taken.
std::vector<Results> run_all(const std::vector<const Rule*>& rules, facts::SharedTables& tables,
                             const facts::Limits& limits) {
  std::vector<Results> results(rules.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    facts::Database database(tables, limits);
    for (auto i = next++; i < rules.size(); i = next++) run_rule(*rules[i], database, results[i]);
  };
  std::vector<std::future<void>> others;
  for (auto count = connections_for(rules.size()); count > 1; --count)
    others.push_back(std::async(std::launch::async, work));
  work();
  for (auto& other : others) other.get();
  return results;
}

template <class T>
void move_behind(std::vector<T>& all, std::vector<T>& more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
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
  std::vector<const Rule*> rules;
  for (const auto& rule : catalogue.rules)
    if (selected(rule, selection)) rules.push_back(&rule);
  facts::SharedTables tables(facts, &policy.facts);
  for (auto& one : run_all(rules, tables, limits)) {
    move_behind(results.findings, one.findings);
    move_behind(results.incomplete, one.incomplete);
  }
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
