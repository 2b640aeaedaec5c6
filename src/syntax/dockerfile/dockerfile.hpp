// Dockerfiles and Containerfiles: instructions with their words, continuation lines, comments,
// here-documents and the JSON form, as the builder's own reference describes them.
#pragma once

#include "syntax/syntax.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::dockerfile {

struct Instruction {
  std::string name;         // upper case: "FROM"
  text::Span span;          // of the name
  std::vector<Word> flags;  // --from=build, --chown=app:app
  std::vector<Word> words;  // of the JSON form its strings, else separated by blanks
  std::string text;         // all that follows the name, lines joined
  bool json = false;
  bool here_document = false;
};

struct Document {
  std::vector<Instruction> instructions;
  std::vector<text::Diagnostic> problems;
};

// Severity error: the builder refuses the file.
[[nodiscard]] Document parse(std::string_view text, text::FileId file);

// The value of a flag, "--chown=" say; empty where it is not given.
[[nodiscard]] std::string flag(const Instruction& instruction, std::string_view name);

// "FROM[nginx:1] COPY[--chown=a][x y]"; for tests.
[[nodiscard]] std::string dump(const Document& document);

}  // namespace stackaudit::syntax::dockerfile
