// What WordPress runs for every visitor besides its own code: the active plugins and the theme, in
// the order of wp-settings.php, observed with 6.1. Names that only its administration declares, or
// what is loaded later, do not exist there.
#pragma once

#include "stack/php/certain_includes.hpp"

#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace stackaudit::stack::php {

// In this order wp-settings.php loads them; wp-config.php comes before all.
enum Turn : std::uint8_t { kSettings, kCore, kMustUse, kPlugins, kThemes };

struct Front {
  // Files that each request certainly runs. true: before wp-includes/pluggable.php.
  UnitMap<bool> units;
  UnitSet templates;   // of the theme: what WordPress shows some kind of page with
  UnitSet brought;     // of WordPress's own files: what plugins and themes load themselves
  UnitMap<int> turns;  // when each file may be loaded first; see Turn
  bool seen = false;   // all files were read whole
  bool open = false;   // some name of a file is known only at run time
};

// The templates of the active theme that every WordPress knows, and the parts that they ask for by
// get_template_part(). front_templates.cpp
[[nodiscard]] UnitSet templates_of(const Corpus& corpus, std::size_t application);

// Of an application with WordPress; empty for others.
[[nodiscard]] Front front_of(CertainIncludes& certain, std::size_t application,
                             const std::vector<Link>& links);

// Where the names of an installation are declared.
class FrontNames {
 public:
  FrontNames(const Corpus& corpus, const Front& front) : corpus_(corpus), front_(front) {}

  [[nodiscard]] bool runs(const Unit& unit) const { return front_.units.contains(&unit); }
  [[nodiscard]] bool shows(const Unit& unit) const { return front_.templates.contains(&unit); }
  // The file that declares the name and is not loaded then; nullptr: there is none, or it is.
  [[nodiscard]] const Unit* late(const Unit& unit, NameHash name) const;
  // The file that declares the function and that a later turn brings; nullptr: it is there by then.
  [[nodiscard]] const Unit* later(const Unit& unit, NameHash name) const;
  // Whether a theme's file declares what pluggable.php has declared by then.
  [[nodiscard]] bool declares_again(const Unit& unit, NameHash name) const;
  // Whether a name of which no declaration was seen is nowhere declared.
  [[nodiscard]] bool all_seen() const { return front_.seen; }
  [[nodiscard]] bool certain() const { return !front_.open; }

 private:
  struct Where {
    const Unit* late = nullptr;
    bool early = false;      // declared where every request has it
    bool pluggable = false;  // only for plugins too late
    int turn = kThemes + 1;  // the first of those that bring it
    const Unit* by = nullptr;
  };
  void find(const std::string& root) const;

  const Corpus& corpus_;
  const Front& front_;
  mutable std::set<std::string> found_;
  mutable std::unordered_map<NameHash, Where> where_;
};

}  // namespace stackaudit::stack::php
