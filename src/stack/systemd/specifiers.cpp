// The specifiers of systemd.unit(5), as far as files say what they stand for.
#include "stack/systemd/load.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Specifier {
  char letter;
  std::string_view value;
};
constexpr std::array kDirectories{Specifier{'t', "/run"},       Specifier{'S', "/var/lib"},
                                  Specifier{'C', "/var/cache"}, Specifier{'L', "/var/log"},
                                  Specifier{'E', "/etc"},       Specifier{'T', "/tmp"},
                                  Specifier{'V', "/var/tmp"},   Specifier{'%', "%"}};
constexpr std::string_view kOtherSpecifiers = "aAbBcdDfgGhHjJlmMoqrRsuUvwWyYP";

}  // namespace

Expanded expand_specifiers(std::string_view value, std::string_view unit_name) {
  const auto stem = unit_name.substr(0, unit_name.rfind('.'));
  const auto at = stem.find('@');
  const auto prefix = stem.substr(0, at);
  const auto instance = at == std::string_view::npos ? std::string_view{} : stem.substr(at + 1);
  const std::array names{Specifier{'n', unit_name}, Specifier{'N', stem}, Specifier{'p', prefix},
                         Specifier{'i', instance}, Specifier{'I', instance}};
  Expanded result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%' || i + 1 == value.size()) {
      result.text += value[i];
      continue;
    }
    const char letter = value[++i];
    const auto* name = std::ranges::find(names, letter, &Specifier::letter);
    const auto* directory = std::ranges::find(kDirectories, letter, &Specifier::letter);
    if (name != names.end()) {
      result.text += name->value;
    } else if (directory != kDirectories.end()) {
      result.text += directory->value;
    } else {
      result.text += {'%', letter};
      result.known = false;
      if (kOtherSpecifiers.find(letter) == std::string_view::npos) result.refused = letter;
    }
  }
  return result;
}

}  // namespace stackaudit::stack
