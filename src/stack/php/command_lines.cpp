// Which of a text's simple commands start a script of PHP.
#include "stack/php/command_lines.hpp"

#include "syntax/shell/simple_commands.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

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

using Word = syntax::shell::CommandWord;

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
    syntax::shell::SimpleCommands commands(text);
    while (const auto each = commands.next()) {
      for (const auto& word : each->words) substituted(text, word);
      if (!each->words.empty()) command(each->words);
      if (each->ends_line) asked_ = false;
    }
    return std::move(found_);
  }

 private:
  // $(...) and `...`: a shell of its own, in the same place.
  void substituted(std::string_view text, const Word& word) {
    if (depth_ >= kDeepest) return;
    for (const auto& [begin, end] : word.inner)
      take(
          Reader(tree_, starter_, shift_ + begin, depth_ + 1).run(text.substr(begin, end - begin)));
  }

  void take(std::vector<PhpCommand> inner) {
    for (auto& each : inner) {
      each.asked = each.asked || asked_;
      found_.push_back(std::move(each));
    }
  }

  void command(const std::vector<Word>& words) {
    std::size_t first = 0;
    while (first < words.size() && is_assignment(words[first])) ++first;
    if (first == words.size()) return;
    const auto& name = words[first];
    if (name.text == "[" || name.text == "test" || name.text == "[[") asked_ = true;
    if (name.text == "cd" && first + 1 < words.size()) return change(words[first + 1]);
    auto starter = starter_;
    auto at = first;
    if (text::is_one_of(tree::basename(name.text), kBefore)) at = behind(words, first, starter);
    if (at < words.size() && is_php(words[at])) return script(words, at, std::move(starter));
    if (at < words.size() && text::is_one_of(tree::basename(words[at].text), kShells))
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
      if (is_php(words[i]) || text::is_one_of(tree::basename(words[i].text), kShells)) return i;
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
      take(Reader(tree_, starter, shift_ + word.begin + 1, depth_ + 1).run(word.text));
    }
  }

  // /opt/shop/bin/console: PHP, if its first line says so.
  void program(const Word& word, const Starter& starter) {
    const bool named = word.text.find('/') != std::string::npos && !word.expanded;
    if (!named || (!word.text.starts_with('/') && starter.directory.empty())) return;
    const auto path =
        word.text.starts_with('/') ? word.text : tree::join(starter.directory, word.text);
    auto by = interpreter(tree_, path);
    const auto known = found_.size();
    if (by.find("php") != std::string::npos) add(word, "php", starter);
    if (found_.size() > known) found_.back().interpreter = std::move(by);
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
  syntax::shell::SimpleCommands commands(text);
  while (const auto each = commands.next())
    for (const auto& word : each->words)
      if (!word.expanded && word.text.starts_with('/') &&
          is_shell_line(interpreter(tree, word.text)))
        found.push_back(word.text);
  return found;
}

}  // namespace stackaudit::stack::php
