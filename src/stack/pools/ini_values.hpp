// Settings of php.ini, of pools and of units by their names, and what PHP takes for "on".
#pragma once

#include "facts/table.hpp"

#include <map>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// A value of php.ini, of the files of its scan directory, of a pool or of a unit.
struct IniValue {
  std::string value;
  facts::Place place;
};
using IniValues = std::map<std::string, IniValue, std::less<>>;

// nullptr: it is not set.
[[nodiscard]] const IniValue* find(const IniValues& values, std::string_view name);

// zend_ini_parse_bool(): "on", "yes" and "true" in any case, and numbers other than 0.
[[nodiscard]] bool is_on(std::string_view value);
// Likewise of a setting by its name; `otherwise` where it is not set.
[[nodiscard]] bool is_on(const IniValues& values, std::string_view name, bool otherwise);

}  // namespace stackaudit::stack
