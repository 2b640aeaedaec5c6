// The name that was probably meant, among those of the application and of PHP.
#pragma once

#include "stack/php/symbols.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

class NearNames {
 public:
  // of_guest: the application calls a program that is not here, whose names may be near to PHP's.
  NearNames(const PhpNames& names, bool of_guest) : names_(names), of_guest_(of_guest) {}

  // One slip away, two in long names; of PHP's own names only those of the same family. Empty where
  // none is near; each name is looked for once.
  [[nodiscard]] std::string function(const std::string& name,
                                     const std::vector<std::string_view>& own) const;
  [[nodiscard]] std::string constant(const std::string& name,
                                     const std::vector<std::string_view>& own) const;

 private:
  template <class Known>
  [[nodiscard]] std::string search(const std::string& name,
                                   const std::vector<std::string_view>& own, const Known& known,
                                   bool series) const;

  const PhpNames& names_;
  bool of_guest_;
  mutable std::map<std::string, std::string> functions_, constants_;
  mutable std::size_t looks_ = 0;
};

}  // namespace stackaudit::stack::php
