// Methods, properties and constants against those that they take the place of, as far as the same
// file declares both classes.
#include "syntax/php/compilation.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

using text::lower;

constexpr int kDeepestLine = 32;  // of parents

// Types of which none takes the values of another.
constexpr std::array<std::string_view, 7> kApart{"array", "bool",   "float", "int",
                                                 "null",  "string", "void"};

struct Member {
  NodeId name = 0;
  const MemberHead* head = nullptr;
};

using Members = std::map<std::string_view, Member>;

// A property or constant in the place of a parent's.
struct Override {
  const Member& own;
  const Member& above;
  const std::string& from;  // the parent
  const Node& where;
  std::string name, ours;  // "a", "B::a"
};

// A class, and what it declares itself: read where it has a relative in the same file.
struct Type {
  const ClassHead* head = nullptr;
  bool is_read = false;
  std::map<std::string_view, const FunctionHead*> methods;
  Members properties, constants;
};

// 0 public, 1 protected, 2 private
int access_of(const Words& modifiers) {
  return has(modifiers, "private") ? 2 : has(modifiers, "protected") ? 1 : 0;
}

// How open a member must be that takes the place of another.
std::string least_access(int above, const std::string& from) {
  return std::string(above == 0 ? "public" : "protected") + " (as in class " + from + ")" +
         (above == 0 ? "" : " or weaker");
}

// The types of a union; nothing where one of them is not plain.
std::set<std::string> plain_types(const Words& written) {
  std::set<std::string> types;
  for (const auto& word : written) {
    if (word == "|") continue;
    const auto type = word == "?" ? std::string("null") : word;
    if (std::ranges::find(kApart, type) == kApart.end()) return {};
    types.insert(type);
  }
  return types;
}

// Whether values of the one type are certainly none of the other.
bool exceeds(const Words& one, const Words& other) {
  const auto all = plain_types(one), taken = plain_types(other);
  return !all.empty() && !taken.empty() && !std::ranges::includes(taken, all);
}

class Contracts {
 public:
  explicit Contracts(const Compilation& with) : with_(with) {}

  void block(NodeId id) {
    types_.clear();
    with_.each(id, [&](const Node& found, NodeId at) {
      if (found.kind == NodeKind::class_declaration) add(at);
      if (found.kind == NodeKind::namespace_) spaces_.push_back(at);
    });
    if (spaces_.size() > 1) types_.clear();
    for (auto& [name, type] : types_)
      if (!twice_.contains(name)) judge(type);
    for (const auto space : std::exchange(spaces_, {})) {
      const auto body = with_.ast().last_child(space);
      if (body != 0 && with_.node(body).kind == NodeKind::block) block(body);
    }
  }

 private:
  void add(NodeId id) {
    const auto& head = with_.heads.of_class(id);
    if (head.name == 0) return;
    for (auto at = with_.node(id).first; at != 0; at = with_.node(at).next)
      if (with_.node(at).kind == NodeKind::trait_use) return;  // it may bring any method
    const auto [it, fresh] = types_.try_emplace(lower(head.called));
    if (fresh)
      it->second.head = &head;
    else
      twice_.insert(it->first);
  }

  const Type& read(Type& type) const {
    if (std::exchange(type.is_read, true)) return type;
    with_.each(type.head->id, [&](const Node& member, NodeId id) {
      if (member.kind == NodeKind::method) {
        const auto& method = with_.heads.of_function(id);
        type.methods.emplace(method.name, &method);
      }
      const bool property = member.kind == NodeKind::property_declaration;
      if (!property && member.kind != NodeKind::const_) return;
      auto& members = property ? type.properties : type.constants;
      with_.each(id, [&](const Node& item, NodeId at) {
        const auto name = item.first != 0 ? item.first : at;
        members.emplace(with_.slice(name), Member{name, &with_.heads.of_member(id)});
      });
    });
    return type;
  }

  // The class of the file that goes by this name alone; nullptr where there is none.
  [[nodiscard]] Type* find(const std::string& name) {
    const auto it = types_.find(name);
    return it == types_.end() || twice_.contains(name) ? nullptr : &it->second;
  }

  void judge(Type& type) {
    std::set<std::string_view> done;
    auto* at = &type;
    for (int i = 0; i < kDeepestLine && at->head->kind == "class" && !at->head->parents.empty();
         ++i) {
      at = find(at->head->parents[0]);
      if (at == nullptr || at->head->kind != "class") break;
      inherit(read(type), read(*at));
      for (const auto& [name, method] : type.methods)
        if (const auto above = at->methods.find(name);
            above != at->methods.end() && done.insert(name).second)
          compare(*type.head, *method, *at->head, *above->second);
    }
    for (const auto& name : type.head->contracts) {
      auto* contract = find(name);
      if (contract == nullptr) continue;
      for (const auto& [key, above] : read(*contract).methods)
        if (const auto own = read(type).methods.find(key);
            own != type.methods.end() && done.insert(key).second)
          compare(*type.head, *own->second, *contract->head, *above);
    }
  }

