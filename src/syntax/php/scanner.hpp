// The state machine behind tokenize(): one function a state, as PHP's own scanner has them. Only
// lexer.cpp, lexer_code.cpp and lexer_strings.cpp include this.
#pragma once

#include "syntax/php/lexer.hpp"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::php {

namespace chars {

enum Class : std::uint8_t { kOther = 0, kLabel = 1, kDigit = 2, kSpace = 4 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (unsigned c = 0; c < 256; ++c) {
    if ((c | 32U) - 'a' < 26 || c == '_' || c >= 128) classes[c] = kLabel;
    if (c - '0' < 10) classes[c] = kDigit;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') classes[c] = kSpace;
  }
  return classes;
}
inline constexpr auto kClasses = make_classes();

using Set = std::array<bool, 256>;
constexpr Set set_of(std::string_view characters) {
  Set set{};
  for (const char c : characters) set[static_cast<unsigned char>(c)] = true;
  return set;
}

// Where the first character of the set stands, or npos: as find_first_of, at a table's speed.
inline std::size_t find_any(std::string_view text, std::size_t i, const Set& set) {
  while (i < text.size() && !set[static_cast<unsigned char>(text[i])]) ++i;
  return i < text.size() ? i : std::string_view::npos;
}

constexpr bool is(char c, int classes) {
  return (kClasses[static_cast<unsigned char>(c)] & classes) != 0;
}
constexpr bool starts_label(char c) {
  return is(c, kLabel);
}
constexpr bool in_label(char c) {
  return is(c, kLabel | kDigit);
}

}  // namespace chars

class Scanner {
 public:
  Scanner(std::string_view text, const LexOptions& options) : text_(text), options_(options) {
    tokens_.reserve(text.size() / 8 + 8);
  }
  std::vector<Token> run();

 private:
  enum class State : std::uint8_t {
    html,
    code,
    property,
    double_quotes,
    backquote,
    heredoc,
    nowdoc,
    end_heredoc,
    offset,
    variable_name
  };
  struct Label {
    std::size_t begin = 0, length = 0;
  };

  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  [[nodiscard]] bool starts(std::size_t i, std::string_view word) const {
    return text_.substr(i < text_.size() ? i : text_.size()).starts_with(word);
  }
  [[nodiscard]] std::size_t label_end(std::size_t i) const {
    while (i < text_.size() && chars::in_label(text_[i])) ++i;
    return i;
  }
  [[nodiscard]] std::size_t space_end(std::size_t i) const {
    while (i < text_.size() && chars::is(text_[i], chars::kSpace)) ++i;
    return i;
  }
  [[nodiscard]] std::size_t newline_end(std::size_t i) const;
  [[nodiscard]] std::size_t line_comment_end(std::size_t i) const;
  [[nodiscard]] std::size_t block_comment_end(std::size_t i) const;
  [[nodiscard]] bool interpolates(std::size_t i) const;

  void emit(Kind kind, std::size_t end) {
    if (options_.keep_trivia || !is_trivia(kind))
      tokens_.push_back({static_cast<std::uint32_t>(pos_), static_cast<std::uint32_t>(end), kind});
    pos_ = end;
    if (until_halt_ > 0 || kind == kHaltCompiler) watch_halt(kind);
  }
  void push(State next) {
    stack_.push_back(state_);
    state_ = next;
  }
  void pop() {
    if (stack_.empty()) return;
    state_ = stack_.back();
    stack_.pop_back();
  }

  void html();
  void code();
  void space();
  void property();
  void offset();
  void variable_name();
  void quoted(char quote);
  void heredoc();
  void nowdoc();
  void end_heredoc();

  [[nodiscard]] std::size_t open_tag_end(std::size_t i, Kind& kind) const;
  bool comment();
  void word();
  bool qualified_name();
  bool special_word(std::string_view lower_first, std::size_t end);
  void number();
  [[nodiscard]] std::size_t digits_end(std::size_t i, int base) const;
  bool cast();
  void operators();
  void single_quoted(std::size_t quote);
  void double_quoted(std::size_t quote);
  bool heredoc_start(std::size_t angle);
  [[nodiscard]] std::size_t closing_label(std::size_t line) const;
  void variable_in_string();
  void watch_halt(Kind kind);
  void finish_halt();

  std::string_view text_;
  LexOptions options_;
  std::vector<Token> tokens_;
  std::vector<State> stack_;
  std::vector<Label> labels_;
  State state_ = State::html;
  std::size_t pos_ = 0;
  int until_halt_ = -1;
};

}  // namespace stackaudit::syntax::php
