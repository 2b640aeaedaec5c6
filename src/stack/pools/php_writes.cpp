// What PHP must be able to write: sessions, uploads on their way in, and the uploads of WordPress;
// and what of the system it must be able to read.
#include "stack/pools/php_runtime.hpp"
#include "stack/runtime_places.hpp"
#include "text/mode.hpp"
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
  std::string chroot{};
};

const IniValue* value_of(const Survey& survey, const Php& php, std::string_view name) {
  const auto* value = php.own == nullptr ? nullptr : find(*php.own, name);
  return value != nullptr ? value : find(survey.ini_of(php.ini_directory), name);
}

// "2;0600;/var/lib/php/sessions": depth, mode and directory.
std::string directory_of(std::string_view save_path) {
  return std::string(save_path.substr(save_path.rfind(';') + 1));
}

// Directories below the one that is named, a level of one letter each, which PHP does not make.
bool has_levels(std::string_view save_path) {
  return save_path.find(';') != std::string_view::npos && save_path[0] >= '1' &&
         save_path[0] <= '9';
}

// What is made anew at each boot, or comes and goes, says nothing of the day of the audit.
bool is_fleeting(std::string_view path) {
  return is_made_at_run_time(path) || tree::is_within(path, "/tmp");
}

class Writes {
 public:
  Writes(Survey& survey, const Systemd& systemd) : survey_(survey), systemd_(systemd) {}

  void state(const Php& php) {
    const auto* handler = value_of(survey_, php, "session.save_handler");
    if (handler == nullptr || handler->value.empty() || handler->value == "files")
      sessions(php, kDebianSessions);
    else
      handler_extension(php, *handler);
    uploads_on_their_way(php, shared_temp(php));
    directory(php, "sys_temp_dir", "temp", "",
              "tempnam() and tmpfile() fail, and uploads with them");
    error_log(php);
    system_files(php);
  }

  // The directories that one value of its own names.
  void named(const Php& php) {
    if (php.own->contains("session.save_path")) sessions(php, "");
    if (php.own->contains("upload_tmp_dir")) uploads_on_their_way(php, "");
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

  // Debian's unit gives Apache a /tmp of its own.
  static std::string_view shared_temp(const Php& php) { return php.own != nullptr ? "/tmp" : ""; }

  // What the C library and OpenSSL read for PHP, as its user.
  void system_files(const Php& php) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFiles{
        {{"/etc/hosts", "names of /etc/hosts are not found, localhost among them"},
         {"/etc/resolv.conf", "no name of another host is found"},
         {"/etc/nsswitch.conf", "names and accounts are looked up otherwise than is said there"},
         {"/etc/passwd", "accounts have no names"},
         {"/etc/ssl/certs/ca-certificates.crt", "https to other hosts fails"}}};
    for (const auto& [file, effect] : kFiles) {
      const auto path = php.chroot + std::string(file);
      if (survey_.state_of(path, "file") == "found")
        survey_.open(php.actor, {tree::Operation::read, path, Survey::whole_file(path), "system",
                                 "request", std::string(effect), false});
    }
  }

  void sessions(const Php& php, std::string_view otherwise) {
    directory(php, "session.save_path", "session", otherwise,
              "session_start() fails: nobody stays logged in");
  }

  void uploads_on_their_way(const Php& php, std::string_view otherwise) {
    directory(php, "upload_tmp_dir", "upload", otherwise,
              "uploads fail: error 6 or 7, or /tmp is used");
  }

