// One pool: who its workers are, where it listens, what must exist for it to start.
#pragma once

#include "stack/phpfpm/config.hpp"
#include "stack/systemd/systemd.hpp"

#include <string>

namespace stackaudit::stack::phpfpm {

// What all pools of a master share.
struct Master {
  Actor actor;
  const ServiceUnit* unit = nullptr;
  std::string config;         // php-fpm.conf
  std::string prefix;         // of relative paths: /usr, or -p
  std::string ini_directory;  // "/etc/php/8.2/fpm"
  bool root_allowed = false;  // -R
  [[nodiscard]] bool is_root() const { return actor.who.uid == 0; }
};

// Adds worker, listener, reference and access rows, the problems of the pool's settings, and the
// pool itself to survey.pools.
void read_pool(Survey& survey, const Systemd& systemd, const Master& master,
               const PoolSection& pool);

// A path of a pool's setting: "$pool" replaced, relative ones below the prefix.
[[nodiscard]] std::string pool_path(const Master& master, const PoolSection& pool,
                                    std::string_view value);

}  // namespace stackaudit::stack::phpfpm
