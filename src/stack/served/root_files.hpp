// What lies below a document root and is no content, whoever may fetch it.
#pragma once

#include "stack/served/kinds.hpp"
#include "stack/survey.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::served {

struct Candidate {
  std::string path;
  std::string relative;  // to the document root, as its URL has it
  Kind kind;
  bool linked = false;  // a link of the document root leads there
};

struct RootFiles {
  std::vector<Candidate> candidates;
  std::vector<std::string> scripts;  // some of the PHP files, those of the document root first
};

// Walks it once, with bounds; what is beyond them becomes a blind spot.
[[nodiscard]] RootFiles files_below(Survey& survey, const std::string& document_root);

}  // namespace stackaudit::stack::served
