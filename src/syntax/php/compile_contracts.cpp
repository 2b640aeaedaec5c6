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

constexpr auto kModifiers = std::to_array<std::string_view>(
    {"public", "protected", "private", "static", "readonly", "var", "final", "abstract"});

struct Parameter {
  std::vector<std::string> type;
  bool required = true, variadic = false, reference = false;
};

struct Signature {
  NodeId method = 0;
  std::string name;  // as it is written
  bool is_static = false, is_final = false, is_abstract = false, reference = false;
  int access = 0;  // 0 public, 1 protected, 2 private
  std::vector<Parameter> parameters;
  std::vector<std::string> result;
};

// A property or a constant.
struct Member {
  NodeId name = 0;
  bool is_static = false, is_final = false;
  int access = 0;  // as of methods
  std::vector<std::string> type;
};

struct Type {
  std::string name, kind, parent;
  std::vector<std::string> contracts;
  std::map<std::string, Signature> methods;
  std::map<std::string, Member> properties, constants;
};

bool has(const std::vector<std::string>& all, std::string_view word) {
  return std::ranges::find(all, word) != all.end();
}

int access_of(const std::vector<std::string>& modifiers) {
  return has(modifiers, "private") ? 2 : has(modifiers, "protected") ? 1 : 0;
}

// How open a member must be that takes the place of another.
std::string least_access(int above, const std::string& from) {
  return std::string(above == 0 ? "public" : "protected") + " (as in class " + from + ")" +
         (above == 0 ? "" : " or weaker");
}

