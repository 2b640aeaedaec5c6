// "-+!@:" in front of a program, in any order; "!!" asks for no more than "" where the kernel has
// ambient capabilities.
#include "stack/systemd/load.hpp"

namespace stackaudit::stack {

PrefixedProgram without_prefixes(std::string_view word) {
  PrefixedProgram result{word};
  auto& program = result.program;
  while (!program.empty() && std::string_view("-+!@:").find(program[0]) != std::string_view::npos) {
    const bool twice = program.starts_with("!!");
    result.ignore_failure = result.ignore_failure || program[0] == '-';
    result.full_privileges =
        result.full_privileges || program[0] == '+' || (program[0] == '!' && !twice);
    result.named = result.named || program[0] == '@';
    program.remove_prefix(twice ? 2 : 1);
  }
  return result;
}

}  // namespace stackaudit::stack
