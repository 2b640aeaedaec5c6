// The builder takes a name that no stage above has for that of an image, and asks the registry.
#include "stack/container/stages.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <charconv>

namespace stackaudit::stack {
namespace {

using syntax::dockerfile::Instruction;

struct Stages {
  std::vector<std::string> names;   // of those above, in lower case
  std::vector<std::string> images;  // that are named in FROM
  std::size_t count = 0;            // begun so far, the last included
};

void begin(Stages& stages, const Instruction& from) {
  ++stages.count;
  if (!from.words.empty()) stages.images.push_back(from.words[0].value);
  if (from.words.size() > 2) stages.names.push_back(text::lower(from.words[2].value));
}

// With a tag, a registry or a variable in it, it is none of a stage.
bool may_be_stage(std::string_view name) {
  return !name.empty() && name.find_first_of("/:@.$") == name.npos;
}

void problem(Survey& survey, const syntax::Word& flag, std::string message, std::string nearest) {
  const std::string help =
      nearest.empty() ? "name a stage above, or an image with its tag" : "write --from=" + nearest;
  survey.add_problem(survey.place(flag.span),
                     {.service = "container",
                      .language = "dockerfile",
                      .code = "container-stage",
                      .severity = "warning",
                      .message = std::move(message),
                      .help = help,
                      .replacement = nearest.empty() ? "" : "--from=" + nearest});
}

void check(Survey& survey, const Stages& stages, const Instruction& copy) {
  const auto name = text::lower(flag(copy, "--from="));
  const auto word = std::ranges::find_if(
      copy.flags, [](const syntax::Word& one) { return one.value.starts_with("--from="); });
  if (word == copy.flags.end() || !may_be_stage(name)) return;
  if (name.find_first_not_of("0123456789") == name.npos) {
    std::size_t number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number + 1 >= stages.count)
      problem(survey, *word, "no stage above has the number " + name + ": they count from 0", "");
    return;
  }
  if (text::is_one_of(name, stages.names) || text::is_one_of(name, stages.images)) return;
  if (const auto near = text::nearest(name, stages.names))
    problem(survey, *word,
            "no stage above is called " + name +
                ", which the builder then takes for an image of that name; there is " + *near,
            *near);
}

}  // namespace

void check_stages(Survey& survey, const std::vector<Instruction>& instructions) {
  Stages stages;
  for (const auto& one : instructions)
    if (one.name == "FROM")
      begin(stages, one);
    else if (one.name == "COPY")
      check(survey, stages, one);
}

}  // namespace stackaudit::stack
