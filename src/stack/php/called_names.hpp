// What a node calls, as the file writes it: a function, a method, the constructor of a class, or
// what it hands to array_map() and its kin.
#pragma once

#include "stack/php/corpus.hpp"

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

// How a name is called: call, method_call, new_object, or variable for $f().
using CalledName = std::pair<std::string_view, syntax::php::NodeKind>;

// What a node calls, callbacks left aside; empty for no name.
[[nodiscard]] CalledName called(const Unit& unit, const syntax::php::Node& node);

// The classes of a file by where they stand, for those who ask for many of its calls.
class ClassesAround {
 public:
  explicit ClassesAround(const Unit& unit);

  // What a node calls or has called back: the constructor by the name of its class.
  [[nodiscard]] CalledName meant(const syntax::php::Node& node) const;

 private:
  struct Class {
    const syntax::php::Node* node = nullptr;
    std::size_t around = 0;  // the one that it stands in, counted from 1; 0: none
  };
  [[nodiscard]] const syntax::php::Node* of(const syntax::php::Node& node) const;
  [[nodiscard]] std::string_view own(const syntax::php::Node& node) const;
  [[nodiscard]] std::string_view parent(const syntax::php::Node& node) const;

  const Unit& unit_;
  std::vector<Class> classes_;                            // by their beginnings
  std::unordered_map<std::uint32_t, const Type*> types_;  // likewise
};

// $this->f(), self::f(), static::f() inside of the class, and [$this, 'f'] as a callback.
[[nodiscard]] bool is_own(const Unit& unit, const syntax::php::Node& call,
                          const syntax::php::Node& of_class);

}  // namespace stackaudit::stack::php
