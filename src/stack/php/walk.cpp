// Statements in the order of their running.
#include "stack/php/autoload.hpp"
#include "stack/php/walker.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <array>
#include <map>
#include <set>
#include <string>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Functions that do not return.
constexpr auto kFinal = std::to_array<std::string_view>(
    {"wp_die", "wp_send_json", "wp_send_json_error", "wp_send_json_success"});

bool sets_include_path(std::string_view function) {
  return text::equal_ignoring_case(base_name(function), "set_include_path") ||
         text::equal_ignoring_case(base_name(function), "ini_set");
}

}  // namespace

Walker::Walker(const Evaluator& evaluator, const Unit& unit, const CallSites* sites, Walk& out)
    : evaluator_(evaluator), unit_(unit), ast_(unit.parsed.ast), sites_(sites), out_(out) {
  end_ = static_cast<std::uint32_t>(unit.text.size());
  if (sites != nullptr) {  // only the way to the calls is of interest
    for (const auto& [id, function] : *sites) includes_.push_back(ast_[id].begin);
    std::ranges::sort(includes_);
    return;
  }
  for (const auto& node : ast_.nodes) {
    const bool sets = node.kind == NodeKind::call && sets_include_path(source(node.first));
    if (sets || node.kind == NodeKind::include) includes_.push_back(node.begin);
  }
  autoloaders_ = autoloaders(evaluator, unit);
  std::ranges::sort(includes_);
}

void Walker::run() {
  Scope scope;
  scope.unit = &unit_;
  scope.outermost = true;
  out_.ends = sequence(scope, ast_[ast_.root].first) == Flow::ends;
}

// What comes after the last include of a function, or of the file, changes nothing any more.
Flow Walker::sequence(Scope& scope, NodeId first) {
  auto flow = Flow::goes_on;
  int doubts = 0;
  for (auto id = first; id != 0 && includes_follow(id); id = ast_[id].next) {
    const auto kind = ast_[id].kind;
    if (kind == NodeKind::label) flow = Flow::goes_on;
    const bool declares = kind == NodeKind::function || kind == NodeKind::class_declaration;
    if (flow != Flow::goes_on && !declares) continue;
    const auto next = statement(scope, id);
    if (flow == Flow::goes_on && next == Flow::ends && kind == NodeKind::if_) demanded(scope, id);
    if (flow == Flow::goes_on) flow = next;
    // "if (function_exists('f')) return;", or continue: what follows is the alternative.
    if (flow == Flow::goes_on && kind == NodeKind::if_ && ast_.child_count(id) == 2) {
      const auto condition = evaluator_.condition(scope, ast_[id].first);
      const auto then = ast_.child(id, 1);
      const auto last = ast_[then].kind == NodeKind::block ? ast_.last_child(then) : then;
      const auto how = ast_[last].kind;
      // "defined('HOST') or exit" in a program that nobody here is the host of.
      const bool barred =
          is_final(last) && source(ast_[id].first).find("defined") != std::string_view::npos;
      // "if (!$this->has($file)) throw ...".
      const bool asked = is_final(last) && ast_[ast_[id].first].kind == NodeKind::unary &&
                         evaluator_.tells_of_file(scope, ast_[ast_[id].first].first);
      const bool leaves = how == NodeKind::return_ || how == NodeKind::continue_ ||
                          how == NodeKind::break_ || barred || asked;
      if (condition.truth == Truth::unknown && condition.alternative && leaves &&
          !asks_for_commands(ast_[id].first) && !choice(scope, ast_[id].first)) {
        ++doubts;
        ++alternatives_;
      }
    }
  }
  alternatives_ -= doubts;
  return flow;
}

// The include of an expression or assignment; 0 for none.
NodeId Walker::include_of(NodeId statement) const {
  if (ast_[statement].kind != NodeKind::expression) return 0;
  auto at = ast_[statement].first;
  if (ast_[at].kind == NodeKind::assign) at = ast_[ast_[at].first].next;
  return ast_[at].kind == NodeKind::include ? at : 0;
}

bool Walker::is_final(NodeId id) const {
  return id != 0 && ast_[id].kind == NodeKind::expression && ends_script(ast_[id].first);
}

bool Walker::ends_script(NodeId id) const {
  const auto kind = ast_[id].kind;
  if (kind == NodeKind::exit || kind == NodeKind::throw_) return true;
  if (kind == NodeKind::call &&
      std::ranges::find(kFinal, lower(base_name(source(ast_[id].first)))) != kFinal.end())
    return true;
  return (kind == NodeKind::call || kind == NodeKind::static_call ||
          kind == NodeKind::method_call) &&
         evaluator_.never_returns(unit_, id);
}

