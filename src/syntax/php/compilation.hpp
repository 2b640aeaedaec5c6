// What the checks of the compiler share; only compile*.cpp include this.
#pragma once

#include "syntax/php/heads.hpp"
#include "syntax/php/php.hpp"
#include "text/suggest.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::syntax::php {

struct Compilation {
  std::string_view text;
  text::FileId file;
  const Options& options;
  Parsed& parsed;
  const Heads& heads;

  [[nodiscard]] const Ast& ast() const { return parsed.ast; }
  [[nodiscard]] const Node& node(NodeId id) const { return parsed.ast[id]; }
  [[nodiscard]] std::string_view slice(const Node& node) const {
    return text.substr(node.begin, node.end - node.begin);
  }
  [[nodiscard]] std::string_view slice(NodeId id) const { return slice(node(id)); }
  // Known to be at least this version.
  [[nodiscard]] bool since(int version) const { return options.version >= version; }
  [[nodiscard]] bool before(int version) const {
    return options.version != 0 && options.version < version;
  }
  void refuse(const Node& where, std::string message, std::string help = {}) const {
    if (parsed.problems.size() >= kMaxProblems) return;
    parsed.problems.push_back({{file, where.begin, where.end},
                               std::move(message),
                               text::Severity::error,
                               {},
                               std::move(help)});
  }
  template <class Visit>
  void each(NodeId parent, Visit visit) const {
    for (auto id = node(parent).first; id != 0; id = node(id).next) visit(node(id), id);
  }
};

// What a value can be written into.
[[nodiscard]] inline bool is_place(NodeKind kind) {
  return kind == NodeKind::variable || kind == NodeKind::variable_variable ||
         kind == NodeKind::index || kind == NodeKind::property || kind == NodeKind::static_property;
}

// Members of classes: modifiers, names declared twice, enumerations, magic methods.
void check_class(const Compilation& with, NodeId id);
// Words in front of classes and members that do not go together.
void check_modifiers(const Compilation& with, NodeId id);
// Why a property cannot be readonly; empty where it can.
[[nodiscard]] std::string no_readonly(const MemberHead& head, bool has_default,
                                      const std::string& property);
enum class TypeOf : std::uint8_t { parameter, property, result };
// property: "Class::$name", of a property. Whether the type was refused.
bool check_type(const Compilation& with, const Words& type, const Node& where, TypeOf of,
                const std::string& property = {});
// A literal as the value that a parameter or property begins with. what: "parameter $a", "property
// A::$b". Whether it was refused.
bool check_preset(const Compilation& with, const Words& type, NodeId value, TypeOf of,
                  const std::string& what);
// Why it cannot be a property's type in any version of PHP; empty where it can.
[[nodiscard]] std::string no_property_type(const Words& type, const std::string& property);
// Parameters and what a function with a return type returns.
void check_function(const Compilation& with, NodeId id);
// Imports, and classes against what they extend and implement.
void check_names(const Compilation& with);
// Methods against those of parents and interfaces in the same file.
void check_contracts(const Compilation& with);
// self, parent and static.
void check_scopes(const Compilation& with);
// The same as types of a function that is no method. where: the place to refuse them at.
void check_classless(const Compilation& with, const Words& type, const Node& where);
// Labels, and where goto leads.
void check_labels(const Compilation& with);
// Assignments, lists, calls, of all nodes.
void check_code(const Compilation& with);

}  // namespace stackaudit::syntax::php
