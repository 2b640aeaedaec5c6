// Who the workers of a pool are, its directories and logs; fpm_unix.c and fpm_conf.c, observed with
// php-fpm 8.2.
#include "stack/phpfpm/pool.hpp"

#include "stack/phpfpm/pool_listen.hpp"
#include "stack/phpfpm/pool_settings.hpp"
#include "stack/phpfpm/quantity.hpp"
#include "stack/phpfpm/settings.hpp"
#include "stack/pools/prepended.hpp"
#include "stack/runtime_places.hpp"
#include "stack/systemd/log_streams.hpp"
#include "tree/resolve.hpp"

namespace stackaudit::stack::phpfpm {
namespace {

class PoolReader {
 public:
  PoolReader(Survey& survey, const Systemd& systemd, const Master& master, const PoolSection& pool)
      : settings_{survey, systemd, master, pool}, survey_(survey), master_(master), pool_(pool) {}

  void read() {
    if (!pool_.refused && !is_addition())
      for (const auto& problem : check_pool(pool_, starts_as_root()))
        add_problem(survey_, problem.span, "pool", "error", problem.message);
    decide_worker();
    directories();
    logs();
    for (const auto* array : {"php_value", "php_admin_value"})
      for (const auto* name : {"auto_prepend_file", "auto_append_file"})
        if (const auto* setting = pool_.find(array, name);
            setting && setting->value.starts_with('/'))
          add_prepended(survey_, name, settings_.path_of("chroot") + setting->value,
                        settings_.place(setting),
                        {"php-fpm", "php-fpm pool " + pool_.name, worker_});
    const auto listen = read_listener(settings_, pool_.find("listen"), true);
    if (pool_.find("pm.status_listen") != nullptr)
      (void)read_listener(settings_, pool_.find("pm.status_listen"), false);
    Pool row{pool_.name,
             listen,
             actor(),
             settings_.path_of("chdir"),
             master_.ini_directory,
             survey_.place(pool_.span)};
    for (const auto& setting : pool_.settings) {
      const bool php = setting.name.starts_with("php_") && !setting.subkey.empty();
      if (php) check_quantity(survey_, setting.subkey, setting.value, settings_.place(&setting));
      const bool environment = setting.name == "env" && !setting.subkey.empty();
      if (environment && setting.value.starts_with('$')) {
        row.inherits = true;
        continue;
      }
      auto& values = php ? row.php_values : environment ? row.environment : row.settings;
      values[php || environment ? setting.subkey : setting.name] = {settings_.expand(setting.value),
                                                                    settings_.place(&setting)};
    }
    if (auto chroot = settings_.path_of("chroot"); chroot != "/") row.chroot = std::move(chroot);
    if (known_worker_) survey_.pools.push_back(std::move(row));
  }

 private:
  // "[www]" with a few settings, for the pool of this name that the image's package begins.
  [[nodiscard]] bool is_addition() const {
    return !survey_.knows_accounts() && pool_.find("listen") == nullptr &&
           pool_.find("pm") == nullptr;
  }

  // In the files of an image that may start php-fpm as anybody, nothing is known.
  [[nodiscard]] bool starts_as_root() const {
    return master_.is_root() && (master_.unit != nullptr || survey_.knows_accounts());
  }
  [[nodiscard]] Actor actor() const {
    return {"php-fpm", "php-fpm pool " + pool_.name, worker_, master_.actor.fences};
  }
  void decide_worker() {
    facts::Worker row;
    const auto user_set = settings_.expanded("user"), group_set = settings_.expanded("group");
    const auto* user = user_set ? &*user_set : nullptr;
    const auto* group = group_set ? &*group_set : nullptr;
    static_cast<facts::Place&>(row) = settings_.place(user);
    row.service = "php-fpm";
    row.pool = pool_.name;
    row.decided_by = "directive";
    row.root_allowed = master_.root_allowed;
    if (!master_.is_root()) {
      worker_ = master_.actor.who;
      row.decided_by = "unit";
      static_cast<facts::Place&>(row) =
          master_.unit == nullptr ? settings_.place(user) : master_.unit->user_place;
    } else {
      known_worker_ = find_worker(user, group);
    }
    row.user = known_worker_ ? worker_.name : pool_.value("user");
    row.primary_group =
        known_worker_ ? survey_.accounts.group_name(worker_.gid) : pool_.value("group");
    if (known_worker_) {
      row.uid = worker_.uid;
      row.gid = worker_.gid;
      for (const auto gid : worker_.groups)
        if (gid != worker_.gid)
          row.groups += (row.groups.empty() ? "" : " ") + survey_.accounts.group_name(gid);
    }
    if (group != nullptr && master_.is_root()) {
      row.group_path = settings_.place(group).path;
      row.group_line = settings_.place(group).line;
    }
    survey_.facts.add(std::move(row));
  }

