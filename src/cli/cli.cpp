// Dispatch: one command, one exit status.
#include "cli/cli.hpp"

#include "cli/commands.hpp"
#include "cli/options.hpp"
#include "cli/output.hpp"

#include <ostream>

namespace stackaudit::cli {

int run(std::span<const std::string> args, std::ostream& out, std::ostream& err, Leave leave) {
  const auto parsed = parse_options(args);
  if (parsed.exit) {
    err << parsed.err;
    return deliver(Options{}, parsed.out, out, err) ? *parsed.exit : kTrouble;
  }
  const auto& options = parsed.options;
  switch (options.command) {
    case Command::audit:
      return audit(options, out, err, leave);
    case Command::query:
      return query(options, out, err);
    case Command::tables:
      return tables(options, out, err);
    case Command::rules:
      return list_rules(options, out, err);
    case Command::explain:
      return explain(options, out, err);
    case Command::fix:
      break;  // refused by parse_options
  }
  return kTrouble;
}

}  // namespace stackaudit::cli
