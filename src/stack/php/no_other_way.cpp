// "if (!class_exists('X')) require 'x.php'" where nothing else declares X: the question is answered
// before it is asked, and the file is needed.
#include "stack/php/conditions.hpp"
#include "stack/php/resolve.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::array<std::string_view, 4> kQuestions{"class_exists", "interface_exists",
                                                     "trait_exists", "enum_exists"};

// Classes of extensions that PHP does not come with begin so; a polyfill asks for them.
constexpr auto kOfExtensions = std::to_array<std::string_view>(
    {"amqp",    "couchbase", "decimal", "ds\\",    "event",   "gearman",  "geoip",
     "gmagick", "grpc",      "http",    "imagick", "maxmind", "memcache", "mongo",
     "oauth",   "parallel",  "redis",   "solr",    "swoole",  "tidy",     "uuid",
     "xdebug",  "yac",       "yaml",    "yar",     "zmq",     "zookeeper"});

// The class that a call asks for, in lower case without its namespace; empty where it is none.
std::string asked_class(const Unit& unit, NodeId call) {
  const auto& ast = unit.parsed.ast;
  if (ast[call].kind != NodeKind::call) return {};
  const auto function = lower(base_name(Corpus::slice(unit, ast[ast[call].first])));
  if (std::ranges::find(kQuestions, function) == kQuestions.end()) return {};
  const auto given = ast[ast[ast[call].first].next].first;
  if (ast[given].kind == NodeKind::string)
    return lower(base_name(unquote(Corpus::slice(unit, ast[given]))));
  if (ast[given].kind == NodeKind::class_constant)
    return lower(base_name(Corpus::slice(unit, ast[ast[given].first])));
  return {};
}

// The same of "!class_exists('X')", which leads into the branch.
std::string denied_class(const Unit& unit, NodeId condition) {
  const auto& node = unit.parsed.ast[condition];
  const bool denied = node.kind == NodeKind::unary && node.op == op('!');
  return denied ? asked_class(unit, node.first) : std::string{};
}

// The class whose absence alone leads to the include.
std::string class_asked_around(const Unit& unit, const Node& include) {
  const auto& ast = unit.parsed.ast;
  const auto holds = [&](NodeId id) {
    return id != 0 && ast[id].begin <= include.begin && include.end <= ast[id].end;
  };
  std::string innermost;
  std::uint32_t begin = 0;
  for (NodeId id = 1; id < ast.nodes.size(); ++id) {
    const auto& node = ast[id];
    if (!holds(id)) continue;
    std::string name;
    const auto second = node.first == 0 ? 0 : ast[node.first].next;
    if (node.kind == NodeKind::if_ && holds(second)) name = denied_class(unit, node.first);
    if (node.kind == NodeKind::binary && holds(second)) {
      if (node.op == kBooleanOr || node.op == kLogicalOr) name = asked_class(unit, node.first);
      if (node.op == kBooleanAnd || node.op == kLogicalAnd) name = denied_class(unit, node.first);
    }
    if (name.empty() || node.begin < begin) continue;
    innermost = std::move(name);
    begin = node.begin;
  }
  return innermost;
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : lower(text))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) letters += c;
  return letters;
}

// Foo_Bar and class-foo-bar.php, Bar.php.
bool is_named_after(std::string_view path, std::string_view name) {
  constexpr std::size_t kShortest = 3;
  const auto file = tree::basename(path);
  const auto of_file = letters_of(file.substr(0, file.find('.')));
  const auto of_class = letters_of(name);
  if (std::min(of_file.size(), of_class.size()) < kShortest) return false;
  return of_file.find(of_class) != std::string::npos || of_class.find(of_file) != std::string::npos;
}

}  // namespace

bool is_class_of_nobody(const Corpus& corpus, const std::string& name) {
  const auto hash = hash_of(kClassName, name);
  return !corpus.names.classes.contains(name) &&
         std::ranges::none_of(corpus.units, [&](const Unit& unit) {
           return std::ranges::binary_search(unit.symbols.declared, hash) ||
                  unit.symbols.makes_names;
         });
}

bool has_no_alternative(const Corpus& corpus, const Include& include, const Target& target) {
  const auto& unit = *include.unit;
  if (!include.sole || !include.required()) return false;
  const auto name = class_asked_around(unit, unit.parsed.ast[include.id]);
  if (name.empty() || !is_named_after(target.path, name) ||
      std::ranges::any_of(kOfExtensions,
                          [&](std::string_view begin) { return name.starts_with(begin); }) ||
      corpus.survey().state_of(tree::dirname(target.path), "directory") != "found")
    return false;
  return is_class_of_nobody(corpus, name);
}

}  // namespace stackaudit::stack::php
