// What PHP must be able to write: sessions, uploads on their way in, and the uploads of WordPress.
#include "stack/crossing.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// A process that runs PHP, and the values that count for it.
struct Php {
  Actor actor;
  std::string ini_directory;
  const IniValues* own = nullptr;  // of the pool
};

const IniValue* value_of(const Survey& survey, const Php& php, std::string_view name) {
  if (php.own != nullptr)
    if (const auto it = php.own->find(name); it != php.own->end()) return &it->second;
  const auto ini = survey.php_ini.find(php.ini_directory);
  if (ini == survey.php_ini.end()) return nullptr;
  const auto it = ini->second.find(name);
  return it == ini->second.end() ? nullptr : &it->second;
}

// "2;0600;/var/lib/php/sessions": depth, mode and directory.
std::string directory_of(std::string_view save_path) {
  return std::string(save_path.substr(save_path.rfind(';') + 1));
}

class Writes {
 public:
  explicit Writes(Survey& survey) : survey_(survey) {}

  void state(const Php& php) {
    const auto* handler = value_of(survey_, php, "session.save_handler");
    if (handler == nullptr || handler->value.empty() || handler->value == "files")
      directory(php, "session.save_path", "session", kDebianSessions,
                "session_start() fails: nobody stays logged in");
    directory(php, "upload_tmp_dir", "upload", "", "uploads fail: error 6 or 7, or /tmp is used");
  }

  // uploads and what is there of its years and months.
  void uploads(const std::string& root, const Actor& actor) {
    const auto top = tree::join(root, "wp-content/uploads");
    std::vector<std::string> directories{top};
    for (std::size_t i = 0; i < directories.size() && directories.size() < kMaxDirectories; ++i) {
      const auto here = directories[i];
      const auto end = tree::resolve(survey_.tree, here);
      if (!end || end.stat.type != tree::FileType::directory) continue;
      const auto verdict = survey_.open(
          actor, {tree::Operation::create, here + "/upload", Survey::whole_file(end.path), "upload",
                  "request", "WordPress cannot store what is uploaded", false});
      if (verdict.error != 0) return;
      if (const auto names = survey_.tree.list(end.path))
        for (const auto& name : *names)
          if (name.find_first_not_of("0123456789") == std::string::npos)
            directories.push_back(here + "/" + name);
    }
  }

 private:
  static constexpr std::string_view kDebianSessions = "/var/lib/php/sessions";
  static constexpr std::size_t kMaxDirectories = 200;

  void directory(const Php& php, std::string_view name, std::string_view purpose,
                 std::string_view otherwise, const std::string& effect) {
    const auto* set = value_of(survey_, php, name);
    auto path = set == nullptr ? std::string(otherwise) : directory_of(set->value);
    if (path.empty() && set != nullptr) path = otherwise;
    if (!path.starts_with('/') || survey_.state_of(path, "directory") != "found") return;
    survey_.open(php.actor, {tree::Operation::create, path + "/new",
                             set == nullptr ? Survey::whole_file(path) : set->place,
                             std::string(purpose), "request", effect, false});
  }

  Survey& survey_;
};

std::vector<Php> all_php(const Survey& survey) {
  std::vector<Php> all;
  if (survey.apache_child)
    for (const auto& [directory, values] : survey.php_ini)
      if (tree::basename(directory) == "apache2") {
        all.push_back({*survey.apache_child, directory, nullptr});
        all.back().actor.service = "php";
        break;
      }
  for (const auto& pool : survey.pools)
    if (std::ranges::none_of(
            all, [&](const Php& php) { return php.actor.process == pool.worker.process; }))
      all.push_back({pool.worker, pool.ini_directory, &pool.php_values});
  return all;
}

// Whom the PHP of a site runs as: "mod_php", or the address of a pool.
const Actor* runner(const Survey& survey, const DocumentRoot& root) {
  if (root.php == "mod_php") return survey.apache_child ? &*survey.apache_child : nullptr;
  const auto pool = std::ranges::find(survey.pools, root.php, &Pool::listen);
  return pool == survey.pools.end() ? nullptr : &pool->worker;
}

}  // namespace

void find_php_writes(Survey& survey) {
  Writes writes(survey);
  for (const auto& php : all_php(survey)) writes.state(php);
  std::set<std::pair<std::string, std::string>> done;
  const auto sites = survey.facts.rows<facts::Wordpress>();
  for (const auto& site : sites)
    for (const auto& root : survey.document_roots) {
      if (!tree::is_within(site.root, root.path) && !tree::is_within(root.path, site.root))
        continue;
      const auto* actor = runner(survey, root);
      if (actor != nullptr && actor->who.uid != 0 && done.emplace(site.root, actor->process).second)
        writes.uploads(site.root, *actor);
    }
}

}  // namespace stackaudit::stack
