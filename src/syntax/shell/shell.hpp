// The part of the shell's language in which files of settings are written (Apache's envvars,
// /etc/default/*): assignments, export, unset, if with [ ], && and ||, and the expansions
// $NAME, ${NAME}, ${NAME:-word} and their kin. Commands are recognised, never run; what can change
// variables in a way that is not followed (case, for, eval, ...) is a statement of kind unknown.
#pragma once

#include "syntax/syntax.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::shell {

// A piece of a word.
struct Part {
  enum class Kind : std::uint8_t { text, variable, unknown };  // unknown: $(...), `...`, $((...))
  Kind kind = Kind::text;
  std::string text;  // the literal text, the variable's name, or the source
  std::string op;    // of ${NAME op operand}: ":-", "-", ":=", "#", "##", "%", ... or empty
  std::vector<Part> operand;  // at most kMaxDepth deep
};

struct ShellWord {
  std::vector<Part> parts;
  text::Span span;
};

struct Statement {
  enum class Kind : std::uint8_t {
    assign,     // name=words[0]
    exported,   // export name; behind the assignment where it is export name=value
    unset,      // unset name
    source,     // . words[0]
    command,    // any other command; words are its words
    condition,  // if or && or ||: words are the test's; then_part or else_part follows
    unknown,    // may assign `names` in a way that is not followed
  };
  Kind kind = Kind::command;
  text::Span span;
  std::string name;
  text::Span name_span;
  std::vector<ShellWord> words;
  std::vector<std::string> names;
  std::vector<Statement> then_part, else_part;
};

struct Parsed {
  std::vector<Statement> statements;
  // "unterminated quoted string" and the like are errors; what is not followed is info.
  std::vector<text::Diagnostic> problems;
};

[[nodiscard]] Parsed parse(std::string_view text, text::FileId file);

// "A='x'$B${C:-'y'}; unset D; if [ $A = '' ] { ... } else { ... }": for tests.
[[nodiscard]] std::string dump(const std::vector<Statement>& statements);
[[nodiscard]] std::string dump(const ShellWord& word);

}  // namespace stackaudit::syntax::shell
