// What PHP's compiler refuses of classes, interfaces, traits and enumerations.
#include "syntax/php/compilation.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::syntax::php {
namespace {

using text::lower;

struct Magic {
  std::string_view name;
  int arguments;  // -1: any
  bool is_static;
  int since = 0;  // version of PHP that looks
};
constexpr auto kMagic = std::to_array<Magic>({{"__construct", -1, false},
                                              {"__destruct", 0, false},
                                              {"__clone", 0, false},
                                              {"__get", 1, false},
                                              {"__set", 2, false},
                                              {"__isset", 1, false},
                                              {"__unset", 1, false},
                                              {"__call", 2, false},
                                              {"__callstatic", 2, true},
                                              {"__set_state", 1, true, 800},
                                              {"__invoke", -1, false, 800},
                                              {"__debuginfo", 0, false, 800},
                                              {"__sleep", 0, false, 800},
                                              {"__wakeup", 0, false, 800},
                                              {"__serialize", 0, false, 800},
                                              {"__unserialize", 1, false, 800},
                                              {"__tostring", 0, false}});

std::string number_of(int count) {
  return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

class Members {
 public:
  Members(const Compilation& with, NodeId id) : with_(with), head_(with.heads.of_class(id)) {}

  void check() {
    head();
    with_.each(head_.id, [&](const Node& member, NodeId id) {
      if (member.kind == NodeKind::method) method(with_.heads.of_function(id));
      if (member.kind == NodeKind::property_declaration) properties(member, id);
      if (member.kind == NodeKind::const_) constants(member, id);
      if (member.kind == NodeKind::enum_case) enum_case(member);
    });
  }

 private:
  void refuse(const Node& where, std::string message) const {
    with_.refuse(where, std::move(message));
  }

  void head() const {
    const auto& where = with_.node(with_.node(head_.id).first);
    const auto reserved = [&](const Words& names, const std::string& kind) {
      if (!names.empty() && (names[0] == "self" || names[0] == "parent"))
        refuse(where, "Cannot use '" + names[0] + "' as " + kind + " name, as it is reserved");
    };
    reserved(head_.parents, head_.kind == "class" ? "class" : "interface");
    reserved(head_.contracts, "interface");
    const auto& backing = head_.backing;
    if (!backing.empty() && backing[0] != "int" && backing[0] != "string")
      refuse(where, "Enum backing type must be int or string, " + backing[0] + " given");
  }

  void method(const FunctionHead& method) const {
    const auto& called = with_.node(with_.node(method.id).first);
    const auto name = head_.called + "::" + std::string(with_.slice(called)) + "()";
    const auto said = "Method " + name;
    const bool is_static = has(method.modifiers, "static");
    if (head_.kind == "interface" &&
        (has(method.modifiers, "private") || has(method.modifiers, "protected")))
      return refuse(called, "Access type for interface method " + name + " must be public");
    const auto known = std::ranges::find(kMagic, method.name, &Magic::name);
    if (known == kMagic.end() || (known->since != 0 && !with_.since(known->since))) return;
    if (is_static && !known->is_static) return refuse(called, said + " cannot be static");
    if (!is_static && known->is_static) return refuse(called, said + " must be static");
    int count = 0;
    bool refers = false;
    for (const auto& parameter : method.parameters) {
      if (!parameter.variadic) ++count;
      refers = refers || parameter.reference;
      argument(*known, name, parameter, count);
    }
    if (refers && known->arguments > 0)
      return refuse(called, said + " cannot take arguments by reference");
    if (known->arguments == 0 && count > 0) return refuse(called, said + " cannot take arguments");
    if (known->arguments > 0 && count != known->arguments)
      return refuse(called, said + " must take exactly " + number_of(known->arguments));
    const bool lives = method.name == "__construct" || method.name == "__destruct";
    if (lives && !method.result.empty()) refuse(called, said + " cannot declare a return type");
  }

  // What PHP hands over to a magic method: a name, and the arguments of a call.
  void argument(const Magic& magic, const std::string& said, const ParameterHead& parameter,
                int number) const {
    const auto& type = parameter.type;
    if (magic.arguments < 1 || type.empty() || !with_.since(800)) return;
    const bool calls = magic.name.starts_with("__call");
    const bool array = magic.name == "__unserialize" || magic.name == "__set_state";
    if (number > 1 && !calls) return;
    const std::string wanted = array || number > 1 ? "array" : "string";
    if (has(type, wanted) || has(type, "mixed")) return;
    const auto& variable = with_.node(with_.node(parameter.id).first);
    refuse(variable, said + ": Parameter #" + std::to_string(number) + " (" +
                         std::string(with_.slice(variable)) + ") must be of type " + wanted +
                         " when declared");
  }

  void properties(const Node& member, NodeId declaration) {
    const auto& head = with_.heads.of_member(declaration);
    for (auto id = member.first; id != 0; id = with_.node(id).next) {
      const auto& item = with_.node(id);
      const bool has_default = item.kind == NodeKind::assign;
      const auto& variable = has_default ? with_.node(item.first) : item;
      const auto name = std::string(with_.slice(variable));
      const auto said = head_.called + "::" + name;
      if (head_.kind == "interface" && with_.before(804))
        return refuse(variable, "Interfaces may not include properties");
      if (head_.kind == "enum")
        return refuse(variable, "Enum " + head_.called + " cannot include properties");
      if (has(head.modifiers, "abstract") && with_.before(804))
        return refuse(variable, "Properties cannot be declared abstract");
      if (has(head.modifiers, "readonly"))
        if (auto why = no_readonly(head, has_default, said); !why.empty())
          refuse(variable, std::move(why));
      if (!properties_.insert(name).second) refuse(variable, "Cannot redeclare " + said);
    }
  }

  void constants(const Node& member, NodeId declaration) {
    const auto& before = with_.heads.of_member(declaration).modifiers;
    for (auto id = member.first; id != 0; id = with_.node(id).next) {
      const auto& name = with_.node(with_.node(id).first);
      const auto called = std::string(with_.slice(name));
      if (lower(called) == "class")
        return refuse(name,
                      "A class constant must not be called 'class'; it is reserved for class "
                      "name fetching");
      for (const auto* wrong : {"static", "abstract", "readonly"})
        if (has(before, wrong))
          return refuse(name, "Cannot use '" + std::string(wrong) + "' as constant modifier");
      if (has(before, "private") && has(before, "final"))
        return refuse(name, "Private constant " + head_.called + "::" + called +
                                " cannot be final as it is not visible to other classes");
      constant(name, called);
    }
  }

  void constant(const Node& where, const std::string& name) {
    if (!constants_.insert(name).second)
      refuse(where, "Cannot redefine class constant " + head_.called + "::" + name);
  }

  void enum_case(const Node& member) {
    const auto& name = with_.node(member.first);
    const auto called = std::string(with_.slice(name));
    if (head_.kind != "enum") return refuse(name, "Case can only be used in enums");
    const bool backed = !head_.backing.empty();
    if (!backed && name.next != 0)
      return refuse(name, "Case " + called + " of non-backed enum " + head_.called +
                              " must not have a value, try adding \": int\"");
    if (backed && name.next == 0)
      return refuse(name, "Case " + called + " of backed enum " + head_.called +
                              " must have a value, try adding \" = 1\"");
    constant(name, called);
  }

  const Compilation& with_;
  const ClassHead& head_;
  std::set<std::string> properties_, constants_;
};

}  // namespace

std::string no_readonly(const MemberHead& head, bool has_default, const std::string& property) {
  if (has(head.modifiers, "static")) return "Static property " + property + " cannot be readonly";
  if (head.type.empty()) return "Readonly property " + property + " must have type";
  return has_default ? "Readonly property " + property + " cannot have default value" : "";
}

void check_class(const Compilation& with, NodeId id) {
  Members(with, id).check();
}

}  // namespace stackaudit::syntax::php
