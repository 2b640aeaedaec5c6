// Which words of a simple command are run is told by the command in front of them: what it takes
// for itself, what it hands on, what it only reads.
#include "stack/jobs/commands.hpp"

#include "stack/jobs/command_kinds.hpp"
#include "syntax/shell/simple_commands.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

namespace stackaudit::stack {
namespace {

using namespace command_kinds;
using text::is_one_of;

constexpr int kDeepest = 3;  // sh -c 'su -c "..."'
constexpr std::size_t kMostDirectories = 64;

bool is_data(std::string_view path) {
  return std::ranges::any_of(kData, [&](std::string_view end) { return path.ends_with(end); });
}

bool is_root(std::string_view user) {
  return user == "root" || user == "0" || user == "#0";
}

// A word after what is known of its variables.
struct Word {
  std::string text;
  bool known = true;                     // else a loop's, a pattern, or decided when it runs
  std::vector<std::string> directories;  // any file of these
};

// The directory in front of the first wildcard of an absolute pattern.
std::vector<std::string> above_wildcard(std::string_view pattern) {
  if (!pattern.starts_with('/') || pattern.find_first_of("$`%{") != pattern.npos) return {};
  return {std::string(tree::dirname(pattern.substr(0, pattern.find_first_of("*?["))))};
}

class Commands {
 public:
  Commands(const tree::Tree& tree, CommandContext context)
      : tree_(tree), context_(std::move(context)) {}

  std::vector<Run> run(std::string_view text) {
    read(text, 0);
    return std::move(found_);
  }

 private:
  using Words = std::span<const Word>;

  void read(std::string_view text, int depth) {
    if (depth > kDeepest) return;
    syntax::shell::SimpleCommands commands(text);
    while (const auto each = commands.next()) {
      std::vector<Word> words;
      for (const auto& word : each->words) {
        for (const auto& [begin, end] : word.inner)
          read_apart(text.substr(begin, end - begin), depth + 1);
        words.push_back(expanded(word));
      }
      depth_ = depth;
      simple(words);
    }
  }

  // In a shell of its own: what it does to the directory and to variables ends with it.
  void read_apart(std::string_view text, int depth) {
    const auto directory = context_.directory;
    const auto outer = depth_;
    read(text, depth);
    context_.directory = directory;
    depth_ = outer;
  }

  // "$NAME/rest", "${NAME}/rest".
  [[nodiscard]] Word expanded(const syntax::shell::CommandWord& word) const {
    std::string text = word.text;
    if (word.expanded && text.starts_with('$')) {
      const bool braces = text.starts_with("${");
      const auto rest = std::string_view(text).substr(braces ? 2 : 1);
      const auto name = rest.substr(
          0, braces ? std::min(rest.find('}'), rest.size()) : rest.find_first_of("/.-:$*?{}[]%"));
      if (const auto looped = loops_.find(name); looped != loops_.end())
        return {text, false, looped->second};
      if (const auto known = values_.find(name); known != values_.end())
        text = known->second +
               std::string(rest.substr(std::min(name.size() + (braces ? 1 : 0), rest.size())));
    }
    const bool open = text.find_first_of("*?[") != text.npos && text != "[" && text != "[[";
    if (text.find_first_of("$`%") != text.npos || (word.expanded && open) || text == "{}")
      return {text, false, above_wildcard(text)};
    return {text, true, {}};
  }

  void simple(Words words) {
    while (!words.empty() && (is_one_of(words[0].text, kBefore) || assigns(words[0])))
      words = words.subspan(1);
    if (!words.empty()) command(words);
  }

  bool assigns(const Word& word) {
    const auto equals = word.text.find('=');
    if (equals == 0 || equals == word.text.npos || word.text.find('/') < equals ||
        word.text.starts_with('-'))
      return false;
    if (word.known)
      values_.insert_or_assign(word.text.substr(0, equals), word.text.substr(equals + 1));
    return true;
  }

  void command(Words words) {
    if (words.empty() || is_one_of(words[0].text, kNone)) return;
    const auto name = tree::basename(words[0].text);
    const auto rest = words.subspan(1);
    if (name == "for") return loop(rest);
    if (name == "cd") return change(rest);
    if (name == "trap" && !rest.empty()) return read_apart(rest[0].text, depth_ + 1);
    if (is_one_of(name, kBuiltins)) return;
    const bool sources = name == "." || name == "source";
    if (!sources) launch(words[0]);
    if (sources && !rest.empty()) return script(rest);
    if (name == "su" || name == "runuser") return as_user(rest, name == "runuser");
    if (is_one_of(name, kElsewhere)) return;
    if (name == "start-stop-daemon") return daemon(rest);
    if (name == "run-parts") return parts(rest);
    if (name == "find") return search(rest);
    if (const auto* wrapper = entry(kWrappers, name)) return wrapped(*wrapper, rest);
    if (is_one_of(name, kShells)) return shell(rest);
    if (const auto* interpreter = entry(kInterpreters, name)) return interpret(*interpreter, rest);
    if (!is_one_of(name, kHandlers)) arguments(rest);
  }

