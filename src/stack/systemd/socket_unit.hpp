// What a socket unit listens on and whom its sockets let in, systemd.socket(5).
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace stackaudit::stack {

struct SocketUnit {
  struct Setting {
    std::string value;
    facts::Place place;  // of the value; the whole file of the fragment where nobody set it
  };
  std::vector<Setting> streams;  // ListenStream= in effect, as written
  Setting mode, user, group;     // SocketMode=, SocketUser=, SocketGroup= as written; may be empty

  // The same as they are in effect.
  std::int64_t mode_bits = 0666;
  std::string user_name = "root", group_name = "root";
};

// `files`: the fragment, then its drop-ins in order. Those that cannot be read say nothing.
[[nodiscard]] SocketUnit read_socket_unit(Survey& survey, const std::string& unit_name,
                                          const std::vector<std::string>& files);

}  // namespace stackaudit::stack
