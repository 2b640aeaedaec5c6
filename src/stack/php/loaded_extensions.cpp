// By what each kind of PHP that serves the application loads.
#include "stack/php/loaded_extensions.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

// Part of PHP as Debian builds it, or of one kind of PHP alone.
constexpr auto kBuiltIn = std::to_array<std::string_view>(
    {"core",    "date",   "filter",     "hash",         "json",    "libxml",   "openssl",
     "pcntl",   "pcre",   "random",     "readline",     "spl",     "standard", "zlib",
     "session", "sodium", "reflection", "zend opcache", "mysqlnd", "later"});
// What no build of PHP leaves out.
constexpr auto kAlways = std::to_array<std::string_view>(
    {"core", "date", "hash", "json", "pcre", "random", "reflection", "spl", "standard"});

}  // namespace

LoadedExtensions::LoadedExtensions(const Corpus& corpus, const Application& application) {
  const auto& names = corpus.names;
  for (const auto& sapi : application.sapis) {
    std::set<std::string, std::less<>> loaded;
    for (const auto& row : corpus.survey().facts.rows<facts::PhpExtension>())
      if (row.sapi == sapi && row.loaded) loaded.insert(row.name);
    if (loaded.empty()) {
      loaded_.clear();
      return;
    }
    loaded_.push_back(std::move(loaded));
  }
  std::set<std::string_view> named(kBuiltIn.begin(), kBuiltIn.end());
  named.insert("opcache");
  for (const auto* table : {&names.functions, &names.classes, &names.constants})
    for (const auto& [name, of] : *table) named.insert(of);
  known_ = seen() && std::ranges::all_of(loaded_, [&](const auto& loaded) {
             return std::ranges::all_of(loaded, [&](const std::string& name) {
               return named.contains(name) || name.starts_with("pdo_");
             });
           });
}

bool LoadedExtensions::lacks(std::string_view extension) const {
  if (std::ranges::find(kBuiltIn, extension) != kBuiltIn.end()) return false;
  return std::ranges::any_of(loaded_,
                             [&](const auto& loaded) { return !loaded.contains(extension); });
}

bool LoadedExtensions::is_everywhere(std::string_view extension) const {
  return std::ranges::find(kAlways, extension) != kAlways.end() ||
         std::ranges::all_of(loaded_,
                             [&](const auto& loaded) { return loaded.contains(extension); });
}

}  // namespace stackaudit::stack::php
