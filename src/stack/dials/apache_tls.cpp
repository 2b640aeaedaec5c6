// SSLEngine of each virtual host, that of the main server where it says nothing.
#include "stack/dials/apache_tls.hpp"

#include "stack/net.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <sstream>

namespace stackaudit::stack {

ApacheTls::ApacheTls(const std::vector<facts::Directive>& rows) {
  for (const auto& row : rows) {
    if (row.service != "apache") continue;
    if (row.name == "virtualhost") {
      std::istringstream addresses(row.args);
      for (std::string address; addresses >> address;)
        if (const auto port = port_number(address.substr(address.rfind(':') + 1)))
          hosts_[row.id].ports.push_back(*port);
      continue;
    }
    const bool engine = row.name == "sslengine";
    if (!engine && row.name != "sslcertificatefile") continue;
    auto* host = row.parent ? nullptr : &main_;
    if (row.parent)
      if (const auto it = hosts_.find(*row.parent); it != hosts_.end()) host = &it->second;
    if (host == nullptr) continue;
    if (engine)
      host->engine = !text::equal_ignoring_case(row.args, "off");
    else
      host->certificate = true;
  }
}

std::optional<bool> ApacheTls::speaks(const Host& host, std::int64_t port) const {
  if (host.engine) return host.engine;
  if (main_.engine) return main_.engine;
  const bool by_itself = port == 443 && (host.certificate || main_.certificate);
  return by_itself ? std::nullopt : std::optional(false);
}

std::optional<bool> ApacheTls::at(std::int64_t port) const {
  std::optional<bool> answer;
  bool any = false;
  for (const auto& [id, host] : hosts_) {
    if (std::ranges::find(host.ports, port) == host.ports.end()) continue;
    const auto speaks = this->speaks(host, port);
    if (!speaks || (any && answer != speaks)) return std::nullopt;
    answer = speaks;
    any = true;
  }
  return any ? answer : speaks(main_, port);
}

}  // namespace stackaudit::stack
