// What logrotate leaves behind: a new log that its writer may not open, and a server that was not
// told and goes on writing into the old one. logrotate(8), "create" and "postrotate".
#include "stack/jobs/job_files.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/net.hpp"
#include "text/mode.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

namespace stackaudit::stack {
namespace {

// By which a server is told as well as by its pid file.
constexpr std::array<std::string_view, 10> kTelling{
    "systemctl", "invoke-rc.d", "service ",  "rc-service",    "kill",
    "-s reopen", "graceful",    "nginx -s ", "supervisorctl", "/etc/init.d/"};
// Words by which a script looks before it reads the pid file.
constexpr std::array<std::string_view, 5> kGuards{"[ ", "test ", "if ", "pgrep", "2>"};

class Rotation {
 public:
  Rotation(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  void read() {
    const auto blocks = rotation_blocks(survey_, path_);
    if (!blocks) return;
    for (const auto& block : *blocks) {
      for (const auto& line : block.commands) command(block, line);
      judge(block);
      renames(block);
    }
  }

 private:
  [[nodiscard]] facts::Place at(std::int64_t line) const {
    auto place = Survey::whole_file(path_);
    place.line = line;
    return place;
  }

  // The new file belongs to whom the last "create MODE OWNER GROUP" says.
  void judge(const RotationBlock& block) {
    const auto is_create = [](const RotationLine& line) {
      const auto words = text::words(line.text);
      return words[0] == "create" && words.size() > 3;
    };
    const auto create =
        std::ranges::find_if(block.directives.rbegin(), block.directives.rend(), is_create);
    if (create == block.directives.rend()) return;
    auto words = text::words(create->text);
    words.erase(words.begin());
    tree::Stat stat;
    stat.type = tree::FileType::regular;
    const auto mode = text::read_octal(words[0]);
    const auto* owner = survey_.accounts.user(words[1]);
    const auto* group = survey_.accounts.group(words[2]);
    if (!mode || owner == nullptr || group == nullptr) return;
    stat.mode = *mode;
    stat.uid = owner->uid;
    stat.gid = group->gid;
    for (const auto& row : survey_.facts.rows<facts::Access>())
      if (concerned(row, block) && !may_write(row, stat)) return refused(row, *create);
  }

  // "su USER GROUP": that account renames the logs, with no other group than root's besides.
  void renames(const RotationBlock& block) {
    const auto says = [&](std::string_view word) {
      return std::ranges::find_if(block.directives, [&](const RotationLine& line) {
        return text::words(line.text)[0] == word;
      });
    };
    const auto su = says("su");
    if (su == block.directives.end() || says("olddir") != block.directives.end()) return;
    const auto words = text::words(su->text);
    const auto* user = words.size() > 1 ? survey_.accounts.user(words[1]) : nullptr;
    const auto* group = words.size() > 2 ? survey_.accounts.group(words[2]) : nullptr;
    if (user == nullptr || group == nullptr || user->uid == 0) return;
    const tree::Principal who{user->name, user->uid, group->gid, {0}, {}};
    for (const auto& log : block.logs) {
      const std::string folder(tree::dirname(log));
      if (tree::has_wildcard(folder) || survey_.state_of(folder, "directory") != "found") continue;
      const auto verdict = tree::may(survey_.tree, survey_.accounts, who, tree::Operation::create,
                                     tree::join(folder, "rotated.1"));
      if (verdict.error != EACCES) continue;
      survey_.add_problem(at(su->number),
                          {.service = "logrotate",
                           .language = "text",
                           .code = "rotated-log",
                           .severity = "warning",
                           .message = "failed to rename " + log + ": " + std::string(words[1]) +
                                      ":" + std::string(words[2]) + " may not write in " + folder +
                                      ", and nothing is rotated",
                           .help = "name whoever may write in " + folder + " behind su"});
      return;
    }
  }

  [[nodiscard]] static bool concerned(const facts::Access& row, const RotationBlock& block) {
    if (row.purpose != "log" || row.operation == "read" || row.uid.value_or(0) == 0 || !row.allowed)
      return false;
    return rotates(block, row.target);
  }

  [[nodiscard]] static bool rotates(const RotationBlock& block, std::string_view path) {
    return std::ranges::any_of(block.logs, [&](const std::string& log) {
      return tree::dirname(log) == tree::dirname(path) &&
             tree::matches(tree::basename(log), tree::basename(path));
    });
  }

  // Whether the block takes a log of the service, and no other line of its scripts tells anybody.
  [[nodiscard]] bool only_this_tells(const RotationBlock& block, const RotationLine& line,
                                     std::string_view service) const {
    const bool others = std::ranges::any_of(block.commands, [&](const RotationLine& each) {
      return each.number != line.number && text::contains_any(each.text, kTelling);
    });
    return !others &&
           std::ranges::any_of(survey_.facts.rows<facts::Access>(), [&](const auto& row) {
             return row.purpose == "log" && row.service == service && rotates(block, row.target);
           });
  }

  [[nodiscard]] bool may_write(const facts::Access& row, const tree::Stat& stat) const {
    const auto* user = survey_.accounts.user(row.user);
    if (user == nullptr) return true;
    return (tree::rights_of(survey_.accounts.become(*user), stat, {}) & 2U) != 0;
  }

  void refused(const facts::Access& row, const RotationLine& create) {
    const auto words = text::words(create.text);
    std::string given;
    for (std::size_t i = 0; i < 4; ++i) given.append(words[i]).append(" ");
    survey_.add_problem(
        at(create.number),
        {.service = "logrotate",
         .language = "text",
         .code = "rotated-log",
         .severity = "warning",
         .message = "after the first rotation " + row.process + ", as " + row.user +
                    ", may not write " + row.target + ": " + given + "gives it to others",
         .help = "create 0640 " + row.user + " adm"});
  }

  // kill -USR1 `cat /run/nginx/nginx.pid`: without the file nobody is told. A line that looks first
  // whether the file is there may be one of several, of which one is right.
  void command(const RotationBlock& block, const RotationLine& of_script) {
    const std::string_view line = of_script.text;
    const auto pid = line.find(".pid");
    if (pid == std::string_view::npos || line.find("kill") == std::string_view::npos) return;
    const auto begin = line.find_last_of(" \t`(\"'=", pid);
    const auto path = line.substr(begin + 1, pid + 4 - (begin + 1));
    if (!path.starts_with('/') || path.find('$') != std::string_view::npos) return;
    const auto wanted = canonical_socket(survey_.tree, path);
    std::string other, service;
    for (const auto& row : survey_.facts.rows<facts::Access>()) {
      if (row.purpose != "pid") continue;
      const auto written = canonical_socket(survey_.tree, row.target);
      if (written == wanted) return;
      if (tree::basename(written) != tree::basename(wanted)) continue;
      other = written;
      service = row.service;
    }
    const bool looks = std::ranges::any_of(block.commands, [&](const RotationLine& each) {
      const bool before = each.number < of_script.number && text::contains(each.text, path);
      return (before || each.number == of_script.number) && text::contains_any(each.text, kGuards);
    });
    if (other.empty() || (looks && !only_this_tells(block, of_script, service))) return;
    survey_.add_problem(at(of_script.number),
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
};

}  // namespace

void check_rotation(Survey& survey) {
  for (const auto& path : rotation_files(survey.tree)) Rotation(survey, path).read();
}

}  // namespace stackaudit::stack
