// Words of sh(1) without its grammar: separators begin a command, `cd` holds until the end.
#include "stack/commands.hpp"

#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace stackaudit::stack {
namespace {

using text::is_one_of;

constexpr std::array<std::string_view, 12> kInterpreters{"php",    "sh",      "bash",   "dash",
                                                         "python", "python3", "perl",   "ruby",
                                                         "node",   ".",       "source", "exec"};
// "-c" of these is followed by a command.
constexpr std::array<std::string_view, 3> kShells{"sh", "bash", "dash"};
// They run the command that follows them.
constexpr std::array<std::string_view, 11> kBefore{
    "exec", "nohup", "nice", "ionice", "chronic", "time", "then", "do", "else", "if", "while"};
// What these are given they read, write or look at, and do not obey.
constexpr auto kHandlers = std::to_array<std::string_view>(
    {"[",       "[[",      "awk",       "basename", "bzip2", "cat",       "chgrp",   "chmod",
     "chown",   "cksum",   "cmp",       "cp",       "curl",  "cut",       "date",    "dd",
     "df",      "diff",    "du",        "echo",     "egrep", "file",      "grep",    "gzip",
     "gunzip",  "head",    "install",   "kill",     "ln",    "logger",    "ls",      "mail",
     "md5sum",  "mkdir",   "mktemp",    "mv",       "mysql", "mysqldump", "mariadb", "mariadb-dump",
     "openssl", "pkill",   "printf",    "readlink", "rm",    "rmdir",     "rsync",   "scp",
     "sed",     "setfacl", "sha256sum", "shred",    "sleep", "sort",      "sqlite3", "stat",
     "tail",    "tar",     "tee",       "test",     "touch", "truncate",  "uniq",    "unlink",
     "unzip",   "wc",      "wget",      "xz",       "zcat",  "zip",       "zstd"});
// What follows them on the line is done as somebody else, or elsewhere; of sudo, where an option
// says whom.
constexpr auto kOthers = std::to_array<std::string_view>(
    {"su", "runuser", "setpriv", "setuidgid", "s6-setuidgid", "chpst", "chroot", "gosu", "su-exec",
     "ssh", "docker", "podman", "nsenter", "lxc"});
// Options of start-stop-daemon and systemd-run, --chuid app, --uid=app, -p User=app.
constexpr std::array<std::string_view, 3> kOtherUser{"--chuid", "--uid", "User"};
// They run a command that stands behind words of their own.
constexpr auto kWrappers = std::to_array<std::string_view>(
    {"sudo", "flock", "timeout", "env", "setsid", "stdbuf", "xargs", "systemd-run", "doas"});
// The file behind one of these says what the command does.
constexpr auto kSettings = std::to_array<std::string_view>(
    {"-c", "-C", "--conf", "--config", "--config-file", "--configfile", "--ini", "--emperor",
     "--defaults-file", "--defaults-extra-file", "--rcfile", "--file"});
// Behind these options of find(1) a command begins.
constexpr std::array<std::string_view, 4> kFindRuns{"-exec", "-execdir", "-ok", "-okdir"};
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

// The directory in front of the first wildcard of an absolute pattern.
std::string above_wildcard(std::string_view pattern) {
  return std::string(tree::dirname(pattern.substr(0, pattern.find_first_of("*?["))));
}

class Command {
 public:
  Command(const tree::Tree& tree, CommandContext context)
      : tree_(tree), context_(std::move(context)) {}

