// Runs the rules over the facts: rows become findings, suppressed ones are counted.
#pragma once

#include "facts/database.hpp"
#include "facts/store.hpp"
#include "rules/finding.hpp"
#include "rules/policy.hpp"
#include "rules/rule.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

struct Selection {
  std::vector<std::string> select, ignore;  // ids or classes; an empty select takes every rule
};
// The names in the selection that are neither a rule nor a class.
[[nodiscard]] std::vector<std::string> unknown_names(const Selection& selection,
                                                     const Catalogue& catalogue);

struct Incomplete {
  std::string path, reason;
};

struct Results {
  std::vector<Finding> findings;  // sorted by path, line, column, rule, message; no duplicates
  std::vector<Finding> suppressed;
  std::vector<Incomplete> incomplete;  // needed blind spots, and rules that ran out of time
};

// The rules with their queries prepared, which takes longer than to run them over a small server's
// facts and can be done before there are any.
class PreparedRules {
 public:
  // The catalogue must outlive it. limits: for each rule's query; a rule that exceeds them is
  // incomplete.
  PreparedRules(const Catalogue& catalogue, const Selection& selection,
                const facts::Limits& limits = {});
  ~PreparedRules();
  PreparedRules(const PreparedRules&) = delete;
  PreparedRules& operator=(const PreparedRules&) = delete;

  // Once. today: ISO date, against which suppressions expire. The policy_* tables are the policy's
  // own facts.
  [[nodiscard]] Results run(const facts::Store& facts, const Policy& policy,
                            std::string_view today);

 private:
  struct Connection;
  [[nodiscard]] std::vector<Results> run_all();

  std::vector<const Rule*> rules_;
  facts::SharedTables tables_;
  std::vector<std::unique_ptr<Connection>> connections_;
};

// Both steps at once.
[[nodiscard]] Results run_rules(const Catalogue& catalogue, const facts::Store& facts,
                                const Policy& policy, const Selection& selection,
                                std::string_view today, const facts::Limits& limits = {});

}  // namespace stackaudit::rules
