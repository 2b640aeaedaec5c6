// The scanner inside strings: quotes, backquotes, heredoc and nowdoc, interpolation.
#include "syntax/php/scanner.hpp"

#include <algorithm>

namespace stackaudit::syntax::php {

using namespace chars;

// Whether a variable or ${ or {$ begins here.
bool Scanner::interpolates(std::size_t i) const {
  const char next = at(i + 1);
  if (text_[i] == '$') return starts_label(next) || next == '{';
  return text_[i] == '{' && next == '$';
}

void Scanner::single_quoted(std::size_t quote) {
  auto i = quote + 1;
  static constexpr auto kStops = set_of("'\\");
  while ((i = find_any(text_, i, kStops)) != std::string_view::npos) {
    if (text_[i] == '\'') return emit(kConstantEncapsedString, i + 1);
    i += 2;
  }
  emit(kEncapsedAndWhitespace, text_.size());
}

void Scanner::double_quoted(std::size_t quote) {
  auto i = quote + 1;
  static constexpr auto kStops = set_of("\"\\${");
  while ((i = find_any(text_, i, kStops)) != std::string_view::npos) {
    if (text_[i] == '"') return emit(kConstantEncapsedString, i + 1);
    if (text_[i] != '\\' && interpolates(i)) break;
    i += text_[i] == '\\' ? 2 : 1;
  }
  state_ = State::double_quotes;
  emit(static_cast<Kind>('"'), quote + 1);
}

// $name, $name[..., $name->property, ${ or {$ in a string.
void Scanner::variable_in_string() {
  if (text_[pos_] == '{') {
    push(State::code);
    return emit(kCurlyOpen, pos_ + 1);
  }
  if (at(pos_ + 1) == '{') {
    push(State::variable_name);
    return emit(kDollarOpenCurlyBraces, pos_ + 2);
  }
  const auto end = label_end(pos_ + 1);
  const bool arrow = starts(end, "->") && starts_label(at(end + 2));
  const bool nullsafe = starts(end, "?->") && starts_label(at(end + 3));
  emit(kVariable, end);
  if (arrow || nullsafe) push(State::property);
  if (at(end) == '[') {
    emit(static_cast<Kind>('['), end + 1);
    push(State::offset);
  }
}

void Scanner::quoted(char quote) {
  if (text_[pos_] == quote) {
    // The opening quote of a string replaced the state, a backquote pushed it.
    if (quote == '"')
      state_ = State::code;
    else
      pop();
    return emit(op(quote), pos_ + 1);
  }
  if (interpolates(pos_)) return variable_in_string();
  auto i = pos_;
  while (i < text_.size() && text_[i] != quote && !interpolates(i)) i += text_[i] == '\\' ? 2 : 1;
  emit(kEncapsedAndWhitespace, std::min(i, text_.size()));
}

bool Scanner::heredoc_start(std::size_t angle) {
  auto i = angle + 3;
  while (at(i) == ' ' || at(i) == '\t') ++i;
  const char quote = at(i) == '\'' || at(i) == '"' ? at(i) : '\0';
  if (quote != 0) ++i;
  const auto end = label_end(i);
  if (!starts_label(at(i)) || (quote != 0 && at(end) != quote)) return false;
  const auto line = quote != 0 ? end + 1 : end;
  const auto body = newline_end(line);
  if (body == line) return false;
  labels_.push_back({i, end - i});
  state_ = quote == '\'' ? State::nowdoc : State::heredoc;
  if (closing_label(body) != body) state_ = State::end_heredoc;
  emit(kStartHeredoc, body);
  return true;
}

// The end of the closing label when it stands alone at the start of this line, else the argument.
std::size_t Scanner::closing_label(std::size_t line) const {
  auto i = line;
  while (at(i) == ' ' || at(i) == '\t') ++i;
  const auto& label = labels_.back();
  const auto word = text_.substr(label.begin, label.length);
  return starts(i, word) && !in_label(at(i + word.size())) ? i + word.size() : line;
}

void Scanner::heredoc() {
  if (interpolates(pos_)) return variable_in_string();
  auto i = pos_;
  while (i < text_.size() && !interpolates(i)) {
    const auto next = newline_end(i);
    if (next != i) {
      i = next;
      if (closing_label(i) == i) continue;
      state_ = State::end_heredoc;
      break;
    }
    // An escaped line ending still ends the line.
    i += text_[i] == '\\' && i + 1 < text_.size() && newline_end(i + 1) == i + 1 ? 2 : 1;
  }
  emit(kEncapsedAndWhitespace, std::min(i, text_.size()));
}

void Scanner::nowdoc() {
  auto i = pos_;
  static constexpr auto kLineEnds = set_of("\r\n");
  while ((i = find_any(text_, i, kLineEnds)) != std::string_view::npos) {
    i = newline_end(i);
    if (closing_label(i) == i) continue;
    state_ = State::end_heredoc;
    return emit(kEncapsedAndWhitespace, i);
  }
  emit(kEncapsedAndWhitespace, text_.size());
}

void Scanner::end_heredoc() {
  const auto end = closing_label(pos_);
  labels_.pop_back();
  state_ = State::code;
  emit(kEndHeredoc, end);
}

}  // namespace stackaudit::syntax::php
