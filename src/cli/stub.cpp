// temporary: replaced by the command line; here so that the program links meanwhile.
#include "cli/cli.hpp"

#include <ostream>

namespace stackaudit::cli {

int run(std::span<const std::string>, std::ostream&, std::ostream& err) {
  err << "stackaudit: not built yet\n";
  return kTrouble;
}

}  // namespace stackaudit::cli
