// Files with passwords and keys, and who besides their keeper may read them.
#include "stack/secrets/secrets.hpp"

#include "stack/jobs/jobs.hpp"
#include "stack/rights/kept_rights.hpp"
#include "stack/rights/memberships.hpp"
#include "stack/rights/subjects.hpp"
#include "stack/secrets/secret_values.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::uint32_t kNobodyAtAll = 0xfffffff0, kFirstPerson = 1000, kNobody = 65534;
constexpr std::size_t kSmall = 1U << 20U;

std::string_view secret_kind(std::string_view word) {
  if (word == "key") return "key";
  return word == "password-file" ? "password-file" : std::string_view{};
}

// Where agents keep the passwords that they send.
constexpr std::array<std::string_view, 14> kAgentFiles{
    "/etc/telegraf/telegraf.conf",
    "/etc/telegraf/telegraf.d/*.conf",
    "/etc/datadog-agent/conf.d/*/conf.yaml",
    "/etc/filebeat/filebeat.yml",
    "/etc/collectd/collectd.conf",
    "/etc/prometheus/prometheus.yml",
    "/etc/promtail/config.yml",
    "/etc/default/prometheus-*-exporter",
    "/etc/zabbix/zabbix_agent2.d/plugins.d/*.conf",
    "/etc/my.cnf",
    "/etc/mysql/conf.d/*.cnf",
    "/etc/mysql/mariadb.conf.d/*.cnf",
    "/etc/mysql/*.cnf",
    "/root/.my.cnf"};

class Gatherer {
 public:
  explicit Gatherer(const Survey& survey) : survey_(survey) {}

  std::vector<Secret> run() {
    for (const auto& row : survey_.facts.rows<facts::Reference>())
      if (row.state == "found") add(secret_kind(row.kind), row.resolved, row.service, row);
    for (const auto& row : survey_.facts.rows<facts::Access>())
      if (row.purpose == "session")
        sessions(row);
      else
        add(secret_kind(row.purpose), row.target, row.service, row);
    for (const auto& row : survey_.facts.rows<facts::File>()) {
      add(secret_kind(row.role), row.path, row.service, {});
      if (row.role == "php") php_settings(row.path);
    }
    for (const auto& row : survey_.facts.rows<facts::Wordpress>()) {
      configuration(row.config);
      backups(row.config, tree::dirname(row.config));
      backups(row.config, tree::dirname(tree::dirname(row.config)));
    }
    dumps();
    for (const auto& root : survey_.document_roots) {
      environment(root.path, root.service);
      environment(std::string(tree::dirname(root.path)), root.service);
    }
    for (const auto pattern : {"/etc/*shadow*", "/var/backups/*shadow*"})
      for (const auto& path : tree::glob(survey_.tree, pattern).paths)
        add("accounts", path, "system", {});
    shared_keys();
    for (const auto* path : {"/etc/datadog-agent/datadog.yaml", "/etc/newrelic-infra.yml",
                             "/etc/newrelic/nrsysmond.cfg"})
      if (const auto content = tree::read_file(survey_.tree, path, kSmall);
          content && holds_api_key(*content))
        add("agent", path, "monitoring", {});
    for (const auto pattern : kAgentFiles)
      for (const auto& path : tree::glob(survey_.tree, pattern).paths)
        if (const auto content = tree::read_file(survey_.tree, path, kSmall);
            content && holds_agent_password(*content))
          add("agent", path, "monitoring", {});
    return std::move(result_);
  }

 private:
  void add(std::string_view kind, const std::string& path, const std::string& service,
           const facts::Place& place) {
    if (!kind.empty() && !path.empty())
      result_.push_back({std::string(kind), path, service, place});
  }

  // The names of the files are what visitors are known by. Everybody may list /tmp: what is in it
  // is the business of whoever starts PHP there.
  void sessions(const facts::Access& row) {
    const auto directory = std::string(tree::dirname(row.target));
    if (row.allowed && !tree::is_within(directory, "/tmp") && directory != "/var/tmp")
      add("sessions", directory, "php", row);
  }

