// Walks each document root once, bounded, and asks the sites that serve it.
#include "stack/served/served.hpp"

#include "stack/served/kinds.hpp"
#include "stack/served/serving.hpp"
#include "text/suggest.hpp"
#include "tree/access.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

using namespace served;

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

struct Candidate {
  std::string path;
  std::string relative;  // to the document root, as its URL has it
  Kind kind;
  bool linked = false;  // a link of the document root leads there
};

class Root {
 public:
  Root(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  std::vector<Candidate> candidates() {
    pending_.push_back({path_, "", 0, false});
    while (!pending_.empty()) {
      const auto next = std::move(pending_.front());
      pending_.pop_front();
      enter(next);
    }
    return std::move(found_);
  }

  // Some of the PHP files, those of the document root first; after candidates().
  [[nodiscard]] const std::vector<std::string>& scripts() const { return scripts_; }

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
          scripts_.push_back(path);
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
      found_.push_back({path, std::move(relative), *std::move(kind), directory.linked});
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
      found_.push_back({path, std::move(relative), {"system-link", end.path, false}, true});
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
  std::vector<Candidate> found_;
  std::vector<std::string> scripts_;
  std::size_t names_ = 0;
};

class Finder {
 public:
  explicit Finder(Survey& survey) : survey_(survey) {
    for (const auto& worker : survey.facts.rows<facts::Worker>())
      if (worker.service == "nginx" && worker.uid)
        if (const auto* account = survey.accounts.user(static_cast<std::uint32_t>(*worker.uid)))
          nginx_worker_ = survey.accounts.become(
              *account,
              worker.gid ? std::optional(static_cast<std::uint32_t>(*worker.gid)) : std::nullopt);
  }

  void run() {
    std::map<std::string, std::vector<const DocumentRoot*>> roots;
    for (const auto& root : survey_.document_roots)
      if (root.path != "/") roots[root.path].push_back(&root);
    const auto aliased = aliased_roots();
    for (const auto& root : aliased)
      if (!roots.contains(root.path)) roots[root.path].push_back(&root);
    for (const auto& [path, sites] : roots) {
      Root root(survey_, path);
      for (const auto& candidate : root.candidates()) ask(candidate, sites);
      ask_source(root.scripts(), path, sites);
      later_log(path, sites);
    }
  }

 private:
  // What `location /a/ { alias /b/; }` serves beside the root of the site.
  std::vector<DocumentRoot> aliased_roots() {
    std::vector<DocumentRoot> roots;
    const auto is_alias = [](const facts::Directive& row) {
      return row.service == "nginx" && row.name == "alias" && row.args.starts_with('/');
    };
    if (std::ranges::none_of(survey_.facts.rows<facts::Directive>(), is_alias)) return roots;
    const auto& blocks = survey_.blocks("nginx");
    for (const auto& site : survey_.facts.rows<facts::Site>()) {
      const auto* server = site.service == "nginx" ? blocks.block_of(site, "server") : nullptr;
      if (server == nullptr) continue;
      for (const auto* location : blocks.children(server->id)) {
        auto url = location->args;
        if (url.starts_with("^~ ")) url.erase(0, 3);
        if (location->name != "location" || !url.starts_with('/')) continue;
        while (url.ends_with('/')) url.pop_back();
        for (const auto* row : blocks.children(location->id)) {
          if (row->name != "alias" || !row->args.starts_with('/')) continue;
          const auto end = tree::resolve(survey_.tree, row->args);
          if (!end || end.stat.type != tree::FileType::directory || end.path == "/") continue;
          roots.push_back({end.path, "nginx", *row, "", site.id, url});
          aliases_.insert(row->id);
        }
      }
    }
    return roots;
  }

  void ask(const Candidate& candidate, const std::vector<const DocumentRoot*>& sites) {
    for (const auto* root : sites) {
      const auto delivery = deliver(*root, tree::join(root->path, candidate.relative),
                                    root->url + "/" + candidate.relative);
      auto kind = candidate.kind;
      // A picture with code in it is run where a handler is given to pictures, and may be
      // elsewhere.
      kind.when_run = kind.when_run || (kind.kind == "upload-php" && delivery == Delivery::run);
      const auto wanted = kind.when_run ? Delivery::run : Delivery::text;
      if (delivery != wanted) continue;
      if (!kind.when_run && !readable(*root, candidate.path)) continue;
      if (candidate.linked && !follows_links(root->service)) continue;
      // A repository is mended as a whole.
      const bool whole = candidate.kind.kind == "repository";
      const auto told = whole ? std::string(tree::dirname(candidate.path)) : candidate.path;
      if (!told_.insert(told).second) return;
      add(*root, Survey::whole_file(told), root->url + "/" + candidate.relative, kind);
      return;
    }
  }

