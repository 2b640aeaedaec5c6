// What a service of a Compose file mounts, in both of its forms, and what some mounts give away.
#pragma once

#include "syntax/yaml/yaml.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack {

struct Mount {
  const syntax::yaml::Node* node = nullptr;  // where `from` is written
  std::string_view from, to;                 // as written
};

// "./a:/b:ro", {type: bind, source: ./a, target: /b}; nullopt where one of the two is not named.
[[nodiscard]] std::optional<Mount> mount_of(const syntax::yaml::Document& document,
                                            const syntax::yaml::Node& volume);

// What to do instead.
inline constexpr std::string_view kMountLess =
    "mount what the service needs; a proxy that allows single calls instead of the socket";

// Why whoever has this of the machine in a container is root of the machine; empty: it is not so.
[[nodiscard]] std::string power_of_mount(std::string_view from);

}  // namespace stackaudit::stack
