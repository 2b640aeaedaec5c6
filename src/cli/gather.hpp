// From options to facts: the root is opened, the policy read, the targets surveyed.
#pragma once

#include "cli/options.hpp"
#include "facts/store.hpp"
#include "report/report.hpp"
#include "rules/policy.hpp"
#include "stack/survey.hpp"
#include "text/source_map.hpp"
#include "tree/caching_tree.hpp"
#include "tree/fragment_tree.hpp"
#include "tree/host_tree.hpp"
#include "tree/part_tree.hpp"
#include "tree/unmounted_tree.hpp"

#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stackaudit::cli {

struct Gathered {
  std::string root;                  // as reports show it
  std::vector<std::string> targets;  // absolute, inside the root
  std::unique_ptr<tree::HostTree> host;
  std::unique_ptr<tree::PartTree> part;            // where the targets are what an image is made of
  std::unique_ptr<tree::FragmentTree> fragment;    // where the root is only a part of one
  std::unique_ptr<tree::UnmountedTree> unmounted;  // where some of its file systems are missing
  std::unique_ptr<tree::CachingTree> tree;
  std::unique_ptr<text::SourceMap> sources;
  rules::Policy policy;
  facts::Store facts;
  std::vector<stack::TargetError> missing;  // targets that could not be looked at
  std::vector<rules::Incomplete> gaps;      // what else was needed and could not be read
  std::int64_t files_read = 0;
};

// nullopt when the question cannot be asked at all (no such root, a policy that is refused); the
// complaint is then on err. Targets that are missing are complained about, too, but do not end it.
[[nodiscard]] std::optional<Gathered> gather(const Options& options, std::ostream& err);

// What of it stands behind the word "checked" of a report.
[[nodiscard]] report::Checked summarize(const Gathered& gathered);

}  // namespace stackaudit::cli
