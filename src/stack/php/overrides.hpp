// Members that subclasses have anew: static:: and $this-> mean those of the object's class.
#pragma once

#include "stack/php/definitions.hpp"

#include <vector>

namespace stackaudit::stack::php {

// Of the definitions those in classes of other files that are built on one of the unit's.
[[nodiscard]] std::vector<Definition> overriding(const Definitions& all,
                                                 const std::vector<Definition>& definitions,
                                                 const Unit& unit);

// Whether no object is of the class around the words: it is abstract, or a trait.
[[nodiscard]] bool is_of_unmade(const Definition& definition);

}  // namespace stackaudit::stack::php
