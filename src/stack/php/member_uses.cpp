// Where code asks a class or an object for a member, or makes an object.
#include "stack/php/names.hpp"
#include "stack/php/symbols.hpp"
#include "stack/php/types.hpp"
#include "syntax/php/php.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;
using text::lower;

// Ranges of declarations, and the innermost around a place.
class Around {
 public:
  void add(NodeId id, const Node& node) { all_.push_back({node.begin, node.end, id}); }
  void sort() { std::ranges::sort(all_, {}, &Range::begin); }
  // Nesting is seldom deep: the last that begins before and ends behind.
  [[nodiscard]] NodeId innermost(std::uint32_t begin, std::uint32_t end) const {
    auto at = std::ranges::upper_bound(all_, begin, {}, &Range::begin);
    for (int steps = 0; at != all_.begin() && steps < kMostSteps; ++steps)
      if ((--at)->end >= end) return at->id;
    return 0;
  }

 private:
  static constexpr int kMostSteps = 512;
  struct Range {
    std::uint32_t begin, end;
    NodeId id;
  };
  std::vector<Range> all_;
};

class Uses {
 public:
  Uses(const Ast& ast, std::string_view text) : ast_(ast), text_(text), names_(ast, text) {
    for (NodeId id = 1; id < ast.nodes.size(); ++id) {
      const auto& node = ast[id];
      if (node.kind == NodeKind::class_declaration) classes_.add(id, node);
      if (is_function(node.kind)) functions_.add(id, node);
      if (node.kind == NodeKind::arrow_function) arrows_.add(id, node);
      const bool asks = node.kind == NodeKind::isset || node.kind == NodeKind::empty;
      const bool replaces = (node.kind == NodeKind::binary && node.op == kCoalesce) ||
                            (node.kind == NodeKind::assign && node.op == kCoalesceEqual);
      if (asks) asked_.add(id, node);
      if (replaces) asked_.add(id, ast[node.first]);
    }
    asked_.sort();
    classes_.sort();
    functions_.sort();
    arrows_.sort();
  }

