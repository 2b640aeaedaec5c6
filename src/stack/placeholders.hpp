// Placeholders that a script fills in before a server reads the file: "<PORT>", "{{ port }}",
// "%%PORT%%", "@PORT@", "__PORT__", "${PORT}". On a machine they are a fault; in the files of an
// image or a checkout they are expected.
#pragma once

#include <optional>
#include <string_view>

namespace stackaudit::stack {

// The first placeholder in the word. A named group of a regular expression, "(?<port>", is none,
// nor is a variable in lower case, "${port}".
[[nodiscard]] std::optional<std::string_view> placeholder_in(std::string_view word);

}  // namespace stackaudit::stack
