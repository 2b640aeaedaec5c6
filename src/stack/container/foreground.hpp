// What an image starts must stay: the container ends with its first process.
#pragma once

#include "stack/survey.hpp"
#include "syntax/dockerfile/dockerfile.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct ImageStart {
  text::FileId file{};  // the container file
  const syntax::dockerfile::Instruction* entrypoint = nullptr;
  const syntax::dockerfile::Instruction* command = nullptr;
  std::string_view base;             // as FROM names it
  std::vector<std::string> sources;  // files and directories of the tree that it gets
};

// What a service of a Compose file, or a quadlet, says instead of its image; empty where it says
// nothing.
struct ServiceStart {
  std::vector<std::string> entrypoint, command;  // words
  text::Span where{};                            // of the command, else of the entry point
  std::string_view image;
  std::vector<std::string> sources;  // that it mounts
  std::string_view language = "yaml";
};

// The words of a command in one text, taken apart at blanks and quotes and nothing else.
[[nodiscard]] std::vector<std::string> start_words(std::string_view command);

// Fills syntax_problem ("container-leaves") where the program goes to the background or ends at
// once. An entry point that is a script, or a base image of somebody's own, may do otherwise.
void check_foreground(Survey& survey, const ImageStart& start);
void check_foreground(Survey& survey, const ServiceStart& start);

}  // namespace stackaudit::stack
