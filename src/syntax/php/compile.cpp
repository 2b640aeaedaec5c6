// Zend/zend_compile.c, asked with php -l of 8.2. What only shows at run time is not told here:
// functions below a condition, classes of one name.
#include "syntax/php/compile.hpp"

#include "syntax/php/compilation.hpp"

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

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 128;
}

class Compiler {
 public:
  Compiler(std::string_view text, text::FileId file, const Options& options, Parsed& parsed)
      : text_(text), file_(file), options_(options), parsed_(parsed), ast_(parsed.ast) {}

  void run() {
    top_level(ast_.root);
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) node(id);
    const Compilation with{text_, file_, options_, parsed_};
    check_names(with);
    check_contracts(with);
    check_scopes(with);
    check_code(with);
    check_labels(with);
    for (const auto id : declarations_) {
      if (ast_[id].kind != NodeKind::class_declaration) {
        check_function(with, id);
        continue;
      }
      check_class(with, id);
      check_modifiers(with, id);
    }
  }

 private:
  [[nodiscard]] std::string_view slice(const Node& node) const {
    return text_.substr(node.begin, node.end - node.begin);
  }
  void refuse(const Node& where, std::string message, std::string help = {}) {
    if (parsed_.problems.size() >= kMaxProblems) return;
    parsed_.problems.push_back({{file_, where.begin, where.end},
                                std::move(message),
                                text::Severity::error,
                                {},
                                std::move(help)});
  }
  template <class Visit>
  void each(NodeId parent, Visit visit) const {
    for (auto id = ast_[parent].first; id != 0; id = ast_[id].next) visit(ast_[id], id);
  }
  // A modifier or keyword among the words before a node.
  [[nodiscard]] bool has_word(std::uint32_t begin, std::uint32_t end, std::string_view word) const {
    const auto words = lower(text_.substr(begin, end - begin));
    for (auto at = words.find(word); at != std::string::npos; at = words.find(word, at + 1))
      if ((at == 0 || !is_word(words[at - 1])) &&
          (at + word.size() == words.size() || !is_word(words[at + word.size()])))
        return true;
    return false;
  }

  // Functions without a condition around them, by namespace. A second class of one name is refused
  // only when it is declared, at run time.
  void top_level(NodeId block) {
    std::set<std::string> functions;
    each(block, [&](const Node& found, NodeId id) {
      if (found.kind == NodeKind::namespace_) {
        functions.clear();
        const auto body = ast_.last_child(id);
        if (body != 0 && ast_[body].kind == NodeKind::block) top_level(body);
      }
      if (found.kind != NodeKind::function) return;
      const auto& name = ast_[found.first];
      if (!functions.insert(lower(slice(name))).second)
        refuse(name, "Cannot redeclare " + std::string(slice(name)) + "()",
               "rename one of the two, or take it out");
    });
  }

  void node(NodeId id) {
    const auto& found = ast_[id];
    switch (found.kind) {
      case NodeKind::function:
        autoload(ast_[found.first]);
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
        if (slice(ast_[found.first]) == "$this")
          refuse(ast_[found.first], "Cannot re-assign $this");
        return;
      case NodeKind::static_:
        each(id, [&](const Node& item, NodeId) {
          const auto& variable = item.kind == NodeKind::assign ? ast_[item.first] : item;
          if (slice(variable) == "$this") refuse(variable, "Cannot use $this as static variable");
        });
        if (options_.version != 0 && options_.version < 803) initial_values(id);
        return;
      case NodeKind::property_declaration:
        fresh_objects(id);
        return initial_values(id);
      case NodeKind::const_:
        return initial_values(id);
      case NodeKind::enum_case:
        if (const auto value = ast_[found.first].next; value != 0) initial_value(value);
        return;
      case NodeKind::switch_:
        return defaults(id);
      default:
        return;
    }
  }

  // Outside of namespaces, wherever it stands.
  void autoload(const Node& name) {
    if (options_.version < 800 || lower(slice(name)) != "__autoload") return;
    const bool elsewhere = std::ranges::any_of(
        ast_.nodes, [](const Node& node) { return node.kind == NodeKind::namespace_; });
    if (!elsewhere)
      refuse(name, "__autoload() is no longer supported, use spl_autoload_register() instead");
  }

  void parameters(NodeId id) {
    std::set<std::string_view> names;
    each(id, [&](const Node& parameter, NodeId) {
      if (parameter.kind != NodeKind::parameter) return;
      const auto name = slice(ast_[parameter.first]);
      if (name == "$this")
        refuse(ast_[parameter.first], "Cannot use $this as parameter");
      else if (!names.insert(name).second)
        refuse(ast_[parameter.first], "Redefinition of parameter " + std::string(name));
      if (const auto value = ast_[parameter.first].next; value != 0) initial_value(value);
    });
  }

  // Declarations of constants and properties, and `static $a = ...`.
  void initial_values(NodeId id) {
    each(id, [&](const Node& item, NodeId) {
      const bool has_value = item.kind == NodeKind::assign || item.kind == NodeKind::constant;
      if (has_value && ast_[item.first].next != 0) initial_value(ast_[item.first].next);
    });
  }

  void fresh_objects(NodeId id) {
    each(id, [&](const Node& item, NodeId) {
      const auto value = item.kind == NodeKind::assign || item.kind == NodeKind::constant
                             ? ast_[item.first].next
                             : 0;
      if (value != 0 && ast_[value].kind == NodeKind::new_object)
        refuse(ast_[value], "New expressions are not supported in this context");
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
    for (auto at = text.first; at != 0; at = ast_[at].next)
      if (ast_[at].kind != NodeKind::text) return true;
    return false;
  }

  // A condition that is written down decides while PHP compiles: the other branch is not looked at.
  [[nodiscard]] bool is_decided(const Node& value) const {
    const auto kind = ast_[value.first].kind;
    return value.kind == NodeKind::ternary &&
           (kind == NodeKind::number || kind == NodeKind::string || kind == NodeKind::name);
  }

  // Calls and variables are never constant; the rest is left to PHP. const A = f(...) came late.
  void initial_value(NodeId id) {
    const auto& value = ast_[id];
    const bool call = value.kind == NodeKind::call || value.kind == NodeKind::method_call ||
                      value.kind == NodeKind::static_call;
    const bool late = options_.version == 0 || options_.version >= 805;  // closures, casts
    const bool varies = value.kind == NodeKind::interpolated && holds_variables(value);
    if ((call && slice(value).find("(...)") == std::string_view::npos) || varies ||
        value.kind == NodeKind::variable || value.kind == NodeKind::include ||
        (!late && is_never_constant(value.kind)))
      return refuse(value, "Constant expression contains invalid operations");
    if (value.kind == NodeKind::class_constant && lower(slice(ast_[value.first])) == "static")
      return refuse(value,
                    lower(slice(ast_[ast_[value.first].next])) == "class"
                        ? "static::class cannot be used for compile-time class name resolution"
                        : "\"static::\" is not allowed in compile-time constants");
    const bool made = value.kind == NodeKind::new_object;
    if (made && ast_[value.first].kind == NodeKind::class_declaration && options_.version >= 801)
      return refuse(value, "Cannot use anonymous class in constant expression");
    const bool plain = value.kind == NodeKind::binary || value.kind == NodeKind::array ||
                       value.kind == NodeKind::array_item || value.kind == NodeKind::ternary ||
                       value.kind == NodeKind::unary || value.kind == NodeKind::index ||
                       value.kind == NodeKind::property;
    if (!plain || is_decided(value)) return;
    const auto before = parsed_.problems.size();
    for (auto child = value.first; child != 0 && parsed_.problems.size() == before;
         child = ast_[child].next)
      initial_value(child);
  }

  void defaults(NodeId id) {
    bool seen = false;
    each(id, [&](const Node& clause, NodeId) {
      if (clause.kind != NodeKind::case_ || clause.op != kDefault) return;
      if (seen) refuse(clause, "Switch statements may only contain one default clause");
      seen = true;
    });
  }

  void class_declaration(NodeId id) {
    const auto first = ast_[id].first;
    if (first == 0 || ast_[first].kind != NodeKind::name) return;
    const auto& name = ast_[first];
    if (std::ranges::find(kReservedClasses, lower(slice(name))) != kReservedClasses.end())
      refuse(name, "Cannot use '" + std::string(slice(name)) + "' as class name as it is reserved");
    const auto begin = ast_[id].begin;
    const bool contract = has_word(begin, name.begin, "interface");
    const bool plain =
        has_word(begin, name.begin, "class") && !has_word(begin, name.begin, "abstract");
    std::set<std::string> methods;
    each(id, [&](const Node& member, NodeId at) {
      if (member.kind == NodeKind::const_) fresh_objects(at);
      if (member.kind != NodeKind::method) return;
      const auto& called = ast_[member.first];
      const auto said = std::string(slice(name)) + "::" + std::string(slice(called));
      if (!methods.insert(lower(slice(called))).second)
        refuse(called, "Cannot redeclare " + said + "()");
      body(at, id, contract, plain ? &name : nullptr);
    });
  }

  void body(NodeId id, NodeId of_class, bool contract, const Node* plain_class) {
    const auto& method = ast_[id];
    const auto& called = ast_[method.first];
    const auto said =
        std::string(slice(ast_[ast_[of_class].first])) + "::" + std::string(slice(called));
    const bool has_body = ast_[ast_.last_child(id)].kind == NodeKind::block;
    const bool abstract = modified_as_abstract(method, called);
    if (contract && has_body) {
      refuse(called, "Interface function " + said + "() cannot contain body");
    } else if (contract && (abstract || has_word(method.begin, called.begin, "final")) &&
               options_.version >= 800) {
      refuse(called,
             "Interface method " + said + "() must not be " + (abstract ? "abstract" : "final"));
    } else if (abstract && has_body) {
      refuse(called, "Abstract function " + said + "() cannot contain body");
    } else if (!contract && !abstract && !has_body) {
      refuse(called, "Non-abstract method " + said + "() must contain body");
    } else if (abstract &&
               has_word(ast_[of_class].begin, ast_[ast_[of_class].first].begin, "enum")) {
      const auto name = std::string(slice(ast_[ast_[of_class].first]));
      refuse(called,
             options_.version >= 803
                 ? "Enum method " + said + "() must not be abstract"
                 : "Enum " + name + " must implement 1 abstract private method (" + said + ")");
    } else if (abstract && plain_class != nullptr) {
      refuse(called,
             "Class " + std::string(slice(*plain_class)) +
                 " contains 1 abstract method and must therefore be declared abstract or implement "
                 "the remaining methods (" +
                 said + ")",
             "write abstract class, or give the method a body");
    }
  }

  // Attributes and comments in front of the modifiers may have any word in them.
  [[nodiscard]] bool modified_as_abstract(const Node& method, const Node& name) const {
    const auto words = text_.substr(method.begin, name.begin - method.begin);
    if (words.find_first_of("#/") == std::string_view::npos)
      return has_word(method.begin, name.begin, "abstract");
    const auto line = words.rfind('\n');
    const auto from = line == std::string_view::npos ? words.find_last_of("]/") + 1 : line + 1;
    return has_word(method.begin + static_cast<std::uint32_t>(from), name.begin, "abstract");
  }

  std::string_view text_;
  text::FileId file_;
  const Options& options_;
  Parsed& parsed_;
  const Ast& ast_;
  std::vector<NodeId> declarations_;  // of functions and classes, in the order of the tree
};

}  // namespace

void check_compilation(std::string_view text, text::FileId file, const Options& options,
                       Parsed& parsed) {
  if (parsed.problems.empty()) Compiler(text, file, options, parsed).run();
}

}  // namespace stackaudit::syntax::php
