// The cases on a rule's page: small trees with the findings that the rule must make, or none. They
// are the rule's tests (tests/rules) and its examples.
#pragma once

#include "text/diagnostic.hpp"
#include "text/source_map.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

// One node of the case's tree: a line for tree::MemoryTree::add and, for a file, its content.
struct CaseNode {
  std::string line;
  std::string content;
  text::Span span;
};

// Where a finding is expected; without a line any line will do, and the whole file.
struct ExpectedFinding {
  std::string path;
  std::optional<std::int64_t> line;

  auto operator<=>(const ExpectedFinding&) const = default;
};

struct Case {
  enum class Kind : std::uint8_t {
    fires,
    silent,
    healthy,  // silent, and no rule at all may find an error
  };
  Kind kind = Kind::silent;
  std::string title;
  text::Span heading;
  std::vector<CaseNode> tree;
  std::string policy;  // text of a policy file; empty: none
  std::vector<ExpectedFinding> finds;
};

struct ParsedCases {
  std::vector<Case> cases;
  std::vector<text::Diagnostic> problems;
};

// Total: reads every case it can and reports what it cannot make out. A page without a firing or
// without a silent case is a warning.
[[nodiscard]] ParsedCases parse_cases(text::FileId page, const text::SourceMap& texts);

// The page as people read it: without its cases.
[[nodiscard]] std::string_view explanation(std::string_view markdown);

}  // namespace stackaudit::rules
