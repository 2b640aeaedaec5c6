// Where an include leads: the path that PHP would open, whether it is there, and what was probably
// meant where it is not.
#pragma once

#include "stack/php/walk.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

struct Target {
  std::string path;       // absolute, normalized: the name that is looked for
  std::string canonical;  // of the file, where it is found
  std::string state;      // as facts::Reference::state
  Text text;              // the value that led here
  std::string base;       // of a relative name that is missing: where it was probably looked for
  std::string doubt;      // missing where it was looked for: why that may be no fault
  bool is_directory = false;  // the file's name is not known, but its directory is not there
  // For state dynamic: the directory that is known, and how the file names begin and end.
  std::string directory, prefix, suffix;
};

// Where an application's code lets PHP look for names without a slash in front.
struct IncludePath {
  std::vector<std::string> directories;  // relative ones as they are written; not "."
  bool known = true;                     // there are no others
  bool moves = false;                    // some chdir() goes who knows where
  std::vector<std::pair<const Unit*, std::string>> moved_to{};  // where a file's chdir() goes
};

// For each application, by what its configuration and its files set.
[[nodiscard]] std::vector<IncludePath> include_paths(
    const Corpus& corpus, const std::vector<std::pair<const Unit*, Value>>& set);
// Where code outside of functions moves the working directory.
void add_moves(const Evaluator& evaluator, std::vector<IncludePath>& paths);
// The directories that chdir() may have led to, where the script began in one of `starts`.
[[nodiscard]] std::set<std::string> moved(const std::set<std::string>& starts, const Value& to);

// One target for each file that the include loads: more than one in a loop over names. Streams
// (php://, phar://, http://, data:) give none.
[[nodiscard]] std::vector<Target> targets_of(const Corpus& corpus, const Definitions& definitions,
                                             const std::vector<IncludePath>& paths,
                                             const Include& include);

struct Mend {
  text::Span span;          // the literal that holds the wrong words; none: the expression
  std::string nearest;      // existing path that was probably meant
  std::string replacement;  // for the span
};

// For a target that is missing.
[[nodiscard]] Mend mend(const Corpus& corpus, const Include& include, const Target& target);

// Whether the code before the include asks for the very file: "if (is_file('x.php')) include
// 'x.php'".
[[nodiscard]] bool is_asked_before(const Include& include);

// Whether the code around the include names the missing file, too, or hands what names it to
// whoever makes files. made_files.cpp
[[nodiscard]] bool is_made_by_code(const Corpus& corpus, const Include& include,
                                   const Target& target);

// What speaks against a missing file being a fault; empty where nothing does: it is only loaded
// under a condition that asks for alternatives, it may be found elsewhere, the code around may make
// it, the program is complete without it.
[[nodiscard]] std::string doubt_about(const Corpus& corpus, const Include& include,
                                      const Target& target);

// Whether neither PHP nor an extension nor any code here declares the class, its name in lower case
// without its namespace; code that makes up names may. no_other_way.cpp
[[nodiscard]] bool is_class_of_nobody(const Corpus& corpus, const std::string& name);

// Whether the one condition around it asks for a class that no other code here declares, nor an
// extension is known to: where the file that is named after the class is missing, so is the class.
[[nodiscard]] bool has_no_alternative(const Corpus& corpus, const Include& include,
                                      const Target& target);

// Whether the file lies in a directory that is not there, and code of the application asks whether
// something of that directory is. optional_parts.cpp
[[nodiscard]] bool is_of_optional_part(const Corpus& corpus, const Unit& unit,
                                       const Target& target);

}  // namespace stackaudit::stack::php
