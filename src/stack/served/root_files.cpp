// Directories of programs and repositories are not entered; of some a file tells what they are.
#include "stack/served/root_files.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

namespace stackaudit::stack::served {
namespace {

constexpr std::size_t kMaxNames = 60'000;  // below one document root
constexpr int kMaxDepth = 10;
// Scripts that are asked for as text: of the document root itself, of one directory below it.
constexpr std::size_t kMostScripts = 40, kScriptsBelow = 2;
constexpr std::array<std::string_view, 10> kSkipped{
    "node_modules", "vendor", "cache", "wp-includes", "wp-admin",
    "simplepie",    ".git",   ".svn",  ".hg",         ".bzr"};
// Of these directories, which are not entered, what tells.
constexpr std::array<std::string_view, 7> kOfSkipped{
    ".git/config",
    ".git/HEAD",
    ".svn/wc.db",
    ".svn/entries",
    ".hg/requires",
    ".bzr/branch-format",
    "vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php"};

// Behind a link in a document root: whole, and with all that is below them.
constexpr std::array<std::string_view, 6> kSystemDirectories{"/",    "/home",    "/var",
                                                             "/usr", "/var/lib", "/opt"};
constexpr std::array<std::string_view, 7> kSystemTrees{
    "/etc", "/root", "/proc", "/sys", "/var/log", "/var/backups", "/var/spool"};
// Single files that applications do keep outside of the document root are in /etc, too.
constexpr std::array<std::string_view, 3> kSystemFiles{"/root", "/var/log", "/var/backups"};

bool is_of_system(std::string_view path, bool directory) {
  const auto below = [&](std::string_view tree) { return tree::is_within(path, tree); };
  if (!directory) return std::ranges::any_of(kSystemFiles, below);
  return std::ranges::find(kSystemDirectories, path) != kSystemDirectories.end() ||
         std::ranges::any_of(kSystemTrees, below);
}

class Walk {
 public:
  Walk(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  RootFiles run() {
    pending_.push_back({path_, "", 0, false});
    while (!pending_.empty()) {
      const auto next = std::move(pending_.front());
      pending_.pop_front();
      enter(next);
    }
    return std::move(files_);
  }

 private:
  struct Directory {
    std::string path, relative;
    int depth = 0;
    bool linked = false;
  };

  void enter(const Directory& directory) {
    const auto names = survey_.tree.list(directory.path);
    if (!names) return;
    std::size_t scripts = directory.depth == 0 ? kMostScripts : kScriptsBelow;
    for (const auto& name : *names) {
      if (++names_ > kMaxNames) return stop(directory.path);
      const auto path = tree::join(directory.path, name);
      const auto stat = survey_.tree.lstat(path);
      if (!stat) continue;
      if (stat->type == tree::FileType::directory) {
        for (const auto file : kOfSkipped)
          if (file.starts_with(name + "/")) file_at(directory, std::string(file));
        if (std::ranges::find(kSkipped, name) == kSkipped.end())
          later({path, below(directory, name), directory.depth + 1, directory.linked});
      } else if (stat->type == tree::FileType::regular) {
        file_at(directory, name);
        if (name.ends_with(".php") && scripts > 0 && !directory.linked) {
          --scripts;
          files_.scripts.push_back(path);
        }
      } else if (stat->type == tree::FileType::symlink) {
        link_at(directory, name);
      }
    }
  }

  static std::string below(const Directory& directory, const std::string& name) {
    return directory.relative.empty() ? name : directory.relative + "/" + name;
  }

  void later(Directory directory) {
    if (directory.depth <= kMaxDepth) pending_.push_back(std::move(directory));
  }

  void file_at(const Directory& directory, const std::string& name) {
    const auto path = tree::join(directory.path, name);
    if (survey_.state_of(path, "file") != "found") return;
    auto relative = below(directory, name);
    if (auto kind = kind_of_file(survey_.tree, path, relative))
      files_.candidates.push_back({path, std::move(relative), *std::move(kind), directory.linked});
  }

  // A part of the system behind it is told of as a whole; what is somewhere else is walked, too.
  void link_at(const Directory& directory, const std::string& name) {
    const auto path = tree::join(directory.path, name);
    const auto end = tree::resolve(survey_.tree, path);
    if (!end) return;
    const bool leads_on = end.stat.type == tree::FileType::directory;
    if (!leads_on && end.stat.type != tree::FileType::regular) return;
    auto relative = below(directory, name);
    if (is_of_system(end.path, leads_on)) {
      if (leads_on) relative += '/';
      files_.candidates.push_back(
          {path, std::move(relative), {"system-link", end.path, false}, true});
    } else if (leads_on && !tree::is_within(end.path, path_) && linked_.insert(end.path).second) {
      later({end.path, std::move(relative), directory.depth + 1, true});
    }
  }

  void stop(const std::string& where) {
    if (!pending_.empty() || names_ == kMaxNames + 1)
      survey_.blind(
          Survey::whole_file(path_), "served_file", where,
          "more than " + std::to_string(kMaxNames) + " names: the rest was not looked at");
    pending_.clear();
  }

  Survey& survey_;
  std::string path_;
  std::deque<Directory> pending_;
  std::set<std::string> linked_;  // where links lead
  RootFiles files_;
  std::size_t names_ = 0;
};

}  // namespace

RootFiles files_below(Survey& survey, const std::string& document_root) {
  return Walk(survey, document_root).run();
}

}  // namespace stackaudit::stack::served
