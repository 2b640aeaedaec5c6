// From the model to facts.
#include "stack/php/rows.hpp"

#include "stack/in_parallel.hpp"
#include "stack/php/misnamed.hpp"
#include "stack/php/not_installed.hpp"
#include "stack/php/wordpress.hpp"
#include "stack/placeholders.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// What an include that fails costs.
constexpr const char* kLost = "a warning, and what the file brings is missing";

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
    if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
  }
  return out;
}

bool is_broken(const std::string& state) {
  return state == "missing" || state == "dangling" || state == "wrong-type";
}

// Whether one slip makes the path of the other: letters of the file's name, its directory. What is
// in doubt is told only then; where the doubt is only in which directories it is looked for
// (`anywhere`), any directory may be the slip.
bool is_slip(const Survey& survey, std::string_view path, std::string_view meant, bool anywhere) {
  constexpr std::size_t kMostLetters = 2;
  const auto directory = tree::dirname(path), other = tree::dirname(meant);
  const auto name = tree::basename(path), near = tree::basename(meant);
  if (directory == other) return text::edit_distance(name, near, kMostLetters) <= kMostLetters;
  if (name != near) return false;
  if (anywhere || survey.state_of(directory, "directory") == "found") return true;
  return tree::dirname(directory) == tree::dirname(other) || tree::dirname(directory) == other;
}

// Whether the file that was probably meant is the one that will be loaded all the same: a name is
// found in another directory of those that are not known, or another name takes its place.
bool is_explained(const Link& link, const Target& target, const std::string& meant) {
  if (target.doubt.empty() || meant.empty()) return false;
  if (!target.base.empty() && meant.ends_with("/" + target.text.value)) return true;
  return std::ranges::any_of(link.targets, [&](const Target& other) {
    return other.state == "found" && (other.path == meant || other.canonical == meant);
  });
}

// Where a name of the include_path was looked for, the directory of its first part, if it is there:
// the library is installed, and has no such file.
std::string package_of(const Survey& survey, const Target& target) {
  const auto slash = target.text.value.find('/');
  if (target.base.empty() || slash == std::string::npos || target.text.value[0] == '.') return {};
  auto directory = tree::join(target.base, target.text.value.substr(0, slash));
  return survey.state_of(directory, "directory") == "found" ? directory : std::string{};
}

facts::Reference reference(const Corpus& corpus, const Link& link, const Target& target) {
  const auto& include = link.include;
  const auto& unit = *include.unit;
  const auto& survey = corpus.survey();
  const auto& ast = unit.parsed.ast;
  const auto& operand = ast[ast[include.id].first];
  facts::Reference row;
  row.service = "php";
  row.kind = include.autoload && is_broken(target.state) && !target.is_directory ? "autoload"
             : include.required()                                                ? "require"
                                                                                 : "include";
  row.as_written = one_line(corpus.slice(unit, operand));
  row.resolved = target.path;
  row.state = target.state;
  row.required = include.required() && !include.caught;
  const bool tolerated = !row.required && !include.fatal && (include.silenced || include.handled);
  row.guarded = tolerated || include.alternative;
  row.wanted = target.is_directory ? "directory" : "file";
  row.call = "openat";
  row.reached_from = unit.reached ? unit.reached->entry : "";
  row.effect = row.required ? "HTTP 500" : include.fatal ? "the script ends there" : kLost;
  const auto& application = corpus.applications[unit.application];
  if (!application.actors.empty()) {
    row.process = application.actors[0].process;
    row.user = application.actors[0].who.name;
  } else {
    row.process = "php";
  }
  if (const auto* run = unit.reached ? unit.reached->run : nullptr; run != nullptr) {
    row.process = run->program;
    row.user = run->user;
    if (row.required) row.effect = run->effect;
  }
  if (target.state == "found" && unit.text.find("is_") != std::string_view::npos)
    row.guarded = row.guarded || is_asked_before(include);
  auto span = text::Span{unit.file, operand.begin, operand.end};
  if (is_broken(target.state)) {
    const auto mended = mend(corpus, include, target);
    span = mended.span;
    row.nearest = mended.nearest;
    row.replacement = mended.replacement;
    if (!tolerated) row.doubt = doubt_about(corpus, include, target);
    row.guarded = tolerated || !row.doubt.empty();
    if (row.kind == "autoload")
      if (auto file = misnamed(survey, target.path, include.loading); !file.empty()) {
        row.nearest = std::move(file);
        row.replacement.clear();
        row.doubt.clear();
        row.guarded = false;
      }
    const bool anywhere = !tolerated && !include.alternative;
    const bool itself = row.nearest == unit.path;
    if (row.guarded &&
        (itself || is_asked_before(include) || is_explained(link, target, row.nearest) ||
         !is_slip(survey, target.path, row.nearest, anywhere))) {
      row.nearest.clear();
      row.replacement.clear();
      if (!tolerated && !include.alternative) row.nearest = package_of(survey, target);
    }
  }
  static_cast<facts::Place&>(row) = survey.place(span);
  return row;
}

