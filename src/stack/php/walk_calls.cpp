// A function for each of its calls: what they hand over, and an autoloader for each class that is
// asked of it.
#include "stack/php/autoload.hpp"
#include "stack/php/walker.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// What may be something else: it is among what is known, and so is all else.
Value with_others(Value value) {
  const bool doubtful = std::ranges::any_of(value.texts, [](const Text& text) {
    return text.open || text.unless.file != text::FileId::none;
  });
  if (value.is_array || !doubtful) return value;
  return each({std::move(value), Value::unknown()});
}

// The class that a call of an autoloader hands over.
std::string asked_for(const Variables& call) {
  const auto* name = call.empty() ? nullptr : call.begin()->second.single();
  return name == nullptr ? std::string{} : *name;
}

}  // namespace

void Walker::function(NodeId id, Scope inner) {
  if (depth_ > kDeepestWalk || !holds_include(id)) return;
  const Level level(*this);
  // With more than one in the application another may load what this one does not find.
  const bool registered = is_autoloader(id), loads = registered && autoloaders_.size() == 1;
  if (registered) {
    evaluator_.note_units();
    probe(id, inner);
  }
  const auto around = std::exchange(autoloads_, loads || autoloads_);
  const auto within = std::exchange(registered_, registered || registered_);
  const auto end = std::exchange(end_, ast_[id].end);
  std::vector<Variables> calls;
  if (loads)
    calls = loaded_classes(id, classes_to_load(evaluator_.corpus(), unit_));
  else if (id == mapped_)
    calls = calls_with(id, mapped_over_);
  else
    calls = evaluator_.bindings(unit_, id);
  if (!may_take(calls.size()))
    body(id, std::move(inner), nullptr);
  else
    in_turn(calls.size(), [&](std::size_t i) {
      if (loads) inner.loading = asked_for(calls[i]);
      body(id, inner, &calls[i]);
    });
  end_ = end;
  autoloads_ = around;
  registered_ = within;
}

// Whether an autoloader looks the class up, as in $files[$class].
bool Walker::looks_up(NodeId id) const {
  auto name = ast_[id].first;
  while (name != 0 && ast_[name].kind != NodeKind::parameter) name = ast_[name].next;
  if (name == 0) return false;
  const auto asked = source(ast_[name].first);
  return std::ranges::any_of(ast_.nodes, [&](const Node& node) {
    return node.kind == NodeKind::index && node.begin >= ast_[id].begin &&
           node.end <= ast_[id].end && ast_[node.first].next != 0 &&
           source(ast_[node.first].next) == asked;
  });
}

// What an autoloader finds, and would find if the files were named as it wants them.
void Walker::probe(NodeId id, Scope inner) {
  // WordPress's own classes are compared with the package as a whole.
  if (!unit_.wordpress.empty() && unit_.path.find("/wp-content/") == std::string::npos) return;
  const auto names = classes_to_follow(evaluator_.corpus(), unit_);
  if (!names.known()) return;
  std::set<std::string> lacking;
  for (const auto& text : classes_to_probe(evaluator_.corpus(), unit_).texts)
    lacking.insert(text.value);
  const auto autoloads = std::exchange(autoloads_, true), probes = std::exchange(probes_, true);
  const auto lists = std::exchange(lists_, looks_up(id));
  const auto end = std::exchange(end_, ast_[id].end);
  for (const auto& call : loaded_classes(id, names)) {
    inner.loading = asked_for(call);
    follows_ = !lacking.contains(inner.loading);
    body(id, inner, &call);
  }
  end_ = end;
  follows_ = false;
  probes_ = probes;
  lists_ = lists;
  autoloads_ = autoloads;
}

// A function is called with each of the values, as its first parameter.
std::vector<Variables> Walker::calls_with(NodeId id, const std::vector<Value>& values) const {
  std::vector<Variables> calls;
  for (auto at = ast_[id].first; at != 0; at = ast_[at].next) {
    if (ast_[at].kind != NodeKind::parameter) continue;
    for (const auto& value : values)
      calls.push_back({{std::string(source(ast_[at].first)), value}});
    break;
  }
  return calls;
}

// An autoloader is called with the name of each class that nothing else brings.
std::vector<Variables> Walker::loaded_classes(NodeId id, const Value& classes) const {
  std::vector<Value> names;
  for (auto text : classes.texts) {
    text.use = 0;
    names.emplace_back().texts.push_back(std::move(text));
  }
  return calls_with(id, names);
}

