// Definitions in one pass over the tree of a file, and a second one over its classes.
#include "stack/php/collect.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr int kDeepestBranch = 6;
constexpr std::array<std::string_view, 4> kPromotes{"public", "protected", "private", "readonly"};

struct Range {
  std::uint32_t begin = 0, end = 0;

  [[nodiscard]] bool holds(const Node& node) const {
    return begin <= node.begin && node.end <= end;
  }
};

// The nodes that definitions are found at, by kind, each in the order of the tree.
struct Places {
  std::vector<NodeId> calls;       // of functions and of methods
  std::vector<NodeId> all_calls;   // and of static methods and constructors
  std::vector<NodeId> conditions;  // if, and operators that skip their right side
  std::vector<NodeId> functions;   // with a body: functions, methods, closures
  std::vector<NodeId> declared;    // functions and classes
  std::vector<NodeId> constants;
  std::vector<NodeId> properties;  // assignments to them
  std::vector<NodeId> items;       // assignments to elements of arrays
  std::vector<NodeId> evals;
};

bool is_lazy(Kind op) {
  return op == kLogicalOr || op == kBooleanOr || op == kLogicalAnd || op == kBooleanAnd;
}

Places places_in(const Ast& ast) {
  Places places;
  for (NodeId id = 1; id < ast.nodes.size(); ++id) {
    switch (ast[id].kind) {
      case NodeKind::call:
      case NodeKind::method_call:
        places.calls.push_back(id);
        places.all_calls.push_back(id);
        break;
      case NodeKind::static_call:
      case NodeKind::new_object:
        places.all_calls.push_back(id);
        break;
      case NodeKind::binary:
        if (is_lazy(ast[id].op)) places.conditions.push_back(id);
        break;
      case NodeKind::if_:
        places.conditions.push_back(id);
        break;
      case NodeKind::function:
        places.declared.push_back(id);
        places.functions.push_back(id);
        break;
      case NodeKind::method:
      case NodeKind::closure:
        places.functions.push_back(id);
        break;
      case NodeKind::class_declaration:
        places.declared.push_back(id);
        break;
      case NodeKind::const_:
        places.constants.push_back(id);
        break;
      case NodeKind::eval:
        places.evals.push_back(id);
        break;
      case NodeKind::assign: {
        const auto target = ast[ast[id].first].kind;
        if (target == NodeKind::property || target == NodeKind::static_property)
          places.properties.push_back(id);
        if (target == NodeKind::index) places.items.push_back(id);
        break;
      }
      default:
        break;
    }
  }
  return places;
}

// The outermost functions of a file, in order.
std::vector<Range> outermost(const Ast& ast, const std::vector<NodeId>& functions) {
  std::vector<Range> ranges;
  for (const auto id : functions) {
    const auto& node = ast[id];
    while (!ranges.empty() && ranges.back().begin >= node.begin) ranges.pop_back();
    ranges.push_back({node.begin, node.end});
  }
  return ranges;
}

bool holds(const std::vector<Range>& ranges, const Node& node) {
  const auto after = std::ranges::upper_bound(ranges, node.begin, {}, &Range::begin);
  return after != ranges.begin() && std::prev(after)->holds(node);
}

constexpr std::size_t kMostRanges = 64;
using Ranges = std::map<std::string, std::vector<Range>>;

// The argument of defined('X') behind one "!", or 0. Of several conditions that must all be met the
// first.
NodeId tested_name(const Unit& unit, NodeId id, bool negated) {
  const auto& ast = unit.parsed.ast;
  const bool all = ast[id].op == kBooleanAnd || ast[id].op == kLogicalAnd;
  if (ast[id].kind == NodeKind::binary && all && !negated)
    return tested_name(unit, ast[id].first, negated);
  if (ast[id].kind == NodeKind::unary && ast[id].op == static_cast<Kind>('!'))
    return tested_name(unit, ast[id].first, !negated);
  if (!negated || ast[id].kind != NodeKind::call) return 0;
  const auto callee = ast[id].first;
  if (lower(base_name(Corpus::slice(unit, ast[callee]))) != "defined") return 0;
  const auto argument = ast.child(ast[callee].next);
  return ast[argument].kind == NodeKind::string ? argument : 0;
}

