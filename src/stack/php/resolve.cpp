// Names of files to paths, as PHP looks them up.
#include "stack/php/resolve.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr const char* kAnotherName = "another name may take its place";

// Whichever of the names it is, none of them is there.
bool leads_nowhere(const std::vector<Target>& targets) {
  return std::ranges::all_of(targets, [](const Target& target) {
    return (target.state == "missing" || target.state == "dangling") && !target.text.open &&
           (target.doubt.empty() || target.doubt == kAnotherName);
  });
}

bool is_stream(std::string_view name) {
  const auto scheme = name.find("://");
  if (name.starts_with("data:")) return true;
  return scheme != std::string_view::npos && scheme > 1 && scheme < 16 &&
         name.find('/') == scheme + 1;
}

// What allow_url_include, off unless somebody turned it on, keeps from being loaded.
bool is_url(std::string_view name) {
  return name.starts_with("http://") || name.starts_with("https://") || name.starts_with("ftp://");
}

Target refused(const Text& text) {
  Target target;
  target.state = "missing";
  target.text = text;
  for (const char c : text.value)
    target.path += c == kHole ? std::string("...") : std::string(1, c);
  return target;
}

// Whether the file loads it whenever it runs, by a name that is written there.
bool is_plain(const Include& include) {
  const auto& nodes = include.unit->parsed.ast.nodes;
  const auto& self = nodes[include.id];
  const auto operand = Corpus::slice(*include.unit, nodes[self.first]);
  return !include.inside && !operand.starts_with('$') &&
         std::ranges::none_of(nodes, [&](const Node& node) {
           const bool around = node.begin < self.begin && self.end <= node.end;
           return around && (node.kind == NodeKind::if_ || node.kind == NodeKind::ternary ||
                             node.kind == NodeKind::switch_ || node.kind == NodeKind::binary ||
                             node.kind == NodeKind::match);
         });
}

// The archive of phar:///opt/shop/tools.phar/autoload.php, where it is not there. What a condition
// leads to may be a plugin that is not installed.
std::optional<Target> lost_archive(const Corpus& corpus, const Include& include, const Text& text) {
  constexpr std::string_view kScheme = "phar://", kEnd = ".phar";
  if (!text.known() || !text.value.starts_with("phar:///") || !is_plain(include))
    return std::nullopt;
  const auto path = std::string_view(text.value).substr(kScheme.size());
  const auto end = path.find(std::string(kEnd) + "/");
  if (end == std::string_view::npos) return std::nullopt;
  const auto archive = tree::normalize(path.substr(0, end + kEnd.size()));
  const auto state = corpus.survey().state_of(archive, "file");
  if (state != "missing" && state != "dangling") return std::nullopt;
  auto target = refused(text);
  target.state = state;
  target.path = archive;
  if (text.unsure) target.doubt = kAnotherName;
  return target;
}

bool is_bare(std::string_view name) {
  return !name.starts_with('/') && !name.starts_with("./") && !name.starts_with("../");
}

// The directories that a relative name is tried in.
struct Search {
  std::vector<std::string> directories;
  bool complete = true;  // there are no others
};

// Entries of the include_path that are relative themselves start where the script did.
void add_include_path(const IncludePath& path, const Unit& unit, Search& result) {
  for (const auto& directory : path.directories) {
    if (directory.starts_with('/')) {
      result.directories.push_back(directory);
      continue;
    }
    for (const auto& start : unit.starts)
      result.directories.push_back(tree::join(start, directory));
  }
}

bool is_settled(const Value& to) {
  return !to.is_array && std::ranges::all_of(to.texts, [](const Text& text) {
    return text.known() && !text.unsure && !text.value.empty();
  });
}

bool is_relative(const Value& to) {
  return std::ranges::any_of(to.texts,
                             [](const Text& text) { return !text.value.starts_with('/'); });
}

// Whether it is the first that an entry point loads, and nothing in the file moves before.
bool comes_first(const Include& include) {
  const auto& unit = *include.unit;
  const auto& nodes = unit.parsed.ast.nodes;
  return !include.inside && unit.loaders == 0 && unit.reached && unit.reached->entry == unit.path &&
         unit.text.find("chdir") == std::string_view::npos &&
         std::ranges::none_of(nodes, [&](const Node& node) {
           return node.kind == NodeKind::include && node.end <= nodes[include.id].begin;
         });
}

