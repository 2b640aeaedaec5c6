// One audit as people and programs read it. One file per format; nothing else in the program prints
// findings.
#pragma once

#include "rules/run.hpp"
#include "text/source_map.hpp"

#include <string>
#include <vector>

namespace stackaudit::report {

// What was looked at, so that "clean" says clean of what.
struct Checked {
  std::int64_t files = 0;
  std::int64_t references_checked = 0;
  std::int64_t references_dynamic = 0;
  std::int64_t references_unseen = 0;      // into places that the auditor cannot look at
  std::int64_t rules = 0;                  // how many were asked
  std::vector<std::string> services;       // "nginx (nginx.service, workers www-data)"
  std::vector<std::string> not_evaluated;  // blind spots that do not make it incomplete, summed up
};

struct Report {
  std::string version;
  std::string root;  // "/" or the directory given
  std::vector<std::string> targets;
  std::string policy;  // its path; empty: none
  rules::Results results;
  Checked checked;
};

struct TextStyle {
  bool color = false;
};

// For people: findings by file, those with errors first, then what was checked and what was not.
// sources are asked for the lines that findings stand on; a file that is not there gets no frame.
// No control character and no malformed byte that came from a file is in the result.
[[nodiscard]] std::string as_text(const Report& report, const text::SourceMap& sources,
                                  TextStyle style);

// The schema stackaudit/1 (README.md), ASCII alone, a newline at the end.
[[nodiscard]] std::string as_json(const Report& report);

}  // namespace stackaudit::report
