// The state machine follows ngx_conf_read_token(): the names of the states are nginx's, so that
// the two can be compared line by line. Only what happens after a problem is our own.
#include "syntax/nginx/lexer.hpp"

#include <algorithm>

namespace stackaudit::syntax::nginx {
namespace {

constexpr std::uint32_t kBuffer = 4096;  // NGX_CONF_BUFFER: no word may be longer

bool is_space(char ch) {
  return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n';
}

// Whether a character means something inside a word that is not quoted.
bool ends_or_escapes(char ch) {
  return is_space(ch) || ch == ';' || ch == '{' || ch == '\\' || ch == '$';
}

// The characters that a backslash protects are taken; any other backslash stays.
std::string unescape(std::string_view raw) {
  std::string value;
  value.reserve(raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '\\' || i + 1 == raw.size()) {
      value += raw[i];
      continue;
    }
    constexpr std::string_view kFrom = "\"'\\trn", kTo = "\"'\\\t\r\n";
    const auto known = kFrom.find(raw[i + 1]);
    if (known == std::string_view::npos)
      value += raw[i];
    else
      value += kTo[known], ++i;
  }
  return value;
}

std::string unexpected(char ch) {
  return std::string("unexpected \"") + ch + '"';
}

}  // namespace

struct Lexer::Reading {
  Statement& statement;
  std::uint32_t start = 0;  // first byte that nginx must keep in its buffer
  std::uint32_t word = 0;   // first byte of the word's text, behind its quote
  std::uint32_t opening = 0;
  char quote = 0;
  bool need_space = false, last_space = true, sharp_comment = false, variable = false,
       quoted = false, reported_long = false;

  [[nodiscard]] std::vector<Word>& words() { return statement.words; }
  [[nodiscard]] Step finish(Statement::Kind kind, text::Span end) {
    statement.kind = kind;
    statement.end = end;
    return Step::done;
  }
};

Lexer::Lexer(std::string_view text, text::FileId file, std::uint32_t base, bool parameter,
             std::vector<text::Diagnostic>& problems)
    : text_(text), file_(file), base_(base), parameter_(parameter), problems_(problems) {
  if (parameter) buffered_ = static_cast<std::uint32_t>(text.size());
}

text::Span Lexer::span(std::size_t begin, std::size_t end) const {
  return {file_, base_ + static_cast<std::uint32_t>(begin),
          base_ + static_cast<std::uint32_t>(end)};
}

void Lexer::report(text::Span where, std::string message, std::string help) {
  problems_.push_back({where, std::move(message), text::Severity::error, {}, std::move(help)});
}

void Lexer::next(Statement& statement) {
  statement.kind = Statement::Kind::end_of_file;
  statement.words.clear();
  statement.end = {};
  Reading r{statement};
  r.start = at_;
  for (;;) {
    if (at_ >= buffered_) {
      if (!refill(r)) return;
      continue;
    }
    pass_over(r);
    if (at_ < buffered_ && take(r, text_[at_++]) == Step::done) return;
  }
}

// Moves past characters that change nothing in the present state: most of every text.
void Lexer::pass_over(Reading& r) {
  const auto rest = text_.substr(at_, buffered_ - at_);
  const auto move = [&](std::size_t count) {
    at_ += static_cast<std::uint32_t>(std::min(count, rest.size()));
  };
  if (r.sharp_comment) return move(rest.find('\n'));
  if (r.quoted || r.need_space || r.variable) return;
  std::size_t count = 0;
  if (r.last_space) {
    // The last blank is left: it is where nginx's buffer may begin.
    while (count + 1 < rest.size() && is_space(rest[count]) && is_space(rest[count + 1])) ++count;
  } else if (r.quote != 0) {
    while (count < rest.size() && rest[count] != r.quote && rest[count] != '\\' &&
           rest[count] != '$')
      ++count;
  } else {
    while (count < rest.size() && !ends_or_escapes(rest[count])) ++count;
  }
  move(count);
}

// False when the text is at its end and the statement is complete.
bool Lexer::refill(Reading& r) {
  if (at_ >= text_.size()) {
    end_of_text(r);
    return at_ < text_.size();
  }
  if (at_ - r.start >= kBuffer) too_long(r);
  const std::size_t room = kBuffer - (at_ - r.start);
  buffered_ = static_cast<std::uint32_t>(std::min<std::size_t>(text_.size(), at_ + room));
  return true;
}

void Lexer::too_long(Reading& r) {
  if (r.quote != 0) {
    close_open_quote(r, r.opening, {}, {});
    return;
  }
  if (!r.reported_long)
    report(span(r.start, r.start + 10),
           "too long parameter \"" + std::string(text_.substr(r.start, 10)) + "...\" started",
           "nginx reads no word and no comment of more than 4096 bytes");
  r.reported_long = true;
  r.start = at_;
}

void Lexer::end_of_text(Reading& r) {
  if (r.words().empty() && r.last_space) return;
  const std::string message = parameter_ ? "unexpected end of parameter, expecting \";\""
                                         : "unexpected end of file, expecting \";\" or \"}\"";
  if (r.quote != 0) {
    close_open_quote(r, r.opening, message, span(text_.size(), text_.size()));
    if (at_ < text_.size()) return;
  } else if (!r.last_space && !r.need_space) {
    end_word(r, at_);
  }
  const auto last = r.words().back().span;
  const text::Span gap{file_, last.end, last.end};
  report(gap, message, "add \";\"");
  static_cast<void>(r.finish(Statement::Kind::directive, gap));
}

