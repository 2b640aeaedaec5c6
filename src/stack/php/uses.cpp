// Which uses of names run whenever the file does.
#include "stack/php/uses.hpp"

#include "stack/php/definitions.hpp"
#include "stack/php/symbols.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// Words of a question for the version of PHP, or for what only old ones have.
constexpr auto kVersions = std::to_array<std::string_view>(
    {"PHP_VERSION", "phpversion", "PHP_MAJOR_VERSION", "version_compare", "get_magic_quotes",
     "'mcrypt_", "\"mcrypt_"});

// Ranges of a text, merged.
class Ranges {
 public:
  void add(std::uint32_t begin, std::uint32_t end) { ranges_.push_back({begin, end}); }
  void merge() {
    std::ranges::sort(ranges_, {}, &Range::begin);
    std::vector<Range> merged;
    for (const auto& range : ranges_) {
      if (!merged.empty() && range.begin < merged.back().end)
        merged.back().end = std::max(merged.back().end, range.end);
      else
        merged.push_back(range);
    }
    ranges_ = std::move(merged);
  }
  [[nodiscard]] bool hold(const Node& node) const {
    const auto after = std::ranges::upper_bound(ranges_, node.begin, {}, &Range::begin);
    return after != ranges_.begin() && node.end <= std::prev(after)->end;
  }

 private:
  struct Range {
    std::uint32_t begin, end;
  };
  std::vector<Range> ranges_;
};

// "defined('ABSPATH') || exit;": whoever asks for the file itself is turned away, the application
// that loads it is not.
bool holds_back(std::string_view statement) {
  constexpr std::size_t kLongestBarrier = 160;
  return statement.size() < kLongestBarrier &&
         statement.find("defined") != std::string_view::npos &&
         statement.find("else") == std::string_view::npos;
}

// What "!defined('X')" and "defined('X') ||" in the words of a barrier ask for.
void asked_by(std::string_view words, std::vector<std::string_view>& names) {
  constexpr std::string_view kAsks = "defined";
  for (auto at = words.find(kAsks); at != std::string_view::npos; at = words.find(kAsks, at + 1)) {
    const auto open = words.find_first_of("'\"", at);
    if (open == std::string_view::npos) return;
    const auto close = words.find(words[open], open + 1);
    if (close == std::string_view::npos) return;
    const auto before = words.substr(0, at).find_last_not_of(" \t\r\n\\");
    const auto after = words.find_first_not_of(" \t\r\n)", close + 1);
    const bool first = before == std::string_view::npos;
    const auto then = after == std::string_view::npos ? std::string_view{} : words.substr(after);
    if (first ? then.starts_with("||") || then.starts_with("or") || then.starts_with("OR")
              : words[before] == '!')
      names.push_back(words.substr(open + 1, close - open - 1));
  }
}

// What runs under a condition, or later, or not at all.
class Doubts {
 public:
  // leaving: what stands behind a statement that may end the file is in doubt, too.
  Doubts(const Ast& ast, std::string_view text, bool leaving, const Finals& finals = {})
      : ast_(ast), text_(text) {
    std::vector<const Node*> leaves;
    for (const auto& node : ast.nodes) {
      note(node);
      if (node.kind == NodeKind::return_ || node.kind == NodeKind::exit || calls(node, finals))
        leaves.push_back(&node);
    }
    functions_.merge();
    std::vector<std::uint32_t> ends;
    for (const auto* node : leaves)
      if (!functions_.hold(*node)) ends.push_back(node->begin);
    std::ranges::sort(ends);
    if (leaving) leave(ast.root, ends);
    ranges_.merge();
    conditions_.merge();
    excused_.merge();
  }

  [[nodiscard]] bool hold(const Node& node) const {
    return functions_.hold(node) || ranges_.hold(node) || conditions_.hold(node);
  }
  // Whether a condition decides, whatever function stands around.
  [[nodiscard]] bool depend(const Node& node) const {
    return conditions_.hold(node) || ranges_.hold(node);
  }
  // Where a failure is caught, or the version of PHP was asked for.
  [[nodiscard]] bool excuse(const Node& node) const { return excused_.hold(node); }

 private:
  void after(const Node& node, NodeId child) {
    if (child == 0 || ast_[child].next == 0) return;
    const auto begin = ast_[ast_[child].next].begin;
    conditions_.add(begin, node.end);
    if (asks_version(ast_[child])) excused_.add(begin, node.end);
  }

  [[nodiscard]] bool asks_version(const Node& condition) const {
    const auto words = text_.substr(condition.begin, condition.end - condition.begin);
    return text::contains_any(words, kVersions);
  }

  void note(const Node& node) {
    switch (node.kind) {
      case NodeKind::function:
      case NodeKind::method:
      case NodeKind::closure:
      case NodeKind::arrow_function:
      case NodeKind::class_declaration:
        return functions_.add(node.begin, node.end);
      case NodeKind::try_:
        return excused_.add(node.begin, node.end);
      case NodeKind::if_:
      case NodeKind::while_:
      case NodeKind::for_:
      case NodeKind::foreach:
      case NodeKind::switch_:
      case NodeKind::ternary:
      case NodeKind::match:
        return after(node, node.first);
      case NodeKind::binary:
        if (node.op == kBooleanAnd || node.op == kBooleanOr || node.op == kLogicalAnd ||
            node.op == kLogicalOr || node.op == kCoalesce)
          after(node, node.first);
        return;
      default:
        return;
    }
  }

