// fpm_unix.c, fpm_sockets.c and fpm_conf.c, observed with php-fpm 8.2.
#include "stack/phpfpm/pool.hpp"

#include "stack/account_sources.hpp"
#include "stack/net.hpp"
#include "stack/phpfpm/quantity.hpp"
#include "stack/phpfpm/settings.hpp"
#include "stack/prepended.hpp"
#include "stack/runtime_places.hpp"
#include "tree/resolve.hpp"

#include <charconv>

namespace stackaudit::stack::phpfpm {
namespace {

constexpr std::int64_t kSocketMode = 0660, kOthersWrite = 0002;
constexpr const char* kNoStart = "php-fpm does not start";

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

class PoolReader {
 public:
  PoolReader(Survey& survey, const Systemd& systemd, const Master& master, const PoolSection& pool)
      : survey_(survey), systemd_(systemd), master_(master), pool_(pool) {}

  void read() {
    if (!pool_.refused)
      for (const auto& problem : check_pool(pool_, master_.is_root()))
        add_problem(survey_, problem.span, "pool", "error", problem.message);
    decide_worker();
    directories();
    logs();
    for (const auto* array : {"php_value", "php_admin_value"})
      for (const auto* name : {"auto_prepend_file", "auto_append_file"})
        if (const auto* setting = pool_.find(array, name))
          add_prepended(survey_, name, path_of("chroot") + setting->value, place(setting),
                        {"php-fpm", "php-fpm pool " + pool_.name, worker_});
    const auto listen = listener(pool_.find("listen"), true);
    if (pool_.find("pm.status_listen") != nullptr)
      (void)listener(pool_.find("pm.status_listen"), false);
    Pool row{pool_.name,
             listen,
             actor(),
             path_of("chdir"),
             master_.ini_directory,
             survey_.place(pool_.span)};
    for (const auto& setting : pool_.settings) {
      const bool php = setting.name.starts_with("php_") && !setting.subkey.empty();
      if (php) check_quantity(survey_, setting.subkey, setting.value, place(&setting));
      auto& values = php ? row.php_values : row.settings;
      values[php ? setting.subkey : setting.name] = {replaced(setting.value, "$pool", pool_.name),
                                                     place(&setting)};
    }
    if (auto chroot = path_of("chroot"); chroot != "/") row.chroot = std::move(chroot);
    if (known_worker_) survey_.pools.push_back(std::move(row));
  }

 private:
  [[nodiscard]] facts::Place place(const Setting* setting) const {
    return survey_.place(setting == nullptr ? pool_.span : setting->span);
  }
  [[nodiscard]] Actor actor() const {
    return {"php-fpm", "php-fpm pool " + pool_.name, worker_, master_.actor.fences};
  }
  [[nodiscard]] std::string path_of(std::string_view name) const {
    const auto value = pool_.value(name);
    return value.empty() ? value : pool_path(master_, pool_, value);
  }

  // The setting with "$pool" replaced.
  [[nodiscard]] std::optional<Setting> expanded(std::string_view name) const {
    const auto* setting = pool_.find(name);
    if (setting == nullptr) return std::nullopt;
    auto copy = *setting;
    copy.value = replaced(copy.value, "$pool", pool_.name);
    return copy;
  }

  void decide_worker() {
    facts::Worker row;
    const auto user_set = expanded("user"), group_set = expanded("group");
    const auto* user = user_set ? &*user_set : nullptr;
    const auto* group = group_set ? &*group_set : nullptr;
    static_cast<facts::Place&>(row) = place(user);
    row.service = "php-fpm";
    row.pool = pool_.name;
    row.decided_by = "directive";
    row.root_allowed = master_.root_allowed;
    if (!master_.is_root()) {
      worker_ = master_.actor.who;
      row.decided_by = "unit";
      static_cast<facts::Place&>(row) =
          master_.unit == nullptr ? place(user) : master_.unit->user_place;
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
      row.group_path = place(group).path;
      row.group_line = place(group).line;
    }
    survey_.facts.add(std::move(row));
  }

