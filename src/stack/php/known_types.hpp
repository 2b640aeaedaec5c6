// The classes, interfaces, traits and enums of an application by their whole names.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace stackaudit::stack::php {

class KnownTypes {
 public:
  // A whole name as it is written; empty: of a file whose names were not understood.
  void declare(const std::string& spelled);
  // Whether a class of that whole name, in lower case, is there as far as can be told.
  [[nodiscard]] bool may_have(std::string_view name) const;
  // The only type of that last name, in lower case, as it is written; empty where there is none, or
  // more.
  [[nodiscard]] std::string namesake(const std::string& last) const;

 private:
  bool all_understood_ = true;
  std::set<std::string, std::less<>> names_;
  std::multimap<std::string, std::string> by_last_;
};

}  // namespace stackaudit::stack::php
