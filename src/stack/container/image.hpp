// What is known of published images, and of the files that are put into one.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace stackaudit::stack {

// "nginx" of "docker.io/library/nginx:1.25@sha256:...".
[[nodiscard]] std::string_view image_name(std::string_view reference);

// Whether the image is known, and neither an account nor a group of this name is in it. Numbers
// need none.
[[nodiscard]] bool image_lacks(std::string_view image, std::string_view account);

// The ports that nginx's listen, Apache's Listen or a pool's listen takes in a file of the context
// which is copied to a place of theirs; none of other files.
[[nodiscard]] std::set<std::int64_t> listened_ports(const tree::Tree& tree, const std::string& from,
                                                    std::string_view to);

// The line of an nginx configuration that makes its workers root; nullopt: there is none.
[[nodiscard]] std::optional<text::Span> root_user_line(Survey& survey, const std::string& path);

}  // namespace stackaudit::stack
