// The index over the definitions of all files.
#include "stack/php/definitions.hpp"

#include "stack/in_parallel.hpp"
#include "stack/php/collect.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

std::string_view base_name(std::string_view name) {
  const auto slash = name.rfind('\\');
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

std::unordered_set<std::size_t> Definitions::extend(const Corpus& corpus) {
  const auto first = calls_.size();
  calls_.resize(corpus.units.size());
  std::vector<std::vector<Named>> found(calls_.size() - first);
  std::vector<std::vector<std::size_t>> hashes(found.size());
  in_parallel(first, calls_.size(), 8, [&](std::size_t i) {
    const auto& unit = corpus.units[i];
    if (unit.parsed.ast.root == 0) return;
    auto& own = found[i - first];
    calls_[i] = collect_definitions(unit, own);
    collect_types(unit, calls_[i], own);
    for (const auto& [key, definition] : own) hashes[i - first].push_back(hash_of(key));
  });
  for (auto i = first; i < calls_.size(); ++i)
    for (const auto& type : corpus.units[i].symbols.types)
      types_[type.name].emplace_back(&corpus.units[i], &type);
  in_parallel(0, kShards, found.size() < 64 ? kShards : 1, [&](std::size_t shard) {
    for (std::size_t i = 0; i < found.size(); ++i)
      for (std::size_t k = 0; k < found[i].size(); ++k)
        if (hashes[i][k] % kShards == shard)
          shards_[shard][found[i][k].first].push_back(found[i][k].second);
  });
  std::unordered_set<std::size_t> more;
  if (first > 0)
    for (const auto& of_unit : hashes) more.insert(of_unit.begin(), of_unit.end());
  return more;
}

const std::vector<Definition>& Definitions::of(std::string_view key) const {
  static const std::vector<Definition> kNone;
  const auto& shard = shards_[hash_of(key) % kShards];
  const auto it = shard.find(key);
  return it == shard.end() ? kNone : it->second;
}

const Type* Definitions::type(std::string_view name, const Unit& near) const {
  const auto it = types_.find(name);
  if (it == types_.end()) return nullptr;
  for (const auto& [unit, type] : it->second)
    if (unit->application == near.application) return type;
  return nullptr;
}

std::vector<std::pair<std::string_view, const std::vector<Definition>*>> Definitions::constants()
    const {
  std::vector<std::pair<std::string_view, const std::vector<Definition>*>> found;
  for (const auto& shard : shards_)
    for (const auto& [key, list] : shard)
      if (key.find_first_of("$@>()") == std::string::npos && key.find("::") == std::string::npos)
        found.emplace_back(key, &list);
  std::ranges::sort(found);
  return found;
}

}  // namespace stackaudit::stack::php
