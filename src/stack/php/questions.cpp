// Answers are kept as hashes.
#include "stack/php/questions.hpp"

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

template <class T>
void keep_once(std::vector<T>& all) {
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  all.shrink_to_fit();
}

bool meet(const std::vector<std::size_t>& asked, const std::unordered_set<std::size_t>& changed) {
  return !changed.empty() &&
         std::ranges::any_of(asked, [&](std::size_t each) { return changed.contains(each); });
}

std::size_t mixed(std::size_t sum, std::size_t next) {
  constexpr std::size_t kOdd = 0x9e3779b97f4a7c15;
  return (sum ^ next) * kOdd + (sum >> 29U);
}

std::size_t answer_of(const std::vector<Definition>& definitions) {
  std::size_t sum = definitions.size();
  for (const auto& each : definitions) sum = mixed(mixed(sum, each.unit->number), each.value);
  return sum;
}

std::size_t answer_of(const Unit& unit) {
  auto sum = mixed(unit.loaders > 0 ? 1 : 0, unit.starts.size());
  for (const auto& start : unit.starts) sum = mixed(sum, Definitions::hash_of(start));
  if (!unit.reached) return sum;
  return mixed(mixed(sum, Definitions::hash_of(unit.reached->entry)),
               unit.reached->run == nullptr ? 1 : 2);
}

}  // namespace

std::size_t Questions::hash_of(const Callee& function) {
  return mixed(function.unit->number, function.id);
}

std::size_t Questions::hash_of(const Callers::Made& constant) {
  return mixed(Definitions::hash_of(constant.second), constant.first + 1);
}

void Questions::note_name(std::string_view key) {
  names_.push_back(Definitions::hash_of(key));
}

void Questions::note_meaning(const std::vector<Definition>& definitions, const Unit& unit,
                             bool part, const std::vector<Definition>& answer) {
  meanings_.push_back({&definitions, &unit, part, answer_of(answer)});
}

void Questions::note_reach(const Unit& unit) {
  reached_.emplace_back(&unit, answer_of(unit));
}

void Questions::condense() {
  keep_once(names_);
  keep_once(callees_);
  keep_once(meanings_);
  keep_once(reached_);
}

bool Changes::concern(const Questions& asked) const {
  if ((units && asked.units_) || meet(asked.names_, names) || meet(asked.callees_, callees))
    return true;
  const auto is_reached_otherwise = [](const auto& known) {
    return answer_of(*known.first) != known.second;
  };
  const auto means_others = [](const Questions::Meaning& known) {
    return answer_of(concerning(*known.among, *known.by, known.part)) != known.answer;
  };
  return std::ranges::any_of(asked.reached_, is_reached_otherwise) ||
         std::ranges::any_of(asked.meanings_, means_others);
}

}  // namespace stackaudit::stack::php
