// The configuration as nginx has it after reading: one list of directives in the order of reading,
// includes taken in, each with the block that holds it.
#pragma once

#include "stack/nginx/directives.hpp"
#include "syntax/syntax.hpp"
#include "text/span.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stackaudit::stack::nginx {

struct Node {
  syntax::Word name;
  std::vector<syntax::Word> args;
  text::Span span;  // from the name to the ";" or "{"
  text::Span end;
  std::optional<std::size_t> parent;
  std::vector<std::size_t> children;
  Context context = Context::main;  // where it stands
  bool block = false;
  bool raw = false;           // a block of another language
  bool command_line = false;  // from the option -g

  [[nodiscard]] std::string_view arg(std::size_t i) const {
    return i < args.size() ? std::string_view(args[i].value) : std::string_view{};
  }
  [[nodiscard]] bool is(std::string_view directive) const { return name.value == directive; }
  // The arguments from `from` on, joined by one blank.
  [[nodiscard]] std::string joined(std::size_t from = 0) const;
};

struct Config {
  std::vector<Node> nodes;
  std::vector<std::size_t> top;

  // Orders the nodes by block and name, once the list is whole: a question about one name must not
  // walk through the thousand servers beside it.
  void index();

  // Those directly in the block; nullopt is the file itself.
  [[nodiscard]] const std::vector<std::size_t>& children(std::optional<std::size_t> block) const;
  // Whether any block has a directive of this name; only after index().
  [[nodiscard]] bool has(std::string_view name) const { return number_of(name).has_value(); }
  // Those of this name directly in the block, in their order; only after index().
  [[nodiscard]] std::span<const std::uint32_t> named(std::optional<std::size_t> block,
                                                     std::string_view name) const;
  // The last directive of this name directly in the block; only after index().
  [[nodiscard]] const Node* own(std::optional<std::size_t> block, std::string_view name) const;
  // The same in the block or, where it has none, in the nearest block around it that has one.
  [[nodiscard]] const Node* inherited(std::optional<std::size_t> block,
                                      std::string_view name) const;
  // The nearest block around the directive that stands in this context, itself included.
  [[nodiscard]] std::optional<std::size_t> enclosing(std::size_t node, std::string_view name,
                                                     Context context) const;
  // Whether a server takes this ssl_ directive into account: one that inherits it and that has a
  // certificate. nginx opens the files of no other.
  [[nodiscard]] bool serves_tls(const Node& node) const;
  // "http/server/location": the names of the blocks around it.
  [[nodiscard]] std::string path_of(const Node& node) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  [[nodiscard]] std::optional<std::uint32_t> number_of(std::string_view name) const;

  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;  // of names
  std::vector<std::uint32_t> ordered_;  // numbers of nodes by block, name and order of reading
  std::vector<std::uint32_t> names_;    // the number of the name of each in ordered_
  std::vector<std::uint32_t> begins_;   // where each block's begin in it: the file's, then by node
};

}  // namespace stackaudit::stack::nginx
