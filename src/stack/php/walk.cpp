// Statements and expressions in the order of their running.
#include "stack/php/walk.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr int kDeepest = 600;

enum class Flow : std::uint8_t { goes_on, stops };

constexpr Kind op(char c) {
  return static_cast<Kind>(static_cast<unsigned char>(c));
}

// Functions that do not return.
constexpr auto kFinal = std::to_array<std::string_view>(
    {"wp_die", "wp_send_json", "wp_send_json_error", "wp_send_json_success"});

struct Context {
  bool silenced = false;
  bool handled = false;
};

class Walker {
 public:
  Walker(const Evaluator& evaluator, const Unit& unit, std::vector<Include>& out)
      : evaluator_(evaluator), unit_(unit), ast_(unit.parsed.ast), out_(out) {
    for (const auto& node : ast_.nodes)
      if (node.kind == NodeKind::include) includes_.push_back(node.begin);
    std::ranges::sort(includes_);
  }

  void run() {
    Scope scope;
    scope.unit = &unit_;
    scope.outermost = true;
    sequence(scope, ast_[ast_.root].first);
  }

 private:
  Flow sequence(Scope& scope, NodeId first);
  Flow statement(Scope& scope, NodeId id);
  Flow if_chain(Scope& scope, NodeId id);
  void loop(Scope& scope, NodeId id);
  void foreach (Scope& scope, NodeId id);
  void switch_statement(Scope& scope, NodeId id);
  Flow try_statement(Scope& scope, NodeId id);
  void members(const Scope& scope, NodeId first);
  void function(NodeId id, Scope inner);

  void expression(Scope& scope, NodeId id, Context context = {});
  void children(Scope& scope, NodeId id, Context context);
  void lazily(Scope& scope, NodeId id, Condition condition, bool runs_when, Context context);
  void assign(Scope& scope, NodeId id);
  void include(Scope& scope, NodeId id, Context context);
  void call(Scope& scope, NodeId id);
  void set(Scope& scope, std::string_view name, Value value);
  void forget_assigned(Scope& scope, NodeId id);
  void guarded(Scope& scope, NodeId body, const Condition& condition);
  void merge(Scope& into, const std::vector<Scope>& branches);
  [[nodiscard]] bool is_final(NodeId id) const;
  [[nodiscard]] Scope function_scope() const {
    Scope scope;
    scope.unit = &unit_;
    return scope;
  }
  [[nodiscard]] bool holds_include(NodeId id) const {
    const auto it = std::ranges::lower_bound(includes_, ast_[id].begin);
    return it != includes_.end() && *it < ast_[id].end;
  }
  [[nodiscard]] std::string_view source(NodeId id) const { return evaluator_.source(unit_, id); }

  // Counts nesting and, where asked, doubtful conditions.
  struct Level {
    Level(Walker& walker, bool alternative = false) : walker_(walker), alternative_(alternative) {
      ++walker_.depth_;
      walker_.alternatives_ += alternative_ ? 1 : 0;
    }
    ~Level() {
      --walker_.depth_;
      walker_.alternatives_ -= alternative_ ? 1 : 0;
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Walker& walker_;
    bool alternative_;
  };

