// What is said of a syntax error: PHP's own words, at the place that caused it where that can be
// told from the text: a string that swallowed the code after it, a bracket that nobody closed, the
// markers of a merge, a comment without end.
#include "syntax/php/parser.hpp"
#include "text/utf8.hpp"

#include <algorithm>

namespace stackaudit::syntax::php {
namespace {

std::string shortened(std::string_view text) {
  constexpr std::size_t kMost = 30;
  const auto line = text.substr(0, text.find_first_of("\r\n"));
  return line.size() > kMost ? std::string(line.substr(0, kMost)) + "..." : std::string(line);
}

std::string describe(const Token& t, std::string_view text) {
  const auto quoted = [&](std::string_view what) {
    return std::string(what) + " \"" + shortened(text) + '"';
  };
  switch (static_cast<int>(t.kind)) {
    case kEnd:
      return "end of file";
    case kString:
    case kStringVarname:
      return quoted("identifier");
    case kNameQualified:
      return quoted("namespaced name");
    case kNameFullyQualified:
      return quoted("fully qualified name");
    case kNameRelative:
      return quoted("namespace-relative name");
    case kVariable:
      return quoted("variable");
    case kLnumber:
      return quoted("integer");
    case kDnumber:
      return quoted("floating-point number");
    case kEncapsedAndWhitespace:
      return quoted("string content");
    case kConstantEncapsedString: {
      const bool is_double = text.find('"') < text.find('\'');
      const auto inner = text.substr(std::min(text.find_first_of("'\"") + 1, text.size()));
      return std::string(is_double ? "double" : "single") + "-quoted string \"" +
             shortened(inner.substr(0, inner.empty() ? 0 : inner.size() - 1)) + '"';
    }
    case '"':
      return "double-quote mark";
    case kStartHeredoc:
      return "heredoc start";
    case kCloseTag:
      return "token \";\"";
    case kInlineHtml:
      return "inline html";
    case kBadCharacter:
      return "character " + text::printable(text);
    default:
      return quoted("token");
  }
}

bool is_opener(Kind kind) {
  return kind == '{' || kind == '(' || kind == '[' || kind == kCurlyOpen ||
         kind == kDollarOpenCurlyBraces || kind == kAttribute;
}

char opener_of(Kind kind) {
  if (kind == '(') return '(';
  return kind == '[' || kind == kAttribute ? '[' : '{';
}

char closer_of(Kind kind) {
  if (kind == '(') return ')';
  return kind == '[' || kind == kAttribute ? ']' : '}';
}

}  // namespace

void Parser::report(text::Diagnostic problem) {
  if (out_.problems.size() < kMaxProblems) out_.problems.push_back(std::move(problem));
}

NodeId Parser::refuse(text::Span where, std::string message, std::string help) {
  if (failed_) return 0;
  failed_ = true;
  report({where, std::move(message), text::Severity::error, {}, std::move(help)});
  return 0;
}

void Parser::too_deep() {
  if (failed_) return;
  failed_ = true;
  stop_ = true;
  report({span(token()),
          "nested too deep to be checked, the rest of the file is not",
          text::Severity::warning,
          {},
          {}});
}

NodeId Parser::unexpected(std::string_view expecting) {
  if (failed_) return 0;
  if (explain_conflict() || explain_brackets() || explain_comment()) return 0;
  const auto& t = token();
  auto message = "syntax error, unexpected " + describe(t, slice(t));
  if (!expecting.empty()) message += ", expecting " + std::string(expecting);
  if (explain_string(message)) return 0;
  if (expecting == "\";\"" && explain_semicolon(message)) return 0;
  return refuse(span(t), std::move(message));
}

// <<<<<<<, ======= and >>>>>>> at the start of a line.
bool Parser::explain_conflict() {
  const auto marker_at = [&](std::size_t i, std::string_view marker) {
    return text_.substr(i).starts_with(marker) && (i == 0 || text_[i - 1] == '\n');
  };
  const auto here = token().begin;
  auto line = text_.rfind('\n', here == 0 ? 0 : here - 1);
  line = line == std::string_view::npos ? 0 : line + 1;
  for (const std::string_view marker : {"<<<<<<< ", "=======", ">>>>>>> "}) {
    if (!marker_at(line, marker)) continue;
    const auto end = std::min(text_.find('\n', line), text_.size());
    refuse({file_, static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(end)},
           "syntax error, a merge conflict was left in the file",
           "keep one of the two versions and remove the lines <<<<<<<, ======= and >>>>>>>");
    return true;
  }
  return false;
}

// Brackets are matched up to the token that was not expected, as PHP's scanner does on the way.
bool Parser::explain_brackets() {
  std::vector<std::size_t> open;
  std::size_t mismatch = tokens_.size();
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto kind = tokens_[i].kind;
    if (is_opener(kind)) {
      open.push_back(i);
    } else if (kind == '}' || kind == ')' || kind == ']') {
      if (open.empty() || closer_of(tokens_[open.back()].kind) != static_cast<char>(kind)) {
        mismatch = i;
        break;
      }
      open.pop_back();
    }
  }
  balanced_ = mismatch == tokens_.size() && open.empty();
  if (balanced_ || mismatch > pos_) return false;
  if (mismatch < tokens_.size() && open.empty()) {
    refuse(span(tokens_[mismatch]), "Unmatched '" + std::string(slice(tokens_[mismatch])) + "'",
           "remove it, or write the bracket that it is to close");
    return true;
  }
  failed_ = true;
  const auto opened =
      mismatch < tokens_.size() ? open.back() : unclosed_by_indentation(open.back());
  const auto message = std::string("Unclosed '") + opener_of(tokens_[opened].kind) + "'";
  text::Diagnostic problem{span(tokens_[opened]), message, text::Severity::error, {}, {}};
  if (mismatch < tokens_.size()) {
    problem.related.push_back({problem.span, "opened here"});
    problem.span = span(tokens_[mismatch]);
    problem.message += " does not match '" + std::string(slice(tokens_[mismatch])) + "'";
  }
  report(std::move(problem));
  return true;
}

