// Expected and found are compared as multisets: each finding must be announced once.
#include "rules/case_runner.hpp"

#include "stack/survey.hpp"
#include "text/frame.hpp"
#include "tree/memory_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace stackaudit::test {
namespace {

constexpr std::string_view kToday = "2026-01-01";
constexpr std::string_view kPolicyPath = "/etc/stackaudit/policy.toml";

struct Embedded {
  text::SourceMap texts;
  rules::Loaded loaded;
  Embedded() {
    loaded = rules::load_rules(rules::embedded_rules(), rules::embedded_incidents(), texts);
  }
};

const Embedded& embedded() {
  static const Embedded kEmbedded;
  return kEmbedded;
}

void build(tree::MemoryTree& tree, const rules::Case& one, Outcome& outcome) {
  for (const auto& node : one.tree) {
    try {
      tree.add(node.line, node.content);
    } catch (const std::invalid_argument& bad) {
      outcome.problems.emplace_back(bad.what());
    }
  }
}

std::string place(const std::string& path, std::optional<std::int64_t> line) {
  return line ? fmt::format("{}:{}", path, *line) : path;
}

}  // namespace

const rules::Loaded& embedded_catalogue() {
  return embedded().loaded;
}

const text::SourceMap& embedded_texts() {
  return embedded().texts;
}

Outcome run_case(const rules::Case& one, const std::string& only) {
  Outcome outcome;
  tree::MemoryTree tree;
  build(tree, one, outcome);
  text::SourceMap texts;
  facts::Store facts;
  stack::Survey survey(tree, texts, facts);
  for (const auto& error : stack::survey(survey, {{"/etc"}, {}}))
    outcome.problems.push_back(error.path + ": " + error.message);
  rules::ParsedPolicy policy;
  if (!one.policy.empty()) {
    policy = rules::parse_policy(texts.add(std::string(kPolicyPath), one.policy), texts);
    for (const auto& problem : policy.problems)
      outcome.problems.push_back(text::render(texts, problem));
  }
  rules::Selection selection;
  if (!only.empty()) selection.select.push_back(only);
  outcome.results =
      rules::run_rules(embedded_catalogue().catalogue, facts, policy.policy, selection, kToday);
  return outcome;
}

std::string show(const rules::Case& one) {
  std::string out = fmt::format("case: {}\n", one.title);
  for (const auto& node : one.tree) out += fmt::format("-- {}\n{}", node.line, node.content);
  if (!one.policy.empty()) out += fmt::format("-- policy\n{}", one.policy);
  return out;
}

std::string list(const std::vector<rules::Finding>& findings) {
  std::string out;
  for (const auto& finding : findings)
    out += fmt::format("  {}: {} {}: {}\n", place(finding.path, finding.line),
                       rules::severity_name(finding.severity), finding.rule, finding.message);
  return out.empty() ? "  nothing\n" : out;
}

std::vector<rules::Finding> errors_in(const std::vector<rules::Finding>& findings) {
  std::vector<rules::Finding> errors;
  std::ranges::copy_if(findings, std::back_inserter(errors), [](const auto& finding) {
    return finding.severity == text::Severity::error;
  });
  return errors;
}

std::string disagreement(const std::vector<rules::ExpectedFinding>& expected,
                         const std::vector<rules::Finding>& findings) {
  std::string out;
  std::vector<rules::Finding> left = findings;
  for (const auto& wanted : expected) {
    const auto it = std::ranges::find_if(left, [&](const rules::Finding& finding) {
      return finding.path == wanted.path && finding.line == wanted.line;
    });
    if (it == left.end())
      out += fmt::format("missed: {}\n", place(wanted.path, wanted.line));
    else
      left.erase(it);
  }
  if (!left.empty()) out += "not expected:\n" + list(left);
  return out;
}

}  // namespace stackaudit::test