  // PHP that nginx hands to nobody is sent as it is: told once, where the directory is named.
  void ask_source(const std::vector<std::string>& scripts, const std::string& path,
                  const std::vector<const DocumentRoot*>& sites) {
    for (const auto* root : sites) {
      if (root->service != "nginx") continue;
      for (const auto& script : scripts) {
        const auto url = root->url + script.substr(path.size());
        if (deliver(*root, script, url) != Delivery::text || !readable(*root, script) ||
            !is_php_source(survey_.tree, script))
          continue;
        return add(*root, naming(*root), url, {"php-as-text", script, false});
      }
    }
  }

  // The `root` of the server block, where it has one of its own.
  [[nodiscard]] facts::Place naming(const DocumentRoot& root) {
    const auto& all = survey_.facts.rows<facts::Site>();
    const auto site = std::ranges::find(all, root.site, &facts::Site::id);
    const auto& blocks = survey_.blocks("nginx");
    const auto* server =
        root.url.empty() && site != all.end() ? blocks.block_of(*site, "server") : nullptr;
    if (server != nullptr)
      for (const auto* row : blocks.children(server->id))
        if (row->name == "root") return *row;
    return root.place;
  }

  Delivery deliver(const DocumentRoot& root, const std::string& path, const std::string& url) {
    const auto& all = survey_.facts.rows<facts::Site>();
    const auto site = std::ranges::find(all, root.site, &facts::Site::id);
    if (site == all.end()) return Delivery::unknown;
    if (root.service == "apache") {
      const auto& blocks = survey_.blocks("apache");
      return apache_delivery(blocks, blocks.block_of(*site, "virtualhost"), path, url);
    }
    const auto& blocks = survey_.blocks("nginx");
    const auto* server = blocks.block_of(*site, "server");
    return server == nullptr ? Delivery::unknown : nginx_delivery(blocks, *server, url, &aliases_);
  }

  // Settings of single directories are not weighed: one that restrains links counts for all.
  [[nodiscard]] bool follows_links(std::string_view service) const {
    const auto restrains = [](const facts::Directive& row) {
      if (row.name == "disable_symlinks") return row.args != "off";
      if (row.name != "options") return false;
      const auto options = text::lower(row.args);
      return options.find("-followsymlinks") != options.npos ||
             options.find("symlinksifownermatch") != options.npos || options == "none";
    };
    return std::ranges::none_of(
        survey_.facts.rows<facts::Directive>(),
        [&](const facts::Directive& row) { return row.service == service && restrains(row); });
  }

  [[nodiscard]] bool readable(const DocumentRoot& root, const std::string& path) const {
    const auto* who = root.service == "nginx" ? (nginx_worker_ ? &*nginx_worker_ : nullptr)
                      : survey_.apache_child  ? &survey_.apache_child->who
                                              : nullptr;
    if (who == nullptr) return true;
    return tree::may(survey_.tree, survey_.accounts, *who, tree::Operation::read, path).error == 0;
  }

  void add(const DocumentRoot& root, const facts::Place& place, const std::string& url,
           const Kind& kind) {
    facts::ServedFile row;
    static_cast<facts::Place&>(row) = place;
    row.kind = kind.kind;
    row.service = root.service;
    row.document_root = root.path;
    row.url = url;
    row.delivery = kind.when_run ? "run" : "text";
    row.detail = kind.detail;
    survey_.facts.add(std::move(row));
  }

  // WP_DEBUG_LOG as true writes wp-content/debug.log: not there yet, and served once it is.
  void later_log(const std::string& path, const std::vector<const DocumentRoot*>& sites) {
    for (const auto& wordpress : survey_.facts.rows<facts::Wordpress>()) {
      if (!tree::is_within(wordpress.root, path)) continue;
      const auto log = wordpress.root + "/wp-content/debug.log";
      if (survey_.state_of(log, "file") == "found") continue;
      const facts::PhpConstant* on = nullptr;
      bool debug = false;
      for (const auto& constant : survey_.facts.rows<facts::PhpConstant>()) {
        if (constant.path != wordpress.config) continue;
        if (constant.name == "WP_DEBUG_LOG" && constant.value == "1") on = &constant;
        if (constant.name == "WP_DEBUG" && constant.value == "1") debug = true;
      }
      if (on == nullptr || !debug) continue;
      for (const auto* root : sites) {
        const auto url = root->url + log.substr(path.size());
        if (deliver(*root, log, url) == Delivery::text && told_.insert(log).second)
          add(*root, *on, url, {"log", "written by WP_DEBUG_LOG", false});
      }
    }
  }

  Survey& survey_;
  std::optional<tree::Principal> nginx_worker_;
  std::set<std::string> told_;
  std::set<std::int64_t> aliases_;  // rows that are followed as roots of their own
};

}  // namespace

void find_served_files(Survey& survey) {
  if (!survey.document_roots.empty()) Finder(survey).run();
}

}  // namespace stackaudit::stack
