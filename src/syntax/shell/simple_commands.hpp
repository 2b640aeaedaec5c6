// The simple commands of a shell's text (sh(1), "Simple Commands"), one after the other, without
// the grammar that stands around them: `if a; then b "$x" >f; fi` is `if a`, `then b $x`, `fi`. For
// those who ask what a text starts, not what it means.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::syntax::shell {

struct CommandWord {
  std::string text;                // without its quotes; an expansion stays as it is written
  std::size_t begin = 0, end = 0;  // bytes of the text
  bool expanded = false;           // has $x, `x`, $(x), or * ? { ~ without quotes
  std::vector<std::pair<std::size_t, std::size_t>> inner;  // bytes of the commands in $(x) and `x`
};

struct SimpleCommand {
  std::vector<CommandWord> words;  // redirections, comments and here-documents are left out
  bool ends_line = false;
};

class SimpleCommands {
 public:
  // The text must outlive it.
  explicit SimpleCommands(std::string_view text) : text_(text) {}

  // None at the end. A command without words is an empty line. Any text is read, in linear time.
  [[nodiscard]] std::optional<SimpleCommand> next();

 private:
  void redirection();
  void skip_documents();
  CommandWord word();
  void expansion(CommandWord& word);
  void keep(CommandWord& word, std::size_t end);

  std::string_view text_;
  std::size_t at_ = 0;
  struct Document {
    std::string end;    // the word of the line that ends it
    bool tabs = false;  // <<-: which tabs may stand before
  };
  std::vector<Document> documents_;  // here-documents of this line
};

}  // namespace stackaudit::syntax::shell
