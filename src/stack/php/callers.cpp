// The functions of interest by name, then one look at every call.
#include "stack/php/callers.hpp"

#include "stack/in_parallel.hpp"
#include "stack/php/called_names.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <bitset>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// A function of interest. A variable's name belongs to its file alone.
struct Wanted {
  const Unit* unit = nullptr;
  NodeId function = 0;
  NodeKind call = NodeKind::none;
  NodeId of_class = 0;  // only its own calls, $this->f() and self::f(), are meant
  bool others = false;  // and there may be more, which are not known
  bool loads = false;   // it has an include itself
};
using Named = std::pair<std::string, Wanted>;

// By name; most names are told to be none by their length and first letter.
class WantedByName {
 public:
  void add(const Named& each) {
    lengths_[first_letter(each.first)].set(std::min(each.first.size(), kLongest));
    by_name_.insert(each);
  }
  [[nodiscard]] bool empty() const { return by_name_.empty(); }
  [[nodiscard]] bool may_have(std::string_view name) const {
    return !name.empty() && lengths_[first_letter(name)].test(std::min(name.size(), kLongest));
  }
  [[nodiscard]] auto equal_range(const std::string& name) const {
    return by_name_.equal_range(name);
  }

 private:
  static constexpr std::size_t kLongest = 63;
  static std::size_t first_letter(std::string_view name) {
    const auto letter = static_cast<unsigned char>(name[0]);
    return letter >= 'A' && letter <= 'Z' ? letter + 32U : letter;
  }

  std::array<std::bitset<kLongest + 1>, 256> lengths_{};
  std::unordered_multimap<std::string, Wanted> by_name_;
};

bool has_parameters(const Ast& ast, NodeId id) {
  for (auto child = ast[id].first; child != 0; child = ast[child].next)
    if (ast[child].kind == NodeKind::parameter) return true;
  return false;
}

bool is_closure(NodeKind kind) {
  return kind == NodeKind::closure || kind == NodeKind::arrow_function;
}

class Finder {
 public:
  Finder(const Unit& unit, const Definitions& definitions, std::vector<Named>& out)
      : unit_(unit), ast_(unit.parsed.ast), definitions_(definitions), out_(out) {}

