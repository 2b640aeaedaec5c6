// Placeholders that a script fills in before a server reads the file: "<PORT>", "{{ port }}",
// "%%PORT%%", "@PORT@", "__PORT__", "${PORT}". On a machine they are a fault; in the files of an
// image or a checkout they are expected.
#pragma once

#include <optional>
#include <string_view>

namespace stackaudit::stack {

class Survey;

// The first placeholder in the word. A named group of a regular expression, "(?<port>", is none,
// nor is a variable in lower case, "${port}".
[[nodiscard]] std::optional<std::string_view> placeholder_in(std::string_view word);

// Whether statements of a template language stand in a text: "{% if tls %}", "<% if @tls %>",
// "{{ port }}".
[[nodiscard]] bool is_template(std::string_view text);

// Whether a server's file is a template in a part of a root, which is no file of the server yet:
// recorded as not checked.
[[nodiscard]] bool is_filled_in_later(Survey& survey, std::string_view path, std::string_view text);

}  // namespace stackaudit::stack
