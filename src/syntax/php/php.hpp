// Parses PHP 5.6 to 8.4 and finds what `php -l` would refuse as a parse error, at the line that
// php names or nearer to the cause.
#pragma once

#include "syntax/php/ast.hpp"
#include "text/diagnostic.hpp"

#include <string_view>
#include <vector>

namespace stackaudit::syntax::php {

struct Options {
  bool short_open_tag = false;  // php.ini's setting; off in the php.ini of every distribution
  int version = 0;  // 802 for PHP 8.2: newer syntax is refused; 0: whatever any version accepts
  bool tell_short_tags = false;  // report "<?" where it begins no code

  friend bool operator==(const Options&, const Options&) = default;
};

struct Parsed {
  Ast ast;
  std::vector<text::Diagnostic> problems;  // errors in PHP's words; warnings: left unchecked
  bool includes = false;                   // some include or require is in it
  bool constants = false;                  // something in it may define a constant
};

// Total: linear time, bounded depth; what nests deeper than kMaxNesting is a warning and ends the
// check of the file. At most kMaxProblems problems.
[[nodiscard]] Parsed parse(std::string_view text, text::FileId file, const Options& options = {});

inline constexpr int kMaxNesting = 256;
inline constexpr std::size_t kMaxProblems = 20;

// The bytes of a literal string token or text part, escapes undone: 'it\'s' is it's. For `text`
// parts of double-quoted strings and heredocs pass raw = false.
[[nodiscard]] std::string unquote(std::string_view token);
[[nodiscard]] std::string unescape(std::string_view part);

}  // namespace stackaudit::syntax::php
