// Where an include leads: the path that PHP would open, whether it is there, and what was probably
// meant where it is not.
#pragma once

#include "stack/php/walk.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

struct Target {
  std::string path;       // absolute, normalized: the name that is looked for
  std::string canonical;  // of the file, where it is found
  std::string state;      // as facts::Reference::state
  Text text;              // the value that led here
  bool doubtful = false;  // missing where it was looked for, which may not be everywhere
  // For state dynamic: the directory that is known, and how the file names begin and end.
  std::string directory, prefix, suffix;
};

// One target for each file that the include loads: more than one in a loop over names. Streams
// (php://, phar://, http://, data:) give none.
[[nodiscard]] std::vector<Target> targets_of(const Corpus& corpus, const Definitions& definitions,
                                             const Include& include);

struct Mend {
  text::Span span;          // the literal that holds the wrong words; none: the expression
  std::string nearest;      // existing path that was probably meant
  std::string replacement;  // for the span
};

// For a target that is missing.
[[nodiscard]] Mend mend(const Corpus& corpus, const Include& include, const Target& target);

// Whether the code around names the file elsewhere, too: it may make it before it loads it.
[[nodiscard]] bool named_elsewhere(const Corpus& corpus, const Include& include,
                                   const Target& target);

// Whether the program is complete without the file: it lies in a directory of tests that is not
// there at all, or only a function that nothing names would load it.
[[nodiscard]] bool may_be_left_out(const Corpus& corpus, const Include& include,
                                   const Target& target);

}  // namespace stackaudit::stack::php
