// What the walk through a file asked of all others: while the answers are the same, what it found
// stands.
#pragma once

#include "stack/php/callers.hpp"
#include "stack/php/definitions.hpp"

#include <cstddef>
#include <unordered_set>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

class Questions {
 public:
  // How often the key is defined, and where.
  void note_name(std::string_view key);
  // Which definitions concern the file; `part`: of its own plugin, theme or library alone.
  void note_meaning(const std::vector<Definition>& definitions, const Unit& unit, bool part,
                    const std::vector<Definition>& answer);
  // Who calls the function, and with what.
  void note_callers(const Callee& function) { callees_.push_back(hash_of(function)); }
  // Whether calls define the constant, and as what.
  void note_made(const Callers::Made& constant) { names_.push_back(hash_of(constant)); }
  // By which entry points the file is reached.
  void note_reach(const Unit& unit);
  // Which files there are.
  void note_units() { units_ = true; }

  // Each once.
  void condense();

  [[nodiscard]] static std::size_t hash_of(const Callee& function);
  [[nodiscard]] static std::size_t hash_of(const Callers::Made& constant);

 private:
  friend struct Changes;

  struct Meaning {
    const std::vector<Definition>* among = nullptr;
    const Unit* by = nullptr;
    bool part = false;
    std::size_t answer = 0;
    auto operator<=>(const Meaning&) const = default;
  };

  std::vector<std::size_t> names_;  // hashes
  std::vector<std::size_t> callees_;
  std::vector<Meaning> meanings_;
  std::vector<std::pair<const Unit*, std::size_t>> reached_;
  bool units_ = false;
};

// What is new since the questions were asked. The definitions, and how files are reached, are
// asked again.
struct Changes {
  std::unordered_set<std::size_t> names;    // hashes of keys that have more definitions, or calls
  std::unordered_set<std::size_t> callees;  // and of functions that are called otherwise
  bool units = false;                       // whether there are more files

  // Whether an answer may be another one.
  [[nodiscard]] bool concern(const Questions& asked) const;
};

}  // namespace stackaudit::stack::php
