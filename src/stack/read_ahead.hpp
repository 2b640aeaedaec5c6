// Files that a server reads one after another, read and parsed several at a time: what each of them
// says does not hang on the others.
#pragma once

#include "stack/in_parallel.hpp"
#include "stack/survey.hpp"

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stackaudit::stack {

template <class Parsed>
class ReadAhead {
 public:
  using Parse = Parsed (*)(std::string_view text, text::FileId file);

  ReadAhead(Survey& survey, Parse parse) : survey_(survey), parse_(parse) {}

  // How many files are worth being held ready at once.
  static constexpr std::size_t kMost = 512;

  // Files that will soon be loaded; those that cannot be read are left to Survey::load.
  void prepare(std::span<const std::string> paths) {
    if (paths.size() < 2) return;
    const auto files = survey_.read_ahead(paths);
    std::vector<Parsed> parsed(files.size());
    in_parallel(0, files.size(), 16, [&](std::size_t i) {
      parsed[i] = parse_(survey_.sources.content(files[i]), files[i]);
    });
    for (std::size_t i = 0; i < files.size(); ++i)
      ready_.insert_or_assign(files[i], std::move(parsed[i]));
  }

  // A loaded file's content taken apart.
  [[nodiscard]] Parsed take(text::FileId file) {
    if (auto ready = ready_.extract(file)) return std::move(ready.mapped());
    return parse_(survey_.sources.content(file), file);
  }

 private:
  Survey& survey_;
  Parse parse_;
  std::unordered_map<text::FileId, Parsed> ready_;
};

}  // namespace stackaudit::stack