  // Gives the constructors.
  std::vector<NodeId> run() {
    std::vector<NodeId> found;
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) {
      const auto kind = ast_[id].kind;
      if (kind == NodeKind::include && Corpus::slice(unit_, ast_[id]).find('$') != kNowhere)
        includes_.push_back(ast_[id].begin);
      if (kind == NodeKind::function || kind == NodeKind::class_declaration || is_closure(kind))
        found.push_back(id);
    }
    if (includes_.empty() && !unit_.keeps_paths && !makes_paths(unit_.text)) return {};
    std::ranges::sort(includes_);
    for (const auto& node : ast_.nodes)
      if (node.kind == NodeKind::assign && keeps_variable(node)) kept_.push_back(node.begin);
    std::ranges::sort(kept_);
    for (const auto id : found) {
      if (ast_[id].kind == NodeKind::function) named(id, NodeKind::call);
      if (ast_[id].kind == NodeKind::class_declaration) members(id);
      if (is_closure(ast_[id].kind) && holds_include(id) && has_parameters(ast_, id)) kept(id);
    }
    return std::move(constructors_);
  }

  // Short functions that hand on their parameters to one of these.
  void relays(const CallSites& sites, const std::set<Callee>& loaders) {
    for (const auto& [id, callee] : sites)
      if (loaders.contains(callee) && Corpus::slice(unit_, ast_[id]).find('$') != kNowhere)
        handed_on_.push_back(id);
    for (const auto id : handed_on_) includes_.push_back(ast_[id].begin);
    std::ranges::sort(includes_);
    for (NodeId id = 1; id < ast_.nodes.size() && !handed_on_.empty(); ++id) {
      if (ast_[id].kind == NodeKind::function && hands_on(id)) named(id, NodeKind::call);
      if (ast_[id].kind != NodeKind::class_declaration || !holds_include(id)) continue;
      for (auto member = ast_[id].first; member != 0; member = ast_[member].next)
        if (ast_[member].kind == NodeKind::method && name_of(member) != "__construct" &&
            hands_on(member))
          named(member, NodeKind::method_call, id);
    }
  }

 private:
  // Whether one of the calls in the function names a parameter of it.
  [[nodiscard]] bool hands_on(NodeId function) const {
    constexpr std::uint32_t kShort = 400;
    if (ast_[function].end - ast_[function].begin > kShort) return false;
    for (auto at = ast_[function].first; at != 0; at = ast_[at].next) {
      if (ast_[at].kind != NodeKind::parameter) continue;
      const auto name = Corpus::slice(unit_, ast_[ast_[at].first]);
      for (const auto id : handed_on_)
        if (ast_[function].begin < ast_[id].begin && ast_[id].end <= ast_[function].end &&
            text::contains(Corpus::slice(unit_, ast_[id]), name))
          return true;
    }
    return false;
  }

  [[nodiscard]] bool holds_include(NodeId id) const {
    const auto it = std::ranges::lower_bound(includes_, ast_[id].begin);
    return it != includes_.end() && *it < ast_[id].end;
  }
  // $this->dir = rtrim($dir, '/'), self::$items[$key] = $value
  [[nodiscard]] bool keeps_variable(const Node& assigned) const {
    auto kind = ast_[assigned.first].kind;
    if (kind == NodeKind::index) {
      kind = ast_[ast_[assigned.first].first].kind;
      if (kind != NodeKind::static_property) return false;
    }
    if (kind != NodeKind::property && kind != NodeKind::static_property) return false;
    const auto given = Corpus::slice(unit_, ast_[ast_[assigned.first].next]);
    return given.find('$') != kNowhere && given.find("$this") == kNowhere;
  }
  [[nodiscard]] std::string name_of(NodeId id) const {
    return lower(Corpus::slice(unit_, ast_[ast_[id].first]));
  }

  // Whether a method keeps what it is given: self::$dir = $dir.
  [[nodiscard]] bool keeps(NodeId id) const {
    const auto& method = ast_[id];
    const auto it = std::ranges::lower_bound(kept_, method.begin);
    return it != kept_.end() && *it < method.end;
  }

  // Whether no other class can call the method, and nothing hands it over by its name.
  [[nodiscard]] bool is_private(NodeId id, const std::string& name) {
    const auto& word = ast_[ast_[id].first];
    const auto begin = ast_[id].begin;
    if (lower(unit_.text.substr(begin, word.begin - begin)).find("private") == kNowhere)
      return false;
    if (lowered_.empty()) lowered_ = lower(unit_.text);
    return !text::contains(lowered_, "'" + name + "'") &&
           !text::contains(lowered_, '"' + name + '"');
  }

  void named(NodeId id, NodeKind call, NodeId of_class = 0) {
    if (!has_parameters(ast_, id)) return;
    const bool keeps_them = of_class != 0 && keeps(id);
    const bool setter = keeps_them && !holds_include(id);
    if (!setter && !holds_include(id)) return;
    const auto name = name_of(id);
    const auto& all = definitions_.of(name + "()");
    const auto bodies = std::ranges::count_if(all, [&](const Definition& each) {
      const auto& ast = each.unit->parsed.ast;
      const auto last = ast.last_child(each.value);
      return ast[each.value].kind == ast_[id].kind && each.unit->application == unit_.application &&
             each.unit->wordpress == unit_.wordpress && ast[last].kind == NodeKind::block;
    });
    if (bodies == 1) {
      out_.emplace_back(name, Wanted{&unit_, id, call, 0, false, !setter});
      if (keeps_them) constructors_.push_back(id);
    } else if (of_class != 0 && !setter) {
      out_.emplace_back(name, Wanted{&unit_, id, call, of_class, !is_private(id, name), true});
    }
  }

  void members(NodeId id) {
    const auto first = ast_[id].first;
    for (auto member = first; member != 0; member = ast_[member].next) {
      if (ast_[member].kind != NodeKind::method) continue;
      if (name_of(member) != "__construct") {
        named(member, NodeKind::method_call, id);
      } else if (ast_[first].kind == NodeKind::name && has_parameters(ast_, member)) {
        constructors_.push_back(member);
        out_.emplace_back(lower(Corpus::slice(unit_, ast_[first])),
                          Wanted{&unit_, member, NodeKind::new_object});
      }
    }
  }

  // $load = function ($name) { ... }, or fn ($name) => ..., once in the file. The assignment stands
  // right behind.
  void kept(NodeId id) {
    const auto next = id + 1;
    if (next >= ast_.nodes.size() || ast_[next].kind != NodeKind::assign) return;
    const auto target = ast_[next].first;
    if (ast_[target].next != id || ast_[target].kind != NodeKind::variable) return;
    const auto name = std::string(Corpus::slice(unit_, ast_[target]));
    const auto own = [&](const auto& each) {
      return each.first == name && each.second.call == NodeKind::variable;
    };
    const auto known = std::ranges::find_if(out_, own);
    if (known == out_.end())
      out_.emplace_back(name, Wanted{&unit_, id, NodeKind::variable});
    else
      out_.erase(known);
  }

  static constexpr auto kNowhere = std::string_view::npos;

  const Unit& unit_;
  const Ast& ast_;
  const Definitions& definitions_;
  std::vector<Named>& out_;
  std::string lowered_;                  // the text in lower case, once it was asked for
  std::vector<std::uint32_t> includes_;  // of names that are not the same each time
  std::vector<std::uint32_t> kept_;      // assignments of variables to properties
  std::vector<NodeId> constructors_;     // and other methods that fill properties
  std::vector<NodeId> handed_on_;        // calls with variables
};

