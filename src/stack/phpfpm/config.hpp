// php-fpm's configuration as the master reads it: files in order, includes followed, settings by
// section. No judgement of values beyond what the parser itself refuses.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::phpfpm {

struct Setting {
  std::string name;    // in lower case: php-fpm does not distinguish
  std::string subkey;  // "error_log" of php_admin_value[error_log]
  std::string value;
  text::Span span;  // of the value; of the key where there is no value
  text::Span key_span;
};

struct PoolSection {
  std::string name;
  text::Span span;  // [name]
  std::vector<Setting> settings;
  bool refused = false;  // one of its settings is: php-fpm never gets to check the whole
  text::Span again{};    // the last [name] of several

  // The last setting of the name; nullptr where there is none.
  [[nodiscard]] const Setting* find(std::string_view setting, std::string_view subkey = {}) const;
  [[nodiscard]] std::string value(std::string_view setting) const;  // empty where not set
};

struct Config {
  PoolSection global;  // its name is "global"
  std::vector<PoolSection> pools;
  bool refused = false;  // php-fpm stops while it reads
};

// Asked for every file and every include directory before it is read, to record the open.
using OnOpen = std::function<void(const std::string& path, const facts::Place& place,
                                  tree::Operation operation)>;

// Reads `path` and what it includes; relative includes start at `prefix`. Values come out of the
// environment of the unit, where that is known (nullptr: it is not); those whose variables are not
// known are left out. Adds file rows, reference rows of kind include, and syntax problems in
// php-fpm's words.
[[nodiscard]] Config read_config(Survey& survey, const std::string& path, const std::string& prefix,
                                 const ServiceUnit* unit, const OnOpen& on_open);

// A syntax_problem of service php-fpm.
void add_problem(Survey& survey, text::Span span, std::string_view code, std::string_view severity,
                 std::string message, std::string help = {}, std::string replacement = {});

}  // namespace stackaudit::stack::phpfpm
