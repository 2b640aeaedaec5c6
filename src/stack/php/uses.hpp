// How names are used in a tree; shared by symbols.cpp and uses.cpp.
#pragma once

#include "stack/php/types.hpp"
#include "syntax/php/ast.hpp"

#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

// By node: names that stand for something else than a constant.
[[nodiscard]] std::vector<bool> other_names(const syntax::php::Ast& ast);
// The kind of a Use that a node is, '\0' for none.
[[nodiscard]] char use_kind(const syntax::php::Ast& ast, std::string_view text,
                            syntax::php::NodeId id, const std::vector<bool>& other);
// The name that such a node uses.
[[nodiscard]] syntax::php::NodeId name_of(const syntax::php::Ast& ast, syntax::php::NodeId id);
// The function that a call hands over by its name: the literal, and what it says; 0: none.
[[nodiscard]] std::pair<syntax::php::NodeId, std::string_view> callback_name(
    const syntax::php::Ast& ast, const HandedOver& handed, std::string_view text);

}  // namespace stackaudit::stack::php
