// What was probably meant by a path that leads nowhere, and which literal has to change for it.
#include "stack/php/resolve.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace stackaudit::stack::php {
namespace {

constexpr std::string_view kBlank = " \t\r\n\v";

bool is_file(const Corpus& corpus, const std::string& path) {
  return corpus.survey().state_of(path, "file") == "found";
}

// The first component, as written, that is not there: bytes [begin, end) of the path.
std::pair<std::size_t, std::size_t> failing_component(const Corpus& corpus,
                                                      const std::string& path) {
  std::size_t begin = 0;
  while (begin < path.size()) {
    if (path[begin] == '/') {
      ++begin;
      continue;
    }
    const auto end = std::min(path.find('/', begin), path.size());
    if (!tree::resolve(corpus.survey().tree, path.substr(0, end))) return {begin, end};
    begin = end;
  }
  return {0, path.size()};
}

// The literals that hold parts of the failing component, the last first.
std::vector<const Piece*> culprits(const Text& text,
                                   std::pair<std::size_t, std::size_t> component) {
  std::vector<const Piece*> found;
  for (const auto& piece : text.pieces)
    if (piece.begin < component.second && piece.end > component.first) found.push_back(&piece);
  std::ranges::reverse(found);
  return found;
}

// The last; or the one that names the file, where another file hands over the name: not ".php", and
// not what only joins names.
const Piece& naming(const Text& text, const std::vector<const Piece*>& pieces,
                    const text::Span& include) {
  const auto& last = pieces.front()->span;
  if (last.file != include.file || (last.begin >= include.begin && last.end <= include.end))
    return *pieces.front();
  const auto names = [&](const Piece* piece) {
    if (piece->span.file == include.file) return false;
    const auto words = std::string_view(text.value).substr(piece->begin, piece->end - piece->begin);
    return !words.starts_with('.') && words.find_first_not_of("/-_") != std::string_view::npos;
  };
  const auto found = std::ranges::find_if(pieces, names);
  return found == pieces.end() ? *pieces.front() : **found;
}

// Names that files have everywhere: only one close by is meant, or in a directory of the same name.
constexpr auto kCommon = std::to_array<std::string_view>(
    {"autoload.php", "index.php", "init.php", "config.php", "functions.php", "bootstrap.php",
     "common.php", "loader.php", "settings.php", "helpers.php", "setup.php", "main.php"});
constexpr std::size_t kCloseBy = 3, kFarAway = 12;

// Steps from one directory to another.
std::size_t distance(std::string_view from, std::string_view to) {
  const auto ends = std::ranges::mismatch(from, to);
  const auto common = static_cast<std::size_t>(ends.in1 - from.begin());
  const auto steps = [&](std::string_view path) {
    const auto rest = path.substr(std::min(common, path.size()));
    const auto count = static_cast<std::size_t>(std::ranges::count(rest, '/'));
    return rest.empty() ? 0 : count + (rest.starts_with('/') ? 0 : 1);
  };
  return steps(from) + steps(to);
}

// The file of the same name in the application with most of the directory's path in common; empty
// where there is none, or no single one, or only one far away.
std::string namesake(const Corpus& corpus, const Include& include, std::string_view directory,
                     std::string_view path) {
  const auto name = tree::basename(path);
  std::string best;
  std::size_t most = 0;
  bool single = false;
  for (const auto& unit : corpus.units) {
    if (unit.application != include.unit->application || tree::basename(unit.path) != name)
      continue;
    const auto ends = std::ranges::mismatch(unit.directory, directory);
    const auto common = static_cast<std::size_t>(ends.in1 - unit.directory.begin()) + 1;
    if (common == most) single = false;
    if (common <= most) continue;
    most = common;
    best = unit.path;
    single = true;
  }
  const bool usual = std::ranges::find(kCommon, name) != kCommon.end() &&
                     tree::basename(tree::dirname(best)) != tree::basename(tree::dirname(path));
  if (!single || distance(directory, tree::dirname(best)) > (usual ? kCloseBy : kFarAway))
    return {};
  // What Composer makes is never another's.
  if (path.ends_with("/vendor/autoload.php") && !best.ends_with("/vendor/autoload.php")) return {};
  return best;
}

// Where a relative name was looked for.
std::string directory_of(const Include& include, const Target& target) {
  return target.base.empty() ? include.unit->directory : target.base;
}

class Mender {
 public:
  Mender(const Corpus& corpus, const Include& include, const Target& target, const Piece& piece)
      : corpus_(corpus),
        include_(include),
        start_(directory_of(include, target)),
        path_(target.text.value),
        before_(path_.substr(0, piece.begin)),
        literal_(path_.substr(piece.begin, piece.end - piece.begin)),
        after_(path_.substr(piece.end)) {}

