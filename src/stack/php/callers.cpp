// The functions of interest by name, then one look at every call.
#include "stack/php/callers.hpp"

#include "text/suggest.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <tbb/parallel_for.h>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostCalls = 48;

// A function of interest. A variable's name belongs to its file alone.
struct Wanted {
  const Unit* unit = nullptr;
  NodeId function = 0;
  NodeKind call = NodeKind::none;
};
using WantedByName = std::unordered_multimap<std::string, Wanted>;

bool has_parameters(const Ast& ast, NodeId id) {
  for (auto child = ast[id].first; child != 0; child = ast[child].next)
    if (ast[child].kind == NodeKind::parameter) return true;
  return false;
}

class Finder {
 public:
  Finder(const Unit& unit, const Definitions& definitions, WantedByName& out)
      : unit_(unit), ast_(unit.parsed.ast), definitions_(definitions), out_(out) {}

  // Gives the constructors.
  std::vector<NodeId> run() {
    for (NodeId id = 1; id < ast_.nodes.size(); ++id)
      if (ast_[id].kind == NodeKind::include) includes_.push_back(ast_[id].begin);
    std::ranges::sort(includes_);
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) {
      if (ast_[id].kind == NodeKind::function) named(id, NodeKind::call);
      if (ast_[id].kind == NodeKind::class_declaration) members(id);
      if (ast_[id].kind == NodeKind::assign) kept(id);
    }
    return std::move(constructors_);
  }

 private:
  [[nodiscard]] bool holds_include(NodeId id) const {
    const auto it = std::ranges::lower_bound(includes_, ast_[id].begin);
    return it != includes_.end() && *it < ast_[id].end;
  }
  [[nodiscard]] std::string name_of(NodeId id) const {
    return lower(Corpus::slice(unit_, ast_[ast_[id].first]));
  }

  void named(NodeId id, NodeKind call) {
    const auto name = name_of(id);
    if (!holds_include(id) || !has_parameters(ast_, id)) return;
    const auto& all = definitions_.of(name + "()");
    const auto bodies = std::ranges::count_if(all, [&](const Definition& each) {
      const auto& ast = each.unit->parsed.ast;
      const auto last = ast.last_child(each.value);
      return each.unit->application == unit_.application &&
             each.unit->wordpress == unit_.wordpress && ast[last].kind == NodeKind::block;
    });
    if (bodies == 1) out_.emplace(name, Wanted{&unit_, id, call});
  }

  void members(NodeId id) {
    const auto first = ast_[id].first;
    for (auto member = first; member != 0; member = ast_[member].next) {
      if (ast_[member].kind != NodeKind::method) continue;
      if (name_of(member) != "__construct") {
        named(member, NodeKind::method_call);
      } else if (ast_[first].kind == NodeKind::name && has_parameters(ast_, member)) {
        constructors_.push_back(member);
        out_.emplace(lower(Corpus::slice(unit_, ast_[first])),
                     Wanted{&unit_, member, NodeKind::new_object});
      }
    }
  }

  // $load = function ($name) { ... }, once in the file.
  void kept(NodeId id) {
    const auto target = ast_[id].first, value = ast_[target].next;
    if (ast_[target].kind != NodeKind::variable || ast_[value].kind != NodeKind::closure ||
        !holds_include(value) || !has_parameters(ast_, value))
      return;
    const auto name = std::string(Corpus::slice(unit_, ast_[target]));
    const auto [begin, end] = out_.equal_range(name);
    const auto own =
        std::find_if(begin, end, [&](const auto& e) { return e.second.unit == &unit_; });
    if (own == end)
      out_.emplace(name, Wanted{&unit_, value, NodeKind::variable});
    else
      out_.erase(own);
  }

  const Unit& unit_;
  const Ast& ast_;
  const Definitions& definitions_;
  WantedByName& out_;
  std::vector<std::uint32_t> includes_;
  std::vector<NodeId> constructors_;
};