namespace {

// What the caller catches; nullptr: nothing.
const std::string* caught(const Variables& given) {
  const auto it = given.find(kCaught);
  return it == given.end() ? nullptr : it->second.single();
}

}  // namespace

// `given`: what one call hands over; none: nothing is known of the parameters.
void Walker::body(NodeId id, Scope inner, const Variables* given) {
  const auto hushed = std::exchange(hushed_, false);
  const auto* const kept = given == nullptr ? nullptr : caught(*given);
  const Catching catching(*this, kept != nullptr, kept != nullptr && *kept == kErrors);
  for (auto child = ast_[id].first; child != 0; child = ast_[child].next) {
    if (ast_[child].kind == NodeKind::block) {
      sequence(inner, ast_[child].first);
    } else if (ast_[child].kind == NodeKind::parameter) {
      const auto name = std::string(source(ast_[child].first));
      const auto preset = ast_[ast_[child].first].next;
      inner.variables.erase(name);
      if (given == nullptr) continue;
      if (const auto it = given->find(name); it != given->end())
        set(inner, name, it->second);
      else if (preset != 0)
        set(inner, name, evaluator_.value(inner, preset));
    } else if (ast_[id].kind == NodeKind::arrow_function) {
      expression(inner, child);
    }
  }
  hushed_ = hushed;
}

// "$path" of f(path: 'x').
std::string Walker::name_of_argument(NodeId id) const {
  const auto words = unit_.text.substr(ast_[id].begin, ast_[ast_[id].first].begin - ast_[id].begin);
  return "$" + std::string(words.substr(0, words.find_first_of(": \t\r\n")));
}

// What array_map() hands to its function: each item of the list. call_user_func() all that follows.
void Walker::record_callback(const Scope& scope, NodeId id, const Callee& function) {
  const auto name = base_name(source(ast_[id].first));
  const auto given = evaluator_.arguments(unit_, id);
  const auto doubted = [&](Value value) {
    value = with_others(std::move(value));
    if (alternatives_ > 0)
      for (auto& text : value.texts) text.unsure = text.open = true;
    return value;
  };
  Arguments all{function, {}, {}};
  if (name == "call_user_func") {
    for (std::size_t i = 1; i < given.size(); ++i)
      all.values.push_back(doubted(evaluator_.value(scope, given[i])));
    out_.calls.push_back(std::move(all));
    return;
  }
  const std::size_t place = name == "array_walk" ? 0 : 1;
  const auto list = place < given.size() ? evaluator_.value(scope, given[place]) : Value::unknown();
  const bool spread = name == "call_user_func_array";
  if (!list.is_array || (!spread && !may_take(list.items.size()))) {
    all.values.push_back(Value::unknown());
    out_.calls.push_back(std::move(all));
    return;
  }
  for (const auto& item : list.items) {
    if (!spread) all.values.clear();
    all.values.push_back(doubted(item.value));
    if (!spread) out_.calls.push_back(all);
  }
  if (spread) out_.calls.push_back(std::move(all));
}

// A call that is asked for: what it hands over.
void Walker::record(const Scope& scope, NodeId id) {
  const auto site = sites_ == nullptr ? CallSites::const_iterator{} : sites_->find(id);
  if (sites_ == nullptr || site == sites_->end()) return;
  const bool defines = text::equal_ignoring_case(base_name(source(ast_[id].first)), "define");
  if (defines && !scope.outermost) return;
  if (callback_of(unit_, ast_[id]) != 0) return record_callback(scope, id, site->second);
  Arguments found{site->second, {}, {}};
  if (caught_ > 0)
    found.named.emplace(kCaught, Value::text(errors_caught_ > 0 ? kErrors : "exceptions"));
  for (auto at = ast_[id].first; at != 0; at = ast_[at].next) {
    if (ast_[at].kind != NodeKind::argument) continue;
    if (ast_[at].op != kEnd || ast_[at].first == 0) return;  // ...$all
    auto value = evaluator_.value(scope, ast_[at].first);
    if (!defines) value = with_others(std::move(value));
    if (alternatives_ > 0 && !defines)
      for (auto& text : value.texts) text.unsure = text.open = true;
    if (ast_[ast_[at].first].begin == ast_[at].begin)
      found.values.push_back(std::move(value));
    else
      found.named.insert_or_assign(name_of_argument(at), std::move(value));
  }
  out_.calls.push_back(std::move(found));
}

}  // namespace stackaudit::stack::php
