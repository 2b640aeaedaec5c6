// Only the eight basic colours: they are readable on dark and on light terminals.
#include "report/paint.hpp"

#include <array>
#include <cstddef>

namespace stackaudit::report {
namespace {

// In the order of Role.
constexpr std::array<std::string_view, 7> kSequences{
    "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;36m", "\x1b[1m", "\x1b[32m", "\x1b[2m", "\x1b[1m"};

}  // namespace

std::string Paint::operator()(Role role, std::string_view text) const {
  if (!color_ || text.empty()) return std::string(text);
  std::string out(kSequences.at(static_cast<std::size_t>(role)));
  out += text;
  out += "\x1b[0m";
  return out;
}

Role role_of(text::Severity severity) {
  switch (severity) {
    case text::Severity::error:
      return Role::error;
    case text::Severity::warning:
      return Role::warning;
    case text::Severity::info:
      return Role::info;
  }
  return Role::error;
}

}  // namespace stackaudit::report
