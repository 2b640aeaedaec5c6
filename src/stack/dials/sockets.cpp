// The socket is not there before its server runs, so its rights come from the configuration.
#include "stack/dials/sockets.hpp"

#include "stack/dials/socket_rights.hpp"
#include "stack/monitoring/identity.hpp"
#include "stack/rights/memberships.hpp"
#include "text/mode.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::uint8_t kWrite = 2, kSearch = 1;

// The entries alone do not decide for root, who passes over them.
bool may_have(const tree::Principal& who, const tree::Stat& stat, const tree::Acl& acl,
              std::uint8_t right) {
  return who.capabilities.dac_override || (tree::rights_of(who, stat, acl) & right) != 0;
}

constexpr std::string_view kAgent = "agent";

// Those that ask a socket, as whom their units start them.
void add_agents(const Survey& survey, std::vector<facts::Worker>& workers) {
  std::set<std::string> agents;
  for (const auto& dial : survey.facts.rows<facts::Dial>())
    if (is_monitor(dial) && dial.family == "unix") agents.insert(dial.service);
  for (const auto& agent : agents) {
    const auto who = agent_identity(survey, agent);
    if (!who) continue;
    facts::Worker row;
    row.service = agent;
    row.user = who->name;
    row.uid = who->uid;
    row.gid = who->gid;
    row.decided_by = kAgent;
    for (const auto gid : who->groups) row.groups += survey.accounts.group_name(gid) + " ";
    workers.push_back(std::move(row));
  }
}

class Connects {
 public:
  Connects(Survey& survey, const Systemd& systemd) : survey_(survey), systemd_(systemd) {}

  bool may(const facts::Listener& listener, const facts::Worker& worker) {
    const auto& row = decided(listener, worker);
    return row && row->allowed;
  }

  void add(const facts::Dial& dial, const facts::Listener& listener, const facts::Worker& worker) {
    if (decided(listener, worker)) pending_.push_back({&dial, &listener, &worker});
  }

  // What would let a refused one in is known when all who come in are.
  void finish() {
    for (const auto& [dial, listener, worker] : pending_) {
      auto row = *decided(*listener, *worker);
      static_cast<facts::Place&>(row) = *dial;
      row.required = dial->required;
      if (!row.allowed && row.component == listener->socket)
        row.grant_text =
            text_that_lets_in(survey_.accounts, *listener, row.user, owner_is_used(*listener, row));
      survey_.facts.add(std::move(row));
    }
  }

 private:
  struct Pending {
    const facts::Dial* dial = nullptr;
    const facts::Listener* listener = nullptr;
    const facts::Worker* worker = nullptr;
  };

  const std::optional<facts::Access>& decided(const facts::Listener& listener,
                                              const facts::Worker& worker) {
    auto [it, fresh] = decided_.try_emplace({&listener, &worker});
    if (fresh) it->second = decide(listener, worker);
    return it->second;
  }

  // The row but for the dial's place; none where the worker is not known.
  std::optional<facts::Access> decide(const facts::Listener& listener,
                                      const facts::Worker& worker) const {
    const auto who = principal_of(survey_.accounts, worker);
    if (!who) return std::nullopt;
    facts::Access row;
    row.service = worker.service;
    const bool agent = worker.decided_by == kAgent;
    row.process = worker.service == "apache" ? "apache child"
                  : agent                    ? worker.service + " agent"
                  : !worker.pool.empty()     ? worker.service + " pool " + worker.pool
                                             : worker.service + " worker";
    row.user = who->name;
    row.uid = who->uid;
    row.gid = who->gid;
    row.operation = "connect";
    row.purpose = "socket";
    row.target = listener.socket;
    row.moment = "request";
    row.effect = "HTTP 502";
    if (worker.service == "apache") row.effect = "HTTP 503";
    if (listener.service == "mariadb")
      row.effect = "Error establishing a database connection, HTTP 500";
    if (agent) row.effect = "the check fails, whatever the service does";
    if (!apart(worker, listener, row) &&
        may_enter(*who, std::string(tree::dirname(listener.socket)), row))
      connect(*who, listener, row);
    return row;
  }

  // PrivateTmp=: a socket in /tmp is seen by no other unit.
  bool apart(const facts::Worker& worker, const facts::Listener& listener,
             facts::Access& row) const {
    if (!tree::is_within(listener.socket, "/tmp") && !tree::is_within(listener.socket, "/var/tmp"))
      return false;
    const auto* mine = systemd_.find(worker.service);
    for (const auto& unit : systemd_.units()) {
      const bool concerned = &unit == mine || unit.name == listener.unit;
      if (!concerned || !unit.private_tmp || (mine != nullptr && mine->name == listener.unit))
        continue;
      row.allowed = false;
      row.error = "ENOENT";
      row.component = listener.socket;
      row.why = "PrivateTmp= gives " + unit.name + " a /tmp of its own";
      row.fence_path = unit.private_tmp->path;
      row.fence_line = unit.private_tmp->line;
      return true;
    }
    return false;
  }

  void refuse(facts::Access& row, const std::string& component, const tree::Stat& stat,
              const char* type, const std::string& why) const {
    row.allowed = false;
    row.error = "EACCES";
    row.component = component;
    row.component_type = type;
    row.component_mode = stat.mode;
    row.component_owner = survey_.accounts.user_name(stat.uid);
    row.component_group = survey_.accounts.group_name(stat.gid);
    row.why = why;
  }

