// Complaints on standard error: "stackaudit: MESSAGE" and, where something would help, what.
#pragma once

#include "text/diagnostic.hpp"
#include "text/source_map.hpp"

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::cli {

// One line, and a second one with the help unless it is empty. Both are made printable.
[[nodiscard]] std::string complaint(std::string_view message, std::string_view help = {});

// "did you mean NEAREST?" for a word that is none of the known ones; empty where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string_view>& known);

// Prints problems of rule files, the policy or a query with their frames. Whether one was an error.
bool print_problems(std::ostream& err, const text::SourceMap& texts,
                    const std::vector<text::Diagnostic>& problems);

}  // namespace stackaudit::cli
