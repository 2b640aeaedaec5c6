// Classes, interfaces, traits and enums with what they bring along, and where code asks one of them
// for a method or constant.
#pragma once

#include "syntax/php/ast.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

using NameHash = std::uint64_t;

// A name that a declaration builds upon: bytes [begin, end) of the text.
struct Base {
  std::string name;  // whole, in lower case
  std::uint32_t begin = 0, end = 0;
  bool parent = false;  // of a class; else an interface or a trait
  bool trait = false;   // of a class that uses it
};

enum class Sort : std::uint8_t { plain, interface, trait, enumeration };

// What a method takes; those of subclasses must take it as well.
struct Shape {
  NameHash name = 0;
  std::uint16_t required = 0, total = 0;  // a variadic parameter is not counted
  bool variadic = false;
  std::uint64_t references = 0;  // a bit for each parameter
};

struct Type {
  std::string name;              // whole, in lower case
  std::string spelled;           // the same as it is written
  std::vector<Base> bases;       // of which it has all members
  std::vector<NameHash> named;   // members, sorted; see MemberKind
  std::vector<NameHash> plain;   // methods that are not static, sorted
  std::vector<NameHash> hidden;  // methods that are private or protected, sorted
  std::vector<Shape> shapes;     // of methods that are neither private nor constructors
  Sort sort = Sort::plain;
  bool final = false;       // nothing may extend it
  bool readonly = false;    // what extends it must be so, too, and the other way round
  bool top_level = false;   // no function or condition stands around it
  bool answers = false;     // __call() or names that were not understood: it may have any
  bool unmade = false;      // abstract, an interface, a trait, an enumeration: no new
  int wants = -1;           // arguments that its own constructor cannot do without; -1: none
  std::uint32_t begin = 0;  // of the declaration
};

// Of properties the static ones alone. An object: new X. Lost: $this in a static method, which has
// none.
enum class MemberKind : char {
  method = 'm',
  constant = 'o',
  property = 'p',
  object = 'n',
  lost = 't'
};

struct MemberUse {
  std::string type;            // whole, in lower case
  std::string_view member;     // as it is written
  syntax::php::NodeId id = 0;  // the words to tell of
  std::uint32_t begin = 0;     // of the whole expression
  MemberKind kind = MemberKind::method;
  bool own = false;         // $this->f(), self::f(): a subclass may have it
  bool statically = false;  // X::f() outside of all classes
  bool outside = false;     // of all classes, and of closures, which may be bound to one
  int given = -1;           // to a constructor; -1: not known
};

// What a call hands over to a function that takes a callback, or the name of a class; or the value
// of an item whose key says that it is a callback. 0: nothing.
struct HandedOver {
  syntax::php::NodeId given = 0;
  bool of_class = false;
};
[[nodiscard]] HandedOver handed_over(const syntax::php::Ast& ast, const syntax::php::Node& call,
                                     std::string_view text);

// The class that is named there: by [ 'X', 'f' ], by 'X::f', by register_widget( 'X' ). The literal
// and the name; 0: none, or one of a namespace.
[[nodiscard]] std::pair<syntax::php::NodeId, std::string_view> class_handed_over(
    const syntax::php::Ast& ast, const HandedOver& handed, std::string_view text);

[[nodiscard]] NameHash hash_of(MemberKind kind, std::string_view name);

// The arguments that a function or method cannot do without: up to the last without a default.
[[nodiscard]] int wanted_by(const syntax::php::Ast& ast, std::string_view text,
                            const syntax::php::Node& function);
// The arguments of a call, or of new; -1: a list is unpacked into them.
[[nodiscard]] int given_to(const syntax::php::Ast& ast, const syntax::php::Node& call);

[[nodiscard]] std::vector<Type> types_of(const syntax::php::Ast& ast, std::string_view text);
class Names;
// The class that a declaration extends, whole, in lower case; empty: none, or not understood.
[[nodiscard]] std::string parent_of(const syntax::php::Ast& ast, std::string_view text,
                                    syntax::php::NodeId declaration, const Names& names);
// Where the type is written, or was given to a variable of the function at its only assignment.
// member_uses.cpp
[[nodiscard]] std::vector<MemberUse> member_uses(const syntax::php::Ast& ast,
                                                 std::string_view text);

}  // namespace stackaudit::stack::php
