// Everything in the corpus that gives a name a value: constants, class constants, properties,
// variables of the outermost scope, functions that return something. Where it stands is recorded;
// evaluate.hpp finds out what it is worth.
#pragma once

#include "stack/php/corpus.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

struct Definition {
  const Unit* unit = nullptr;
  syntax::php::NodeId value = 0;  // the expression; of a function: its node
  syntax::php::NodeId name = 0;   // the words that are defined
  bool fallback = false;          // only where nobody defined it before: if (!defined('A'))
  bool inside = false;            // it stands in a function
};

class Definitions {
 public:
  // Keys: "NAME" constants, "Class::NAME", "->property", "$variable", "name()" functions and
  // methods, in lower case.
  void add(const Corpus& corpus, const Unit& unit);
  [[nodiscard]] const std::vector<Definition>& of(const std::string& key) const;
  [[nodiscard]] const std::map<std::string, std::vector<Definition>>& all() const { return all_; }

 private:
  void add_calls(const Corpus& corpus, const Unit& unit);
  void add_class(const Corpus& corpus, const Unit& unit, syntax::php::NodeId id);
  void add_top_level(const Corpus& corpus, const Unit& unit, syntax::php::NodeId block, int depth);

  std::map<std::string, std::vector<Definition>> all_;
};

// Among several definitions those that concern this file: the same installation, else the same
// application, else all.
[[nodiscard]] std::vector<Definition> concerning(const std::vector<Definition>& definitions,
                                                 const Unit& unit);

// The last part of a name: X of \A\B\X.
[[nodiscard]] std::string_view base_name(std::string_view name);
[[nodiscard]] std::string lower(std::string_view text);

}  // namespace stackaudit::stack::php
