// The site's intent: /etc/stackaudit/policy.toml. Unknown keys, wrong types and unknown services
// are refused with their line and column.
#pragma once

#include "facts/store.hpp"
#include "text/diagnostic.hpp"
#include "text/source_map.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

struct Suppression {
  std::string rule;    // id or class
  std::string path;    // exact path or glob, whose * also matches slashes; empty: any
  std::string reason;  // required
  std::string until;   // ISO date, the first day on which it no longer holds; empty: for good
  std::int64_t line = 0;
  text::Span rule_span;  // of the rule's name in the policy
};

struct Policy {
  std::string path;  // where it was read; empty: there is none
  std::vector<Suppression> suppressions;
  facts::Store facts;  // the policy_* rows
};

struct ParsedPolicy {
  Policy policy;
  std::vector<text::Diagnostic> problems;
};
[[nodiscard]] ParsedPolicy parse_policy(text::FileId file, text::SourceMap& texts);

// Suppressions of rules and classes that the catalogue does not have, as warnings.
struct Catalogue;
[[nodiscard]] std::vector<text::Diagnostic> check_policy(const Policy& policy,
                                                         const Catalogue& catalogue);

}  // namespace stackaudit::rules
