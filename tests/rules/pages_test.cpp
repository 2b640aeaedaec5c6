// Every rule's page is its test: each case must give exactly the findings that it announces.
#include "rules/case_runner.hpp"
#include "text/frame.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

namespace stackaudit::test {
namespace {

std::vector<std::string> rule_ids() {
  std::vector<std::string> ids;
  for (const auto& rule : embedded_catalogue().catalogue.rules) ids.push_back(rule.id);
  return ids;
}

std::vector<rules::Finding> of_rule(const std::vector<rules::Finding>& findings,
                                    const std::string& id) {
  std::vector<rules::Finding> out;
  std::ranges::copy_if(findings, std::back_inserter(out),
                       [&](const auto& finding) { return finding.rule == id; });
  return out;
}

// The finding whose message or advice came out empty: a column that nobody filled; or empty.
std::string says_nothing(const std::vector<rules::Finding>& findings) {
  for (const auto& finding : findings) {
    const bool mute =
        std::ranges::any_of(finding.actions,
                            [](const auto& action) { return action.summary.empty(); }) ||
        (finding.prediction && finding.prediction->effect.empty());
    if (finding.message.empty() || mute) return finding.rule + ": " + finding.message;
  }
  return {};
}

TEST(EmbeddedRules, LoadWithoutProblems) {
  std::string problems;
  for (const auto& problem : embedded_catalogue().problems)
    problems += text::render(embedded_texts(), problem);
  EXPECT_TRUE(problems.empty()) << problems;
}

class RulePage : public testing::TestWithParam<std::string> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RulePage);

TEST_P(RulePage, FindsWhatItSays) {
  const auto* rule = embedded_catalogue().catalogue.find(GetParam());
  ASSERT_NE(rule, nullptr);
  text::SourceMap texts;
  const auto page = rules::parse_cases(texts.add(rule->markdown_name, rule->markdown), texts);
  for (const auto& problem : page.problems) ADD_FAILURE() << text::render(texts, problem);
  for (const auto& one : page.cases) {
    const bool healthy = one.kind == rules::Case::Kind::healthy;
    const auto outcome = run_case(one, healthy ? std::string{} : rule->id);
    const auto where = texts.locate(one.heading);
    const auto context = std::string(where.path) + ":" + std::to_string(where.line) + "\n" +
                         show(one) + "found:\n" + list(outcome.results.findings);
    for (const auto& problem : outcome.problems) ADD_FAILURE() << problem << "\n" << context;
    const auto wrong = disagreement(one.finds, of_rule(outcome.results.findings, rule->id));
    EXPECT_TRUE(wrong.empty()) << wrong << context;
    EXPECT_EQ(says_nothing(outcome.results.findings), "") << context;
    const auto errors = errors_in(outcome.results.findings);
    EXPECT_TRUE(!healthy || errors.empty()) << "errors on a healthy server:\n" << context;
  }
}

INSTANTIATE_TEST_SUITE_P(Rules, RulePage, testing::ValuesIn(rule_ids()), [](const auto& test) {
  std::string name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace stackaudit::test
