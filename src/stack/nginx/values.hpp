// Numbers, sizes and times as nginx parses them (ngx_parse.c), and what it answers to others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::nginx {

// Digits only, as ngx_atoi(); nullopt: nginx cannot parse it.
[[nodiscard]] std::optional<std::int64_t> parse_number(std::string_view text);
// "8k", "1m" in bytes; "1g" as well where offset is set (ngx_parse_offset).
[[nodiscard]] std::optional<std::int64_t> parse_size(std::string_view text, bool offset);
// "1h 30m", "500ms" in seconds, or in milliseconds without seconds_only, where "ms" is known and
// "y" is not; nullopt: nginx does not take it.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text, bool seconds_only);
[[nodiscard]] bool is_time(std::string_view text, bool seconds_only);

// What nginx answers to these arguments of a directive whose Form has this `value`; empty: it
// takes them. Only what is certain for every version.
[[nodiscard]] std::string refusal(std::string_view directive, std::string_view value,
                                  const std::vector<std::string_view>& args);

// The words that a value of this kind may have: on and off, those of an enum.
[[nodiscard]] std::vector<std::string_view> possible_words(std::string_view value);

}  // namespace stackaudit::stack::nginx
