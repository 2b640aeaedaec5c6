// Addresses and sockets in their canonical spelling.
#include "stack/pools/pools.hpp"

#include "tree/resolve.hpp"

namespace stackaudit::stack {
namespace {

// Sockets are compared where their links lead, as far as the tree has them.
std::string socket_path(const Survey& survey, std::string_view listen) {
  auto path = tree::normalize(listen.substr(listen.find(':') + 1));
  if (path.starts_with("/var/run/")) path.erase(0, 4);
  const auto end = tree::resolve(survey.tree, path);
  return end ? end.path : path;
}

}  // namespace

bool serves(const Survey& survey, const Pool& pool, const std::string& php) {
  if (pool.listen == php) return true;
  if (pool.listen.starts_with("unix:") && php.starts_with("unix:"))
    return socket_path(survey, pool.listen) == socket_path(survey, php);
  if (!pool.listen.starts_with("tcp:") || !php.starts_with("tcp:")) return false;
  const auto port = [](std::string_view address) { return address.substr(address.rfind(':') + 1); };
  const auto host = std::string_view(pool.listen).substr(4, pool.listen.rfind(':') - 4);
  return port(pool.listen) == port(php) &&
         (host == "*" || host == "0.0.0.0" || host == "[::]" || host.empty());
}

const Pool* pool_for(const Survey& survey, const std::string& php) {
  for (const auto& pool : survey.pools)
    if (serves(survey, pool, php)) return &pool;
  return nullptr;
}

}  // namespace stackaudit::stack
