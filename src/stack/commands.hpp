// What a shell command runs, as far as its words say: the files whose writer would be obeyed.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct CommandContext {
  std::string directory{};          // where it is started; empty: unknown
  std::vector<std::string> path{};  // directories of PATH, where something sets one of its own
};

struct Run {
  std::string path;
  bool directory = false;  // run-parts of it, or it is searched for programs
};

// The programs and scripts of one command line or of a script's lines: every absolute path that is
// a regular file and no data, what `cd`, PATH and an interpreter make of a relative one, the parts
// of run-parts. Paths with variables and wildcards are left out.
[[nodiscard]] std::vector<Run> run_by(const tree::Tree& tree, std::string_view text,
                                      CommandContext context = {});

}  // namespace stackaudit::stack
