// Files compiled into the binary by cmake/embed.cmake, so that one file copied to a server works.
#pragma once

#include <span>
#include <string_view>

namespace stackaudit::stack {

struct EmbeddedFile {
  std::string_view name;  // relative to the embedded folder, for instance "nginx/user-root.toml"
  std::string_view text;
};

// Every embedded file, sorted by name. The texts live as long as the program.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

}  // namespace stackaudit::stack
