// Words of sh(1) without its grammar: separators begin a command, `cd` holds until the end.
#include "stack/commands.hpp"

#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 12> kInterpreters{"php",    "sh",      "bash",   "dash",
                                                         "python", "python3", "perl",   "ruby",
                                                         "node",   ".",       "source", "exec"};
// "-c" of these is followed by a command.
constexpr std::array<std::string_view, 3> kShells{"sh", "bash", "dash"};
// They run the command that follows them.
constexpr std::array<std::string_view, 8> kBefore{"exec",    "nohup", "nice", "ionice",
                                                  "chronic", "time",  "then", "do"};
constexpr std::array<std::string_view, 7> kData{".log", ".pid",  ".gz",  ".sql",
                                                ".txt", ".sock", ".lock"};

bool is_data(std::string_view path) {
  return std::ranges::any_of(kData, [&](std::string_view end) { return path.ends_with(end); });
}

bool is_interpreter(std::string_view word) {
  const auto name = tree::basename(word);
  return std::ranges::find(kInterpreters, name) != kInterpreters.end() ||
         (name.starts_with("php") && name.find_first_not_of("0123456789.", 3) == name.npos);
}

class Command {
 public:
  Command(const tree::Tree& tree, CommandContext context)
      : tree_(tree), context_(std::move(context)) {}

  std::vector<Run> run(std::string_view text) {
    constexpr std::string_view kEnds = " \t\n\"'`;|&<>()=,";
    constexpr std::string_view kSeparators = "\n;|&(`";
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of(kEnds), text.size());
      const bool sets = end < text.size() && text[end] == '=' && expected_ == Next::command;
      if (!sets) word(text.substr(0, end));
      if (sets) expected_ = Next::value;
      if (end < text.size() && kSeparators.find(text[end]) != kSeparators.npos) begin();
      if (end < text.size() && (text[end] == '>' || text[end] == '<')) expected_ = Next::skipped;
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(found_);
  }

 private:
  enum class Next : std::uint8_t { command, value, script, directory, parts, skipped, argument };

  void begin() { expected_ = Next::command; }

  void word(std::string_view word) {
    if (word.empty() || word.find_first_of("$*?{}[]%") != word.npos) {
      if (!word.empty() && expected_ != Next::value) expected_ = Next::argument;
      if (!word.empty() && expected_ == Next::value) begin();
      return;
    }
    const auto expected = expected_;
    if (expected == Next::value) return begin();
    if (expected == Next::directory) return change(word);
    if (word.starts_with('-')) {  // an option: what is expected stays
      if (expected == Next::script && shell_ && !word.starts_with("--") && word.ends_with('c'))
        begin();
      return;
    }
    shell_ = std::ranges::find(kShells, tree::basename(word)) != kShells.end();
    expected_ = Next::argument;
    if (expected == Next::command) {
      if (word == "cd") expected_ = Next::directory;
      if (word == "run-parts" || word.ends_with("/run-parts")) expected_ = Next::parts;
      if (is_interpreter(word)) expected_ = Next::script;
      if (std::ranges::find(kBefore, word) != kBefore.end()) begin();
    } else if (is_interpreter(word)) {
      expected_ = Next::script;  // sudo php x, flock FILE php x
    }
    if (expected == Next::parts) return parts(std::string(word));
    if (expected == Next::skipped) return;
    if (word.starts_with('/')) return add(std::string(word));
    if (expected == Next::command && word.find('/') == word.npos) return search(word);
    while (word.starts_with("./")) word.remove_prefix(2);
    if ((expected == Next::command || expected == Next::script) && !context_.directory.empty())
      add(tree::join(context_.directory, word));
  }

  void change(std::string_view directory) {
    expected_ = Next::argument;
    context_.directory = directory.starts_with('/') ? std::string(directory) : std::string{};
  }

  bool is(std::string_view path, tree::FileType type) const {
    const auto end = tree::resolve(tree_, path);
    return end && end.stat.type == type;
  }

  void add(std::string path) {
    if (is(path, tree::FileType::regular) && !is_data(path)) found_.push_back({std::move(path)});
  }

  // Whoever writes a directory that is searched before the right one puts a program there.
  void search(std::string_view name) {
    for (const auto& directory : context_.path) {
      if (!is(directory, tree::FileType::directory)) continue;
      found_.push_back({directory, true});
      const auto path = tree::join(directory, name);
      if (is(path, tree::FileType::regular)) return add(path);
    }
  }

  void parts(const std::string& directory) {
    if (!is(directory, tree::FileType::directory)) return;
    found_.push_back({directory, true});
    for (auto& path : tree::glob(tree_, directory + "/*").paths) add(std::move(path));
  }

  const tree::Tree& tree_;
  CommandContext context_;
  Next expected_ = Next::command;
  bool shell_ = false;  // the last word is one
  std::vector<Run> found_;
};

}  // namespace

std::vector<Run> run_by(const tree::Tree& tree, std::string_view text, CommandContext context) {
  return Command(tree, std::move(context)).run(text);
}

}  // namespace stackaudit::stack
