// The options of MariaDB's server, from its option files in the order in which it reads them.
#pragma once

#include "stack/survey.hpp"
#include "syntax/ini/ini.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack::mariadb {

struct Option {
  std::string name;  // with dashes
  std::string written;
  std::string value;
  facts::Place place;  // of the value, or of the name where it has none
  facts::Place name_place;
  bool has_value = true;  // false: no equals sign
};

class Options {
 public:
  explicit Options(Survey& survey) : survey_(survey) {}

  // The file or directory, and all that it includes.
  void read(const std::string& path, int depth = 0);

  // The last one of the name counts.
  [[nodiscard]] const Option* find(std::string_view name) const;
  // Whether it is given, and not as 0 or off.
  [[nodiscard]] bool is_on(std::string_view name) const;
  [[nodiscard]] const std::vector<Option>& all() const { return all_; }

  // Fills `directive` with the options in effect, and syntax_problem with what is wrong in the
  // files.
  void record() const;

  std::string main_file;
  std::vector<std::string> files;         // all that were read
  std::vector<std::string> server_files;  // those in which the server found an option

 private:
  void include(const syntax::ini::Entry& entry, const std::string& path, int depth);
  // Where the file ends for the server: at its first mistake.
  std::uint32_t end_of(const syntax::ini::Document& document, int depth);
  void problem(text::Span where, std::string_view code, std::string_view severity,
               std::string message, std::string help);
  void take(const syntax::ini::Entry& entry);

  Survey& survey_;
  std::vector<Option> all_;
  std::vector<std::pair<facts::Place, Survey::Problem>> problems_;
  std::map<std::string, std::size_t, std::less<>> last_;
};

// Names that no server of this installation has: it does not start.
void check_names(Survey& survey, const Options& options, std::string_view program);

// Values that the server refuses, or takes for OFF.
void check_values(Survey& survey, const Options& options, std::string_view program);

}  // namespace stackaudit::stack::mariadb
