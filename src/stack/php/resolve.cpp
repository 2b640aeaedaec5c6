// Names of files to paths, as PHP looks them up.
#include "stack/php/resolve.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

bool is_stream(std::string_view name) {
  const auto scheme = name.find("://");
  if (name.starts_with("data:")) return true;
  return scheme != std::string_view::npos && scheme > 1 && scheme < 16 &&
         name.find('/') == scheme + 1;
}

// The directories that a relative name is tried in; empty where they are not known.
std::vector<std::string> search(const Definitions& definitions, const Include& include,
                                std::string_view name) {
  const auto& unit = *include.unit;
  const auto changed = [&](const char* setting) {
    return std::ranges::any_of(definitions.of(setting), [&](const Definition& definition) {
      return definition.unit->application == unit.application;
    });
  };
  std::vector<std::string> directories;
  if (include.working_directory) {
    for (const auto& text : include.working_directory->texts) {
      if (!text.known() || !text.value.starts_with('/')) return {};
      directories.push_back(text.value);
    }
  } else {
    if (changed("@chdir") || unit.starts.empty()) return {};
    directories.assign(unit.starts.begin(), unit.starts.end());
  }
  if (name.starts_with("./") || name.starts_with("../")) return directories;
  if (changed("@include_path")) return {};
  directories.emplace_back(kIncludePath);
  directories.push_back(unit.directory);
  return directories;
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

bool is_bare(std::string_view name) {
  return !name.starts_with('/') && !name.starts_with("./") && !name.starts_with("../");
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

Target resolve_text(const Corpus& corpus, const Definitions& definitions, const Include& include,
                    const Text& text) {
  if (!text.known() || text.value.empty()) return dynamic(text);
  Target best;
  if (text.value.starts_with('/')) {
    best = look_up(corpus, text.value);
  } else {
    best = dynamic(text);
    for (const auto& directory : search(definitions, include, text.value)) {
      auto next = look_up(corpus, tree::join(directory, text.value));
      if (best.path.empty() || rank(next.state) < rank(best.state)) best = std::move(next);
    }
    // Whose include_path the settings of an unknown server may change.
    const auto& application = corpus.applications[include.unit->application];
    if (best.state == "missing" && is_bare(text.value) && !application.served &&
        corpus.survey().nearest_path(best.path).empty())
      best = dynamic(text);
  }
  best.text = text;
  return best;
}

}  // namespace

std::vector<Target> targets_of(const Corpus& corpus, const Definitions& definitions,
                               const Include& include) {
  if (include.value.is_array) return {dynamic(Text{{kHole}, {}, 0})};
  std::map<std::uint32_t, Target> by_use;
  for (const auto& text : include.value.texts) {
    if (is_stream(text.value)) continue;
    auto target = resolve_text(corpus, definitions, include, text);
    const auto it = by_use.find(text.use);
    if (it == by_use.end())
      by_use.emplace(text.use, std::move(target));
    else if (rank(target.state) < rank(it->second.state))
      it->second = std::move(target);
  }
  std::vector<Target> targets;
  for (auto& [use, target] : by_use) targets.push_back(std::move(target));
  return targets;
}

bool named_elsewhere(const Corpus& corpus, const Include& include, const Target& target) {
  const auto& unit = *include.unit;
  const auto& ast = unit.parsed.ast;
  const auto name = tree::basename(target.path);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> includes;
  for (const auto& node : ast.nodes)
    if (node.kind == NodeKind::include) includes.emplace_back(node.begin, node.end);
  for (const auto& node : ast.nodes) {
    if (node.kind != NodeKind::string && node.kind != NodeKind::text) continue;
    if (corpus.slice(unit, node).find(name) == std::string_view::npos) continue;
    // Literals of an include come before the include itself in the tree, and inside its span.
    const bool loads = std::ranges::any_of(includes, [&](const auto& span) {
      return span.first <= node.begin && node.end <= span.second;
    });
    const bool own = std::ranges::any_of(target.text.pieces, [&](const Piece& piece) {
      return piece.span.file == unit.file && piece.span.begin <= node.begin &&
             node.end <= piece.span.end;
    });
    if (!loads && !own) return true;
  }
  return false;
}

}  // namespace stackaudit::stack::php