  [[nodiscard]] bool calls(const Node& node, const Finals& finals) const {
    const auto& callee = ast_[node.first];
    return !finals.empty() && node.kind == NodeKind::call && callee.kind == NodeKind::name &&
           finals.contains(hash_of(
               kFunctionName, base_name(text_.substr(callee.begin, callee.end - callee.begin))));
  }

  [[nodiscard]] bool is_barrier(const Node& statement) const {
    return holds_back(text_.substr(statement.begin, statement.end - statement.begin));
  }

  // "exit;", "return;", "if (true) { return; }".
  [[nodiscard]] bool ends_for_good(NodeId statement) const {
    const auto& node = ast_[statement];
    const auto inner = ast_[node.first].kind;
    if (node.kind == NodeKind::expression)
      return inner == NodeKind::exit || inner == NodeKind::throw_;
    if (node.kind == NodeKind::block) {
      const auto last = ast_.last_child(statement);
      return last != 0 && ends_for_good(last);
    }
    if (node.kind != NodeKind::if_) return node.kind == NodeKind::return_;
    const auto& condition = ast_[node.first];
    const auto words = text_.substr(condition.begin, condition.end - condition.begin);
    const bool always = text::equal_ignoring_case(words, "true") || words == "1";
    return always && condition.next != 0 && ends_for_good(condition.next);
  }

  // Functions and classes are declared all the same.
  void never(NodeId statement) {
    for (auto id = statement; id != 0; id = ast_[id].next)
      if (ast_[id].kind != NodeKind::function && ast_[id].kind != NodeKind::class_declaration)
        excused_.add(ast_[id].begin, ast_[id].end);
  }

  void leave(NodeId block, const std::vector<std::uint32_t>& ends) {
    for (auto id = ast_[block].first; id != 0; id = ast_[id].next) {
      const auto& node = ast_[id];
      if (ends_for_good(id)) never(node.next);
      if (node.kind == NodeKind::namespace_ && ast_.last_child(id) != 0)
        leave(ast_.last_child(id), ends);
      if (node.kind == NodeKind::namespace_ || node.kind == NodeKind::function ||
          node.kind == NodeKind::class_declaration)
        continue;
      const auto first = std::ranges::lower_bound(ends, node.begin);
      if (first == ends.end() || *first >= node.end || is_barrier(node)) continue;
      ranges_.add(node.end, ast_[ast_.root].end + 1);
      return;
    }
  }

  const Ast& ast_;
  std::string_view text_;
  Ranges functions_, conditions_, ranges_, excused_;  // ranges_: behind what may end the file
};

// X::class is a word, and asks for nothing.
bool asks_class(const Ast& ast, const Node& node, std::string_view text) {
  if (node.kind == NodeKind::static_call || node.kind == NodeKind::static_property) return true;
  if (node.kind != NodeKind::class_constant) return false;
  const auto& member = ast[ast[node.first].next];
  return !text::equal_ignoring_case(text.substr(member.begin, member.end - member.begin), "class");
}

// Hooks that WordPress fires for every page.
constexpr auto kAlwaysFired = std::to_array<std::string_view>(
    {"plugins_loaded", "setup_theme", "after_setup_theme", "init", "widgets_init", "wp_loaded",
     "parse_request", "wp", "template_redirect", "template_include", "wp_head", "wp_footer",
     "wp_enqueue_scripts", "pre_get_posts"});

// Whether what the call hands over is called whenever the call is made.
bool is_called(const Ast& ast, const Node& call, std::string_view text) {
  const auto& callee = ast[call.first];
  const auto name = text.substr(callee.begin, callee.end - callee.begin);
  // Of shortcodes, pages and hooks of plugins nobody knows when they run.
  if (name.starts_with("register_")) return name == "register_shutdown_function";
  if (name != "add_action" && name != "add_filter") return !name.starts_with("add_");
  const auto& hook = ast[ast[callee.next].first];
  const auto words = text.substr(hook.begin, hook.end - hook.begin);
  return words.size() > 2 &&
         std::ranges::find(kAlwaysFired, words.substr(1, words.size() - 2)) != kAlwaysFired.end();
}

}  // namespace

std::vector<bool> other_names(const Ast& ast) {
  std::vector<bool> other(ast.nodes.size());
  for (const auto& node : ast.nodes) {
    switch (node.kind) {
      case NodeKind::call:
      case NodeKind::new_object:
      case NodeKind::static_call:
      case NodeKind::static_property:
      case NodeKind::class_constant:
      case NodeKind::function:
      case NodeKind::method:
      case NodeKind::class_declaration:
      case NodeKind::enum_case:
      case NodeKind::constant:
      case NodeKind::namespace_:
        other[node.first] = true;
        break;
      case NodeKind::declare:
        for (auto id = node.first; id != 0; id = ast[id].next) other[ast[id].first] = true;
        break;
      case NodeKind::binary:
        if (node.op == kInstanceof && node.first != 0) other[ast[node.first].next] = true;
        break;
      default:
        break;
    }
  }
  return other;
}

