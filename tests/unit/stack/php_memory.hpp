// Code of PHP in memory, below /srv/www, and what reading it tells.
#pragma once

#include "stack/php/php.hpp"
#include "unit/stack/memory_survey.hpp"

#include <string>

namespace stackaudit::stack {

inline MemorySurvey& php(MemorySurvey& all, const std::string& path, const std::string& code) {
  return all.file(path + " 0644 root:root", "<?php\n" + code);
}

inline std::string references(MemorySurvey& all) {
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/www", false}});
  return dump_references(all.facts);
}

// Of what is missing.
inline std::string doubts(MemorySurvey& all) {
  (void)references(all);
  std::string out;
  for (const auto& row : all.facts.rows<facts::Reference>())
    if (row.state == "missing") out += where(row) + " " + row.doubt + "\n";
  return out;
}

inline std::string problems(MemorySurvey& all) {
  auto survey = all.open();
  read_php(survey, {{"php", "/srv/www", false}});
  return dump_problems(all.facts);
}

}  // namespace stackaudit::stack
