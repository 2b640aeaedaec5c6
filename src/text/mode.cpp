// Nothing but the bits is looked at.
#include "text/mode.hpp"

#include <fmt/format.h>

namespace stackaudit::text {

std::string octal(std::uint32_t mode) {
  return fmt::format("{:04o}", mode & 07777U);
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
