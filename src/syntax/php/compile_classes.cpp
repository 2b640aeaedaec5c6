// What PHP's compiler refuses of classes, interfaces, traits and enumerations.
#include "syntax/php/compilation.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::syntax::php {
namespace {

using text::lower;

constexpr auto kModifiers = std::to_array<std::string_view>(
    {"public", "protected", "private", "static", "abstract", "final", "readonly", "var", "const"});

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

bool has(const std::vector<std::string>& all, std::string_view word) {
  return std::ranges::find(all, word) != all.end();
}

std::string number_of(int count) {
  return std::to_string(count) + (count == 1 ? " argument" : " arguments");
}

class Members {
 public:
  Members(const Compilation& with, NodeId id) : with_(with), id_(id) {
    const auto first = with.node(id).first;
    const auto& declared = with.node(id);
    if (first == 0 || with.node(first).kind != NodeKind::name) {
      name_ = "class@anonymous";
      kind_ = "class";
      return;
    }
    name_ = with.slice(first);
    for (const auto& word : words(with.text, declared.begin, with.node(first).begin))
      if (word == "class" || word == "interface" || word == "trait" || word == "enum") kind_ = word;
    const auto second = with.node(first).next;
    const auto until = second != 0 ? with.node(second).begin : declared.end;
    head_ = words(with.text, with.node(first).end, until);
    head_.erase(std::ranges::find(head_, "{"), head_.end());
  }

  void check() {
    head();
    with_.each(id_, [&](const Node& member, NodeId id) {
      const auto& first = with_.node(member.first);
      const auto before =
          words(with_.text, member.begin, member.first == 0 ? member.end : first.begin);
      if (member.kind == NodeKind::method) method(member, before);
      if (member.kind == NodeKind::property_declaration) properties(member, before);
      if (member.kind == NodeKind::const_) constants(member, before);
      if (member.kind == NodeKind::enum_case) enum_case(member);
      (void)id;
    });
  }

 private:
  void refuse(const Node& where, std::string message) const {
    with_.refuse(where, std::move(message));
  }

  void head() const {
    const auto& where = with_.node(with_.node(id_).first);
    for (std::size_t i = 1; i < head_.size(); ++i) {
      const bool follows = head_[i - 1] == "extends" || head_[i - 1] == "implements";
      if (follows && (head_[i] == "self" || head_[i] == "parent"))
        refuse(where, "Cannot use '" + head_[i] + "' as " +
                          (head_[i - 1] == "extends" && kind_ == "class" ? "class" : "interface") +
                          " name, as it is reserved");
    }
    if (kind_ != "enum" || head_.size() < 2 || head_[0] != ":") return;
    if (head_[1] != "int" && head_[1] != "string")
      refuse(where, "Enum backing type must be int or string, " + head_[1] + " given");
  }

  void method(const Node& member, const std::vector<std::string>& before) const {
    const auto& called = with_.node(member.first);
    const auto name = lower(with_.slice(called));
    const auto said = "Method " + name_ + "::" + std::string(with_.slice(called)) + "()";
    if (kind_ == "interface" && (has(before, "private") || has(before, "protected")))
      return refuse(called, "Access type for interface method " + name_ +
                                "::" + std::string(with_.slice(called)) + "() must be public");
    const auto known = std::ranges::find(kMagic, name, &Magic::name);
    if (known == kMagic.end() || (known->since != 0 && !with_.since(known->since))) return;
    if (has(before, "static") && !known->is_static)
      return refuse(called, said + " cannot be static");
    if (!has(before, "static") && known->is_static) return refuse(called, said + " must be static");
    int count = 0;
    bool refers = false;
    auto end = called.end;
    for (auto id = called.next; id != 0; id = with_.node(id).next) {
      const auto& child = with_.node(id);
      if (child.kind != NodeKind::parameter) continue;
      auto type = words(with_.text, child.begin, with_.node(child.first).begin);
      if (!has(type, "...")) ++count;
      end = child.end;
      refers = refers || has(type, "&");
      std::erase(type, "&");
      argument(*known, name_ + "::" + std::string(with_.slice(called)) + "()", child, type, count);
    }
    if (refers && known->arguments > 0)
      return refuse(called, said + " cannot take arguments by reference");
    if (known->arguments == 0 && count > 0) return refuse(called, said + " cannot take arguments");
    if (known->arguments > 0 && count != known->arguments)
      return refuse(called, said + " must take exactly " + number_of(known->arguments));
    if (name != "__construct" && name != "__destruct") return;
    const auto last =
        with_.ast().last_child(static_cast<NodeId>(&member - with_.ast().nodes.data()));
    const auto& body = with_.node(last);
    const auto tail =
        words(with_.text, end, body.kind == NodeKind::block ? body.begin : member.end);
    const auto close = std::ranges::find(tail, ")");
    if (close != tail.end() && close + 1 != tail.end() && *(close + 1) == ":")
      refuse(called, said + " cannot declare a return type");
  }

