// Classes that an application leaves to its own autoloader.
#pragma once

#include "stack/php/evaluate.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

// The last words of what is given to spl_autoload_register in the unit's application, in lower
// case: names of functions and methods, "" for a closure.
[[nodiscard]] std::vector<std::string> autoloaders(const Corpus& corpus,
                                                   const Definitions& definitions,
                                                   const Unit& unit);

// The names, each a use of its own, of the classes that code of the unit's application makes or
// asks, that no file of the application declares and that are not PHP's or an extension's. Unknown
// where there are none.
[[nodiscard]] Value classes_to_load(const Corpus& corpus, const Unit& unit);

}  // namespace stackaudit::stack::php
