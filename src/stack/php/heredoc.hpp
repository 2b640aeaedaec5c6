// The body of a heredoc or nowdoc.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::php {

// How deep the closing label is indented; nullopt for a text in quotes.
[[nodiscard]] std::optional<std::size_t> indentation(std::string_view heredoc);

// A part of the body without what stands in front of each line; the last without its line end,
// which belongs to the label.
[[nodiscard]] std::string dedented(std::string_view part, std::size_t indent, bool first,
                                   bool last);

}  // namespace stackaudit::stack::php
