// Programs that this audit does not read but that may listen as well: without them an unanswered
// address would be a certainty where it is none.
#pragma once

#include "tree/tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack {

class OtherPrograms {
 public:
  explicit OtherPrograms(const tree::Tree& tree) : tree_(tree) {}

  // Whether a unit or a supervisor's configuration, other than the file `except`, mentions the
  // path, or the number as a word.
  [[nodiscard]] bool mention(std::string_view word, std::string_view except = {});
  // A known daemon's unit is there whose usual port this is.
  [[nodiscard]] bool usual_port(std::int64_t port) const;
  // Containers, process managers, services of the administrator's own: anything may listen.
  [[nodiscard]] bool anything_goes();
  // The same without services whose program is known for where it listens (gunicorn): an
  // application that it runs may listen elsewhere as well, but hardly does.
  [[nodiscard]] bool strangers();

 private:
  void read();
  [[nodiscard]] bool enabled_socket(std::string_view path) const;

  const tree::Tree& tree_;
  bool read_ = false;
  bool own_services_ = false, strange_services_ = false;
  std::vector<std::pair<std::string, std::string>> texts_;  // path, content
};

}  // namespace stackaudit::stack
