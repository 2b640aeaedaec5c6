// vendor/composer/autoload_psr4.php as Composer writes it: a prefix and its directories on a line.
// Only the application's own prefixes are judged; packages come whole.
#include "stack/php/autoload.hpp"
#include "stack/php/composer_map.hpp"
#include "stack/php/misnamed.hpp"
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

class ComposerClasses {
 public:
  // `alone`: no other autoloader was seen.
  ComposerClasses(const Corpus& corpus, ComposerMap map, bool alone)
      : corpus_(corpus), alone_(alone), map_(std::move(map)) {}

  void run(std::size_t application) {
    std::size_t told = 0;
    for (const auto& unit : corpus_.units) {
      if (unit.application != application || !unit.reached ||
          !tree::is_within(unit.path, map_.base) || is_aside(unit.path, map_.base))
        continue;
      if (told < kMostTold) told += judge(unit);
    }
  }

 private:
  std::size_t judge(const Unit& unit) {
    const auto& ast = unit.parsed.ast;
    std::size_t told = 0;
    for (const auto& use : class_uses(ast, unit.text)) told += judge(unit, ast[use.id], use);
    return told;
  }

  std::size_t judge(const Unit& unit, const Node& node, const ClassUse& use) {
    const auto files = map_.files_of(use.name);
    if (files.empty() || !seen_.insert(use.name).second) return 0;
    const auto* prefix = map_.classes.contains(use.name) ? nullptr : map_.longest(use.name);
    bool any = prefix == nullptr;
    std::string file;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (corpus_.survey().state_of(files[i], "file") != "missing") return 0;
      any =
          any || corpus_.survey().state_of(prefix->second.directories[i], "directory") != "missing";
      if (file.empty()) file = misnamed(corpus_.survey(), files[i], use.name);
    }
    if (!file.empty() && is_loaded(file)) return 0;
    if (file.empty() && is_declared(use.name)) return 0;
    if (!any) return directory(unit, prefix->first, prefix->second);
    if (file.empty() && (!use.certain || !alone_)) return 0;
    add(unit, {unit.file, node.begin, node.end}, use.name, files.front(), "file", file);
    return 1;
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

  std::size_t directory(const Unit& unit, const std::string& name, const ComposerPrefix& prefix) {
    if (!seen_.insert(name).second) return 0;
    add(unit,
        {map_.file, static_cast<std::uint32_t>(prefix.begin),
         static_cast<std::uint32_t>(prefix.end)},
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
  ComposerMap map_;
  std::set<std::string, std::less<>> seen_;
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
    if (auto map = composer_map(corpus.survey(), place.first))
      ComposerClasses(corpus, *std::move(map), alone).run(place.second);
  }
}

}  // namespace stackaudit::stack::php
