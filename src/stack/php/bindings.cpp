// What the parameters of functions are, by the calls that were seen.
#include "stack/php/callers.hpp"
#include "text/words.hpp"

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostCalls = 48;

bool takes_parameters(NodeKind kind) {
  return kind == NodeKind::function || kind == NodeKind::method || kind == NodeKind::closure ||
         kind == NodeKind::arrow_function;
}

// The words in front of a parameter's name: its type, "&" and "...".
std::string_view before_name(const Unit& unit, const Node& parameter) {
  const auto& variable = unit.parsed.ast[parameter.first];
  return unit.text.substr(parameter.begin, variable.begin - parameter.begin);
}

// What the parameters are when these values are handed over. Those with a default that are not
// given are left out: the walk does not know them either.
Variables bound(const Unit& unit, NodeId function, const Arguments& given) {
  auto variables = given.named;
  const auto& values = given.values;
  const auto& ast = unit.parsed.ast;
  std::size_t position = 0;
  for (auto at = ast[function].first; at != 0; at = ast[at].next) {
    if (ast[at].kind != NodeKind::parameter) continue;
    auto name = std::string(Corpus::slice(unit, ast[ast[at].first]));
    if (is_variadic(unit, ast[at])) {
      variables.emplace(std::move(name), list_of(values, position));
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

bool is_variadic(const Unit& unit, const Node& parameter) {
  return text::contains(before_name(unit, parameter), "...");
}

bool takes_references(const Unit& unit, NodeId function) {
  const auto& ast = unit.parsed.ast;
  for (auto at = ast[function].first; at != 0; at = ast[at].next)
    if (ast[at].kind == NodeKind::parameter && text::contains(before_name(unit, ast[at]), "&"))
      return true;
  return false;
}

NodeId callback_of(const Unit& unit, const Node& call) {
  const auto& ast = unit.parsed.ast;
  constexpr std::uint32_t kShortest = 9, kLongest = 21;
  if (call.kind != NodeKind::call) return 0;
  const auto length = ast[call.first].end - ast[call.first].begin;
  if (length < kShortest || length > kLongest || ast[call.first].kind != NodeKind::name) return 0;
  auto name = Corpus::slice(unit, ast[call.first]);
  if (name.starts_with('\\')) name.remove_prefix(1);
  if (!name.starts_with("array_") && !name.starts_with("call_")) return 0;
  const bool second = name == "array_walk";
  if (!second && name != "array_map" && name != "call_user_func" && name != "call_user_func_array")
    return 0;
  auto argument = ast[call.first].next;
  if (second && argument != 0) argument = ast[argument].next;
  return argument == 0 || ast[argument].kind != NodeKind::argument ? 0 : ast[argument].first;
}

void Callers::add(const std::vector<Arguments>& found) {
  for (const auto& call : found) {
    const auto& function = call.function;
    const auto kind = function.unit->parsed.ast[function.id].kind;
    const auto* name = call.values.size() == 2 ? call.values[0].single() : nullptr;
    if (name != nullptr && !takes_parameters(kind))
      made_.try_emplace({function.unit->application, *name}, call.values[1]);
    given_[function].push_back(&call);
  }
}

std::vector<Variables> Callers::bindings(const Unit& unit, NodeId function) const {
  std::vector<Variables> all;
  const auto it = given_.find({&unit, function});
  if (it == given_.end() || it->second.size() > kMostCalls) return all;
  for (const auto* given : it->second) all.push_back(bound(unit, function, *given));
  if (std::ranges::none_of(all, tells)) all.clear();
  if (!all.empty() && others_.contains(it->first)) all.emplace_back();
  return all;
}

std::optional<Value> Callers::settled(const Unit& unit, NodeId value) const {
  const auto it = given_.find({&unit, value});
  if (it == given_.end() || it->second.size() != 1 || it->second[0]->values.size() != 2)
    return std::nullopt;
  return it->second[0]->values[1];
}

NodeId Callers::constructor_around(const Unit& unit, const Node& node) const {
  const auto [begin, end] = constructors_.equal_range(&unit);
  for (auto it = begin; it != end; ++it) {
    const auto& constructor = unit.parsed.ast[it->second];
    if (constructor.begin <= node.begin && node.end <= constructor.end) return it->second;
  }
  return 0;
}

Variables Callers::constructed(const Unit& unit, NodeId constructor) const {
  Variables any;
  for (auto& each : bindings(unit, constructor))
    for (auto& [name, value] : each) {
      const auto [known, fresh] = any.emplace(name, value);
      if (!fresh) known->second = either(std::move(known->second), value);
    }
  return any;
}

bool Callers::leaves_out(const Unit& unit, NodeId constructor, std::string_view parameter) const {
  const auto calls = bindings(unit, constructor);
  return !calls.empty() &&
         std::ranges::none_of(calls, [&](const auto& given) { return given.contains(parameter); });
}

std::optional<Value> Callers::made(const Made& constant) const {
  const auto it = made_.find(constant);
  return it == made_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<Callers::Made> Callers::made_otherwise(const Callers& other) const {
  std::vector<Made> different;
  const auto compare = [&](const Callers& one, const Callers& against) {
    for (const auto& [constant, value] : one.made_)
      if (against.made(constant) != value) different.push_back(constant);
  };
  compare(*this, other);
  compare(other, *this);
  return different;
}

}  // namespace stackaudit::stack::php
