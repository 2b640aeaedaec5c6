// What a program of nginx, or one of its modules, declares in its own data: the directives that it
// knows, the names of its variables, the nginx that it was built for. Nothing of it is run.
#pragma once

#include "text/hash.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace stackaudit::stack::nginx {

class Declared {
 public:
  Declared() = default;
  // bytes: of an ELF program or shared object. Where its tables cannot be read, the words in it
  // decide, and a name that is the tail of another word counts as known.
  explicit Declared(std::string bytes);

  // Nothing could be read: nothing is known for certain.
  [[nodiscard]] bool empty() const { return bytes_.empty() && names_.empty(); }
  // The tables were found: may_know() and has_directive() are certain both ways.
  [[nodiscard]] bool exact() const { return !directives_.empty(); }
  // Whether it can know a directive or variable of this name: false is certain.
  [[nodiscard]] bool may_know(std::string_view name) const;
  // The same of a variable.
  [[nodiscard]] bool may_define(std::string_view variable) const;
  // Whether it has a directive of this name. Without tables: the word stands in it as a whole.
  [[nodiscard]] bool has_directive(std::string_view name) const;

  // 1022001 of nginx 1.22.1, and the word that says how it was built; 0 and empty: not known.
  [[nodiscard]] std::int64_t version() const { return version_; }
  [[nodiscard]] const std::string& signature() const { return signature_; }

 private:
  void read_tables();

  std::string bytes_;  // kept only without tables
  text::HashSet names_, directives_;
  std::int64_t version_ = 0;
  std::string signature_;
  // What the words in it were asked for before, by whatever thread.
  struct Asked {
    std::mutex mutex;
    text::HashMap<bool> answers;
  };
  std::unique_ptr<Asked> asked_ = std::make_unique<Asked>();
};

}  // namespace stackaudit::stack::nginx