Search search(const Corpus& corpus, const Definitions& definitions,
              const std::vector<IncludePath>& paths, const Include& include,
              std::string_view name) {
  const auto& unit = *include.unit;
  Search result;
  auto& directories = result.directories;
  const bool moves = std::ranges::any_of(definitions.of("@chdir"), [&](const Definition& d) {
    return d.unit->application == unit.application;
  });
  // A function may be called before and after.
  const bool moved_elsewhere =
      include.inside ? moves : paths[unit.application].moves && !comes_first(include);
  if (include.working_directory) {
    const auto found = moved(unit.starts, *include.working_directory);
    directories.assign(found.begin(), found.end());
    result.complete = !found.empty() && is_settled(*include.working_directory) &&
                      (!is_relative(*include.working_directory) || !moved_elsewhere);
  } else {
    result.complete = !moved_elsewhere && !unit.starts.empty();
    directories.assign(unit.starts.begin(), unit.starts.end());
  }
  // Whoever loads another file goes on where its chdir() went.
  for (const auto& [by, directory] : paths[unit.application].moved_to)
    if (by != &unit) directories.push_back(directory);
  if (!is_bare(name)) return result;
  // The settings of a server that was not seen may change the include_path, too.
  const auto& path = paths[unit.application];
  const auto& application = corpus.applications[unit.application];
  const auto* run = unit.reached ? unit.reached->run : corpus.run_of(unit.path);
  result.complete = result.complete && path.known &&
                    (application.served || application.settings_read) &&
                    (run == nullptr || !run->searches_elsewhere);
  add_include_path(path, unit, result);
  directories.push_back(unit.directory);
  return result;
}

// As the kernel resolves it, else as PHP does where a directory before ".." is missing.
Target look_up(const Corpus& corpus, const std::string& path) {
  Target target;
  const auto& survey = corpus.survey();
  target.path = tree::normalize(path);
  if (target.path == path && corpus.find(path) != nullptr) {
    target.canonical = path;
    target.state = "found";
    return target;
  }
  auto end = tree::resolve(survey.tree, path);
  if (!end && (end.error == ENOENT || end.error == ENOTDIR)) {
    const auto other = tree::resolve(survey.tree, target.path);
    if (other || !other.dangling.empty()) end = other;
  }
  if (end) {
    target.canonical = end.path;
    target.state = end.stat.type == tree::FileType::directory ? "wrong-type" : "found";
  } else if (tree::is_unseen(end.error)) {
    target.state = "unseen";
  } else {
    target.state = end.dangling.empty() ? "missing" : "dangling";
  }
  return target;
}

int rank(const std::string& state) {
  if (state == "found") return 0;
  if (state == "unseen") return 1;
  if (state == "dynamic") return 2;
  return 3;
}

Target dynamic(const Text& text) {
  Target target;
  target.state = "dynamic";
  target.text = text;
  const auto hole = text.value.find(kHole);
  if (hole == std::string::npos || !text.value.starts_with('/')) return target;
  const auto slash = text.value.rfind('/', hole);
  target.directory = tree::normalize(text.value.substr(0, slash + 1));
  target.prefix = text.value.substr(slash + 1, hole - slash - 1);
  target.suffix = text.value.substr(text.value.rfind(kHole) + 1);
  if (target.suffix.find('/') != std::string::npos) target.directory.clear();
  return target;
}

// Where the file's name is not known, but the directory it would be in is not there.
Target in_directory(const Corpus& corpus, const Text& text) {
  auto target = dynamic(text);
  const auto hole = text.value.find(kHole);
  if (hole == std::string::npos || !text.value.starts_with('/')) return target;
  const auto directory = tree::normalize(text.value.substr(0, text.value.rfind('/', hole) + 1));
  if (corpus.survey().state_of(directory, "directory") != "missing") return target;
  target.state = "missing";
  target.path = directory;
  target.is_directory = true;
  if (text.unsure) target.doubt = kAnotherName;
  return target;
}

// Whether a file of that name is somewhere in the application.
bool is_name_known(const Corpus& corpus, const Include& include, std::string_view path) {
  const auto name = tree::basename(path);
  return std::ranges::any_of(corpus.units, [&](const Unit& unit) {
    return unit.application == include.unit->application && tree::basename(unit.path) == name;
  });
}

