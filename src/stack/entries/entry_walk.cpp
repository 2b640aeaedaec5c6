// Copies in doc/, backups and snippets of a configuration do not become servers of their own: a
// name, a directory and a content must all speak for it.
#include "stack/entries/entry_walk.hpp"

#include "stack/entries/known_places.hpp"
#include "stack/entries/recognise.hpp"
#include "stack/in_parallel.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr int kMaxDirectoryDepth = 12;
constexpr std::size_t kMaxVisited = 200'000;  // names looked at below one target

// Directories that are not entered when they are met on a walk; a target itself always is.
constexpr std::array<std::string_view, 15> kClosedPaths{
    "/boot",        "/dev",       "/lost+found", "/proc",        "/run",
    "/sys",         "/tmp",       "/var/tmp",    "/var/cache",   "/var/lib/dpkg",
    "/usr/include", "/usr/share", "/usr/lib",    "/usr/libexec", "/usr/src"};
constexpr std::array<std::string_view, 23> kClosedNames{
    ".git",     ".hg",        ".svn",      "alternatives", "audit",        "backup",
    "backups",  "credstore",  "doc",       "docs",         "example",      "examples",
    "fixtures", "lost+found", "pam.d",     "polkit-1",     "node_modules", "sample",
    "samples",  "ssh",        "sudoers.d", "ssl",          "testdata"};

class Walk {
 public:
  Walk(Survey& survey, std::string target) : survey_(survey), target_(std::move(target)) {}

  Found run() {
    known_places();
    pending_.push_back({target_, 0});
    while (!pending_.empty()) {
      const auto next = pending_.front();
      pending_.pop_front();
      enter(next);
    }
    return std::move(found_);
  }

 private:
  struct Directory {
    std::string path;
    int depth = 0;
  };

  void known_places() {
    for (auto& [kind, path] : stack::known_places(survey_.tree))
      if (tree::is_within(path, target_) && tree::resolve(survey_.tree, path) && !is_leftover(path))
        found_.known.push_back({std::move(kind), std::move(path), false});
  }

  // Debian once shipped an empty httpd.conf beside apache2.conf.
  [[nodiscard]] bool is_leftover(std::string_view path) const {
    return tree::basename(path) == "httpd.conf" &&
           tree::resolve(survey_.tree, tree::join(tree::dirname(path), "apache2.conf"));
  }

  void enter(const Directory& directory) {
    const auto end = tree::resolve(survey_.tree, directory.path);
    if (!end || end.stat.type != tree::FileType::directory || !seen_.insert(end.path).second)
      return;
    if (directory.depth > 0 && text::is_one_of(end.path, kClosedPaths)) return;
    const auto names = survey_.tree.list(end.path);
    if (!names) {
      survey_.blind(Survey::whole_file(directory.path), "service", directory.path,
                    "directory not searched for entry points: " + tree::errno_words(names.error()),
                    true);
      return;
    }
    // Asked for at once, the answers wait in the tree.
    in_parallel(0, names->size(), 128, [&](std::size_t i) {
      (void)survey_.tree.lstat(tree::join(end.path, (*names)[i]));
    });
    for (const auto& name : *names) {
      if (++visited_ > kMaxVisited) return stop(directory.path);
      look_at(directory, end.path, name);
    }
  }

  void stop(const std::string& where) {
    survey_.blind(Survey::whole_file(where), "service", target_,
                  "more than " + std::to_string(kMaxVisited) +
                      " names: the rest was not searched for entry points");
    pending_.clear();
  }

  void look_at(const Directory& directory, const std::string& canonical, const std::string& name) {
    const auto path = tree::join(directory.path, name);
    const auto end = tree::resolve(survey_.tree, tree::join(canonical, name));
    if (!end) return;
    if (end.stat.type == tree::FileType::directory) return queue(directory, path, end.path, name);
    if (end.stat.type != tree::FileType::regular) return;
    if (name == "wp-settings.php") found_.wordpress.push_back({"wordpress", canonical, false});
    if (name.ends_with(".php")) found_.php.insert(canonical);
    if (is_container_file(name) && !name.ends_with(".dockerignore"))
      found_.walked.push_back({"container", path, false});
    if (is_compose_file(name)) found_.walked.push_back({"compose", path, false});
    const auto kind = kind_of_main_file(name);
    if (kind.empty() || is_leftover(path)) return;
    if (directory.depth == 0 || is_home_of(kind, directory.path))
      (looks_like(path, kind) ? found_.walked : found_.unlike).push_back({kind, path});
    else if (is_whole(survey_, path, kind))
      found_.loose.push_back({kind, path});
  }

  void queue(const Directory& directory, const std::string& path, const std::string& canonical,
             const std::string& name) {
    if (name == "conf.d" && is_agent_directory(tree::basename(directory.path)))
      found_.walked.push_back({"datadog", path, false});
    if (is_passed_over(name) || tree::is_within(target_, canonical)) return;
    if (directory.depth + 1 > kMaxDirectoryDepth) {
      survey_.blind(Survey::whole_file(path), "service", path,
                    "too deep: not searched for entry points");
      return;
    }
    pending_.push_back({path, directory.depth + 1});
  }

  static bool is_agent_directory(std::string_view name) {
    return name == "datadog-agent" || name == "dd-agent";
  }

  [[nodiscard]] bool looks_like(const std::string& path, const std::string& kind) const {
    const auto content = tree::read_file(survey_.tree, path, kRecogniseLimit);
    return !content || kind_of_content(*content) == kind;
  }

  Survey& survey_;
  std::string target_;
  Found found_;
  std::deque<Directory> pending_;
  std::set<std::string> seen_;
  std::size_t visited_ = 0;
};

}  // namespace

bool is_passed_over(std::string_view name) {
  return text::is_one_of(name, kClosedNames);
}

Found walk_target(Survey& survey, const std::string& target) {
  return Walk(survey, target).run();
}

bool is_whole(const Survey& survey, const std::string& path, std::string_view kind) {
  const auto content = tree::read_file(survey.tree, path, kRecogniseLimit);
  return content && is_main_content(*content, kind);
}

}  // namespace stackaudit::stack
