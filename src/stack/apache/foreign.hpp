// Modules that are in none of our tables: which directives they can have is read off their files.
#pragma once

#include "text/hash.hpp"
#include "tree/tree.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::apache {

// Whether it is certain that a shared object has no symbol of that name; false where the file
// cannot be read, and where it is no ELF file.
[[nodiscard]] bool lacks_symbol(const tree::Tree& tree, const std::string& path,
                                std::string_view name);

class ForeignModules {
 public:
  // path: of the shared object that LoadModule names.
  void add(std::string path);
  [[nodiscard]] bool empty() const { return paths_.empty(); }

  // Whether one of them has a word like the directive, a provider of that name, or such a function
  // (letter case is ignored; of a section without its '<'); nothing where one cannot be read.
  [[nodiscard]] std::optional<bool> has(const tree::Tree& tree, std::string_view directive) const;
  [[nodiscard]] bool may_have(const tree::Tree& tree, std::string_view directive) const {
    return has(tree, directive).value_or(true);
  }

 private:
  std::vector<std::string> paths_;
  mutable std::optional<std::string>
      bytes_;  // of all of them in lower case; empty: of one they are unknown
  mutable text::HashMap<bool> answers_;
};

}  // namespace stackaudit::stack::apache
