// What is to stand at the beginning of a file, and does not where another file loads it.
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"

namespace stackaudit::stack::php {

using namespace syntax::php;

// "#!/usr/bin/env php" is passed over in the script that is run; in one that another loads it is
// output, and declare() and namespace come too late.
std::optional<text::Diagnostic> late_beginning(const Corpus& corpus, const Unit& unit) {
  if (!unit.text.starts_with("#!") || unit.loaders == 0 || !unit.reached || unit.inactive ||
      unit.reached->run != nullptr || !corpus.applications[unit.application].served)
    return std::nullopt;
  const auto& ast = unit.parsed.ast;
  const auto html = ast[ast.root].first;
  const auto next = html == 0 ? 0 : ast[html].next;
  if (next == 0 || ast[html].kind != NodeKind::html) return std::nullopt;
  const bool space = ast[next].kind == NodeKind::namespace_;
  const bool strict =
      ast[next].kind == NodeKind::declare &&
      lower(Corpus::slice(unit, ast[next])).find("strict_types") != std::string::npos;
  if (!space && !strict) return std::nullopt;
  text::Diagnostic problem;
  problem.span = {unit.file, ast[next].begin, ast[next].end};
  problem.message = space ? "Namespace declaration statement has to be the very first statement "
                            "or after any declare call in the script"
                          : "strict_types declaration must be the very first statement in the "
                            "script";
  problem.help = "move what others load to a file without the line #!";
  return problem;
}

}  // namespace stackaudit::stack::php
