// A report that did not arrive whole must not end in a good exit status.
#include "cli/output.hpp"

#include "cli/complain.hpp"
#include "cli/host_file.hpp"
#include "tree/result.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>
#include <unistd.h>

namespace stackaudit::cli {

bool deliver(const Options& options, std::string_view text, std::ostream& out, std::ostream& err) {
  int error = 0;
  std::string where = "standard output";
  if (options.output.empty()) {
    errno = 0;
    out << text << std::flush;
    if (!out) error = errno == 0 ? EIO : errno;
  } else {
    where = options.output;
    error = write_host_file(options.output, text);
  }
  if (error != 0)
    err << complaint("cannot write the report to " + where + ": " + tree::errno_words(error));
  return error == 0;
}

bool wants_color(const Options& options, const std::ostream& out) {
  if (options.color != Color::automatic) return options.color == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  return (no_color == nullptr || *no_color == '\0') && options.output.empty() &&
         &out == static_cast<const std::ostream*>(&std::cout) && ::isatty(STDOUT_FILENO) == 1 &&
         term != nullptr && std::string_view(term) != "dumb";
}

}  // namespace stackaudit::cli
