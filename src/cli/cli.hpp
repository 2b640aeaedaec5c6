// The command line: options, commands, exit status (see the table in README.md).
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace stackaudit::cli {

enum ExitStatus : int { kClean = 0, kFindings = 1, kTrouble = 2 };

// Runs one invocation. args excludes the program's name. The report goes to out, complaints to err.
int run(std::span<const std::string> args, std::ostream& out, std::ostream& err);

}  // namespace stackaudit::cli