  // for NAME in WORD...
  void loop(Words words) {
    if (words.empty()) return;
    auto& directories = loops_[words[0].text];
    directories.clear();
    for (const auto& word : words.subspan(1))
      for (const auto& path : word.directories)
        if (directories.size() < kMostDirectories) directories.push_back(path);
  }

  void change(Words words) {
    const bool known = !words.empty() && words[0].known && words[0].text.starts_with('/');
    context_.directory = known ? words[0].text : std::string{};
  }

  // su [-] [-s SHELL] [USER] [-c COMMAND], runuser -u USER [--] COMMAND.
  void as_user(Words words, bool may_name) {
    std::string user = "root";
    const Word* text = nullptr;
    bool named = false;
    while (!words.empty() && (words[0].text.starts_with('-') || !named)) {
      const auto& option = words[0].text;
      const bool takes = option == "-c" || option == "-s" || option == "-g" || option == "-G" ||
                         option == "-w" || option == "--command" || (may_name && option == "-u");
      if (takes && words.size() > 1) {
        if (option == "-u") user = words[1].text;
        if (option == "-c" || option == "--command") text = &words[1];
        named = named || option == "-u";
        words = words.subspan(1);
      } else if (!option.starts_with('-')) {
        user = option;
        named = true;
      }
      words = words.subspan(1);
    }
    if (!is_root(user)) return;
    if (text != nullptr) return read_apart(text->text, depth_ + 1);
    if (may_name) command(words);
  }

  // start-stop-daemon --exec PROGRAM -- ARGUMENT...
  void daemon(Words words) {
    const Word* program = nullptr;
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
      const auto& option = words[i].text;
      if ((option == "--chuid" || option == "-c") && !is_root(words[i + 1].text)) return;
      if (option == "--exec" || option == "-x" || option == "--startas" || option == "-a")
        program = &words[i + 1];
      if (option == "--" && program != nullptr) arguments(words.subspan(i + 1));
    }
    if (program != nullptr) launch(*program);
  }

  void wrapped(const Wrapper& wrapper, Words words) {
    int operands = wrapper.operands;
    while (!words.empty()) {
      const auto& word = words[0].text;
      const bool option = word.size() > 1 && word.starts_with('-');
      if (word == "-c" && wrapper.name == "flock" && words.size() > 1)
        return read_apart(words[1].text, depth_ + 1);
      if (option) {
        if (gives_away(wrapper, words)) return;
        if (takes_word(wrapper.with_argument, word) && words.size() > 1) words = words.subspan(1);
      } else if (word.find('=') == word.npos || !assigns(words[0])) {
        if (operands-- == 0) break;
      }
      words = words.subspan(1);
      if (word == "--" && operands == 0) break;
    }
    simple(words);
  }

  // Whether the word behind the option is its own: -u, -nu, but not -uroot.
  static bool takes_word(std::string_view letters, std::string_view option) {
    if (option == "--user" || option == "--uid" || option == "--property") return true;
    return !option.starts_with("--") && letters.find(option.back()) != letters.npos &&
           option.find_first_of(letters, 1) == option.size() - 1;
  }

  // -u app, -uapp, --user=app, --uid app, -p User=app.
  static bool gives_away(const Wrapper& wrapper, Words words) {
    const std::string_view option = words[0].text;
    const auto next = words.size() > 1 ? std::string_view(words[1].text) : std::string_view{};
    const auto value = [&](std::string_view of) -> std::string_view {
      if (option == of) return next;
      const bool attached = option.starts_with(of) && option.substr(of.size()).starts_with('=');
      return attached ? option.substr(of.size() + 1) : std::string_view{};
    };
    auto user = value("--user");
    if (user.empty()) user = value("--uid");
    auto property = value("--property");
    if (property.empty() && option == "-p") property = next;
    if (wrapper.name == "systemd-run" && property.starts_with("User=")) user = property.substr(5);
    if (wrapper.name == "systemd-run" && option == "--user") return true;  // the user's own manager
    const auto letter = option.starts_with("--") ? option.npos : option.find('u');
    if (wrapper.names_user && letter != option.npos)
      user = letter + 1 == option.size() ? next : option.substr(letter + 1);
    return !user.empty() && !is_root(user);
  }

  void shell(Words words) {
    bool text = false;
    for (; !words.empty() && words[0].text.starts_with('-'); words = words.subspan(1)) {
      const bool letters = !words[0].text.starts_with("--");
      if (letters && words[0].text.find('n') != std::string::npos) return;  // reads it only
      text = text || (letters && words[0].text.find('c') != std::string::npos);
    }
    if (words.empty()) return;
    if (text) return read_apart(words[0].text, depth_ + 1);
    script(words);
  }

