// Walks a file as PHP would run it and lists its includes: what each names, and under which
// conditions it is reached. Branches that cannot be taken now are left out.
#pragma once

#include "stack/php/evaluate.hpp"

#include <optional>
#include <string>
#include <vector>

namespace stackaudit::stack::php {

struct Include {
  const Unit* unit = nullptr;
  syntax::php::NodeId id = 0;  // the include node
  syntax::php::Kind op = syntax::php::kEnd;
  Value value;
  bool silenced = false;                   // @ in front
  bool handled = false;                    // its result is tested
  bool fatal = false;                      // the script ends where it fails
  bool autoload = false;                   // it loads a class by its name
  std::string loading{};                   // the class that it is asked for
  bool probe = false;                      // likewise, but only a file that is misnamed is missed
  bool follows = false;                    // likewise, and what is missing tells of nothing
  bool listed = false;                     // a list of the autoloader's own names the class
  bool by_class = false;                   // no include: Composer finds the file of a class
  bool inside = false;                     // it stands in a function
  bool alternative = false;                // under a condition that asks for alternatives
  bool sole = false;                       // under one of them alone
  bool caught = false;                     // the Error of one that fails is caught around it
  std::optional<Value> working_directory;  // chdir() before it

  [[nodiscard]] bool required() const {
    return op == syntax::php::kRequire || op == syntax::php::kRequireOnce;
  }
};

struct Walk {
  std::vector<Include> includes;
  std::vector<Value> include_paths;  // that the file sets
  std::vector<Arguments> calls;      // of the functions that were asked for
  bool ends = false;                 // the script, whenever the file is loaded
};

// Where `sites` are given, the calls there are recorded, and only what leads to them is walked.
[[nodiscard]] Walk walk(const Evaluator& evaluator, const Unit& unit,
                        const CallSites* sites = nullptr);

}  // namespace stackaudit::stack::php
