// Nothing but the bits is looked at.
#include "text/mode.hpp"

#include <fmt/format.h>

#include <charconv>

namespace stackaudit::text {

std::string octal(std::uint32_t mode) {
  return fmt::format("{:04o}", mode & 07777U);
}

std::optional<std::uint32_t> read_octal(std::string_view text) {
  std::uint32_t mode = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, mode, 8);
  if (read.ec != std::errc{} || read.ptr != end || mode > 07777U) return std::nullopt;
  return mode;
}

std::string letters(std::uint32_t rights) {
  std::string text = "rwx";
  for (unsigned i = 0; i < 3; ++i)
    if (((rights >> (2 - i)) & 1U) == 0) text[i] = '-';
  return text;
}

std::string short_letters(std::uint32_t rights) {
  auto text = letters(rights);
  std::erase(text, '-');
  return text;
}

std::string nine_letters(std::uint32_t mode) {
  return letters(mode >> 6U) + letters(mode >> 3U) + letters(mode);
}

}  // namespace stackaudit::text
