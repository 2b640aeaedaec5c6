// The prefix of WordPress's tables: a variable that wp-config.php sets among its constants.
#include "stack/php/wordpress.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

using namespace syntax::php;

void add_prefix(const Corpus& corpus, const Definitions& definitions, const Evaluator& evaluator,
                const std::string& config, const std::string& root) {
  auto& survey = corpus.survey();
  for (const auto& definition : definitions.of("$table_prefix")) {
    if (definition.unit->path != config) continue;
    const auto& unit = *definition.unit;
    const auto& node = unit.parsed.ast[definition.value];
    facts::PhpConstant row;
    static_cast<facts::Place&>(row) = survey.place({unit.file, node.begin, node.end});
    row.application = root;
    row.name = "$table_prefix";
    Scope scope;
    scope.unit = &unit;
    scope.outermost = true;
    const auto value = evaluator.value(scope, definition.value);
    if (value.single() != nullptr) row.value = *value.single();
    survey.facts.add(std::move(row));
  }
}

// Without it every table is looked for under a name that none has: WordPress takes itself for not
// installed. Where other files are loaded, or variables made, one of them may set it.
void check_prefix(const Corpus& corpus, const std::string& config) {
  constexpr std::string_view kName = "$table_prefix";
  const auto* unit = corpus.find(config);
  if (unit == nullptr || !unit->parsed.problems.empty()) return;
  const auto& nodes = unit->parsed.ast.nodes;
  const bool settings = unit->text.find("wp-settings.php") != std::string_view::npos &&
                        unit->text.find("DB_NAME") != std::string_view::npos;
  const bool set = std::ranges::any_of(nodes, [&](const Node& node) {
    if (node.kind != NodeKind::variable) return false;
    const auto name = Corpus::slice(*unit, node);
    return name == kName || name == "$GLOBALS" || name.starts_with("$$") || name.starts_with("${");
  });
  if (!loads_wordpress_alone(*unit) || !settings || set ||
      unit->text.find("extract") != std::string_view::npos)
    return;
  auto& survey = corpus.survey();
  survey.add_problem(place_of_word(survey, *unit, kName),
                     {.service = "wordpress",
                      .language = "php",
                      .code = "prefix-unset",
                      .severity = "error",
                      .message = "nothing sets $table_prefix",
                      .help = "$table_prefix = 'wp_'; or what the names of the tables begin with"});
}

}  // namespace stackaudit::stack::php
