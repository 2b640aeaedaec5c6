// Names of files to paths, as PHP looks them up.
#include "stack/php/resolve.hpp"

#include "stack/php/lookups.hpp"
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

// Where the file's name is not known, but the directory it would be in is not there.
Target in_directory(const Corpus& corpus, const Text& text) {
  auto target = unknown_target(text);
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
  if (!end && target.path != path && (end.error == ENOENT || end.error == ENOTDIR)) {
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

Target unknown_target(const Text& text) {
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
  if (include.value.is_array) return {unknown_target(Value::unknown().texts[0])};
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
