// Expressions to values.
#include "stack/php/evaluate.hpp"

#include "stack/php/heredoc.hpp"
#include "stack/placeholders.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

constexpr int kDeepest = 200;
// What chdir() is given may ask for the directory in turn.
constexpr int kDeeperStart = 8;

struct Known {
  std::string_view name, value;
};
constexpr std::array<Known, 8> kConstants{{{"true", "1"},
                                           {"false", ""},
                                           {"null", ""},
                                           {"DIRECTORY_SEPARATOR", "/"},
                                           {"PATH_SEPARATOR", ":"},
                                           {"PHP_OS_FAMILY", "Linux"},
                                           {"PHP_OS", "Linux"},
                                           {"PHP_EOL", "\n"}}};

// A number as PHP puts it into a text: 0x1F is 31, 1_000 is 1000, 1.50 is 1.5.
Value number_written(std::string_view written) {
  constexpr std::size_t kMostDigits = 15;
  std::string digits;
  std::ranges::copy_if(written, std::back_inserter(digits), [](char c) { return c != '_'; });
  if (digits.find('.') != digits.npos) {
    if (digits.size() > kMostDigits || digits.find_first_not_of("0123456789.") != digits.npos)
      return Value::unknown();
    digits.resize(digits.find_last_not_of('0') + 1);
    if (digits.ends_with('.')) digits.pop_back();
    return Value::text(digits.empty() || digits[0] == '.' ? "0" + digits : digits);
  }
  int base = 10;
  std::size_t begin = 0;
  if (digits.size() > 1 && digits[0] == '0') {
    const auto letter = static_cast<char>(digits[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    begin = letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1;
  }
  long number = 0;
  const auto* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data() + begin, end, number, base);
  return error == std::errc{} && at == end ? Value::text(std::to_string(number)) : Value::unknown();
}

}  // namespace

std::optional<std::string_view> built_in_constant(std::string_view name) {
  for (const auto& known : kConstants)
    if (known.name == name ||
        (known.value.size() < 2 && text::equal_ignoring_case(known.name, name)))
      return known.value;
  return std::nullopt;
}

std::string_view Evaluator::source(const Unit& unit, NodeId id) const {
  return corpus_.slice(unit, unit.parsed.ast[id]);
}

bool Evaluator::exists(std::string_view path, std::string_view wanted) const {
  const auto state = corpus_.survey().state_of(path, wanted);
  return state == "found" || state == "unseen";
}

std::vector<NodeId> Evaluator::arguments(const Unit& unit, NodeId call) const {
  std::vector<NodeId> found;
  const auto& ast = unit.parsed.ast;
  for (auto id = ast[call].first; id != 0; id = ast[id].next)
    if (ast[id].kind == NodeKind::argument && ast[id].op == kEnd) found.push_back(ast[id].first);
  return found;
}

Value Evaluator::value(const Scope& scope, NodeId id) const {
  if (id == 0 || scope.depth > kDeepest) return Value::unknown();
  const auto& ast = scope.unit->parsed.ast;
  const Nested nested(scope);
  switch (ast[id].kind) {
    case NodeKind::string:
    case NodeKind::magic:
    case NodeKind::number:
      return literal(scope, id);
    case NodeKind::interpolated:
      return interpolated(scope, id);
    case NodeKind::name:
      return constant(scope, source(*scope.unit, id));
    case NodeKind::variable:
      return variable(scope, id);
    case NodeKind::array:
      return array(scope, id);
    case NodeKind::index:
      return index(scope, id);
    case NodeKind::property:
    case NodeKind::static_property:
    case NodeKind::class_constant:
      return member(scope, id);
    case NodeKind::binary:
      return binary(scope, id);
    case NodeKind::ternary:
      return ternary(scope, id);
    case NodeKind::match:
      return match(scope, id);
    case NodeKind::include:
      return included(scope, id);
    case NodeKind::isset:
    case NodeKind::empty:
      return answer(condition(scope, id));
    case NodeKind::postfix:
      return stepped(scope, id);
    case NodeKind::unary: {
      if (ast[id].op == kInc || ast[id].op == kDec) return stepped(scope, id);
      if (ast[id].op == static_cast<Kind>('-') && ast[ast[id].first].kind == NodeKind::number)
        return Value::text("-" + std::string(source(*scope.unit, ast[id].first)));
      return answer(condition(scope, id));
    }
    case NodeKind::silence:
    case NodeKind::cast:
      return value(scope, ast[id].first);
    case NodeKind::assign:
      return value(scope, ast[ast[id].first].next);
    case NodeKind::call:
    case NodeKind::method_call:
    case NodeKind::static_call:
      return call(scope, id);
    default:
      return Value::unknown();
  }
}

