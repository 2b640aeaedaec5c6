// What a service of a Compose file mounts, in both of its forms.
#pragma once

#include "syntax/yaml/yaml.hpp"

#include <optional>
#include <string_view>

namespace stackaudit::stack {

struct Mount {
  const syntax::yaml::Node* node = nullptr;  // where `from` is written
  std::string_view from, to;                 // as written
};

// "./a:/b:ro", {type: bind, source: ./a, target: /b}; nullopt where one of the two is not named.
[[nodiscard]] std::optional<Mount> mount_of(const syntax::yaml::Document& document,
                                            const syntax::yaml::Node& volume);

}  // namespace stackaudit::stack
