// The steps between an include's words and its target.
#pragma once

#include "stack/php/resolve.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

// A path, as the kernel resolves it, else as PHP does where a directory before ".." is missing.
[[nodiscard]] Target look_up(const Corpus& corpus, const std::string& path);

// What a value with unknown parts leads to: nothing is known but how the names begin and end.
[[nodiscard]] Target unknown_target(const Text& text);

// The lower the better: found, unseen, dynamic, missing.
[[nodiscard]] int rank(const std::string& state);

// Whether chdir() leads to places that are all known.
[[nodiscard]] bool is_settled(const Value& to);

// A relative name, in the directories where PHP looks for it. relative_names.cpp
[[nodiscard]] Target resolve_relative(const Corpus& corpus, const Definitions& definitions,
                                      const std::vector<IncludePath>& paths, const Include& include,
                                      const Text& text);

}  // namespace stackaudit::stack::php