  // The principal of `user` and `group`; false where an account is missing or not known here.
  bool find_worker(const Setting* user, const Setting* group) {
    if (user == nullptr) return false;
    if (user->value.empty()) return stays_root(*user);
    bool known = account(*user, false);
    if (group != nullptr && !group->value.empty()) known = account(*group, true) && known;
    if (!known) return false;
    std::optional<std::uint32_t> gid;
    if (group != nullptr && !group->value.empty()) gid = id_of(*group, true);
    const auto uid = id_of(*user, false);
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

  [[nodiscard]] std::optional<std::uint32_t> id_of(const Setting& setting, bool group) const {
    if (group) {
      if (const auto* found = survey_.accounts.group(setting.value)) return found->gid;
    } else if (const auto* found = survey_.accounts.user(setting.value)) {
      return found->uid;
    }
    std::uint32_t id = 0;
    const auto* end = setting.value.data() + setting.value.size();
    const auto [at, error] = std::from_chars(setting.value.data(), end, id);
    return error == std::errc{} && at == end ? std::optional(id) : std::nullopt;
  }

  bool account(const Setting& setting, bool group) {
    auto row = reference(setting, group ? "group" : "user", setting.value);
    row.state = group ? group_state(survey_, setting.value) : user_state(survey_, setting.value);
    row.wanted = row.kind;
    if (row.state == "missing")
      row.nearest =
          group ? nearest_group(survey_, setting.value) : nearest_user(survey_, setting.value);
    row.replacement = row.nearest;
    row.call = group ? "getgrnam" : "getpwnam";
    const auto state = row.state;
    survey_.facts.add(std::move(row));
    return state == "found";
  }

  [[nodiscard]] facts::Reference reference(const Setting& setting, std::string kind,
                                           std::string as_written) const {
    facts::Reference row;
    static_cast<facts::Place&>(row) = place(&setting);
    row.service = "php-fpm";
    row.kind = std::move(kind);
    row.as_written = std::move(as_written);
    row.process = master_.actor.process;
    row.user = master_.actor.who.name;
    row.effect = kNoStart;
    row.reached_from = master_.config;
    return row;
  }

  void directory(const Setting& setting, const std::string& kind, const std::string& path,
                 bool required, const std::string& effect = kNoStart) {
    auto row = reference(setting, kind, setting.value);
    row.resolved = tree::normalize(path);
    row.state = systemd_.made_at_boot(row.resolved) != nullptr
                    ? "found"
                    : survey_.state_of(path, "directory");
    row.required = required;
    row.wanted = "directory";
    row.call = "stat";
    row.effect = effect;
    if (row.state == "missing") row.nearest = survey_.nearest_path(row.resolved);
    row.replacement = row.nearest;
    survey_.facts.add(std::move(row));
  }

  void directories() {
    if (const auto* prefix = pool_.find("prefix"))
      directory(*prefix, "prefix",
                tree::join(master_.prefix, replaced(prefix->value, "$pool", pool_.name)), true);
    const auto chroot = path_of("chroot");
    if (!chroot.empty()) directory(*pool_.find("chroot"), "chroot", chroot, true);
    const auto* chdir = pool_.find("chdir");
    if (chdir == nullptr || chdir->value.empty()) return;
    const auto path = chroot.empty() ? path_of("chdir")
                                     : chroot + "/" + replaced(chdir->value, "$pool", pool_.name);
    directory(*chdir, "chdir", path, true);
    if (survey_.state_of(path, "directory") == "found" && chroot.empty())
      (void)survey_.open(master_.actor, {tree::Operation::search, path, place(chdir), "content",
                                         "start", kNoStart, true});
  }

  void log(const Setting* setting, const std::string& path, const Actor& actor, bool required,
           const std::string& effect) {
    if (setting == nullptr || path.empty() || path == "syslog" || is_kernels(path)) return;
    const auto folder = std::string(tree::dirname(path));
    auto row = reference(*setting, "log-directory", setting->value);
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
    (void)survey_.open(actor, {tree::Operation::append, path, place(setting), "log",
                               required ? "start" : "request", effect, required});
  }

  void logs() {
    const bool slow = pool_.find("request_slowlog_timeout") != nullptr &&
                      pool_.value("request_slowlog_timeout") != "0";
    log(pool_.find("access.log"), path_of("access.log"), master_.actor, true, kNoStart);
    if (slow) log(pool_.find("slowlog"), path_of("slowlog"), master_.actor, true, kNoStart);
    if (!known_worker_ || !path_of("chroot").empty()) return;
    for (const auto* name : {"php_admin_value", "php_value"})
      if (const auto* setting = pool_.find(name, "error_log");
          setting != nullptr && setting->value.starts_with('/'))
        log(setting, replaced(setting->value, "$pool", pool_.name), actor(), false,
            "errors of PHP are not logged there");
  }

  // Adds the listener row; gives the address as survey.pools has it.
  std::string listener(const Setting* setting, bool main) {
    if (setting == nullptr || setting->value.empty()) return {};
    facts::Listener row;
    static_cast<facts::Place&>(row) = place(setting);
    row.service = "php-fpm";
    row.unit = master_.unit == nullptr ? "" : master_.unit->name;
    row.pool = pool_.name;
    row.as_written = setting->value;
    const auto value = replaced(setting->value, "$pool", pool_.name);
    const bool is_tcp = tcp(row, value);
    if (is_tcp && main && master_.is_root()) socket_accounts();
    const auto name = is_tcp ? tcp_name(row) : unix_socket(row, *setting, value, main);
    survey_.facts.add(std::move(row));
    return name;
  }

  // Whether the address is TCP as fpm_sockets_domain_from_address sees it: all digits, or a colon.
  bool tcp(facts::Listener& row, const std::string& value) {
    if (value.starts_with('/')) return false;
    const auto colon = value.rfind(':');
    const bool all_digits = value.find_first_not_of("0123456789") == std::string::npos;
    if (colon == std::string::npos && !all_digits) return false;
    const auto port = all_digits ? value : value.substr(colon + 1);
    row.port = port_number(port);
    if (!row.port)
      add_problem(survey_, pool_.find("listen")->span, "bad-value", "error",
                  "invalid port value '" + port + "'");
    row.family = "inet6";
    row.address = "*";
    row.on_inet = row.on_inet6 = true;
    if (all_digits) return true;
    const auto host = value.substr(0, colon);
    if (host == "*") {  // getaddrinfo without a name and AI_PASSIVE: the loopback
      row.address = "::1";
      row.on_inet = false;
      return true;
    }
    const auto addresses = addresses_of(survey_.tree, host);
    if (addresses.empty()) {
      row.family = row.address = "";
      row.on_inet = row.on_inet6 = false;
      survey_.blind(row, "listener", host, "a name that only DNS knows");
      return true;
    }
    row.family = addresses[0].family;
    row.address = addresses[0].numeric;
    row.on_inet6 = row.family == "inet6";
    row.on_inet = row.family == "inet" || row.address == "*";
    return true;
  }

  // Clients reach a wildcard by the loopback address.
  static std::string tcp_name(const facts::Listener& row) {
    const auto port = std::to_string(row.port.value_or(0));
    if (row.address == "*") return "tcp:127.0.0.1:" + port;
    return row.family == "inet6" ? "tcp:[" + row.address + "]:" + port
                                 : "tcp:" + row.address + ":" + port;
  }

  std::string unix_socket(facts::Listener& row, const Setting& setting, const std::string& value,
                          bool main) {
    const auto path = pool_path(master_, pool_, value);
    row.family = "unix";
    row.socket = canonical_socket(survey_.tree, path);
    row.socket_mode = kSocketMode;
    row.socket_user = master_.actor.who.name;
    row.socket_group = survey_.accounts.group_name(master_.actor.who.gid);
    if (master_.is_root()) socket_owner(row);
    socket_directory(setting, row.socket);
    row.socket_public = row.socket_acl.empty() && (*row.socket_mode & kOthersWrite) != 0 &&
                        everybody_enters(std::string(tree::dirname(row.socket)));
    return main ? "unix:" + row.socket : std::string{};
  }

  // Whether an account that has no group in common with anybody may search the directory.
  [[nodiscard]] bool everybody_enters(const std::string& folder) const {
    if (const auto* made = systemd_.made_at_boot(folder)) return (made->mode & 1U) != 0;
    constexpr std::uint32_t nobody = 65534;
    const tree::Principal stranger{"nobody", nobody, nobody, {}, {}};
    return tree::may(survey_.tree, survey_.accounts, stranger, tree::Operation::search, folder)
               .error == 0;
  }

  // php-fpm reads as many octal digits as there are, and says nothing about the rest.
  std::int64_t mode_of(const Setting& mode) {
    constexpr std::int64_t kAllBits = 0777;
    const auto& value = mode.value;
    std::int64_t bits = 0;
    const auto* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, bits, 8);
    if (read.ptr != end || read.ec != std::errc{})
      add_problem(survey_, mode.span, "doubtful", "warning",
                  "listen.mode " + value + " is no octal number: php-fpm reads " +
                      (read.ptr == value.data()
                           ? "0000"
                           : value.substr(0, static_cast<std::size_t>(read.ptr - value.data()))),
                  "write four octal digits, 0660");
    return bits & kAllBits;
  }