// The types of a union; nothing where one of them is not plain.
std::set<std::string> plain_types(const std::vector<std::string>& written) {
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
bool exceeds(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  const auto all = plain_types(one), taken = plain_types(other);
  return !all.empty() && !taken.empty() && !std::ranges::includes(taken, all);
}

class Contracts {
 public:
  explicit Contracts(const Compilation& with) : with_(with) {}

  void block(NodeId id) {
    types_.clear();
    with_.each(id, [&](const Node& found, NodeId at) {
      if (found.kind == NodeKind::class_declaration) read(at);
      if (found.kind == NodeKind::namespace_) spaces_.push_back(at);
    });
    if (spaces_.size() > 1) types_.clear();
    for (const auto& [name, type] : types_) judge(type);
    for (const auto space : std::exchange(spaces_, {})) {
      const auto body = with_.ast().last_child(space);
      if (body != 0 && with_.node(body).kind == NodeKind::block) block(body);
    }
  }

 private:
  void read(NodeId id) {
    const auto& node = with_.node(id);
    if (node.first == 0 || with_.node(node.first).kind != NodeKind::name) return;
    const auto& name = with_.node(node.first);
    Type type;
    type.name = with_.slice(name);
    for (const auto& word : words(with_.text, node.begin, name.begin))
      if (word == "class" || word == "interface" || word == "trait" || word == "enum")
        type.kind = word;
    for (auto at = name.next; at != 0; at = with_.node(at).next) {
      if (with_.node(at).kind == NodeKind::trait_use) return;  // it may bring any method
      if (with_.node(at).kind == NodeKind::property_declaration) add_properties(type, at);
      if (with_.node(at).kind == NodeKind::const_) add_constants(type, at);
      if (with_.node(at).kind != NodeKind::method) continue;
      auto signature = signature_of(at);
      type.methods.emplace(lower(signature.name), std::move(signature));
    }
    head(type, name, name.next != 0 ? with_.node(name.next).begin : node.end);
    auto key = lower(type.name);
    if (types_.contains(key)) twice_.insert(key);
    types_.emplace(std::move(key), std::move(type));
  }

  void add_properties(Type& type, NodeId id) const {
    const auto& declaration = with_.node(id);
    auto words_before = words(with_.text, declaration.begin, with_.node(declaration.first).begin);
    Member member;
    member.access = access_of(words_before);
    member.is_static = has(words_before, "static");
    std::erase_if(words_before,
                  [](const std::string& word) { return text::is_one_of(word, kModifiers); });
    member.type = std::move(words_before);
    for (auto at = declaration.first; at != 0; at = with_.node(at).next) {
      member.name = with_.node(at).kind == NodeKind::assign ? with_.node(at).first : at;
      type.properties.emplace(with_.slice(member.name), member);
    }
  }

  void add_constants(Type& type, NodeId id) const {
    const auto& declaration = with_.node(id);
    const auto before = words(with_.text, declaration.begin, with_.node(declaration.first).begin);
    Member member;
    member.access = access_of(before);
    member.is_final = has(before, "final");
    for (auto at = declaration.first; at != 0; at = with_.node(at).next) {
      member.name = with_.node(at).first;
      type.constants.emplace(with_.slice(member.name), member);
    }
  }

  void head(Type& type, const Node& name, std::uint32_t until) const {
    bool extends = false, implements = false;
    for (const auto& word : words(with_.text, name.end, until)) {
      if (word == "{" || word == "\\") break;
      if (word == "extends" || word == "implements") {
        extends = word == "extends";
        implements = !extends;
      } else if (extends && type.kind == "class") {
        type.parent = word;
      } else if (implements && word != ",") {
        type.contracts.push_back(word);
      }
    }
  }

  [[nodiscard]] Signature signature_of(NodeId id) const {
    const auto& node = with_.node(id);
    const auto& name = with_.node(node.first);
    Signature found;
    found.method = id;
    found.name = with_.slice(name);
    const auto before = words(with_.text, node.begin, name.begin);
    found.is_static = has(before, "static");
    found.is_final = has(before, "final");
    found.is_abstract = has(before, "abstract");
    found.reference = !before.empty() && before.back() == "&";
    found.access = access_of(before);
    auto end = name.end;
    with_.each(id, [&](const Node& child, NodeId) {
      if (child.kind != NodeKind::parameter) return;
      found.parameters.push_back(parameter(child));
      end = child.end;
    });
    const auto& body = with_.node(with_.ast().last_child(id));
    const auto tail = words(with_.text, end, body.kind == NodeKind::block ? body.begin : node.end);
    const auto colon = std::ranges::find(tail, ":");
    for (auto it = colon; it != tail.end(); ++it)
      if (it != colon && *it != ";") found.result.push_back(*it);
    return found;
  }

  [[nodiscard]] Parameter parameter(const Node& node) const {
    const auto& variable = with_.node(node.first);
    Parameter found;
    found.type = words(with_.text, node.begin, variable.begin);
    found.variadic = std::erase(found.type, "...") > 0;
    found.reference = !found.type.empty() && found.type.back() == "&";
    if (found.reference) found.type.pop_back();
    found.required = variable.next == 0 && !found.variadic;
    if (variable.next != 0 && !found.type.empty() && lower(with_.slice(variable.next)) == "null")
      found.type.emplace_back("null");
    return found;
  }

  void judge(const Type& type) const {
    if (twice_.contains(lower(type.name))) return;
    std::set<std::string> done;
    const auto* at = &type;
    for (int i = 0; i < kDeepestLine && !at->parent.empty(); ++i) {
      const auto it = types_.find(at->parent);
      if (it == types_.end() || twice_.contains(at->parent) || it->second.kind != "class") break;
      at = &it->second;
      inherit(type, *at);
      for (const auto& [key, method] : type.methods)
        if (const auto above = at->methods.find(key);
            above != at->methods.end() && done.insert(key).second)
          compare(type, method, *at, above->second);
    }
    for (const auto& contract : type.contracts) {
      const auto it = types_.find(contract);
      if (it == types_.end() || twice_.contains(contract)) continue;
      for (const auto& [key, above] : it->second.methods)
        if (const auto own = type.methods.find(key);
            own != type.methods.end() && done.insert(key).second)
          compare(type, own->second, it->second, above);
    }
  }

  // Properties and constants against those of a parent.
  void inherit(const Type& type, const Type& from) const {
    for (const auto& [name, own] : type.properties)
      if (const auto above = from.properties.find(name);
          above != from.properties.end() && above->second.access != 2)
        property(type.name + "::" + name, own, from.name + "::" + name, above->second, from.name);
    for (const auto& [name, own] : type.constants) {
      const auto above = from.constants.find(name);
      if (above == from.constants.end() || above->second.access == 2 || !with_.since(701)) continue;
      const auto& where = with_.node(own.name);
      const auto ours = type.name + "::" + name;
      if (own.access > above->second.access)
        with_.refuse(where, "Access level to " + ours + " must be " +
                                least_access(above->second.access, from.name));
      else if (above->second.is_final)
        with_.refuse(where, ours + " cannot override final constant " + from.name + "::" + name);
    }
  }

  void property(const std::string& ours, const Member& own, const std::string& theirs,
                const Member& above, const std::string& from) const {
    const auto& where = with_.node(own.name);
    const auto kind = [](const Member& member) {
      return member.is_static ? "static " : "non static ";
    };
    if (own.is_static != above.is_static)
      return with_.refuse(where, std::string("Cannot redeclare ") + kind(above) + theirs + " as " +
                                     kind(own) + ours);
    if (own.access > above.access)
      return with_.refuse(
          where, "Access level to " + ours + " must be " + least_access(above.access, from));
    if (!with_.since(704)) return;
    if (above.type.empty() && !own.type.empty())
      return with_.refuse(where,
                          "Type of " + ours + " must not be defined (as in class " + from + ")");
    const bool differ = own.type.empty() != above.type.empty() || exceeds(own.type, above.type) ||
                        exceeds(above.type, own.type);
    if (!differ) return;
    std::string type;
    for (const auto& word : above.type) type += word;
    with_.refuse(where, "Type of " + ours + " must be " + type + " (as in class " + from + ")");
  }

  void compare(const Type& type, const Signature& own, const Type& from,
               const Signature& above) const {
    const bool binding = above.is_abstract || from.kind == "interface";
    if (above.access == 2 && !above.is_abstract) return;
    const auto& where = with_.node(with_.node(own.method).first);
    const auto theirs = from.name + "::" + above.name + "()";
    const auto ours = type.name + "::" + own.name + "()";
    if (above.is_final) return with_.refuse(where, "Cannot override final method " + theirs);
    if (above.is_static != own.is_static)
      return with_.refuse(where, std::string("Cannot make ") +
                                     (above.is_static ? "static" : "non static") + " method " +
                                     theirs + (above.is_static ? " non static" : " static") +
                                     " in class " + type.name);
    // A parent's constructor binds nobody: a singleton may close it.
    if (lower(own.name) == "__construct" && !binding) return;
    if (own.access > above.access)
      return with_.refuse(
          where, "Access level to " + ours + " must be " + least_access(above.access, from.name));
    // Before PHP 8 that was a warning, for parents that are no contract.
    if (!agree(own, above) && (binding || with_.since(800)))
      with_.refuse(where, "Declaration of " + ours + " must be compatible with " + theirs);
  }

  [[nodiscard]] static bool agree(const Signature& own, const Signature& above) {
    const auto required = [](const Signature& s) {
      return std::ranges::count_if(s.parameters, &Parameter::required);
    };
    if (required(own) > required(above)) return false;
    const bool takes_all = !own.parameters.empty() && own.parameters.back().variadic;
    if (own.parameters.size() < above.parameters.size() && !takes_all) return false;
    const auto common = std::min(own.parameters.size(), above.parameters.size());
    for (std::size_t i = 0; i < common; ++i)
      if (own.parameters[i].reference != above.parameters[i].reference ||
          exceeds(above.parameters[i].type, own.parameters[i].type))
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
