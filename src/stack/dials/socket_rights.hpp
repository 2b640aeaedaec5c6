// Who may connect to the sockets of a socket unit, systemd.socket(5).
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stackaudit::stack {

// SocketMode=, SocketUser= and SocketGroup= as they are in effect.
struct SocketRights {
  std::int64_t mode = 0666;
  std::string user = "root", group = "root";
};

// `files`: the fragment, then its drop-ins in order.
[[nodiscard]] SocketRights socket_rights(Survey& survey, const std::string& unit_name,
                                         const std::vector<std::string>& files);

}  // namespace stackaudit::stack