// A relative name that was found in none of the directories: where it was probably looked for.
// A near name, a directory that is there, a file of that name elsewhere say that it is missing;
// where the directories are not all known and nothing says so, it is not known.
Target not_found(const Corpus& corpus, const Include& include, const Text& text,
                 const Search& searched) {
  const auto& survey = corpus.survey();
  const auto first = text.value.substr(0, text.value.find('/'));
  const bool nested = is_bare(text.value) && first.size() < text.value.size();
  std::optional<Target> found;
  for (const auto& directory : searched.directories) {
    auto target = look_up(corpus, tree::join(directory, text.value));
    target.base = directory;
    if (!searched.complete) target.doubt = "it may be looked for in other directories, too";
    if (!survey.nearest_path(target.path).empty() ||
        (nested && survey.state_of(tree::join(directory, first), "directory") == "found"))
      return target;
    if (!found) found = std::move(target);
  }
  if (!found) return dynamic(text);
  if (searched.complete || is_name_known(corpus, include, text.value)) return *found;
  return dynamic(text);
}

// A file that nothing was seen to load, but something must: it holds classes, its name is made of
// what another file defines, or it is of an extension with the directories of the program that it
// extends. Names in it are then looked for where that script is. Whether some script of the
// application stands so that it is found.
bool is_found_from_another(const Corpus& corpus, const Include& include, const Text& text) {
  const auto& unit = *include.unit;
  if (include.working_directory || unit.loaders > 0) return false;
  const bool loaded =
      !unit.classes.empty() || std::ranges::any_of(text.pieces, [&](const Piece& piece) {
        return piece.span.file != unit.file;
      });
  std::set<std::string_view> seen;
  return std::ranges::any_of(corpus.units, [&](const Unit& other) {
    return other.application == unit.application && seen.insert(other.directory).second &&
           (loaded || tree::basename(other.directory) == tree::basename(unit.directory)) &&
           look_up(corpus, tree::join(other.directory, text.value)).state == "found";
  });
}

// A name that is written out in a file which nothing leads to: a tool, which is started where it
// lies, if at all.
bool is_of_tool(const Include& include, const Text& text) {
  const auto& unit = *include.unit;
  return !is_bare(text.value) && unit.loaders == 0 && !unit.specimen && text.pieces.size() == 1 &&
         text.pieces[0].span.file == unit.file;
}

// Where it lies, and where the program around it begins, an index.php: that may load it by names
// that are not known.
std::vector<std::string> starts_of_tool(const Corpus& corpus, const Include& include) {
  const auto& unit = *include.unit;
  std::set<std::string> own{unit.directory};
  const auto& root = corpus.applications[unit.application].root;
  for (auto at = unit.directory; at.size() > root.size();) {
    at = tree::dirname(at);
    if (corpus.find(tree::join(at, "index.php")) != nullptr) own.insert(at);
  }
  const auto& to = include.working_directory;
  const auto found = to ? moved(own, *to) : own;
  return {found.rbegin(), found.rend()};
}

// Whether only names with unknown parts may lead to the file, as an autoloader's, and what it looks
// for is beside it: a page that is requested itself.
bool is_requested_itself(const Corpus& corpus, const Include& include, const Text& text) {
  const auto& unit = *include.unit;
  return unit.loaders > 0 && unit.loaders_by_name == 0 && unit.classes.empty() &&
         look_up(corpus, tree::join(unit.directory, text.value)).state == "found";
}

Target resolve_relative(const Corpus& corpus, const Definitions& definitions,
                        const std::vector<IncludePath>& paths, const Include& include,
                        const Text& text) {
  auto searched = search(corpus, definitions, paths, include, text.value);
  if (searched.directories.empty() && is_of_tool(include, text))
    searched.directories = starts_of_tool(corpus, include);
  std::optional<Target> best;
  for (const auto& directory : searched.directories) {
    auto next = look_up(corpus, tree::join(directory, text.value));
    if (!best || rank(next.state) < rank(best->state)) best = std::move(next);
  }
  if (best && rank(best->state) < 3) return *best;
  if (best && best->state != "missing" && searched.complete) return *best;
  auto target = not_found(corpus, include, text, searched);
  if (target.state == "missing" && target.doubt.empty() &&
      is_found_from_another(corpus, include, text))
    target.doubt = "whoever loads this file may be where it is found";
  if (target.state == "missing" && target.doubt.empty() &&
      is_requested_itself(corpus, include, text))
    target.doubt = "a request for this file itself finds it";
  return target;
}

