// Observed with PHP 8.2: short_open_tag is on with "2", "-1" and "tRue", off with "y" and "none".
#include "stack/pools/ini_values.hpp"

#include "text/suggest.hpp"

#include <charconv>

namespace stackaudit::stack {

const IniValue* find(const IniValues& values, std::string_view name) {
  const auto found = values.find(name);
  return found == values.end() ? nullptr : &found->second;
}

bool is_on(std::string_view value) {
  for (const std::string_view word : {"on", "yes", "true"})
    if (text::equal_ignoring_case(value, word)) return true;
  long long number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number != 0;
}

bool is_on(const IniValues& values, std::string_view name, bool otherwise) {
  const auto* set = find(values, name);
  return set == nullptr ? otherwise : is_on(set->value);
}

}  // namespace stackaudit::stack