  // Properties and constants against those of a parent; its private ones are nobody else's.
  void inherit(const Type& type, const Type& from) const {
    const auto both_have = [&](const Members& members, const Members& of_parent, auto judge_one) {
      for (const auto& [key, own] : members) {
        const auto above = of_parent.find(key);
        if (above == of_parent.end() || access_of(above->second.head->modifiers) == 2) continue;
        const auto& where = with_.node(own.name);
        const auto name = std::string(with_.slice(where));
        judge_one(
            {own, above->second, from.head->called, where, name, type.head->called + "::" + name});
      }
    };
    both_have(type.properties, from.properties, [&](const Override& each) { property(each); });
    if (with_.since(701))
      both_have(type.constants, from.constants, [&](const Override& each) { constant(each); });
  }

  // Whether it is less open than what it takes the place of, which is refused.
  [[nodiscard]] bool narrows(const Override& each) const {
    const auto access = access_of(each.above.head->modifiers);
    if (access_of(each.own.head->modifiers) <= access) return false;
    with_.refuse(each.where,
                 "Access level to " + each.ours + " must be " + least_access(access, each.from));
    return true;
  }

  void constant(const Override& each) const {
    if (!narrows(each) && has(each.above.head->modifiers, "final"))
      with_.refuse(each.where,
                   each.ours + " cannot override final constant " + each.from + "::" + each.name);
  }

  void property(const Override& each) const {
    const auto& [own, above, from, where, name, ours] = each;
    const auto kind = [](const Member& member) {
      return has(member.head->modifiers, "static") ? "static " : "non static ";
    };
    if (kind(own) != std::string_view(kind(above)))
      return with_.refuse(where, std::string("Cannot redeclare ") + kind(above) + from +
                                     "::" + name + " as " + kind(own) + ours);
    if (narrows(each) || !with_.since(704)) return;
    const auto& type = own.head->type;
    const auto& wanted = above.head->type;
    const auto as_in = " (as in class " + from + ")";
    if (wanted.empty() && !type.empty())
      return with_.refuse(where, "Type of " + ours + " must not be defined" + as_in);
    if (type.empty() == wanted.empty() && !exceeds(type, wanted) && !exceeds(wanted, type)) return;
    std::string said;
    for (const auto& word : wanted) said += word;
    with_.refuse(where, "Type of " + ours + " must be " + said + as_in);
  }

  [[nodiscard]] const Node& name_of(const FunctionHead& method) const {
    return with_.node(with_.node(method.id).first);
  }

  void compare(const ClassHead& type, const FunctionHead& own, const ClassHead& from,
               const FunctionHead& above) const {
    const bool is_abstract = has(above.modifiers, "abstract");
    const bool is_static = has(above.modifiers, "static");
    const bool binding = is_abstract || from.kind == "interface";
    const auto access = access_of(above.modifiers);
    if (access == 2 && !is_abstract) return;
    const auto& where = name_of(own);
    const auto theirs = from.called + "::" + std::string(with_.slice(name_of(above))) + "()";
    const auto ours = type.called + "::" + std::string(with_.slice(where)) + "()";
    if (has(above.modifiers, "final"))
      return with_.refuse(where, "Cannot override final method " + theirs);
    if (is_static != has(own.modifiers, "static"))
      return with_.refuse(
          where, std::string("Cannot make ") + (is_static ? "static" : "non static") + " method " +
                     theirs + (is_static ? " non static" : " static") + " in class " + type.called);
    // A parent's constructor binds nobody: a singleton may close it.
    if (own.name == "__construct" && !binding) return;
    if (access_of(own.modifiers) > access)
      return with_.refuse(
          where, "Access level to " + ours + " must be " + least_access(access, from.called));
    // Before PHP 8 that was a warning, for parents that are no contract.
    if (!agree(own, above) && (binding || with_.since(800)))
      with_.refuse(where, "Declaration of " + ours + " must be compatible with " + theirs);
  }

  [[nodiscard]] NodeId preset(const ParameterHead& parameter) const {
    return with_.node(with_.node(parameter.id).first).next;
  }

  // "int $a = null" takes null as well.
  [[nodiscard]] Words taken(const ParameterHead& parameter) const {
    auto type = parameter.type;
    const auto value = preset(parameter);
    if (value != 0 && !type.empty() && lower(with_.slice(value)) == "null")
      type.emplace_back("null");
    return type;
  }

  [[nodiscard]] bool agree(const FunctionHead& own, const FunctionHead& above) const {
    const auto required = [&](const FunctionHead& function) {
      return std::ranges::count_if(function.parameters, [&](const ParameterHead& parameter) {
        return preset(parameter) == 0 && !parameter.variadic;
      });
    };
    if (required(own) > required(above)) return false;
    const bool takes_all = !own.parameters.empty() && own.parameters.back().variadic;
    if (own.parameters.size() < above.parameters.size() && !takes_all) return false;
    const auto common = std::min(own.parameters.size(), above.parameters.size());
    for (std::size_t i = 0; i < common; ++i)
      if (own.parameters[i].reference != above.parameters[i].reference ||
          exceeds(taken(above.parameters[i]), taken(own.parameters[i])))
        return false;
    if (above.reference && !own.reference) return false;
    if (!above.result.empty() && own.result.empty()) return false;
    return !exceeds(own.result, above.result);
  }

  const Compilation& with_;
  std::map<std::string, Type> types_;
  std::set<std::string> twice_;
  std::vector<NodeId> spaces_;
};

}  // namespace

void check_contracts(const Compilation& with) {
  Contracts(with).block(with.ast().root);
}

}  // namespace stackaudit::syntax::php
