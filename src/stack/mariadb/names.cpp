// Names of options. The server takes a beginning of a name that fits no other, either of "-" and
// "_", and the words skip-, enable-, disable- and maximum- in front; of loose- it only warns.
#include "stack/embedded.hpp"
#include "stack/mariadb/options.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::mariadb {
namespace {

constexpr std::size_t kProgramLimit = 128U << 20U;
constexpr std::array<std::string_view, 4> kBefore{"skip-", "enable-", "disable-", "maximum-"};
constexpr std::array<std::string_view, 4> kPlugins{
    "/usr/lib/mysql/plugin", "/usr/lib64/mysql/plugin", "/usr/lib64/mariadb/plugin",
    "/usr/lib/mariadb/plugin"};

const std::vector<std::string>& known_names() {
  static const auto kNames = [] {
    std::vector<std::string> names;
    for (const auto& file : embedded_files())
      if (file.name == "mariadb-options.txt")
        for (const auto line : text::lines(file.text))
          if (!line.text.empty() && !line.text.starts_with('#')) names.emplace_back(line.text);
    return names;
  }();
  return kNames;
}

bool is_known(std::string_view name) {
  return std::ranges::any_of(known_names(),
                             [&](const std::string& known) { return known.starts_with(name); });
}

std::string_view without_words(std::string_view name) {
  for (const auto word : kBefore)
    if (name.starts_with(word)) return name.substr(word.size());
  return name;
}

class Names {
 public:
  Names(Survey& survey, const Options& options, std::string_view program)
      : survey_(survey), options_(options), program_(program) {}

  void run() {
    for (const auto& option : options_.all()) {
      if (option.name.starts_with("loose-") || option.name.starts_with('!') ||
          option.name.empty() || is_known(option.name) || is_known(without_words(option.name)))
        continue;
      if (!may_be_of_plugin(option.name) && !is_in_program(option.name)) tell(option);
    }
  }

 private:
  // Of a plugin that is installed: the server's own tables may say that it is loaded.
  [[nodiscard]] bool may_be_of_plugin(std::string_view name) const {
    std::vector<std::string> directories(kPlugins.begin(), kPlugins.end());
    if (const auto* own = options_.find("plugin-dir")) directories.push_back(own->value);
    for (const auto& directory : directories) {
      const auto files = tree::list_directory(survey_.tree, directory);
      if (!files) continue;
      for (auto file : *files) {
        std::ranges::replace(file, '_', '-');
        std::string_view stem = std::string_view(file).substr(0, file.find('.'));
        if (stem.starts_with("ha-")) stem.remove_prefix(3);
        if (name.starts_with(stem)) return true;
      }
    }
    return false;
  }

  // A name that this program knows and the list does not: of another version. Without a program
  // nothing is told.
  bool is_in_program(std::string name) {
    if (bytes_.empty())
      if (auto bytes = tree::read_file(survey_.tree, std::string(program_), kProgramLimit))
        bytes_ = *std::move(bytes);
    if (bytes_.empty()) return true;
    if (bytes_.find(name) != std::string::npos) return true;
    std::ranges::replace(name, '-', '_');
    return bytes_.find(name) != std::string::npos;
  }

  void tell(const Option& option) {
    const auto near = text::nearest(option.name, known_names());
    survey_.add_problem(
        option.name_place,
        {.service = "mariadb",
         .language = "ini",
         .code = "unknown-option",
         .severity = "error",
         .message = "unknown variable '" + option.written + "': mariadbd does not start",
         .help = near ? "did you mean " + *near + "?" : "take it out"});
  }

  Survey& survey_;
  const Options& options_;
  std::string_view program_;
  std::string bytes_;
};

}  // namespace

void check_names(Survey& survey, const Options& options, std::string_view program) {
  Names(survey, options, program).run();
}

}  // namespace stackaudit::stack::mariadb