// What wp-config-sample.php has in the place of a secret.
constexpr std::string_view kSampleSecret = "put your unique phrase here";

bool is_secret(std::string_view name) {
  return name.ends_with("_KEY") || name.ends_with("_SALT") ||
         name.find("PASSWORD") != std::string_view::npos ||
         name.find("SECRET") != std::string_view::npos ||
         name.find("TOKEN") != std::string_view::npos;
}

// What the written end of an otherwise unknown name tells.
void add_end(const ByName& files, const Include& include, const Target& target,
             facts::Reference& row) {
  if (target.state != "dynamic") return;
  const bool tolerated = !row.required && (include.silenced || include.handled);
  row.nearest = nearest_end(files, include, target);
  if (!row.nearest.empty() && !tolerated) row.doubt = "its directory is known only at run time";
  if (lacks_library(files, include, target)) row.doubt = "no directory that was seen has it";
}

}  // namespace

void add_references(const Corpus& corpus, const std::vector<Link>& links) {
  ByName files;
  for (const auto& unit : corpus.units) files.emplace(tree::basename(unit.path), &unit);
  auto& survey = corpus.survey();
  constexpr std::size_t kAtOnce = 512;
  std::vector<std::vector<facts::Reference>> rows(std::min(kAtOnce, links.size()));
  const auto make_rows = [&](std::size_t first) {
    in_parallel(first, std::min(first + kAtOnce, links.size()), 64, [&](std::size_t i) {
      auto& of_link = rows[i - first];
      of_link.clear();
      for (const auto& target : links[i].targets) {
        of_link.push_back(reference(corpus, links[i], target));
        add_end(files, links[i].include, target, of_link.back());
      }
    });
  };
  auto& known = survey.facts.rows<facts::Reference>();
  known.reserve(
      std::accumulate(links.begin(), links.end(), known.size(),
                      [](auto sum, const Link& link) { return sum + link.targets.size(); }));
  std::vector<std::size_t> all(corpus.applications.size()), dynamic(corpus.applications.size());
  for (std::size_t i = 0; i < links.size(); ++i) {
    if (i % kAtOnce == 0) make_rows(i);
    const auto application = links[i].include.unit->application;
    for (auto& row : rows[i % kAtOnce]) {
      ++all[application];
      dynamic[application] += row.state == "dynamic" ? 1U : 0U;
      survey.facts.add(std::move(row));
    }
  }
  for (std::size_t i = 0; i < all.size(); ++i)
    if (dynamic[i] > 0)
      survey.blind(Survey::whole_file(corpus.applications[i].root), "reference",
                   std::to_string(dynamic[i]) + " of " + std::to_string(all[i]) + " includes",
                   "their names are known only at run time");
}

namespace {

// Debian's own wp-config.php has no secrets: it loads /etc/wordpress/config-HOST.php.
bool has_password(const tree::Tree& tree, const std::string& path) {
  const auto text = tree::read_file(tree, path);
  return !text || text->find("DB_PASSWORD") != std::string::npos;
}

void command_opens(Survey& survey, const ScriptRun& run, const Open& use) {
  const auto* user = survey.accounts.user(run.user);
  if (user == nullptr || user->uid == 0) return;
  survey.open({"php", run.program, survey.accounts.become(*user)}, use);
}

}  // namespace