  // Zabbix: the key that agent and server share.
  void shared_keys() {
    constexpr std::string_view kKey = "TLSPSKFile=";
    for (const auto* path : {"/etc/zabbix/zabbix_agentd.conf", "/etc/zabbix/zabbix_agent2.conf"}) {
      const auto content = tree::read_file(survey_.tree, path, kSmall);
      const auto at =
          content ? ("\n" + *content).find("\n" + std::string(kKey)) : std::string::npos;
      if (at == std::string::npos) continue;
      const auto begin = at + kKey.size();
      add("agent", content->substr(begin, content->find_first_of(" \t\r\n", begin) - begin),
          "monitoring", {});
    }
  }

  // Debian's own wp-config.php has no secrets: the files by host that it loads have them.
  void configuration(const std::string& config) {
    const auto content = tree::read_file(survey_.tree, config, kSmall);
    if (!content || content->find("DB_PASSWORD") != std::string::npos)
      return add("wp-config", config, "wordpress", {});
    if (content->find("/etc/wordpress/config-") == std::string::npos) return;
    for (const auto& path : tree::glob(survey_.tree, "/etc/wordpress/config-*.php").paths)
      add("wp-config", path, "wordpress", {});
  }

  // What an application keeps its passwords in: config/local.php, settings.php.
  void php_settings(const std::string& path) {
    if (!is_settings_file(path)) return;
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (content && holds_php_password(*content)) add("environment", path, "php", {});
  }

  // What mysqldump left, where backups are kept.
  void dumps() {
    for (const auto* place : {"/var/backups", "/backup", "/backups", "/srv/backup", "/srv/backups",
                              "/opt/backup", "/opt/backups", "/home/*"})
      for (const auto* name : {"/*.sql", "/*.sql.gz", "/*/*.sql", "/*/*.sql.gz"})
        for (const auto& path : tree::glob(survey_.tree, std::string(place) + name).paths)
          add("dump", path, "mariadb", {});
  }

  // Copies beside the configuration and one directory up, wp-config.php.bak, wp-config.old.
  void backups(const std::string& config, std::string_view where) {
    if (config.empty() || where == "/") return;
    const std::string directory(where);
    const auto names = tree::list_directory(survey_.tree, directory);
    if (!names) return;
    for (const auto& name : *names)
      if ((name.starts_with("wp-config") || name.starts_with(".wp-config")) &&
          name != "wp-config.php" && name != "wp-config-sample.php") {
        const auto path = tree::join(directory, name);
        const auto content = tree::read_file(survey_.tree, path, kSmall);
        if (content && content->find("DB_PASSWORD") != std::string::npos)
          add("backup", path, "wordpress", {});
      }
  }

  void environment(const std::string& directory, const std::string& service) {
    if (directory == "/" || !looked_.insert(directory).second) return;
    const auto names = survey_.tree.list(directory);
    if (!names) return;
    for (const auto& name : *names) {
      if (name != ".env" && !name.starts_with(".env.")) continue;
      if (name.ends_with(".example") || name.ends_with(".dist") || name.ends_with(".sample"))
        continue;
      const auto path = tree::join(directory, name);
      const auto content = tree::read_file(survey_.tree, path, kSmall);
      if (content && holds_credential(*content)) add("environment", path, service, {});
    }
  }

  const Survey& survey_;
  std::set<std::string> looked_;
  std::vector<Secret> result_;
};

class Readers {
 public:
  explicit Readers(Survey& survey)
      : survey_(survey), workers_(worker_uids(survey)), needs_(survey) {
    for (const auto& service : survey.facts.rows<facts::Service>())
      if (service.master_uid) masters_.insert(static_cast<std::uint32_t>(*service.master_uid));
    const auto& workers = survey.facts.rows<facts::Worker>();
    const bool pools = std::ranges::any_of(
        workers, [](const facts::Worker& worker) { return worker.service == "php-fpm"; });
    for (const auto& worker : workers)
      if (auto who = principal_of(survey.accounts, worker);
          who && who->uid != 0 && (!pools || worker.service == "php-fpm"))
        run_php_.push_back(*std::move(who));
  }

