// At which ports Apache speaks TLS: the virtual hosts say it, not the Listen lines.
#pragma once

#include "facts/configuration.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace stackaudit::stack {

class ApacheTls {
 public:
  // rows: all directives of the audit.
  explicit ApacheTls(const std::vector<facts::Directive>& rows);

  // None where the virtual hosts of the port differ, or where httpd might decide by itself: at 443
  // it speaks TLS as soon as a certificate is named.
  [[nodiscard]] std::optional<bool> at(std::int64_t port) const;

 private:
  struct Host {
    std::vector<std::int64_t> ports;
    std::optional<bool> engine;  // as SSLEngine says
    bool certificate = false;
  };
  [[nodiscard]] std::optional<bool> speaks(const Host& host, std::int64_t port) const;

  std::map<std::int64_t, Host> hosts_;  // by the id of their block
  Host main_;
};

}  // namespace stackaudit::stack
