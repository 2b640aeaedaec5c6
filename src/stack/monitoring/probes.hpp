// Addresses that a line of a monitoring agent's configuration asks: URLs, the options of the
// monitoring plugins (check_http, check_tcp, check_nginx), host:port pairs, the words of Monit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// begin and end are offsets in the line: what to mend.
struct Probe {
  std::size_t begin = 0, end = 0;
  std::string text;    // as written
  std::string scheme;  // http, https, tcp, unix, fastcgi, ...
  std::string host;
  std::string name;  // that the request carries, where it is another than host (check_http -I -H)
  std::optional<std::int64_t> port;
  std::string path;  // of the URL, query included; empty where there is none
  std::string socket;
};

// All probes of one line without its comment. What is only known at run time ($VAR, {{x}}, %d) is
// left out.
[[nodiscard]] std::vector<Probe> probes_in(std::string_view line);

}  // namespace stackaudit::stack
