// What a program lacks before it is installed.
#pragma once

#include "stack/php/resolve.hpp"

#include <string>

namespace stackaudit::stack::php {

// Why a missing file of a checkout, which no server serves and no job runs, is no fault yet, as a
// text that begins with "not installed": Git leaves it out, or it is copied from the sample beside
// it, or is of the program that the checkout is a plugin of, or the code names it where it is to be
// installed. Empty where nothing says so.
[[nodiscard]] std::string made_at_installation(const Corpus& corpus, const Unit& unit,
                                               const Target& missing);

// Whether the file of a checkout is filled in, or completed, where it is copied to.
[[nodiscard]] bool is_copied_first(const Corpus& corpus, const Unit& unit);

// Whether the file is itself the sample: nothing of it runs where it lies.
[[nodiscard]] bool is_only_a_sample(const Corpus& corpus, const Unit& unit);

}  // namespace stackaudit::stack::php
