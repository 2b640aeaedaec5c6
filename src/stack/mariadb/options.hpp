// The option files of MariaDB and MySQL in the order in which the server reads them; a later option
// wins.
#pragma once

#include "stack/survey.hpp"
#include "syntax/ini/ini.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::mariadb {

struct Option {
  std::string value;
  facts::Place place;
};

class Options {
 public:
  explicit Options(Survey& survey) : survey_(survey) {}

  // A file or, of an !includedir, a directory; `depth` of the includes that led there.
  void read(const std::string& path, int depth = 0);

  // By its name with dashes; nullptr: not set.
  [[nodiscard]] const Option* find(std::string_view name) const;

  // Fills `directive` with the options in effect.
  void record() const;

  std::string main_file;
  std::vector<std::string> files;         // all that were read
  std::vector<std::string> server_files;  // those in which the server found an option

 private:
  void include(const syntax::ini::Entry& entry, const std::string& path, int depth);
  void problem(text::Span where, std::string_view code, std::string_view severity,
               std::string message, std::string help);
  void take(const syntax::ini::Entry& entry);

  Survey& survey_;
  std::map<std::string, Option, std::less<>> options_;
};

}  // namespace stackaudit::stack::mariadb