  std::vector<Run> run(std::string_view text) {
    constexpr std::string_view kEnds = " \t\n\"'`;|&<>()=,";
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of(kEnds), text.size());
      const bool sets = end < text.size() && text[end] == '=' && expected_ == Next::command;
      if (sets)
        name_ = text.substr(0, end);
      else
        word(text.substr(0, end));
      if (sets) expected_ = Next::value;
      const auto by = end < text.size() ? text[end] : '\n';
      separated(by);
      text.remove_prefix(std::min(end + 1, text.size()));
      if (expected_ == Next::handled && (by == '\'' || by == '"'))
        text.remove_prefix(quoted(text, by));
    }
    return std::move(found_);
  }

 private:
  enum class Next : std::uint8_t {
    command,
    value,
    script,
    directory,
    parts,
    skipped,
    argument,
    handled,    // what a command reads or writes
    others,     // somebody else's command
    search,     // where find(1) looks, and what for
    loop_name,  // for NAME in WORD...
    loop_words
  };

  void begin() { expected_ = Next::command; }

  // Bytes that are data to the closing quote; a substitution within them is a command.
  static std::size_t quoted(std::string_view text, char quote) {
    const auto inside = text.substr(0, text.find(quote));
    const bool substitutes =
        quote == '"' && (inside.find("$(") != inside.npos || inside.find('`') != inside.npos);
    return substitutes || inside.size() == text.size() ? 0 : inside.size() + 1;
  }

  void separated(char by) {
    constexpr std::string_view kSeparators = "\n;|&(`";
    if (expected_ == Next::others && by != '\n') return;
    if (kSeparators.find(by) != kSeparators.npos) begin();
    if (by == '>' || by == '<') expected_ = Next::skipped;
    sudo_ = sudo_ && expected_ != Next::command;
  }

  void word(std::string_view written) {
    if (written.empty() || expected_ == Next::others) return;
    if (loops(written) || finds(written)) return;
    const auto text = expanded(written);
    if (text.find_first_of("$*?{}[]%") != text.npos && !is_one_of(text, kHandlers))
      return pattern(text);
    if (expected_ == Next::value) return assign(text);
    if (expected_ == Next::directory) return change(text);
    if ((sudo_ && names_user(text)) || is_one_of(text, kOtherUser)) {
      expected_ = Next::others;
      return;
    }
    if (text.starts_with('-')) {  // an option: what is expected stays
      obeyed_ = is_one_of(text, kSettings);
      if (expected_ == Next::script && shell_ && !text.starts_with("--") && text.ends_with('c'))
        begin();
      if (expected_ == Next::script && !shell_ && text == "-r") expected_ = Next::handled;
      return;
    }
    plain(text);
  }

  // -u app, -nu app, --user=app.
  static bool names_user(std::string_view option) {
    return option.starts_with("--user") || (option.starts_with('-') && !option.starts_with("--") &&
                                            option.find('u') != option.npos);
  }

  void plain(std::string_view word) {
    const auto expected = expected_;
    const auto name = tree::basename(word);
    const bool obeyed = std::exchange(obeyed_, false);
    shell_ = is_one_of(name, kShells);
    if (expected == Next::handled) return;
    sudo_ = name == "sudo";
    expected_ = is_one_of(name, kOthers) ? Next::others : Next::argument;
    if (expected_ == Next::others) return;
    if (expected == Next::command) {
      if (word == "cd") expected_ = Next::directory;
      if (word == "for") expected_ = Next::loop_name;
      if (word == "run-parts" || word.ends_with("/run-parts")) expected_ = Next::parts;
      if (is_interpreter(word)) expected_ = Next::script;
      if (is_one_of(word, kBefore)) begin();
      if (is_one_of(name, kHandlers)) expected_ = Next::handled;
      if (name == "find") expected_ = Next::search;
      wraps_ = is_one_of(name, kWrappers);
    } else if (is_interpreter(word)) {
      expected_ = Next::script;  // sudo php x, flock FILE php x
    } else if ((wraps_ || word.starts_with('/')) && is_one_of(name, kHandlers)) {
      expected_ = Next::handled;
    }
    if (expected == Next::parts) return parts(std::string(word));
    if (expected == Next::skipped) return;
    const bool executed = expected == Next::command || expected == Next::script;
    if (word.starts_with('/')) return add(std::string(word), executed || obeyed);
    if (expected == Next::command && word.find('/') == word.npos) return search(word);
    while (word.starts_with("./")) word.remove_prefix(2);
    if (executed && !context_.directory.empty()) add(tree::join(context_.directory, word), true);
  }

  // A word that is not known as a whole: where it is to be run, all that its directory has is.
  void pattern(std::string_view word) {
    const bool executed = expected_ == Next::command || expected_ == Next::script;
    if (expected_ == Next::value) return begin();
    if (expected_ != Next::handled) expected_ = Next::argument;
    if (!executed) return;
    if (const auto looped = loops_.find(variable_in(word).name); looped != loops_.end())
      return add_directories(looped->second);
    if (word.starts_with('/') && word.find_first_of("$%{") == word.npos)
      add_directories({above_wildcard(word)});
  }

  void assign(std::string_view value) {
    values_.insert_or_assign(std::string(name_), std::string(value));
    begin();
  }

  struct Variable {
    std::string_view name, rest;  // of "$NAME/rest", "${NAME}/rest"
  };
  static Variable variable_in(std::string_view word) {
    if (!word.starts_with('$')) return {};
    const bool braces = word.starts_with("${");
    word.remove_prefix(braces ? 2 : 1);
    const auto end = braces ? word.find('}') : word.find_first_of("/.-:$*?{}[]%");
    if (braces && end == word.npos) return {};
    const auto name = word.substr(0, end);
    return {name, word.substr(std::min(name.size() + (braces ? 1 : 0), word.size()))};
  }

  // With the path of a variable that was set before; as written where it is not known.
  [[nodiscard]] std::string expanded(std::string_view word) const {
    const auto variable = variable_in(word);
    const auto known = values_.find(variable.name);
    if (variable.name.empty() || known == values_.end()) return std::string(word);
    return known->second + std::string(variable.rest);
  }

  // for NAME in WORD...; whether the word belongs to that.
  bool loops(std::string_view word) {
    if (expected_ == Next::loop_name) {
      if (word == "in")
        expected_ = Next::loop_words;
      else
        name_ = word;
      return true;
    }
    if (expected_ != Next::loop_words) return false;
    const auto text = expanded(word);
    if (text.starts_with('/') && text.find_first_of("$%{") == text.npos)
      loops_[std::string(name_)].push_back(above_wildcard(text));
    return true;
  }

  // find DIRECTORY... -exec COMMAND {} ;
  bool finds(std::string_view word) {
    if (expected_ == Next::search) {
      const auto text = expanded(word);
      if (is_one_of(word, kFindRuns))
        begin();
      else if (text.starts_with('/') && text.find_first_of("$*?[%") == text.npos)
        searched_.push_back(text);
      return true;
    }
    if (word != "{}") return false;
    if (expected_ == Next::command || expected_ == Next::script) add_directories(searched_);
    if (expected_ != Next::handled) expected_ = Next::argument;
    return true;
  }

  void change(std::string_view directory) {
    expected_ = Next::argument;
    context_.directory = directory.starts_with('/') ? std::string(directory) : std::string{};
  }

  bool is(std::string_view path, tree::FileType type) const {
    const auto end = tree::resolve(tree_, path);
    return end && end.stat.type == type;
  }

  void add(std::string path, bool executed = false) {
    if (is(path, tree::FileType::regular) && (executed || !is_data(path)))
      found_.push_back({std::move(path), false, executed});
  }

  // Whoever adds a file to one of them has it run.
  void add_directories(const std::vector<std::string>& directories) {
    for (const auto& path : directories)
      if (is(path, tree::FileType::directory)) found_.push_back({path, true, true});
  }

  // Whoever writes a directory that is searched before the right one puts a program there.
  void search(std::string_view name) {
    for (const auto& directory : context_.path) {
      if (!is(directory, tree::FileType::directory)) continue;
      found_.push_back({directory, true, true});
      const auto path = tree::join(directory, name);
      if (is(path, tree::FileType::regular)) return add(path, true);
    }
  }

  void parts(const std::string& directory) {
    if (!is(directory, tree::FileType::directory)) return;
    found_.push_back({directory, true, true});
    for (auto& path : tree::glob(tree_, directory + "/*").paths) add(std::move(path), true);
  }

  const tree::Tree& tree_;
  CommandContext context_;
  Next expected_ = Next::command;
  bool shell_ = false;   // the last word is one
  bool obeyed_ = false;  // an option has said so of the next word
  bool sudo_ = false;    // its options are being read
  bool wraps_ = false;   // the command is followed by another
  std::string name_;     // of the variable that is being set
  std::map<std::string, std::string, std::less<>> values_;              // paths, by variable
  std::map<std::string, std::vector<std::string>, std::less<>> loops_;  // directories, by variable
  std::vector<std::string> searched_;                                   // by find(1)
  std::vector<Run> found_;
};

}  // namespace

std::vector<Run> run_by(const tree::Tree& tree, std::string_view text, CommandContext context) {
  return Command(tree, std::move(context)).run(text);
}

}  // namespace stackaudit::stack