  void interpret(const Interpreter& interpreter, Words words) {
    const bool programs = interpreter.name == "sed" || interpreter.name.ends_with("awk");
    for (; !words.empty() && words[0].text.starts_with('-'); words = words.subspan(1)) {
      const std::string_view option = words[0].text;
      if (option == "-f" || option == "--file") return script(words.subspan(1));
      if (option.size() < 2 || option.starts_with("--")) continue;
      if (interpreter.without_script.find(option[1]) != option.npos) return;
      if (option.size() == 2 && interpreter.with_argument.find(option[1]) != option.npos)
        words = words.subspan(words.size() > 1 ? 1 : 0);
    }
    if (!programs) script(words);  // theirs stands on the line
  }

  void script(Words words) {
    if (words.empty()) return;
    const auto& word = words[0];
    if (!word.known) add_directories(word.directories);
    if (word.known) add_relative(word.text);
    arguments(words.subspan(1));
  }

  void launch(const Word& word) {
    if (!word.known) return add_directories(word.directories);
    if (word.text.find('/') == std::string::npos) return search_path(word.text);
    add_relative(word.text);
  }

  void add_relative(std::string_view word) {
    if (word.starts_with('/')) return add(std::string(word), true);
    while (word.starts_with("./")) word.remove_prefix(2);
    if (!context_.directory.empty()) add(tree::join(context_.directory, word), true);
  }

  // Of a program of which nothing is known: the files that it is given may be its orders.
  void arguments(Words words) {
    bool obeyed = false;
    for (const auto& word : words) {
      const auto equals = word.text.find('=');
      const auto option = std::string_view(word.text).substr(0, equals);
      const bool is_option = option.starts_with('-');
      const bool settings = is_option && is_one_of(option, kSettings);
      if (word.known)
        for (const auto piece :
             text::words(equals == word.text.npos ? std::string_view(word.text)
                                                  : std::string_view(word.text).substr(equals + 1)))
          if (piece.starts_with('/'))
            add(std::string(piece.substr(0, piece.find_first_of(",;"))),
                obeyed || (settings && equals != word.text.npos));
      obeyed = settings && equals == word.text.npos;
    }
  }

  // find DIRECTORY... -exec COMMAND {} ;
  void search(Words words) {
    std::vector<std::string> searched;
    bool paths = true;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& word = words[i];
      paths = paths && !word.text.starts_with('-') && word.text != "(" && word.text != "!";
      if (paths && word.known && word.text.starts_with('/')) searched.push_back(word.text);
      if (!is_one_of(word.text, kFindRuns)) continue;
      std::vector<Word> run;
      for (++i; i < words.size() && words[i].text != ";" && words[i].text != "+"; ++i)
        run.push_back(words[i].text == "{}" ? Word{"{}", false, searched} : words[i]);
      command(run);
    }
  }

  void parts(Words words) {
    for (const auto& word : words) {
      if (word.text == "--test" || word.text == "--list") return;
      if (!word.known || !is(word.text, tree::FileType::directory)) continue;
      record({word.text, true, true});
      for (auto& path : tree::glob(tree_, word.text + "/*").paths) add(std::move(path), true);
    }
  }

  [[nodiscard]] bool is(std::string_view path, tree::FileType type) const {
    const auto end = path.starts_with('/') ? tree::resolve(tree_, path) : tree::Resolution{};
    return path.starts_with('/') && end && end.stat.type == type;
  }

  void add(std::string path, bool executed) {
    if (is(path, tree::FileType::regular) && (executed || !is_data(path)))
      record({std::move(path), false, executed});
  }

  // Whoever adds a file to one of them has it run.
  void add_directories(const std::vector<std::string>& directories) {
    for (const auto& path : directories)
      if (is(path, tree::FileType::directory)) record({path, true, true});
  }

  // Whoever writes a directory that is searched before the right one puts a program there.
  void search_path(std::string_view name) {
    for (const auto& directory : context_.path) {
      if (!is(directory, tree::FileType::directory)) continue;
      record({directory, true, true});
      const auto path = tree::join(directory, name);
      if (is(path, tree::FileType::regular)) return add(path, true);
    }
  }

  void record(Run run) {
    if (seen_.emplace(run.path, run.directory, run.executed).second)
      found_.push_back(std::move(run));
  }

  const tree::Tree& tree_;
  CommandContext context_;
  int depth_ = 0;
  std::map<std::string, std::string, std::less<>> values_;              // of variables
  std::map<std::string, std::vector<std::string>, std::less<>> loops_;  // directories, by variable
  std::set<std::tuple<std::string, bool, bool>> seen_;
  std::vector<Run> found_;
};

}  // namespace

std::vector<Run> run_by(const tree::Tree& tree, std::string_view text, CommandContext context) {
  return Commands(tree, std::move(context)).run(text);
}

}  // namespace stackaudit::stack
