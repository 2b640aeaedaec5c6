// Runs one case of a page as an audit would: the tree in memory, the whole survey, all rules.
#pragma once

#include "rules/cases.hpp"
#include "rules/rule.hpp"
#include "rules/run.hpp"

#include <string>
#include <vector>

namespace stackaudit::test {

// The rules of the binary, loaded once; its problems are a test of their own.
[[nodiscard]] const rules::Loaded& embedded_catalogue();
[[nodiscard]] const text::SourceMap& embedded_texts();

struct Outcome {
  rules::Results results;
  std::vector<std::string> problems;  // of the case itself: a bad tree line, a bad policy
};
// only: the id of the one rule to run; empty: all.
[[nodiscard]] Outcome run_case(const rules::Case& one, const std::string& only);

// The case as its page has it, for messages.
[[nodiscard]] std::string show(const rules::Case& one);
// One finding a line; "nothing" for none.
[[nodiscard]] std::string list(const std::vector<rules::Finding>& findings);
[[nodiscard]] std::vector<rules::Finding> errors_in(const std::vector<rules::Finding>& findings);

// What the findings miss of, and have beyond, those expected; empty where they agree.
[[nodiscard]] std::string disagreement(const std::vector<rules::ExpectedFinding>& expected,
                                       const std::vector<rules::Finding>& findings);

}  // namespace stackaudit::test
