// What is changed before the first time is noted with what it was; at the end of a branch the two
// are exchanged.
#include "stack/php/branches.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace stackaudit::stack::php {
namespace {

const Value& unknown() {
  static const auto value = Value::unknown();
  return value;
}

// Exchanges what is noted and what is there.
void exchange(Variables& variables, std::string_view name, std::optional<Value>& noted) {
  const auto it = variables.find(name);
  if (it == variables.end()) {
    if (!noted) return;
    variables.emplace(name, *std::exchange(noted, std::nullopt));
  } else if (noted) {
    std::swap(it->second, *noted);
  } else {
    noted = std::move(it->second);
    variables.erase(it);
  }
}

}  // namespace

void change(Scope& scope, std::string_view name, std::optional<Value> value) {
  exchange(scope.variables, name, value);
  if (scope.notes.in != nullptr) scope.notes.in->try_emplace(std::string(name), std::move(value));
}

Branches::Branches(Scope& scope) : scope_(scope), outer_(scope.notes.in) {
  scope.notes.in = &between_;
}

Branches::~Branches() {
  settle();
  scope_.notes.in = outer_;
}

// A branch that ended before a condition changed something has what was there before.
void Branches::settle() {
  for (auto& [name, before] : between_) {
    for (auto& branch : kept_) branch.try_emplace(name, before);
    if (outer_ != nullptr) outer_->try_emplace(name, std::move(before));
  }
  between_.clear();
}

void Branches::begin() {
  settle();
  scope_.notes.in = &own_;
}

void Branches::end(bool kept) {
  for (auto& [name, noted] : own_) exchange(scope_.variables, name, noted);
  scope_.notes.in = &between_;
  if (kept) kept_.push_back(std::move(own_));
  own_.clear();
}

bool Branches::is_known(std::size_t branch, std::string_view name) const {
  const auto it = kept_[branch].find(name);
  return it == kept_[branch].end() ? scope_.variables.contains(name) : it->second.has_value();
}

const Value& Branches::value_in(std::size_t branch, std::string_view name) const {
  if (const auto it = kept_[branch].find(name); it != kept_[branch].end())
    return it->second ? *it->second : unknown();
  const auto it = scope_.variables.find(name);
  return it == scope_.variables.end() ? unknown() : it->second;
}

void Branches::merge(std::string_view name, Kind kind) {
  bool known = false;
  std::vector<Value> values{value_in(0, name)};
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    known = known || is_known(i, name);
    if (const auto& value = value_in(i, name); !same(value, values[0])) values.push_back(value);
  }
  if (!known) return change(scope_, name, std::nullopt);
  const bool visited = kind == Kind::visited && std::ranges::all_of(values, [](const Value& value) {
                         return value.single() != nullptr && !value.single()->empty();
                       });
  auto all = visited                                           ? each(std::move(values))
             : kind == Kind::alternative || values.size() == 1 ? elected(std::move(values))
                                                               : joined(std::move(values));
  change(scope_, name, std::move(all));
}

void Branches::merge(Kind kind) {
  settle();
  scope_.notes.in = outer_;
  if (kept_.size() == 1) {
    for (const auto& [name, value] : kept_[0]) change(scope_, name, value);
    return;
  }
  std::set<std::string_view> names;
  for (const auto& branch : kept_)
    for (const auto& [name, value] : branch) names.insert(name);
  for (const auto name : names) merge(name, kind);
}

}  // namespace stackaudit::stack::php
