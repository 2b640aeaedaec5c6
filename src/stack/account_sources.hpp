// Whether an account exists: /etc/passwd and /etc/group, and what else may know it. Directory
// services (nsswitch.conf) and accounts that the boot makes (sysusers.d) are never "missing".
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

// "found", "missing", "dynamic" where something outside the files may know the name, or "unseen"
// where the files themselves cannot be read.
// A number is found: nobody needs an account to have a uid.
[[nodiscard]] std::string user_state(const Survey& survey, std::string_view name);
[[nodiscard]] std::string group_state(const Survey& survey, std::string_view name);

// The same for a name that the files do not have and that is taken as a name, digits or not.
[[nodiscard]] std::string absent_user_state(const Survey& survey, std::string_view name);
[[nodiscard]] std::string absent_group_state(const Survey& survey, std::string_view name);

// The existing account whose name was probably meant; empty where none is near.
[[nodiscard]] std::string nearest_user(const Survey& survey, std::string_view name);
[[nodiscard]] std::string nearest_group(const Survey& survey, std::string_view name);

// A row that names an account of this state: its place, service, kind and effect are the caller's.
[[nodiscard]] facts::Reference account_reference(const Survey& survey, std::string_view name,
                                                 bool group, std::string state);

}  // namespace stackaudit::stack