  // They must be there even where no socket will belong to them.
  void socket_accounts() {
    for (const auto* name : {"listen.owner", "listen.group"})
      if (const auto setting = expanded(name); setting && !setting->value.empty())
        (void)account(*setting, std::string_view(name) == "listen.group");
  }

  void socket_owner(facts::Listener& row) {
    const auto owner = expanded("listen.owner"), group = expanded("listen.group");
    const auto* mode = pool_.find("listen.mode");
    if (mode != nullptr && !mode->value.empty()) row.socket_mode = mode_of(*mode);
    row.socket_acl = acl_text();
    if (!row.socket_acl.empty()) return;  // "ACL set, listen.owner is ignored"
    if (owner && !owner->value.empty() && account(*owner, false)) {
      const auto uid = id_of(*owner, false);
      row.socket_user = survey_.accounts.user_name(uid.value_or(0));
      if (const auto* user = uid ? survey_.accounts.user(*uid) : nullptr)
        row.socket_group = survey_.accounts.group_name(user->gid);
    }
    if (group && !group->value.empty() && account(*group, true))
      row.socket_group = survey_.accounts.group_name(id_of(*group, true).value_or(0));
  }

  // listen.acl_users and listen.acl_groups as "u:nginx g:web".
  std::string acl_text() {
    std::string result;
    for (const auto* name : {"listen.acl_users", "listen.acl_groups"}) {
      const auto* setting = pool_.find(name);
      if (setting == nullptr) continue;
      const bool group = std::string_view(name) == "listen.acl_groups";
      for (std::size_t at = 0; at < setting->value.size();) {
        const auto end = std::min(setting->value.find(',', at), setting->value.size());
        Setting one = *setting;
        one.value = setting->value.substr(at, end - at);
        at = end + 1;
        one.value = one.value.substr(std::min(one.value.find_first_not_of(' '), one.value.size()));
        if (one.value.empty()) continue;
        (void)account(one, group);
        result += (result.empty() ? "" : " ") + std::string(group ? "g:" : "u:") + one.value;
      }
    }
    return result;
  }