  void judge(const Secret& secret) {
    const tree::Principal everyone{"everyone", kNobodyAtAll, kNobodyAtAll, {}, {}};
    const auto end =
        tree::may(survey_.tree, survey_.accounts, everyone, tree::Operation::read, secret.path);
    const auto file = tree::resolve(survey_.tree, secret.path);
    const auto wanted =
        secret.kind == "sessions" ? tree::FileType::directory : tree::FileType::regular;
    if (!file || file.stat.type != wanted || !seen_.insert(file.path).second) return;
    if (end.error == 0) {
      auto& row = add(secret, file, "everyone");
      row.by_worker = true;
      withdraw(row, secret, file);
    } else if (secret.kind == "key" || secret.kind == "accounts") {
      single_readers(secret, file);
    }
  }

  std::vector<facts::Readable> found;

 private:
  // What takes it from the others; nothing where it is not known who needs it.
  void withdraw(facts::Readable& row, const Secret& secret, const tree::Resolution& file) {
    if (secret.kind == "sessions") {
      row.mended_mode = file.stat.mode & ~04U;  // PHP enters and writes, and lists nothing
      return;
    }
    const bool of_root = file.stat.uid == 0 && file.stat.gid == 0;
    if ((secret.kind == "agent" && of_root) || secret.kind == "script") return;
    auto after = file.stat;
    after.mode &= ~07U;
    const auto acl = survey_.tree.acl(file.path);
    const auto kept = kept_rights(survey_.accounts, file.stat, after, acl ? *acl : tree::Acl{},
                                  needs_of(secret, file.path));
    row.mended_mode = kept.mode;
    if (kept.mode && kept.gid != file.stat.gid)
      row.mended_group = survey_.accounts.group_name(kept.gid);
  }

  // Those who open it; of PHP's files that nobody is known to open, whoever runs PHP here.
  [[nodiscard]] std::vector<Need> needs_of(const Secret& secret, const std::string& path) {
    auto needs = needs_.of(path);
    if (!needs.empty() || (secret.kind != "environment" && secret.kind != "wp-config"))
      return needs;
    for (const auto& who : run_php_) needs.push_back({who, 4});
    return needs;
  }

  facts::Readable& add(const Secret& secret, const tree::Resolution& file, std::string reader) {
    facts::Readable row;
    row.path = file.path;
    row.kind = secret.kind;
    row.reader = std::move(reader);
    row.mode = file.stat.mode;
    row.owner = survey_.accounts.user_name(file.stat.uid);
    row.owner_group = survey_.accounts.group_name(file.stat.gid);
    row.named_in = secret.named.path;
    row.named_line = secret.named.line;
    return found.emplace_back(std::move(row));
  }

  // The passwords of accounts are that group's business: its members are told of elsewhere.
  [[nodiscard]] bool is_in_shadow(const tree::Principal& who) const {
    const auto* shadow = survey_.accounts.group("shadow");
    return shadow != nullptr && (who.gid == shadow->gid ||
                                 std::ranges::find(who.groups, shadow->gid) != who.groups.end());
  }

  // A server's key is opened by its master: neither those who serve requests nor a person need it.
  // Who becomes root when he wants may read it all the same.
  void single_readers(const Secret& secret, const tree::Resolution& file) {
    for (const auto& user : survey_.accounts.users()) {
      const bool worker = workers_.contains(user.uid);
      const bool person = user.uid >= kFirstPerson &&
                          (user.uid == file.stat.uid || !may_become_root(survey_.accounts, user));
      if (user.uid == 0 || user.uid == kNobody || masters_.contains(user.uid) ||
          (!worker && !person))
        continue;
      const auto who = survey_.accounts.become(user);
      if (secret.kind == "accounts" && (!worker || is_in_shadow(who))) continue;
      if (tree::may(survey_.tree, survey_.accounts, who, tree::Operation::read, secret.path))
        add(secret, file, user.name).by_worker = worker;
    }
  }

  Survey& survey_;
  std::set<std::uint32_t> workers_, masters_;
  std::vector<tree::Principal> run_php_;
  Needs needs_;
  std::set<std::string> seen_;
};

}  // namespace

void find_readable_secrets(Survey& survey, const std::vector<RootFile>& of_root) {
  Readers readers(survey);
  for (const auto& secret : Gatherer(survey).run()) readers.judge(secret);
  for (const auto& secret : secrets_in_settings(survey, of_root)) readers.judge(secret);
  for (auto& row : readers.found) survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack
