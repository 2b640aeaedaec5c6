// The rows that PHP applications give: references, opens, problems, constants.
#pragma once

#include "stack/php/certain_includes.hpp"
#include "stack/php/front.hpp"
#include "stack/php/graph.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stackaudit::stack::php {

void add_references(const Corpus& corpus, const std::vector<Link>& links);

// The files of the applications by their last name.
using ByName = std::unordered_multimap<std::string_view, const Unit*>;
// Of a name whose directory is known only at run time, but whose end is written: the file that was
// probably meant, where no file of the application ends so. Empty for all else. ends.cpp
[[nodiscard]] std::string nearest_end(const ByName& files, const Include& include,
                                      const Target& target);
// Whether the include needs a library that no directory has which was seen: 'Zend/Loader.php'.
[[nodiscard]] bool lacks_library(const ByName& files, const Include& include, const Target& target);
// What the maps of a Composer autoloader name and that is not there.
void add_composer_maps(const Corpus& corpus, const Evaluator& evaluator);
// Classes that are used, and for which the directories of vendor/composer/autoload_psr4.php have no
// file. composer_classes.cpp
void add_composer_classes(const Corpus& corpus, const Definitions& definitions);

void add_access(const Corpus& corpus);
void add_problems(const Corpus& corpus);
// declare() or namespace behind the line "#!" of a script that another file loads.
// late_beginnings.cpp
[[nodiscard]] std::optional<text::Diagnostic> late_beginning(const Corpus& corpus,
                                                             const Unit& unit);
// Of which all code was seen that may declare functions, or classes. closed.cpp
struct Closed {
  bool functions = false, classes = false;
  std::set<std::size_t> lenders;  // applications of which this one loads files
  Front front;
};
// By the number of the application. After add_problems().
[[nodiscard]] std::vector<Closed> closed_applications(CertainIncludes& certain,
                                                      const Definitions& definitions,
                                                      const std::vector<Link>& links);
// The paths of the files that do not parse. After add_problems().
[[nodiscard]] std::set<std::string_view> broken_files(const Corpus& corpus);
// A problem of the code "undefined" at the name: an error where the line certainly runs.
void tell_undefined(const Corpus& corpus, const text::Span& name, bool certain, std::string said,
                    std::string help);
// Functions, classes and constants that are used and nowhere declared, as problems of the code
// "undefined". undefined.cpp
void add_undefined(const Corpus& corpus, const Definitions& definitions,
                   const std::vector<Closed>& closed);
// Functions and classes that PHP itself has, or WordPress by then, as problems of the code
// "redeclared". run: the files that requests certainly run. declared_before.cpp
void add_declared_before(const Corpus& corpus, const std::vector<Closed>& closed,
                         const UnitSet& run);
// Whether a file is of WordPress itself or of a library, which choose among what is there by means
// of their own. undefined.cpp
[[nodiscard]] bool is_library(const Unit& unit);
// Functions that "use function" imports from a namespace which does not have them, likewise
// "undefined". imported_functions.cpp
void add_imported_functions(const Corpus& corpus, const std::vector<Closed>& closed);
// Functions that a drop-in of WordPress lacks, likewise. drop_ins.cpp
void add_drop_ins(const Corpus& corpus);
// Methods that take less than those of a parent in another file, or want more, and parents that are
// no classes, as problems of the code "parse". contracts.cpp
void add_contracts(const Corpus& corpus);
// Methods and constants that the classes they are asked of do not have, likewise "undefined".
// members.cpp
void add_members(const Corpus& corpus, const std::vector<Closed>& closed);
// Variables in the names of includes that nothing in the function sets, likewise.
// undefined_variables.cpp
void add_undefined_variables(const Corpus& corpus);
// Calls of functions with too few arguments, likewise. few_arguments.cpp
void add_few_arguments(const Corpus& corpus);
// What Composer's platform check ends requests for, of the code "platform". platform.cpp
void add_platform(const Corpus& corpus);
// Includes of which the operator in front of the name takes another operand, likewise "undefined".
// operands.cpp
void add_operands(CertainIncludes& certain);
// Constants that a file uses before it defines them ("undefined"), or defines twice
// ("constant-twice"). constants.cpp
void add_constant_order(const Corpus& corpus, const Definitions& definitions);
// Functions and classes that two files declare which are loaded by one request, as problems of the
// code "redeclared". redeclared.cpp
void add_redeclared(CertainIncludes& certain, const std::vector<Link>& links);
// Includes behind a question for another file, as problems of the code "guard-differs". guards.cpp
void add_guards(const Corpus& corpus, const std::vector<Link>& links);
// Templates that themes ask WordPress for, in `reference`. templates.cpp
void add_templates(const Corpus& corpus, const Evaluator& evaluator);
// The files of blocks that plugins and themes register. blocks.cpp
void add_blocks(const Corpus& corpus, const Evaluator& evaluator);
// What PHP writes under names that the code tells, in `access`. writes.cpp
void add_writes(const Corpus& corpus, const Evaluator& evaluator);
// What PHP reads under names that the code tells, in `reference`. reads.cpp
void add_reads(const Corpus& corpus, const Evaluator& evaluator);
void add_constants(const Corpus& corpus, const Definitions& definitions,
                   const Evaluator& evaluator);

}  // namespace stackaudit::stack::php
