// One pattern a line; lines that begin with # are comments.
#include "stack/brought_files.hpp"

#include "stack/embedded.hpp"

#include <algorithm>
#include <sstream>

namespace stackaudit::stack {

std::vector<std::string> brought_files() {
  const auto files = embedded_files();
  const auto file = std::ranges::find(files, "brought-files.txt", &EmbeddedFile::name);
  std::vector<std::string> patterns;
  if (file == files.end()) return patterns;
  std::istringstream lines{std::string(file->text)};
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with('/') || line.starts_with('*')) patterns.push_back(line);
  return patterns;
}

std::vector<std::string> brought_files_of_checkout() {
  auto patterns = brought_files();
  for (std::size_t i = 0, count = patterns.size(); i < count; ++i)
    for (const std::string_view home : {"/etc/nginx/", "/etc/apache2/", "/etc/httpd/"})
      if (patterns[i].starts_with(home) && patterns[i].find('*') == std::string::npos)
        patterns.push_back("*/" + patterns[i].substr(home.size()));
  return patterns;
}

}  // namespace stackaudit::stack