  std::vector<MemberUse> run() {
    assignments();
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) {
      const auto kind = ast_[id].kind;
      if (kind == NodeKind::static_call || kind == NodeKind::class_constant)
        of_class(ast_[id]);
      else if (kind == NodeKind::static_property &&
               asked_.innermost(ast_[id].begin, ast_[id].end) == 0)
        static_property(ast_[id]);
      else if (kind == NodeKind::method_call)
        of_object(ast_[id]);
      else if (kind == NodeKind::new_object)
        object(ast_[id]);
      else if (kind == NodeKind::array)
        callable(id);
      else if (kind == NodeKind::string)
        named_callable(id);
      else if (kind == NodeKind::variable)
        lost(id);
    }
    return std::move(found_);
  }

 private:
  static bool is_function(NodeKind kind) {
    return kind == NodeKind::function || kind == NodeKind::method || kind == NodeKind::closure;
  }

  // The class around, where it has a name.
  [[nodiscard]] std::string own_class(const Node& node) const {
    const auto around = classes_.innermost(node.begin, node.end);
    if (around == 0) return {};
    const auto& name = ast_[ast_[around].first];
    const auto head = lower(text_.substr(ast_[around].begin, 6));
    if (name.kind != NodeKind::name || head.starts_with("trait")) return {};
    return lower(names_.whole(slice(text_, name)));
  }

  [[nodiscard]] std::string parent_class(const Node& node) const {
    if (own_class(node).empty()) return {};
    return parent_of(ast_, text_, classes_.innermost(node.begin, node.end), names_);
  }

  // new X($a, $b)
  void object(const Node& node) {
    const auto& name = ast_[node.first];
    if (name.kind != NodeKind::name) return;
    const auto written = lower(slice(text_, name));
    if (written == "static" || written == "self" || written == "parent") return;
    MemberUse use;
    use.kind = MemberKind::object;
    use.type = lower(names_.whole(slice(text_, name)));
    use.member = slice(text_, name);
    use.id = node.first;
    use.begin = node.begin;
    use.given = given_to(ast_, node);
    if (!use.type.empty()) found_.push_back(std::move(use));
  }

  // $this in a static method that does not ask whether it is there, once in each.
  void lost(NodeId id) {
    const auto& node = ast_[id];
    if (slice(text_, node) != "$this") return;
    const auto method = functions_.innermost(node.begin, node.end);
    if (method == 0 || ast_[method].kind != NodeKind::method ||
        arrows_.innermost(node.begin, node.end) != 0)
      return;
    const auto head =
        text_.substr(ast_[method].begin, ast_[ast_[method].first].begin - ast_[method].begin);
    const auto body = slice(text_, ast_[method]);
    if (lower(head).find("static") == std::string::npos ||
        body.find("isset($this") != std::string_view::npos ||
        body.find("$this instanceof") != std::string_view::npos ||
        !without_this_.insert(method).second)
      return;
    MemberUse use;
    use.kind = MemberKind::lost;
    use.type = own_class(node);
    use.member = slice(text_, ast_[ast_[method].first]);
    use.id = id;
    use.begin = node.begin;
    if (!use.type.empty()) found_.push_back(std::move(use));
  }

  void add(std::string type, NodeId member, const Node& node, MemberUse use) {
    const auto name = slice(text_, ast_[member]);
    if (type.empty() || name.empty() || ast_[member].first != 0) return;
    use.type = std::move(type);
    use.member = name;
    use.id = member;
    use.begin = node.begin;
    use.outside = is_outside(node);
    found_.push_back(std::move(use));
  }

  [[nodiscard]] bool is_outside(const Node& node) const {
    if (classes_.innermost(node.begin, node.end) != 0) return false;
    const auto function = functions_.innermost(node.begin, node.end);
    return (function == 0 || ast_[function].kind == NodeKind::function) &&
           arrows_.innermost(node.begin, node.end) == 0;
  }

  void of_class(const Node& node) {
    const auto owner = node.first, member = ast_[owner].next;
    if (ast_[owner].kind != NodeKind::name || ast_[member].kind != NodeKind::member) return;
    const bool calls = node.kind == NodeKind::static_call;
    const auto written = lower(slice(text_, ast_[owner]));
    if (!calls && text::equal_ignoring_case(slice(text_, ast_[member]), "class")) return;
    if (written == "static") return;
    MemberUse use;
    use.kind = calls ? MemberKind::method : MemberKind::constant;
    use.own = written == "self";
    use.statically = calls && classes_.innermost(node.begin, node.end) == 0;
    if (written == "parent") return add(parent_class(node), member, node, use);
    add(use.own ? own_class(node) : lower(names_.whole(slice(text_, ast_[owner]))), member, node,
        use);
  }

  // X::$y, self::$y
  void static_property(const Node& node) {
    const auto owner = node.first, member = ast_[owner].next;
    if (ast_[owner].kind != NodeKind::name || ast_[member].kind != NodeKind::variable) return;
    const auto written = lower(slice(text_, ast_[owner]));
    if (written == "static" || written == "parent") return;
    MemberUse use;
    use.kind = MemberKind::property;
    use.own = written == "self";
    add(use.own ? own_class(node) : lower(names_.whole(slice(text_, ast_[owner]))), member, node,
        use);
  }

  void of_object(const Node& node) {
    const auto object = node.first, member = ast_[object].next;
    if (ast_[member].kind != NodeKind::member) return;
    if (ast_[object].kind == NodeKind::new_object) return add(made(ast_[object]), member, node, {});
    if (ast_[object].kind != NodeKind::variable) return;
    const auto name = slice(text_, ast_[object]);
    if (name != "$this") return add(given(node, name), member, node, {});
    MemberUse use;
    use.own = true;
    add(own_class(node), member, node, use);
  }

  // [$this, 'f'], [self::class, 'f'], ['X', 'f'], [X::class, 'f'] as an argument.
  void callable(NodeId id) {
    const auto first = ast_[id].first;
    const auto second = ast_[first].next;
    if (first == 0 || second == 0 || ast_[second].next != 0) return;
    const auto object = ast_[first].first, method = ast_[second].first;
    if (ast_[object].next != 0 || ast_[method].kind != NodeKind::string ||
        !handed_over_.contains(id))
      return;
    const auto written = slice(text_, ast_[object]);
    MemberUse use;
    use.own = written == "$this" || written == "__CLASS__" || lower(written) == "self::class";
    std::string type;
    if (use.own)
      type = own_class(ast_[object]);
    else if (ast_[object].kind == NodeKind::class_constant && lower(written).ends_with("::class"))
      type = lower(names_.whole(written.substr(0, written.size() - 7)));
    else if (ast_[object].kind == NodeKind::string)
      type = lower(unquote(written));
    else if (ast_[object].kind == NodeKind::new_object)
      type = made(ast_[object]);
    else if (ast_[object].kind == NodeKind::variable)
      type = given(ast_[object], written);
    if (type.starts_with('\\')) type.erase(0, 1);
    const auto quoted = slice(text_, ast_[method]);
    if (type.empty() || type == "static" || quoted.size() < 3) return;
    const auto name = quoted.substr(1, quoted.size() - 2);
    if (name.find_first_of(":\\ $") != std::string_view::npos) return;
    use.type = std::move(type);
    use.member = name;
    use.id = method;
    use.begin = ast_[id].begin;
    found_.push_back(std::move(use));
  }

  // 'X::f' as an argument.
  void named_callable(NodeId id) {
    if (!handed_over_.contains(id)) return;
    const auto quoted = slice(text_, ast_[id]);
    const auto words = quoted.substr(1, quoted.size() - 2);
    const auto colon = words.find("::");
    if (colon == std::string_view::npos || words.find_first_of("$ {") != std::string_view::npos)
      return;
    MemberUse use;
    use.type = lower(unquote(quoted).substr(0, unquote(quoted).find("::")));
    if (use.type.starts_with('\\')) use.type.erase(0, 1);
    if (use.type == "self" || use.type == "static" || use.type == "parent") return;
    use.member = words.substr(colon + 2);
    use.id = id;
    use.begin = ast_[id].begin;
    if (!use.member.empty() && use.member.find(':') == std::string_view::npos)
      found_.push_back(std::move(use));
  }

  // What the only assignment to a variable of the function gives it.
  [[nodiscard]] std::string given(const Node& use, std::string_view variable) const {
    const auto function = functions_.innermost(use.begin, use.end);
    const auto it = assigned_.find({function, variable});
    return it == assigned_.end() || !it->second ? std::string{} : *it->second;
  }

  void note(NodeId variable, std::optional<std::string> type) {
    if (ast_[variable].kind != NodeKind::variable) return;
    const auto& at = ast_[variable];
    const auto [it, fresh] = assigned_.try_emplace(
        {functions_.innermost(at.begin, at.end), slice(text_, at)}, std::move(type));
    if (!fresh) it->second.reset();
  }

  void note_all(NodeId target) {
    note(target, {});
    if (ast_[target].kind != NodeKind::array && ast_[target].kind != NodeKind::list) return;
    for (auto item = ast_[target].first; item != 0; item = ast_[item].next)
      note(ast_.last_child(item), {});
  }

  // The type of the object that an expression makes; empty where it is not written there.
  [[nodiscard]] std::string made(const Node& value) const {
    const auto& name = ast_[value.first];
    if (value.kind != NodeKind::new_object || name.kind != NodeKind::name) return {};
    if (lower(slice(text_, name)) == "self") return own_class(name);
    return lower(names_.whole(slice(text_, name)));
  }

  void assigned(const Node& node) {
    const auto& value = ast_[ast_[node.first].next];
    if (node.op != static_cast<Kind>('=') || value.kind != NodeKind::new_object ||
        ast_[value.first].kind != NodeKind::name)
      return note_all(node.first);
    auto type = made(value);
    note(node.first, type == "static" ? std::optional<std::string>{} : std::move(type));
  }

  void assignments() {
    for (const auto& node : ast_.nodes) {
      switch (node.kind) {
        case NodeKind::assign:
          assigned(node);
          break;
        case NodeKind::foreach:
          note_all(ast_[node.first].next);
          note_all(ast_[ast_[node.first].next].next);
          break;
        case NodeKind::parameter:
        case NodeKind::global:
        case NodeKind::static_:
        case NodeKind::unset:
          for (auto id = node.first; id != 0; id = ast_[id].next) note(id, {});
          break;
        case NodeKind::call:
          if (const auto handed = handed_over(ast_, node, text_);
              handed.given != 0 && !handed.of_class)
            handed_over_.insert(handed.given);
          break;
        default:
          break;
      }
    }
  }

  const Ast& ast_;
  std::string_view text_;
  Names names_;
  Around classes_, functions_, arrows_, asked_;
  // By function and variable; no type: it may be another.
  std::map<std::pair<NodeId, std::string_view>, std::optional<std::string>> assigned_;
  std::set<NodeId> handed_over_;   // callbacks
  std::set<NodeId> without_this_;  // static methods that use it
  std::vector<MemberUse> found_;
};

}  // namespace

std::vector<MemberUse> member_uses(const Ast& ast, std::string_view text) {
  return ast.root == 0 ? std::vector<MemberUse>{} : Uses(ast, text).run();
}

}  // namespace stackaudit::stack::php
