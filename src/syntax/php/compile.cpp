// Zend/zend_compile.c, asked with php -l of 8.2. What only shows at run time is not told here:
// functions below a condition, classes of one name.
#include "syntax/php/compile.hpp"

#include "syntax/php/compilation.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>

namespace stackaudit::syntax::php {
namespace {

constexpr std::array<std::string_view, 15> kReservedClasses{
    "bool",   "false",  "float", "int",    "iterable", "mixed", "never", "null",
    "object", "parent", "self",  "static", "string",   "true",  "void"};

using text::lower;

class Compiler {
 public:
  explicit Compiler(const Compilation& with) : with_(with) {}

  void run() {
    top_level(with_.ast().root);
    for (NodeId id = 1; id < with_.ast().nodes.size(); ++id) node(id);
    check_names(with_);
    check_contracts(with_);
    check_scopes(with_);
    check_code(with_);
    check_labels(with_);
    for (const auto id : declarations_) {
      if (with_.node(id).kind != NodeKind::class_declaration) {
        check_function(with_, id);
        continue;
      }
      check_class(with_, id);
      check_modifiers(with_, id);
    }
  }

 private:
  // Functions without a condition around them, by namespace. A second class of one name is refused
  // only when it is declared, at run time.
  void top_level(NodeId block) const {
    std::set<std::string_view> functions;
    with_.each(block, [&](const Node& found, NodeId id) {
      if (found.kind == NodeKind::namespace_) {
        functions.clear();
        const auto body = with_.ast().last_child(id);
        if (body != 0 && with_.node(body).kind == NodeKind::block) top_level(body);
      }
      if (found.kind != NodeKind::function) return;
      const auto& name = with_.node(found.first);
      if (!functions.insert(with_.heads.of_function(id).name).second)
        with_.refuse(name, "Cannot redeclare " + std::string(with_.slice(name)) + "()",
                     "rename one of the two, or take it out");
    });
  }

  void node(NodeId id) {
    const auto& found = with_.node(id);
    switch (found.kind) {
      case NodeKind::function:
        autoload(id);
        [[fallthrough]];
      case NodeKind::method:
      case NodeKind::closure:
      case NodeKind::arrow_function:
        declarations_.push_back(id);
        return parameters(id);
      case NodeKind::class_declaration:
        declarations_.push_back(id);
        return class_declaration(id);
      case NodeKind::assign:
        if (with_.slice(found.first) == "$this")
          with_.refuse(with_.node(found.first), "Cannot re-assign $this");
        return;
      case NodeKind::static_:
        with_.each(id, [&](const Node& item, NodeId) {
          const auto& variable = item.kind == NodeKind::assign ? with_.node(item.first) : item;
          if (with_.slice(variable) == "$this")
            with_.refuse(variable, "Cannot use $this as static variable");
        });
        if (with_.before(803)) initial_values(id);
        return;
      case NodeKind::property_declaration:
        fresh_objects(id);
        return initial_values(id);
      case NodeKind::const_:
        return initial_values(id);
      case NodeKind::enum_case:
        if (const auto value = with_.node(found.first).next; value != 0) initial_value(value);
        return;
      case NodeKind::switch_:
        return defaults(id);
      default:
        return;
    }
  }

  // Outside of namespaces, wherever it stands.
  void autoload(NodeId id) const {
    if (!with_.since(800) || with_.heads.of_function(id).name != "__autoload") return;
    const bool elsewhere = std::ranges::any_of(
        with_.ast().nodes, [](const Node& node) { return node.kind == NodeKind::namespace_; });
    if (!elsewhere)
      with_.refuse(with_.node(with_.node(id).first),
                   "__autoload() is no longer supported, use spl_autoload_register() instead");
  }

  void parameters(NodeId id) const {
    std::set<std::string_view> names;
    with_.each(id, [&](const Node& parameter, NodeId) {
      if (parameter.kind != NodeKind::parameter) return;
      const auto name = with_.slice(parameter.first);
      if (name == "$this")
        with_.refuse(with_.node(parameter.first), "Cannot use $this as parameter");
      else if (!names.insert(name).second)
        with_.refuse(with_.node(parameter.first), "Redefinition of parameter " + std::string(name));
      if (const auto value = with_.node(parameter.first).next; value != 0) initial_value(value);
    });
  }

  // Declarations of constants and properties, and `static $a = ...`.
  void initial_values(NodeId id) const {
    with_.each(id, [&](const Node& item, NodeId) {
      const bool has_value = item.kind == NodeKind::assign || item.kind == NodeKind::constant;
      if (has_value && with_.node(item.first).next != 0) initial_value(with_.node(item.first).next);
    });
  }

  void fresh_objects(NodeId id) const {
    with_.each(id, [&](const Node& item, NodeId) {
      const auto value = item.kind == NodeKind::assign || item.kind == NodeKind::constant
                             ? with_.node(item.first).next
                             : 0;
      if (value != 0 && with_.node(value).kind == NodeKind::new_object)
        with_.refuse(with_.node(value), "New expressions are not supported in this context");
    });
  }

  [[nodiscard]] static bool is_never_constant(NodeKind kind) {
    switch (kind) {
      case NodeKind::variable:
      case NodeKind::variable_variable:
      case NodeKind::static_property:
      case NodeKind::include:
      case NodeKind::closure:
      case NodeKind::arrow_function:
      case NodeKind::cast:
      case NodeKind::isset:
      case NodeKind::empty:
      case NodeKind::backtick:
      case NodeKind::assign:
        return true;
      default:
        return false;
    }
  }

