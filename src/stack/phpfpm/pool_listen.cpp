// fpm_sockets.c and the part of fpm_unix.c on sockets, observed with php-fpm 8.2.
#include "stack/phpfpm/pool_listen.hpp"

#include "stack/net.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <charconv>

namespace stackaudit::stack::phpfpm {
namespace {

constexpr std::int64_t kSocketMode = 0660, kOthersWrite = 0002;

class ListenReader {
 public:
  explicit ListenReader(const PoolSettings& settings)
      : settings_(settings),
        survey_(settings.survey),
        systemd_(settings.systemd),
        master_(settings.master),
        pool_(settings.pool) {}

  std::string read(const Setting* setting, bool main) {
    if (setting == nullptr || setting->value.empty()) return {};
    facts::Listener row;
    static_cast<facts::Place&>(row) = settings_.place(setting);
    row.service = "php-fpm";
    row.unit = master_.unit == nullptr ? "" : master_.unit->name;
    row.config = master_.config;
    row.pool = pool_.name;
    row.as_written = setting->value;
    const auto value = settings_.expand(setting->value);
    const bool is_tcp = tcp(row, value);
    if (is_tcp && main && master_.is_root()) socket_accounts();
    const auto name = is_tcp ? tcp_name(row) : unix_socket(row, *setting, value, main);
    survey_.facts.add(std::move(row));
    return name;
  }

 private:
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
    if (addresses.size() > 1 && !numeric_address(host)) first_address(row, host, addresses);
    row.family = addresses[0].family;
    row.address = addresses[0].numeric;
    row.on_inet6 = row.family == "inet6";
    row.on_inet = row.family == "inet" || row.address == "*";
    return true;
  }

  // "Found multiple addresses for localhost, 127.0.0.1 ignored": php-fpm listens on the first that
  // getaddrinfo(3) has, which is IPv6 where the machine has that.
  void first_address(const facts::Listener& row, const std::string& host,
                     const std::vector<NetAddress>& addresses) {
    const auto* four = find_family(addresses, "inet");
    const auto* six = find_family(addresses, "inet6");
    if (four == nullptr || six == nullptr ||
        find_family(addresses_in_hosts(survey_.tree, host), "inet6") == nullptr)
      return;
    for (const auto& dial : survey_.facts.rows<facts::Dial>()) {
      if (dial.port != row.port || dial.address != four->numeric || dial.host == host) continue;
      auto& problem = survey_.add_problem(
          row,
          {.service = "php-fpm",
           .language = "php-fpm",
           .code = "listen-name",
           .severity = "warning",
           .message = row.as_written + " opens only [" + six->numeric + "] where there is IPv6, " +
                      "but " + dial.service + " connects to " + dial.as_written,
           .help = "write listen = " + four->numeric + ":" + std::to_string(*row.port)});
      Survey::relate(problem, dial, "it is asked here");
      return;
    }
  }

  static const NetAddress* find_family(const std::vector<NetAddress>& addresses,
                                       std::string_view family) {
    const auto it = std::ranges::find(addresses, family, &NetAddress::family);
    return it == addresses.end() ? nullptr : &*it;
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
    if (master_.is_root() && row.socket_acl.empty()) socket_gift(row);
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
      if (const auto setting = settings_.expanded(name); setting && !setting->value.empty())
        (void)settings_.account(*setting, std::string_view(name) == "listen.group");
  }

  void socket_owner(facts::Listener& row) {
    const auto owner = settings_.expanded("listen.owner"),
               group = settings_.expanded("listen.group");
    const auto* mode = pool_.find("listen.mode");
    if (mode != nullptr && !mode->value.empty()) row.socket_mode = mode_of(*mode);
    row.socket_acl = acl_text();
    if (!row.socket_acl.empty())  // "ACL set, listen.owner is ignored"
      return rights_place(row, pool_.find("listen.acl_users"));
    rights_place(row, pool_.find("listen.owner"));
    if (owner && !owner->value.empty() && settings_.account(*owner, false)) {
      const auto uid = settings_.id_of(*owner, false);
      row.socket_user = survey_.accounts.user_name(uid.value_or(0));
      if (const auto* user = uid ? survey_.accounts.user(*uid) : nullptr)
        row.socket_group = survey_.accounts.group_name(user->gid);
    }
    if (group && !group->value.empty() && settings_.account(*group, true))
      row.socket_group = survey_.accounts.group_name(settings_.id_of(*group, true).value_or(0));
  }

  void rights_place(facts::Listener& row, const Setting* setting) const {
    if (setting == nullptr || setting->value.empty()) return;
    row.tell_rights_at(settings_.place(setting));
  }

  // listen.acl_users and listen.acl_groups as "u:nginx g:web".
  std::string acl_text() {
    std::string result;
    for (const auto* name : {"listen.acl_users", "listen.acl_groups"}) {
      const auto* setting = pool_.find(name);
      if (setting == nullptr) continue;
      const bool group = std::string_view(name) == "listen.acl_groups";
      for (const auto account : text::words(setting->value, ",")) {
        Setting one = *setting;
        one.value = account.substr(std::min(account.find_first_not_of(' '), account.size()));
        if (one.value.empty()) continue;
        (void)settings_.account(one, group);
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
    settings_.directory(setting, runtime ? "runtime-directory" : "socket-directory", folder, true,
                        "php-fpm does not start: unable to bind listening socket");
    const auto* made = systemd_.made_at_boot(folder);
    if ((survey_.state_of(folder, "directory") == "found" || fenced(folder)) &&
        (made == nullptr || master_.is_root()))
      (void)survey_.open(master_.actor, {tree::Operation::create, socket, settings_.place(&setting),
                                         "socket", "start", kNoPoolStart, true});
  }

  // Whether the unit's own protection says something of the directory.
  [[nodiscard]] bool fenced(const std::string& folder) const {
    const auto* fences = master_.actor.fences;
    return fences != nullptr && std::ranges::any_of(*fences, [&](const Fence& fence) {
             return tree::is_within(folder, fence.path);
           });
  }

  // A socket is given to its owner by chown(2), which the unit may have taken from root.
  void socket_gift(const facts::Listener& row) {
    const auto* unit = master_.unit;
    const bool given = row.socket_user != "root" || row.socket_group != "root";
    if (unit == nullptr || !unit->bounding_place || unit->bounding.chown || !given) return;
    survey_.facts.add(Survey::problem_row(
        *unit->bounding_place,
        {.service = "systemd",
         .language = "ini",
         .code = "capability-chown",
         .severity = "error",
         .message = "php-fpm does not start: failed to chown() the socket '" + row.socket +
                    "', CAP_CHOWN is not in CapabilityBoundingSet=",
         .help = "add CAP_CHOWN, or leave out listen.owner and listen.group"}));
  }

  const PoolSettings& settings_;
  Survey& survey_;
  const Systemd& systemd_;
  const Master& master_;
  const PoolSection& pool_;
};

}  // namespace

std::string read_listener(const PoolSettings& settings, const Setting* setting, bool main) {
  return ListenReader(settings).read(setting, main);
}

}  // namespace stackaudit::stack::phpfpm