  const Evaluator& evaluator_;
  const Unit& unit_;
  const Ast& ast_;
  std::vector<Include>& out_;
  std::vector<std::uint32_t> includes_;  // where they begin
  std::optional<Value> working_directory_;
  int depth_ = 0;
  int alternatives_ = 0;
};

Flow Walker::sequence(Scope& scope, NodeId first) {
  bool alive = true;
  int doubts = 0;
  for (auto id = first; id != 0; id = ast_[id].next) {
    const auto kind = ast_[id].kind;
    if (kind == NodeKind::label) alive = true;
    const bool declares = kind == NodeKind::function || kind == NodeKind::class_declaration;
    if (!alive && !declares) continue;
    const bool stopped = statement(scope, id) == Flow::stops;
    alive = alive && !stopped;
    // "if (function_exists('f')) return;": what follows is the alternative.
    if (alive && kind == NodeKind::if_ && ast_.child_count(id) == 2) {
      const auto condition = evaluator_.condition(scope, ast_[id].first);
      const auto then = ast_.child(id, 1);
      const auto last = ast_[then].kind == NodeKind::block ? ast_.last_child(then) : then;
      if (condition.truth == Truth::unknown && condition.alternative && last != 0 &&
          (ast_[last].kind == NodeKind::return_ || is_final(last))) {
        ++doubts;
        ++alternatives_;
      }
    }
  }
  alternatives_ -= doubts;
  return alive ? Flow::goes_on : Flow::stops;
}

bool Walker::is_final(NodeId id) const {
  if (ast_[id].kind != NodeKind::expression) return false;
  const auto inner = ast_[id].first;
  if (ast_[inner].kind == NodeKind::exit || ast_[inner].kind == NodeKind::throw_) return true;
  return ast_[inner].kind == NodeKind::call &&
         std::ranges::find(kFinal, lower(base_name(source(ast_[inner].first)))) != kFinal.end();
}

Flow Walker::statement(Scope& scope, NodeId id) {
  if (depth_ > kDeepest) return Flow::goes_on;
  const Level level(*this);
  const auto first = ast_[id].first;
  switch (ast_[id].kind) {
    case NodeKind::block:
      return sequence(scope, first);
    case NodeKind::namespace_: {
      const auto body = ast_.last_child(id);
      return body != 0 && ast_[body].kind == NodeKind::block ? sequence(scope, ast_[body].first)
                                                             : Flow::goes_on;
    }
    case NodeKind::if_:
      return if_chain(scope, id);
    case NodeKind::while_:
    case NodeKind::do_:
    case NodeKind::for_:
      loop(scope, id);
      return Flow::goes_on;
    case NodeKind::foreach:
      foreach (scope, id)
        ;
      return Flow::goes_on;
    case NodeKind::switch_:
      switch_statement(scope, id);
      return Flow::goes_on;
    case NodeKind::try_:
      return try_statement(scope, id);
    case NodeKind::declare: {
      const auto body = ast_.last_child(id);
      return body != 0 && ast_[body].kind != NodeKind::constant ? statement(scope, body)
                                                                : Flow::goes_on;
    }
    case NodeKind::function:
      function(id, function_scope());
      return Flow::goes_on;
    case NodeKind::class_declaration:
      members(scope, first);
      return Flow::goes_on;
    case NodeKind::global:
      for (auto variable = first; variable != 0; variable = ast_[variable].next) {
        Scope outer = function_scope();
        outer.outermost = true;
        set(scope, source(variable), evaluator_.value(outer, variable));
      }
      return Flow::goes_on;
    case NodeKind::return_:
    case NodeKind::break_:
    case NodeKind::continue_:
    case NodeKind::goto_:
      children(scope, id, {});
      return Flow::stops;
    case NodeKind::halt:
      return Flow::stops;
    case NodeKind::expression:
      expression(scope, first);
      return is_final(id) ? Flow::stops : Flow::goes_on;
    default:
      children(scope, id, {});
      return Flow::goes_on;
  }
}

Flow Walker::if_chain(Scope& scope, NodeId id) {
  std::vector<Scope> branches;
  bool decided = false;
  int doubts = 0;
  while (!decided && id != 0) {
    if (ast_[id].kind != NodeKind::if_) {  // else
      auto branch = scope;
      if (statement(branch, id) == Flow::goes_on) branches.push_back(std::move(branch));
      decided = true;
      break;
    }
    const auto test = ast_[id].first;
    const auto then = ast_[test].next;
    expression(scope, test, {false, true});
    const auto condition = evaluator_.condition(scope, test);
    decided = condition.truth == Truth::yes;
    const bool doubtful = condition.truth == Truth::unknown && condition.alternative;
    if (condition.truth != Truth::no) {
      const Level level(*this, doubtful);
      auto branch = scope;
      if (statement(branch, then) == Flow::goes_on) branches.push_back(std::move(branch));
    }
    doubts += doubtful ? 1 : 0;
    alternatives_ += doubtful ? 1 : 0;
    id = ast_[then].next;
  }
  alternatives_ -= doubts;
  if (!decided) branches.push_back(scope);
  if (branches.empty()) return Flow::stops;
  merge(scope, branches);
  return Flow::goes_on;
}

void Walker::merge(Scope& into, const std::vector<Scope>& branches) {
  auto merged = branches[0].variables;
  for (std::size_t i = 1; i < branches.size(); ++i) {
    const auto& other = branches[i].variables;
    for (auto& [name, value] : merged) {
      const auto it = other.find(name);
      value = either(std::move(value), it == other.end() ? Value::unknown() : it->second);
    }
    for (const auto& [name, value] : other)
      if (!merged.contains(name)) merged[name] = either(Value::unknown(), value);
  }
  into.variables = std::move(merged);
}

// Values that a loop changes are not those of its first round.
void Walker::forget_assigned(Scope& scope, NodeId id) {
  for (auto at = id; --at > 0 && ast_[at].begin >= ast_[id].begin;) {
    const auto kind = ast_[at].kind;
    if (kind != NodeKind::assign && kind != NodeKind::postfix && kind != NodeKind::unary) continue;
    if (kind == NodeKind::unary && ast_[at].op != kInc && ast_[at].op != kDec) continue;
    const auto target = ast_[at].first;
    if (ast_[target].kind == NodeKind::variable) set(scope, source(target), Value::unknown());
  }
}

// The body of "while (is_file($f)) ...".
void Walker::guarded(Scope& scope, NodeId body, const Condition& condition) {
  if (condition.truth == Truth::no) return;
  const Level level(*this, condition.truth == Truth::unknown && condition.alternative);
  statement(scope, body);
}

void Walker::loop(Scope& scope, NodeId id) {
  forget_assigned(scope, id);
  for (auto child = ast_[id].first; child != 0; child = ast_[child].next) {
    const auto kind = ast_[child].kind;
    const bool last = ast_[child].next == 0;
    if (ast_[id].kind == NodeKind::while_ && last && child != ast_[id].first)
      guarded(scope, child, evaluator_.condition(scope, ast_[id].first));
    else if (kind == NodeKind::block && ast_[id].kind == NodeKind::for_ && !last)
      children(scope, child, {false, true});
    else if ((last && ast_[id].kind != NodeKind::do_) ||
             (child == ast_[id].first && ast_[id].kind == NodeKind::do_))
      statement(scope, child);
    else
      expression(scope, child, {false, true});
  }
  forget_assigned(scope, id);
}

void Walker::foreach (Scope& scope, NodeId id) {
  const auto subject = ast_[id].first;
  const auto first = ast_[subject].next;
  const bool keyed = ast_[id].op == kDoubleArrow;
  const auto second = keyed ? ast_[first].next : first;
  const auto body = ast_[second].next;
  expression(scope, subject);
  const auto list = evaluator_.value(scope, subject);
  forget_assigned(scope, id);
  std::vector<Value> keys, values;
  for (const auto& [key, value] : list.items) {
    keys.push_back(Value::text(key));
    values.push_back(value);
  }
  const bool single = ast_[second].kind == NodeKind::variable;
  const bool arrays =
      std::ranges::any_of(values, [](const Value& value) { return value.is_array; });
  if (single)
    set(scope, source(second),
        list.is_array && !arrays ? each(std::move(values)) : Value::unknown());
  if (keyed && ast_[first].kind == NodeKind::variable)
    set(scope, source(first), list.is_array ? each(std::move(keys)) : Value::unknown());
  if (!list.is_array || !list.items.empty()) statement(scope, body);
  forget_assigned(scope, id);
  if (single) set(scope, source(second), Value::unknown());
}

void Walker::switch_statement(Scope& scope, NodeId id) {
  const auto subject = ast_[id].first;
  expression(scope, subject);
  forget_assigned(scope, id);
  for (auto clause = ast_[subject].next; clause != 0; clause = ast_[clause].next) {
    auto branch = scope;
    auto first = ast_[clause].first;
    if (first != 0 && ast_[clause].op != kDefault) first = ast_[first].next;
    sequence(branch, first);
  }
}

Flow Walker::try_statement(Scope& scope, NodeId id) {
  auto flow = Flow::stops;
  for (auto part = ast_[id].first; part != 0; part = ast_[part].next) {
    auto branch = scope;
    const bool handler = ast_[part].kind == NodeKind::catch_;
    const auto block = handler ? ast_[part].first : part;
    const auto result = block == 0 ? Flow::goes_on : statement(branch, block);
    if (result == Flow::goes_on) flow = result;
    if (!handler) scope = std::move(branch);
  }
  return flow;
}

void Walker::members(const Scope&, NodeId first) {
  for (auto member = first; member != 0; member = ast_[member].next)
    if (ast_[member].kind == NodeKind::method) function(member, function_scope());
}

void Walker::function(NodeId id, Scope inner) {
  if (depth_ > kDeepest || !holds_include(id)) return;
  const Level level(*this);
  const auto outside = working_directory_;
  for (auto child = ast_[id].first; child != 0; child = ast_[child].next) {
    if (ast_[child].kind == NodeKind::block)
      sequence(inner, ast_[child].first);
    else if (ast_[child].kind == NodeKind::parameter)
      inner.variables.erase(std::string(source(ast_[child].first)));
    else if (ast_[id].kind == NodeKind::arrow_function)
      expression(inner, child);
  }
  working_directory_ = outside;
}

void Walker::children(Scope& scope, NodeId id, Context context) {
  for (auto child = ast_[id].first; child != 0; child = ast_[child].next)
    expression(scope, child, context);
}

// An operand that is evaluated only when the condition in front of it has the given truth.
void Walker::lazily(Scope& scope, NodeId id, Condition condition, bool runs_when, Context context) {
  const auto never = runs_when ? Truth::no : Truth::yes;
  if (condition.truth == never) return;
  const Level level(*this, condition.truth == Truth::unknown && condition.alternative);
  expression(scope, id, context);
}

void Walker::expression(Scope& scope, NodeId id, Context context) {
  if (id == 0 || depth_ > kDeepest) return;
  const Level level(*this);
  const auto& node = ast_[id];
  switch (node.kind) {
    case NodeKind::include:
      return include(scope, id, context);
    case NodeKind::silence:
      return expression(scope, node.first, {true, context.handled});
    case NodeKind::assign:
      return assign(scope, id);
    case NodeKind::closure:
    case NodeKind::arrow_function: {
      auto inner = scope;
      inner.outermost = false;
      return function(id, std::move(inner));
    }
    case NodeKind::class_declaration:
      return members(scope, node.first);
    case NodeKind::binary: {
      const bool both = node.op == kBooleanAnd || node.op == kLogicalAnd;
      const bool one = node.op == kBooleanOr || node.op == kLogicalOr;
      const Context tested{context.silenced, context.handled || node.op != op('.')};
      expression(scope, node.first, tested);
      const auto right = ast_[node.first].next;
      if (both || one)
        return lazily(scope, right, evaluator_.condition(scope, node.first), both, context);
      return expression(scope, right, tested);
    }
    case NodeKind::ternary: {
      const auto condition = evaluator_.condition(scope, node.first);
      expression(scope, node.first, {context.silenced, true});
      const auto second = ast_[node.first].next;
      const auto third = ast_[second].next;
      if (third == 0) return lazily(scope, second, condition, false, context);
      lazily(scope, second, condition, true, context);
      return lazily(scope, third, condition, false, context);
    }
    case NodeKind::unary:
      return expression(scope, node.first, {context.silenced, true});
    case NodeKind::call:
      return call(scope, id);
    default:
      return children(scope, id, {context.silenced, context.handled});
  }
}

void Walker::call(Scope& scope, NodeId id) {
  children(scope, id, {});
  if (lower(base_name(source(ast_[id].first))) != "chdir") return;
  const auto given = evaluator_.arguments(unit_, id);
  working_directory_ = given.empty() ? Value::unknown() : evaluator_.value(scope, given[0]);
}

void Walker::set(Scope& scope, std::string_view name, Value value) {
  const bool known = value.is_array || value.known();
  if (known || scope.outermost)
    scope.variables.insert_or_assign(std::string(name), std::move(value));
  else if (const auto it = scope.variables.find(name); it != scope.variables.end())
    scope.variables.erase(it);
}

void Walker::assign(Scope& scope, NodeId id) {
  const auto target = ast_[id].first;
  const auto value = ast_[target].next;
  expression(scope, value);
  if (ast_[target].kind != NodeKind::variable) {
    // $list[] = ... and list(...) = ...: what the variables hold is not followed.
    auto base = target;
    while (ast_[base].kind == NodeKind::index) base = ast_[base].first;
    if (ast_[base].kind == NodeKind::variable) set(scope, source(base), Value::unknown());
    for (auto item = ast_[target].first;
         item != 0 && (ast_[target].kind == NodeKind::array || ast_[target].kind == NodeKind::list);
         item = ast_[item].next)
      if (const auto named = ast_.last_child(item); ast_[named].kind == NodeKind::variable)
        set(scope, source(named), Value::unknown());
    return;
  }
  const auto name = source(target);
  if (ast_[id].op == op('='))
    set(scope, name, evaluator_.value(scope, value));
  else if (ast_[id].op == kConcatEqual)
    set(scope, name, concat(evaluator_.value(scope, target), evaluator_.value(scope, value)));
  else
    set(scope, name, Value::unknown());
}

void Walker::include(Scope& scope, NodeId id, Context context) {
  const auto operand = ast_[id].first;
  expression(scope, operand);
  Include found;
  found.unit = &unit_;
  found.id = id;
  found.op = ast_[id].op;
  found.value = evaluator_.value(scope, operand);
  found.silenced = context.silenced;
  found.handled = context.handled;
  found.alternative = alternatives_ > 0;
  found.working_directory = working_directory_;
  out_.push_back(std::move(found));
}

}  // namespace

std::vector<Include> includes_of(const Evaluator& evaluator, const Unit& unit) {
  std::vector<Include> found;
  if (unit.file != text::FileId::none && unit.parsed.includes) Walker(evaluator, unit, found).run();
  return found;
}

}  // namespace stackaudit::stack::php
