// vendor/composer/autoload_psr4.php as Composer writes it: a prefix and its directories on a line.
// Only the application's own prefixes are judged; packages come whole.
#include "stack/php/autoload.hpp"
#include "stack/php/misnamed.hpp"
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

struct Prefix {
  std::vector<std::string> directories;
  std::size_t begin = 0, end = 0;  // of its line in the map
};

// The words between two quotes, behind `at`; \\ is one backslash.
std::optional<std::string> quoted(std::string_view line, std::size_t& at) {
  const auto open = line.find('\'', at);
  const auto close = open == line.npos ? open : line.find('\'', open + 1);
  if (close == line.npos) return std::nullopt;
  std::string words;
  for (auto i = open + 1; i < close; ++i) {
    if (line[i] == '\\' && i + 1 < close && line[i + 1] == '\\') ++i;
    words += line[i];
  }
  at = close + 1;
  return words;
}

class ComposerClasses {
 public:
  // `alone`: no other autoloader was seen.
  ComposerClasses(const Corpus& corpus, std::string directory, bool alone)
      : corpus_(corpus),
        alone_(alone),
        directory_(std::move(directory)),
        base_(tree::dirname(tree::dirname(directory_))) {}

  void run(std::size_t application) {
    if (!read_prefixes()) return;
    read_class_map();
    std::size_t told = 0;
    for (const auto& unit : corpus_.units) {
      if (unit.application != application || !unit.reached || !tree::is_within(unit.path, base_) ||
          is_aside(unit.path, base_))
        continue;
      if (told < kMostTold) told += judge(unit);
    }
  }

 private:
  bool read_prefixes() {
    map_ = corpus_.survey().load(directory_ + "/autoload_psr4.php", "reference");
    if (!map_) return false;
    const auto text = corpus_.survey().sources.content(*map_);
    for (std::size_t begin = 0; begin < text.size();) {
      const auto end = std::min(text.find('\n', begin), text.size());
      add_line(text.substr(begin, end - begin), begin);
      begin = end + 1;
    }
    return !prefixes_.empty();
  }

  //     'App\\' => array($baseDir . '/src', $baseDir . '/lib'),
  void add_line(std::string_view line, std::size_t begin) {
    std::size_t at = 0;
    const auto arrow = line.find("=>");
    const auto name = quoted(line, at);
    if (!name || arrow == line.npos || at > arrow) return;
    Prefix prefix;
    prefix.begin = begin + line.find('\'');
    prefix.end = begin + line.size();
    for (auto word = quoted(line, at); word; word = quoted(line, at)) {
      const auto variable = line.rfind('$', at);
      if (variable == line.npos || !line.substr(variable).starts_with("$baseDir")) return;
      prefix.directories.push_back(base_ + *word);
    }
    if (!prefix.directories.empty()) prefixes_.emplace(*name, std::move(prefix));
  }

  void read_class_map() {
    const auto text = tree::read_file(corpus_.survey().tree, directory_ + "/autoload_classmap.php");
    if (!text) return;
    std::size_t at = 0;
    for (auto word = quoted(*text, at); word; word = quoted(*text, at)) mapped_.insert(*word);
  }

  std::size_t judge(const Unit& unit) {
    std::optional<std::string> text;
    std::optional<Parsed> fresh;
    std::string_view code = unit.text;
    if (unit.file == text::FileId::none) {
      auto read = corpus_.survey().tree.read(unit.path, tree::kReadLimit);
      if (!read) return 0;
      code = text.emplace(*std::move(read));
      if (code.find('\\') == code.npos) return 0;
      fresh = parse(code, text::FileId::none, {false, 0, false});
    }
    const auto& ast = fresh ? fresh->ast : unit.parsed.ast;
    std::size_t told = 0;
    for (const auto& use : class_uses(ast, code)) told += judge(unit, ast[use.id], use);
    return told;
  }

