// Where the report goes, and whether it is coloured on the way.
#pragma once

#include "cli/options.hpp"

#include <iosfwd>
#include <string_view>

namespace stackaudit::cli {

// Writes to --output or to out. Whether all of it arrived; if not, a complaint is on err.
[[nodiscard]] bool deliver(const Options& options, std::string_view text, std::ostream& out,
                           std::ostream& err);

// --color, NO_COLOR, and whether out is a terminal.
[[nodiscard]] bool wants_color(const Options& options, const std::ostream& out);

}  // namespace stackaudit::cli
