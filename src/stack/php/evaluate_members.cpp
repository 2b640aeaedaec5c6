// Lists and their items, members of objects and of classes.
#include "stack/php/evaluate.hpp"
#include "stack/php/overrides.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <charconv>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr std::size_t kMostItems = 512;

// $other->dir = $this->dir: no value of its own.
bool hands_on(const Definition& property, std::string_view name) {
  const auto& ast = property.unit->parsed.ast;
  const auto& value = ast[property.value];
  return value.kind == NodeKind::property && value.first != 0 && ast[value.first].next != 0 &&
         Corpus::slice(*property.unit, ast[ast[value.first].next]) == name;
}

}  // namespace

Value Evaluator::array(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  Value result;
  result.is_array = true;
  std::size_t position = 0;
  for (auto item = ast[id].first; item != 0; item = ast[item].next) {
    const auto first = ast[item].first;
    if (result.items.size() >= kMostItems) return Value::unknown();
    if (ast[item].op == kEllipsis) {
      auto list = value(scope, first);
      if (!list.is_array || result.items.size() + list.items.size() > kMostItems)
        return Value::unknown();
      for (auto& [key, spread] : list.items) {
        if (key.find_first_not_of("0123456789") != std::string::npos) return Value::unknown();
        result.items.push_back({std::to_string(position++), std::move(spread)});
      }
      continue;
    }
    const auto second = first == 0 ? 0 : ast[first].next;
    auto key = std::to_string(position++);
    if (second != 0) {
      const auto named = value(scope, first);
      key = named.single() != nullptr ? *named.single() : std::string(1, kHole);
    }
    result.items.push_back({std::move(key), value(scope, second != 0 ? second : first)});
  }
  return result;
}

Value Evaluator::index(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto base = ast[id].first;
  const auto offset = ast[base].next;
  if (offset == 0) return Value::unknown();
  const auto key = ast[offset].kind == NodeKind::text
                       ? Value::text(std::string(source(*scope.unit, offset)))
                       : value(scope, offset);
  if (key.single() == nullptr) return element(value(scope, base), key);
  const auto& application = corpus_.applications[scope.unit->application];
  const auto name = source(*scope.unit, base);
  if (name == "$_SERVER" &&
      (*key.single() == "DOCUMENT_ROOT" || *key.single() == "CONTEXT_DOCUMENT_ROOT")) {
    const auto& unit = *scope.unit;
    const bool run = application.command || (corpus_.run_of(unit.path) != nullptr &&
                                             !tree::is_within(unit.path, application.root));
    const bool set = sets_server_variable(unit.text, "DOCUMENT_ROOT");
    if (run) return set ? Value::unknown() : Value::text("");
    if (application.served && !set) return Value::text(application.root);
  }
  if (name == "$_SERVER" && *key.single() == "SCRIPT_FILENAME" &&
      reached(*scope.unit).is_only_requested())
    return Value::text(scope.unit->path);
  if (name == "$_SERVER") return parameter(*scope.unit, *key.single());
  if (name == "$_ENV" && env_is_empty(*scope.unit)) return Value::text({});
  if (ast[base].kind == NodeKind::static_property)
    if (auto kept = registered(scope, base, *key.single())) return *std::move(kept);
  const auto container = name == "$GLOBALS" ? Value::unknown() : value(scope, base);
  if (name == "$GLOBALS") return any(scope, meant("$" + *key.single(), *scope.unit));
  for (const auto& [known, item] : container.items)
    if (known == *key.single()) return item;
  // A byte of a text: $name[0], $name[-1].
  const auto* const text = container.is_array ? nullptr : container.single();
  long place = 0;
  const auto [end, error] =
      std::from_chars(key.single()->data(), key.single()->data() + key.single()->size(), place);
  if (text == nullptr || error != std::errc{} || *end != '\0') return Value::unknown();
  if (place < 0) place += static_cast<long>(text->size());
  const auto at = static_cast<std::size_t>(place);
  return at < text->size() ? Value::text(text->substr(at, 1)) : Value::unknown();
}

// $list->modules of what json_decode() made: a variable that the walk knows, or an item of such.
std::optional<Value> Evaluator::item_of_object(const Scope& scope, NodeId object,
                                               std::string_view name) const {
  const auto& ast = scope.unit->parsed.ast;
  auto root = object;
  while (ast[root].kind == NodeKind::property) root = ast[root].first;
  if (ast[root].kind != NodeKind::variable || source(*scope.unit, root) == "$this" ||
      !scope.variables.contains(source(*scope.unit, root)))
    return std::nullopt;
  const auto list = value(scope, object);
  const auto found = std::ranges::find(list.items, name, &Item::key);
  return list.is_array && found != list.items.end() ? std::optional(found->value) : std::nullopt;
}

// $this->dir, self::$dir, self::DIR, A::DIR.
Value Evaluator::member(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto base = ast[id].first;
  const auto named = ast[base].next;
  auto name = std::string(source(*scope.unit, named));
  const auto owner = lower(base_name(source(*scope.unit, base)));
  const bool own = owner == "$this" || owner == "self" || owner == "static";
  std::vector<Definition> found;
  if (ast[id].kind == NodeKind::class_constant) {
    found = meant((own || owner == "parent" ? "" : owner) + "::" + name, *scope.unit);
  } else if (name == "value" && ast[base].kind == NodeKind::class_constant) {
    return case_value(scope, base);
  } else {
    if (owner == "$this" && ast[id].kind == NodeKind::property)
      if (auto of_case = own_case(scope, id, name)) return *std::move(of_case);
    if (name.starts_with('$')) name.erase(0, 1);
    if (ast[id].kind == NodeKind::property && owner != "$this")
      if (auto item = item_of_object(scope, base, name)) return *std::move(item);
    if (ast[base].kind == NodeKind::variable && owner != "$this")
      found = meant(source(*scope.unit, id), *scope.unit);
    if (found.empty()) found = meant("->" + name, *scope.unit, true);
    std::erase_if(found, [&](const Definition& each) { return hands_on(each, name); });
  }
  const auto here = [&](const Definition& d) { return d.unit == scope.unit; };
  if (owner == "$this" && std::ranges::none_of(found, here) &&
      std::ranges::any_of(definitions_of(kAnyProperty), here))
    return Value::unknown();
  if (!own || std::ranges::none_of(found, here)) return any(scope, found);
  note_units();
  const auto anew =
      owner == "self" ? std::vector<Definition>{} : overriding(definitions_, found, *scope.unit);
  std::erase_if(
      found, [&](const Definition& d) { return !here(d) || (!anew.empty() && is_of_unmade(d)); });
  if (anew.empty()) return any(scope, found);
  if (anew.size() > kMostDefinitions) return Value::unknown();
  std::vector<Value> values;
  if (!found.empty()) values.push_back(any(scope, found));
  for (const auto& each : anew) values.push_back(any(scope, {each}));
  return joined(std::move(values));
}

}  // namespace stackaudit::stack::php
