// The colours of the text report. Each role is one SGR sequence; without colour nothing is added.
#pragma once

#include "text/diagnostic.hpp"

#include <string>
#include <string_view>

namespace stackaudit::report {

enum class Role : std::uint8_t { error, warning, info, path, mend, quiet, strong };

class Paint {
 public:
  explicit Paint(bool color) : color_(color) {}

  // The text between the role's sequence and a reset. It must be printable already.
  [[nodiscard]] std::string operator()(Role role, std::string_view text) const;

 private:
  bool color_;
};

[[nodiscard]] Role role_of(text::Severity severity);

}  // namespace stackaudit::report
