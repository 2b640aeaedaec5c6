// php-fpm's own pages: pm.status_path and ping.path of a pool, else the path is looked for as a
// script.
#include "stack/dials/status.hpp"

namespace stackaudit::stack {

StatusAnswer fpm_status(const facts::Store& facts, const facts::Dial& dial,
                        const std::string& pool) {
  const auto path = dial.url_path.substr(0, dial.url_path.find('?'));
  std::string others;
  bool any = false;
  for (const auto& row : facts.rows<facts::Directive>()) {
    if (row.service != "php-fpm") continue;
    any = true;
    if (row.name != "pm.status_path" && row.name != "ping.path") continue;
    if (!pool.empty() && row.context != pool) continue;
    if (row.args == path) return {true, {}, false};
    others += (others.empty() ? ", only " : " and ") + row.args + " in [" + row.context + "]";
  }
  if (!any) return {};
  return {false,
          (pool.empty() ? "no pool" : "pool " + pool) +
              " has pm.status_path or ping.path = " + path + others,
          false};
}

}  // namespace stackaudit::stack
