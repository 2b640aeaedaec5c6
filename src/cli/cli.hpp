// The command line: options, commands, exit status (see the table in README.md).
#pragma once

#include <iosfwd>
#include <span>
#include <string>

namespace stackaudit::cli {

enum ExitStatus : int { kClean = 0, kFindings = 1, kTrouble = 2 };

// Ends the program with the status, once all has been written: whoever calls it last need not take
// apart what an audit gathered, which costs more than the kernel needs for it.
using Leave = void (*)(int status);

// Runs one invocation. args excludes the program's name. The report goes to out, complaints to err.
int run(std::span<const std::string> args, std::ostream& out, std::ostream& err,
        Leave leave = nullptr);

}  // namespace stackaudit::cli
