// What execve(2) makes of a program file: may a process execute it, and is there what runs it.
#pragma once

#include "stack/survey.hpp"
#include "tree/resolve.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// The interpreter of a script's first line that is not there. The kernel takes the line's end for a
// part of the name, so that "/bin/sh\r" is looked for; env(1) looks for a name along PATH.
struct MissingInterpreter {
  std::string name;  // as written
  bool carriage_return = false;

  // How a report names it: "/bin/sh with a carriage return".
  [[nodiscard]] std::string described() const;
};

// `content`: of the whole script, which begins with "#!".
[[nodiscard]] std::optional<MissingInterpreter> missing_interpreter(const Survey& survey,
                                                                    std::string_view content);

// Whether the kernel knows no way to run a file of this content: text without "#!". An empty file
// and one with other than text in it are left alone.
[[nodiscard]] bool lacks_format(std::string_view content);

[[nodiscard]] bool may_execute(const tree::Tree& tree, const tree::Principal& who,
                               const tree::Resolution& program);

// Records that the actor may not execute the program; `use` says where it is named and what follows
// (its operation does not matter).
void record_refused_execution(Survey& survey, const Actor& actor, const tree::Resolution& program,
                              const Open& use);

}  // namespace stackaudit::stack
