// Small Apache sites and what httpd answers for them; apache_answers_truth_test.cpp asks it.
#pragma once

#include <string>
#include <vector>

namespace stackaudit {

struct ApachePage {
  std::string name;
  std::string text;  // behind a small main configuration; @ is the directory of the files
  std::vector<std::string> files;  // NAME, NAME=TEXT or NAME->TARGET, a link
  std::string url;                 // of port 8099, or a whole one
  std::string status;              // of HTTP; 000: no answer
  std::string rule;                // that tells it beforehand; empty: none of those asked about
};

// What the configuration decides, and what a .htaccess file does.
[[nodiscard]] std::vector<ApachePage> apache_site_pages();
[[nodiscard]] std::vector<ApachePage> apache_htaccess_pages();

}  // namespace stackaudit
