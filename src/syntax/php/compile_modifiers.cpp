// What PHP's compiler refuses of words in front of classes and members that do not go together:
// readonly, final, abstract, attributes, types that a magic method must have. Asked of PHP 8.2.
#include "syntax/php/compilation.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

using text::lower;
using Words = std::vector<std::string>;

constexpr auto kModifiers = std::to_array<std::string_view>(
    {"public", "protected", "private", "static", "abstract", "final", "readonly", "var"});
constexpr std::string_view kDynamic = "AllowDynamicProperties";

constexpr auto kReturns =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"__tostring", "string"},
                                                                  {"__isset", "bool"},
                                                                  {"__set", "void"},
                                                                  {"__unset", "void"},
                                                                  {"__clone", "void"},
                                                                  {"__debuginfo", "array"},
                                                                  {"__wakeup", "void"},
                                                                  {"__unserialize", "void"},
                                                                  {"__serialize", "array"},
                                                                  {"__sleep", "array"}});

bool has(const Words& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// The words of the type, without the modifiers.
Words type_of(Words words) {
  std::erase_if(words, [](const std::string& word) {
    return std::ranges::find(kModifiers, word) != kModifiers.end();
  });
  return words;
}

class Modifiers {
 public:
  Modifiers(const Compilation& with, NodeId id) : with_(with), id_(id) {
    const auto first = with.node(id).first;
    named_ = first != 0 && with.node(first).kind == NodeKind::name;
    if (!named_) return;
    name_ = with.slice(first);
    head_ = words(with.text, with.node(id).begin, with.node(first).begin);
    readonly_ = has(head_, "readonly");
  }

  void check() {
    if (!named_) return;
    attribute();
    with_.each(id_, [&](const Node& member, NodeId id) {
      const auto end = member.first == 0 ? member.end : with_.node(member.first).begin;
      const auto before = words(with_.text, member.begin, end);
      if (member.kind == NodeKind::property_declaration) properties(member, before);
      if (member.kind == NodeKind::method) method(id, before);
      if (member.kind == NodeKind::const_) constants(member, before);
      if (member.kind == NodeKind::trait_use && has(head_, "interface"))
        refuse(with_.node(with_.node(id_).first),
               "Cannot use traits inside of interfaces. A trait is used in " + name_);
    });
  }

 private:
  void refuse(const Node& where, std::string message) const {
    with_.refuse(where, std::move(message));
  }

  // #[AllowDynamicProperties] right before what cannot have any.
  void attribute() const {
    const auto& declared = with_.node(id_);
    const auto& name = with_.node(declared.first);
    const auto begin = with_.text.rfind("#[", name.begin);
    if (!with_.since(802) || begin == std::string_view::npos) return;
    const auto all = with_.text.substr(begin, name.begin - begin);
    const auto close = all.find(']');
    const auto at = all.find(kDynamic);
    if (close == std::string_view::npos || at > close) return;
    const auto between = words(with_.text, static_cast<std::uint32_t>(begin + close + 1),
                               name.begin);  // modifiers and the word class alone
    if (between.size() > 4 || has(between, ";") || has(between, "{") || has(between, "}")) return;
    for (const auto* kind : {"trait", "interface"})
      if (has(between, kind))
        return refuse(name, "Cannot apply #[AllowDynamicProperties] to " + std::string(kind));
    if (has(between, "readonly"))
      refuse(name, "Cannot apply #[AllowDynamicProperties] to readonly class " + name_);
  }

  void properties(const Node& member, const Words& before) {
    const auto type = type_of(before);
    for (auto id = member.first; id != 0; id = with_.node(id).next) {
      const auto& item = with_.node(id);
      const auto& variable = item.kind == NodeKind::assign ? with_.node(item.first) : item;
      const auto name = std::string(with_.slice(variable));
      names_.insert(name);
      if (has(before, "final") && with_.before(804))
        return refuse(variable, "Cannot declare property " + name_ + "::" + name +
                                    " final, the final modifier is allowed only for methods, "
                                    "classes, and class constants");
      if (check_type(with_, type, variable, TypeOf::property, name_ + "::" + name)) return;
      if (item.kind == NodeKind::assign && with_.since(704) &&
          check_preset(with_, type, variable.next, TypeOf::property,
                       "property " + name_ + "::" + name))
        return;
      if (!readonly_ || has(before, "readonly")) continue;
      if (has(before, "static"))
        return refuse(variable, "Static property " + name_ + "::" + name + " cannot be readonly");
      if (type.empty())
        return refuse(variable, "Readonly property " + name_ + "::" + name + " must have type");
      if (item.kind == NodeKind::assign)
        return refuse(variable,
                      "Readonly property " + name_ + "::" + name + " cannot have default value");
    }
  }

  void constants(const Node& member, const Words& before) const {
    if (!has(head_, "interface") || (!has(before, "private") && !has(before, "protected"))) return;
    const auto& name = with_.node(with_.node(member.first).first);
    refuse(name, "Access type for interface constant " + name_ +
                     "::" + std::string(with_.slice(name)) + " must be public");
  }

  void method(NodeId id, const Words& before) {
    const auto& member = with_.node(id);
    const auto& called = with_.node(member.first);
    const auto said = name_ + "::" + std::string(with_.slice(called));
    if (has(before, "readonly")) return refuse(called, "Cannot use 'readonly' as method modifier");
    if (has(before, "final") && has(before, "abstract"))
      return refuse(called, with_.since(803)
                                ? "Cannot use the final modifier on an abstract method"
                                : "Cannot use the final modifier on an abstract class member");
    if (has(before, "abstract") && has(before, "private") && !has(head_, "trait"))
      return refuse(called, "Abstract function " + said + "() cannot be declared private");
    const auto name = lower(with_.slice(called));
    if (name == "__construct") promoted(id);
    returns(id, name, said);
  }

  // __construct(private readonly int $a): the parameter is a property.
  void promoted(NodeId id) {
    with_.each(id, [&](const Node& parameter, NodeId) {
      if (parameter.kind != NodeKind::parameter) return;
      const auto& variable = with_.node(parameter.first);
      const auto name = std::string(with_.slice(variable));
      const auto before = words(with_.text, parameter.begin, variable.begin);
      const bool promotes = has(before, "public") || has(before, "protected") ||
                            has(before, "private") || has(before, "readonly");
      if (!promotes) return;
      const auto type = type_of(before);
      if (!names_.insert(name).second)
        return refuse(variable, "Cannot redeclare " + name_ + "::" + name);
      if (has(type, "callable"))
        return refuse(variable, "Property " + name_ + "::" + name + " cannot have type callable");
      if ((readonly_ || has(before, "readonly")) && (type.empty() || type[0] == "&"))
        refuse(variable, "Readonly property " + name_ + "::" + name + " must have type");
    });
  }

  void returns(NodeId id, std::string_view name, const std::string& said) const {
    const auto* const known =
        std::ranges::find(kReturns, name, &std::pair<std::string_view, std::string_view>::first);
    const auto& body = with_.node(with_.ast().last_child(id));
    if (known == kReturns.end() || body.kind != NodeKind::block || !with_.since(800)) return;
    const auto tail = words(with_.text, with_.node(with_.node(id).first).end, body.begin);
    const auto sign = std::ranges::find(tail.rbegin(), tail.rend(), ":");
    if (sign == tail.rend() || sign == tail.rbegin() || *std::next(sign) != ")") return;
    const Words type(sign.base(), tail.end());
    const bool informs = name == "__debuginfo";  // ?array
    const bool nullable = type.size() == 2 && type[0] == "?" && !informs;
    const bool fits = type[0] == known->second || type[0] == "static" || type[0] == "never" ||
                      (known->second == "bool" && (type[0] == "true" || type[0] == "false")) ||
                      (informs && (type[0] == "null" || has(type, "array")));
    if (!nullable && (fits || type.size() > 1)) return;
    refuse(with_.node(with_.node(id).first), said + "(): Return type must be " +
                                                 (informs ? "?" : "") + std::string(known->second) +
                                                 " when declared");
  }

  const Compilation& with_;
  NodeId id_;
  bool named_ = false, readonly_ = false;
  std::string name_;
  Words head_;
  std::set<std::string> names_;  // of properties
};

}  // namespace

void check_modifiers(const Compilation& with, NodeId id) {
  Modifiers(with, id).check();
}

}  // namespace stackaudit::syntax::php
