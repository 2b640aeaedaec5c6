// What a program lacks before it is installed.
#pragma once

#include "stack/php/corpus.hpp"

#include <string>

namespace stackaudit::stack::php {

// Why a missing file of a checkout, which no server serves, is no fault yet: Composer makes it, or
// it is copied from the sample beside it. Empty where nothing says so.
[[nodiscard]] std::string made_at_installation(const Corpus& corpus, const Unit& unit,
                                               const std::string& missing);

}  // namespace stackaudit::stack::php
