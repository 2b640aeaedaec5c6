// One function a command; each gives the exit status.
#pragma once

#include "cli/cli.hpp"
#include "cli/options.hpp"
#include "rules/rule.hpp"

#include <iosfwd>
#include <optional>

namespace stackaudit::cli {

// leave: called at the end of a whole audit, where there is one.
int audit(const Options& options, std::ostream& out, std::ostream& err, Leave leave);
int query(const Options& options, std::ostream& out, std::ostream& err);
int tables(const Options& options, std::ostream& out, std::ostream& err);
int list_rules(const Options& options, std::ostream& out, std::ostream& err);
int explain(const Options& options, std::ostream& out, std::ostream& err);

// The embedded rules and those of --rules, --select and --ignore checked. nullopt, with complaints
// on err, when a rule file or a name is refused.
[[nodiscard]] std::optional<rules::Catalogue> load_catalogue(const Options& options,
                                                             std::ostream& err);

// Whether --select and --ignore leave the rule in.
[[nodiscard]] bool is_selected(const rules::Rule& rule, const Options& options);

}  // namespace stackaudit::cli