  // The directories on the way, those that the boot makes included.
  std::string way_to(const std::string& socket) const {
    std::string text;
    for (std::size_t at = 0; at != std::string::npos && at < socket.size();
         at = socket.find('/', at + 1)) {
      const auto folder = at == 0 ? std::string("/") : socket.substr(0, at);
      std::string owner, group;
      std::uint32_t mode = 0;
      if (const auto* made = systemd_.made_at_boot(folder)) {
        owner = made->user;
        group = made->group;
        mode = made->mode;
      } else if (const auto stat = survey_.tree.lstat(folder)) {
        owner = survey_.accounts.user_name(stat->uid);
        group = survey_.accounts.group_name(stat->gid);
        mode = stat->mode;
      } else {
        continue;
      }
      text += (text.empty() ? "" : "\n") + folder + "\td" + text::nine_letters(mode) + " " + owner +
              " " + group;
    }
    return text;
  }

  bool may_enter(const tree::Principal& who, const std::string& folder, facts::Access& row) const {
    if (const auto* made = systemd_.made_at_boot(folder)) {
      tree::Stat stat;
      stat.mode = made->mode;
      stat.uid = uid_of(survey_.accounts, made->user);
      stat.gid = gid_of(survey_.accounts, made->group);
      if (may_have(who, stat, {}, kSearch)) return true;
      refuse(row, folder, stat, "directory",
             who.name + " may not search the directory (mode " + text::octal(stat.mode) + ", " +
                 made->user + ":" + made->group + ")");
      if (made->place && is_local(*made->place)) {
        row.fence_path = made->place->path;
        row.fence_line = made->place->line;
        row.grant = "give " + folder +
                    " a mode that lets others search it (0755), or the group of " + who.name;
      }
      return false;
    }
    const auto verdict =
        tree::may(survey_.tree, survey_.accounts, who, tree::Operation::search, folder);
    if (verdict.error != EACCES || verdict.blind) return true;
    refuse(row, verdict.component, verdict.component_stat, "directory", verdict.why);
    return false;
  }

  void connect(const tree::Principal& who, const facts::Listener& listener,
               facts::Access& row) const {
    const auto acl = acl_of(survey_.accounts, listener);
    const auto stat = stat_of(survey_.accounts, listener);
    if (may_have(who, stat, acl, kWrite)) return;
    refuse(row, listener.socket, stat, "socket",
           who.name + " needs w (mode " + text::octal(stat.mode) + ", " + listener.socket_user +
               ":" + listener.socket_group + ")");
    row.way = way_to(listener.socket) + "\n" + listener.socket + "\ts" +
              text::nine_letters(stat.mode) + " " + listener.socket_user + " " +
              listener.socket_group + "  <- refuses";
    const bool of_unit = listener.service == "systemd socket";
    row.grant = "let the socket belong to " + who.name +
                (of_unit ? " (SocketUser=)" : " (listen.owner)") + ", or to a group of " +
                who.name + " with " + (of_unit ? "SocketMode=0660" : "listen.mode 0660");
  }

  // Somebody comes in as the owner that it has, or another is refused as well.
  [[nodiscard]] bool owner_is_used(const facts::Listener& listener,
                                   const facts::Access& refused) const {
    const std::optional<std::int64_t> owner = uid_of(survey_.accounts, listener.socket_user);
    return std::ranges::any_of(decided_, [&](const auto& entry) {
      const auto& [connection, access] = entry;
      return connection.first == &listener && access &&
             (access->allowed ? access->uid == owner : access->uid != refused.uid);
    });
  }

  Survey& survey_;
  const Systemd& systemd_;
  std::map<std::pair<const facts::Listener*, const facts::Worker*>, std::optional<facts::Access>>
      decided_;
  std::vector<Pending> pending_;
};

// What runs the PHP of the site that a file is of, as facts::Site::php has it; the settings of
// WordPress may lie one directory above its root.
std::string php_at(const Survey& survey, std::string_view path) {
  for (const auto& root : survey.document_roots)
    if (tree::is_within(path, root.path) || tree::dirname(path) == tree::dirname(root.path))
      return root.php;
  return {};
}

bool runs(const Survey& survey, const facts::Worker& worker, std::string_view php) {
  if (php == "mod_php") return worker.service == "apache" && worker.pool.empty();
  return std::ranges::any_of(survey.pools, [&](const Pool& pool) {
    return !php.empty() && pool.listen == php && pool.name == worker.pool &&
           worker.service == "php-fpm";
  });
}

}  // namespace

void connect_sockets(Survey& survey, const Systemd& systemd, Answers& answers) {
  Connects connects(survey, systemd);
  auto workers = survey.facts.rows<facts::Worker>();
  add_agents(survey, workers);
  for (const auto& dial : survey.facts.rows<facts::Dial>()) {
    if (dial.family != "unix") continue;
    const auto* listener = answers.listener_for(dial);
    if (listener == nullptr || !listener->socket_mode || listener->socket_user.empty()) continue;
    const auto php = dial.service == "wordpress" ? php_at(survey, dial.path) : std::string{};
    std::vector<const facts::Worker*> own;
    for (const auto& worker : workers)
      if (worker.service == dial.service && worker.pool.empty())
        own.push_back(&worker);
      else if (runs(survey, worker, php))
        connects.add(dial, *listener, worker);
    // Which of several instances dials is not known: one that may is believed.
    const auto able = std::ranges::find_if(
        own, [&](const auto* worker) { return connects.may(*listener, *worker); });
    if (able != own.end()) own = {*able};
    for (const auto* worker : own) connects.add(dial, *listener, *worker);
  }
  connects.finish();
}

}  // namespace stackaudit::stack
