// What types declare.
#include "stack/php/types.hpp"

#include "stack/php/names.hpp"
#include "stack/php/symbols.hpp"
#include "syntax/php/php.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <optional>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;
using text::lower;

// The words of a class's head behind its name: names, "extends", "implements".
void add_head(std::string_view text, std::uint32_t from, const Names& names, Type& type) {
  const auto brace = text.find('{', from);
  if (brace == std::string_view::npos) return;
  const auto head = text.substr(from, brace - from);
  if (head.find_first_of("/#(:") != std::string_view::npos) {
    type.answers = type.answers || head.find(':') == std::string_view::npos;
    if (type.answers) return;
  }
  bool parent = false, takes = false;
  for (std::size_t at = 0; at < head.size();) {
    const auto begin = head.find_first_not_of(" \t\r\n,", at);
    if (begin == std::string_view::npos) return;
    at = std::min(head.find_first_of(" \t\r\n,", begin), head.size());
    const auto word = head.substr(begin, at - begin);
    const auto small = lower(word);
    if (small == "extends" || small == "implements") {
      takes = true;
      parent = small == "extends";
    } else if (takes) {
      auto whole = lower(names.whole(word));
      type.answers = type.answers || whole.empty();
      const auto place = static_cast<std::uint32_t>(from + begin);
      type.bases.push_back(
          {std::move(whole), place, static_cast<std::uint32_t>(place + word.size()), parent});
    }
  }
}

// "use A, B;" in a class. What is renamed there is not followed.
void add_traits(std::string_view text, const Node& use, const Names& names, Type& type) {
  auto words = slice(text, use);
  if (words.find('{') != std::string_view::npos) type.answers = true;
  words = words.substr(0, words.find_first_of("{;"));
  for (std::size_t at = 3; at < words.size();) {
    const auto begin = words.find_first_not_of(" \t\r\n,", at);
    if (begin == std::string_view::npos) return;
    at = std::min(words.find_first_of(" \t\r\n,", begin), words.size());
    const auto word = words.substr(begin, at - begin);
    const auto place = static_cast<std::uint32_t>(use.begin + begin);
    type.bases.push_back({lower(names.whole(word)), place,
                          static_cast<std::uint32_t>(place + word.size()), false, true});
  }
}

bool is_static(std::string_view text, const Node& method, const Node& name) {
  const auto words = lower(text.substr(method.begin, name.begin - method.begin));
  return words.find("static") != std::string::npos;
}

Shape shape_of(const Ast& ast, std::string_view text, const Node& method) {
  constexpr std::size_t kMostBits = 64;
  Shape shape;
  std::size_t at = 0;
  for (auto id = ast[method.first].next; id != 0; id = ast[id].next) {
    const auto& parameter = ast[id];
    if (parameter.kind != NodeKind::parameter) continue;
    const auto type = text.substr(parameter.begin, ast[parameter.first].begin - parameter.begin);
    const auto end = type.find_last_not_of(" \t\r\n.");
    if (end != std::string_view::npos && type[end] == '&' && at < kMostBits)
      shape.references |= std::uint64_t{1} << at;
    shape.variadic = type.find("...") != std::string_view::npos;
    if (!shape.variadic) ++shape.total;
    ++at;
  }
  shape.required = static_cast<std::uint16_t>(wanted_by(ast, text, method));
  return shape;
}

void add_member(const Ast& ast, std::string_view text, const Node& member, const Names& names,
                Type& type) {
  const auto& name = ast[member.first];
  if (member.kind == NodeKind::trait_use) return add_traits(text, member, names, type);
  if (member.kind == NodeKind::enum_case)
    type.named.push_back(hash_of(MemberKind::constant, slice(text, name)));
  if (member.kind == NodeKind::const_)
    for (auto id = member.first; id != 0; id = ast[id].next)
      type.named.push_back(hash_of(MemberKind::constant, slice(text, ast[ast[id].first])));
  if (member.kind == NodeKind::property_declaration && is_static(text, member, name))
    for (auto id = member.first; id != 0; id = ast[id].next) {
      const auto& declared = ast[id].kind == NodeKind::assign ? ast[ast[id].first] : ast[id];
      type.named.push_back(hash_of(MemberKind::property, slice(text, declared)));
    }
  if (member.kind != NodeKind::method) return;
  const auto hash = hash_of(MemberKind::method, slice(text, name));
  const auto small = lower(slice(text, name));
  type.named.push_back(hash);
  if (!is_static(text, member, name)) type.plain.push_back(hash);
  if (small == "__call" || small == "__callstatic") type.answers = true;
  if (small == "__construct") type.wants = wanted_by(ast, text, member);
  const auto before = lower(text.substr(member.begin, name.begin - member.begin));
  const bool is_private = before.find("private") != std::string::npos;
  if (is_private || before.find("protected") != std::string::npos) type.hidden.push_back(hash);
  if (small == "__construct" || is_private) return;
  type.shapes.push_back(shape_of(ast, text, member));
  type.shapes.back().name = hash;
}