// A quote that swallowed what follows: the word is taken to end with the line that it began on,
// before a ";" or "{" there, and reading goes on behind it.
void Lexer::close_open_quote(Reading& r, std::uint32_t opening, std::string_view server_words,
                             text::Span server_place) {
  text::Diagnostic problem{span(opening, opening + 1),
                           std::string("too long parameter, probably missing terminating \"") +
                               text_[opening] + "\" character",
                           text::Severity::error,
                           {},
                           std::string("close the ") + text_[opening] + " quote"};
  if (!server_words.empty()) {
    problem.message = std::string("missing terminating \"") + text_[opening] + "\" character";
    problem.related.push_back(
        {server_place, "nginx reads on to here: " + std::string(server_words)});
  }
  problems_.push_back(std::move(problem));
  auto end = std::min(text_.find('\n', opening), text_.size());
  while (end > opening + 1 && is_space(text_[end - 1])) --end;
  if (end > opening + 1 && (text_[end - 1] == ';' || text_[end - 1] == '{')) --end;
  r.word = opening + 1;
  r.quoted = r.variable = r.need_space = false;
  end_word(r, static_cast<std::uint32_t>(end));
  r.quote = 0;
  r.last_space = true;
  at_ = buffered_ = r.start = static_cast<std::uint32_t>(end);
}

void Lexer::end_word(Reading& r, std::uint32_t end) {
  const auto past = r.quote != 0 && end < text_.size() && text_[end] == r.quote ? end + 1 : end;
  r.words().push_back(
      {unescape(text_.substr(r.word, end - r.word)), span(r.opening, past), r.quote});
}

Lexer::Step Lexer::take(Reading& r, char ch) {
  if (ch == '\n') r.sharp_comment = false;
  if (r.sharp_comment) return Step::go_on;
  if (r.quoted) {
    r.quoted = false;
    return Step::go_on;
  }
  if (r.need_space) {
    bool consumed = false;
    const auto step = after_quoted(r, ch, consumed);
    if (consumed || step == Step::done) return step;
  }
  return r.last_space ? begin_word(r, ch) : inside_word(r, ch);
}

Lexer::Step Lexer::after_quoted(Reading& r, char ch, bool& consumed) {
  consumed = true;
  if (is_space(ch)) {
    r.last_space = true;
    r.need_space = false;
    return Step::go_on;
  }
  if (ch == ';') return r.finish(Statement::Kind::directive, span(at_ - 1, at_));
  if (ch == '{') return r.finish(Statement::Kind::block_start, span(at_ - 1, at_));
  const auto word = r.words().back().span;
  const bool lines =
      text_.substr(word.begin - base_, word.end - word.begin).find('\n') != std::string_view::npos;
  if (ch != ')' && ch != '}') {
    if (lines) {
      r.quote = r.words().back().quote;
      r.words().pop_back();
      close_open_quote(r, word.begin - base_, unexpected(ch), span(at_ - 1, at_));
      return Step::go_on;
    }
    report(span(at_ - 1, at_), unexpected(ch), "nothing may follow the closing quote directly");
  }
  consumed = false;
  r.last_space = true;
  r.need_space = false;
  return Step::go_on;
}

Lexer::Step Lexer::begin_word(Reading& r, char ch) {
  r.start = r.word = r.opening = at_ - 1;
  const auto here = span(at_ - 1, at_);
  switch (ch) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
      return Step::go_on;
    case ';':
      if (!r.words().empty()) return r.finish(Statement::Kind::directive, here);
      report(here, unexpected(ch));
      return Step::go_on;
    case '{':
      if (r.words().empty()) report(here, unexpected(ch));
      return r.finish(Statement::Kind::block_start, here);
    case '}': {
      if (r.words().empty()) return r.finish(Statement::Kind::block_end, here);
      const auto last = r.words().back().span;
      const text::Span gap{file_, last.end, last.end};
      report(gap, unexpected(ch), "add \";\"");
      problems_.back().related.push_back({here, "nginx stops here: " + unexpected(ch)});
      --at_;
      return r.finish(Statement::Kind::directive, gap);
    }
    case '#':
      r.sharp_comment = true;
      return Step::go_on;
    case '\\':
      r.quoted = true;
      break;
    case '"':
    case '\'':
      r.quote = ch;
      r.start = r.word = at_;
      break;
    case '$':
      r.variable = true;
      break;
    default:
      break;
  }
  r.last_space = false;
  return Step::go_on;
}

Lexer::Step Lexer::inside_word(Reading& r, char ch) {
  if (ch == '{' && r.variable) return Step::go_on;
  r.variable = false;
  if (ch == '\\') {
    r.quoted = true;
    return Step::go_on;
  }
  if (ch == '$') {
    r.variable = true;
    return Step::go_on;
  }
  if (r.quote != 0) {
    if (ch != r.quote) return Step::go_on;
    end_word(r, at_ - 1);
    r.quote = 0;
    r.need_space = true;
    return Step::go_on;
  }
  if (!is_space(ch) && ch != ';' && ch != '{') return Step::go_on;
  end_word(r, at_ - 1);
  r.last_space = true;
  if (ch == ';') return r.finish(Statement::Kind::directive, span(at_ - 1, at_));
  if (ch == '{') return r.finish(Statement::Kind::block_start, span(at_ - 1, at_));
  return Step::go_on;
}

}  // namespace stackaudit::syntax::nginx
