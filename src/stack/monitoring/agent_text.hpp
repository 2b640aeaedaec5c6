// An agent's configuration as lines without comments, and what is told of one of them.
#pragma once

#include "stack/survey.hpp"
#include "text/words.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct AgentLine {
  std::string_view text;  // neither blanks around it nor a comment of its own
  std::int64_t number = 0;
  std::size_t begin = 0;  // of the text, in the file
};

class AgentText {
 public:
  // A file that cannot be read has no lines.
  AgentText(Survey& survey, std::string path);

  [[nodiscard]] const std::vector<AgentLine>& lines() const { return lines_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  // Of a part of a line's text; of the line where the part is no view into it.
  [[nodiscard]] facts::Place place(const AgentLine& line, std::string_view part) const;

 private:
  Survey& survey_;
  std::string path_;
  std::optional<text::FileId> file_;
  std::vector<AgentLine> lines_;
};

// What follows `key` in the line, behind blanks and "=", without quotes around it; empty where the
// line begins otherwise. A view into the line.
[[nodiscard]] std::string_view value_of(std::string_view line, std::string_view key);

// The value that a file of assignments gives a name, without its quotes; empty where it gives none.
[[nodiscard]] std::string assigned(const tree::Tree& tree, const std::string& path,
                                   std::string_view name);

// The file a name of the configuration leads to, absolute or from the file's own directory.
[[nodiscard]] std::string beside(std::string_view file, std::string_view name);

// Problems of level warning. "not-read": a check or a message that is configured and does not
// happen; "undefined": a name that nothing defines.
void tell_idle(Survey& survey, facts::Place place, std::string_view agent, std::string message,
               std::string help);
void tell_undefined(Survey& survey, facts::Place place, std::string_view agent, std::string message,
                    const std::optional<std::string>& near);

}  // namespace stackaudit::stack
