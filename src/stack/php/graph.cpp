// Reachability: a walk in breadth over the links.
#include "stack/php/graph.hpp"

#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>

namespace stackaudit::stack::php {
namespace {

struct Edge {
  const Link* link = nullptr;
  std::string path;
  bool guessed = false;  // a part of the name is not known
};

// The files that a name with unknown parts may stand for.
void add_matches(const Corpus& corpus, const Link& link, const Target& target,
                 std::vector<Edge>& edges) {
  const auto& application = corpus.applications[link.include.unit->application];
  const bool own =
      tree::is_within(target.directory, application.root) ||
      tree::is_within(target.directory, tree::dirname(tree::dirname(link.include.unit->path)));
  if (target.directory.empty() || target.directory == "/" || !own) return;
  const auto names = tree::list_directory(corpus.survey().tree, target.directory);
  if (!names) return;
  for (const auto& name : *names) {
    const bool fits = name.size() >= target.prefix.size() + target.suffix.size() &&
                      name.starts_with(target.prefix) && name.ends_with(target.suffix) &&
                      name.ends_with(".php");
    if (!fits) continue;
    const auto end = tree::resolve(corpus.survey().tree, tree::join(target.directory, name));
    if (end && end.stat.type == tree::FileType::regular) edges.push_back({&link, end.path, true});
  }
}

// What WordPress loads from wp-content where settings or failures want it, and nobody asks for.
constexpr auto kDropIns = std::to_array<std::string_view>(
    {"advanced-cache.php", "blog-deleted.php", "blog-inactive.php", "blog-suspended.php",
     "db-error.php", "fatal-error-handler.php", "install.php", "maintenance.php", "php-error.php",
     "sunrise.php"});

// Of these, what only a network of sites has.
constexpr auto kOfNetwork = std::to_array<std::string_view>(
    {"blog-deleted.php", "blog-inactive.php", "blog-suspended.php", "sunrise.php"});

// Whether core asks in vain whether the site is one of a network.
bool is_for_network(const Corpus& corpus, const Link& link, const std::string& path) {
  if (!link.include.alternative || link.include.unit->wordpress.empty()) return false;
  const auto* to = corpus.find(path);
  constexpr std::string_view kContent = "/wp-content/";
  return to != nullptr && to->inside_wordpress().starts_with(kContent) &&
         text::is_one_of(to->inside_wordpress().substr(kContent.size()), kOfNetwork);
}

UnitMap<std::vector<Edge>> edges_of(const Corpus& corpus, const std::vector<Link>& links) {
  UnitMap<std::vector<Edge>> edges;
  for (const auto& link : links)
    for (const auto& target : link.targets) {
      auto& from = edges[link.include.unit];
      if (target.state == "found" && !is_for_network(corpus, link, target.canonical))
        from.push_back({&link, target.canonical});
      if (target.state == "dynamic") add_matches(corpus, link, target, from);
    }
  return edges;
}

// Below wp-content: what WordPress itself looks for by name or header.
bool is_wordpress_entry(const Unit& unit) {
  const auto rest = unit.inside_wordpress();
  constexpr std::string_view kContent = "/wp-content/";
  if (!rest.starts_with(kContent)) return !is_aside(unit.path, unit.wordpress);
  const auto inside = rest.substr(kContent.size());
  const auto depth = std::ranges::count(inside, '/');
  if (inside.starts_with("mu-plugins/")) return depth == 1;
  if (inside.starts_with("plugins/")) return unit.plugin && depth <= 2;
  if (inside.starts_with("themes/"))
    return depth >= 2 && unit.loaders == 0 && !is_aside(unit.path, unit.wordpress);
  return depth == 0 && !text::is_one_of(inside, kDropIns);
}

bool is_entry(const Corpus& corpus, const Unit& unit) {
  const auto& application = corpus.applications[unit.application];
  if (application.named_file) return !application.command && unit.path == application.entry;
  if (!unit.wordpress.empty()) return is_wordpress_entry(unit);
  if (!tree::is_within(unit.path, application.root) || is_aside(unit.path, application.root))
    return false;
  const auto name = tree::basename(unit.path);
  if (unit.directory == application.root || name == "index.php") return true;
  return unit.loaders == 0 && !unit.declares_only;
}

// Files that do nothing where a constant is not defined, and the directory around them where the
// script that defines it starts.
UnitMap<std::string> guarded_files(const Corpus& corpus, const Definitions& definitions) {
  UnitMap<std::string> found;
  const auto take = [&](const Unit& file, const std::string& directory) {
    if (!tree::is_within(file.path, directory)) return;
    auto& start = found[&file];
    if (directory.size() > start.size()) start = directory;
  };
  for (const auto& guard : definitions.of("@guard")) {
    const auto& file = *guard.unit;
    const auto constant = syntax::php::unquote(Corpus::slice(file, file.parsed.ast[guard.name]));
    for (const auto& definition : definitions.of(constant)) {
      const auto& definer = *definition.unit;
      if (&definer == &file || definer.application != file.application) continue;
      if (is_entry(corpus, definer))
        take(file, definer.directory);
      else
        for (const auto& start : definer.starts) take(file, start);
    }
  }
  std::erase_if(found, [](const auto& each) { return each.second.empty(); });
  return found;
}

// What cron, a unit or supervisord runs loads files that requests load as well, perhaps as somebody
// else: those that it is sure to require.
void follow_commands(Corpus& corpus, const UnitMap<std::vector<Edge>>& edges) {
  for (auto& unit : corpus.units) unit.commands.clear();
  for (const auto& run : corpus.runs) {
    UnitSet seen;
    std::deque<const Unit*> waiting{corpus.find(run.canonical)};
    while (!waiting.empty()) {
      const auto list = edges.find(waiting.front());
      waiting.pop_front();
      if (list == edges.end()) continue;
      for (const auto& edge : list->second) {
        const auto& include = edge.link->include;
        auto* to = corpus.find(edge.path);
        const bool sure = edge.link->targets.size() == 1 && include.required() && !include.by_class;
        if (to == nullptr || !sure || !seen.insert(to).second) continue;
        if (to->reached && to->reached->run == nullptr) to->commands.push_back(&run);
        waiting.push_back(to);
      }
    }
  }
}

}  // namespace

LinksOf links_of_units(const std::vector<Link>& links) {
  LinksOf all;
  for (const auto& link : links) all[link.include.unit].push_back(&link);
  return all;
}

std::vector<NewFile> reach(Corpus& corpus, const Definitions& definitions,
                           const std::vector<Link>& links) {
  const auto edges = edges_of(corpus, links);
  std::map<std::string, const Link*> unknown;  // and the last link that leads there
  for (auto& unit : corpus.units) unit.loaders = unit.loaders_by_name = 0;
  for (const auto& [from, list] : edges)
    for (const auto& edge : list)
      if (auto* to = corpus.find(edge.path); to == nullptr) {
        unknown[edge.path] = std::max(unknown[edge.path], edge.link, std::less<>{});
      } else if (to != from) {
        ++to->loaders;
        if (!edge.guessed) ++to->loaders_by_name;
      }

  std::deque<Unit*> waiting;
  const auto guarded = guarded_files(corpus, definitions);
  for (auto& unit : corpus.units) {
    unit.reached.reset();
    const auto& application = corpus.applications[unit.application];
    const bool prepended = application.prepended.contains(unit.path);
    if (!prepended && !is_entry(corpus, unit)) continue;
    unit.reached = Reached{unit.path, application.place, true, nullptr};
    const auto definer = guarded.find(&unit);
    const auto& start = prepended                  ? application.root
                        : definer == guarded.end() ? unit.directory
                                                   : definer->second;
    if (unit.starts.size() < kMostStarts) unit.starts.insert(start);
    waiting.push_back(&unit);
  }
  for (const auto& run : corpus.runs) {
    auto* unit = corpus.find(run.canonical);
    if (unit == nullptr || (unit->reached && unit->reached->run == nullptr)) continue;
    if (!unit->reached) waiting.push_back(unit);
    unit->reached = Reached{unit->path, run.place, true, &run};
    if (!run.directory.empty()) unit->starts.insert(run.directory);
  }
  while (!waiting.empty()) {
    auto& from = *waiting.front();
    waiting.pop_front();
    const auto list = edges.find(&from);
    if (list == edges.end()) continue;
    for (const auto& edge : list->second) {
      auto* to = corpus.find(edge.path);
      if (to == nullptr || to == &from) continue;
      const auto before = to->starts.size();
      const auto& where = edge.link->include.working_directory;
      for (const auto& start : where ? moved(from.starts, *where) : from.starts)
        if (to->starts.size() < kMostStarts) to->starts.insert(start);
      const bool again = to->starts.size() != before;
      if (to->reached && !again) continue;
      if (!to->reached) {
        const auto& include = edge.link->include;
        const auto& node = include.unit->parsed.ast[include.id];
        to->reached = Reached{
            from.reached->entry,
            include.by_class ? Survey::whole_file(include.unit->path)
                             : corpus.survey().place({include.unit->file, node.begin, node.end}),
            include.required(), from.reached->run};
      }
      waiting.push_back(to);
    }
  }
  follow_commands(corpus, edges);
  std::vector<NewFile> files;
  for (const auto& [path, link] : unknown) files.push_back({path, link->include.unit->application});
  return files;
}

}  // namespace stackaudit::stack::php
