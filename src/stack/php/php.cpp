// The order of reading PHP: who runs what, which files there are, what they load, what follows.
#include "stack/php/php.hpp"

#include "stack/php/certain_includes.hpp"
#include "stack/php/follow.hpp"
#include "stack/php/load_order.hpp"
#include "stack/php/misnamed.hpp"
#include "stack/php/never_loaded.hpp"
#include "stack/php/not_loaded.hpp"
#include "stack/php/rows.hpp"
#include "stack/php/settings.hpp"
#include "stack/php/wordpress.hpp"
#include "stack/phpfpm/phpfpm.hpp"
#include "stack/pools/pools.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace stackaudit::stack {
namespace {

using namespace php;

// Directories whose parts are applications that have nothing to do with each other.
constexpr std::array<std::string_view, 7> kOfMany{"/usr/share",       "/usr/lib", "/usr/local",
                                                  "/usr/local/share", "/var/www", "/var/lib",
                                                  "/opt/local"};

// "/etc/php/8.2/fpm" is 802; 0 where the path does not tell.
int version_in(std::string_view path) {
  constexpr std::string_view kFolder = "/etc/php/";
  if (!path.starts_with(kFolder)) return 0;
  path.remove_prefix(kFolder.size());
  int major = 0, minor = 0;
  const auto* last = path.data() + path.size();
  const auto first = std::from_chars(path.data(), last, major);
  if (first.ec != std::errc{} || first.ptr == last || *first.ptr != '.') return 0;
  const auto second = std::from_chars(first.ptr + 1, last, minor);
  return second.ec == std::errc{} ? major * 100 + minor : 0;
}

void add_actor(const Survey& survey, const std::string& php, Application& application) {
  const Actor* actor = nullptr;
  int version = 0;
  if (php == "mod_php") {
    const auto directory = module_directory(survey);
    if (survey.apache_child) actor = &*survey.apache_child;
    version = version_in(directory);
    application.sapis.emplace_back("apache2");
    add_settings(survey, nullptr, directory, application);
  }
  for (const auto& pool : survey.pools) {
    if (actor != nullptr || !serves(survey, pool, php)) continue;
    actor = &pool.worker;
    version = version_in(pool.ini_directory);
    application.sapis.emplace_back("fpm");
    add_settings(survey, &pool, pool.ini_directory, application);
  }
  if (application.version == 0) application.version = version;
  const auto same = [&](const Actor& known) {
    return known.process == actor->process && known.who.name == actor->who.name;
  };
  if (actor != nullptr && std::ranges::none_of(application.actors, same))
    application.actors.push_back(*actor);
}

Application& application_at(Corpus& corpus, const std::string& root, const facts::Place& place) {
  for (auto& known : corpus.applications)
    if (known.root == root && !known.named_file) return known;
  auto& fresh = corpus.applications.emplace_back();
  fresh.root = root;
  fresh.place = place;
  return fresh;
}

void add_applications(Corpus& corpus, const std::vector<Entry>& entries) {
  auto& survey = corpus.survey();
  for (const auto& root : survey.document_roots) {
    if (root.php.empty() || root.path == "/") continue;
    auto& application = application_at(corpus, root.path, root.place);
    application.served = true;
    application.sites.push_back(root.site);
    add_actor(survey, root.php, application);
  }
  for (const auto& entry : entries) {
    if (entry.kind != "php" && entry.kind != "wordpress") continue;
    const auto end = tree::resolve(survey.tree, entry.path);
    if (!end) continue;
    const bool is_file = end.stat.type != tree::FileType::directory;
    const std::string root(is_file ? tree::dirname(end.path) : std::string_view(end.path));
    if (std::ranges::any_of(corpus.applications, [&](const Application& known) {
          return tree::is_within(end.path, known.root) && !known.named_file;
        }))
      continue;
    if (!is_file || entry.kind == "wordpress") {
      application_at(corpus, root, Survey::whole_file(end.path));
      continue;
    }
    auto& application = corpus.applications.emplace_back();
    application.root = root;
    application.place = Survey::whole_file(end.path);
    application.named_file = true;
    application.entry = end.path;
  }
}

// Whether a directory between the two, the upper one included, is an installation of WordPress.
bool is_of_wordpress(const Survey& survey, const std::string& inner, const std::string& outer) {
  for (auto directory = tree::dirname(inner); tree::is_within(directory, outer);
       directory = tree::dirname(directory)) {
    if (survey.state_of(tree::join(directory, "wp-load.php"), "file") == "found") return true;
    if (directory == "/") break;
  }
  return false;
}

// A site that serves wp-content alone, for its pictures, makes no application of it: the code there
// is run by the installation around it.
void drop_parts_of_wordpress(Corpus& corpus) {
  const auto all = corpus.applications;
  std::erase_if(corpus.applications, [&](const Application& each) {
    return !each.named_file && std::ranges::any_of(all, [&](const Application& outer) {
      return !outer.named_file && outer.root.size() < each.root.size() && overlap(each, outer) &&
             is_of_wordpress(corpus.survey(), each.root, outer.root);
    });
  });
}

// The application whose files a command's script belongs to: that of the directories around it, or
// beside it ("/srv/shop/bin" of "/srv/shop/public"); nullptr: none.
Application* application_of(Corpus& corpus, const std::string& script) {
  Application* found = nullptr;
  for (auto& known : corpus.applications) {
    const auto beside = tree::dirname(known.root);
    const bool near =
        tree::is_within(script, known.root) ||
        (std::ranges::count(beside, '/') > 1 &&
         std::ranges::find(kOfMany, beside) == kOfMany.end() && tree::is_within(script, beside));
    if (near && !known.named_file && (found == nullptr || known.root.size() > found->root.size()))
      found = &known;
  }
  return found;
}

// What cron, units and supervisord run; only where servers are looked at.
void add_scripts(Corpus& corpus) {
  auto& survey = corpus.survey();
  if (survey.facts.rows<facts::Service>().empty()) return;
  corpus.runs = script_runs(survey);
  add_missing_scripts(survey, corpus.runs);
  std::erase_if(corpus.runs, [](const ScriptRun& run) { return run.canonical.empty(); });
  for (const auto& run : corpus.runs) {
    const bool known = std::ranges::any_of(corpus.applications, [&](const Application& each) {
      return each.named_file && each.entry == run.canonical;
    });
    if (known || application_of(corpus, run.canonical) != nullptr) continue;
    const auto directory = command_directory(survey, run.program);
    if (!directory.empty() && !survey.php_ini.contains(directory))
      read_php_ini(survey, "cli", directory, {"php", run.program, tree::root_principal()});
    auto& application = corpus.applications.emplace_back();
    application.root = tree::dirname(run.canonical);
    application.place = run.place;
    application.named_file = true;
    application.entry = run.canonical;
    application.command = true;
    application.version = version_in(directory);
    application.sapis.emplace_back("cli");
    add_command_settings(survey, directory, application);
  }
}

// Inner applications first: a file belongs to the innermost.
void load_applications(Corpus& corpus) {
  std::ranges::stable_sort(corpus.applications, std::ranges::greater{},
                           [](const Application& a) { return a.root.size(); });
  std::vector<std::vector<std::string>> files;
  std::vector<std::string> all;
  for (const auto& application : corpus.applications) {
    if (application.named_file)
      files.push_back({application.entry});
    else
      files.push_back(php_files_below(corpus.survey(), application.root));
    all.insert(all.end(), files.back().begin(), files.back().end());
  }
  corpus.wordpress_roots = wordpress_roots(all);
  for (std::size_t i = 0; i < files.size(); ++i) corpus.load(std::move(files[i]), i);
  for (const auto& run : corpus.runs)
    if (const auto* own = application_of(corpus, run.canonical); own != nullptr)
      corpus.load({run.canonical}, static_cast<std::size_t>(own - corpus.applications.data()));
  for (const auto& root : corpus.wordpress_roots) {
    const auto config =
        tree::resolve(corpus.survey().tree, wordpress_config(corpus.survey(), root));
    for (std::size_t i = 0; config && i < corpus.applications.size(); ++i)
      if (tree::is_within(root, corpus.applications[i].root)) {
        corpus.load({config.path}, i);
        if (auto* unit = corpus.find(config.path); unit != nullptr && unit->wordpress.empty())
          unit->wordpress = root;
        break;
      }
  }
}

}  // namespace