CallSites calls_in(const Unit& unit, const std::vector<NodeId>& calls, const WantedByName& wanted) {
  CallSites found;
  if (calls.empty()) return found;
  const ClassesAround classes(unit);
  for (const auto id : calls) {
    const auto [name, how] = classes.meant(unit.parsed.ast[id]);
    if (!wanted.may_have(name)) continue;
    const auto [begin, end] =
        wanted.equal_range(how == NodeKind::variable ? std::string(name) : lower(name));
    for (auto it = begin; it != end; ++it) {
      const auto& function = it->second;
      const bool near = function.unit->application == unit.application &&
                        function.unit->wordpress == unit.wordpress;
      if (function.call != how || !near) continue;
      if (how == NodeKind::variable && function.unit != &unit) continue;
      if (function.of_class != 0 &&
          (function.unit != &unit ||
           !is_own(unit, unit.parsed.ast[id], unit.parsed.ast[function.of_class])))
        continue;
      found.emplace(id, Callee{function.unit, function.function});
    }
  }
  return found;
}

// The calls define('X', ...$value...) and define('DIR_' . $name, ...), by the second argument.
void add_defines(const Unit& unit, const std::vector<NodeId>& calls, CallSites& found) {
  const auto& ast = unit.parsed.ast;
  for (const auto id : calls) {
    const auto [name, how] = called(unit, ast[id]);
    if (how != NodeKind::call || !text::equal_ignoring_case(name, "define")) continue;
    const auto first = ast[ast[id].first].next;
    const auto second = first == 0 ? 0 : ast[first].next;
    if (second != 0 && (ast[ast[first].first].kind != NodeKind::string ||
                        Corpus::slice(unit, ast[second]).find('$') != std::string_view::npos))
      found.emplace(id, Callee{&unit, ast[second].first});
  }
}

}  // namespace

Callers::Callers(const Corpus& corpus, const Definitions& definitions)
    : sites_(corpus.units.size()) {
  std::vector<std::pair<std::vector<Named>, std::vector<NodeId>>> found(sites_.size());
  in_parallel(0, found.size(), 8, [&](std::size_t i) {
    const auto& unit = corpus.units[i];
    if (unit.parsed.includes || unit.keeps_paths || makes_paths(unit.text))
      found[i].second = Finder(unit, definitions, found[i].first).run();
  });
  WantedByName wanted;
  std::set<Callee> loaders;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const auto& each : found[i].first) {
      wanted.add(each);
      const Callee callee{each.second.unit, each.second.function};
      if (each.second.others) others_.insert(callee);
      if (each.second.loads) loaders.insert(callee);
    }
    for (const auto id : found[i].second) constructors_.emplace(&corpus.units[i], id);
  }
  in_parallel(0, sites_.size(), 8, [&](std::size_t i) {
    const auto& unit = corpus.units[i];
    if (is_aside(unit.path, corpus.applications[unit.application].root)) return;
    if (!wanted.empty()) sites_[i] = calls_in(unit, definitions.calls(i), wanted);
    add_defines(unit, definitions.calls(i), sites_[i]);
  });
  constexpr int kMostRelays = 2;
  for (int level = 0; level < kMostRelays && relay(corpus, definitions, loaders);) ++level;
}

bool Callers::relay(const Corpus& corpus, const Definitions& definitions,
                    std::set<Callee>& loaders) {
  std::vector<std::vector<Named>> found(sites_.size());
  in_parallel(0, found.size(), 8, [&](std::size_t i) {
    if (!sites_[i].empty())
      Finder(corpus.units[i], definitions, found[i]).relays(sites_[i], loaders);
  });
  WantedByName wanted;
  for (std::size_t i = 0; i < found.size(); ++i)
    for (const auto& each : found[i]) {
      const Callee callee{each.second.unit, each.second.function};
      if (!loaders.insert(callee).second) continue;
      wanted.add(each);
      relays_.insert(i);
      if (each.second.others) others_.insert(callee);
    }
  if (wanted.empty()) return false;
  in_parallel(0, sites_.size(), 8, [&](std::size_t i) {
    const auto& unit = corpus.units[i];
    if (!is_aside(unit.path, corpus.applications[unit.application].root))
      sites_[i].merge(calls_in(unit, definitions.calls(i), wanted));
  });
  return true;
}

std::vector<Callee> Callers::differences(const Callers& other) const {
  std::vector<Callee> different;
  std::ranges::set_symmetric_difference(others_, other.others_, std::back_inserter(different));
  return different;
}

}  // namespace stackaudit::stack::php
