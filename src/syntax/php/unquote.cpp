// What a string literal means.
#include "syntax/php/php.hpp"

#include <cstdint>

namespace stackaudit::syntax::php {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : 99;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return push(code);
  if (code < 0x800) {
    push(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    push(0xE0 | (code >> 12));
    push(0x80 | ((code >> 6) & 0x3F));
  } else {
    push(0xF0 | (code >> 18));
    push(0x80 | ((code >> 12) & 0x3F));
    push(0x80 | ((code >> 6) & 0x3F));
  }
  push(0x80 | (code & 0x3F));
}

// Digits of a base from i on, at most `most`; i is moved past them.
std::uint32_t read_digits(std::string_view text, std::size_t& i, int base, int most) {
  std::uint32_t value = 0;
  for (; most > 0 && i < text.size() && digit_of(text[i]) < base; ++i, --most)
    value =
        value * static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(digit_of(text[i]));
  return value;
}

// The escape at text[i] == '\\'; i is moved past it.
void escape(std::string_view text, std::size_t& i, std::string& out) {
  const char c = i + 1 < text.size() ? text[i + 1] : '\0';
  constexpr std::string_view kLetters = "nrtvef\\$\"`", kMeanings = "\n\r\t\v\x1b\f\\$\"`";
  if (const auto known = kLetters.find(c); c != 0 && known != std::string_view::npos) {
    out += kMeanings[known];
    i += 2;
  } else if (c >= '0' && c <= '7') {
    ++i;
    out += static_cast<char>(read_digits(text, i, 8, 3));
  } else if ((c == 'x' || c == 'X') && i + 2 < text.size() && digit_of(text[i + 2]) < 16) {
    i += 2;
    out += static_cast<char>(read_digits(text, i, 16, 2));
  } else if (c == 'u' && i + 2 < text.size() && text[i + 2] == '{') {
    i += 3;
    append_utf8(out, read_digits(text, i, 16, 8) & 0x1FFFFF);
    if (i < text.size() && text[i] == '}') ++i;
  } else {
    out += text[i++];
  }
}

}  // namespace

std::string unescape(std::string_view part) {
  std::string out;
  out.reserve(part.size());
  for (std::size_t i = 0; i < part.size();) {
    if (part[i] == '\\')
      escape(part, i, out);
    else
      out += part[i++];
  }
  return out;
}

std::string unquote(std::string_view token) {
  if (!token.empty() && (token[0] == 'b' || token[0] == 'B')) token.remove_prefix(1);
  if (token.size() < 2) return std::string(token);
  const char quote = token.front();
  token = token.substr(1, token.size() - 2);
  if (quote == '"') return unescape(token);
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escaped =
        token[i] == '\\' && i + 1 < token.size() && (token[i + 1] == '\'' || token[i + 1] == '\\');
    out += escaped ? token[++i] : token[i];
  }
  return out;
}

}  // namespace stackaudit::syntax::php