// Where a constant is defined only if it was not before.
Ranges fallback_ranges(const Unit& unit, const std::vector<NodeId>& conditions) {
  const auto& ast = unit.parsed.ast;
  Ranges ranges;
  for (const auto id : conditions) {
    const auto& node = ast[id];
    const bool negated = node.op == kLogicalOr || node.op == kBooleanOr;
    const auto name = tested_name(unit, node.first, node.kind != NodeKind::if_ && negated);
    if (name == 0) continue;
    auto& known = ranges[unquote(Corpus::slice(unit, ast[name]))];
    if (known.size() < kMostRanges) known.push_back({node.begin, node.end});
  }
  return ranges;
}

// Collects the definitions of one file.
class Collector {
 public:
  Collector(const Unit& unit, std::vector<Definitions::Named>& out)
      : unit_(unit), ast_(unit.parsed.ast), places_(places_in(ast_)), out_(out) {}
  void run();
  [[nodiscard]] std::vector<NodeId> calls() { return std::move(places_.all_calls); }

 private:
  void add(std::string key, const Definition& definition) {
    out_.emplace_back(std::move(key), definition);
  }
  void add_calls();
  void add_guard();
  void add_class(NodeId id);
  void add_promoted(NodeId name);
  void add_properties(const std::vector<Range>& functions, const std::vector<Range>& classes);
  void add_top_level(NodeId block, int depth);

  const Unit& unit_;
  const Ast& ast_;
  Places places_;
  std::vector<Definitions::Named>& out_;
};

void Collector::run() {
  const auto& ast = ast_;
  const auto& unit = unit_;
  add_calls();
  add_guard();
  add_top_level(ast.root, 0);
  for (const auto id : places_.evals) add("@eval", {&unit, ast[id].first, id, false, true});
  for (const auto id : places_.items)
    if (const auto list = ast[ast[id].first].first; Corpus::slice(unit, ast[list]) == "$_ENV")
      add("@env", {&unit, 0, list, false, true});
  std::set<NodeId> in_classes;
  for (const auto id : places_.declared) {
    if (ast[id].kind == NodeKind::class_declaration) {
      add_class(id);
      for (auto member = ast[id].first; member != 0; member = ast[member].next)
        if (ast[member].kind == NodeKind::const_) in_classes.insert(member);
    }
    if (ast[id].kind == NodeKind::function)
      add(lower(Corpus::slice(unit, ast[ast[id].first])) + "()",
          {&unit, id, ast[id].first, false, false});
  }
  if (!places_.properties.empty()) {
    std::vector<NodeId> classes;
    std::ranges::copy_if(places_.declared, std::back_inserter(classes),
                         [&](NodeId id) { return ast[id].kind == NodeKind::class_declaration; });
    add_properties(outermost(ast, places_.functions), outermost(ast, classes));
  }
  for (const auto id : places_.constants) {
    if (in_classes.contains(id)) continue;
    for (auto item = ast[id].first; item != 0; item = ast[item].next) {
      const auto name = ast[item].first;
      add(std::string(Corpus::slice(unit, ast[name])), {&unit, ast[name].next, name, false, false});
    }
  }
}

// defined('X') or die; and if (!defined('X')) exit; as the first statement: what the file is for is
// done where another file, which defines X, loads it.
void Collector::add_guard() {
  auto id = ast_[ast_.root].first;
  while (id != 0 && (ast_[id].kind == NodeKind::declare || ast_[id].kind == NodeKind::use ||
                     ast_[id].kind == NodeKind::namespace_))
    id = ast_[id].next;
  const bool asks = ast_[id].kind == NodeKind::if_;
  if (!asks && ast_[id].kind != NodeKind::expression) return;
  const auto test = ast_[id].first;
  auto then = asks ? ast_[test].next : ast_[ast_[test].first].next;
  if (ast_[then].kind == NodeKind::block) then = ast_.last_child(then);
  if (ast_[then].kind == NodeKind::expression) then = ast_[then].first;
  if (ast_[then].kind != NodeKind::exit && ast_[then].kind != NodeKind::return_) return;
  const bool negated = !asks && (ast_[test].op == kLogicalOr || ast_[test].op == kBooleanOr);
  if (const auto name = tested_name(unit_, asks ? test : ast_[test].first, negated); name != 0)
    add("@guard", {&unit_, 0, name, false, false});
}

