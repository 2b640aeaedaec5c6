// Words and separators of sh(1) without its grammar, as far as a command needs them that starts a
// script.
#include "stack/php/command_lines.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace stackaudit::stack::php {
namespace {

constexpr std::size_t kProgramLimit = 256U << 10U;
constexpr int kDeepest = 2;  // sh -c 'su -c "..."'

// They run the command among their arguments.
constexpr auto kBefore = std::to_array<std::string_view>(
    {"sudo", "nice", "ionice", "nohup", "exec", "time", "timeout", "flock", "env", "chronic",
     "setsid", "then", "do", "else", "if", "runuser", "chrt", "!", "while"});
constexpr auto kShells = std::to_array<std::string_view>({"sh", "bash", "dash", "su", "runuser"});
// Options of php(1) with an argument of their own, and those behind which no script follows.
constexpr std::string_view kWithArgument = "cdz", kWithoutScript = "rBREFSmivhsw";

struct Word {
  std::string text;  // without its quotes
  std::size_t begin = 0, end = 0;
  bool expanded = false;  // $x, `x`, *
};

struct Line {
  std::vector<Word> words;
  bool ends = false;  // a newline follows
};

// One simple command after the other.
class Words {
 public:
  explicit Words(std::string_view text) : text_(text) {}

  std::optional<Line> next() {
    Line line;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#' && line.words.empty())
        at_ = std::min(text_.find('\n', at_), text_.size());
      else if (c == ' ' || c == '\t' || c == '\r')
        ++at_;
      else if (c == '\\' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n')
        at_ += 2;
      else if (kEnds.find(c) != kEnds.npos) {
        ++at_;
        line.ends = c == '\n';
        if (line.ends || !line.words.empty()) return line;
      } else if (c == '<' || c == '>')
        redirection();
      else
        line.words.push_back(word());
    }
    if (line.words.empty()) return std::nullopt;
    return line;
  }

 private:
  void redirection() {
    at_ = std::min(text_.find_first_not_of("<>&", at_), text_.size());
    at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size());
    if (at_ < text_.size() && kEnds.find(text_[at_]) == kEnds.npos) (void)word();
  }

  Word word() {
    Word word;
    word.begin = at_;
    for (char quote = '\0'; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == quote) {
        quote = '\0';
      } else if (quote == '\0' && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '\\' && quote != '\'' && at_ + 1 < text_.size()) {
        word.text += text_[++at_];
      } else if (quote == '\0' &&
                 (kEnds.find(c) != kEnds.npos || kBlanks.find(c) != kBlanks.npos)) {
        break;
      } else {
        word.expanded = word.expanded || (quote != '\'' && (c == '$' || c == '`')) ||
                        (quote == '\0' && (c == '*' || c == '?' || c == '{' || c == '~'));
        word.text += c;
      }
    }
    word.end = at_;
    return word;
  }

  static constexpr std::string_view kEnds = "\n;|&()", kBlanks = " \t\r<>";

  std::string_view text_;
  std::size_t at_ = 0;
};

template <class Table>
bool is_among(const Table& table, std::string_view name) {
  return std::ranges::find(table, name) != table.end();
}

