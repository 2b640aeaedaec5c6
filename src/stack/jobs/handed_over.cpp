// tmpfiles.d(5): every line with an owner is carried out at each boot, on what is there already,
// too, whatever was put right by hand in between.
#include "stack/jobs/jobs.hpp"
#include "stack/systemd/boot.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;
// Types that set owner and mode of what is there already; of the others a copy or a link is only
// made where there is none.
constexpr std::string_view kSetting = "dDvqQezZfFwm";
constexpr std::string_view kChanging = "zZ";
constexpr std::array<std::string_view, 3> kServers{"nginx", "apache", "php-fpm"};

class HandedOver {
 public:
  explicit HandedOver(Survey& survey) : survey_(survey) {
    for (const auto& row : survey.facts.rows<facts::File>())
      if (row.role == "configuration" && text::is_one_of(row.service, kServers))
        files_.push_back(&row);
  }

  void run() {
    for (const auto& path : tree::glob(survey_.tree, "/etc/tmpfiles.d/*.conf").paths)
      if (const auto content = tree::read_file(survey_.tree, path, kLimit))
        for (const auto& line : text::lines(*content)) take(path, line);
  }

 private:
  void take(const std::string& file, const text::Line& line) {
    const auto words = text::words(line.text);
    if (words.size() < 3 || !words[1].starts_with('/') || words[1].find('%') != words[1].npos)
      return;
    if (kSetting.find(words[0][0]) == kSetting.npos || !is_boot_line(words[0], words[2])) return;
    if (kChanging.find(words[0][0]) != kChanging.npos) changed(file, line, words);
    const auto* user =
        words.size() > 3 && words[3] != "-" ? survey_.accounts.user(words[3]) : nullptr;
    const bool when_made = words[2].starts_with(':');  // and not of what is there
    const auto mode = when_made ? 0 : boot_mode(words[2]).value_or(0);
    const bool everybody = (mode & 2U) != 0 && (mode & 01000U) == 0;
    if (!everybody && (user == nullptr || user->uid == 0)) return;
    for (const auto& path : tree::glob(survey_.tree, std::string(words[1])).paths)
      if (hands_over(file, line, path, everybody ? "everybody" : user->name)) return;
  }

  // z and Z with a mode, which Z gives to the directories and to the files below them alike.
  void changed(const std::string& file, const text::Line& line,
               const std::vector<std::string_view>& words) {
    const auto mode = words[2].find(':') == words[2].npos ? boot_mode(words[2]) : std::nullopt;
    if (!mode) return;
    for (const auto& path : tree::glob(survey_.tree, std::string(words[1])).paths) {
      const auto end = tree::resolve(survey_.tree, path);
      if (!end || end.stat.type != tree::FileType::directory) continue;
      auto stat = end.stat;
      stat.mode = *mode;
      const auto* user = words.size() > 3 ? survey_.accounts.user(words[3]) : nullptr;
      const auto* group = words.size() > 4 ? survey_.accounts.group(words[4]) : nullptr;
      if (user != nullptr) stat.uid = user->uid;
      if (group != nullptr) stat.gid = group->gid;
      if (shuts_out(file, line, end.path, stat)) return;
    }
  }

  // Somebody goes through the directory today who will not after the next boot.
  bool shuts_out(const std::string& file, const text::Line& line, const std::string& path,
                 const tree::Stat& stat) {
    for (const auto& row : survey_.facts.rows<facts::Access>()) {
      if (!row.allowed || row.uid.value_or(0) == 0 || row.target == path ||
          !tree::is_within(row.target, path))
        continue;
      const auto* user = survey_.accounts.user(row.user);
      if (user == nullptr || (tree::rights_of(survey_.accounts.become(*user), stat, {}) & 1U) != 0)
        continue;
      auto place = Survey::whole_file(file);
      place.line = line.number;
      auto& problem = survey_.add_problem(
          place, {.service = "tmpfiles",
                  .language = "ini",
                  .code = "boot-shuts-out",
                  .severity = "warning",
                  .message = "each boot gives " + path + " a mode by which " + row.process +
                             ", as " + row.user + ", may not enter it",
                  .help = "say the mode of directories with a tilde, ~0750: files get none of the "
                          "x that they do not have"});
      Survey::relate(problem, row, row.user + " opens " + row.target + " here");
      return true;
    }
    return false;
  }

  // Whoever owns a file, or a directory above it, may put another in its place.
  bool hands_over(const std::string& file, const text::Line& line, const std::string& path,
                  const std::string& to) {
    const auto mine = std::ranges::find_if(files_, [&](const facts::File* row) {
      return tree::is_within(row->path, path) && row->owner != to;
    });
    if (mine == files_.end()) return false;
    auto place = Survey::whole_file(file);
    place.line = line.number;
    survey_.add_problem(
        place, {.service = "tmpfiles",
                .language = "ini",
                .code = "boot-hands-over",
                .severity = "warning",
                .message = "each boot makes " + path + " writable for " + to + ", and with it " +
                           (*mine)->path + ", which root's " + (*mine)->service + " obeys",
                .help = "let root own it: take owner and mode out of the line"});
    return true;
  }

  Survey& survey_;
  std::vector<const facts::File*> files_;
};

}  // namespace

void find_handed_over(Survey& survey) {
  HandedOver(survey).run();
}

}  // namespace stackaudit::stack