// "is_file($f) or die('...')", where it is known that the right side is come to.
bool Walker::ends_here(const Scope& scope, NodeId id) const {
  const auto& node = ast_[id];
  if (ends_script(id)) return true;
  if (node.kind == NodeKind::ternary) {
    const auto then = ast_[node.first].next, otherwise = ast_[then].next;
    const auto truth = evaluator_.condition(scope, node.first).truth;
    return (truth == Truth::no && otherwise != 0 && ends_script(otherwise)) ||
           (truth == Truth::yes && otherwise != 0 && ends_script(then));
  }
  const bool both = node.op == kBooleanAnd || node.op == kLogicalAnd;
  const bool one = node.op == kBooleanOr || node.op == kLogicalOr;
  if (node.kind != NodeKind::binary || (!both && !one) || !ends_script(ast_[node.first].next))
    return false;
  return evaluator_.condition(scope, node.first).truth == (both ? Truth::yes : Truth::no);
}

// "PHP_SAPI === 'cli-server'": what a request never meets.
bool Walker::asks_for_commands(NodeId test) const {
  const auto& node = ast_[test];
  const bool equal = node.op == kIsIdentical || node.op == kIsEqual;
  if (node.kind != NodeKind::binary || !equal ||
      !evaluator_.corpus().applications[unit_.application].served)
    return false;
  const auto words = lower(source(test));
  return words.find("sapi") != std::string::npos &&
         (words.find("'cli") != std::string::npos || words.find("\"cli") != std::string::npos);
}

// Whether the script is over after a branch.
bool Walker::ends(NodeId branch) const {
  const auto last = ast_[branch].kind == NodeKind::block ? ast_.last_child(branch) : branch;
  return last != 0 && is_final(last);
}

// "!include ..." and "false === include ...".
bool Walker::asks_for_failure(NodeId test) const {
  const auto& node = ast_[test];
  if (node.kind == NodeKind::unary) return node.op == static_cast<Kind>('!');
  if (node.kind != NodeKind::binary || (node.op != kIsIdentical && node.op != kIsEqual))
    return false;
  return lower(source(node.first)) == "false" || lower(source(ast_[node.first].next)) == "false";
}

Flow Walker::statement(Scope& scope, NodeId id) {
  if (depth_ > kDeepestWalk) return Flow::goes_on;
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
      return switch_statement(scope, id);
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
      return ends_here(scope, first) ? Flow::ends : Flow::goes_on;
    case NodeKind::unset:
      children(scope, id, {});
      for (auto gone = first; gone != 0; gone = ast_[gone].next) take_away(scope, gone);
      return Flow::goes_on;
    default:
      children(scope, id, {});
      return Flow::goes_on;
  }
}

Flow Walker::if_chain(Scope& scope, NodeId id) {
  Branches branches(scope);
  bool decided = false, over = true;
  int doubts = 0;
  std::optional<Choice> held;
  const auto take = [&](NodeId body) {
    auto flow = statement(scope, body);
    if (flow == Flow::goes_on && ends(body)) flow = Flow::ends;  // behind the last include
    over = over && flow == Flow::ends;
    branches.end(flow == Flow::goes_on);
  };
  while (!decided && id != 0) {
    if (ast_[id].kind != NodeKind::if_) {  // else
      branches.begin();
      take(id);
      decided = true;
      break;
    }
    const auto test = ast_[id].first;
    const auto then = ast_[test].next;
    expression(scope, test, {false, true, asks_for_failure(test) && ends(then)});
    const auto condition = evaluator_.condition(scope, test);
    decided = condition.truth == Truth::yes;
    held = choice(scope, test);
    const bool doubtful = condition.truth == Truth::unknown && condition.alternative && !held;
    if (condition.truth != Truth::no) {
      const Level level(*this, doubtful);
      branches.begin();
      if (held && held->when) set(scope, held->name, held->value);
      take(then);
    }
    if (held && !held->when) set(scope, held->name, held->value);
    doubts += doubtful ? 1 : 0;
    alternatives_ += doubtful ? 1 : 0;
    id = ast_[then].next;
  }
  alternatives_ -= doubts;
  if (!decided) branches.keep_none();
  if (branches.empty()) return over ? Flow::ends : Flow::stops;
  branches.merge(doubts > 0 ? Branches::Kind::alternative : Branches::Kind::joined);
  // Both what it is held to and what the branch gives it instead.
  if (held && !held->when && branches.size() == 2 && !decided)
    if (const auto& other = branches.value_in(0, held->name); other.single() != nullptr)
      set(scope, held->name, each({held->value, other}));
  return Flow::goes_on;
}

// Values that a loop changes are not those of its first round.
void Walker::forget_assigned(Scope& scope, NodeId id) {
  for (auto at = id; --at > 0 && ast_[at].begin >= ast_[id].begin;) {
    const auto kind = ast_[at].kind;
    if (kind != NodeKind::assign && kind != NodeKind::postfix && kind != NodeKind::unary) continue;
    if (kind == NodeKind::unary && ast_[at].op != kInc && ast_[at].op != kDec) continue;
    auto target = ast_[at].first;
    while (ast_[target].kind == NodeKind::index) target = ast_[target].first;
    if (ast_[target].kind == NodeKind::variable) set(scope, source(target), Value::unknown());
  }
}

