// nginx's configuration language, read exactly as nginx's own tokenizer reads it (ngx_conf_file.c):
// where a quote, a comment, a brace or a semicolon counts and where it is an ordinary character.
// What directives mean, and which there are, is not known here.
#pragma once

#include "syntax/syntax.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::nginx {

struct Directive {
  Word name;
  std::vector<Word> args;
  bool block = false;               // "{ ... }" follows the arguments
  bool raw = false;                 // the block is code of another language (*_by_lua_block)
  text::Span span;                  // from the name to the ";" or the "{", both included
  text::Span end;                   // the ";" or the "}"; empty at the place where it is missing
  std::vector<Directive> children;  // of a block
};

struct Parsed {
  std::vector<Directive> directives;
  std::vector<text::Diagnostic> problems;  // nginx's wording; in the order of the text
};

// The whole text of one file. nginx stops at the first problem; this goes on after it, taking what
// was most probably meant. Nesting beyond kMaxDepth is reported and left out.
[[nodiscard]] Parsed parse(std::string_view text, text::FileId file);

// The value of the -g option. The spans are those of [base, base + text.size()) of the file that
// holds it. Blocks are refused as nginx refuses them.
[[nodiscard]] Parsed parse_parameter(std::string_view text, text::FileId file, std::uint32_t base);

// "a[b c]; d[e]{ f; }" for tests: names, arguments joined by "|", children, then the problems as
// " !begin-end message".
[[nodiscard]] std::string dump(const Parsed& parsed);

}  // namespace stackaudit::syntax::nginx
