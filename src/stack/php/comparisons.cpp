// Comparisons in conditions: of two texts that are known, of PHP's own version.
#include "stack/php/conditions.hpp"
#include "stack/php/evaluate.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Functions on texts that depend on nothing else.
constexpr auto kPlain = std::to_array<std::string_view>(
    {"substr", "strtolower", "strtoupper", "ucfirst", "trim", "strlen", "strpos", "stripos",
     "str_starts_with", "str_ends_with", "str_contains", "strncmp", "strncasecmp", "basename",
     "dirname", "strstr", "strrchr", "preg_match"});

std::optional<long> as_number(std::string_view text) {
  long number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// $n++ and its kin, which is something else each time.
bool counts(const Ast& ast, NodeId id) {
  return (ast[id].kind == NodeKind::postfix || ast[id].kind == NodeKind::unary) &&
         (ast[id].op == kInc || ast[id].op == kDec);
}

// "8.1" and "8.1.20"; nothing for "8.1.0-dev".
std::optional<std::array<int, 3>> version_parts(std::string_view text) {
  std::array<int, 3> parts{};
  const auto* at = text.data();
  const auto* const end = at + text.size();
  for (auto& part : parts) {
    const auto [next, error] = std::from_chars(at, end, part);
    if (error != std::errc{}) return std::nullopt;
    at = next;
    if (at == end) break;
    if (*at++ != '.') return std::nullopt;
  }
  if (at != end) return std::nullopt;
  return parts;
}

// Whether it is what another server has otherwise: an option, one of two names. What a property
// has, or a function gives, is the one and the other in turn.
bool may_differ(const Value& value, NodeKind kind) {
  if (may_be_absent(value)) return true;
  const bool kept = kind == NodeKind::variable || kind == NodeKind::name;
  return kept && value.texts.size() > 1 && std::ranges::all_of(value.texts, [&](const Text& text) {
           return text.known() && text.use == value.texts[0].use;
         });
}

bool is_order(Kind kind) {
  return kind == op('<') || kind == op('>') || kind == kIsSmallerOrEqual ||
         kind == kIsGreaterOrEqual;
}

bool compare(Kind kind, long a, long b) {
  if (kind == op('<')) return a < b;
  if (kind == op('>')) return a > b;
  return kind == kIsSmallerOrEqual ? a <= b : a >= b;
}

}  // namespace

bool is_plain_function(std::string_view name) {
  return text::is_one_of(name, kPlain);
}

// version_compare(PHP_VERSION, '8.1', '<'): of the version no more is known than 8.2.
Truth Evaluator::version_compared(const Scope& scope, NodeId id) const {
  const auto given = arguments(*scope.unit, id);
  const auto version = corpus_.applications[scope.unit->application].version;
  if (given.size() != 3) return Truth::unknown;
  const auto asked = base_name(source(*scope.unit, given[0]));
  const bool of_php = asked == "PHP_VERSION" || asked == "phpversion()";
  const auto limit = value(scope, given[1]), how = value(scope, given[2]);
  if (limit.single() == nullptr || how.single() == nullptr || (of_php && version == 0))
    return Truth::unknown;
  const auto parts = version_parts(*limit.single());
  auto own = std::optional(std::array{version / 100, version % 100, 0});
  if (!of_php) {
    // WordPress brings itself up to date: its version stays a question.
    if (text::contains(asked, "wp_version")) return Truth::unknown;
    const auto known = value(scope, given[0]);
    own = known.single() == nullptr ? std::nullopt : version_parts(*known.single());
  }
  if (!parts || !own) return Truth::unknown;
  const bool same_line = (*own)[0] == (*parts)[0] && (*own)[1] == (*parts)[1];
  if (of_php && same_line && (*parts)[2] > 0) return Truth::unknown;
  const bool less = *own < *parts;
  if (*how.single() == "<" || *how.single() == "lt") return less ? Truth::yes : Truth::no;
  if (*how.single() == ">=" || *how.single() == "ge") return less ? Truth::no : Truth::yes;
  return Truth::unknown;
}

// in_array($x, ['a', 'b']), where the walk saw what $x is.
Truth Evaluator::is_listed(const Scope& scope, NodeId call) const {
  const auto given = arguments(*scope.unit, call);
  if (given.size() < 2 || scope.unit->parsed.ast[given[1]].kind != NodeKind::array)
    return Truth::unknown;
  const auto asked = fixed(scope, given[0]);
  const auto list = value(scope, given[1]);
  if (asked.single() == nullptr || asked.texts[0].unsure || !list.is_array) return Truth::unknown;
  auto found = Truth::no;
  for (const auto& item : list.items) {
    if (item.value.single() == nullptr) return Truth::unknown;
    if (*item.value.single() == *asked.single()) found = Truth::yes;
  }
  return found;
}

