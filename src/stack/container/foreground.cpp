// The entry points of the published images named here begin the command that they are given.
#include "stack/container/foreground.hpp"

#include "stack/container/image.hpp"
#include "stack/jobs/background.hpp"
#include "syntax/ini/words.hpp"
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

using Words = std::vector<std::string>;

// A container's first process, as far as it is known.
struct First {
  text::Span where;
  std::string_view language;
  std::string line;
  std::string_view image;  // by whose own settings it starts
};

Words values(const Instruction& one) {
  Words all;
  for (const auto& word : one.words) all.push_back(word.value);
  return all;
}

std::string joined(const Words& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) text += (text.empty() ? "" : " ") + words[i];
  return text;
}

bool is_init(const Words& entrypoint) {
  return !entrypoint.empty() && text::is_one_of(tree::basename(entrypoint[0]), kInits) &&
         (entrypoint.size() == 1 || entrypoint.back() == "--");
}

// The command line of some words, of a shell's "-c" what the shell is given.
std::string line_of(const Words& words) {
  const bool shell = words.size() == 3 && text::is_one_of(tree::basename(words[0]), kShells) &&
                     words[1].ends_with('c');
  return joined(words, shell ? 2 : 0);
}

// The last of those that run one after the other: the shell ends with it.
std::string_view last_of(std::string_view line) {
  if (const auto at = line.rfind("&&"); at != line.npos) line.remove_prefix(at + 2);
  line = text::trimmed(line);
  if (line.starts_with("exec ")) line.remove_prefix(5);
  return text::trimmed(line);
}

// Whether configuration that the container gets has these words; what it gets as a whole is
// believed to.
bool says(const Survey& survey, const Words& sources, std::string_view words) {
  return std::ranges::any_of(sources, [&](const std::string& source) {
    const auto end = tree::resolve(survey.tree, source);
    if (end && end.stat.type == tree::FileType::directory) return true;
    const auto content = tree::read_file(survey.tree, source, kLongest);
    return content && text::contains(*content, words);
  });
}

// `is_off` says whether the words that keep a server in the foreground are anywhere.
template <class IsOff>
void check_first(Survey& survey, const First& first, IsOff is_off) {
  const bool known = text::is_one_of(image_name(first.image), kKnown);
  const auto found =
      leaving(last_of(first.line), [&](std::string_view service, std::string_view /*name*/) {
        return !is_off(service == "nginx" ? "daemon off" : "daemonize");
      });
  if (!found || (!known && !found->always)) return;
  survey.add_problem(survey.place(first.where),
                     {.service = "container",
                      .language = first.language,
                      .code = "container-leaves",
                      .severity = "warning",
                      .message = found->what + ": the container ends with it",
                      .help = std::string(found->instead)});
}

}  // namespace

std::vector<std::string> start_words(std::string_view command) {
  std::vector<std::string> words;
  for (auto& word : syntax::ini::split_words(command).words) words.push_back(std::move(word.text));
  return words;
}

void check_foreground(Survey& survey, const ImageStart& start) {
  const bool passes =
      start.entrypoint == nullptr || (start.entrypoint->json && is_init(values(*start.entrypoint)));
  const auto* by = passes ? start.command : start.entrypoint;
  if (by == nullptr || by->words.empty()) return;
  auto line = by->json ? line_of(values(*by)) : by->text;
  if (!passes && by->json && start.command != nullptr && start.command->json)
    line += " " + joined(values(*start.command), 0);
  check_first(survey, {by->words[0].span, "dockerfile", line, start.base},
              [&](std::string_view words) {
                return text::contains(survey.sources.content(start.file), words) ||
                       says(survey, start.sources, words);
              });
}

void check_foreground(Survey& survey, const ServiceStart& start) {
  const bool passes = start.entrypoint.empty() || is_init(start.entrypoint);
  const auto& by = passes ? start.command : start.entrypoint;
  if (by.empty()) return;
  auto line = line_of(by);
  if (!passes && !start.command.empty()) line += " " + joined(start.command, 0);
  check_first(survey, {start.where, start.language, line, start.image},
              [&](std::string_view words) { return says(survey, start.sources, words); });
}

}  // namespace stackaudit::stack