  // The literal that makes an existing path, and that path.
  [[nodiscard]] std::optional<std::pair<std::string, std::string>> best() const {
    for (const auto& candidate : candidates()) {
      if (candidate == literal_) continue;
      const auto path = base() + candidate + after_;
      if (path.starts_with('/') && is_file(corpus_, path))
        return std::pair{candidate, tree::normalize(path)};
    }
    return std::nullopt;
  }

 private:
  // A relative name is completed by the directory that it was looked for in.
  [[nodiscard]] std::string base() const {
    return path_.starts_with('/') ? before_ : start_ + "/" + before_;
  }

  [[nodiscard]] std::vector<std::string> candidates() const {
    std::vector<std::string> all;
    const auto trimmed = trim(literal_);
    for (const auto& word : {trimmed, "/" + trimmed, trimmed + "/"}) all.push_back(word);
    if (trimmed.starts_with('/') || trimmed.starts_with('\\')) all.push_back(trimmed.substr(1));
    auto slashes = trimmed;
    std::ranges::replace(slashes, '\\', '/');
    all.push_back(slashes);
    nearest(trimmed, all);
    levels(trimmed, all);
    extensions(trimmed, all);
    same_name(all);
    // A slash in front would make a relative name absolute.
    if (before_.empty() && !path_.starts_with('/'))
      std::erase_if(all, [](const std::string& word) { return word.starts_with('/'); });
    return all;
  }

  static std::string trim(const std::string& word) {
    const auto begin = word.find_first_not_of(kBlank);
    if (begin == std::string::npos) return {};
    return word.substr(begin, word.find_last_not_of(kBlank) - begin + 1);
  }

  // The name that Survey::nearest_path would put in place of one component, with and without a
  // slash in front.
  void nearest(const std::string& word, std::vector<std::string>& all) const {
    for (const auto& start : {std::string(), std::string("/")}) {
      const auto path = base() + start + word + after_;
      const auto near = corpus_.survey().nearest_path(path);
      if (near.empty()) continue;
      const auto normal = tree::normalize(path);
      const auto wanted = components(normal), found = components(near);
      if (wanted.size() != found.size()) continue;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        if (wanted[i] == found[i]) continue;
        auto changed = start + word;
        const auto end = after_.substr(0, after_.find('/'));
        if (const auto at = changed.rfind(wanted[i]); at != std::string::npos)
          all.push_back(changed.replace(at, wanted[i].size(), found[i]));
        else if (!end.empty() && wanted[i].ends_with(end) && found[i].ends_with(end))
          inside(changed, without(wanted[i], end), without(found[i], end), all);
        else if (after_.empty() && found[i].ends_with(last_part(near)))
          whole(near, all);
      }
    }
  }

  static std::string without(const std::string& word, const std::string& end) {
    return word.substr(0, word.size() - end.size());
  }

  // A name whose end is written elsewhere.
  static void inside(std::string word, const std::string& wanted, const std::string& found,
                     std::vector<std::string>& all) {
    if (const auto at = word.rfind(wanted); at != std::string::npos && !wanted.empty())
      all.push_back(word.replace(at, wanted.size(), found));
  }

  void whole(const std::string& near, std::vector<std::string>& all) const {
    const auto start = base();
    if (near.starts_with(start)) all.push_back(near.substr(start.size()));
  }

  static std::string_view last_part(std::string_view path) { return tree::basename(path); }

  static std::vector<std::string> components(const std::string& path) {
    std::vector<std::string> parts;
    std::size_t at = 0;
    while (at < path.size()) {
      const auto end = std::min(path.find('/', at), path.size());
      if (end > at) parts.push_back(path.substr(at, end - at));
      at = end + 1;
    }
    return parts;
  }

  // One directory up more or less.
  static void levels(const std::string& word, std::vector<std::string>& all) {
    const bool slash = word.starts_with('/');
    auto rest = slash ? word.substr(1) : word;
    std::string fewer = rest;
    while (fewer.starts_with("../") || fewer.starts_with("./")) {
      fewer = fewer.substr(fewer.find('/') + 1);
      all.push_back((slash ? "/" : "") + fewer);
    }
    std::string more = rest.starts_with("./") ? rest.substr(2) : rest;
    for (int i = 0; i < 3; ++i) {
      more.insert(0, "../");
      all.push_back((slash ? "/" : "") + more);
      if (!slash) all.push_back("/" + more);
    }
  }

