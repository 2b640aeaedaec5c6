// Settings of [Service] that cut a server off from what it needs, or that systemd cannot read.
#pragma once

#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills `reference` with files of StandardOutput= and its kin ("output-directory") and of
// LoadCredential= ("credential"), and syntax_problem with what a network of its own
// ("private-network") or a filter of system calls ("system-calls") takes from a server, and with
// values that systemd ignores ("bad-value").
void check_unit_isolation(Survey& survey, const ServiceUnit& unit);

// Types, restarts, namespaces of users and paths without execution that keep the service from
// starting, as problems of systemd; unit.refused where systemd does not load it. refusals.cpp
void check_unit_refusals(Survey& survey, ServiceUnit& unit);

// What systemd warns of in the value of a setting, "Failed to parse service restart specifier,
// ignoring: on-failed"; empty where it reads the value, or is not asked here. unit_values.cpp
struct ValueComplaint {
  std::string message, help, replacement;
};
[[nodiscard]] std::optional<ValueComplaint> complaint_about(std::string_view setting,
                                                            const std::string& value);
// The same for numbers, sizes, modes and lists of names. unit_limits.cpp
[[nodiscard]] std::optional<ValueComplaint> complaint_about_limit(std::string_view setting,
                                                                  const std::string& value);

}  // namespace stackaudit::stack