Value Evaluator::fixed(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto kind = ast[id].kind;
  if (kind == NodeKind::string || kind == NodeKind::number || kind == NodeKind::unary ||
      kind == NodeKind::magic)
    return value(scope, id);
  if (kind == NodeKind::index) {
    const auto base = ast[id].first;
    const bool plain = ast[base].kind == NodeKind::variable && ast[base].next != 0 &&
                       fixed(scope, base).single() != nullptr &&
                       fixed(scope, ast[base].next).single() != nullptr;
    return plain ? value(scope, id) : Value::unknown();
  }
  if (kind == NodeKind::call) {
    const auto name = lower(base_name(source(*scope.unit, ast[id].first)));
    if (!is_plain_function(name)) return Value::unknown();
    const bool plain = std::ranges::all_of(arguments(*scope.unit, id), [&](NodeId argument) {
      return fixed(scope, argument).single() != nullptr;
    });
    return plain ? value(scope, id) : Value::unknown();
  }
  // What the walk saw being given to the variable on the way here.
  if (kind == NodeKind::variable) {
    const auto it = scope.variables.find(source(*scope.unit, id));
    return it == scope.variables.end() ? Value::unknown() : it->second;
  }
  if (kind == NodeKind::name) {
    const auto name = base_name(source(*scope.unit, id));
    if (const auto known = built_in_constant(name)) return Value::text(std::string(*known));
    if (name == "PHP_MAJOR_VERSION") return constant(scope, name);
  }
  if (kind != NodeKind::name && kind != NodeKind::class_constant) return Value::unknown();
  const auto words = source(*scope.unit, id);
  const auto colon = words.rfind(':');
  const auto name = kind == NodeKind::name ? std::string(base_name(words))
                                           : "::" + std::string(words.substr(colon + 1));
  const auto found = meant(name, *scope.unit);
  if (found.size() != 1 || found[0].unit != scope.unit || found[0].fallback || found[0].inside)
    return Value::unknown();
  return defined(scope, found[0]);
}

Truth Evaluator::same(const Scope& scope, NodeId a, NodeId b) const {
  const auto left = fixed(scope, a), right = fixed(scope, b);
  if (left.single() == nullptr || right.single() == nullptr) return Truth::unknown;
  return *left.single() == *right.single() ? Truth::yes : Truth::no;
}

// "LEVEL > 1" of numbers that are written in this file.
Truth Evaluator::ordered(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto kind = ast[id].op;
  if (!is_order(kind)) return Truth::unknown;
  const auto left = fixed(scope, ast[id].first), right = fixed(scope, ast[ast[id].first].next);
  if (left.single() == nullptr || right.single() == nullptr) return Truth::unknown;
  const auto one = as_number(*left.single()), other = as_number(*right.single());
  if (!one || !other) return Truth::unknown;
  return compare(kind, *one, *other) ? Truth::yes : Truth::no;
}

// "PHP_VERSION_ID < 80100", and the same from right to left.
Truth Evaluator::version_ordered(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto version = corpus_.applications[scope.unit->application].version;
  const auto kind = ast[id].op;
  if (version == 0 || !is_order(kind)) return Truth::unknown;
  const auto left = ast[id].first, right = ast[left].next;
  const auto is_version = [&](NodeId side) {
    return base_name(source(*scope.unit, side)) == "PHP_VERSION_ID";
  };
  const bool turned = is_version(right);
  if (!turned && !is_version(left)) return Truth::unknown;
  const auto written = value(scope, turned ? left : right);
  const auto limit = written.single() == nullptr ? std::nullopt : as_number(*written.single());
  if (!limit) return Truth::unknown;
  const auto holds = [&](long of) {
    return turned ? compare(kind, *limit, of) : compare(kind, of, *limit);
  };
  const long lowest = version / 100 * 10000L + version % 100 * 100L;
  if (holds(lowest) != holds(lowest + 99)) return Truth::unknown;
  return holds(lowest) ? Truth::yes : Truth::no;
}

Condition Evaluator::comparison(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto kind = ast[id].op;
  const auto left = ast[id].first;
  const auto right = ast[left].next;
  const bool equal = kind == kIsEqual || kind == kIsIdentical;
  const bool orders = is_order(kind);
  if (equal || kind == kIsNotEqual || kind == kIsNotIdentical) {
    // "false === file_exists(...)" and its kin.
    for (const auto& [word, other] : {std::pair{left, right}, std::pair{right, left}}) {
      const auto fixed = lower(source(*scope.unit, word));
      if (fixed != "true" && fixed != "false") continue;
      const auto inner = condition(scope, other);
      const auto truth = fixed == "true" ? inner.truth : negated(inner.truth);
      // "(@include 'x.php') !== false": what follows is for the file that may be absent.
      if (truth == Truth::unknown && (fixed == "true") == equal &&
          ast[other].kind == NodeKind::silence && ast[ast[other].first].kind == NodeKind::include)
        return {truth, true};
      return {equal ? truth : negated(truth), inner.alternative};
    }
    const auto truth = same(scope, left, right);
    if (truth != Truth::unknown) return {equal ? truth : negated(truth), false};
  } else if (!orders) {
    return {};
  }
  if (const auto truth = ordered(scope, id); truth != Truth::unknown) return {truth, false};
  const auto one = value(scope, left), other = value(scope, right);
  if (!orders) {
    // A setting that may be another: as it is written, nothing leads there.
    if (one.single() != nullptr && other.single() != nullptr)
      return {Truth::unknown, (*one.single() == *other.single()) != equal};
    if (may_differ(one, ast[left].kind) || may_differ(other, ast[right].kind))
      return {Truth::unknown, true};
  }
  const auto from = number_of(one), to = number_of(other);
  bool alternative = orders && from && to && !compare(kind, *from, *to);
  for (const auto side : {left, right}) {
    const auto text = source(*scope.unit, side);
    const auto of = ast[side].kind;
    alternative = alternative || counts(ast, side) || text.starts_with("PHP_") ||
                  text.starts_with("\\PHP_") || names_system(text) || names_environment(text) ||
                  names_host(text) || holds_environment(scope, side) ||
                  is_of_setting(scope, side) ||
                  (of == NodeKind::index && asks_for_lacking(scope, side)) ||
                  (of == NodeKind::call && call_condition(scope, side).alternative);
  }
  if (const auto truth = version_ordered(scope, id); truth != Truth::unknown) return {truth, false};
  return {Truth::unknown, alternative};
}

}  // namespace stackaudit::stack::php
