// Names of classes, resolved as PHP does when it compiles a file.
#include "stack/php/names.hpp"

#include "stack/php/definitions.hpp"
#include "syntax/php/php.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <vector>

namespace stackaudit::stack::php {

using namespace syntax::php;
using text::lower;

Names::Names(const Ast& ast, std::string_view text) {
  const auto slice = [&](const Node& node) {
    return text.substr(node.begin, node.end - node.begin);
  };
  for (const auto& node : ast.nodes) {
    if (node.kind == NodeKind::namespace_) {
      ++spaces_;
      if (ast[node.first].kind == NodeKind::name) space_ = slice(ast[node.first]);
    }
    if (node.kind == NodeKind::use) import(slice(node));
  }
}

bool Names::is_imported(std::string_view short_name) const {
  return imports_.contains(lower(short_name));
}

std::string Names::whole(std::string_view written) const {
  if (written.starts_with('\\')) return std::string(written.substr(1));
  if (spaces_ > 1 || text::equal_ignoring_case(written.substr(0, 9), "namespace")) return {};
  const auto slash = std::min(written.find('\\'), written.size());
  const auto it = imports_.find(lower(written.substr(0, slash)));
  if (it != imports_.end()) return it->second + std::string(written.substr(slash));
  return space_.empty() ? std::string(written) : space_ + "\\" + std::string(written);
}

// "use A\B, C\D as E;", "use A\{B, C as D, function e};".
void Names::import(std::string_view words) {
  words.remove_prefix(std::min<std::size_t>(3, words.size()));
  std::string_view group;
  if (const auto open = words.find('{'); open != std::string_view::npos) {
    group = words.substr(0, open);
    group.remove_prefix(std::min(group.find_first_not_of(" \t\r\n"), group.size()));
    if (group.find_first_of(" \t\r\n") != std::string_view::npos) return;  // function, const
    words = words.substr(open + 1, words.find('}', open) - open - 1);
  }
  while (!words.empty()) {
    const auto comma = std::min(words.find_first_of(",;"), words.size());
    one(words.substr(0, comma), group);
    words.remove_prefix(std::min(comma + 1, words.size()));
  }
}

void Names::one(std::string_view words, std::string_view group) {
  const auto parts = text::words(words, " \t\r\n");
  if (parts.empty() || (parts.size() != 1 && parts.size() != 3)) return;
  auto whole = std::string(group) + std::string(parts[0]);
  if (whole.starts_with('\\')) whole.erase(0, 1);
  const auto alias = parts.size() == 3 ? parts[2] : base_name(whole);
  imports_[lower(alias)] = whole;
}

}  // namespace stackaudit::stack::php