// The word in front of the declaration, or at its beginning: "abstract class X".
bool has_modifier(std::string_view text, const Node& declaration, const Node& name,
                  std::string_view modifier) {
  if (lower(text.substr(declaration.begin, name.begin - declaration.begin)).find(modifier) !=
      std::string::npos)
    return true;
  auto before = text.substr(0, declaration.begin);
  before = before.substr(0, before.find_last_not_of(" \t\r\n") + 1);
  const auto length = std::min(before.size(), modifier.size());
  return lower(before.substr(before.size() - length)) == modifier;
}

Sort sort_of(std::string_view text, const Node& declaration) {
  const auto head = lower(text.substr(declaration.begin, 10));
  if (head.starts_with("interface")) return Sort::interface;
  if (head.starts_with("trait")) return Sort::trait;
  return head.starts_with("enum") ? Sort::enumeration : Sort::plain;
}

}  // namespace

int wanted_by(const Ast& ast, std::string_view text, const Node& function) {
  int wanted = 0, count = 0;
  for (auto id = ast[function.first].next; id != 0; id = ast[id].next) {
    const auto& parameter = ast[id];
    if (parameter.kind != NodeKind::parameter) continue;
    ++count;
    const auto& variable = ast[parameter.first];
    const auto type = text.substr(parameter.begin, variable.begin - parameter.begin);
    if (variable.next == 0 && type.find("...") == std::string_view::npos) wanted = count;
  }
  return wanted;
}

int given_to(const Ast& ast, const Node& call) {
  int given = 0;
  for (auto id = ast[call.first].next; id != 0; id = ast[id].next) {
    if (ast[id].op == kEllipsis || ast[id].kind != NodeKind::argument) return -1;
    ++given;
  }
  return given;
}

NameHash hash_of(MemberKind kind, std::string_view name) {
  return hash_of(static_cast<char>(kind), name);
}

namespace {

// Classes around which nothing stands but a namespace.
std::vector<NodeId> outermost_classes(const Ast& ast) {
  std::vector<NodeId> found, blocks{ast.root};
  while (!blocks.empty()) {
    const auto block = blocks.back();
    blocks.pop_back();
    for (auto id = ast[block].first; id != 0; id = ast[id].next) {
      if (ast[id].kind == NodeKind::class_declaration) found.push_back(id);
      const auto body = ast[id].kind == NodeKind::namespace_ ? ast.last_child(id) : 0;
      if (body != 0 && ast[body].kind == NodeKind::block) blocks.push_back(body);
    }
  }
  return found;
}

}  // namespace

std::string parent_of(const Ast& ast, std::string_view text, NodeId declaration,
                      const Names& names) {
  Type head;
  add_head(text, ast[ast[declaration].first].end, names, head);
  const auto it = std::ranges::find(head.bases, true, &Base::parent);
  return head.answers || it == head.bases.end() ? std::string{} : it->name;
}

std::vector<Type> types_of(const Ast& ast, std::string_view text) {
  std::vector<Type> found;
  std::optional<Names> names;
  const auto outermost = outermost_classes(ast);
  for (NodeId id = 1; id < ast.nodes.size(); ++id) {
    const auto& node = ast[id];
    const auto& name = ast[node.first];
    if (node.kind != NodeKind::class_declaration || name.kind != NodeKind::name) continue;
    if (!names) names.emplace(ast, text);
    auto& type = found.emplace_back();
    type.spelled = names->whole(slice(text, name));
    type.name = lower(type.spelled);
    type.answers = type.name.empty();
    type.begin = node.begin;
    type.top_level = std::ranges::find(outermost, id) != outermost.end();
    type.sort = sort_of(text, node);
    type.unmade = type.sort != Sort::plain || has_modifier(text, node, name, "abstract");
    type.readonly = has_modifier(text, node, name, "readonly");
    type.final = type.sort == Sort::enumeration || has_modifier(text, node, name, "final");
    add_head(text, name.end, *names, type);
    for (auto member = name.next; member != 0; member = ast[member].next)
      add_member(ast, text, ast[member], *names, type);
    if (type.sort == Sort::enumeration)
      for (const auto* built : {"cases", "from", "tryfrom"})
        type.named.push_back(hash_of(MemberKind::method, built));
    std::ranges::sort(type.named);
    std::ranges::sort(type.plain);
    std::ranges::sort(type.hidden);
  }
  return found;
}

}  // namespace stackaudit::stack::php