  // The master makes the socket, so its directory must be there: below /run somebody makes it at
  // boot, and who that is may not be known here.
  void socket_directory(const Setting& setting, const std::string& socket) {
    const auto folder = std::string(tree::dirname(socket));
    const bool runtime = tree::is_within(folder, "/run") || tree::is_within(folder, "/tmp");
    directory(setting, runtime ? "runtime-directory" : "socket-directory", folder, true,
              "php-fpm does not start: unable to bind listening socket");
    const auto* made = systemd_.made_at_boot(folder);
    if (survey_.state_of(folder, "directory") == "found" && (made == nullptr || master_.is_root()))
      (void)survey_.open(master_.actor, {tree::Operation::create, socket, place(&setting), "socket",
                                         "start", kNoStart, true});
  }

  Survey& survey_;
  const Systemd& systemd_;
  const Master& master_;
  const PoolSection& pool_;
  tree::Principal worker_;
  bool known_worker_ = true;
};

}  // namespace

std::string pool_path(const Master& master, const PoolSection& pool, std::string_view value) {
  const auto path = replaced(std::string(value), "$pool", pool.name);
  const auto own = pool.value("prefix");
  const auto prefix = tree::join(master.prefix, replaced(own, "$pool", pool.name));
  return tree::normalize(tree::join(prefix, path));
}

void read_pool(Survey& survey, const Systemd& systemd, const Master& master,
               const PoolSection& pool) {
  PoolReader(survey, systemd, master, pool).read();
}

}  // namespace stackaudit::stack::phpfpm