bool is_php(const Word& word) {
  auto name = tree::basename(word.text);
  if (word.expanded || !name.starts_with("php")) return false;
  name.remove_prefix(name.starts_with("php-cgi") ? 7 : 3);
  return name.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_assignment(const Word& word) {
  const auto equals = word.text.find('=');
  return equals != std::string::npos && equals > 0 && word.text.find('/') > equals;
}

// The first line of a program, behind #!.
std::string interpreter(const tree::Tree& tree, std::string_view path) {
  const auto text = tree::read_file(tree, path, kProgramLimit);
  if (!text || !text->starts_with("#!")) return {};
  return text->substr(2, text->find('\n') - 2);
}

bool is_shell_line(std::string_view line) {
  return line.find("/sh") != line.npos || line.find("bash") != line.npos ||
         line.find("dash") != line.npos;
}

class Reader {
 public:
  Reader(const tree::Tree& tree, Starter starter, std::size_t shift, int depth)
      : tree_(tree), starter_(std::move(starter)), shift_(shift), depth_(depth) {}

  std::vector<PhpCommand> run(std::string_view text) {
    Words words(text);
    while (auto line = words.next()) {
      if (!line->words.empty()) command(line->words);
      if (line->ends) asked_ = false;
    }
    return std::move(found_);
  }

 private:
  void command(const std::vector<Word>& words) {
    std::size_t first = 0;
    while (first < words.size() && is_assignment(words[first])) ++first;
    if (first == words.size()) return;
    const auto& name = words[first];
    if (name.text == "[" || name.text == "test" || name.text == "[[") asked_ = true;
    if (name.text == "cd" && first + 1 < words.size()) return change(words[first + 1]);
    auto starter = starter_;
    auto at = first;
    if (is_among(kBefore, tree::basename(name.text))) at = behind(words, first, starter);
    if (at < words.size() && is_php(words[at])) return script(words, at, std::move(starter));
    if (at < words.size() && is_among(kShells, tree::basename(words[at].text)))
      return nested(words, at, std::move(starter));
    if (at < words.size()) program(words[at], starter);
  }

  // The command that sudo and its kin run: PHP or a shell wherever it stands, else the first word
  // with a slash.
  static std::size_t behind(const std::vector<Word>& words, std::size_t first, Starter& starter) {
    std::size_t found = words.size();
    for (auto i = first + 1; i < words.size(); ++i) {
      if ((words[i].text == "-u" || words[i].text == "--user") && i + 1 < words.size())
        starter.user = words[i + 1].text;
      if (is_php(words[i]) || is_among(kShells, tree::basename(words[i].text))) return i;
      if (words[i].text.starts_with('/') && words[i].text.find(".lock") == std::string::npos &&
          !words[i].text.starts_with("/run/") && !words[i].text.starts_with("/tmp/"))
        found = std::min(found, i);
    }
    return found;
  }

  void change(const Word& to) {
    if (to.expanded || to.text.empty() || to.text == "-")
      starter_.directory.clear();
    else if (to.text.starts_with('/'))
      starter_.directory = tree::normalize(to.text);
    else if (!starter_.directory.empty())
      starter_.directory = tree::normalize(tree::join(starter_.directory, to.text));
  }

  void script(const std::vector<Word>& words, std::size_t php, Starter starter) {
    for (auto i = php + 1; i < words.size(); ++i) {
      const std::string_view word = words[i].text;
      if (word == "-f" || word == "--file" || word == "--") continue;
      if (word.starts_with("-f") && word.size() > 2) return;
      if (word.size() > 1 && word[0] == '-') {
        if (word[1] == '-' || kWithoutScript.find(word[1]) != word.npos) return;
        const std::string_view setting =
            word == "-d" && i + 1 < words.size() ? words[i + 1].text : word.substr(2);
        if (word[1] == 'd' && setting.starts_with("include_path="))
          starter.searches_elsewhere = true;
        if (word.size() == 2 && kWithArgument.find(word[1]) != word.npos) ++i;
        continue;
      }
      return add(words[i], std::string(tree::basename(words[php].text)), std::move(starter));
    }
  }

  void add(const Word& word, std::string program, Starter starter) {
    if (word.expanded || word.text.empty() || word.text.find('%') != std::string::npos) return;
    if (!word.text.starts_with('/') && starter.directory.empty()) return;
    auto path = word.text.starts_with('/') ? word.text : tree::join(starter.directory, word.text);
    found_.push_back({std::move(program), tree::normalize(path), std::move(starter),
                      shift_ + word.begin, shift_ + word.end, asked_});
  }

  // sh -c "...", su USER -c "...".
  void nested(const std::vector<Word>& words, std::size_t shell, Starter starter) {
    const bool su = words[shell].text.ends_with("su") || words[shell].text.ends_with("runuser");
    for (auto i = shell + 1; i < words.size(); ++i) {
      const auto& word = words[i];
      const bool follows = i > shell + 1 && words[i - 1].text == "-c";
      if (su && !follows && !word.text.starts_with('-') && words[i - 1].text != "-s")
        starter.user = word.text;
      if (su && word.text.starts_with('-') && (word.text == "-" || word.text == "-l"))
        starter.directory.clear();
      if (!follows || depth_ >= kDeepest) continue;
      Reader inner(tree_, starter, shift_ + word.begin + 1, depth_ + 1);
      for (auto& each : inner.run(word.text)) {
        each.asked = each.asked || asked_;
        found_.push_back(std::move(each));
      }
    }
  }

  // /opt/shop/bin/console: PHP, if its first line says so.
  void program(const Word& word, const Starter& starter) {
    const bool named = word.text.find('/') != std::string::npos && !word.expanded;
    if (!named || (!word.text.starts_with('/') && starter.directory.empty())) return;
    const auto path =
        word.text.starts_with('/') ? word.text : tree::join(starter.directory, word.text);
    if (interpreter(tree_, path).find("php") != std::string::npos) add(word, "php", starter);
  }

  const tree::Tree& tree_;
  Starter starter_;
  std::size_t shift_;
  int depth_;
  bool asked_ = false;
  std::vector<PhpCommand> found_;
};

}  // namespace

std::vector<PhpCommand> php_commands(const tree::Tree& tree, std::string_view text,
                                     Starter starter) {
  return Reader(tree, std::move(starter), 0, 0).run(text);
}

std::vector<std::string> shell_scripts(const tree::Tree& tree, std::string_view text) {
  std::vector<std::string> found;
  Words words(text);
  while (const auto line = words.next())
    for (const auto& word : line->words)
      if (!word.expanded && word.text.starts_with('/') &&
          is_shell_line(interpreter(tree, word.text)))
        found.push_back(word.text);
  return found;
}

}  // namespace stackaudit::stack::php
