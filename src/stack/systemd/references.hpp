// The names in a unit that must lead somewhere.
#pragma once

#include "stack/systemd/search.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// A row for a name in the unit; the caller says what became of it.
[[nodiscard]] facts::Reference unit_reference(const ServiceUnit& unit, const facts::Place& place,
                                              std::string kind, std::string as_written);

// Whether systemd makes the service of a script in /etc/init.d when it boots.
[[nodiscard]] bool is_generated(const Survey& survey, std::string_view unit);

// Adds reference rows for programs, accounts, environment files, the working directory and the
// paths of the sandbox. Paths below /run, and those that only the machine knows, are "dynamic".
void add_unit_references(Survey& survey, const ServiceUnit& unit);

// A row for a unit's file that is a link to nowhere: systemd finds no unit of this name then, not
// even one that a later directory of the load path has. Seen with systemd 252.
void add_dangling_unit(Survey& survey, const ServiceUnit& unit);

// The same for [Unit]: services of Requires= and its kin ("required-unit"), paths of Condition...=
// ("condition") and Assert...= ("assertion"). Negated ones, those with "|" and paths that only run
// time has are left out. Gives whether a condition keeps systemd from starting the unit at all.
// requirements.cpp
bool add_unit_requirements(Survey& survey, const UnitSearch& search, const ServiceUnit& unit);

}  // namespace stackaudit::stack
