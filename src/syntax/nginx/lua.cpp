// The end of a *_by_lua_block: ngx_lua counts braces outside Lua's strings and comments.
#include "syntax/nginx/lexer.hpp"

namespace stackaudit::syntax::nginx {
namespace {

// The level of a long bracket "[==[" at the position; none where there is no such bracket.
std::optional<std::size_t> long_bracket(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '[') return std::nullopt;
  std::size_t level = 0;
  while (at + 1 + level < text.size() && text[at + 1 + level] == '=') ++level;
  if (at + 1 + level >= text.size() || text[at + 1 + level] != '[') return std::nullopt;
  return level;
}

std::size_t find_or_end(std::string_view text, std::string_view what, std::size_t from) {
  const auto found = text.find(what, from);
  return found == std::string_view::npos ? text.size() : found + what.size();
}

std::size_t past_long_bracket(std::string_view text, std::size_t at, std::size_t level) {
  return find_or_end(text, "]" + std::string(level, '=') + "]", at + level + 2);
}

std::size_t past_string(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == text[at])
      return i + 1;
    else if (text[i] == '\n')
      return i;
  }
  return text.size();
}

// The position behind the comment, string or character that stands at the position.
std::size_t past_lua_token(std::string_view text, std::size_t at) {
  if (text[at] == '"' || text[at] == '\'') return past_string(text, at);
  if (text.substr(at, 2) == "--") {
    if (const auto level = long_bracket(text, at + 2))
      return past_long_bracket(text, at + 2, *level);
    return find_or_end(text, "\n", at);
  }
  if (const auto level = long_bracket(text, at)) return past_long_bracket(text, at, *level);
  return at + 1;
}

}  // namespace

text::Span Lexer::skip_lua() {
  std::size_t depth = 1;
  std::size_t at = at_;
  while (at < text_.size()) {
    if (text_[at] == '{') ++depth;
    if (text_[at] == '}' && --depth == 0) break;
    at = past_lua_token(text_, at);
  }
  const auto end = span(at, depth == 0 ? at + 1 : at);
  if (depth != 0)
    report(span(at_ - 1, at_),
           "unexpected end of file, expecting terminating characters for lua code block",
           "close the block with \"}\"");
  at_ = buffered_ = end.end - base_;
  return end;
}

}  // namespace stackaudit::syntax::nginx
