// What Apache's modules and directives are, from data/apache-modules.tsv, apache-directives.tsv and
// the apache-thirdparty files: who defines a directive, where it may stand, how many arguments.
#pragma once

#include "text/suggest.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::apache {

// The classes of which one must be in force where a directive stands, as httpd's command tables
// have them.
enum Where : std::uint16_t {
  kLimit = 1,
  kOptions = 2,
  kFileInfo = 4,
  kAuthConfig = 8,
  kIndexes = 16,
  kAllOverrides = 31,
  kDirectory = 64,
  kServer = 128,
  kAtOnce = 256,
  kProxy = 512,
};

// Sections that some directives refuse.
enum Within : std::uint8_t {
  kInVirtualHost = 1,
  kInDirectory = 2,
  kInLocation = 4,  // <Proxy> too
  kInFiles = 8,
  kInProxy = 16,
};

struct Command {
  std::string_view name;        // as the manual writes it; of a section with its '<'
  std::string_view module;      // "mod_rewrite.c"
  std::uint16_t where = 0;      // of Where
  std::string_view arguments;   // "1", "1-2", "flag", "raw", ...
  std::uint8_t not_within = 0;  // of Within
  bool unsure = false;          // in the manual, but not in the httpd that was asked
};

struct Module {
  std::string_view source;      // "mod_rewrite.c"
  std::string_view identifier;  // "rewrite_module"
  std::string_view file;        // "mod_rewrite.so"; empty: always compiled in
  std::string_view needs;       // source of a module that must be loaded before, or empty
  bool may_be_static = false;   // compiled in where its file is absent
};

struct ThirdParty {
  std::string_view identifier, source;
};

// A line of data/apache-values.tsv, which says what the checks are.
struct ValueCheck {
  std::string_view directive;
  int argument = 0;  // from 1; -1: each; 0: the whole line
  std::string_view kind, operand, message;
};

class Knowledge {
 public:
  Knowledge();

  // The commands of that name (letter case ignored, without '<'), one a module that has it.
  [[nodiscard]] std::span<const Command> find(std::string_view name, bool section) const;
  [[nodiscard]] const Module* by_source(std::string_view source) const;
  [[nodiscard]] const Module* by_identifier(std::string_view identifier) const;
  [[nodiscard]] const Module* by_file(std::string_view file) const;
  // The module that others publish with this source or identifier, or nullptr.
  [[nodiscard]] const ThirdParty* third_party(std::string_view name) const;
  // The checks of a directive's values; its name in lower case.
  [[nodiscard]] std::span<const ValueCheck> values(std::string_view name) const;
  [[nodiscard]] const std::vector<Command>& commands() const { return commands_; }
  [[nodiscard]] const std::vector<Module>& modules() const { return modules_; }

 private:
  std::vector<Command> commands_;  // sorted by key
  std::vector<std::string> keys_;  // "<directory", "options": parallel to commands_
  std::vector<Module> modules_;
  std::vector<ThirdParty> third_party_;
  std::vector<ValueCheck> values_;       // sorted by value_keys_
  std::vector<std::string> value_keys_;  // in lower case, parallel to values_
};

using text::lower;

}  // namespace stackaudit::stack::apache