  void directory(const Php& php, std::string_view name, std::string_view purpose,
                 std::string_view otherwise, const std::string& effect) {
    const auto* set = value_of(survey_, php, name);
    auto path = set == nullptr ? std::string(otherwise) : directory_of(set->value);
    if (path.empty() && set != nullptr) path = otherwise;
    if (!path.starts_with('/')) return;
    path.insert(0, php.chroot);
    const auto state = survey_.state_of(path, "directory");
    const auto* made = systemd_.made_at_boot(tree::normalize(path));
    if (set != nullptr && state == "missing" && made != nullptr)
      return of_boot(php, *set, name, *made, effect);
    if (set != nullptr && state != "found") return missing(php, *set, name, path, state, effect);
    if (state != "found") return;
    if (set != nullptr && name == "session.save_path" && has_levels(set->value) &&
        survey_.state_of(path + "/0", "directory") == "missing")
      return missing(php, *set, name, path + "/0", "missing", effect);
    survey_.open(php.actor, {tree::Operation::create, path + "/new",
                             set == nullptr ? Survey::whole_file(path) : set->place,
                             std::string(purpose), "request", effect, false});
  }

  // A directory that will be there, for whom its maker says.
  void of_boot(const Php& php, const IniValue& set, std::string_view name,
               const BootDirectory& made, const std::string& effect) {
    const auto* user = survey_.accounts.user(made.user);
    const auto* group = survey_.accounts.group(made.group);
    const auto& who = php.actor.who;
    if (user == nullptr || group == nullptr || who.capabilities.dac_override) return;
    tree::Stat stat;
    stat.mode = made.mode;
    stat.uid = user->uid;
    stat.gid = group->gid;
    constexpr unsigned kWriteAndSearch = 3;
    if ((tree::rights_of(who, stat, {}) & kWriteAndSearch) == kWriteAndSearch) return;
    auto& row = survey_.add_problem(
        made.place.value_or(set.place),
        {.service = "php",
         .language = "ini",
         .code = "boot-directory",
         .severity = "warning",
         .message = made.path + " is made with mode " + text::octal(made.mode) + " for " +
                    made.user + ":" + made.group + ", and " + php.actor.process + ", as " +
                    who.name + ", may not write there: " + effect,
         .help = "let " + who.name + " own it: a line of tmpfiles.d, d " + made.path + " 0700 " +
                 who.name});
    Survey::relate(row, set.place, std::string(name) + " names it");
  }

  // Of a pool's own setting the reader of pools knows.
  void error_log(const Php& php) {
    if (php.own != nullptr && php.own->contains("error_log")) return;
    const auto* set = value_of(survey_, php, "error_log");
    if (set == nullptr || !set->value.starts_with('/')) return;
    const auto folder = php.chroot + std::string(tree::dirname(set->value));
    const auto state = survey_.state_of(folder, "directory");
    const std::string effect = "the errors of PHP are not logged there";
    if (state != "found") return missing(php, *set, "error_log", folder, state, effect);
    survey_.open(php.actor, {tree::Operation::append, php.chroot + set->value, set->place, "log",
                             "request", effect, false});
  }

  // Handlers that only an extension brings, which has the same name.
  void handler_extension(const Php& php, const IniValue& handler) {
    static constexpr std::array<std::string_view, 3> kHandlers{"redis", "memcached", "memcache"};
    if (std::ranges::find(kHandlers, handler.value) == kHandlers.end()) return;
    const auto sapi = tree::basename(php.ini_directory);
    for (const auto& row : survey_.facts.rows<facts::PhpExtension>())
      if (row.sapi == sapi && row.name == handler.value) return;
    missing(php, handler, "session.save_handler", handler.value, "missing",
            "session_start() fails: Cannot find session save handler");
  }

  void missing(const Php& php, const IniValue& set, std::string_view name, const std::string& path,
               const std::string& state, const std::string& effect) {
    if (state == "unseen" || is_fleeting(path)) return;
    if (!told_.insert(set.place.path + ':' + std::to_string(set.place.line.value_or(0))).second)
      return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = set.place;
    row.service = "php";
    row.kind = name;
    row.as_written = set.value;
    row.resolved = path;
    row.state = state;
    row.required = false;
    row.wanted = path.starts_with('/') ? "directory" : "extension";
    row.process = php.actor.process;
    row.user = php.actor.who.name;
    row.call = "openat";
    row.effect = effect;
    if (path.starts_with('/') && state == "missing") row.nearest = survey_.nearest_path(path);
    survey_.facts.add(std::move(row));
  }

