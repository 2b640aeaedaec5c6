// Blocks that plugins and themes register by a directory: its block.json, and the files that this
// names. WordPress says nothing of what is not there: the block is missing, or shows nothing.
#include "stack/php/rows.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::array<std::string_view, 2> kFunctions{"register_block_type",
                                                     "register_block_type_from_metadata"};
constexpr std::string_view kMetadata = "block.json", kFile = "\"file:";

struct Named {
  std::string_view key, effect;
};
constexpr auto kNamed =
    std::to_array<Named>({{"render", "the page has nothing in the place of the block"},
                          {"script", "the block does without its script"},
                          {"viewScript", "the block does without its script"},
                          {"editorScript", "the editor does not know the block"}});

class Blocks {
 public:
  explicit Blocks(const Evaluator& evaluator) : evaluator_(evaluator) {}

  void run(const Unit& unit) {
    Scope scope;
    scope.unit = &unit;
    scope.outermost = true;
    const auto& ast = unit.parsed.ast;
    for (NodeId id = 1; id < ast.nodes.size(); ++id) {
      if (ast[id].kind != NodeKind::call) continue;
      const auto name = base_name(evaluator_.source(unit, ast[id].first));
      if (std::ranges::find(kFunctions, name) == kFunctions.end()) continue;
      const auto given = evaluator_.arguments(unit, id);
      if (given.empty()) continue;
      const auto value = evaluator_.value(scope, given[0]);
      if (const auto* path = value.single(); path != nullptr && path->starts_with('/'))
        block(unit, ast[given[0]], std::string(name), *path);
    }
  }

 private:
  [[nodiscard]] Survey& survey() const { return evaluator_.corpus().survey(); }

  void block(const Unit& unit, const Node& given, const std::string& function,
             const std::string& written) {
    const auto named = tree::normalize(written);
    const auto file = named.ends_with(kMetadata) ? named : named + '/' + std::string(kMetadata);
    const auto end = tree::resolve(survey().tree, file);
    if (survey().state_of(file, "file") == "missing")
      return tell(survey().place({unit.file, given.begin, given.end}), function, file,
                  "the block is not registered", unit);
    if (end && seen_.insert(end.path).second) metadata(unit, end.path);
  }

  // "render": "file:./render.php"
  void metadata(const Unit& unit, const std::string& path) {
    const auto file = survey().load(path, "reference");
    if (!file) return;
    const auto text = survey().sources.content(*file);
    for (auto at = text.find(kFile); at != std::string_view::npos; at = text.find(kFile, at + 1)) {
      const auto begin = at + kFile.size();
      const auto end = text.find('"', begin);
      if (end == std::string_view::npos) return;
      const auto key = key_before(text.substr(0, at));
      const auto* const known = std::ranges::find(kNamed, key, &Named::key);
      const auto written = text.substr(begin, end - begin);
      const auto target = tree::normalize(tree::join(tree::dirname(path), std::string(written)));
      if (known == kNamed.end() || survey().state_of(target, "file") != "missing") continue;
      tell(survey().place(
               {*file, static_cast<std::uint32_t>(at + 1), static_cast<std::uint32_t>(end)}),
           "\"" + std::string(key) + "\": " + std::string(written), target, known->effect, unit);
    }
  }

  // The last key in front of a value: of a list, the list's.
  static std::string_view key_before(std::string_view text) {
    for (auto colon = text.rfind(':'); colon != std::string_view::npos && colon > 0;
         colon = text.rfind(':', colon - 1)) {
      const auto end = text.find_last_not_of(" \t", colon - 1);
      if (end == std::string_view::npos || text[end] != '"' || end == 0) continue;
      const auto begin = text.rfind('"', end - 1);
      if (begin != std::string_view::npos) return text.substr(begin + 1, end - begin - 1);
    }
    return {};
  }

  void tell(facts::Place place, std::string written, const std::string& path,
            std::string_view effect, const Unit& unit) const {
    facts::Reference row;
    static_cast<facts::Place&>(row) = std::move(place);
    row.service = "wordpress";
    row.kind = "wordpress-block";
    row.as_written = std::move(written);
    row.resolved = path;
    row.state = "missing";
    row.required = false;
    row.wanted = "file";
    row.process = "php";
    row.call = "newfstatat";
    row.reached_from = unit.reached->entry;
    row.effect = effect;
    row.nearest = survey().nearest_path(path);
    survey().facts.add(std::move(row));
  }

  const Evaluator& evaluator_;
  std::set<std::string> seen_;
};

}  // namespace

void add_blocks(const Corpus& corpus, const Evaluator& evaluator) {
  Blocks blocks(evaluator);
  for (const auto& unit : corpus.units) {
    if (unit.wordpress.empty() || !unit.reached || unit.inactive ||
        unit.path.find("/wp-content/") == std::string::npos)
      continue;
    blocks.run(unit);
  }
}

}  // namespace stackaudit::stack::php
