// Constants of one file that are used before they are defined, or defined twice.
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

using Places = std::map<std::string_view, std::vector<const Definition*>>;

void tell(Survey& survey, const Unit& unit, const Node& at, const facts::Place& other,
          std::string_view code, std::string said, std::string_view related) {
  const bool early = code == "undefined";
  auto& row = survey.add_problem(
      survey.place({unit.file, at.begin, at.end}),
      {.service = "php",
       .language = "php",
       .code = code,
       .severity = early ? "error" : "warning",
       .message = std::move(said),
       .help = early ? "define it before" : "take one of the two out: the first one counts"});
  Survey::relate(row, other, std::string(related));
}

class File {
 public:
  File(Survey& survey, const Unit& unit) : survey_(survey), unit_(unit) {
    for (const auto& use : uses_of(unit.parsed.ast, unit.text)) {
      const auto& node = unit.parsed.ast[use.id];
      const auto name = Corpus::slice(unit, node);
      if (use.kind == kConstantName && use.certain) used_.emplace(base_name(name), node);
      if (use.kind == kFunctionName && name == "define") defines_[node.begin] = use.certain;
    }
    const auto& ast = unit.parsed.ast;
    for (const auto& node : ast.nodes)
      if (node.kind == NodeKind::namespace_)
        spaces_[node.begin] = ast[node.first].kind == NodeKind::name
                                  ? text::lower(Corpus::slice(unit, ast[node.first]))
                                  : std::string{};
  }

  void judge(std::string_view name, const std::vector<const Definition*>& all, bool only) const {
    const auto& ast = unit_.parsed.ast;
    std::vector<Node> places;
    for (const auto* definition : all)
      if (is_certain(ast[definition->name])) places.push_back(ast[definition->name]);
    if (places.size() != all.size()) return;
    for (const auto& place : places)
      if (space_of(place) != space_of(places[0])) return;  // of two namespaces, two constants
    std::ranges::sort(places, {}, &Node::begin);
    const auto said = std::string(name);
    for (std::size_t i = 1; i < places.size(); ++i)
      tell(survey_, unit_, places[i], place_of(places[0]), "constant-twice",
           "the constant " + said + " is defined already: this definition does nothing",
           "the first definition");
    const auto use = used_.find(name);
    if (only && use != used_.end() && use->second.end <= places[0].begin)
      tell(survey_, unit_, use->second, place_of(places[0]), "undefined",
           "undefined constant " + said + ": it is defined further down", "the definition");
  }

 private:
  [[nodiscard]] facts::Place place_of(const Node& node) const {
    return survey_.place({unit_.file, node.begin, node.end});
  }

  // A call of define() that runs whenever the file does; const always does.
  [[nodiscard]] bool is_certain(const Node& name) const {
    const auto after = defines_.upper_bound(name.begin);
    if (name.kind != NodeKind::string) return true;
    return after != defines_.begin() && std::prev(after)->second;
  }

  // The namespace of the name: of const the one around it, of define() what is written.
  [[nodiscard]] std::string space_of(const Node& name) const {
    const auto written = Corpus::slice(unit_, name);
    if (name.kind == NodeKind::string) {
      const auto slash = std::min(written.rfind('\\'), written.size());
      return slash == written.size() ? std::string{} : text::lower(written.substr(1, slash - 1));
    }
    const auto after = spaces_.upper_bound(name.begin);
    return after == spaces_.begin() ? std::string{} : std::prev(after)->second;
  }

  Survey& survey_;
  const Unit& unit_;
  std::map<std::string_view, Node> used_;  // the first use of each
  std::map<std::uint32_t, bool> defines_;
  std::map<std::uint32_t, std::string> spaces_;  // where each namespace begins
};

