// What PHP's compiler refuses of words in front of classes and members that do not go together:
// readonly, final, abstract, attributes, types that a magic method must have. Asked of PHP 8.2.
#include "syntax/php/compilation.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

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

class Modifiers {
 public:
  Modifiers(const Compilation& with, NodeId id) : with_(with), head_(with.heads.of_class(id)) {}

  void check() {
    if (head_.name == 0) return;
    attribute();
    with_.each(head_.id, [&](const Node& member, NodeId id) {
      if (member.kind == NodeKind::property_declaration) properties(member, id);
      if (member.kind == NodeKind::method) method(with_.heads.of_function(id));
      if (member.kind == NodeKind::const_) constants(member, id);
      if (member.kind == NodeKind::trait_use && head_.kind == "interface")
        refuse(with_.node(head_.name),
               "Cannot use traits inside of interfaces. A trait is used in " + head_.called);
    });
  }

 private:
  void refuse(const Node& where, std::string message) const {
    with_.refuse(where, std::move(message));
  }

  [[nodiscard]] bool is_readonly() const { return has(head_.modifiers, "readonly"); }

  // #[AllowDynamicProperties] right before what cannot have any.
  void attribute() const {
    const bool contract = head_.kind == "trait" || head_.kind == "interface";
    if (!with_.since(802) || (!contract && !is_readonly())) return;
    const auto& name = with_.node(head_.name);
    const auto begin = with_.text.rfind("#[", name.begin);
    if (begin == std::string_view::npos) return;
    const auto all = with_.text.substr(begin, name.begin - begin);
    const auto close = all.find(']');
    const auto at = all.find(kDynamic);
    if (close == std::string_view::npos || at > close) return;
    const auto between = words(with_.text, static_cast<std::uint32_t>(begin + close + 1),
                               name.begin);  // modifiers and the word class alone
    if (between.size() > 4 || has(between, ";") || has(between, "{") || has(between, "}")) return;
    refuse(name, "Cannot apply #[AllowDynamicProperties] to " +
                     (contract ? head_.kind : "readonly class " + head_.called));
  }

  void properties(const Node& member, NodeId declaration) {
    const auto& head = with_.heads.of_member(declaration);
    for (auto id = member.first; id != 0; id = with_.node(id).next) {
      const auto& item = with_.node(id);
      const bool has_default = item.kind == NodeKind::assign;
      const auto& variable = has_default ? with_.node(item.first) : item;
      const auto name = std::string(with_.slice(variable));
      const auto said = head_.called + "::" + name;
      names_.insert(name);
      if (has(head.modifiers, "final") && with_.before(804))
        return refuse(variable, "Cannot declare property " + said +
                                    " final, the final modifier is allowed only for methods, "
                                    "classes, and class constants");
      if (check_type(with_, head.type, variable, TypeOf::property, said)) return;
      if (has_default && with_.since(704) &&
          check_preset(with_, head.type, variable.next, TypeOf::property, "property " + said))
        return;
      if (!is_readonly() || has(head.modifiers, "readonly")) continue;
      if (auto why = no_readonly(head, has_default, said); !why.empty())
        return refuse(variable, std::move(why));
    }
  }

  void constants(const Node& member, NodeId declaration) const {
    const auto& modifiers = with_.heads.of_member(declaration).modifiers;
    const bool open = !has(modifiers, "private") && !has(modifiers, "protected");
    if (head_.kind != "interface" || open) return;
    const auto& name = with_.node(with_.node(member.first).first);
    refuse(name, "Access type for interface constant " + head_.called +
                     "::" + std::string(with_.slice(name)) + " must be public");
  }

  void method(const FunctionHead& method) {
    const auto& called = with_.node(with_.node(method.id).first);
    const auto said = head_.called + "::" + std::string(with_.slice(called));
    const auto& modifiers = method.modifiers;
    if (has(modifiers, "readonly"))
      return refuse(called, "Cannot use 'readonly' as method modifier");
    if (has(modifiers, "final") && has(modifiers, "abstract"))
      return refuse(called, with_.since(803)
                                ? "Cannot use the final modifier on an abstract method"
                                : "Cannot use the final modifier on an abstract class member");
    if (has(modifiers, "abstract") && has(modifiers, "private") && head_.kind != "trait")
      return refuse(called, "Abstract function " + said + "() cannot be declared private");
    if (method.name == "__construct")
      for (const auto& parameter : method.parameters)
        if (!parameter.modifiers.empty()) promoted(parameter);
    returns(method, said);
  }

  // __construct(private readonly int $a): the parameter is a property.
  void promoted(const ParameterHead& parameter) {
    const auto& variable = with_.node(with_.node(parameter.id).first);
    const auto name = std::string(with_.slice(variable));
    const auto said = head_.called + "::" + name;
    if (!names_.insert(name).second) return refuse(variable, "Cannot redeclare " + said);
    if (auto why = no_property_type(parameter.type, said); !why.empty())
      return refuse(variable, std::move(why));
    const bool is_final = is_readonly() || has(parameter.modifiers, "readonly");
    if (is_final && parameter.type.empty() && !parameter.variadic)
      refuse(variable, "Readonly property " + said + " must have type");
  }

  void returns(const FunctionHead& method, const std::string& said) const {
    const auto* const known = std::ranges::find(
        kReturns, method.name, &std::pair<std::string_view, std::string_view>::first);
    const auto& type = method.result;
    if (known == kReturns.end() || !method.has_body || type.empty() || !with_.since(800)) return;
    const bool informs = method.name == "__debuginfo";  // ?array
    const bool nullable = type.size() == 2 && type[0] == "?" && !informs;
    const bool fits = type[0] == known->second || type[0] == "static" || type[0] == "never" ||
                      (known->second == "bool" && (type[0] == "true" || type[0] == "false")) ||
                      (informs && (type[0] == "null" || has(type, "array")));
    if (!nullable && (fits || type.size() > 1)) return;
    refuse(with_.node(with_.node(method.id).first),
           said + "(): Return type must be " + (informs ? "?" : "") + std::string(known->second) +
               " when declared");
  }

  const Compilation& with_;
  const ClassHead& head_;
  std::set<std::string> names_;  // of properties
};

}  // namespace

void check_modifiers(const Compilation& with, NodeId id) {
  Modifiers(with, id).check();
}

}  // namespace stackaudit::syntax::php
