// What branches make of the variables: kept as what each of them changes, so that many branches
// among many variables cost no copy of all.
#pragma once

#include "stack/php/evaluate.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

// Gives the variable that value, or takes it away: every change on a walk is made so.
void change(Scope& scope, std::string_view name, std::optional<Value> value);

// The branches of one statement, each from the scope as it is when the branch begins.
class Branches {
 public:
  // What they leave behind: one of them, alternatives, or names of which each visitor may ask for
  // another.
  enum class Kind { joined, alternative, visited };

  explicit Branches(Scope& scope);
  ~Branches();
  Branches(const Branches&) = delete;
  Branches& operator=(const Branches&) = delete;

  // The scope is the branch's from begin() to end(), then what it was before. kept: what follows
  // the statement may come from this branch.
  void begin();
  void end(bool kept);
  // What follows may come from none of them.
  void keep_none() {
    begin();
    end(true);
  }

  // Of the branches that were kept.
  [[nodiscard]] bool empty() const { return kept_.empty(); }
  [[nodiscard]] std::size_t size() const { return kept_.size(); }
  // What the variable is at the end of one of them; an unknown value where there is none.
  [[nodiscard]] const Value& value_in(std::size_t branch, std::string_view name) const;

  // Gives the scope what they leave; there is one at least.
  void merge(Kind kind);

 private:
  void settle();
  void merge(std::string_view name, Kind kind);
  [[nodiscard]] bool is_known(std::size_t branch, std::string_view name) const;

  Scope& scope_;
  Changed* outer_;             // what is noted of the branch around
  Changed between_;            // since the last branch ended: what conditions changed
  Changed own_;                // of the branch that is walked
  std::vector<Changed> kept_;  // and what became of it in each
};

}  // namespace stackaudit::stack::php
