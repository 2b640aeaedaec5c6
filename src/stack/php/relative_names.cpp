// Relative names: "./a.php" begins where the script did, or where chdir() went; "a.php" is looked
// for along the include_path and beside the file that asks.
#include "stack/php/lookups.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

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
  if (!found) return unknown_target(text);
  if (searched.complete || is_name_known(corpus, include, text.value)) return *found;
  return unknown_target(text);
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

// Where the programs around the file begin, each with an index.php that may load it by names that
// are not known.
std::set<std::string> starts_above(const Corpus& corpus, const Unit& unit) {
  std::set<std::string> found;
  const auto& root = corpus.applications[unit.application].root;
  for (auto at = unit.directory; at.size() > root.size();) {
    at = tree::dirname(at);
    if (corpus.find(tree::join(at, "index.php")) != nullptr) found.insert(at);
  }
  return found;
}

// Those, and where it lies.
std::vector<std::string> starts_of_tool(const Corpus& corpus, const Include& include) {
  auto own = starts_above(corpus, *include.unit);
  own.insert(include.unit->directory);
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

// Whether some file of the unit's directory finds a name from there that it would not find from
// elsewhere.
bool starts_beside(const Corpus& corpus, const Unit& unit) {
  const auto names_found = [&](const Unit& other) {
    const auto& ast = other.parsed.ast;
    return std::ranges::any_of(other.symbols.includes, [&](const auto& each) {
      const auto operand = ast[each.id].first;
      if (ast[operand].kind != NodeKind::string) return false;
      const auto name = unquote(Corpus::slice(other, ast[operand]));
      return name.starts_with('.') &&
             look_up(corpus, tree::join(unit.directory, name)).state == "found";
    });
  };
  return std::ranges::any_of(corpus.units, [&](const Unit& other) {
    return other.directory == unit.directory && names_found(other);
  });
}

// Whether the application loads files by names that variables make, be it where the walk ended
// before it, as at a front controller whose settings are not there yet.
bool loads_by_variables(const Corpus& corpus, std::size_t application) {
  return std::ranges::any_of(corpus.units, [&](const Unit& unit) {
    return unit.application == application &&
           std::ranges::any_of(unit.symbols.includes, [&](const auto& each) {
             const auto words = Corpus::slice(unit, unit.parsed.ast[each.id]);
             return words.find('$') != std::string_view::npos;
           });
  });
}

// A page that lies below a front controller, or what such a page loads, written for the front
// controller's directory as all that is beside the page.
bool is_page_of_front(const Corpus& corpus, const Include& include, const Text& text) {
  const auto& unit = *include.unit;
  const auto* page = unit.loaders == 0 || !unit.reached ? &unit : corpus.find(unit.reached->entry);
  if (include.working_directory || text.value.starts_with("../") || page == nullptr) return false;
  const auto fronts = starts_above(corpus, *page);
  return std::ranges::any_of(fronts,
                             [&](const std::string& front) {
                               return look_up(corpus, tree::join(front, text.value)).state ==
                                      "found";
                             }) &&
         !starts_beside(corpus, *page) && loads_by_variables(corpus, unit.application);
}

}  // namespace

bool is_settled(const Value& to) {
  return !to.is_array && std::ranges::all_of(to.texts, [](const Text& text) {
    return text.known() && !text.unsure && !text.value.empty();
  });
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
    if (rank(best->state) == 0) return *best;
  }
  if (best && rank(best->state) < 3) return *best;
  if (best && best->state != "missing" && searched.complete) return *best;
  auto target = not_found(corpus, include, text, searched);
  if (target.state == "missing" && target.doubt.empty() &&
      (is_found_from_another(corpus, include, text) || is_page_of_front(corpus, include, text)))
    target.doubt = "whoever loads this file may be where it is found";
  if (target.state == "missing" && target.doubt.empty() &&
      is_requested_itself(corpus, include, text))
    target.doubt = "a request for this file itself finds it";
  return target;
}

}  // namespace stackaudit::stack::php
