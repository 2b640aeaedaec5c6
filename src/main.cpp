// Entry point: hands the arguments to cli; the only place where an exception, our own bug, ends.
#include "cli/cli.hpp"

#include <exception>
#include <iostream>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
    return stackaudit::cli::run(args, std::cout, std::cerr);
  } catch (const std::exception& bug) {
    std::cerr << "stackaudit: internal error: " << bug.what() << "\n"
              << "This is a bug in stackaudit; please report it with the command line.\n";
    return stackaudit::cli::kTrouble;
  }
}