  // What PHP hands over to a magic method: a name, and the arguments of a call.
  void argument(const Magic& magic, const std::string& said, const Node& parameter,
                const std::vector<std::string>& type, int number) const {
    if (magic.arguments < 1 || type.empty() || !with_.since(800)) return;
    const bool calls = magic.name.starts_with("__call");
    const bool array = magic.name == "__unserialize" || magic.name == "__set_state";
    if (number > 1 && !calls) return;
    const std::string wanted = array || number > 1 ? "array" : "string";
    if (has(type, wanted) || has(type, "mixed")) return;
    with_.refuse(with_.node(parameter.first),
                 said + ": Parameter #" + std::to_string(number) + " (" +
                     std::string(with_.slice(with_.node(parameter.first))) + ") must be of type " +
                     wanted + " when declared");
  }

  void properties(const Node& member, const std::vector<std::string>& before) {
    auto id = member.first;
    for (; id != 0; id = with_.node(id).next) {
      const auto& item = with_.node(id);
      const auto& variable = item.kind == NodeKind::assign ? with_.node(item.first) : item;
      const auto name = std::string(with_.slice(variable));
      if (kind_ == "interface" && !with_.since(804) && with_.options.version != 0)
        return refuse(variable, "Interfaces may not include properties");
      if (kind_ == "enum") return refuse(variable, "Enum " + name_ + " cannot include properties");
      if (has(before, "abstract") && with_.before(804))
        return refuse(variable, "Properties cannot be declared abstract");
      if (has(before, "readonly")) readonly(variable, name, before, item.kind == NodeKind::assign);
      if (!properties_.insert(name).second)
        refuse(variable, "Cannot redeclare " + name_ + "::" + name);
    }
  }

  void readonly(const Node& variable, const std::string& name,
                const std::vector<std::string>& before, bool has_default) const {
    const bool typed = std::ranges::any_of(before, [](const std::string& word) {
      return std::ranges::find(kModifiers, word) == kModifiers.end();
    });
    if (has(before, "static"))
      refuse(variable, "Static property " + name_ + "::" + name + " cannot be readonly");
    else if (!typed)
      refuse(variable, "Readonly property " + name_ + "::" + name + " must have type");
    else if (has_default)
      refuse(variable, "Readonly property " + name_ + "::" + name + " cannot have default value");
  }

  void constants(const Node& member, const std::vector<std::string>& before) {
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
        return refuse(name, "Private constant " + name_ + "::" + called +
                                " cannot be final as it is not visible to other classes");
      constant(name, called);
    }
  }

  void constant(const Node& where, const std::string& name) {
    if (!constants_.insert(name).second)
      refuse(where, "Cannot redefine class constant " + name_ + "::" + name);
  }

  void enum_case(const Node& member) {
    const auto& name = with_.node(member.first);
    const auto called = std::string(with_.slice(name));
    if (kind_ != "enum") return refuse(name, "Case can only be used in enums");
    const bool backed = !head_.empty() && head_[0] == ":";
    if (!backed && name.next != 0)
      return refuse(name, "Case " + called + " of non-backed enum " + name_ +
                              " must not have a value, try adding \": int\"");
    if (backed && name.next == 0)
      return refuse(name, "Case " + called + " of backed enum " + name_ +
                              " must have a value, try adding \" = 1\"");
    constant(name, called);
  }

  const Compilation& with_;
  NodeId id_;
  std::string name_, kind_;
  std::vector<std::string> head_;
  std::set<std::string> properties_, constants_;
};

}  // namespace

void check_class(const Compilation& with, NodeId id) {
  Members(with, id).check();
}

}  // namespace stackaudit::syntax::php
