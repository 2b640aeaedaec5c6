// Entry point: hands the arguments to cli; the only place where an exception, our own bug, ends.
#include "cli/cli.hpp"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <iostream>
#include <string>
#include <vector>

namespace {

// A descriptor that the caller closed must not become one of the files that are opened: it is taken
// by one that refuses to be written to.
void hold_standard_descriptors() {
  for (int fd = 0; fd <= 2; ++fd)
    if (fcntl(fd, F_GETFD) == -1) static_cast<void>(open("/dev/null", O_RDONLY));
}

// Past the destructors: the report is out, and nothing else is held that anybody would miss.
void leave(int status) {
  std::cout.flush();
  std::cerr.flush();
  std::_Exit(status);
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_descriptors();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that went away is told as a failed write
  try {
    const std::vector<std::string> args(argv + (argc > 0 ? 1 : 0), argv + argc);
    return stackaudit::cli::run(args, std::cout, std::cerr, leave);
  } catch (const std::exception& bug) {
    std::cerr << "stackaudit: internal error: " << bug.what() << "\n"
              << "This is a bug in stackaudit; please report it with the command line.\n";
    return stackaudit::cli::kTrouble;
  }
}