  std::set<std::string> told_;
  Survey& survey_;
  const Systemd& systemd_;
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
      all.push_back({pool.worker, pool.ini_directory, &pool.php_values, pool.chroot});
  return all;
}

// php_admin_value and php_value of Apache's files: of a virtual host, a directory, a .htaccess.
void values_of_apache(const Survey& survey, const Php& apache, Writes& writes) {
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (row.service != "apache" || (row.name != "php_admin_value" && row.name != "php_value"))
      continue;
    const auto blank = std::min(row.args.find(' '), row.args.size());
    const IniValues own{
        {row.args.substr(0, blank), {row.args.substr(std::min(blank + 1, row.args.size())), row}}};
    writes.named({apache.actor, apache.ini_directory, &own});
  }
}

// Whom the PHP of a site runs as: "mod_php", or the address of a pool.
const Actor* runner(const Survey& survey, const DocumentRoot& root) {
  if (root.php == "mod_php") return survey.apache_child ? &*survey.apache_child : nullptr;
  const auto pool = std::ranges::find(survey.pools, root.php, &Pool::listen);
  return pool == survey.pools.end() ? nullptr : &pool->worker;
}

// Whether its code may run the installation: it has it, or nothing else has, and this is a part.
bool may_run(const Survey& survey, const DocumentRoot& root, const facts::Wordpress& site) {
  if (tree::is_within(site.root, root.path)) return true;
  return tree::is_within(root.path, site.root) &&
         std::ranges::none_of(survey.document_roots, [&](const DocumentRoot& other) {
           return !other.php.empty() && tree::is_within(site.root, other.path);
         });
}

// wp-content where wp-config.php says that it is: nothing of it is found by whoever may not enter.
void enter_content(Survey& survey, const facts::Wordpress& site, const Actor& actor) {
  const auto config = tree::resolve(survey.tree, site.config).path;
  const auto constants = survey.facts.rows<facts::PhpConstant>();
  for (const auto& row : constants) {
    if (row.path != config || row.name != "WP_CONTENT_DIR" || !row.value) continue;
    for (const auto* below : {"", "/plugins", "/themes"}) {
      const auto path = tree::normalize(*row.value) + below;
      if (!path.starts_with('/') || survey.state_of(path, "directory") != "found") continue;
      const auto verdict =
          survey.open(actor, {tree::Operation::search, path, row, "php", "request",
                              "WordPress finds no theme and no plugin: blank pages", true});
      if (verdict.error != 0) return;
    }
  }
}

}  // namespace

void find_php_writes(Survey& survey, const Systemd& systemd) {
  Writes writes(survey, systemd);
  for (const auto& php : all_php(survey)) {
    writes.state(php);
    if (php.own == nullptr) values_of_apache(survey, php, writes);
  }
  std::set<std::pair<std::string, std::string>> done;
  const auto sites = survey.facts.rows<facts::Wordpress>();
  for (const auto& site : sites)
    for (const auto& root : survey.document_roots) {
      const auto* actor = may_run(survey, root, site) ? runner(survey, root) : nullptr;
      if (actor == nullptr || actor->who.uid == 0 ||
          !done.emplace(site.root, actor->process).second)
        continue;
      writes.uploads(site.root, *actor);
      enter_content(survey, site, *actor);
    }
}

void find_expected_writers(Survey& survey, const std::vector<ExpectedWriter>& writers) {
  for (const auto& [file, name] : writers) {
    const auto* user = survey.accounts.user(name);
    if (user == nullptr || survey.state_of(file, "file") != "found") continue;
    // An editor that writes a new file beside the old one needs the directory.
    if (tree::may(survey.tree, survey.accounts, survey.accounts.become(*user),
                  tree::Operation::replace, file))
      continue;
    survey.open({"policy", "whoever the policy names", survey.accounts.become(*user)},
                {tree::Operation::write, file, Survey::whole_file(file), "policy-writer", "request",
                 name + " cannot change what the policy lets him change", false});
  }
}

}  // namespace stackaudit::stack
