// What kind of file a name and its content make: none for content that is meant to be served.
#pragma once

#include "tree/tree.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::served {

struct Kind {
  std::string kind;  // as facts::ServedFile::kind
  std::string detail;
  bool when_run = false;  // it matters if PHP runs it; else if it is sent as text
};

// `relative` is the path below the document root. Content is read where the name is not enough.
[[nodiscard]] std::optional<Kind> kind_of_file(const tree::Tree& tree, const std::string& path,
                                               std::string_view relative);

// Whether it is PHP that does something.
[[nodiscard]] bool is_php_source(const tree::Tree& tree, const std::string& path);

}  // namespace stackaudit::stack::served
