// What Composer wrote down of the PHP that the packages need: vendor/composer/platform_check.php
// ends every request where it is another.
#include "stack/php/loaded_extensions.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"

#include <charconv>
#include <string>

namespace stackaudit::stack::php {
namespace {

constexpr std::string_view kFile = "/composer/platform_check.php";

// "extension_loaded('intl') || $missingExtensions[] = 'intl'", "if (!(PHP_VERSION_ID >= 80100))"
constexpr std::string_view kAsks = "extension_loaded('";
constexpr std::string_view kVersion = "PHP_VERSION_ID >= ";

void tell(const Corpus& corpus, const Unit& unit, std::size_t begin, std::size_t end,
          std::string said, std::string help) {
  corpus.survey().add_problem(corpus.survey().place({unit.file, static_cast<std::uint32_t>(begin),
                                                     static_cast<std::uint32_t>(end)}),
                              {.service = "php",
                               .language = "php",
                               .code = "platform",
                               .severity = "error",
                               .message = std::move(said),
                               .help = std::move(help)});
}

// 80100 is 8.1; of the PHP that runs no more is known than that.
void check_version(const Corpus& corpus, const Unit& unit, int version) {
  const auto text = unit.text;
  const auto at = text.find(kVersion);
  if (at == std::string_view::npos || version == 0) return;
  const auto begin = at + kVersion.size();
  int wanted = 0;
  const auto [end, error] = std::from_chars(text.data() + begin, text.data() + text.size(), wanted);
  if (error != std::errc{} || wanted / 100 <= version) return;
  const auto name = [](int major_minor) {
    return std::to_string(major_minor / 100) + "." + std::to_string(major_minor % 100);
  };
  tell(corpus, unit, at, static_cast<std::size_t>(end - text.data()),
       "the packages need PHP " + name(wanted / 100) + ", and this is PHP " + name(version),
       "install PHP " + name(wanted / 100) + ", or composer update with the PHP that is there");
}

void check_extensions(const Corpus& corpus, const Unit& unit, const LoadedExtensions& extensions) {
  const auto text = unit.text;
  for (auto at = text.find(kAsks); at != std::string_view::npos; at = text.find(kAsks, at + 1)) {
    const auto begin = at + kAsks.size();
    const auto end = text.find('\'', begin);
    if (end == std::string_view::npos) return;
    const auto name = text::lower(text.substr(begin, end - begin));
    if (!extensions.lacks(name)) continue;
    tell(corpus, unit, begin, end,
         "the packages need the extension " + name + ", which this PHP does not load",
         "install and load the extension " + name + " (phpenmod)");
  }
}

}  // namespace

void add_platform(const Corpus& corpus) {
  for (const auto& unit : corpus.units) {
    if (!unit.reached || unit.inactive || !unit.path.ends_with(kFile)) continue;
    const auto& application = corpus.applications[unit.application];
    check_version(corpus, unit, application.version);
    const LoadedExtensions extensions(corpus, application);
    if (extensions.known()) check_extensions(corpus, unit, extensions);
  }
}

}  // namespace stackaudit::stack::php