void add_access(const Corpus& corpus) {
  auto& survey = corpus.survey();
  for (const auto& unit : corpus.units) {
    if (!unit.reached) continue;
    const auto& application = corpus.applications[unit.application];
    const bool is_config = tree::basename(unit.path) == "wp-config.php" &&
                           std::ranges::any_of(corpus.wordpress_roots,
                                               [&](const auto& root) {
                                                 return unit.directory == root ||
                                                        unit.directory == tree::dirname(root);
                                               }) &&
                           has_password(survey.tree, unit.path);
    survey.note_file(unit.path, "php", is_config ? "secret" : "php");
    if (const auto* run = unit.reached->run; run != nullptr) {
      command_opens(survey, *run,
                    {tree::Operation::read, unit.path, unit.reached->place, "php", "request",
                     unit.reached->by_require ? run->effect : kLost});
      continue;
    }
    for (const auto* run : unit.commands)  // a branch may keep it from that
      command_opens(
          survey, *run,
          {tree::Operation::read, unit.path, run->place, "php", "request", run->effect, false});
    const bool is_front = unit.reached->entry == unit.path;
    const bool spared = unit.inactive || (is_front && is_closable(unit));
    for (const auto& actor : application.actors) {
      const auto* effect = is_front ? "HTTP 403" : unit.reached->by_require ? "HTTP 500" : kLost;
      survey.open(actor, {tree::Operation::read, unit.path, unit.reached->place, "php", "request",
                          effect, !spared});
    }
  }
}

// class <module_name>Dashlet, in a file that nothing loads by name. No tag of HTML has such a name.
bool is_placeholder(std::string_view line) {
  const auto found = placeholder_in(line);
  return found && found->data() == line.data() && found->starts_with('<') &&
         found->find('_') != std::string_view::npos;
}

// Whether PHP stumbles over a statement of a template language: "$port = {{ port }};" in a
// checkout.
bool stumbles_over_template(const Corpus& corpus, const Unit& unit,
                            const std::vector<text::Diagnostic>& problems) {
  const auto& application = corpus.applications[unit.application];
  const auto at = std::min<std::size_t>(problems.front().span.begin, unit.text.size());
  const auto line_from = [&](std::size_t begin) {
    return unit.text.substr(begin, unit.text.find('\n', begin) - begin);
  };
  if (unit.loaders_by_name == 0 && is_placeholder(line_from(at))) return true;
  if (application.served || application.command) return false;
  return is_template(line_from(unit.text.substr(0, at).rfind('\n') + 1));  // 0 for none
}

// What no request reaches, or not where it lies, is in doubt, not wrong. PHP stops at the first
// word that it did not expect, and what it would make of the next ones is a guess.
void add_problems(const Corpus& corpus) {
  for (const auto& unit : corpus.units) {
    auto problems = unit.parsed.problems;
    if (auto late = late_beginning(corpus, unit)) problems.push_back(*std::move(late));
    if (problems.empty()) continue;
    // Tests keep files that are to be refused, and stubs are for tools.
    if (!unit.reached && is_test(unit.path, corpus.applications[unit.application].root)) continue;
    if (stumbles_over_template(corpus, unit, problems)) {
      corpus.survey().blind(Survey::whole_file(unit.path), "reference", unit.path,
                            "a template, which is filled in before PHP reads it: not read");
      continue;
    }
    // "; <?php exit; /*" begins settings in the format of php.ini: PHP is but to refuse them.
    const bool settings = unit.text.starts_with(";<?") || unit.text.starts_with("; <?");
    bool stopped = false;
    std::erase_if(problems, [&](const auto& problem) {
      if (settings && problem.message == "Unterminated comment") return true;
      const bool unexpected = problem.message.starts_with("syntax error, unexpected");
      return unexpected && std::exchange(stopped, true);
    });
    for (auto& problem : problems)
      if (!unit.reached || unit.inactive || is_copied_first(corpus, unit))
        problem.severity = std::min(problem.severity, text::Severity::warning);
    corpus.survey().add_problems(problems, "php", "php");
  }
}

void add_constants(const Corpus& corpus, const Definitions& definitions,
                   const Evaluator& evaluator) {
  auto& survey = corpus.survey();
  for (const auto& [key, list] : definitions.constants()) {
    for (const auto& definition : *list) {
      const auto& unit = *definition.unit;
      const auto& node = unit.parsed.ast[definition.name];
      facts::PhpConstant row;
      static_cast<facts::Place&>(row) = survey.place({unit.file, node.begin, node.end});
      row.application =
          unit.wordpress.empty() ? corpus.applications[unit.application].root : unit.wordpress;
      row.name = key;
      Scope scope;
      scope.unit = &unit;
      scope.outermost = !definition.inside;
      const auto value = evaluator.value(scope, definition.value);
      const bool sample = value.single() != nullptr && *value.single() == kSampleSecret;
      if (value.single() != nullptr && (sample || !is_secret(key))) row.value = *value.single();
      survey.facts.add(std::move(row));
    }
  }
}

}  // namespace stackaudit::stack::php
