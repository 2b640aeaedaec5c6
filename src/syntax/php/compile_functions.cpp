// What PHP's compiler refuses of parameters, their types and what functions return.
#include "syntax/php/compilation.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stackaudit::syntax::php {
namespace {

using text::lower;

constexpr auto kPromoting =
    std::to_array<std::string_view>({"public", "protected", "private", "readonly"});

bool is_word_byte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '\\' || c == '$' ||
         static_cast<unsigned char>(c) >= 128;
}

// Past a comment or a string that begins at `at`; `at` where there is none.
std::size_t past_quiet(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  const auto after = [&](std::string_view end, std::size_t from) {
    const auto found = text.find(end, from);
    return found == std::string_view::npos ? text.size() : found + end.size();
  };
  if (rest.starts_with("/*")) return after("*/", at + 2);
  if (rest.starts_with("//") || (rest.starts_with("#") && !rest.starts_with("#[")))
    return after("\n", at);
  if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) return at;
  for (auto i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == rest[0])
      return i + 1;
  }
  return text.size();
}

// Past an attribute, #[...].
std::size_t past_attribute(std::string_view text, std::size_t at) {
  int open = 0;
  while (at < text.size()) {
    if (const auto quiet = past_quiet(text, at); quiet != at) {
      at = quiet;
      continue;
    }
    open += text[at] == '[' ? 1 : text[at] == ']' ? -1 : 0;
    if (text[at++] == ']' && open == 0) return at;
  }
  return at;
}

// self, parent and static as types of a function that is no method.
void classless(const Compilation& with, NodeId function, const std::vector<std::string>& type,
               const Node& where) {
  if (with.node(function).kind != NodeKind::function || !with.since(700)) return;
  for (const auto* word : {"self", "parent", "static"})
    if (std::ranges::find(type, word) != type.end())
      return with.refuse(where,
                         "Cannot use \"" + std::string(word) + "\" when no class scope is active");
}

struct Parameters {
  const Compilation& with;
  NodeId function;

  void check() const {
    const auto& node = with.node(function);
    const bool method = node.kind == NodeKind::method;
    const bool constructor = method && lower(with.slice(with.node(node.first))) == "__construct";
    const bool has_body = with.node(with.ast().last_child(function)).kind == NodeKind::block;
    with.each(function, [&](const Node& parameter, NodeId) {
      if (parameter.kind == NodeKind::parameter) one(parameter, constructor, has_body);
    });
  }

  void one(const Node& parameter, bool constructor, bool has_body) const {
    const auto& variable = with.node(parameter.first);
    const auto name = with.slice(variable);
    auto type = words(with.text, parameter.begin, variable.begin);
    if (is_super_global(name))
      return with.refuse(variable,
                         "Cannot re-assign auto-global variable " + std::string(name.substr(1)));
    const bool variadic = !type.empty() && type.back() == "...";
    if (variadic && variable.next != 0)
      return with.refuse(variable, "Variadic parameter cannot have a default value");
    const auto next = parameter.next;
    if (variadic && next != 0 && with.node(next).kind == NodeKind::parameter)
      return with.refuse(variable, "Only the last parameter can be variadic");
    std::size_t modifiers = 0;
    while (modifiers < type.size() &&
           std::ranges::find(kPromoting, type[modifiers]) != kPromoting.end())
      ++modifiers;
    if (modifiers > 0 && !constructor)
      return with.refuse(variable, "Cannot declare promoted property outside a constructor");
    if (modifiers > 0 && !has_body)
      return with.refuse(variable, "Cannot declare promoted property in an abstract constructor");
    if (modifiers > 0 && variadic)
      return with.refuse(variable, "Cannot declare variadic promoted property");
    type.erase(type.begin(), type.begin() + static_cast<std::ptrdiff_t>(modifiers));
    while (!type.empty() && (type.back() == "..." || type.back() == "&")) type.pop_back();
    types(type, variable, modifiers > 0);
  }

  void types(const std::vector<std::string>& type, const Node& variable, bool promotes) const {
    if (type.empty() || check_type(with, type, variable, TypeOf::parameter)) return;
    classless(with, function, type, variable);
    if (variable.next != 0 && with.since(800))
      check_preset(with, type, variable.next, promotes ? TypeOf::result : TypeOf::parameter,
                   "parameter " + std::string(with.slice(variable)));
  }
};

// "void" or "never" where the function says so.
std::string_view returns_nothing(const Compilation& with, NodeId function) {
  const auto last = with.ast().last_child(function);
  if (last == 0 || with.node(last).kind != NodeKind::block) return {};
  const auto end = with.node(last).begin;
  const auto begin = std::max(with.node(function).begin, end > 64 ? end - 64 : 0U);
  const auto tail = with.text.substr(begin, end - begin);
  for (const auto* word : {"void", "never"}) {
    const std::string_view name = word;
    const auto at = tail.find_last_not_of(" \t\r\n");
    if (at == std::string_view::npos || at + 1 < name.size() + 1) continue;
    if (lower(tail.substr(at + 1 - name.size(), name.size())) != name) continue;
    const auto sign = tail.find_last_not_of(" \t\r\n", at - name.size());
    if (sign != std::string_view::npos && tail[sign] == ':') return name;
  }
  return {};
}

