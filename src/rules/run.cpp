// One query per rule, on a few connections over the same rows; what is suppressed is kept apart,
// never lost.
#include "rules/run.hpp"

#include "rules/fingerprint.hpp"
#include "rules/make_finding.hpp"
#include "rules/threads.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <fnmatch.h>
#include <functional>
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

// What one rule's query found, told apart from the others until all are done.
Results results_of(const Rule& rule, const facts::Answer& answer) {
  Results results;
  if (answer.error) results.incomplete.push_back({"rule " + rule.id, answer.error->message});
  for (const auto& values : answer.rows) {
    auto finding = make_finding(rule, Row(answer.columns, values));
    if (finding.path.empty())
      results.incomplete.push_back(
          {"rule " + rule.id, "a finding that is in no file: " + finding.message});
    else
      results.findings.push_back(std::move(finding));
  }
  return results;
}

// As many connections as there are processors for them; none is opened for a few rules alone.
std::size_t connections_for(std::size_t rules) {
  constexpr std::size_t kRulesEach = 16;
  constexpr std::size_t kMost = 8;
  const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(rules / kRulesEach, 1, std::min(processors, kMost));
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

// A thread's database, and the queries of every so manieth rule.
struct PreparedRules::Connection {
  Connection(facts::SharedTables& tables, const facts::Limits& limits) : database(tables, limits) {}

  facts::Database database;
  std::vector<facts::Database::Prepared> queries;
};

PreparedRules::PreparedRules(const Catalogue& catalogue, const Selection& selection,
                             const facts::Limits& limits) {
  for (const auto& rule : catalogue.rules)
    if (selected(rule, selection)) rules_.push_back(&rule);
  connections_.resize(connections_for(rules_.size()));
  beside_each_other(connections_.size(), [&](std::size_t number) {
    auto connection = std::make_unique<Connection>(tables_, limits);
    for (auto i = number; i < rules_.size(); i += connections_.size())
      connection->queries.push_back(connection->database.prepare(rules_[i]->query));
    connections_[number] = std::move(connection);
  });
}

PreparedRules::~PreparedRules() = default;

// One result a rule, in the order of the rules. First each connection runs what it has prepared;
// the queries over large tables, which are prepared for what is in them and take long, wait for
// whichever connection is free.
std::vector<Results> PreparedRules::run_all() {
  std::vector<Results> results(rules_.size());
  std::vector<std::size_t> waiting;
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (connections_[i % connections_.size()]->queries[i / connections_.size()].outgrown())
      waiting.push_back(i);
  std::atomic<std::size_t> next{0};
  beside_each_other(connections_.size(), [&](std::size_t number) {
    auto& [database, queries] = *connections_[number];
    for (std::size_t i = 0; i < queries.size(); ++i) {
      const auto rule = number + i * connections_.size();
      if (!queries[i].outgrown())
        results[rule] = results_of(*rules_[rule], database.run(queries[i]));
    }
    for (auto i = next++; i < waiting.size(); i = next++)
      results[waiting[i]] =
          results_of(*rules_[waiting[i]], database.run(rules_[waiting[i]]->query));
  });
  return results;
}

Results PreparedRules::run(const facts::Store& facts, const Policy& policy,
                           std::string_view today) {
  Results results;
  tables_.fill(facts, &policy.facts);
  for (auto& one : run_all()) {
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

Results run_rules(const Catalogue& catalogue, const facts::Store& facts, const Policy& policy,
                  const Selection& selection, std::string_view today, const facts::Limits& limits) {
  return PreparedRules(catalogue, selection, limits).run(facts, policy, today);
}

}  // namespace stackaudit::rules