// Which block was left open, in a file whose end closes too few: where a closing brace stands first
// on its line, further to the left than the line that opened its block, an outer block was meant.
std::size_t Parser::unclosed_by_indentation(std::size_t innermost) const {
  if (closer_of(tokens_[innermost].kind) != '}') return innermost;
  const auto indentation = [&](std::uint32_t at) {
    auto line = text_.rfind('\n', at == 0 ? 0 : at - 1);
    line = line == std::string_view::npos ? 0 : line + 1;
    const auto first = std::min(text_.find_first_not_of(" \t", line), text_.size());
    return std::pair{first - line, first};
  };
  std::vector<std::size_t> blocks;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const auto kind = tokens_[i].kind;
    if (kind == '{' || kind == kCurlyOpen || kind == kDollarOpenCurlyBraces) blocks.push_back(i);
    if (kind != '}' || blocks.empty()) continue;
    const auto [width, first] = indentation(tokens_[i].begin);
    const auto opened = indentation(tokens_[blocks.back()].begin).first;
    if (first == tokens_[i].begin && width < opened) return blocks.back();
    blocks.pop_back();
  }
  return innermost;
}

// A string over several lines just before the unexpected token, or one without end.
bool Parser::explain_string(const std::string& message) {
  const auto is_string = [](Kind kind) {
    return kind == kConstantEncapsedString || kind == kEncapsedAndWhitespace || kind == '"' ||
           kind == '`';
  };
  auto suspect = pos_;
  const bool endless = is(kEncapsedAndWhitespace) && token().end == text_.size();
  if (!endless) {
    if (is_end() || suspect == 0) return false;
    --suspect;
    if (!is_string(tokens_[suspect].kind)) return false;
    // The opening quote of a string with variables.
    if (tokens_[suspect].kind == '"')
      while (suspect > 0 && tokens_[suspect - 1].kind != '"' && tokens_[suspect].kind != ';')
        --suspect;
    if (tokens_[suspect].kind != kConstantEncapsedString && suspect > 0 &&
        tokens_[suspect - 1].kind == '"')
      --suspect;
  }
  const auto begin = tokens_[suspect].begin;
  const auto swallowed = text_.substr(begin, token().begin - begin);
  if (!endless && swallowed.find('\n') == std::string_view::npos) return false;
  const auto line_end = std::min(text_.find('\n', begin), text_.size());
  failed_ = true;
  balanced_ = false;
  text::Diagnostic problem{
      {file_, begin, static_cast<std::uint32_t>(line_end)}, message, text::Severity::error, {}, {}};
  problem.help = endless ? "the string that begins here has no end"
                         : "the string that begins here goes on over the end of its line: its "
                           "closing quote is probably missing";
  if (!endless) problem.related.push_back({span(token()), "php stops here"});
  report(std::move(problem));
  return true;
}

// A statement that ends with its line but for the semicolon.
bool Parser::explain_semicolon(const std::string& message) {
  if (pos_ == 0) return false;
  const auto& last = tokens_[pos_ - 1];
  if (text_.substr(last.end, token().begin - last.end).find('\n') == std::string_view::npos)
    return false;
  failed_ = true;
  text::Diagnostic problem{span(last), message, text::Severity::error, {}, {}};
  problem.help = "write ; after it";
  problem.related.push_back({span(token()), "php stops here"});
  report(std::move(problem));
  return true;
}

bool Parser::explain_comment() {
  if (!is(kComment)) return false;
  const auto begin = token().begin;
  refuse({file_, begin, begin + 2}, "Unterminated comment", "write */ where the comment ends");
  return true;
}

}  // namespace stackaudit::syntax::php
