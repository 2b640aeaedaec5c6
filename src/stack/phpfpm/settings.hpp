// What php-fpm accepts: names and types of settings (data/php-fpm-settings.tsv), and what must fit
// together in a pool. Messages are php-fpm's own.
#pragma once

#include "stack/phpfpm/config.hpp"

#include <optional>
#include <string>

namespace stackaudit::stack::phpfpm {

struct Refusal {
  std::string code;  // unknown-setting, bad-value
  std::string message, help, replacement;
  bool at_key = false;  // the key is wrong, not the value
};

// Refused while the file is read: an unknown entry, a value of another type.
[[nodiscard]] std::optional<Refusal> check_setting(bool global, const Setting& setting,
                                                   bool has_subkey);

struct PoolProblem {
  text::Span span;
  std::string message;
};
// What is wrong with the values of [global] once they are read.
[[nodiscard]] std::vector<PoolProblem> check_global(const PoolSection& global);
// What must fit together in one pool.
[[nodiscard]] std::vector<PoolProblem> check_pool(const PoolSection& pool, bool master_is_root);

}  // namespace stackaudit::stack::phpfpm