// What a node calls, in lower case, and how; empty for no name.
std::pair<std::string, NodeKind> called(const Unit& unit, const Node& node) {
  const auto& ast = unit.parsed.ast;
  const auto slice = [&](NodeId id) { return Corpus::slice(unit, ast[id]); };
  const auto first = node.first;
  switch (node.kind) {
    case NodeKind::call:
      if (ast[first].kind == NodeKind::variable)
        return {std::string(slice(first)), NodeKind::variable};
      if (ast[first].kind != NodeKind::name) return {};
      return {lower(base_name(slice(first))), NodeKind::call};
    case NodeKind::method_call:
    case NodeKind::static_call:
      if (ast[ast[first].next].kind != NodeKind::member) return {};
      return {lower(slice(ast[first].next)), NodeKind::method_call};
    case NodeKind::new_object:
      if (ast[first].kind != NodeKind::name) return {};
      return {lower(base_name(slice(first))), NodeKind::new_object};
    default:
      return {};
  }
}

CallSites calls_in(const Unit& unit, const std::vector<NodeId>& calls, const WantedByName& wanted) {
  CallSites found;
  for (const auto id : calls) {
    const auto [name, how] = called(unit, unit.parsed.ast[id]);
    if (name.empty()) continue;
    const auto [begin, end] = wanted.equal_range(name);
    for (auto it = begin; it != end; ++it) {
      const auto& function = it->second;
      const bool near = function.unit->application == unit.application &&
                        function.unit->wordpress == unit.wordpress;
      if (function.call != how || !near) continue;
      if (how == NodeKind::variable && function.unit != &unit) continue;
      found.emplace(id, Callee{function.unit, function.function});
    }
  }
  return found;
}

bool is_variadic(const Unit& unit, const Node& parameter) {
  const auto& variable = unit.parsed.ast[parameter.first];
  return unit.text.substr(parameter.begin, variable.begin - parameter.begin).find("...") !=
         std::string_view::npos;
}

// What the parameters are when these values are handed over. Those with a default that are not
// given are left out: the walk does not know them either.
Variables bound(const Unit& unit, NodeId function, const std::vector<Value>& values) {
  Variables variables;
  const auto& ast = unit.parsed.ast;
  std::size_t position = 0;
  for (auto at = ast[function].first; at != 0; at = ast[at].next) {
    if (ast[at].kind != NodeKind::parameter) continue;
    auto name = std::string(Corpus::slice(unit, ast[ast[at].first]));
    if (is_variadic(unit, ast[at])) {
      Value rest;
      rest.is_array = true;
      for (std::size_t i = position; i < values.size(); ++i)
        rest.items.push_back({std::to_string(i - position), values[i]});
      variables.emplace(std::move(name), std::move(rest));
    } else if (position < values.size()) {
      variables.emplace(std::move(name), values[position]);
    }
    ++position;
  }
  return variables;
}

bool tells(const Variables& variables) {
  return std::ranges::any_of(
      variables, [](const auto& each) { return each.second.is_array || each.second.known(); });
}

}  // namespace

Callers::Callers(const Corpus& corpus, const Definitions& definitions)
    : sites_(corpus.units.size()) {
  WantedByName wanted;
  for (const auto& unit : corpus.units) {
    if (unit.file == text::FileId::none || !unit.parsed.includes) continue;
    for (const auto id : Finder(unit, definitions, wanted).run()) constructors_.emplace(&unit, id);
  }
  if (wanted.empty()) return;
  tbb::parallel_for(std::size_t{0}, sites_.size(), [&](std::size_t i) {
    sites_[i] = calls_in(corpus.units[i], definitions.calls(i), wanted);
  });
}

void Callers::add(std::vector<Arguments> found) {
  for (auto& [function, values] : found) given_[function].push_back(std::move(values));
}

std::vector<Variables> Callers::bindings(const Unit& unit, NodeId function) const {
  std::vector<Variables> all;
  const auto it = given_.find({&unit, function});
  if (it == given_.end() || it->second.size() > kMostCalls) return all;
  for (const auto& values : it->second) all.push_back(bound(unit, function, values));
  if (std::ranges::none_of(all, tells)) all.clear();
  return all;
}

Variables Callers::constructed(const Unit& unit, const Node& node) const {
  const auto [begin, end] = constructors_.equal_range(&unit);
  for (auto it = begin; it != end; ++it) {
    const auto& constructor = unit.parsed.ast[it->second];
    if (node.begin < constructor.begin || constructor.end < node.end) continue;
    Variables any;
    for (auto& each : bindings(unit, it->second))
      for (auto& [name, value] : each) {
        const auto [known, fresh] = any.emplace(name, value);
        if (!fresh) known->second = either(std::move(known->second), value);
      }
    return any;
  }
  return {};
}

}  // namespace stackaudit::stack::php