// $i++ and ++$i, of which the walk has taken the step by now: what it was before, and what it is.
Value Evaluator::stepped(const Scope& scope, NodeId id) const {
  const auto& node = scope.unit->parsed.ast[id];
  const auto it = scope.variables.find(source(*scope.unit, node.first));
  if (it == scope.variables.end()) return Value::unknown();
  if (node.kind == NodeKind::unary) return it->second;
  return sum(number_of(it->second), node.op == kInc ? -1 : 1, 1);
}

namespace {

// The namespace that the node stands in; empty: in none.
std::string space_around(const Unit& unit, const Node& node) {
  const auto& ast = unit.parsed.ast;
  std::string space;
  for (auto id = ast[ast.root].first; id != 0 && ast[id].begin <= node.begin; id = ast[id].next) {
    if (ast[id].kind != NodeKind::namespace_) continue;
    const auto& name = ast[ast[id].first];
    space = name.kind == NodeKind::name ? Corpus::slice(unit, name) : std::string_view{};
  }
  return space;
}

}  // namespace

Value Evaluator::literal(const Scope& scope, NodeId id) const {
  const auto& node = scope.unit->parsed.ast[id];
  const auto text = source(*scope.unit, id);
  if (node.kind == NodeKind::number) return number_written(text);
  if (node.kind == NodeKind::magic) {
    if (node.op == kDir) return Value::text(scope.unit->directory);
    if (node.op == kFile) return Value::text(scope.unit->path);
    if (lower(text) == "__namespace__") return Value::text(space_around(*scope.unit, node));
    return Value::unknown();
  }
  // {{PATH}} in a file that nothing loads: it is copied, and filled in, first.
  const bool marked =
      text.find("%%") != std::string_view::npos ||
      (text.find("{{") != std::string_view::npos && reached(*scope.unit).loaders == 0);
  if (marked && placeholder_in(text)) return Value::unknown();
  auto value = Value::text(unquote(text));
  value.texts[0].pieces.push_back(
      {0, value.texts[0].value.size(), {scope.unit->file, node.begin, node.end}, true});
  return value;
}

Value Evaluator::interpolated(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto indent = indentation(source(*scope.unit, id));
  auto result = Value::text({});
  for (auto part = ast[id].first; part != 0; part = ast[part].next) {
    if (ast[part].kind != NodeKind::text) {
      result = concat(result, value(scope, part));
      continue;
    }
    auto raw = std::string(source(*scope.unit, part));
    if (indent) raw = dedented(raw, *indent, part == ast[id].first, ast[part].next == 0);
    auto piece = Value::text(ast[id].op == kEndHeredoc ? std::move(raw) : unescape(raw));
    piece.texts[0].pieces.push_back({0,
                                     piece.texts[0].value.size(),
                                     {scope.unit->file, ast[part].begin, ast[part].end},
                                     false});
    result = concat(result, piece);
  }
  return result;
}

// The directory of the only kind of entry point, which PHP makes its working directory; empty where
// it is not known.
std::string Evaluator::start_of(const Scope& scope) const {
  const auto& unit = *scope.unit;
  const bool moves = std::ranges::any_of(definitions_of("@chdir"), [&](const Definition& d) {
    if (d.unit->application != unit.application) return false;
    Scope there;
    there.unit = d.unit;
    there.depth = scope.depth + kDeeperStart;
    const auto to = value(there, d.value);
    const bool home = to.single() != nullptr && *to.single() == d.unit->directory;
    return d.inside || !home || reached(*d.unit).loaders > 0;
  });
  return moves || reached(unit).starts.size() != 1 ? std::string{} : *unit.starts.begin();
}

namespace {

// Whether the file defines the constant whenever it runs, and before it loads anything.
bool comes_first(const Definition& definition) {
  if (definition.fallback || definition.inside || definition.conditional) return false;
  const auto& ast = definition.unit->parsed.ast;
  return std::ranges::none_of(ast.nodes, [&](const Node& node) {
    return node.kind == NodeKind::include && node.begin < ast[definition.name].begin;
  });
}

// define('EDITOR', true), which only switches something on or off.
bool is_switch(const Definition& definition) {
  const auto word = Corpus::slice(*definition.unit, definition.unit->parsed.ast[definition.value]);
  return text::equal_ignoring_case(word, "true") || text::equal_ignoring_case(word, "false");
}

}  // namespace

