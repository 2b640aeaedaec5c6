// Includes that run whenever the file around them does, and the files that requests certainly run.
#pragma once

#include "stack/php/evaluate.hpp"
#include "stack/php/graph.hpp"

#include <map>
#include <set>
#include <vector>

namespace stackaudit::stack::php {

// One for all that ask: the code of a file is walked once.
class CertainIncludes {
 public:
  explicit CertainIncludes(const Evaluator& evaluator) : evaluator_(evaluator) {}

  // Whether no condition stands around the include, and no call that ends the script before it.
  [[nodiscard]] bool holds(const Unit& unit, syntax::php::NodeId include);
  [[nodiscard]] bool holds(const Include& include) { return holds(*include.unit, include.id); }
  [[nodiscard]] const Corpus& corpus() const { return evaluator_.corpus(); }

 private:
  [[nodiscard]] bool is_behind_end(const Unit& unit, syntax::php::NodeId include) const;

  const Evaluator& evaluator_;
  UnitMap<std::vector<syntax::php::NodeId>> of_unit_;
};

// Whether a request may be for the file itself: none loads it, and it does more than to load and to
// declare. Of WordPress's files none.
[[nodiscard]] bool is_page(const Unit& unit);

// The file that an include loads each time; nullptr: none, or it may be another.
[[nodiscard]] const Unit* only_target(const Corpus& corpus, const Link& link);

// The files, and what they load whenever they run, and so on, in the order in which it is met.
[[nodiscard]] std::vector<const Unit*> with_certainly_loaded(CertainIncludes& certain,
                                                             const LinksOf& links,
                                                             std::vector<const Unit*> files);

// The files, and those that load one of them whenever they run, and so on.
[[nodiscard]] UnitSet with_certain_loaders(CertainIncludes& certain, const std::vector<Link>& links,
                                           const UnitSet& files);

// The entry points, and all that is loaded whenever one of them runs; of WordPress Front tells.
[[nodiscard]] UnitSet certainly_run(CertainIncludes& certain, const std::vector<Link>& links);

}  // namespace stackaudit::stack::php