// define('X', value), and methods of that name which wrap it.
void Collector::add_calls() {
  const auto& ast = ast_;
  const auto& unit = unit_;
  auto ranges = fallback_ranges(unit, places_.conditions);
  const auto functions = outermost(ast, places_.functions);
  for (const auto id : places_.calls) {
    const auto kind = ast[id].kind;
    auto callee = ast[id].first;
    if (kind == NodeKind::method_call) callee = ast[callee].next;
    const auto called = Corpus::slice(unit, ast[callee]);
    const auto first = ast[callee].next;
    const auto function = base_name(called);
    const auto is = [&](std::string_view known) {
      return text::equal_ignoring_case(function, known);
    };
    const bool core =
        !unit.wordpress.empty() && unit.path.find("/wp-content/") == std::string::npos;
    if (is("chdir") && !core)  // that of WordPress works on files of a remote host
      add("@chdir",
          {&unit, first == 0 ? 0 : ast[first].first, callee, false, holds(functions, ast[id])});
    const bool asks = is("getcwd") || (is("dirname") && first != 0 &&
                                       Corpus::slice(unit, ast[first]).find("SCRIPT_FILENAME") !=
                                           std::string_view::npos);
    const bool looks = (is("realpath") || is("is_dir")) && first != 0 &&
                       !holds(functions, ast[id]) &&
                       (ast[ast[first].first].kind == NodeKind::variable ||
                        ast[ast[first].first].kind == NodeKind::string);
    if ((asks || looks) && unit.parsed.includes && !core)
      add("@start", {&unit, 0, callee, false, true});
    if (is("putenv")) add("@putenv", {&unit, 0, callee, false, true});
    if (is("spl_autoload_register"))
      add("@autoload", {&unit, first == 0 ? 0 : ast[first].first, callee, false, true});
    if (!is("define")) continue;
    const auto second = first == 0 ? 0 : ast[first].next;
    if (second == 0) continue;
    const auto name = ast[first].first;
    if (ast[name].kind != NodeKind::string) continue;
    const auto key = unquote(Corpus::slice(unit, ast[name]));
    const bool fallback =
        kind == NodeKind::method_call ||
        std::ranges::any_of(ranges[key], [&](const Range& r) { return r.holds(ast[id]); });
    const bool conditional = std::ranges::any_of(places_.conditions, [&](NodeId each) {
      return ast[each].kind == NodeKind::if_ && ast[each].begin <= ast[id].begin &&
             ast[id].end <= ast[each].end;
    });
    add(std::string(base_name(key)),
        {&unit, ast[second].first, name, fallback, holds(functions, ast[id]), conditional});
  }
}

// function __construct(private string $dir): the parameter fills the property of its name.
void Collector::add_promoted(NodeId name) {
  if (!text::equal_ignoring_case(Corpus::slice(unit_, ast_[name]), "__construct")) return;
  for (auto at = ast_[name].next; at != 0; at = ast_[at].next) {
    if (ast_[at].kind != NodeKind::parameter) continue;
    const auto& variable = ast_[ast_[at].first];
    const auto before = unit_.text.substr(ast_[at].begin, variable.begin - ast_[at].begin);
    const bool promoted = text::contains_any(before, kPromotes);
    if (promoted)
      add("->" + std::string(Corpus::slice(unit_, variable).substr(1)),
          {&unit_, ast_[at].first, ast_[at].first, false, true});
  }
}

