// Files of sections and assignments, in the dialects of those who read them: systemd units,
// php-fpm's configuration, php.ini and MariaDB's option files. One tree for all; what a value means
// is the reader's business.
#pragma once

#include "syntax/syntax.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::ini {

enum class Dialect : std::uint8_t {
  systemd,  // systemd.syntax(7): "\" continues a line, "#" and ";" open comment lines, no quotes
  php_fpm,  // PHP's INI scanner, asked line by line as php-fpm does: nothing spans lines
  php,      // PHP's INI scanner over the whole file: a quoted value may span lines
  my_cnf    // MariaDB option files: keys without value, "!includedir DIR", "#" ends a line
};

struct Entry {
  Word key;
  std::string subkey;  // "error_log" of php_admin_value[error_log]
  bool has_subkey = false;
  Word value;              // where there is no "=", an empty word at the end of the key
  bool has_value = false;  // "key =" has a value, the empty one
  bool dynamic = false;    // it has a ${VARIABLE} or an operator: value is then the text as written
  // Where variables alone make it dynamic: the value without quotes, the ${VARIABLES} left in it.
  std::string pattern;
};

struct Section {
  Word name;  // without brackets; the span covers them. Empty for what precedes the first header
  std::vector<Entry> entries;
};

struct Document {
  std::vector<Section> sections;  // in order, names may repeat; the first is the nameless one
  std::vector<text::Diagnostic> problems;
};

// Messages are those of systemd, PHP and MariaDB. Severity error: the reader refuses the file
// (php.ini: stops reading there, which PHP only mentions, is a warning).
[[nodiscard]] Document parse(std::string_view text, text::FileId file, Dialect dialect);

// The value as PHP has it: a bare true, on or yes is "1"; false, off, no, none and null are "".
[[nodiscard]] std::string plain_value(const Entry& entry);

// "[www] user=www-data; php_flag[x]=on\n", a line a section that has a name or entries; for tests.
[[nodiscard]] std::string dump(const Document& document);

// The last value of the key in the last section of the name that has it; nullptr where there is
// none. Names are compared exactly.
[[nodiscard]] const Entry* last(const Document& document, std::string_view section,
                                std::string_view key);

}  // namespace stackaudit::syntax::ini
