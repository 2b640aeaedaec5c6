// What a service of a Compose file mounts, in both of its forms, and what some mounts give away.
#pragma once

#include "stack/survey.hpp"
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

// Fills syntax_problem ("container-privileged") where whoever has this of the machine in a
// container is root of the machine; whether it is so. language: of the file that says it.
bool check_mount(Survey& survey, text::Span where, std::string_view language,
                 std::string_view from);

}  // namespace stackaudit::stack