  // The principal of `user` and `group`; false where an account is missing or not known here.
  bool find_worker(const Setting* user, const Setting* group) {
    if (user == nullptr) return false;
    if (user->value.empty()) return stays_root(*user);
    bool known = settings_.account(*user, false);
    if (group != nullptr && !group->value.empty()) known = settings_.account(*group, true) && known;
    if (!known) return false;
    std::optional<std::uint32_t> gid;
    if (group != nullptr && !group->value.empty()) gid = settings_.id_of(*group, true);
    const auto uid = settings_.id_of(*user, false);
    const auto* account = uid ? survey_.accounts.user(*uid) : nullptr;
    if (!uid) return false;
    if (account != nullptr)
      worker_ = survey_.accounts.become(*account, gid);
    else
      worker_ = {"#" + user->value, *uid, gid.value_or(*uid), {}, {}};
    return true;
  }

  // An empty user is none: the worker stays what the master is.
  bool stays_root(const Setting& user) {
    worker_ = tree::root_principal();
    if (!master_.root_allowed)
      add_problem(survey_, user.span, "pool", "error",
                  "[pool " + pool_.name + "] please specify user and group other than root");
    return true;
  }

  void directories() {
    if (const auto* prefix = pool_.find("prefix"))
      settings_.directory(*prefix, "prefix",
                          tree::join(master_.prefix, settings_.expand(prefix->value)), true);
    const auto chroot = settings_.path_of("chroot");
    if (!chroot.empty()) settings_.directory(*pool_.find("chroot"), "chroot", chroot, true);
    const auto* chdir = pool_.find("chdir");
    if (chdir == nullptr || chdir->value.empty()) return;
    const auto path =
        chroot.empty() ? settings_.path_of("chdir") : chroot + "/" + settings_.expand(chdir->value);
    settings_.directory(*chdir, "chdir", path, true);
    if (survey_.state_of(path, "directory") == "found" && chroot.empty())
      (void)survey_.open(master_.actor, {tree::Operation::search, path, settings_.place(chdir),
                                         "content", "start", kNoPoolStart, true});
  }

  void log(const Setting* setting, const std::string& path, const Actor& actor, bool required,
           const std::string& effect) {
    if (setting == nullptr || path.empty() || path == "syslog") return;
    if (required) check_log_stream(survey_, master_.unit, path, settings_.place(setting));
    if (is_kernels(path)) return;
    const auto folder = std::string(tree::dirname(path));
    auto row = settings_.reference(*setting, "log-directory", setting->value);
    row.resolved = folder;
    row.state = survey_.state_of(folder, "directory");
    if (row.state == "missing") row.nearest = survey_.nearest_path(folder);
    if (!row.nearest.empty()) row.replacement = tree::join(row.nearest, tree::basename(path));
    row.required = required;
    row.wanted = "directory";
    row.call = "openat";
    row.process = actor.process;
    row.user = actor.who.name;
    row.effect = effect;
    const bool found = row.state == "found";
    survey_.facts.add(std::move(row));
    if (!found) return;
    survey_.note_file(path, "php-fpm", "log");
    (void)survey_.open(actor, {tree::Operation::append, path, settings_.place(setting), "log",
                               required ? "start" : "request", effect, required});
  }

  void logs() {
    const bool slow = pool_.find("request_slowlog_timeout") != nullptr &&
                      pool_.value("request_slowlog_timeout") != "0";
    log(pool_.find("access.log"), settings_.path_of("access.log"), master_.actor, true,
        kNoPoolStart);
    if (slow)
      log(pool_.find("slowlog"), settings_.path_of("slowlog"), master_.actor, true, kNoPoolStart);
    if (!known_worker_ || !settings_.path_of("chroot").empty()) return;
    for (const auto* name : {"php_admin_value", "php_value"})
      if (const auto* setting = pool_.find(name, "error_log");
          setting != nullptr && setting->value.starts_with('/'))
        log(setting, settings_.expand(setting->value), actor(), false,
            "errors of PHP are not logged there");
  }

  PoolSettings settings_;
  Survey& survey_;
  const Master& master_;
  const PoolSection& pool_;
  tree::Principal worker_;
  bool known_worker_ = true;
};

}  // namespace

void read_pool(Survey& survey, const Systemd& systemd, const Master& master,
               const PoolSection& pool) {
  PoolReader(survey, systemd, master, pool).read();
}

}  // namespace stackaudit::stack::phpfpm