void read_php(Survey& survey, const std::vector<Entry>& entries) {
  Corpus corpus(survey);
  add_applications(corpus, entries);
  drop_parts_of_wordpress(corpus);
  add_scripts(corpus);
  if (corpus.applications.empty()) return;
  corpus.names = php_names();
  add_parameters(survey, corpus.applications);
  load_applications(corpus);
  load_prepended(corpus);
  auto followed = follow(corpus);
  mark_undefined(corpus, followed.definitions, followed.links);
  const Evaluator evaluator(corpus, followed.definitions);
  CertainIncludes certain(evaluator);
  const auto ended = with_certain_loaders(certain, followed.links, followed.ends);
  for (auto& unit : corpus.units) unit.cut_short = ended.contains(&unit);
  add_references(corpus, followed.links);
  add_guards(corpus, followed.links);
  add_redeclared(certain, followed.links);
  add_load_order(certain, followed.definitions, followed.links);
  add_problems(corpus);
  const auto closed = closed_applications(certain, followed.definitions, followed.links);
  const auto run = certainly_run(certain, followed.links);
  add_not_loaded(certain, followed.definitions, followed.links);
  add_never_loaded(corpus, followed.definitions, followed.links);
  followed.links = {};  // of many sites they are much to hold
  add_composer_maps(corpus, evaluator);
  add_composer_classes(corpus, followed.definitions);
  add_access(corpus);
  add_undefined(corpus, followed.definitions, closed);
  add_declared_before(corpus, closed, run);
  add_imported_functions(corpus, closed);
  add_drop_ins(corpus);
  add_members(corpus, closed);
  add_undefined_variables(corpus);
  add_few_arguments(corpus);
  add_contracts(corpus);
  add_platform(corpus);
  add_operands(certain);
  add_templates(corpus, evaluator);
  add_blocks(corpus, evaluator);
  add_constant_order(corpus, followed.definitions);
  add_writes(corpus, Evaluator(corpus, followed.definitions, &followed.callers));
  add_reads(corpus, evaluator);
  add_constants(corpus, followed.definitions, evaluator);
  add_wordpress(corpus, followed.definitions, evaluator);
}

}  // namespace stackaudit::stack