char use_kind(const Ast& ast, std::string_view text, NodeId id, const std::vector<bool>& other) {
  const auto& node = ast[id];
  const bool named = node.first != 0 && ast[node.first].kind == NodeKind::name;
  if (node.kind == NodeKind::call && named) return kFunctionName;
  if (named && (node.kind == NodeKind::new_object || asks_class(ast, node, text)))
    return kClassName;
  return node.kind == NodeKind::name && !other[id] ? kConstantName : '\0';
}

NodeId name_of(const Ast& ast, NodeId id) {
  return ast[id].kind == NodeKind::name ? id : ast[id].first;
}

std::pair<NodeId, std::string_view> callback_name(const Ast& ast, const HandedOver& handed,
                                                  std::string_view text) {
  auto given = handed.of_class ? 0 : handed.given;
  const auto slice = [&](const Node& node) {
    return text.substr(node.begin, node.end - node.begin);
  };
  // __NAMESPACE__ . '\\name'
  const auto& whole = ast[given];
  const bool spaced =
      given != 0 && whole.kind == NodeKind::binary && whole.op == static_cast<Kind>('.') &&
      ast[whole.first].kind == NodeKind::magic && slice(ast[whole.first]) == "__NAMESPACE__";
  if (spaced) given = ast[whole.first].next;
  if (given == 0 || ast[given].kind != NodeKind::string) return {};
  const auto quoted = slice(ast[given]);
  if (quoted.size() < 3 || quoted.find_first_of(": $") != std::string_view::npos ||
      spaced != quoted.substr(1).starts_with('\\'))
    return {};
  return {given, base_name(quoted.substr(1, quoted.size() - 2))};
}

std::unordered_map<NodeId, NodeId> calls_by_name(const Ast& ast) {
  std::unordered_map<NodeId, NodeId> calls;
  for (NodeId id = 1; id < ast.nodes.size(); ++id)
    if (ast[id].kind == NodeKind::call) calls.emplace(ast[id].first, id);
  return calls;
}

std::vector<Use> uses_of(const Ast& ast, std::string_view text, const Finals& finals) {
  std::vector<Use> found;
  const Doubts doubts(ast, text, true, finals);
  const auto other = other_names(ast);
  for (NodeId id = 1; id < ast.nodes.size(); ++id) {
    const char kind = use_kind(ast, text, id, other);
    const bool item = ast[id].kind == NodeKind::array_item;
    if ((kind == '\0' && !item) || doubts.excuse(ast[id])) continue;
    const bool certain = !item && !doubts.hold(ast[id]);
    const bool conditional = doubts.depend(ast[id]);
    if (!item) found.push_back({name_of(ast, id), kind, certain, conditional});
    const auto handed = handed_over(ast, ast[id], text);
    if (handed.given == 0) continue;
    if (const auto callback = callback_name(ast, handed, text); callback.first != 0)
      found.push_back(
          {callback.first, kCallbackName, certain && is_called(ast, ast[id], text), conditional});
    if (const auto named = class_handed_over(ast, handed, text); named.first != 0)
      found.push_back(
          {named.first, kCallbackClass, certain && is_called(ast, ast[id], text), conditional});
  }
  return found;
}

std::vector<std::string_view> barriers(const Ast& ast, std::string_view text) {
  std::vector<std::string_view> names;
  std::vector<NodeId> blocks{ast.root};
  while (!blocks.empty()) {
    const auto block = blocks.back();
    blocks.pop_back();
    for (auto id = ast[block].first; id != 0; id = ast[id].next) {
      const auto& node = ast[id];
      if (node.kind == NodeKind::namespace_ && ast.last_child(id) != 0)
        blocks.push_back(ast.last_child(id));
      if (node.kind != NodeKind::if_ && node.kind != NodeKind::expression) continue;
      const auto words = text.substr(node.begin, node.end - node.begin);
      const bool leaves = words.find("return") != std::string_view::npos ||
                          words.find("exit") != std::string_view::npos ||
                          words.find("die") != std::string_view::npos;
      if (leaves && holds_back(words)) asked_by(words, names);
    }
  }
  return names;
}

std::vector<Runs> runs_of(const Ast& ast, std::string_view text, const std::vector<NodeId>& words) {
  std::vector<Runs> found;
  const Doubts doubts(ast, text, true);
  for (const auto id : words)
    found.push_back(doubts.excuse(ast[id]) ? Runs::excused
                    : doubts.hold(ast[id]) ? Runs::maybe
                                           : Runs::always);
  return found;
}

std::vector<NodeId> certain_includes(const Ast& ast, std::string_view text) {
  std::vector<NodeId> found;
  const Doubts doubts(ast, text, false);
  for (NodeId id = 1; id < ast.nodes.size(); ++id)
    if (ast[id].kind == NodeKind::include && !doubts.hold(ast[id])) found.push_back(id);
  return found;
}

}  // namespace stackaudit::stack::php
