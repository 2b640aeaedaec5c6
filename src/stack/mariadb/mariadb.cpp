// Where the server is reached, and as whom it runs.
#include "stack/mariadb/mariadb.hpp"

#include "stack/mariadb/opens.hpp"
#include "stack/mariadb/options.hpp"
#include "stack/mariadb/paths.hpp"
#include "stack/net.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

using mariadb::Option;
using mariadb::Options;

constexpr std::array<std::string_view, 3> kPrograms{"/usr/sbin/mariadbd", "/usr/sbin/mysqld",
                                                    "/usr/libexec/mariadbd"};
constexpr std::array<std::string_view, 2> kMainFiles{"/etc/my.cnf", "/etc/mysql/my.cnf"};
constexpr std::int64_t kPort = 3306;
constexpr std::int64_t kSocketMode = 0777;

facts::Listener listener(const Options& options, const Option* option, const ServiceUnit* unit) {
  facts::Listener row;
  static_cast<facts::Place&>(row) =
      option == nullptr ? Survey::whole_file(options.main_file) : option->place;
  row.service = "mariadb";
  row.unit = unit == nullptr ? "" : unit->name;
  return row;
}

void add_socket(Survey& survey, const Options& options, const ServiceUnit* unit,
                const std::string& user) {
  const auto* option = options.find("socket");
  auto row = listener(options, option, unit);
  row.as_written = option == nullptr ? "/run/mysqld/mysqld.sock" : option->value;
  row.family = "unix";
  row.socket = canonical_socket(survey.tree, row.as_written);
  row.socket_user = row.socket_group = user;
  row.socket_mode = kSocketMode;
  survey.facts.add(std::move(row));
}

// The port of the option, or the server's own; `extra-port` has none unless it is given.
void add_port(Survey& survey, const Options& options, const ServiceUnit* unit,
              std::string_view name) {
  const auto* networking = options.find("skip-networking");
  if (networking != nullptr && networking->value != "0" && networking->value != "OFF") return;
  const auto* port = options.find(name);
  if (name != "port" && (port == nullptr || !port_number(port->value))) return;
  const auto* bind = options.find("bind-address");
  const std::string host = bind == nullptr ? "*" : bind->value.substr(0, bind->value.find(','));
  auto row = listener(options, port == nullptr ? bind : port, unit);
  row.port = port == nullptr ? kPort : port_number(port->value).value_or(kPort);
  row.as_written = host + ":" + std::to_string(*row.port);
  row.family = "inet6";
  row.address = "*";
  row.on_inet = row.on_inet6 = true;
  if (host != "*") {
    const auto addresses = addresses_of(survey.tree, host);
    if (addresses.empty()) return survey.blind(row, "listener", host, "a name that only DNS knows");
    row.family = addresses[0].family;
    row.address = addresses[0].numeric;
    row.on_inet6 = row.family == "inet6";
    row.on_inet = row.family == "inet" || row.address == "*";
  }
  survey.facts.add(std::move(row));
}

// Whom the server works as.
std::string run_by(const Options& options, const ServiceUnit* unit) {
  if (unit != nullptr && unit->user) return *unit->user;
  const auto* user = options.find("user");
  return user == nullptr ? "mysql" : user->value;
}

// Whether its own settings belong to the audit: they are below a target, or an application that is
// audited keeps its data there.
bool concerns(const Survey& survey, const Targets& targets, const Options& options,
              const ServiceUnit* unit) {
  const auto is_below_target = [&](const std::string& path) {
    return std::ranges::any_of(
        targets.paths, [&](const std::string& target) { return tree::is_within(path, target); });
  };
  return is_below_target(options.main_file) || (unit != nullptr && is_below_target(unit->path)) ||
         std::ranges::any_of(survey.facts.rows<facts::Dial>(),
                             [](const facts::Dial& dial) { return dial.purpose == "DB_HOST"; });
}

// The server itself: who runs it, and everything that keeps it down.
void judge(Survey& survey, const Systemd& systemd, const Options& options, const ServiceUnit* unit,
           std::string_view program) {
  facts::Service row;
  static_cast<facts::Place&>(row) = Survey::whole_file(
      !options.main_file.empty() || unit == nullptr ? options.main_file : unit->path);
  row.kind = "mariadb";
  row.config = options.main_file;
  row.master_user = row.worker_user = run_by(options, unit);
  if (const auto* account = survey.accounts.user(row.worker_user))
    row.master_uid = row.worker_uid = account->uid;
  const auto* user = options.find("user");
  if (user != nullptr && (user->value == "root" || user->value == "0") && unit != nullptr &&
      starts_as_root(*unit))
    survey.add_problem(user->place, {.service = "mariadb",
                                     .language = "ini",
                                     .code = "mariadb-root",
                                     .severity = "warning",
                                     .message = "mariadbd runs as root: user = " + user->value,
                                     .help = "user = mysql, and take User=root out of its unit"});
  if (unit != nullptr) {
    row.unit = unit->name;
    row.enabled = unit->enabled;
  }
  if (program == "/usr/sbin/mariadbd") {
    mariadb::check_names(survey, options, program);
    mariadb::check_values(survey, options, program);
  }
  mariadb::check_paths(survey, options, systemd, row.worker_user);
  options.record();
  mariadb::record_opens(survey, options, unit, row.worker_user);
  survey.facts.add(std::move(row));
}

}  // namespace

void read_mariadb(Survey& survey, const Systemd& systemd, const Targets& targets) {
  const auto* unit = systemd.find("mariadb");
  const auto* const program = std::ranges::find_if(
      kPrograms, [&](std::string_view path) { return survey.state_of(path, "file") == "found"; });
  if (program == kPrograms.end()) return;
  Options options(survey);
  for (const auto file : kMainFiles) options.read(std::string(file));
  add_socket(survey, options, unit, run_by(options, unit));
  add_port(survey, options, unit, "port");
  add_port(survey, options, unit, "extra-port");
  if (concerns(survey, targets, options, unit)) judge(survey, systemd, options, unit, *program);
}

}  // namespace stackaudit::stack
