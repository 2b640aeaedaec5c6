// One shape for every complaint; diagnostics keep the shape that text gives them.
#include "cli/complain.hpp"

#include "text/frame.hpp"
#include "text/suggest.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <ostream>

namespace stackaudit::cli {

std::string complaint(std::string_view message, std::string_view help) {
  auto out = fmt::format("stackaudit: {}\n", text::printable(message));
  if (!help.empty()) out += fmt::format("  help: {}\n", text::printable(help));
  return out;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& known) {
  const auto near = text::nearest(word, known);
  return near ? "did you mean " + *near + "?" : std::string{};
}

bool print_problems(std::ostream& err, const text::SourceMap& texts,
                    const std::vector<text::Diagnostic>& problems) {
  bool refused = false;
  for (const auto& problem : problems) {
    err << text::render(texts, problem);
    refused = refused || problem.severity == text::Severity::error;
  }
  return refused;
}

}  // namespace stackaudit::cli
