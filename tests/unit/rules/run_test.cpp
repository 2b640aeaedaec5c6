// From facts to findings: templates, actions, order, fingerprints, suppressions, selection, limits.
#include "rules/run.hpp"

#include "rules/fingerprint.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stackaudit::rules {
namespace {

constexpr std::string_view kToday = "2026-06-01";

Template pattern(std::string text) {
  return {std::move(text), {}};
}

facts::File file(std::string path, std::string owner, std::int64_t mode) {
  facts::File row;
  row.path = std::move(path);
  row.owner = std::move(owner);
  row.mode = mode;
  return row;
}

Rule file_rule(std::string id, std::string where) {
  Rule rule;
  rule.id = std::move(id);
  rule.rule_class = "access";
  rule.title = "t";
  rule.message = pattern("{path} of {owner} is {mode}, {{so}}");
  rule.query =
      "select path, line, column, span_begin, span_end, owner, mode, 7 as other_line from "
      "file where " +
      std::move(where);
  return rule;
}

// "mode /a 0600", with whatever the action holds.
std::string dump(const Action& action) {
  std::string out = fmt::format("{} {}", kind_name(action.kind), action.path);
  if (action.line) out += fmt::format(" line {}", *action.line);
  if (action.span_begin) out += fmt::format(" [{},{})", *action.span_begin, *action.span_end);
  if (!action.text.empty()) out += fmt::format(" '{}'", action.text);
  if (action.mode) out += fmt::format(" {:04o}", *action.mode);
  if (!action.owner.empty()) out += fmt::format(" {}:{}", action.owner, action.group);
  return out + (action.safe ? " safe" : "");
}

std::string dump(const std::vector<Finding>& findings) {
  std::string out;
  for (const auto& finding : findings)
    out += fmt::format("{} {}: {}\n", finding.rule, finding.path, finding.message);
  return out;
}

Results run(const std::vector<Rule>& rules, const facts::Store& facts, const Policy& policy = {},
            const Selection& selection = {}, const facts::Limits& limits = {}) {
  Catalogue catalogue;
  catalogue.rules = rules;
  return run_rules(catalogue, facts, policy, selection, kToday, limits);
}

TEST(RunRules, FillsInTemplatesAndSorts) {
  facts::Store facts;
  facts.add(file("/b", "root", 0644));
  facts.add(file("/a", "www-data", 04755));
  EXPECT_EQ(dump(run({file_rule("r", "1")}, facts).findings),
            "r /a: /a of www-data is 4755, {so}\n"
            "r /b: /b of root is 0644, {so}\n");
}

TEST(RunRules, SaysEachThingOnce) {
  facts::Store facts;
  facts.add(file("/a", "root", 0644));
  facts.add(file("/a", "root", 0644));
  EXPECT_EQ(run({file_rule("r", "1")}, facts).findings.size(), 1U);
  EXPECT_EQ(run({file_rule("r", "1"), file_rule("s", "1")}, facts).findings.size(), 2U);
}

TEST(RunRules, LeavesOutWhatIsEmpty) {
  facts::Store facts;
  facts.add(file("/a", "", 0600));
  auto rule = file_rule("r", "1");
  rule.prediction.emplace()[0] = pattern("{owner}");
  rule.related.push_back({pattern("{owner}"), pattern(""), pattern("nobody")});
  rule.related.push_back({pattern("{path}"), pattern("{other_line}"), pattern("here")});
  const auto finding = run({rule}, facts).findings.at(0);
  EXPECT_FALSE(finding.prediction.has_value());
  EXPECT_EQ(finding.related, (std::vector<Related>{{"/a", 7, "here"}}));
  EXPECT_FALSE(finding.line.has_value());
}

TEST(RunRules, MakesActionsOfEachKind) {
  facts::Store facts;
  auto row = file("/a", "root", 0600);
  row.line = 3;
  row.span_begin = 10;
  row.span_end = 14;
  facts.add(row);
  auto rule = file_rule("r", "1");
  const auto action = [](Action::Kind kind) {
    ActionTemplate made;
    made.kind = kind;
    made.summary = pattern("do it");
    return made;
  };
  auto replace = action(Action::Kind::replace);
  replace.text = pattern("{owner};");
  replace.safe = true;
  auto mode = action(Action::Kind::mode);
  mode.mode = pattern("{mode}");
  auto literal = action(Action::Kind::mode);
  literal.mode = pattern("0750");
  literal.path = pattern("/x");
  auto owner = action(Action::Kind::owner);
  owner.owner = pattern("{owner}");
  owner.group = pattern("adm");
  auto never = action(Action::Kind::decide);
  never.when = "column";
  rule.actions = {replace, mode, literal, owner, never};
  const auto actions = run({rule}, facts).findings.at(0).actions;
  ASSERT_EQ(actions.size(), 4U);
  EXPECT_EQ(dump(actions[0]), "replace /a line 3 [10,14) 'root;' safe");
  EXPECT_EQ(dump(actions[1]), "mode /a 0600");
  EXPECT_EQ(dump(actions[2]), "mode /x 0750");
  EXPECT_EQ(dump(actions[3]), "owner /a root:adm");
}

TEST(RunRules, WhatCannotBeDoneIsLeftToPeople) {
  facts::Store facts;
  facts.add(file("/a", "", 0600));
  auto rule = file_rule("r", "1");
  for (const auto kind : {Action::Kind::replace, Action::Kind::mode, Action::Kind::owner}) {
    ActionTemplate made;
    made.kind = kind;
    made.summary = pattern("do it");
    made.mode = pattern("rw");
    made.safe = true;
    rule.actions.push_back(made);
  }
  const auto actions = run({rule}, facts).findings.at(0).actions;
  ASSERT_EQ(actions.size(), 3U);
  for (const auto& action : actions) EXPECT_EQ(dump(action), "decide /a");
}

TEST(RunRules, AFindingWithoutAFileIsIncomplete) {
  facts::Store facts;
  facts.add(file("", "root", 0600));
  const auto results = run({file_rule("r", "1")}, facts);
  EXPECT_TRUE(results.findings.empty());
  ASSERT_EQ(results.incomplete.size(), 1U);
  EXPECT_EQ(results.incomplete[0].path, "rule r");
}

TEST(RunRules, ARuleThatRunsOutOfTimeIsIncomplete) {
  const facts::Store facts;
  Rule rule;
  rule.id = "bomb";
  rule.query =
      "with recursive n(i) as (select 1 union all select i + 1 from n) "
      "select count(*) as path, 1 as line from n";
  facts::Limits limits;
  limits.deadline = std::chrono::milliseconds(20);
  const auto results = run({rule}, facts, {}, {}, limits);
  EXPECT_TRUE(results.findings.empty());
  ASSERT_EQ(results.incomplete.size(), 1U);
  EXPECT_EQ(results.incomplete[0].path + ": " + results.incomplete[0].reason,
            "rule bomb: the query took longer than 20 ms");
}

TEST(RunRules, NeededBlindSpotsMakeItIncomplete) {
  facts::Store facts;
  const auto blind = [&](std::string path, std::string subject, bool needed) {
    facts::BlindSpot spot;
    spot.path = std::move(path);
    spot.subject = std::move(subject);
    spot.reason = "permission denied";
    spot.needed = needed;
    facts.add(spot);
  };
  blind("/b", "/b", true);
  blind("/b", "/b", true);
  blind("/a", "the include", true);
  blind("/c", "/c", false);
  blind("", "/d", true);
  std::string dump;
  for (const auto& one : run({}, facts).incomplete) dump += one.path + ": " + one.reason + "\n";
  EXPECT_EQ(dump,
            "/a: the include: permission denied\n/b: permission denied\n/d: permission denied\n");
}

TEST(RunRules, SelectsByIdAndClass) {
  facts::Store facts;
  facts.add(file("/a", "root", 0644));
  auto other = file_rule("other", "1");
  other.rule_class = "port";
  const std::vector rules{file_rule("r", "1"), other};
  const auto ids = [&](const Selection& selection) {
    std::string out;
    for (const auto& finding : run(rules, facts, {}, selection).findings) out += finding.rule + " ";
    return out;
  };
  EXPECT_EQ(ids({}), "other r ");
  EXPECT_EQ(ids({{"port"}, {}}), "other ");
  EXPECT_EQ(ids({{"r", "port"}, {}}), "other r ");
  EXPECT_EQ(ids({{}, {"access"}}), "other ");
  EXPECT_EQ(ids({{"port"}, {"other"}}), "");
  Catalogue catalogue;
  catalogue.rules = rules;
  EXPECT_EQ(unknown_names({{"r", "acces"}, {"port", "x"}}, catalogue),
            (std::vector<std::string>{"acces", "x"}));
}

TEST(RunRules, KeepsWhatIsSuppressedApart) {
  facts::Store facts;
  for (const auto* path : {"/etc/a", "/etc/deep/b", "/srv/c"}) facts.add(file(path, "root", 0644));
  const auto left = [&](Suppression suppression) {
    Policy policy;
    policy.suppressions.push_back(std::move(suppression));
    const auto results = run({file_rule("r", "1")}, facts, policy);
    std::string out;
    for (const auto& finding : results.findings) out += finding.path + " ";
    EXPECT_EQ(results.findings.size() + results.suppressed.size(), 3U);
    return out;
  };
  EXPECT_EQ(left({"r", "", "why", "", 0, {}}), "");
  EXPECT_EQ(left({"access", "/etc/a", "why", "", 0, {}}), "/etc/deep/b /srv/c ");
  EXPECT_EQ(left({"r", "/etc/*", "why", "", 0, {}}), "/srv/c ");
  EXPECT_EQ(left({"r", "", "why", "2026-06-02", 0, {}}), "");
  EXPECT_EQ(left({"r", "", "why", "2026-06-01", 0, {}}), "/etc/a /etc/deep/b /srv/c ");
  EXPECT_EQ(left({"s", "", "why", "", 0, {}}), "/etc/a /etc/deep/b /srv/c ");
}

TEST(Fingerprint, ForgetsLineNumbersAndNothingElse) {
  EXPECT_EQ(without_lines("duplicate listen, first on line 12"),
            "duplicate listen, first on line ");
  EXPECT_EQ(without_lines("taken by /etc/a.conf:12:3, too"), "taken by /etc/a.conf, too");
  EXPECT_EQ(without_lines("127.0.0.1:8080 and [::]:80 and line up"),
            "127.0.0.1:8080 and [::]:80 and line up");
  EXPECT_EQ(without_lines(""), "");
}

TEST(Fingerprint, SurvivesAShiftAndTellsEqualsApart) {
  const auto prints = [](std::vector<std::int64_t> lines) {
    std::vector<Finding> findings;
    for (const auto line : lines) {
      auto& finding = findings.emplace_back();
      finding.rule = "r";
      finding.path = "/a";
      finding.line = line;
      finding.message = fmt::format("again on line {}", line);
    }
    set_fingerprints(findings);
    std::vector<std::string> out;
    for (const auto& finding : findings) out.push_back(finding.fingerprint);
    return out;
  };
  EXPECT_EQ(prints({3, 9}), prints({4, 10}));
  EXPECT_NE(prints({3, 9})[0], prints({3, 9})[1]);
  EXPECT_EQ(prints({3})[0].size(), 16U);
}

}  // namespace
}  // namespace stackaudit::rules
