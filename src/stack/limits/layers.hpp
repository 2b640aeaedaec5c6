// The layers that a request goes through: nginx's locations, and the PHP that they hand it to.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::limits {

constexpr std::int64_t kNone = std::numeric_limits<std::int64_t>::max();

// A limit in bytes or seconds, kNone where there is none.
struct Limit {
  std::int64_t value = 0;
  std::string written;  // for people: "64M"
  facts::Place place;   // where it is set
  bool set = false;     // by a file; else it is the program's own
};

// "client_max_body_size 8m in /etc/nginx/nginx.conf:20", "... 1m (the default)".
[[nodiscard]] std::string words(std::string_view name, const Limit& limit);

// The PHP of one pool, or of Apache, and the directives of nginx that send requests there.
struct Php {
  const Pool* pool = nullptr;  // none: mod_php
  std::string ini_directory;
  IniValues own;  // of the pool, or of Apache's php_value
  std::vector<const facts::Directive*> passes;

  // Of php.ini as it counts here.
  [[nodiscard]] const IniValue* find(const Survey& survey, std::string_view name) const;
};

[[nodiscard]] std::vector<Php> all_php(const Survey& survey);

// The last directive of that service and name anywhere; nullptr: none.
[[nodiscard]] const facts::Directive* directive(const Survey& survey, std::string_view service,
                                                std::string_view name);

// A whole number of digits.
[[nodiscard]] std::optional<std::int64_t> number(std::string_view text);

// Records that a limit contradicts another, whose place is told as well.
void report(Survey& survey, std::string_view service, std::string_view code, const Limit& at,
            std::string message, std::string help, const Limit& other);

}  // namespace stackaudit::stack::limits
