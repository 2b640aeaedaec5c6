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
  bool directory = false;  // run-parts of it, it is searched for programs, or all in it is run
  bool executed = false;   // certainly: a command, what an interpreter is given, settings
};

// The programs and scripts of one command line or of a script's lines: every absolute path that is
// a regular file and no data, what `cd`, PATH and an interpreter make of a relative one, the parts
// of run-parts, the directory whose files a loop, `find -exec` or a wildcard has run. What cp, rm,
// tar and the like are given is data, and what su and its kin run is somebody else's. Variables are
// followed that hold a path of the same text.
[[nodiscard]] std::vector<Run> run_by(const tree::Tree& tree, std::string_view text,
                                      CommandContext context = {});

}  // namespace stackaudit::stack
