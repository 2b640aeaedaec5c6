// Option files in the order in which the server reads them; a later option wins.
#include "stack/mariadb/mariadb.hpp"

#include "stack/net.hpp"
#include "syntax/ini/ini.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

constexpr int kMaxIncludeDepth = 10;
constexpr std::array<std::string_view, 3> kPrograms{"/usr/sbin/mariadbd", "/usr/sbin/mysqld",
                                                    "/usr/libexec/mariadbd"};
constexpr std::array<std::string_view, 2> kMainFiles{"/etc/my.cnf", "/etc/mysql/my.cnf"};
constexpr std::int64_t kPort = 3306;
constexpr std::int64_t kSocketMode = 0777;

struct Option {
  std::string value;
  facts::Place place;
};

class Options {
 public:
  explicit Options(Survey& survey) : survey_(survey) {}

  void read(const std::string& path, int depth) {
    if (depth > kMaxIncludeDepth) return;
    const auto end = tree::resolve(survey_.tree, path);
    if (!end) return;
    if (end.stat.type == tree::FileType::directory) {
      for (const auto& file : tree::glob(survey_.tree, end.path + "/*.cnf").paths)
        read(file, depth + 1);
      return;
    }
    const auto file = survey_.load(end.path, "listener");
    if (!file) return;
    if (main_file.empty()) main_file = end.path;
    const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::my_cnf);
    for (const auto& section : document.sections)
      for (const auto& entry : section.entries) {
        if (entry.key.value == "!include" || entry.key.value == "!includedir")
          include(entry, tree::join(tree::dirname(end.path), entry.value.value), depth);
        else if (section.name.value.empty() && !entry.key.value.starts_with('!'))
          problem(entry.key.span, "ungrouped", "warning",
                  "Found option without preceding group: the rest of the file is not read",
                  "write [mysqld] above it");
        else if (is_server_group(section.name.value))
          take(entry);
      }
  }

  [[nodiscard]] const Option* find(std::string_view name) const {
    const auto option = options_.find(name);
    return option == options_.end() ? nullptr : &option->second;
  }

  std::string main_file;

 private:
  // A missing file is passed over, a missing directory is not.
  void include(const ini::Entry& entry, const std::string& path, int depth) {
    read(path, depth + 1);
    if (entry.key.value != "!includedir" || survey_.state_of(path, "directory") != "missing")
      return;
    problem(entry.has_value ? entry.value.span : entry.key.span, "includedir", "error",
            "Can't read dir of '" + path + "': mariadbd does not start, nor does any client",
            "create the directory, or take the line out");
  }

  void problem(text::Span where, std::string_view code, std::string_view severity,
               std::string message, std::string help) {
    survey_.add_problem(survey_.place(where), {.service = "mariadb",
                                               .language = "ini",
                                               .code = code,
                                               .severity = severity,
                                               .message = std::move(message),
                                               .help = std::move(help)});
  }

  static bool is_server_group(std::string_view name) {
    return name == "server" || name.starts_with("mysqld") || name == "mariadb" ||
           name.starts_with("mariadb-") || name.starts_with("mariadbd");
  }

  void take(const ini::Entry& entry) {
    auto name = entry.key.value;
    std::ranges::replace(name, '_', '-');
    options_[name] = {entry.value.value,
                      survey_.place(entry.has_value ? entry.value.span : entry.key.span)};
  }

  Survey& survey_;
  std::map<std::string, Option, std::less<>> options_;
};

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

}  // namespace

void read_mariadb(Survey& survey, const Systemd& systemd) {
  const auto* unit = systemd.find("mariadb");
  const bool installed = std::ranges::any_of(
      kPrograms, [&](std::string_view path) { return survey.state_of(path, "file") == "found"; });
  if (!installed) return;
  Options options(survey);
  for (const auto file : kMainFiles) options.read(std::string(file), 0);
  facts::Service row;
  static_cast<facts::Place&>(row) = Survey::whole_file(
      !options.main_file.empty() || unit == nullptr ? options.main_file : unit->path);
  row.kind = "mariadb";
  row.config = options.main_file;
  const auto* user = options.find("user");
  row.worker_user = unit != nullptr && unit->user ? *unit->user
                    : user != nullptr             ? user->value
                                                  : std::string("mysql");
  row.master_user = row.worker_user;
  if (const auto* account = survey.accounts.user(row.worker_user))
    row.master_uid = row.worker_uid = account->uid;
  const bool starts_as_root = unit != nullptr && (!unit->user || *unit->user == "root");
  if (user != nullptr && (user->value == "root" || user->value == "0") && starts_as_root)
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
  add_socket(survey, options, unit, row.worker_user);
  add_port(survey, options, unit, "port");
  add_port(survey, options, unit, "extra-port");
  survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack
