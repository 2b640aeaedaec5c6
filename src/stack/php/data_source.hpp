// The kind of database that new PDO() is to reach.
#pragma once

#include "syntax/php/ast.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack::php {

// "pgsql" of new PDO('pgsql:host=...'), where Debian has an extension for it; the text may be what
// the only assignment gave to a variable. Empty where it is not written there. name: of the class.
[[nodiscard]] std::string database_kind(const syntax::php::Ast& ast, std::string_view code,
                                        syntax::php::NodeId name);

}  // namespace stackaudit::stack::php