Value Evaluator::constant(const Scope& scope, std::string_view written) const {
  const auto name = base_name(written);
  if (const auto theme = theme_constant(*this, scope, name)) return *theme;
  if (const auto known = built_in_constant(name)) return Value::text(std::string(*known));
  const auto& application = corpus_.applications[scope.unit->application];
  if (const auto version = application.version; version != 0 && application.sapis.size() < 2) {
    if (name == "PHP_MAJOR_VERSION") return Value::text(std::to_string(version / 100));
    if (name == "PHP_MINOR_VERSION") return Value::text(std::to_string(version % 100));
    if (name == "PHP_VERSION")
      return Value::text(std::to_string(version / 100) + "." + std::to_string(version % 100) + "." +
                         kHole);
  }
  auto found = meant(name, *scope.unit);
  if (found.empty())
    if (auto known = made(*scope.unit, name)) return *std::move(known);
  // What others define is not there yet when an entry point has defined it.
  const auto own = std::ranges::find_if(
      found, [&](const Definition& each) { return each.unit == scope.unit && comes_first(each); });
  if (own != found.end() && reached(*scope.unit).loaders == 0 && scope.unit->reached)
    found = {*own};
  // Where others define it as a text, that is what names are made of.
  if (std::ranges::any_of(found, is_switch) &&
      !std::ranges::all_of(definitions_of(name), is_switch))
    std::erase_if(found, is_switch);
  return any(scope, found);
}

Value Evaluator::defined(const Scope& scope, const Definition& definition) const {
  const auto key = std::pair(definition.unit, definition.value);
  const auto [it, fresh] = worth_.emplace(key, Value::unknown());
  if (!fresh) return it->second;
  if (!definition.inside && callers_ != nullptr) {
    if (asked_ != nullptr) asked_->note_callers({definition.unit, definition.value});
    if (auto known = callers_->settled(*definition.unit, definition.value))
      return worth_[key] = *std::move(known);
  }
  Scope inner;
  inner.depth = scope.depth + 4;
  inner.unit = definition.unit;
  inner.outermost = !definition.inside;
  if (definition.inside) inner.variables = constructed(definition);
  auto worth = value(inner, definition.value);
  // A parameter that fills a property: its default, unless a call hands over something.
  const auto& ast = definition.unit->parsed.ast;
  const auto preset = ast[definition.value].next;
  if (!worth.known() && !worth.is_array && definition.value == definition.name && preset != 0 &&
      ast[definition.value].kind == NodeKind::variable) {
    worth = value(inner, preset);
    if (!is_left_out(definition))
      for (auto& text : worth.texts) text.unsure = text.open = true;
  }
  return worth_[key] = std::move(worth);
}

Value Evaluator::any(const Scope& scope, const std::vector<Definition>& definitions) const {
  std::optional<Value> result;
  if (scope.depth > kDeepestCall) return Value::unknown();
  if (definitions.size() > kMostDefinitions) return Value::unknown();
  for (const auto& definition : definitions) {
    auto next = defined(scope, definition);
    result = result ? either(*std::move(result), next) : std::move(next);
  }
  if (!result) return Value::unknown();
  // A definition that is not known tells less than one that is.
  if (result->known() && definitions.size() > 1)
    std::erase_if(result->texts, [](const Text& text) { return !text.known(); });
  return *std::move(result);
}

Value Evaluator::variable(const Scope& scope, NodeId id) const {
  const auto name = source(*scope.unit, id);
  if (const auto it = scope.variables.find(name); it != scope.variables.end()) return it->second;
  if (!scope.outermost) return Value::unknown();
  // ${name} in a string has no $ of its own.
  const auto key = name.starts_with('$') ? std::string(name) : "$" + std::string(name);
  auto found = meant(key, *scope.unit);
  // A variable of that name in another application is another one.
  std::erase_if(found, [&](const Definition& each) {
    return each.unit->application != scope.unit->application;
  });
  return any(scope, found);
}

Value Evaluator::binary(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto op = ast[id].op;
  // The left operands of a long chain are nested: walk down to the first, then come back.
  if (op == static_cast<Kind>('.')) {
    std::vector<NodeId> operands;
    auto at = id;
    for (; ast[at].kind == NodeKind::binary && ast[at].op == op; at = ast[at].first)
      operands.push_back(ast[ast[at].first].next);
    auto result = value(scope, at);
    for (auto operand = operands.rbegin(); operand != operands.rend(); ++operand)
      result = concat(result, value(scope, *operand));
    return result;
  }
  if (op == kCoalesce) return coalesce(scope, id);
  if (op == static_cast<Kind>('+')) return together(value(scope, ast[id].first), scope, id);
  if (op == static_cast<Kind>('-'))
    return sum(number_of(value(scope, ast[id].first)),
               number_of(value(scope, ast[ast[id].first].next)), -1);
  return answer(condition(scope, id));
}

Value answer(const Condition& condition) {
  if (condition.truth != Truth::unknown)
    return Value::text(condition.truth == Truth::yes ? "1" : "");
  auto result = Value::unknown();
  result.texts[0].absent = condition.alternative;
  return result;
}

Value elected(std::vector<Value> values) {
  const bool answers = values.size() > 1 && std::ranges::all_of(values, is_flag);
  return answers ? answer({Truth::unknown, true}) : either(std::move(values));
}

}  // namespace stackaudit::stack::php