// define( DB_HOST, 'localhost' ): the name is no text, and asks for a constant that nobody defined.
void add_unquoted(const Corpus& corpus, const Definitions& definitions) {
  for (const auto& unit : corpus.units) {
    if (!unit.reached || unit.inactive) continue;
    const auto& ast = unit.parsed.ast;
    for (const auto& node : ast.nodes) {
      if (node.kind != NodeKind::call || Corpus::slice(unit, ast[node.first]) != "define") continue;
      const auto& name = ast[ast[ast[node.first].next].first];
      const auto written = std::string(Corpus::slice(unit, name));
      if (name.kind != NodeKind::name || written.size() < 2 || text::lower(written) == written ||
          written.find('\\') != std::string::npos || unit.symbols.imports_functions)
        continue;
      const bool defined =
          std::ranges::any_of(definitions.of(written), [](const Definition& definition) {
            return definition.unit->reached &&
                   tree::basename(definition.unit->path) != "wp-config-sample.php";
          });
      if (!defined && !corpus.names.constants.contains(written))
        tell_undefined(corpus, {unit.file, name.begin, name.end}, true,
                       "undefined constant " + written + ": the name that define() takes is a text",
                       "write '" + written + "'");
    }
  }
}

// define( 'WP_MEMORY_LIMIT', ... ) behind the line of wp-config.php that loads WordPress, which has
// defined it by then.
void add_late_settings(const Corpus& corpus, const Definitions& definitions) {
  for (const auto& unit : corpus.units) {
    if (tree::basename(unit.path) != "wp-config.php" || unit.wordpress.empty() || !unit.reached)
      continue;
    const auto ending = unit.text.rfind("wp-settings.php");
    if (ending == std::string_view::npos) continue;
    std::map<std::uint32_t, bool> defines;  // whether it runs each time, by the call
    for (const auto& use : uses_of(unit.parsed.ast, unit.text))
      if (const auto& node = unit.parsed.ast[use.id];
          use.kind == kFunctionName && Corpus::slice(unit, node) == "define" && node.begin > ending)
        defines[node.begin] = use.certain;
    for (const auto& node : unit.parsed.ast.nodes) {
      if (node.kind != NodeKind::call || !defines[unit.parsed.ast[node.first].begin]) continue;
      const auto& name = unit.parsed.ast[unit.parsed.ast[unit.parsed.ast[node.first].next].first];
      if (name.kind != NodeKind::string) continue;
      const auto constant = syntax::php::unquote(Corpus::slice(unit, name));
      const auto& all = definitions.of(constant);
      const auto own = std::ranges::find_if(all, [&](const Definition& each) {
        return each.unit->path.starts_with(unit.wordpress + "/wp-includes/") ||
               each.unit->path == unit.wordpress + "/wp-settings.php";
      });
      if (own != all.end())
        tell(corpus.survey(), unit, name, Survey::whole_file(own->unit->path), "constant-twice",
             "the constant " + constant + " is defined already: " + own->unit->path +
                 ", which the line above loads, gives it another value",
             "the definition");
    }
  }
}

}  // namespace

void add_constant_order(const Corpus& corpus, const Definitions& definitions) {
  UnitMap<std::map<std::string_view, std::pair<std::vector<const Definition*>, bool>>> by_unit;
  for (const auto& [name, list] : definitions.constants()) {
    std::map<std::size_t, std::size_t> applications;
    for (const auto& definition : *list) ++applications[definition.unit->application];
    for (const auto& definition : *list) {
      const auto& unit = *definition.unit;
      if (definition.fallback || definition.inside || !unit.reached || unit.inactive) continue;
      auto& [all, only] = by_unit[&unit][name];
      all.push_back(&definition);
      only = applications[unit.application] == all.size();
    }
  }
  add_unquoted(corpus, definitions);
  add_late_settings(corpus, definitions);
  for (const auto& [unit, names] : by_unit) {
    const File file(corpus.survey(), *unit);
    for (const auto& [name, found] : names) file.judge(name, found.first, found.second);
  }
}

}  // namespace stackaudit::stack::php
