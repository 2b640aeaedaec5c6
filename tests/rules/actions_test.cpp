// Every typed action that a rule proposes is carried out in the trees of its own page: what it was
// proposed for must be gone afterwards, and nothing may be wrong that was not wrong before.
#include "rules/case_runner.hpp"
#include "tree/memory_tree.hpp"
#include "tree/resolve.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace stackaudit::test {
namespace {

using rules::Action;
using rules::Case;

std::string type_word(tree::FileType type) {
  switch (type) {
    case tree::FileType::directory:
      return " dir";
    case tree::FileType::socket:
      return " socket";
    default:
      return "";
  }
}

std::string tag_word(const tree::AclEntry& entry) {
  using Tag = tree::AclEntry::Tag;
  if (entry.tag == Tag::mask) return "m:";
  return fmt::format("{}:{}", entry.tag == Tag::user ? 'u' : 'g', entry.id);
}

// The short form of setfacl(1), as tree::MemoryTree::add takes it; `more` is an entry to add.
std::string acl_words(const tree::Acl& acl, const std::string& more) {
  std::string words;
  for (const auto& entry : acl)
    words += fmt::format("{}{}:{}{}{}", words.empty() ? "" : ",", tag_word(entry),
                         (entry.rights & 4U) != 0 ? "r" : "", (entry.rights & 2U) != 0 ? "w" : "",
                         (entry.rights & 1U) != 0 ? "x" : "");
  if (!more.empty()) words += (words.empty() ? "" : ",") + more;
  return words.empty() ? "" : " acl " + words;
}

// The node of a path as a line that makes it anew, with what the action changes of it.
std::string changed_line(const tree::MemoryTree& tree, const std::string& path,
                         const Action& action) {
  const auto stat = *tree.lstat(path);
  const auto acl = tree.acl(path);
  return fmt::format(
      "{} {:04o} {}:{}{}{}", path,
      action.kind == Action::Kind::mode ? static_cast<std::uint32_t>(*action.mode) : stat.mode,
      action.owner.empty() ? std::to_string(stat.uid) : action.owner,
      action.group.empty() ? std::to_string(stat.gid) : action.group, type_word(stat.type),
      acl_words(acl ? *acl : tree::Acl{},
                action.kind == Action::Kind::acl ? action.acl : std::string{}));
}

// Carries the action out in the case; whether the page's tree has the file.
bool carry_out(Case& one, const Action& action) {
  tree::MemoryTree tree;
  for (const auto& node : one.tree) tree.add(node.line, node.content);
  const auto end = tree::resolve(tree, action.path);
  if (!end) return false;
  const auto content = tree.read(end.path, 1U << 24U);
  auto text = content ? *content : std::string();
  if (action.kind == Action::Kind::replace) {
    const auto begin = static_cast<std::size_t>(*action.span_begin);
    text.replace(begin, static_cast<std::size_t>(*action.span_end) - begin, action.text);
  }
  rules::CaseNode node = one.tree.front();
  node.line = changed_line(tree, end.path, action);
  node.content = std::move(text);
  one.tree.push_back(std::move(node));
  return true;
}

// What a finding proposes: a text to write, or rights that make one plan together.
std::vector<std::vector<Action>> plans_of(const rules::Finding& finding) {
  std::vector<std::vector<Action>> plans;
  std::vector<Action> rights;
  for (const auto& action : finding.actions) {
    if (action.kind == Action::Kind::replace) plans.push_back({action});
    if (action.kind == Action::Kind::mode || action.kind == Action::Kind::owner ||
        action.kind == Action::Kind::acl)
      rights.push_back(action);
  }
  if (!rights.empty()) plans.push_back(std::move(rights));
  return plans;
}

using Said = std::multiset<std::string>;

std::string key_of(const rules::Finding& finding) {
  return finding.rule + ": " + finding.path + ": " + finding.message;
}

Said said(const std::vector<rules::Finding>& findings) {
  Said all;
  for (const auto& finding : findings) all.insert(key_of(finding));
  return all;
}

class RuleActions : public testing::TestWithParam<std::string> {
 protected:
  static void check(const Case& one, const std::string& id) {
    const auto of_rule = run_case(one, id).results.findings;
    for (const auto& finding : of_rule)
      for (const auto& plan : plans_of(finding)) check(one, finding, plan, said(of_rule));
  }

  static void check(const Case& one, const rules::Finding& finding, const std::vector<Action>& plan,
                    const Said& of_rule) {
    auto mended = one;
    for (const auto& action : plan)
      if (!carry_out(mended, action)) return;
    const auto after = run_case(mended, {}).results.findings;
    const auto key = key_of(finding);
    EXPECT_LT(said(after).count(key), of_rule.count(key)) << plan[0].summary << "\n"
                                                          << show(mended);
    auto errors = errors_in(after);
    // What a closed directory hid comes to light; of the file itself nothing may.
    std::erase_if(errors, [&](const auto& error) {
      return error.path != plan[0].path && tree::is_within(error.path, plan[0].path);
    });
    if (errors.empty()) return;
    const auto now = said(after), then = said(run_case(one, {}).results.findings);
    for (const auto& error : errors)
      EXPECT_LE(now.count(key_of(error)), then.count(key_of(error)))
          << "new after: " << plan[0].summary << "\n"
          << key_of(error) << "\n"
          << show(mended);
  }
};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RuleActions);

TEST_P(RuleActions, MendWhatTheyAreProposedFor) {
  const auto& rule = *embedded_catalogue().catalogue.find(GetParam());
  text::SourceMap texts;
  const auto page = rules::parse_cases(texts.add(rule.markdown_name, rule.markdown), texts);
  for (const auto& one : page.cases)
    if (one.kind == Case::Kind::fires) check(one, rule.id);
}

std::vector<std::string> rules_with_actions() {
  std::vector<std::string> ids;
  const auto is_typed = [](const rules::ActionTemplate& action) {
    return action.kind != Action::Kind::decide;
  };
  for (const auto& rule : embedded_catalogue().catalogue.rules)
    if (std::ranges::any_of(rule.actions, is_typed)) ids.push_back(rule.id);
  return ids;
}

INSTANTIATE_TEST_SUITE_P(Rules, RuleActions, testing::ValuesIn(rules_with_actions()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace stackaudit::test