  // "a$b"; a heredoc of plain text is constant.
  [[nodiscard]] bool holds_variables(const Node& text) const {
    for (auto at = text.first; at != 0; at = with_.node(at).next)
      if (with_.node(at).kind != NodeKind::text) return true;
    return false;
  }

  // A condition that is written down decides while PHP compiles: the other branch is not looked at.
  [[nodiscard]] bool is_decided(const Node& value) const {
    const auto kind = with_.node(value.first).kind;
    return value.kind == NodeKind::ternary &&
           (kind == NodeKind::number || kind == NodeKind::string || kind == NodeKind::name);
  }

  // Calls and variables are never constant; the rest is left to PHP. const A = f(...) came late.
  void initial_value(NodeId id) const {
    const auto& value = with_.node(id);
    const bool call = value.kind == NodeKind::call || value.kind == NodeKind::method_call ||
                      value.kind == NodeKind::static_call;
    const bool late =
        with_.options.version == 0 || with_.options.version >= 805;  // closures, casts
    const bool varies = value.kind == NodeKind::interpolated && holds_variables(value);
    if ((call && with_.slice(value).find("(...)") == std::string_view::npos) || varies ||
        value.kind == NodeKind::variable || value.kind == NodeKind::include ||
        (!late && is_never_constant(value.kind)))
      return with_.refuse(value, "Constant expression contains invalid operations");
    if (value.kind == NodeKind::class_constant && lower(with_.slice(value.first)) == "static")
      return with_.refuse(
          value, lower(with_.slice(with_.node(value.first).next)) == "class"
                     ? "static::class cannot be used for compile-time class name resolution"
                     : "\"static::\" is not allowed in compile-time constants");
    const bool made = value.kind == NodeKind::new_object;
    if (made && with_.node(value.first).kind == NodeKind::class_declaration && with_.since(801))
      return with_.refuse(value, "Cannot use anonymous class in constant expression");
    const bool plain = value.kind == NodeKind::binary || value.kind == NodeKind::array ||
                       value.kind == NodeKind::array_item || value.kind == NodeKind::ternary ||
                       value.kind == NodeKind::unary || value.kind == NodeKind::index ||
                       value.kind == NodeKind::property;
    if (!plain || is_decided(value)) return;
    const auto before = with_.parsed.problems.size();
    for (auto child = value.first; child != 0 && with_.parsed.problems.size() == before;
         child = with_.node(child).next)
      initial_value(child);
  }

  void defaults(NodeId id) const {
    bool seen = false;
    with_.each(id, [&](const Node& clause, NodeId) {
      if (clause.kind != NodeKind::case_ || clause.op != kDefault) return;
      if (seen) with_.refuse(clause, "Switch statements may only contain one default clause");
      seen = true;
    });
  }

  void class_declaration(NodeId id) const {
    const auto& head = with_.heads.of_class(id);
    if (head.name == 0) return;
    const auto& name = with_.node(head.name);
    if (text::is_one_of(lower(head.called), kReservedClasses))
      with_.refuse(name, "Cannot use '" + head.called + "' as class name as it is reserved");
    std::set<std::string_view> methods;
    with_.each(id, [&](const Node& member, NodeId at) {
      if (member.kind == NodeKind::const_) fresh_objects(at);
      if (member.kind != NodeKind::method) return;
      const auto& method = with_.heads.of_function(at);
      const auto& called = with_.node(member.first);
      const auto said = head.called + "::" + std::string(with_.slice(called));
      if (!methods.insert(method.name).second)
        with_.refuse(called, "Cannot redeclare " + said + "()");
      body(method, called, said, head);
    });
  }

  void body(const FunctionHead& method, const Node& called, const std::string& said,
            const ClassHead& of) const {
    const bool contract = of.kind == "interface";
    const bool abstract = has(method.modifiers, "abstract");
    if (contract && method.has_body) {
      with_.refuse(called, "Interface function " + said + "() cannot contain body");
    } else if (contract && (abstract || has(method.modifiers, "final")) && with_.since(800)) {
      with_.refuse(called, "Interface method " + said + "() must not be " +
                               (abstract ? "abstract" : "final"));
    } else if (abstract && method.has_body) {
      with_.refuse(called, "Abstract function " + said + "() cannot contain body");
    } else if (!contract && !abstract && !method.has_body) {
      with_.refuse(called, "Non-abstract method " + said + "() must contain body");
    } else if (abstract && of.kind == "enum") {
      with_.refuse(called, with_.since(803)
                               ? "Enum method " + said + "() must not be abstract"
                               : "Enum " + of.called +
                                     " must implement 1 abstract private method (" + said + ")");
    } else if (abstract && of.kind == "class" && !has(of.modifiers, "abstract")) {
      with_.refuse(
          called,
          "Class " + of.called +
              " contains 1 abstract method and must therefore be declared abstract or implement "
              "the remaining methods (" +
              said + ")",
          "write abstract class, or give the method a body");
    }
  }

  const Compilation& with_;
  std::vector<NodeId> declarations_;  // of functions and classes, in the order of the tree
};

}  // namespace

void check_compilation(std::string_view text, text::FileId file, const Options& options,
                       Parsed& parsed) {
  if (!parsed.problems.empty()) return;
  const Heads heads(text, parsed.ast);
  const Compilation with{text, file, options, parsed, heads};
  Compiler(with).run();
}

}  // namespace stackaudit::syntax::php
