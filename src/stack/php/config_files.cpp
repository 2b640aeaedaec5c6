// Settings that code reads from a file at run time: parse_ini_file(), and json_decode() of
// file_get_contents().
#include "stack/php/functions.hpp"
#include "syntax/ini/ini.hpp"
#include "tree/resolve.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>

namespace stackaudit::stack::php {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLargest = 1U << 16U;
constexpr int kDeepestValue = 16;

// What stands in the file that the argument names, where that is one, and is there.
std::optional<std::string> content(const Call& call, syntax::php::NodeId named) {
  const auto path = call.evaluator.value(call.scope, named);
  if (path.single() == nullptr || path.texts[0].unsure || path.single()->empty())
    return std::nullopt;
  auto place = *path.single();
  if (!place.starts_with('/')) {
    const auto start = call.scope.outermost ? call.evaluator.start_of(call.scope) : std::string{};
    if (start.empty()) return std::nullopt;
    place = tree::join(start, place);
  }
  const auto text = tree::read_file(call.evaluator.corpus().survey().tree, place, kLargest);
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

Value value_of(const Json& json, int depth) {
  if (json.is_string()) return Value::text(json.get<std::string>());
  if (json.is_number_integer() || json.is_number_unsigned()) return Value::text(json.dump());
  if (json.is_boolean()) return Value::text(json.get<bool>() ? "1" : "");
  if (json.is_null()) return Value::text("");
  if (!json.is_structured() || depth > kDeepestValue) return Value::unknown();
  Value list;
  list.is_array = true;
  std::size_t position = 0;
  for (const auto& [key, item] : json.items())
    list.items.push_back(
        {json.is_array() ? std::to_string(position++) : key, value_of(item, depth + 1)});
  return list;
}

// An object is a list, too, whose items are read as properties.
std::optional<Value> decoded(const Call& call) {
  if (call.arguments.empty()) return std::nullopt;
  const auto& unit = *call.scope.unit;
  const auto& ast = unit.parsed.ast;
  const auto read = call.arguments[0];
  if (ast[read].kind != syntax::php::NodeKind::call ||
      base_name(call.evaluator.source(unit, ast[read].first)) != "file_get_contents")
    return std::nullopt;
  const auto given = call.evaluator.arguments(unit, read);
  const auto text = given.empty() ? std::nullopt : content(call, given[0]);
  const auto json = text ? Json::parse(*text, nullptr, false) : Json(Json::value_t::discarded);
  return json.is_structured() ? std::optional(value_of(json, 0)) : std::nullopt;
}

// files[] = a, dir[code] = b, name = c
void add_entry(Value& into, const syntax::ini::Entry& entry) {
  auto value = Value::text(syntax::ini::plain_value(entry));
  auto found = std::ranges::find(into.items, entry.key.value, &Item::key);
  if (found == into.items.end()) {
    into.items.push_back({entry.key.value, {}});
    found = std::prev(into.items.end());
  }
  if (!entry.has_subkey) {
    found->value = std::move(value);
    return;
  }
  auto& list = found->value;
  if (!list.is_array) list = {};
  list.is_array = true;
  auto key = entry.subkey.empty() ? std::to_string(list.items.size()) : entry.subkey;
  std::erase_if(list.items, [&](const Item& item) { return item.key == key; });
  list.items.push_back({std::move(key), std::move(value)});
}

std::optional<Value> parsed(const Call& call) {
  const auto text = call.arguments.empty() ? std::nullopt : content(call, call.arguments[0]);
  if (!text) return std::nullopt;
  const bool sections = call.text(1, "") == "1";
  const auto document = syntax::ini::parse(*text, text::FileId::none, syntax::ini::Dialect::php);
  Value all;
  all.is_array = true;
  for (const auto& section : document.sections) {
    Value own;
    own.is_array = true;
    auto& into = sections && !section.name.value.empty() ? own : all;
    for (const auto& entry : section.entries) {
      if (entry.dynamic) return std::nullopt;
      add_entry(into, entry);
    }
    if (&into == &own) all.items.push_back({section.name.value, std::move(own)});
  }
  return all;
}

}  // namespace

std::optional<Value> file_function(const Call& call, std::string_view name) {
  if (name == "parse_ini_file") return parsed(call);
  if (name == "json_decode") return decoded(call);
  return std::nullopt;
}

}  // namespace stackaudit::stack::php
