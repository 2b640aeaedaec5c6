// What logrotate leaves behind: a new log that its writer may not open, and a server that was not
// told and goes on writing into the old one. logrotate(8), "create" and "postrotate".
#include "stack/crossing.hpp"
#include "stack/net.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;
constexpr std::array<std::string_view, 5> kScripts{"postrotate", "prerotate", "firstaction",
                                                   "lastaction", "preremove"};
// Words by which a script looks before it reads the pid file.
constexpr std::array<std::string_view, 5> kGuards{"[ ", "test ", "if ", "pgrep", "2>"};

struct Block {
  std::vector<std::string> logs;
  std::string create;  // the words behind it; "-": it is not said
  std::int64_t create_line = 0;
};

class Rotation {
 public:
  Rotation(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  void read() {
    const auto content = tree::read_file(survey_.tree, path_, kSmall);
    if (!content) return;
    bool inside = false;
    for (const auto& line : text::lines(*content)) {
      const auto words = text::words(line.text);
      if (words.empty() || words[0][0] == '#') continue;
      if (script_) {
        script_ = words[0] != "endscript";
        if (script_) command(line);
      } else if (inside) {
        if (words[0].ends_with('}')) judge();
        inside = !words[0].ends_with('}');
        directive(words, line.number);
      } else {
        header(words);
        inside = line.text.find('{') != std::string_view::npos;
      }
    }
  }

 private:
  [[nodiscard]] facts::Place at(std::int64_t line) const {
    auto place = Survey::whole_file(path_);
    place.line = line;
    return place;
  }

  void header(const std::vector<std::string_view>& words) {
    for (auto word : words) {
      std::string path(word);
      std::erase_if(path, [](char c) { return c == '"' || c == '\'' || c == '{'; });
      if (path.starts_with('/')) block_.logs.push_back(std::move(path));
    }
  }

  void directive(const std::vector<std::string_view>& words, std::int64_t line) {
    if (std::ranges::find(kScripts, words[0]) != kScripts.end()) script_ = true;
    if (words[0] != "create" || words.size() < 4) return;
    block_.create_line = line;
    block_.create.clear();
    for (std::size_t i = 1; i < 4; ++i) block_.create += std::string(words[i]) + " ";
  }

  // The new file belongs to whom the line says.
  void judge() {
    const auto block = std::exchange(block_, {});
    const auto words = text::words(block.create);
    if (words.size() < 3) return;
    tree::Stat stat;
    stat.type = tree::FileType::regular;
    const auto [end, error] =
        std::from_chars(words[0].data(), words[0].data() + words[0].size(), stat.mode, 8);
    const auto* owner = survey_.accounts.user(words[1]);
    const auto* group = survey_.accounts.group(words[2]);
    if (error != std::errc{} || owner == nullptr || group == nullptr) return;
    stat.uid = owner->uid;
    stat.gid = group->gid;
    for (const auto& row : survey_.facts.rows<facts::Access>())
      if (concerned(row, block) && !may_write(row, stat)) return refused(row, block);
  }

  [[nodiscard]] static bool concerned(const facts::Access& row, const Block& block) {
    if (row.purpose != "log" || row.uid.value_or(0) == 0 || !row.allowed) return false;
    return std::ranges::any_of(block.logs, [&](const std::string& log) {
      return tree::dirname(log) == tree::dirname(row.target) &&
             tree::matches(tree::basename(log), tree::basename(row.target));
    });
  }

  [[nodiscard]] bool may_write(const facts::Access& row, const tree::Stat& stat) const {
    const auto* user = survey_.accounts.user(row.user);
    if (user == nullptr) return true;
    return (tree::rights_of(survey_.accounts.become(*user), stat, {}) & 2U) != 0;
  }

  void refused(const facts::Access& row, const Block& block) {
    survey_.add_problem(at(block.create_line),
                        {.service = "logrotate",
                         .language = "text",
                         .code = "rotated-log",
                         .severity = "warning",
                         .message = "after the first rotation " + row.process + ", as " + row.user +
                                    ", may not write " + row.target + ": create " + block.create +
                                    "gives it to others",
                         .help = "create 0640 " + row.user + " adm"});
  }

  // kill -USR1 `cat /run/nginx/nginx.pid`: without the file nobody is told.
  void command(const text::Line& line) {
    if (std::ranges::any_of(kGuards,
                            [&](auto word) { return line.text.find(word) != line.text.npos; }))
      return;
    const auto pid = line.text.find(".pid");
    if (pid == std::string_view::npos || line.text.find("kill") == std::string_view::npos) return;
    const auto begin = line.text.find_last_of(" \t`(\"'=", pid);
    const auto path = line.text.substr(begin + 1, pid + 4 - (begin + 1));
    if (!path.starts_with('/') || path.find('$') != std::string_view::npos) return;
    const auto wanted = canonical_socket(survey_.tree, path);
    std::string other;
    for (const auto& row : survey_.facts.rows<facts::Access>()) {
      if (row.purpose != "pid") continue;
      const auto written = canonical_socket(survey_.tree, row.target);
      if (written == wanted) return;
      if (tree::basename(written) == tree::basename(wanted)) other = written;
    }
    if (other.empty()) return;
    survey_.add_problem(at(line.number),
                        {.service = "logrotate",
                         .language = "text",
                         .code = "rotated-pid",
                         .severity = "warning",
                         .message = "no service writes " + std::string(path) +
                                    ": nobody is told of the rotation, and the server goes on "
                                    "writing into the old file",
                         .help = "the pid is in " + other});
  }

  Survey& survey_;
  std::string path_;
  Block block_;
  bool script_ = false;
};

}  // namespace

void check_rotation(Survey& survey) {
  for (const auto& path : tree::glob(survey.tree, "/etc/logrotate.d/*").paths)
    Rotation(survey, path).read();
}

}  // namespace stackaudit::stack
