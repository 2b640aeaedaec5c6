// Quotes are taken off, substitutions are kept whole: what they run is for the caller to read.
#include "syntax/shell/simple_commands.hpp"

#include <algorithm>

namespace stackaudit::syntax::shell {
namespace {

constexpr std::string_view kEnds = "\n;|&()", kBlanks = " \t\r", kRedirects = "<>";

bool is_in(std::string_view set, char c) {
  return set.find(c) != set.npos;
}

}  // namespace

std::optional<SimpleCommand> SimpleCommands::next() {
  SimpleCommand command;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (is_in(kBlanks, c)) {
      ++at_;
    } else if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
      at_ += 2;
    } else if (is_in(kEnds, c)) {
      ++at_;
      command.ends_line = c == '\n';
      if (command.ends_line) skip_documents();
      if (command.ends_line || !command.words.empty()) return command;
    } else if (is_in(kRedirects, c)) {
      redirection();
    } else {
      auto word = this->word();
      const bool descriptor = at_ < text_.size() && is_in(kRedirects, text_[at_]) &&
                              word.text.find_first_not_of("0123456789") == std::string::npos;
      if (!descriptor) command.words.push_back(std::move(word));  // 2>file
    }
  }
  if (command.words.empty()) return std::nullopt;
  return command;
}

void SimpleCommands::redirection() {
  const auto begin = at_;
  at_ = std::min(text_.find_first_not_of("<>&-", at_), text_.size());
  const auto written = text_.substr(begin, at_ - begin);
  at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size());
  if (at_ == text_.size() || is_in(kEnds, text_[at_])) return;
  auto target = word();
  if (written == "<<" || written == "<<-")
    documents_.push_back({std::move(target.text), written == "<<-"});
}

// To the line behind the one that has the word alone.
void SimpleCommands::skip_documents() {
  for (const auto& [end, tabs] : documents_) {
    while (at_ < text_.size()) {
      auto line = text_.substr(at_, text_.find('\n', at_) - at_);
      at_ = std::min(at_ + line.size() + 1, text_.size());
      if (tabs) line.remove_prefix(std::min(line.find_first_not_of('\t'), line.size()));
      if (line == end) break;
    }
  }
  documents_.clear();
}

CommandWord SimpleCommands::word() {
  CommandWord word;
  word.begin = at_;
  char quote = '\0';
  while (at_ < text_.size()) {
    const char c = text_[at_];
    const bool more = at_ + 1 < text_.size();
    if (c == quote) {
      quote = '\0';
      ++at_;
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
      ++at_;
    } else if (c == '\\' && quote != '\'' && more) {
      if (text_[at_ + 1] != '\n') word.text += text_[at_ + 1];
      at_ += 2;
    } else if (quote != '\'' && (c == '`' || (c == '$' && more && text_[at_ + 1] == '('))) {
      expansion(word);
    } else if (quote == '\0' && (is_in(kEnds, c) || is_in(kBlanks, c) || is_in(kRedirects, c))) {
      break;
    } else {
      word.expanded =
          word.expanded || (quote != '\'' && c == '$') || (quote == '\0' && is_in("*?{~", c));
      keep(word, at_ + 1);
    }
  }
  word.end = at_;
  return word;
}

// $(...) to the bracket that balances it, `...` to its end; $((...)) computes and runs nothing.
void SimpleCommands::expansion(CommandWord& word) {
  word.expanded = true;
  if (text_[at_] == '`') {
    const auto end = std::min(text_.find('`', at_ + 1), text_.size());
    word.inner.emplace_back(at_ + 1, end);
    return keep(word, std::min(end + 1, text_.size()));
  }
  std::size_t level = 0, end = at_ + 1;
  for (; end < text_.size(); ++end) {
    if (text_[end] == '(') ++level;
    if (text_[end] == ')' && --level == 0) break;
  }
  if (text_.substr(at_, 3) != "$((") word.inner.emplace_back(at_ + 2, end);
  keep(word, std::min(end + 1, text_.size()));
}

void SimpleCommands::keep(CommandWord& word, std::size_t end) {
  word.text += text_.substr(at_, end - at_);
  at_ = end;
}

}  // namespace stackaudit::syntax::shell
