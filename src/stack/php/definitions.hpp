// Everything in the corpus that gives a name a value: constants, class constants, properties,
// variables of the outermost scope, functions that return something. Where it stands is recorded;
// evaluate.hpp finds out what it is worth.
#pragma once

#include "stack/php/corpus.hpp"
#include "text/hash.hpp"
#include "text/suggest.hpp"

#include <array>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

struct Definition {
  const Unit* unit = nullptr;
  syntax::php::NodeId value = 0;  // the expression; of a function: its node
  syntax::php::NodeId name = 0;   // the words that are defined
  bool fallback = false;          // only where nobody defined it before: if (!defined('A'))
  bool inside = false;            // it stands in a function
  bool conditional = false;       // of a constant: it stands in a branch
};

// The key of $this->{$name} = value.
constexpr std::string_view kAnyProperty = "->{}";

class Definitions {
 public:
  using Named = std::pair<std::string, Definition>;

  Definitions() = default;
  // Of all units, in their order.
  explicit Definitions(const Corpus& corpus) { extend(corpus); }
  [[nodiscard]] static std::size_t hash_of(std::string_view key) {
    return std::hash<std::string_view>{}(key);
  }
  // Those of the units that the corpus has got since; collected in parallel. The hashes of the keys
  // that have more than before; none the first time.
  std::unordered_set<std::size_t> extend(const Corpus& corpus);

  // Keys: "NAME" constants, "Class::NAME", "->property", "$variable", "name()" functions and
  // methods and "@class name" classes, in lower case; "@guard" the name of the constant without
  // which a file does nothing;
  // "@type NAME" where WordPress is told of a type of contents.
  [[nodiscard]] const std::vector<Definition>& of(std::string_view key) const;
  // The constants that are no class's, by name.
  [[nodiscard]] std::vector<std::pair<std::string_view, const std::vector<Definition>*>> constants()
      const;
  // The first declaration of the class in the application of `near`; nullptr where there is none.
  [[nodiscard]] const Type* type(std::string_view name, const Unit& near) const;
  // The calls of functions, methods and constructors in the nth unit of the corpus.
  [[nodiscard]] const std::vector<syntax::php::NodeId>& calls(std::size_t unit) const {
    return calls_[unit];
  }

 private:
  using Shard = text::HashMap<std::vector<Definition>>;
  static constexpr std::size_t kShards = 16;

  std::array<Shard, kShards> shards_;
  std::vector<std::vector<syntax::php::NodeId>> calls_;
  text::HashMap<std::vector<std::pair<const Unit*, const Type*>>> types_;  // by name
};

// Whether code asks for the directory of the entry point, or some constant is defined by an entry
// point that is not on the way of those who define it where it is missing: only once it is known
// which entry points load a file, concerning() tells.
[[nodiscard]] bool starts_matter(const Definitions& definitions);

// Among several definitions those that concern this file: the same installation, else the same
// application, else all. `part`: of a property's name first those of the same plugin, theme or
// library alone, as of others the objects are not the same; where there are none, one that has no
// namesakes.
[[nodiscard]] std::vector<Definition> concerning(const std::vector<Definition>& definitions,
                                                 const Unit& unit, bool part = false);

// The last part of a name: X of \A\B\X.
[[nodiscard]] std::string_view base_name(std::string_view name);
using text::lower;

}  // namespace stackaudit::stack::php
