// Whether the path of a monitoring agent's URL is answered with the server's status.
#pragma once

#include "stack/blocks.hpp"
#include "stack/survey.hpp"

#include <optional>
#include <string>

namespace stackaudit::stack {

struct StatusAnswer {
  std::optional<bool> served;                   // none: not decidable
  std::string problem;                          // why not
  bool proxied = false;                         // nginx passes the request on
  bool asks_password = false;                   // HTTP 401 to whom sends none
  const facts::Directive* handed_on = nullptr;  // the fastcgi_pass or its kin that takes it
};

// What nginx does with the request that `dial` describes and that `listener` takes: the server is
// chosen by address and name, the location as nginx does, regular expressions as far as they are
// plain. wants_fastcgi: a page of php-fpm is asked, not nginx's own.
[[nodiscard]] StatusAnswer nginx_status(const facts::Store& facts, const Blocks& nginx,
                                        const facts::Dial& dial, const facts::Listener& listener,
                                        bool wants_fastcgi = false);

// A page that is no status page: never said to be served; a problem where nginx looks for a file
// that is not there and nothing else could answer.
[[nodiscard]] StatusAnswer nginx_page(const Survey& survey, const Blocks& nginx,
                                      const facts::Dial& dial, const facts::Listener& listener);

// Whether Apache answers it by the handler server-status.
[[nodiscard]] StatusAnswer apache_status(const facts::Store& facts, const Blocks& apache,
                                         const facts::Dial& dial);

// Whether a php-fpm pool has this path as pm.status_path or ping.path; `pool` empty: any pool.
[[nodiscard]] StatusAnswer fpm_status(const facts::Store& facts, const facts::Dial& dial,
                                      const std::string& pool);

}  // namespace stackaudit::stack
