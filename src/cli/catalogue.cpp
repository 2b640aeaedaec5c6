// Rules: loading, listing, explaining.
#include "report/catalogue.hpp"

#include "cli/cli.hpp"
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/host_file.hpp"
#include "cli/output.hpp"
#include "rules/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>

namespace stackaudit::cli {
namespace {

bool add_folder(const std::string& folder, std::vector<rules::RuleSource>& sources,
                std::ostream& err) {
  auto more = rules_in(folder);
  if (!more) {
    err << complaint("--rules " + folder + ": " + tree::errno_words(more.error()));
    return false;
  }
  if (more->empty()) {
    err << complaint("--rules " + folder + ": no rule file (*.toml) in it");
    return false;
  }
  sources.insert(sources.end(), more->begin(), more->end());
  return true;
}

std::vector<std::string_view> known_names(const rules::Catalogue& catalogue, bool classes) {
  std::vector<std::string_view> names;
  for (const auto& rule : catalogue.rules) names.emplace_back(rule.id);
  if (classes)
    names.insert(names.end(), rules::rule_classes().begin(), rules::rule_classes().end());
  return names;
}

}  // namespace

std::optional<rules::Catalogue> load_catalogue(const Options& options, std::ostream& err) {
  auto sources = rules::embedded_rules();
  for (auto& source : sources) source.proven = true;
  for (const auto& folder : options.rule_folders)
    if (!add_folder(folder, sources, err)) return std::nullopt;
  text::SourceMap texts;
  auto loaded = rules::load_rules(std::move(sources), rules::embedded_incidents(), texts);
  if (print_problems(err, texts, loaded.problems)) return std::nullopt;
  const auto unknown = rules::unknown_names({options.select, options.ignore}, loaded.catalogue);
  const auto known = known_names(loaded.catalogue, true);
  for (const auto& name : unknown)
    err << complaint("no rule and no class is called " + name, did_you_mean(name, known));
  if (!unknown.empty()) return std::nullopt;
  return std::move(loaded.catalogue);
}

bool is_selected(const rules::Rule& rule, const Options& options) {
  const auto named = [&](const std::vector<std::string>& names) {
    return std::ranges::find(names, rule.id) != names.end() ||
           std::ranges::find(names, rule.rule_class) != names.end();
  };
  return (options.select.empty() || named(options.select)) && !named(options.ignore);
}

int list_rules(const Options& options, std::ostream& out, std::ostream& err) {
  const auto catalogue = load_catalogue(options, err);
  if (!catalogue) return kTrouble;
  std::vector<const rules::Rule*> rules;
  for (const auto& rule : catalogue->rules)
    if (is_selected(rule, options)) rules.push_back(&rule);
  const auto text =
      options.format == Format::json ? report::rules_as_json(rules) : report::rules_as_text(rules);
  return deliver(options, text, out, err) ? kClean : kTrouble;
}

int explain(const Options& options, std::ostream& out, std::ostream& err) {
  const auto catalogue = load_catalogue(options, err);
  if (!catalogue) return kTrouble;
  const auto* rule = catalogue->find(options.argument);
  if (rule == nullptr) {
    err << complaint("no rule is called " + options.argument,
                     did_you_mean(options.argument, known_names(*catalogue, false)));
    return kTrouble;
  }
  const auto page = report::rule_page(*rule, *catalogue, options.cases);
  return deliver(options, page, out, err) ? kClean : kTrouble;
}

}  // namespace stackaudit::cli