Target resolve_text(const Corpus& corpus, const Definitions& definitions,
                    const std::vector<IncludePath>& paths, const Include& include,
                    const Text& text) {
  if (!text.known() || text.value.empty()) return in_directory(corpus, text);
  auto target = text.value.starts_with('/')
                    ? look_up(corpus, text.value)
                    : resolve_relative(corpus, definitions, paths, include, text);
  target.text = text;
  if (target.doubt.empty() && text.unsure) target.doubt = kAnotherName;
  return target;
}

}  // namespace

std::vector<IncludePath> include_paths(const Corpus& corpus,
                                       const std::vector<std::pair<const Unit*, Value>>& set) {
  std::vector<IncludePath> paths(corpus.applications.size());
  const auto add = [](IncludePath& path, std::string_view list) {
    while (!list.empty()) {
      const auto colon = std::min(list.find(':'), list.size());
      auto entry = std::string(list.substr(0, colon));
      list.remove_prefix(std::min(colon + 1, list.size()));
      if (entry.find(kHole) != std::string::npos)
        path.known = false;
      else if (!entry.empty() && entry != "." &&
               std::ranges::find(path.directories, entry) == path.directories.end())
        path.directories.push_back(std::move(entry));
    }
  };
  for (std::size_t i = 0; i < paths.size(); ++i) add(paths[i], corpus.applications[i].include_path);
  for (const auto& [unit, value] : set) {
    auto& path = paths[unit->application];
    path.known = path.known && !value.is_array;
    for (const auto& text : value.texts) add(path, text.value);
  }
  return paths;
}

void add_moves(const Evaluator& evaluator, std::vector<IncludePath>& paths) {
  for (const auto& each : evaluator.definitions().of("@chdir")) {
    Scope scope;
    scope.unit = each.unit;
    scope.outermost = true;
    auto& path = paths[each.unit->application];
    const auto to = evaluator.value(scope, each.value);
    path.moves = path.moves || each.inside || !is_settled(to);
    if (each.inside) continue;
    for (const auto& text : to.texts)
      if (text.known() && text.value.starts_with('/'))
        path.moved_to.emplace_back(each.unit, tree::normalize(text.value));
  }
}

std::set<std::string> moved(const std::set<std::string>& starts, const Value& to) {
  std::set<std::string> found;
  for (const auto& text : to.texts) {
    const bool absolute = text.known() && text.value.starts_with('/');
    if (absolute) found.insert(tree::normalize(text.value));
    for (const auto& start : starts) {
      if (!absolute && text.known()) found.insert(tree::normalize(tree::join(start, text.value)));
      if (!text.known() || text.unsure) found.insert(start);
    }
  }
  return found;
}

std::vector<Target> targets_of(const Corpus& corpus, const Definitions& definitions,
                               const std::vector<IncludePath>& paths, const Include& include) {
  if (include.value.is_array) return {dynamic(Value::unknown().texts[0])};
  std::map<std::uint32_t, Target> by_use;
  for (const auto& text : include.value.texts) {
    const auto& application = corpus.applications[include.unit->application];
    const bool url = is_url(text.value) && !application.loads_urls && application.served;
    const auto archive = lost_archive(corpus, include, text);
    if (is_stream(text.value) && !url && !archive) continue;
    auto target = archive ? *archive
                  : url   ? refused(text)
                          : resolve_text(corpus, definitions, paths, include, text);
    const auto it = by_use.find(text.use);
    if (it == by_use.end())
      by_use.emplace(text.use, std::move(target));
    else if (rank(target.state) < rank(it->second.state))
      it->second = std::move(target);
  }
  std::vector<Target> targets;
  for (auto& [use, target] : by_use) targets.push_back(std::move(target));
  if (targets.size() > 1 && leads_nowhere(targets))
    for (auto& target : targets) target.doubt.clear();
  return targets;
}

}  // namespace stackaudit::stack::php
