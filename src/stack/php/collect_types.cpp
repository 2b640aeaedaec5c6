// Types of contents that WordPress's plugins and themes register: register_post_type('product').
#include "stack/php/collect.hpp"
#include "text/words.hpp"

#include <array>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr auto kRegister =
    std::to_array<std::string_view>({"register_post_type", "register_taxonomy"});

}  // namespace

// Methods of these names wrap the functions.
void collect_types(const Unit& unit, const std::vector<NodeId>& calls,
                   std::vector<Definitions::Named>& out) {
  const auto& ast = unit.parsed.ast;
  for (const auto id : calls) {
    auto callee = ast[id].first;
    if (ast[id].kind != NodeKind::call) callee = ast[callee].next;
    if (!text::is_one_of(base_name(Corpus::slice(unit, ast[callee])), kRegister)) continue;
    const auto type = ast[ast[callee].next].first;
    if (ast[type].kind == NodeKind::string)
      out.emplace_back("@type " + unquote(Corpus::slice(unit, ast[type])),
                       Definition{&unit, id, type, false, true});
  }
}

}  // namespace stackaudit::stack::php
