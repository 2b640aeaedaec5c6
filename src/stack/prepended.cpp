// PHP opens the file of auto_prepend_file as require does: without it every script ends with 500.
#include "stack/prepended.hpp"

#include "syntax/ini/ini.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

void read_user_ini(Survey& survey, const DocumentRoot& root) {
  const auto pool = std::ranges::find(survey.pools, root.php, &Pool::listen);
  if (pool == survey.pools.end()) return;
  const auto path = tree::join(root.path, ".user.ini");
  if (survey.state_of(path, "file") != "found") return;
  const auto file = survey.load(path, "reference");
  if (!file) return;
  namespace ini = syntax::ini;
  const auto document = ini::parse(survey.sources.content(*file), *file, ini::Dialect::php);
  for (const auto& section : document.sections)
    for (const auto& entry : section.entries)
      if (!entry.dynamic)
        add_prepended(survey, entry.key.value, entry.value.value, survey.place(entry.value.span),
                      pool->worker);
}

}  // namespace

void add_prepended(Survey& survey, std::string_view name, std::string_view value,
                   facts::Place place, const Actor& actor) {
  if (name != "auto_prepend_file" && name != "auto_append_file") return;
  if (!value.starts_with('/')) return;
  if (actor.process != "php" && survey.state_of(tree::normalize(value), "file") == "found")
    survey.open(actor, {tree::Operation::read, tree::normalize(value), place, "php", "request",
                        "HTTP 500", true});
  facts::Reference row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.service = "php";
  row.kind = name;
  row.as_written = value;
  row.resolved = tree::normalize(value);
  row.state = survey.state_of(row.resolved, "file");
  row.wanted = "file";
  row.call = "openat";
  row.process = actor.process;
  row.user = actor.who.name;
  row.effect = "HTTP 500";
  if (row.state == "missing") row.nearest = survey.nearest_path(row.resolved);
  row.replacement = row.nearest;
  survey.facts.add(std::move(row));
}

void read_prepended(Survey& survey) {
  const Actor nobody{"php", "php", {}};
  const auto& child = survey.apache_child ? *survey.apache_child : nobody;
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (row.service != "apache" || (row.name != "php_value" && row.name != "php_admin_value"))
      continue;
    const auto blank = row.args.find(' ');
    if (blank == std::string::npos) continue;
    facts::Place place = row;
    add_prepended(survey, std::string_view(row.args).substr(0, blank),
                  std::string_view(row.args).substr(blank + 1), std::move(place), child);
  }
  for (const auto& root : survey.document_roots) read_user_ini(survey, root);
}

}  // namespace stackaudit::stack
