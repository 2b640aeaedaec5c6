// One unit out of its fragment and drop-ins.
#pragma once

#include "stack/systemd/search.hpp"
#include "stack/systemd/systemd.hpp"
#include "syntax/ini/ini.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// Fills the unit from unit.path and unit.drop_ins, in this order; later settings win, an empty
// assignment resets. Gives what systemd refuses, and misspelt settings and sections that it
// ignores with a warning.
[[nodiscard]] std::vector<facts::SyntaxProblem> load_unit(Survey& survey, ServiceUnit& unit);

// Hands over each setting in the order in which load_unit takes them. settings.cpp
void for_each_setting(
    Survey& survey, const ServiceUnit& unit,
    const std::function<void(std::string_view section, const syntax::ini::Entry& entry)>& take);

// "nginx", "apache", "php-fpm", "mariadb" by the programs that the unit starts, else by its name
// (a wrapper script starts the server); empty for every other unit.
[[nodiscard]] std::string kind_of_unit(const ServiceUnit& unit);
// By the name alone.
[[nodiscard]] std::string kind_of_unit_name(std::string_view name);
// Whether a fragment's text could belong to one of the kinds.
[[nodiscard]] bool may_concern(std::string_view text);

// The value with %n, %i, %t and the like replaced. Known ones that depend on the machine make the
// value unknown; systemd refuses letters that it does not know.
struct Expanded {
  std::string text;
  bool known = true;
  char refused = 0;
};
[[nodiscard]] Expanded expand_specifiers(std::string_view value, std::string_view unit_name);

// The first word of a command without the prefixes of systemd.service(5), "Command lines".
struct PrefixedProgram {
  std::string_view program;
  bool ignore_failure = false;   // "-"
  bool full_privileges = false;  // "+" and "!"
  bool named = false;            // "@": the second word is the process's name
};
[[nodiscard]] PrefixedProgram without_prefixes(std::string_view word);

// A boolean as systemd takes it: yes, true, on, 1.
[[nodiscard]] bool is_true_word(std::string_view word);

// Where the directories of StateDirectory=, LogsDirectory= or CacheDirectory= are made:
// "/var/lib/".
[[nodiscard]] std::string_view base_of(std::string_view setting);

// Adds what ProtectSystem= and ProtectHome= come to, to the fences of the unit. fences.cpp
void raise_fences(ServiceUnit& unit);

// DynamicUser=: a user by the unit's name where none is said, ProtectSystem=strict,
// ProtectHome=read-only and PrivateTmp=, systemd.exec(5). Before raise_fences.
void make_dynamic(ServiceUnit& unit, const facts::Place& place);

// One assignment of CapabilityBoundingSet= or AmbientCapabilities=: "~" takes away; the first
// starts from nothing, or with "~" from all; an empty one is the empty set.
void assign_capabilities(std::string_view value, tree::Capabilities& set, bool& given);

// The same for the names of capabilities(7) that are as good as root; what "~" leaves of all is not
// listed.
void assign_powers(std::string_view value, std::vector<std::string>& powers);

// One assignment of RestrictAddressFamilies=; "none" leaves nothing.
void assign_families(std::string_view value, const facts::Place& place,
                     std::optional<AddressFamilies>& families);

// Fills special_file and membership with what a unit whose user is not root is given all the same,
// and `reference` with the program that RootDirectory= hides.
void record_rights(Survey& survey, const ServiceUnit& unit);

}  // namespace stackaudit::stack
