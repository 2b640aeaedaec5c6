// Files of this machine that the command line names: the policy and rule folders to read, the
// report to write. (The audited world is read through tree::Tree alone.)
#pragma once

#include "rules/rule.hpp"
#include "tree/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::cli {

// At most 4 MiB, else EFBIG. Pipes are read to their end.
[[nodiscard]] tree::Result<std::string> read_host_file(const std::string& path);

// The rule files (*.toml, with the *.md beside each) of a folder and the folders below it, in the
// order of their names; or the one rule whose file is named. An errno where something is
// unreadable.
[[nodiscard]] tree::Result<std::vector<rules::RuleSource>> rules_in(const std::string& folder);

// Replaces the file as a whole: a new file beside it, mode 0666 less the umask, then a rename. A
// link is followed, a device or a pipe is written to. 0 or an errno.
[[nodiscard]] int write_host_file(const std::string& path, std::string_view content);

}  // namespace stackaudit::cli
