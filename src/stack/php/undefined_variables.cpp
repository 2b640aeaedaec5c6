// function load($name) { require $nmae . '.php'; }: a variable that is named once in its function,
// or in a page that nothing but requests runs, where another has nearly its name. What an include,
// extract() or eval() may have set is let be.
#include "stack/php/definitions.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <vector>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostIncludes = 256;  // of a file: each looks through the functions

constexpr std::array<std::string_view, 4> kSetters{"extract", "parse_str", "eval",
                                                   "get_defined_vars"};

// The functions, variables and setters of a file, each by where it begins.
class Variables {
 public:
  explicit Variables(const Unit& unit) : unit_(unit) {
    const auto& ast = unit.parsed.ast;
    for (const auto& node : ast.nodes) {
      if (node.kind == NodeKind::variable)
        places_[Corpus::slice(unit, node)].push_back(node.begin);
      else if (node.kind == NodeKind::function || node.kind == NodeKind::method ||
               node.kind == NodeKind::closure)
        functions_.push_back(&node);
      else if (sets_any(node))
        setters_.push_back(node.begin);
    }
    for (auto& [name, begins] : places_) std::ranges::sort(begins);
  }

  // The innermost function around the node; the whole file at the outermost level.
  [[nodiscard]] const Node* function_around(const Node& node) const {
    const Node* innermost = &unit_.parsed.ast[unit_.parsed.ast.root];
    for (const auto* each : functions_)
      if (each->begin <= node.begin && node.end <= each->end && each->begin >= innermost->begin)
        innermost = each;
    return innermost;
  }

  // Whether something before the node may set variables by names that are not written.
  [[nodiscard]] bool sets_before(const Node& function, const Node& node) const {
    return std::ranges::any_of(setters_, [&](std::uint32_t begin) {
      return begin >= function.begin && begin < node.begin;
    });
  }

  [[nodiscard]] std::size_t count(std::string_view name, const Node& function) const {
    const auto found = places_.find(name);
    if (found == places_.end()) return 0;
    const auto& begins = found->second;
    return static_cast<std::size_t>(std::ranges::lower_bound(begins, function.end) -
                                    std::ranges::lower_bound(begins, function.begin));
  }

  // Whether the file gives the variable its value.
  [[nodiscard]] bool assigns(std::string_view name) const {
    const auto& ast = unit_.parsed.ast;
    return std::ranges::any_of(ast.nodes, [&](const Node& node) {
      return node.kind == NodeKind::assign && Corpus::slice(unit_, ast[node.first]) == name;
    });
  }

  // The other name of the function that was meant; empty where none is near.
  [[nodiscard]] std::string meant(std::string_view name, const Node& function) const {
    std::vector<std::string_view> others;
    for (const auto& [other, begins] : places_)
      if (other != name && count(other, function) > 0) others.push_back(other.substr(1));
    const auto near = text::nearest(name.substr(1), others);
    return near ? '$' + *near : std::string{};
  }

 private:
  [[nodiscard]] bool sets_any(const Node& node) const {
    if (node.kind == NodeKind::include || node.kind == NodeKind::variable_variable) return true;
    if (node.kind != NodeKind::call) return false;
    const auto name = lower(base_name(Corpus::slice(unit_, unit_.parsed.ast[node.first])));
    return std::ranges::find(kSetters, name) != kSetters.end();
  }

  const Unit& unit_;
  std::map<std::string_view, std::vector<std::uint32_t>> places_;
  std::vector<const Node*> functions_;
  std::vector<std::uint32_t> setters_;
};

// The variables that a name is put together from, whatever the rest of it says.
void add_parts(const Ast& ast, NodeId id, std::vector<NodeId>& variables) {
  while (ast[id].kind == NodeKind::binary && ast[id].op == op('.')) {
    add_parts(ast, ast[ast[id].first].next, variables);
    id = ast[id].first;
  }
  if (ast[id].kind == NodeKind::variable) variables.push_back(id);
  if (ast[id].kind == NodeKind::interpolated)
    for (auto part = ast[id].first; part != 0; part = ast[part].next)
      if (ast[part].kind == NodeKind::variable) variables.push_back(part);
}

void judge(const Corpus& corpus, const Unit& unit) {
  const auto& ast = unit.parsed.ast;
  const auto& application = corpus.applications[unit.application];
  const bool page = application.served && application.prepended.empty() &&
                    unit.is_only_requested() && !unit.cut_short && barriers(ast, unit.text).empty();
  std::optional<Variables> variables;
  for (const auto& [id, inside] : unit.symbols.includes) {
    std::vector<NodeId> parts;
    add_parts(ast, ast[id].first, parts);
    if (parts.empty() || !(inside || page)) continue;
    if (!variables) variables.emplace(unit);
    const auto* function = variables->function_around(ast[id]);
    const bool outermost = function == &ast[ast.root];
    if ((outermost && !page) || variables->sets_before(*function, ast[id])) continue;
    const bool certain = unit.reached && (ast[id].op == kRequire || ast[id].op == kRequireOnce);
    for (const auto part : parts) {
      const auto name = Corpus::slice(unit, ast[part]);
      if (name == "$this" || name.starts_with("$_") || name == "$GLOBALS" ||
          variables->count(name, *function) != 1)
        continue;
      const auto meant = variables->meant(name, *function);
      if (!meant.empty() && (!outermost || variables->assigns(meant)))
        tell_undefined(corpus, {unit.file, ast[part].begin, ast[part].end}, certain,
                       "undefined variable " + std::string(name) + " in the name of a file, but " +
                           meant + " is there",
                       "write " + meant);
    }
  }
}

}  // namespace

void add_undefined_variables(const Corpus& corpus) {
  for (const auto& unit : corpus.units)
    if (!unit.inactive && !unit.symbols.includes.empty() &&
        unit.symbols.includes.size() <= kMostIncludes)
      judge(corpus, unit);
}

}  // namespace stackaudit::stack::php
