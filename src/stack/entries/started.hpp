// What a unit says of the server that it starts.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <optional>
#include <string>

namespace stackaudit::stack {

// The main configuration file that the unit's command names; empty where it names none.
[[nodiscard]] std::string named_configuration(const ServiceUnit& unit);

// Whether the boot starts it.
[[nodiscard]] bool is_in_force(const ServiceUnit& unit);

// What lies at the end of a path, where that is a file.
[[nodiscard]] std::optional<std::string> file_at(const tree::Tree& tree, const std::string& path);

// Whether a target is the path, or a directory above it.
[[nodiscard]] bool is_asked_for(const Targets& targets, std::string_view path);

}  // namespace stackaudit::stack