  static void extensions(const std::string& word, std::vector<std::string>& all) {
    const auto slash = word.rfind('/');
    const auto dot = word.rfind('.');
    const bool has = dot != std::string::npos && (slash == std::string::npos || dot > slash);
    const auto stem = has ? word.substr(0, dot) : word;
    for (const auto* ending : {".php", ".inc.php", ".inc", ".class.php"}) {
      all.push_back(word + ending);
      if (has) all.push_back(stem + ending);
    }
    if (word.ends_with("php") && !word.ends_with(".php"))
      all.push_back(word.substr(0, word.size() - 3) + ".php");
  }

  // The file of that name in the application that is nearest to the place.
  void same_name(std::vector<std::string>& all) const {
    if (!after_.empty()) return;
    const auto start = tree::normalize(base().empty() ? "/" : base());
    const auto near = namesake(corpus_, include_, start, path_);
    if (near.empty()) return;
    const auto way = relative(start, near);
    all.push_back(before_.empty() || before_.ends_with('/') ? way : "/" + way);
  }

  // How to go from a directory to a file.
  static std::string relative(const std::string& from, const std::string& to) {
    const auto start = components(from), end = components(to);
    std::size_t same = 0;
    while (same < start.size() && same + 1 < end.size() && start[same] == end[same]) ++same;
    std::string way;
    for (auto i = same; i < start.size(); ++i) way += "../";
    for (auto i = same; i < end.size(); ++i) way += (i > same ? "/" : "") + end[i];
    return way;
  }

  const Corpus& corpus_;
  const Include& include_;
  std::string start_, path_, before_, literal_, after_;
};

// The composer.json from which a missing vendor/autoload.php is made.
std::string recipe(const Corpus& corpus, std::string_view path) {
  if (!path.ends_with("/vendor/autoload.php")) return {};
  auto json = tree::join(tree::dirname(tree::dirname(path)), "composer.json");
  return corpus.survey().state_of(json, "file") == "found" ? json : std::string{};
}

// Written as the original is: in its quotes, or bare inside a string with variables.
// A slash in front that a function took off, as get_theme_file_path() does, stays.
std::string written(const Corpus& corpus, const Piece& piece, std::string_view before,
                    const std::string& words) {
  if (words.find_first_of("'\"\\$\n\r") != std::string::npos) return {};
  if (!piece.quoted) return words;
  const auto original = corpus.survey().sources.slice(piece.span);
  const char quote = original.find('\'') < original.find('"') ? '\'' : '"';
  const bool taken = original.substr(0, 2) == std::string{quote, '/'} && !before.starts_with('/') &&
                     !words.starts_with('/');
  return quote + ((taken ? "/" : "") + words) + quote;
}

}  // namespace

Mend mend(const Corpus& corpus, const Include& include, const Target& target) {
  const auto& node = include.unit->parsed.ast[include.id];
  Mend result{{include.unit->file, node.begin, node.end}, {}, {}};
  const auto& text = target.text;
  if (target.state == "dangling" || target.state == "wrong-type") {
    if (!text.pieces.empty()) result.span = text.pieces.back().span;
    return result;
  }
  const auto absolute =
      text.value.starts_with('/') ? text.value : directory_of(include, target) + "/" + text.value;
  auto component = failing_component(corpus, absolute);
  const auto shift = absolute.size() - text.value.size();
  component = {component.first > shift ? component.first - shift : 0,
               component.second > shift ? component.second - shift : 0};
  const auto pieces = culprits(text, component);
  if (pieces.empty()) {
    if (!text.pieces.empty()) result.span = text.pieces.back().span;
    result.nearest = corpus.survey().nearest_path(target.path);
    return result;
  }
  const auto& wrong = naming(text, pieces, result.span).span;
  const bool inside = wrong.file == include.unit->file && wrong.begin >= node.begin;
  if (!target.is_directory || (inside && wrong.end <= node.end)) result.span = wrong;
  for (const auto* piece : pieces) {
    if (piece->respelled) continue;
    const auto found = Mender(corpus, include, target, *piece).best();
    if (!found) continue;
    // Of the others only one with a typing error is to blame.
    const auto word = text.value.substr(piece->begin, piece->end - piece->begin);
    const auto limit = word.size() / 3;
    if (piece != pieces.front() && text::edit_distance(word, found->first, limit) > limit) continue;
    result.span = piece->span;
    result.replacement = written(corpus, *piece, word, found->first);
    result.nearest = found->second;
    return result;
  }
  result.nearest = corpus.survey().nearest_path(target.path);
  if (result.nearest.empty())
    result.nearest = namesake(corpus, include, tree::dirname(target.path), target.path);
  if (result.nearest.empty()) result.nearest = recipe(corpus, target.path);
  return result;
}

}  // namespace stackaudit::stack::php
