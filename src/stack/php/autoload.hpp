// Classes that an application leaves to its own autoloader.
#pragma once

#include "stack/php/evaluate.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

// The last words of what is given to spl_autoload_register in the unit's application, in lower
// case: names of functions and methods, "" for a closure.
[[nodiscard]] std::vector<std::string> autoloaders(const Evaluator& evaluator, const Unit& unit);

struct ClassUse {
  std::string name;            // whole, without a slash in front
  syntax::php::NodeId id = 0;  // the name
  bool certain = false;        // an object is made whenever the file runs
};
// The classes that code makes or asks by their names.
[[nodiscard]] std::vector<ClassUse> class_uses(const syntax::php::Ast& ast, std::string_view text);

// The names, each a use of its own, of the classes that code of the unit's application makes or
// asks, that no file of the application declares and that are not PHP's or an extension's. Unknown
// where there are none.
[[nodiscard]] Value classes_to_load(const Corpus& corpus, const Unit& unit);

// Likewise of the code in the directories around the unit, for one of several autoloaders, and with
// the names of classes that are declared in files of other names.
[[nodiscard]] Value classes_to_probe(const Corpus& corpus, const Unit& unit);

// Likewise with all classes that are declared, whose files an autoloader finds.
[[nodiscard]] Value classes_to_follow(const Corpus& corpus, const Unit& unit);

}  // namespace stackaudit::stack::php
