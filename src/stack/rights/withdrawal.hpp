// How the right to change a file is taken from somebody.
#pragma once

#include "stack/rights/kept_rights.hpp"
#include "tree/resolve.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

// Somebody who has the right to change a component, as far as its own entries go.
struct Hand {
  std::string writer, via;
  std::vector<tree::Principal> samples;  // members of the writer; any of them will do
  std::uint32_t cleared = 0;             // mode bits to take away; 0: a mode is not the cure
  bool everyone = false;
  bool owner = false;
};

class Withdrawal {
 public:
  explicit Withdrawal(const Survey& survey) : survey_(survey), needs_(survey) {}

  // Fills held_by and mended_* of a row that has its writer and component, or advice where owner,
  // group and mode are not the cure.
  void plan(facts::Writable& row, const Hand& hand, const tree::Step& component);

 private:
  // Takes the right away: the mode's bits, or the owner. What the owner could read he can still.
  // False: that is not the cure.
  bool mend(facts::Writable& row, const Hand& hand, const tree::Step& component);

  const Survey& survey_;
  Needs needs_;
};

}  // namespace stackaudit::stack
