// What PHP's compiler refuses of types: names that stand alone, names that say one thing twice.
// zend_compile_typename(), asked of PHP 8.2.
#include "syntax/php/compilation.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::syntax::php {
namespace {

// Types that no object has.
constexpr auto kBuiltIn = std::to_array<std::string_view>(
    {"int", "float", "string", "bool", "array", "iterable", "callable", "object", "mixed", "null",
     "void", "never", "false", "true", "static"});

bool is_sign(const std::string& word) {
  return word == "?" || word == "|" || word == "&" || word == "(" || word == ")";
}

// The name that is said twice; empty for none.
std::string redundant(const Words& names, int version) {
  std::set<std::string> seen;
  for (const auto& name : names)
    if (!seen.insert(name).second) return name;
  for (const auto* part : {"false", "true"})
    if (seen.contains("bool") && seen.contains(part)) return part;
  return version >= 802 && seen.contains("iterable") && seen.contains("array") ? "array" : "";
}

// Why void or never may not stand there; empty where it may.
std::string misplaced(const std::string& name, bool alone, TypeOf of, const std::string& property) {
  const auto upper = name == "void" ? "Void" : "never";
  if (!alone) return std::string(upper) + " can only be used as a standalone type";
  if (of == TypeOf::parameter) return name + " cannot be used as a parameter type";
  return of == TypeOf::property ? "Property " + property + " cannot have type " + name : "";
}

std::string refusal(const Words& type, TypeOf of, const std::string& property, int version) {
  Words names;
  std::ranges::remove_copy_if(type, std::back_inserter(names), is_sign);
  const bool nullable = type[0] == "?", alone = type.size() == 1;
  for (const auto* name : {"void", "never"})
    if (has(names, name)) return misplaced(name, alone, of, property);
  if (of == TypeOf::property)
    if (auto said = no_property_type(names, property); !said.empty()) return said;
  if (nullable && names == Words{"mixed"})
    return "Type mixed cannot be marked as nullable since mixed already includes null";
  if (has(names, "mixed") && names.size() > 1)
    return "Type mixed can only be used as a standalone type";
  if (nullable && names == Words{"null"} && version >= 802)
    return "null cannot be marked as nullable";
  if (has(type, "(")) return {};
  if (!has(type, "&")) {
    const auto twice = redundant(names, version);
    return twice.empty() ? "" : "Duplicate type " + twice + " is redundant";
  }
  for (const auto& name : names)
    if (text::is_one_of(name, kBuiltIn))
      return "Type " + name + " cannot be part of an intersection type";
  return {};
}

// The type of a literal: "int", "null"; empty where the value is none.
std::string type_of_literal(const Compilation& with, NodeId id) {
  const auto& value = with.node(id);
  if (value.kind == NodeKind::unary && with.node(value.first).kind == NodeKind::number)
    return type_of_literal(with, value.first);
  if (value.kind == NodeKind::string) return "string";
  if (value.kind == NodeKind::array) return "array";
  const auto word = text::lower(with.slice(value));
  if (value.kind == NodeKind::name && (word == "true" || word == "false")) return "bool";
  if (value.kind == NodeKind::name && word == "null") return word;
  constexpr std::size_t kMostDigits = 18;  // more may be too many for an integer
  if (value.kind != NodeKind::number || word.size() > kMostDigits) return {};
  const bool other_base = word.size() > 1 && word[0] == '0' && word[1] >= 'a';
  return !other_base && word.find_first_of(".e") != std::string::npos ? "float" : "int";
}

bool takes(const Words& names, const std::string& given, const std::string& word) {
  if (has(names, "mixed") || has(names, given)) return true;
  if (given == "int") return has(names, "float");
  if (given == "array") return has(names, "iterable");
  return given == "bool" && has(names, word);
}

}  // namespace

std::string no_property_type(const Words& type, const std::string& property) {
  return has(type, "callable") ? "Property " + property + " cannot have type callable" : "";
}

bool check_preset(const Compilation& with, const Words& type, NodeId value, TypeOf of,
                  const std::string& what) {
  const auto given = type_of_literal(with, value);
  if (type.empty() || given.empty() || has(type, "(") || has(type, "&")) return false;
  Words names;
  std::ranges::remove_copy_if(type, std::back_inserter(names), is_sign);
  const bool null = given == "null";
  if (null && (type[0] == "?" || of == TypeOf::parameter)) return false;
  if (takes(names, given, text::lower(with.slice(value)))) return false;
  std::string said;
  for (const auto& word : type) said += word;
  with.refuse(with.node(value),
              null && of == TypeOf::property
                  ? "Default value for property of type " + said +
                        " may not be null. Use the nullable type " +
                        (names.size() > 1 ? said + "|null" : "?" + said) +
                        " to allow null default value"
                  : "Cannot use " + given + " as default value for " + what + " of type " + said);
  return true;
}

bool check_type(const Compilation& with, const Words& type, const Node& where, TypeOf of,
                const std::string& property) {
  if (type.empty() || !with.since(800)) return false;
  const auto said = refusal(type, of, property, with.options.version);
  if (!said.empty()) with.refuse(where, said);
  return !said.empty();
}

}  // namespace stackaudit::syntax::php