// switch (true) { case $a > 1: ... } asks for each in turn.
Truth Walker::case_holds(const Scope& scope, NodeId subject, NodeId test) const {
  return lower(source(subject)) == "true" ? evaluator_.condition(scope, test).truth
                                          : evaluator_.same(scope, subject, test);
}

// The only clause that runs: what is asked for is known, and so is every case before it. 0: none.
NodeId Walker::decided_case(const Scope& scope, NodeId subject) const {
  for (auto clause = ast_[subject].next; clause != 0; clause = ast_[clause].next) {
    if (ast_[clause].op == kDefault || ast_[clause].first == 0) continue;
    const auto holds = case_holds(scope, subject, ast_[clause].first);
    if (holds == Truth::unknown) return 0;
    if (holds == Truth::yes) return clause;
  }
  return 0;
}

Flow Walker::switch_statement(Scope& scope, NodeId id) {
  const auto subject = ast_[id].first;
  expression(scope, subject);
  forget_assigned(scope, id);
  Branches branches(scope);
  bool falls_in = false;
  const auto decided = decided_case(scope, subject);
  // switch (getenv('APP_ENV')): the cases are for other environments.
  const auto asked = evaluator_.condition(scope, subject);
  const bool elective = asked.truth == Truth::unknown && asked.alternative;
  const bool asks = lower(source(subject)) == "true";
  bool complete = decided != 0, doubtful = false;
  for (auto clause = ast_[subject].next; clause != 0; clause = ast_[clause].next) {
    auto first = ast_[clause].first;
    complete = complete || ast_[clause].op == kDefault;
    const bool never = decided != 0 ? clause != decided
                                    : first != 0 && ast_[clause].op != kDefault &&
                                          case_holds(scope, subject, first) == Truth::no;
    if (never && !falls_in) continue;
    // switch (true) { case getenv('CI'): ... }, and what falls into the next.
    doubtful = doubtful && falls_in;
    if (asks && first != 0 && ast_[clause].op != kDefault) {
      const auto told = evaluator_.condition(scope, first);
      doubtful = doubtful || (told.truth == Truth::unknown && told.alternative);
    }
    const Level level(*this, (elective || doubtful) && ast_[clause].op != kDefault);
    if (first != 0 && ast_[clause].op != kDefault) first = ast_[first].next;
    auto last = first;
    while (last != 0 && ast_[last].next != 0) last = ast_[last].next;
    branches.begin();
    const auto flow = sequence(scope, first);
    const bool falls = first == 0 || (flow == Flow::goes_on && ast_[clause].next != 0);
    falls_in = flow == Flow::goes_on;
    const bool leaves = flow != Flow::goes_on && ast_[last].kind != NodeKind::break_;
    branches.end(!falls && !leaves);
  }
  if (!complete) branches.keep_none();
  if (branches.empty()) return Flow::goes_on;
  branches.merge(visitor_chooses(subject) ? Branches::Kind::visited : Branches::Kind::joined);
  return Flow::goes_on;
}

Flow Walker::try_statement(Scope& scope, NodeId id) {
  auto flow = Flow::stops;
  const auto first = ast_[id].first;
  const bool catches = ast_[first].next != 0 && ast_[ast_[first].next].kind == NodeKind::catch_;
  const bool errors = catches && catches_errors(id);
  for (auto part = first; part != 0; part = ast_[part].next) {
    const bool handler = ast_[part].kind == NodeKind::catch_;
    const auto block = handler ? ast_[part].first : part;
    const Catching catching(*this, catches && part == first, errors && part == first);
    const Level level(*this, handler);  // only where something is thrown
    std::optional<Branches> undone;
    if (handler) undone.emplace(scope).begin();
    if (block == 0 || statement(scope, block) == Flow::goes_on) flow = Flow::goes_on;
    if (undone) undone->end(false);
  }
  return flow;
}

void Walker::members(const Scope&, NodeId first) {
  for (auto member = first; member != 0; member = ast_[member].next)
    if (ast_[member].kind == NodeKind::method) function(member, function_scope());
}

bool Walker::is_autoloader(NodeId id) const {
  const auto kind = ast_[id].kind;
  if (kind == NodeKind::closure || kind == NodeKind::arrow_function) return id == autoloader_;
  const bool named = kind == NodeKind::function || kind == NodeKind::method;
  return named &&
         std::ranges::find(autoloaders_, lower(source(ast_[id].first))) != autoloaders_.end();
}

}  // namespace stackaudit::stack::php
