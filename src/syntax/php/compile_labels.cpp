// Labels and the jumps to them: goto stays in its function and enters no loop.
#include "syntax/php/compilation.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

bool is_loop(NodeKind kind) {
  return kind == NodeKind::while_ || kind == NodeKind::do_ || kind == NodeKind::for_ ||
         kind == NodeKind::foreach || kind == NodeKind::switch_;
}

class Labels {
 public:
  explicit Labels(const Compilation& with) : with_(with) {}

  // Labels and jumps of each function; nodes of a function stand before it.
  void check() const {
    const auto& nodes = with_.ast().nodes;
    std::vector<NodeId> loops;                          // around
    std::vector<std::pair<std::uint32_t, Scope>> open;  // functions around, with where they begin
    open.emplace_back(0, Scope{});
    // From the last to the first: a function comes before what is in it.
    for (auto id = static_cast<NodeId>(nodes.size()); --id > 0;) {
      while (open.size() > 1 && nodes[id].begin < open.back().first) {
        leave(open.back().second);
        open.pop_back();
      }
      while (!loops.empty() && nodes[id].begin < nodes[loops.back()].begin) loops.pop_back();
      if (is_loop(nodes[id].kind)) loops.push_back(id);
      if (is_function(nodes[id].kind)) open.emplace_back(nodes[id].begin, Scope{});
      auto& scope = open.back().second;
      if (nodes[id].kind == NodeKind::goto_) scope.jumps.push_back(id);
      if (nodes[id].kind != NodeKind::label) continue;
      const auto name = name_of(nodes[id]);
      const auto loop = loops.empty() ? NodeId{0} : loops.back();
      if (!scope.labels.emplace(name, std::pair(id, loop)).second)
        with_.refuse(nodes[id], "Label '" + std::string(name) + "' already defined");
    }
    for (; !open.empty(); open.pop_back()) leave(open.back().second);
  }

 private:
  struct Scope {
    std::map<std::string_view, std::pair<NodeId, NodeId>> labels;  // with the loop around
    std::vector<NodeId> jumps;
  };

  void leave(const Scope& scope) const {
    for (const auto id : scope.jumps) {
      const auto& jump = with_.node(id);
      const auto name = name_of(jump);
      const auto it = scope.labels.find(name);
      if (it == scope.labels.end()) {
        with_.refuse(jump, "'goto' to undefined label '" + std::string(name) + "'");
        continue;
      }
      const auto& loop = with_.node(it->second.second);
      if (it->second.second != 0 && (jump.begin < loop.begin || loop.end < jump.end))
        with_.refuse(jump, "'goto' into loop or switch statement is disallowed");
    }
  }

  // "goto name;" and "name:".
  [[nodiscard]] std::string_view name_of(const Node& node) const {
    auto text = with_.slice(node);
    const auto blank = " \t\r\n";
    if (node.kind == NodeKind::goto_) {
      text.remove_prefix(std::min<std::size_t>(4, text.size()));
      text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    }
    return text.substr(0, text.find_first_of(" \t\r\n:;?/#"));
  }

  const Compilation& with_;
};

}  // namespace

void check_labels(const Compilation& with) {
  const bool jumps = std::ranges::any_of(with.ast().nodes, [](const Node& node) {
    return node.kind == NodeKind::goto_ || node.kind == NodeKind::label;
  });
  if (jumps) Labels(with).check();
}

}  // namespace stackaudit::syntax::php
