// Settings of a unit that name paths: which it reads, and what it may write, see or not.
#pragma once

#include "stack/systemd/load.hpp"
#include "syntax/ini/words.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace stackaudit::stack {

class UnitPaths {
 public:
  // Both must outlive it.
  UnitPaths(Survey& survey, ServiceUnit& unit) : survey_(survey), unit_(unit) {}

  // A path of the value, which begins there, without "-" and "+" in front; none where it depends on
  // the machine.
  [[nodiscard]] std::optional<NamedPath> named(const syntax::ini::Entry& entry,
                                               std::string_view text, std::size_t begin) const;
  // The place of a word of the value; of the whole value where it is continued over lines.
  [[nodiscard]] facts::Place place_of(const syntax::ini::Entry& entry, std::size_t begin,
                                      std::size_t end) const;

  // ReadWritePaths=, ReadOnlyPaths=, InaccessiblePaths=; an empty value takes back those before it.
  void add_fences(const syntax::ini::Entry& entry, Fence::Kind kind);
  // TemporaryFileSystem=: an empty file system is mounted there, what was below it is not seen.
  void add_temporary(const syntax::ini::Entry& entry);
  // BindPaths=: what is mounted from elsewhere is there again, "FROM:TO:options".
  void add_bound(const syntax::ini::Entry& entry);

 private:
  void add_sandbox_paths(const syntax::ini::Entry& entry);
  void add_fence(const syntax::ini::Entry& entry, Fence::Kind kind,
                 const syntax::ini::ValueWord& word, std::string_view text);

  Survey& survey_;
  ServiceUnit& unit_;
};

}  // namespace stackaudit::stack
