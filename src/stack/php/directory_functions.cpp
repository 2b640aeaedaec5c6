// PHP's functions that tell what lies in a directory: glob(), scandir(). What is there now is what
// a request finds; where nothing is, nothing is told.
#include "stack/php/functions.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kMostEntries = 256;

// The argument as an absolute path; empty where it is not known.
std::string place(const Call& call) {
  const auto path = call.argument(0);
  if (path.single() == nullptr || path.single()->empty()) return {};
  if (path.single()->starts_with('/')) return *path.single();
  const auto start = call.scope.outermost ? call.evaluator.start_of(call.scope) : std::string{};
  return start.empty() ? std::string{} : tree::join(start, *path.single());
}

Value list_of_names(const std::vector<std::string>& names) {
  if (names.empty() || names.size() > kMostEntries) return Value::unknown();
  std::vector<Value> values;
  for (const auto& name : names) values.push_back(Value::text(name));
  return list_of(values);
}

Value glob(const Call& call) {
  const auto pattern = place(call);
  const auto flags = call.arguments.size() < 2
                         ? std::string_view{}
                         : call.evaluator.source(*call.scope.unit, call.arguments[1]);
  const bool plain = flags.empty() || flags == "GLOB_ONLYDIR" || flags == "GLOB_NOSORT";
  if (pattern.empty() || !plain) return Value::unknown();
  const auto& survey = call.evaluator.corpus().survey();
  auto found = tree::glob(survey.tree, pattern, kMostEntries + 1).paths;
  if (flags == "GLOB_ONLYDIR")
    std::erase_if(found, [&](const std::string& path) {
      return survey.state_of(path, "directory") != "found";
    });
  return list_of_names(found);
}

Value scandir(const Call& call) {
  const auto path = place(call);
  if (path.empty() || call.arguments.size() > 1) return Value::unknown();
  const auto entries = call.evaluator.corpus().survey().tree.list(path);
  if (!entries) return Value::unknown();
  auto names = *entries;  // "." and "..", which it gives, too, nobody loads
  std::ranges::sort(names);
  return list_of_names(names);
}

}  // namespace

std::optional<Value> directory_function(const Call& call, std::string_view name) {
  if (name == "glob") return glob(call);
  if (name == "scandir") return scandir(call);
  return std::nullopt;
}

}  // namespace stackaudit::stack::php
