// Where a Composer autoloader looks for the application's own classes: autoload_psr4.php and
// autoload_classmap.php as Composer writes them, an entry on a line.
#pragma once

#include "stack/php/corpus.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stackaudit::stack::php {

struct ComposerPrefix {
  std::vector<std::string> directories;
  std::size_t begin = 0, end = 0;  // of its line in the map
};

struct ComposerMap {
  std::string base;     // the directory around vendor
  text::FileId file{};  // autoload_psr4.php
  std::map<std::string, ComposerPrefix> prefixes;
  // Of the class map: the files of the application's own classes; of packages empty.
  std::map<std::string, std::string, std::less<>> classes;

  // The prefix that decides; nullptr where none does.
  [[nodiscard]] const std::pair<const std::string, ComposerPrefix>* longest(
      const std::string& name) const;
  // The files that may declare the class, in the order in which they are tried.
  [[nodiscard]] std::vector<std::string> files_of(const std::string& name) const;
};

// Of vendor/composer; nullopt where it is none, or leads to nothing but packages.
[[nodiscard]] std::optional<ComposerMap> composer_map(Survey& survey, const std::string& directory);

}  // namespace stackaudit::stack::php
