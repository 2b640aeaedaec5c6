// The entry points of the published images named here begin the command that they are given.
#include "stack/container/foreground.hpp"

#include "stack/container/image.hpp"
#include "stack/jobs/background.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

using syntax::dockerfile::Instruction;

constexpr std::array<std::string_view, 12> kKnown{"debian",    "ubuntu",      "alpine", "fedora",
                                                  "centos",    "rockylinux",  "ubi8",   "ubi9",
                                                  "almalinux", "amazonlinux", "nginx",  "httpd"};
// They begin the command that follows, and end with it.
constexpr std::array<std::string_view, 4> kInits{"tini", "dumb-init", "catatonit", "env"};
constexpr std::size_t kLongest = 1U << 20U;  // of a file that is searched, in bytes
constexpr std::array<std::string_view, 4> kShells{"sh", "bash", "ash", "dash"};

std::string joined(const std::vector<syntax::Word>& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i)
    text += (text.empty() ? "" : " ") + words[i].value;
  return text;
}

bool is_init(const Instruction& entrypoint) {
  return entrypoint.json && !entrypoint.words.empty() &&
         text::is_one_of(tree::basename(entrypoint.words[0].value), kInits) &&
         (entrypoint.words.size() == 1 || entrypoint.words.back().value == "--");
}

// The command line of an instruction, of a shell's "-c" what the shell is given.
std::string line_of(const Instruction& starts) {
  if (!starts.json) return starts.text;
  const auto& words = starts.words;
  const bool shell = words.size() == 3 &&
                     text::is_one_of(tree::basename(words[0].value), kShells) &&
                     words[1].value.ends_with('c');
  return joined(words, shell ? 2 : 0);
}

// The last of those that run one after the other: the shell ends with it.
std::string_view last_of(std::string_view line) {
  if (const auto at = line.rfind("&&"); at != line.npos) line.remove_prefix(at + 2);
  line = text::trimmed(line);
  if (line.starts_with("exec ")) line.remove_prefix(5);
  return text::trimmed(line);
}

// Whether the container file has these words, or configuration that the image gets; what is copied
// as a whole is believed to.
bool says(const Survey& survey, const ImageStart& start, std::string_view words) {
  if (text::contains(survey.sources.content(start.file), words)) return true;
  return std::ranges::any_of(start.sources, [&](const std::string& source) {
    const auto end = tree::resolve(survey.tree, source);
    if (end && end.stat.type == tree::FileType::directory) return true;
    const auto content = tree::read_file(survey.tree, source, kLongest);
    return content && text::contains(*content, words);
  });
}

}  // namespace

void check_foreground(Survey& survey, const ImageStart& start) {
  const bool passes = start.entrypoint == nullptr || is_init(*start.entrypoint);
  const auto* by = passes ? start.command : start.entrypoint;
  if (by == nullptr || by->words.empty()) return;
  auto line = line_of(*by);
  if (!passes && by->json && start.command != nullptr && start.command->json)
    line += " " + joined(start.command->words, 0);
  const bool known = text::is_one_of(image_name(start.base), kKnown);
  const auto found = leaving(last_of(line), [&](std::string_view service, std::string_view) {
    return !says(survey, start, service == "nginx" ? "daemon off" : "daemonize");
  });
  if (!found || (!known && !found->always)) return;
  survey.add_problem(survey.place(by->words[0].span),
                     {.service = "container",
                      .language = "dockerfile",
                      .code = "container-leaves",
                      .severity = "warning",
                      .message = found->what + ": the container ends with it",
                      .help = std::string(found->instead)});
}

}  // namespace stackaudit::stack
