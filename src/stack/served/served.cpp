// Asks of what lies below each document root the sites that serve it.
#include "stack/served/served.hpp"

#include "stack/served/root_files.hpp"
#include "stack/served/serving.hpp"
#include "text/suggest.hpp"
#include "tree/access.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

using namespace served;

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
      const auto files = files_below(survey_, path);
      for (const auto& candidate : files.candidates) ask(candidate, sites);
      ask_used_secrets(path, sites);
      ask_source(files.scripts, path, sites);
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

  // Whatever their names: the files of passwords and keys that a server reads by its configuration.
  void ask_used_secrets(const std::string& path, const std::vector<const DocumentRoot*>& sites) {
    for (const auto& row : survey_.facts.rows<facts::Reference>()) {
      const bool passwords = row.kind == "password-file";
      if ((!passwords && row.kind != "key") || row.state != "found") continue;
      const auto end = tree::resolve(survey_.tree, row.resolved);
      if (!end || end.path == path || !tree::is_within(end.path, path)) continue;
      const auto relative = end.path.substr(path == "/" ? 1 : path.size() + 1);
      ask({end.path,
           relative,
           {"password-file", passwords ? "passwords" : "a private key", false},
           false},
          sites);
    }
  }

  // PHP that nginx hands to nobody is sent as it is: told once, where the directory is named, and
  // once for each location that takes it from the one which runs PHP.
  void ask_source(const std::vector<std::string>& scripts, const std::string& path,
                  const std::vector<const DocumentRoot*>& sites) {
    std::set<std::pair<std::string, std::optional<std::int64_t>>> places;
    for (const auto* root : sites) {
      if (root->service != "nginx") continue;
      for (const auto& script : scripts) {
        const auto url = root->url + script.substr(path.size());
        const auto taken = taken_by(*root, url);
        if (taken.delivery != Delivery::text || !readable(*root, script) ||
            !is_php_source(survey_.tree, script))
          continue;
        const facts::Place place =
            taken.location != nullptr ? facts::Place(*taken.location) : naming(*root);
        if (places.insert({place.path, place.line}).second)
          add(*root, place, url, {"php-as-text", script, false});
        if (taken.location == nullptr) return;
      }
    }
  }

  // What nginx does with a URL, and the location that takes it, where another one runs PHP.
  Taken taken_by(const DocumentRoot& root, const std::string& url) {
    const auto& blocks = survey_.blocks("nginx");
    const auto* server = server_of(root);
    if (server == nullptr) return {};
    auto taken = nginx_taken(blocks, *server, url, &aliases_);
    const auto* all = taken.location;
    const bool prefers =
        all != nullptr &&
        (all->args.starts_with("^~") || all->args.starts_with('~') || all->args.starts_with('='));
    if (!prefers || !root.url.empty() || !runs_php(blocks, server->id)) taken.location = nullptr;
    return taken;
  }

  static bool runs_php(const Blocks& blocks, std::int64_t server) {
    return std::ranges::any_of(blocks.children(server), [&](const auto* row) {
      return row->name == "location" &&
             std::ranges::any_of(blocks.children(row->id),
                                 [](const auto* in) { return in->name == "fastcgi_pass"; });
    });
  }

  const facts::Directive* server_of(const DocumentRoot& root) {
    const auto& all = survey_.facts.rows<facts::Site>();
    const auto site = std::ranges::find(all, root.site, &facts::Site::id);
    return site == all.end() ? nullptr : survey_.blocks("nginx").block_of(*site, "server");
  }

  // The `root` of the server block, where it has one of its own.
  [[nodiscard]] facts::Place naming(const DocumentRoot& root) {
    const auto* server = root.url.empty() ? server_of(root) : nullptr;
    if (server != nullptr)
      for (const auto* row : survey_.blocks("nginx").children(server->id))
        if (row->name == "root") return *row;
    return root.place;
  }

  Delivery deliver(const DocumentRoot& root, const std::string& path, const std::string& url) {
    if (root.service == "nginx") {
      const auto* server = server_of(root);
      return server == nullptr
                 ? Delivery::unknown
                 : nginx_taken(survey_.blocks("nginx"), *server, url, &aliases_).delivery;
    }
    const auto& all = survey_.facts.rows<facts::Site>();
    const auto site = std::ranges::find(all, root.site, &facts::Site::id);
    if (site == all.end()) return Delivery::unknown;
    const auto& blocks = survey_.blocks("apache");
    return apache_delivery(blocks, blocks.block_of(*site, "virtualhost"), path, url);
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