void Collector::add_class(NodeId id) {
  const auto& ast = ast_;
  const auto& unit = unit_;
  auto member = ast[id].first;
  std::string name;
  if (member != 0 && ast[member].kind == NodeKind::name) {
    name = lower(Corpus::slice(unit, ast[member]));
    add("@class " + name, {&unit, id, member, false, false});
    member = ast[member].next;
  }
  for (; member != 0; member = ast[member].next) {
    const auto first = ast[member].first;
    if (ast[member].kind == NodeKind::method) {
      add(lower(Corpus::slice(unit, ast[first])) + "()", {&unit, member, first, false, false});
      add_promoted(first);
    } else if (ast[member].kind == NodeKind::const_) {
      for (auto item = first; item != 0; item = ast[item].next) {
        const auto constant = ast[item].first;
        const auto key = "::" + std::string(Corpus::slice(unit, ast[constant]));
        const Definition definition{&unit, ast[constant].next, constant, false, false};
        add(name + key, definition);
        add(key, definition);
      }
    } else if (ast[member].kind == NodeKind::enum_case && ast[first].next != 0) {
      add(name + "::" + std::string(Corpus::slice(unit, ast[first])) + "->value",
          {&unit, ast[first].next, first, false, false});
    } else if (ast[member].kind == NodeKind::property_declaration) {
      for (auto item = first; item != 0; item = ast[item].next) {
        if (ast[item].kind != NodeKind::assign) continue;
        const auto variable = ast[item].first;
        const auto key = "->" + std::string(Corpus::slice(unit, ast[variable]).substr(1));
        add(key, {&unit, ast[variable].next, variable, true, false});
      }
    }
  }
  // $this->property = value anywhere in the class.
  // The nodes of a class stand just before it.
  for (NodeId at = id; --at > 0 && ast[at].begin >= ast[id].begin;) {
    if (ast[at].kind != NodeKind::assign) continue;
    const auto target = ast[at].first;
    if (ast[target].kind != NodeKind::property && ast[target].kind != NodeKind::static_property)
      continue;
    const auto named = ast[ast[target].first].next;
    if (ast[named].kind == NodeKind::member && ast[named].first != 0) {
      add(std::string(kAnyProperty), {&unit, 0, named, false, true});
      continue;
    }
    auto property = Corpus::slice(unit, ast[named]);
    if (property.starts_with('$')) property.remove_prefix(1);
    add("->" + std::string(property),
        {&unit, ast[at].op == static_cast<Kind>('=') ? ast[target].next : 0, named, false, true});
  }
}

// $CFG->dir = value and Loader::$map = value, outside of classes.
void Collector::add_properties(const std::vector<Range>& functions,
                               const std::vector<Range>& classes) {
  for (const auto id : places_.properties) {
    if (holds(classes, ast_[id])) continue;
    const auto target = ast_[id].first;
    const auto named = ast_[ast_[target].first].next;
    if (ast_[named].kind != NodeKind::member && ast_[named].kind != NodeKind::variable) continue;
    auto key = std::string(Corpus::slice(unit_, ast_[target]));
    if (ast_[target].kind == NodeKind::static_property)
      key = "->" + std::string(Corpus::slice(unit_, ast_[named]).substr(1));
    else if (ast_[ast_[target].first].kind != NodeKind::variable)
      continue;
    add(std::move(key), {&unit_, ast_[id].op == static_cast<Kind>('=') ? ast_[target].next : 0,
                         named, false, holds(functions, ast_[id])});
  }
}

// $variable = value, in the outermost scope of a file and its branches.
void Collector::add_top_level(NodeId block, int depth) {
  const auto& ast = ast_;
  const auto& unit = unit_;
  if (depth > kDeepestBranch) return;
  for (auto id = ast[block].first; id != 0; id = ast[id].next) {
    switch (ast[id].kind) {
      case NodeKind::expression: {
        const auto value = ast[id].first;
        if (ast[value].kind != NodeKind::assign) break;
        const auto target = ast[value].first;
        if (ast[target].kind == NodeKind::array || ast[target].kind == NodeKind::list)
          for (auto item = ast[target].first; item != 0; item = ast[item].next)
            if (const auto part = ast.last_child(item); ast[part].kind == NodeKind::variable)
              add("@part " + std::string(Corpus::slice(unit, ast[part])),
                  {&unit, ast[target].next, part, false, false});
        if (ast[target].kind != NodeKind::variable) break;
        add(std::string(Corpus::slice(unit, ast[target])),
            {&unit, ast[value].op == static_cast<Kind>('=') ? ast[target].next : 0, target, false,
             false});
        break;
      }
      case NodeKind::if_:
      case NodeKind::block:
      case NodeKind::namespace_:
      case NodeKind::foreach:
      case NodeKind::try_:
        add_top_level(id, depth + (ast[id].kind == NodeKind::namespace_ ? 0 : 1));
        break;
      default:
        break;
    }
  }
}

}  // namespace

std::vector<NodeId> collect_definitions(const Unit& unit, std::vector<Definitions::Named>& out) {
  Collector collector(unit, out);
  collector.run();
  return collector.calls();
}

}  // namespace stackaudit::stack::php
