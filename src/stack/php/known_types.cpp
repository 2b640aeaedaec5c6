// Whole names of types, and which of them a wrong one may have meant.
#include "stack/php/known_types.hpp"

#include "stack/php/definitions.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace stackaudit::stack::php {
namespace {

// Namespaces of extensions.
constexpr auto kOfExtensions = std::to_array<std::string_view>(
    {"amphp\\", "cassandra\\", "decimal\\", "dom\\", "ds\\", "ffi\\", "grpc\\", "mongodb\\",
     "opentelemetry\\", "parallel\\", "parle\\", "pdo\\", "random\\", "relay\\", "swoole\\",
     "uri\\", "zookeeper\\"});

}  // namespace

void KnownTypes::declare(const std::string& spelled) {
  if (spelled.empty()) {
    all_understood_ = false;
    return;
  }
  const auto [name, fresh] = names_.insert(lower(spelled));
  if (fresh) by_last_.emplace(base_name(*name), spelled);
}

bool KnownTypes::may_have(std::string_view name) const {
  return !all_understood_ || names_.contains(name) ||
         std::ranges::any_of(kOfExtensions,
                             [&](std::string_view space) { return name.starts_with(space); });
}

std::string KnownTypes::namesake(const std::string& last) const {
  const auto [first, end] = by_last_.equal_range(last);
  return first != end && std::next(first) == end ? first->second : std::string{};
}

}  // namespace stackaudit::stack::php
