// The extensions of every PHP that runs an application.
#pragma once

#include "stack/php/corpus.hpp"
#include "stack/php/symbols.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

class LoadedExtensions {
 public:
  LoadedExtensions(const Corpus& corpus, const Application& application);

  // Whether the settings of every PHP that runs this were seen: of none is anything said else.
  [[nodiscard]] bool seen() const { return !loaded_.empty(); }
  // Whether the names of all that is loaded are known, too.
  [[nodiscard]] bool known() const { return known_; }
  // Whether some PHP certainly has not what is of this extension.
  [[nodiscard]] bool lacks(std::string_view extension) const;
  // Whether every PHP certainly has it.
  [[nodiscard]] bool is_everywhere(std::string_view extension) const;

 private:
  std::vector<std::set<std::string, std::less<>>> loaded_;  // by the kinds of PHP
  bool known_ = false;
};

}  // namespace stackaudit::stack::php
