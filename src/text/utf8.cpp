// Well-formedness as in the Unicode standard, table 3-7: no overlong forms, no surrogates.
#include "text/utf8.hpp"

#include <fmt/format.h>

#include <cstdint>

namespace stackaudit::text {
namespace {

std::uint8_t byte(std::string_view text, std::size_t i) {
  return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0;
}

bool continuation(std::uint8_t b) {
  return (b & 0xc0U) == 0x80U;
}

std::uint32_t decode(std::string_view sequence) {
  if (sequence.size() == 1) return byte(sequence, 0);
  std::uint32_t code = byte(sequence, 0) & (0xffU >> (sequence.size() + 1));
  for (std::size_t i = 1; i < sequence.size(); ++i) code = code << 6U | (byte(sequence, i) & 0x3fU);
  return code;
}

bool steers_terminal(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029 ||
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x200e || code == 0x200f;
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  const std::uint8_t a = byte(text, 0);
  const std::uint8_t b = byte(text, 1);
  if (text.empty()) return 0;
  if (a < 0x80) return 1;
  if (a < 0xc2 || a > 0xf4 || !continuation(b)) return 0;
  if (a < 0xe0) return 2;
  if (!continuation(byte(text, 2))) return 0;
  if (a < 0xf0) return (a == 0xe0 && b < 0xa0) || (a == 0xed && b > 0x9f) ? 0 : 3;
  if (!continuation(byte(text, 3))) return 0;
  return (a == 0xf0 && b < 0x90) || (a == 0xf4 && b > 0x8f) ? 0 : 4;
}

std::size_t count_code_points(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++count) {
    const auto length = utf8_length(text.substr(i));
    i += length == 0 ? 1 : length;
  }
  return count;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const auto sequence = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(sequence.size());
    if (length == 0) {
      out += fmt::format("\\x{:02x}", byte(sequence, 0));
    } else if (sequence == "\t") {
      out += ' ';
    } else if (const auto code = decode(sequence); steers_terminal(code)) {
      out += code < 0x100 ? fmt::format("\\x{:02x}", code) : fmt::format("\\u{{{:x}}}", code);
    } else {
      out += sequence;
    }
  }
  return out;
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = utf8_length(text);
    if (length == 0)
      out += "\xef\xbf\xbd";
    else
      out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace stackaudit::text
