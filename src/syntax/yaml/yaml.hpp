// YAML as agents read it: yaml-cpp behind a total function. Nodes live in one arena and name each
// other by index; an alias is a node of its own that names its anchor, so that nothing is expanded
// and no bomb goes off.
#pragma once

#include "syntax/syntax.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::yaml {

enum class Kind : std::uint8_t { null, scalar, sequence, map, alias };

struct Node {
  Kind kind = Kind::null;
  std::string value;  // of a scalar
  text::Span span;    // of a scalar its text, quotes included; of others their first byte
  bool quoted = false;
  std::vector<std::uint32_t> children;  // of a map: key, value, key, value; of an alias: its target
};

struct Document {
  std::vector<Node> nodes;  // nodes[0] is the root where there is one: documents after the first
                            // are not read
  std::vector<text::Diagnostic> problems;

  [[nodiscard]] const Node* root() const { return nodes.empty() ? nullptr : follow(0); }
  // The value of a key of a map, aliases followed, else that of a map which the key "<<" merges in;
  // nullptr where it is no map or has no such key.
  [[nodiscard]] const Node* at(const Node* map, std::string_view key) const;
  // The children of a sequence, aliases followed; a single node for a scalar or map; none for null.
  [[nodiscard]] std::vector<const Node*> items(const Node* sequence) const;
  // The node, or for an alias what it stands for; nullptr for aliases of aliases without end.
  [[nodiscard]] const Node* follow(std::uint32_t index) const;
};

// Larger texts are reported, not read.
inline constexpr std::size_t kMaxBytes = 1U << 20U;

[[nodiscard]] Document parse(std::string_view text, text::FileId file);

// "{a: [1, 'b'], c: *}"; a scalar that was quoted is shown in single quotes, an alias as *; for
// tests.
[[nodiscard]] std::string dump(const Document& document);

}  // namespace stackaudit::syntax::yaml
