// What short names of classes mean in a file: its namespace and what it imports.
#pragma once

#include "syntax/php/ast.hpp"

#include <map>
#include <string>
#include <string_view>

namespace stackaudit::stack::php {

class Names {
 public:
  Names(const syntax::php::Ast& ast, std::string_view text);

  // The whole name without a slash in front; empty where it is not known.
  [[nodiscard]] std::string whole(std::string_view written) const;

  // Whether a "use" gives the short name its meaning.
  [[nodiscard]] bool is_imported(std::string_view short_name) const;

 private:
  void import(std::string_view words);
  void one(std::string_view words, std::string_view group);

  std::size_t spaces_ = 0;
  std::string space_;
  std::map<std::string, std::string> imports_;  // by the short name in lower case
};

}  // namespace stackaudit::stack::php
