// The names that a file declares and uses, and those that PHP and its extensions bring along.
#pragma once

#include "stack/php/types.hpp"
#include "syntax/php/ast.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace stackaudit::stack::php {

struct Symbol {
  std::string name;  // lower case, without its namespace
  std::uint32_t begin = 0, end = 0;
  int wants = 0;  // of a function: arguments that it cannot do without
};

// The fewest arguments that a call in the file hands to a function.
struct Given {
  NameHash name = 0;
  int count = 0;
  auto operator<=>(const Given&) const = default;
};

// A member that is asked of a type, by the hash of the type's whole name.
struct Asked {
  NameHash type = 0, member = 0;
  NameHash last = 0;  // of the last part of the type's name
  bool statically = false;
  bool outside = false;  // of all classes
  bool made = false;     // new
  bool lost = false;     // $this in a static method
  int given = -1;        // arguments, likewise
};

// Whether a condition, a loop or a function stands around an include.
struct IncludeAt {
  syntax::php::NodeId id = 0;
  bool inside = false;
};

// Of one content. Names that are only compared are kept as their hashes, sorted.
struct Symbols {
  std::vector<Symbol> functions,
      classes;                      // declared whenever the file is loaded; not in namespaces
  std::vector<NameHash> declared;   // functions, classes and constants, wherever in the file
  std::vector<NameHash> in_spaces;  // functions of namespaces, by their whole names
  std::vector<NameHash> called;     // functions
  std::vector<Given> given;         // to functions, sorted
  std::vector<NameHash> final;      // functions of the file from which no call comes back
  std::vector<NameHash> made;       // classes after new and before ::
  std::vector<NameHash> constants;
  std::vector<NameHash> asked;  // what function_exists(), extension_loaded() and their kin ask for
  std::vector<NameHash> fired;  // hooks of WordPress
  std::vector<std::string> fired_beginning;    // of hooks whose names are made at run time
  std::vector<std::string> defined_beginning;  // of constants, likewise
  std::vector<Type> types;
  std::vector<Asked> members;       // that are asked of types
  std::vector<IncludeAt> includes;  // in the order of the tree
  bool imports_functions = false;   // names of functions or constants may mean others
  bool spaced = false;              // all that the file declares is in namespaces
  bool makes_names = false;         // class_alias() under a name that is known at run time
};

// Letter case counts in names of constants and hooks alone.
[[nodiscard]] NameHash hash_of(char kind, std::string_view name);
inline constexpr char kFunctionName = 'f', kClassName = 'k', kConstantName = 'c', kAskedName = 'a',
                      kHookName = 'h', kCallbackName = 'b', kCallbackClass = 'w';

[[nodiscard]] Symbols symbols_of(const syntax::php::Ast& ast, std::string_view text);

// A use of a name: whether the words run whenever the file does.
struct Use {
  syntax::php::NodeId id = 0;  // the name
  char kind = kFunctionName;
  bool certain = false;
  bool conditional = false;  // a condition stands around it in its function
};
// The functions from which no call comes back, by their hashes.
using Finals = std::unordered_set<NameHash>;
// All uses of functions, classes, constants and of functions as callbacks, by the literal; in a try
// block, or where the version of PHP is asked for, none.
[[nodiscard]] std::vector<Use> uses_of(const syntax::php::Ast& ast, std::string_view text,
                                       const Finals& finals = {});
// The calls by the node of what they call.
[[nodiscard]] std::unordered_map<syntax::php::NodeId, syntax::php::NodeId> calls_by_name(
    const syntax::php::Ast& ast);
// The constants without which a file ends at once: "defined('ABSPATH') || exit;".
[[nodiscard]] std::vector<std::string_view> barriers(const syntax::php::Ast& ast,
                                                     std::string_view text);
// Whether words run whenever the file does; excused: in a try block, or where the version of PHP is
// asked for.
enum class Runs : std::uint8_t { always, maybe, excused };
[[nodiscard]] std::vector<Runs> runs_of(const syntax::php::Ast& ast, std::string_view text,
                                        const std::vector<syntax::php::NodeId>& words);
// The includes that run whenever the code around them does, in order.
[[nodiscard]] std::vector<syntax::php::NodeId> certain_includes(const syntax::php::Ast& ast,
                                                                std::string_view text);

// data/php-names.tsv
struct PhpNames {
  std::unordered_map<std::string_view, std::string_view> functions, classes,
      constants;                                   // extension
  std::unordered_map<std::string_view, int> gone,  // functions: the version without them
      since,                                       // functions: the version that brings them
      gone_constants;                              // the version without them
};
[[nodiscard]] PhpNames php_names();

}  // namespace stackaudit::stack::php