// The words of the return type; none where there is no type, or no body.
std::vector<std::string> declared_type(const Compilation& with, NodeId function) {
  const auto last = with.ast().last_child(function);
  const auto& declared = with.node(function);
  if (last == 0 || with.node(last).kind != NodeKind::block) return {};
  auto begin = declared.begin;
  with.each(function, [&](const Node& part, NodeId) {
    if (part.kind != NodeKind::block) begin = part.end;
  });
  auto tail = words(with.text, begin, with.node(last).begin);
  const auto close = std::ranges::find(tail.rbegin(), tail.rend(), ")");
  tail.erase(tail.begin(), close.base());
  if (tail.size() < 2 || tail[0] != ":") return {};
  tail.erase(tail.begin());
  return tail;
}

// What yields is a generator: no scalar is one.
void check_generator(const Compilation& with, NodeId function,
                     const std::vector<std::string>& type) {
  constexpr auto kNone = std::to_array<std::string_view>(
      {"int", "float", "string", "bool", "array", "callable", "void", "never", "false", "null"});
  if (type.size() == 1 && with.since(800) && text::is_one_of(type[0], kNone))
    with.refuse(with.node(with.node(function).first),
                "Generator return type must be a supertype of Generator, " + type[0] + " given");
}

// "return;" where the type asks for a value. A generator may end so.
void check_values(const Compilation& with, NodeId function, const std::vector<std::string>& type) {
  if (type.empty() || type[0] == "void" || type[0] == "never" || !with.since(800)) return;
  const auto begin = with.node(function).begin;
  std::vector<Node> empty;
  for (auto id = function; --id > 0 && with.node(id).begin >= begin;) {
    const auto& node = with.node(id);
    if (node.kind == NodeKind::yield) return check_generator(with, function, type);
    if (is_function(node.kind) || node.kind == NodeKind::class_declaration) {
      while (id > 1 && with.node(id - 1).begin >= node.begin) --id;
      continue;
    }
    if (node.kind == NodeKind::return_ && node.first == 0) empty.push_back(node);
  }
  const bool nullable = type[0] == "?" || std::ranges::find(type, "null") != type.end();
  for (const auto& node : empty)
    with.refuse(node,
                std::string("A function with return type must return a value") +
                    (nullable ? " (did you mean \"return null;\" instead of \"return;\"?)" : ""));
}

void check_returns(const Compilation& with, NodeId function) {
  const auto declared = declared_type(with, function);
  const auto& name = with.node(with.node(function).first);
  if (check_type(with, declared, name, TypeOf::result)) return;
  classless(with, function, declared, name);
  const auto type = returns_nothing(with, function);
  if (type.empty()) return check_values(with, function, declared);
  if (!with.since(801)) return;
  const auto begin = with.node(function).begin;
  // The nodes of a function stand just before it; those of functions inside it are passed over.
  for (auto id = function; --id > 0 && with.node(id).begin >= begin;) {
    const auto& node = with.node(id);
    if (is_function(node.kind) || node.kind == NodeKind::class_declaration) {
      while (id > 1 && with.node(id - 1).begin >= node.begin) --id;
      continue;
    }
    if (node.kind != NodeKind::return_) continue;
    if (type == "never") with.refuse(node, "A never-returning function must not return");
    if (type == "void" && node.first != 0)
      with.refuse(node, "A void function must not return a value");
  }
}

}  // namespace

std::vector<std::string> words(std::string_view text, std::uint32_t begin, std::uint32_t end) {
  std::vector<std::string> found;
  const auto all = text.substr(0, end);
  for (std::size_t at = begin; at < end;) {
    if (all.substr(at).starts_with("#[")) {
      at = past_attribute(all, at);
    } else if (const auto quiet = past_quiet(all, at); quiet != at) {
      at = quiet;
    } else if (is_word_byte(all[at])) {
      const auto from = at;
      while (at < end && is_word_byte(all[at])) ++at;
      found.push_back(lower(all.substr(from, at - from)));
    } else if (all.substr(at).starts_with("...")) {
      found.emplace_back("...");
      at += 3;
    } else {
      if (std::isspace(static_cast<unsigned char>(all[at])) == 0) found.emplace_back(1, all[at]);
      ++at;
    }
  }
  return found;
}

void check_function(const Compilation& with, NodeId id) {
  Parameters{with, id}.check();
  check_returns(with, id);
}

}  // namespace stackaudit::syntax::php
