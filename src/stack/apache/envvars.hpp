// The environment that httpd starts in: the unit's Environment=, then what apachectl reads from
// the envvars file.
#pragma once

#include "stack/survey.hpp"
#include "syntax/shell/shell.hpp"

#include <map>
#include <set>
#include <string>

namespace stackaudit::stack::apache {

struct Variable {
  std::string value;
  bool known = true;     // false: assigned, but by something that was not evaluated
  facts::Place place;    // of the assignment's value
  bool exported = true;  // false: the shell that reads envvars has it, and httpd does not
};
using Environment = std::map<std::string, Variable, std::less<>>;

// Carries out the assignments of an envvars file on top of an environment. What cannot be
// evaluated is a blind spot, and the variables it may assign become unknown.
void evaluate_envvars(Survey& survey, std::string_view path, Environment& environment);

}  // namespace stackaudit::stack::apache
