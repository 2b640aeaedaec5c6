// All heads of a file in one walk over its nodes, of which those of a declaration stand in front of
// it: the words between them are what the tree left out.
#include "syntax/php/heads.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

constexpr auto kModifiers = std::to_array<std::string_view>(
    {"public", "protected", "private", "static", "abstract", "final", "readonly", "var"});

// Puts the modifiers here, everything else there: of "private(set) int" the type is "int".
void divide(Words&& words, Words& modifiers, Words& rest) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool modifier = text::is_one_of(words[i], kModifiers);
    (modifier ? modifiers : rest).push_back(std::move(words[i]));
    if (modifier && i + 3 < words.size() && words[i + 1] == "(" && words[i + 2] == "set") i += 3;
  }
}

// Whether the sign stood at the end of the words; it is taken off.
bool take_last(Words& words, std::string_view sign) {
  const bool taken = !words.empty() && words.back() == sign;
  if (taken) words.pop_back();
  return taken;
}

template <class Head>
const Head& find(const std::vector<Head>& heads, NodeId id) {
  return *std::ranges::lower_bound(heads, id, {}, &Head::id);
}

}  // namespace

bool has(const Words& words, std::string_view word) {
  return text::is_one_of(word, words);
}

Heads::Heads(std::string_view text, const Ast& ast) : text_(text), ast_(ast) {
  for (NodeId id = 1; id < ast.nodes.size(); ++id) {
    switch (ast[id].kind) {
      case NodeKind::class_declaration:
        classes_.push_back(read_class(id));
        break;
      case NodeKind::function:
      case NodeKind::method:
      case NodeKind::closure:
      case NodeKind::arrow_function:
        functions_.push_back(read_function(id));
        break;
      case NodeKind::property_declaration:
      case NodeKind::const_:
        members_.push_back(read_member(id));
        break;
      default:
        break;
    }
  }
  find_outer();
}

const ClassHead& Heads::of_class(NodeId id) const {
  return find(classes_, id);
}

const FunctionHead& Heads::of_function(NodeId id) const {
  return find(functions_, id);
}

const MemberHead& Heads::of_member(NodeId id) const {
  return find(members_, id);
}

// What is around a function comes behind it, the innermost first; those that wait lie beside each
// other.
void Heads::find_outer() {
  std::vector<std::size_t> waiting;
  outer_.assign(functions_.size(), functions_.size());
  for (std::size_t i = 0; i < functions_.size(); ++i) {
    const auto begin = ast_[functions_[i].id].begin;
    for (; !waiting.empty() && ast_[functions_[waiting.back()].id].begin >= begin;
         waiting.pop_back())
      outer_[waiting.back()] = i;
    waiting.push_back(i);
  }
}

// The first function behind a node is around it or beside it.
const FunctionHead* Heads::around(NodeId id) const {
  const auto next = std::ranges::lower_bound(functions_, id, {}, &FunctionHead::id);
  for (auto i = static_cast<std::size_t>(next - functions_.begin()); i < functions_.size();
       i = outer_[i])
    if (ast_[functions_[i].id].begin <= ast_[id].begin) return &functions_[i];
  return nullptr;
}

ClassHead Heads::read_class(NodeId id) const {
  const auto& node = ast_[id];
  ClassHead head;
  head.id = id;
  if (node.first == 0 || ast_[node.first].kind != NodeKind::name) return head;
  const auto& name = ast_[node.first];
  head.name = node.first;
  head.called = slice(text_, name);
  head.modifiers = words(text_, node.begin, name.begin);
  if (!head.modifiers.empty()) {
    head.kind = std::move(head.modifiers.back());
    head.modifiers.pop_back();
  }
  Words* list = &head.backing;
  for (auto& word : words(text_, name.end, name.next != 0 ? ast_[name.next].begin : node.end)) {
    if (word == "{") break;
    if (word == "extends")
      list = &head.parents;
    else if (word == "implements")
      list = &head.contracts;
    else if (word != "," && word != ":")
      list->push_back(std::move(word));
  }
  return head;
}

FunctionHead Heads::read_function(NodeId id) const {
  const auto& node = ast_[id];
  FunctionHead head;
  head.id = id;
  auto from = node.begin;
  auto until = node.end;
  for (auto at = node.first; at != 0; at = ast_[at].next) {
    const auto& child = ast_[at];
    if (child.kind == NodeKind::parameter) head.parameters.push_back(read_parameter(at));
    const bool name =
        at == node.first && node.kind != NodeKind::closure && node.kind != NodeKind::arrow_function;
    if (name) head.name = text::lower(slice(text_, child));
    head.has_body = child.kind == NodeKind::block;
    if (name || child.kind == NodeKind::parameter)
      from = child.end;
    else
      until = child.begin;
  }
  auto before = words(text_, node.begin, node.first == 0 ? node.end : ast_[node.first].begin);
  before.erase(std::ranges::find(before, "("), before.end());
  head.reference = take_last(before, "&");
  Words keyword;
  divide(std::move(before), head.modifiers, keyword);
  const auto behind = words(text_, from, until);
  auto sign = std::ranges::find(behind, ":");
  if (sign == behind.end()) return head;
  while (++sign != behind.end() && *sign != ";" && *sign != "=") head.result.push_back(*sign);
  return head;
}

ParameterHead Heads::read_parameter(NodeId id) const {
  ParameterHead head{read_member(id)};
  head.variadic = take_last(head.type, "...");
  head.reference = take_last(head.type, "&");
  return head;
}

MemberHead Heads::read_member(NodeId id) const {
  const auto& node = ast_[id];
  MemberHead head;
  head.id = id;
  divide(words(text_, node.begin, ast_[node.first].begin), head.modifiers, head.type);
  return head;
}

}  // namespace stackaudit::syntax::php
