// Command lines that hand a script to PHP's command line program: which script, where, as whom.
#pragma once

#include "tree/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

// Who starts the commands, and where.
struct Starter {
  std::string directory{};  // empty: not known
  std::string user{};
  bool searches_elsewhere = false;  // -d include_path=...
};

struct PhpCommand {
  std::string program;  // "php", "php8.1"
  std::string script;   // absolute, normalized
  Starter starter;
  std::size_t begin = 0, end = 0;  // of the words that name the script
  bool asked = false;              // the line tests for a file first
  std::string interpreter{};       // behind #!, where the script itself is the command
};

// Of the words of sh(1): what follows `php` and its options, and a program with a PHP interpreter
// in its first line, behind `cd`, sudo, flock and their kin, inside sh -c '...'. What an expansion
// makes of a name is not known, nor is a relative one where the directory is not.
[[nodiscard]] std::vector<PhpCommand> php_commands(const tree::Tree& tree, std::string_view text,
                                                   Starter starter);

// The scripts of a shell among the programs that a line starts, absolute: their lines are commands.
[[nodiscard]] std::vector<std::string> shell_scripts(const tree::Tree& tree, std::string_view text);

}  // namespace stackaudit::stack::php