  std::size_t judge(const Unit& unit, const Node& node, const ClassUse& use) {
    const auto found = longest(use.name);
    if (found == prefixes_.end() || mapped_.contains(use.name) || !seen_.insert(use.name).second)
      return 0;
    auto rest = use.name.substr(found->first.size());
    std::ranges::replace(rest, '\\', '/');
    bool any = false;
    std::string file;
    for (const auto& directory : found->second.directories) {
      const auto path = directory + "/" + rest + ".php";
      if (corpus_.survey().state_of(path, "file") != "missing") return 0;
      any = any || corpus_.survey().state_of(directory, "directory") != "missing";
      if (file.empty()) file = misnamed(corpus_.survey(), path, use.name);
    }
    const auto wanted = found->second.directories.front() + "/" + rest + ".php";
    if (!file.empty() && is_loaded(file)) return 0;
    if (file.empty() && is_declared(use.name)) return 0;
    if (!any) return directory(unit, found->first, found->second);
    if (file.empty() && (!use.certain || !alone_)) return 0;
    const auto source = corpus_.survey().load(unit.path, "reference");
    if (!source) return 0;
    add(unit, {*source, node.begin, node.end}, use.name, wanted, "file", file);
    return 1;
  }

  [[nodiscard]] std::map<std::string, Prefix>::const_iterator longest(
      const std::string& name) const {
    auto best = prefixes_.end();
    for (auto it = prefixes_.begin(); it != prefixes_.end(); ++it)
      if (name.starts_with(it->first) &&
          (best == prefixes_.end() || it->first.size() > best->first.size()))
        best = it;
    return best;
  }

  // Loaded by its own name all the same.
  [[nodiscard]] bool is_loaded(const std::string& file) const {
    const auto end = tree::resolve(corpus_.survey().tree, file);
    const auto* unit = corpus_.find(end.path);
    return unit != nullptr && unit->loaders > 0;
  }

  [[nodiscard]] bool is_declared(const std::string& name) const {
    const auto key = lower(base_name(name));
    return std::ranges::any_of(corpus_.units, [&](const Unit& unit) {
      return std::ranges::find(unit.classes, key) != unit.classes.end();
    });
  }

  std::size_t directory(const Unit& unit, const std::string& name, const Prefix& prefix) {
    if (!seen_.insert(name).second) return 0;
    add(unit,
        {*map_, static_cast<std::uint32_t>(prefix.begin), static_cast<std::uint32_t>(prefix.end)},
        name, prefix.directories.front(), "directory", {});
    return 1;
  }

  void add(const Unit& unit, text::Span span, const std::string& name, const std::string& path,
           std::string_view wanted, const std::string& nearest) {
    facts::Reference row;
    static_cast<facts::Place&>(row) = corpus_.survey().place(span);
    row.service = "php";
    row.kind = "autoload";
    row.as_written = name;
    row.resolved = path;
    row.state = "missing";
    row.required = false;
    row.wanted = wanted;
    row.nearest = nearest;
    row.call = "openat";
    row.effect = "HTTP 500 where the class is needed";
    row.process = "php";
    row.reached_from = unit.reached->entry;
    const auto& actors = corpus_.applications[unit.application].actors;
    if (!actors.empty()) {
      row.process = actors[0].process;
      row.user = actors[0].who.name;
    }
    corpus_.survey().facts.add(std::move(row));
  }

  static constexpr std::size_t kMostTold = 20;

  const Corpus& corpus_;
  bool alone_;
  std::string directory_, base_;
  std::optional<text::FileId> map_;
  std::map<std::string, Prefix> prefixes_;
  std::set<std::string, std::less<>> mapped_, seen_;
};

}  // namespace

void add_composer_classes(const Corpus& corpus, const Definitions& definitions) {
  std::set<std::pair<std::string, std::size_t>> places;
  for (const auto& unit : corpus.units)
    if (tree::basename(unit.path) == "autoload_real.php" && unit.reached)
      places.emplace(unit.directory, unit.application);
  for (const auto& place : places) {
    const auto vendor = tree::dirname(place.first);
    const bool alone =
        std::ranges::none_of(definitions.of("@autoload"), [&](const Definition& each) {
          return each.unit->application == place.second &&
                 !tree::is_within(each.unit->path, vendor);
        });
    ComposerClasses(corpus, place.first, alone).run(place.second);
  }
}

}  // namespace stackaudit::stack::php
