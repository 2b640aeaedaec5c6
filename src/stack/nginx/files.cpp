// Which directive names which file, relative to what, opened by whom, is a table.
#include "stack/nginx/files.hpp"

#include "stack/nginx/variables.hpp"
#include "stack/runtime_places.hpp"
#include "stack/systemd/log_streams.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

enum class Base : std::uint8_t { configuration, prefix };
enum class Who : std::uint8_t { master, worker };

struct FileDirective {
  std::string_view name, kind;
  Base base = Base::configuration;
  Who who = Who::master;
  bool needed = true;  // nginx opens it whatever the rest of the configuration says
};
constexpr std::array<FileDirective, 31> kFiles{{
    {"ssl_certificate", "certificate"},
    {"ssl_certificate_key", "key"},
    {"ssl_dhparam", "dhparam"},
    {"ssl_trusted_certificate", "certificate"},
    {"ssl_client_certificate", "certificate", Base::configuration, Who::master, false},
    {"ssl_crl", "certificate"},
    {"ssl_password_file", "key"},
    {"ssl_stapling_file", "certificate", Base::configuration, Who::master, false},
    {"ssl_session_ticket_key", "key"},
    {"proxy_ssl_certificate", "certificate"},
    {"proxy_ssl_certificate_key", "key"},
    {"proxy_ssl_trusted_certificate", "certificate"},
    {"proxy_ssl_crl", "certificate"},
    {"grpc_ssl_certificate", "certificate"},
    {"grpc_ssl_certificate_key", "key"},
    {"grpc_ssl_trusted_certificate", "certificate"},
    {"uwsgi_ssl_certificate", "certificate"},
    {"uwsgi_ssl_certificate_key", "key"},
    {"uwsgi_ssl_trusted_certificate", "certificate"},
    {"auth_basic_user_file", "password-file", Base::configuration, Who::worker},
    {"geoip_country", "database"},
    {"geoip_city", "database"},
    {"geoip_org", "database"},
    {"xslt_stylesheet", "stylesheet"},
    {"xml_entities", "stylesheet"},
    {"load_module", "module", Base::prefix},
    {"proxy_ssl_password_file", "key"},
    {"grpc_ssl_crl", "certificate"},
    {"grpc_ssl_password_file", "key"},
    {"uwsgi_ssl_crl", "certificate"},
    {"uwsgi_ssl_password_file", "key"},
}};

constexpr std::array<std::string_view, 7> kTempPaths{
    "client_body_temp_path", "proxy_temp_path",  "fastcgi_temp_path", "uwsgi_temp_path",
    "scgi_temp_path",        "proxy_cache_path", "fastcgi_cache_path"};
constexpr std::array<std::string_view, 5> kDefaultTemp{"client_body_temp_path", "proxy_temp_path",
                                                       "fastcgi_temp_path", "uwsgi_temp_path",
                                                       "scgi_temp_path"};

bool is_elsewhere(std::string_view log) {
  return log == "off" || log == "stderr" || log.starts_with("syslog:") ||
         log.starts_with("memory:") || is_kernels(log);
}

class Files {
 public:
  explicit Files(Reader& reader) : reader_(reader), survey_(reader.survey) {}

  void run() {
    for (const auto& node : reader_.config.nodes) {
      if (node.args.empty() || node.context == Context::data || node.context == Context::foreign)
        continue;
      for (const auto& known : kFiles)
        if (node.is(known.name)) file(node, known);
      if (node.is("listen") && node.arg(0).starts_with("unix:")) listens(node);
      if (node.is("access_log") || node.is("error_log")) log(node);
      if (std::ranges::find(kTempPaths, node.name.value) != kTempPaths.end() ||
          node.is("uwsgi_cache_path") || node.is("scgi_cache_path"))
        temp_path(node);
    }
    pid();
    default_logs();
    default_temp_paths();
  }

 private:
  [[nodiscard]] facts::Place place(const Node& node) const {
    return survey_.place(node.args[0].span);
  }

  void open(const std::optional<Actor>& actor, tree::Operation operation, const std::string& path,
            facts::Place at, std::string_view purpose, std::string_view effect, bool required) {
    if (!actor) return;
    survey_.open(*actor,
                 {operation, path, std::move(at), std::string(purpose),
                  actor->process == "nginx worker" && purpose != "temp" ? "request" : "start",
                  std::string(effect), required});
  }

  // Whether some block that inherits the file of passwords asks for one.
  [[nodiscard]] bool asks_for_password(const Node& node) const {
    const auto on = [](const Node* realm) { return realm != nullptr && realm->arg(0) != "off"; };
    if (on(reader_.config.inherited(node.parent, "auth_basic"))) return true;
    return std::ranges::any_of(reader_.config.nodes, [&](const Node& realm) {
      return realm.is("auth_basic") && on(&realm) &&
             reader_.config.inherited(realm.parent, "auth_basic_user_file") == &node;
    });
  }

  // A client certificate list counts only where clients are asked for one.
  [[nodiscard]] bool is_needed(const Node& node, const FileDirective& known) const {
    if (known.kind == "password-file") return asks_for_password(node);
    for (const std::string_view kind : {"proxy", "grpc", "uwsgi"})
      if (node.name.value.starts_with(std::string(kind) + "_ssl_"))
        return node.parent && passes_tls(node, kind);
    if (node.name.value.starts_with("ssl_") && !node.is("ssl_password_file") &&
        !reader_.config.serves_tls(node))
      return false;
    if (!node.is("ssl_client_certificate")) return known.needed;
    const auto* verify = reader_.config.inherited(node.parent, "ssl_verify_client");
    return verify != nullptr && verify->arg(0) != "off";
  }

  // Whether a pass directive that inherits the node speaks TLS.
  [[nodiscard]] bool passes_tls(const Node& node, std::string_view kind) const {
    const auto pass = std::string(kind) + "_pass";
    const bool trust = node.name.value.ends_with("trusted_certificate");
    for (const auto& other : reader_.config.nodes) {
      if (!other.is(pass) || other.args.empty() || !other.parent) continue;
      const auto url = other.arg(0);
      if (url.find("s://") == std::string_view::npos && !url.starts_with("suwsgi:")) continue;
      const auto* verify =
          reader_.config.inherited(other.parent, std::string(kind) + "_ssl_verify");
      if (trust && (verify == nullptr || verify->arg(0) != "on")) continue;
      if (reader_.config.inherited(other.parent, node.name.value) == &node) return true;
    }
    return false;
  }

  // "data:", "engine:" and, since 1.29, "store:" are no paths.
  [[nodiscard]] bool is_no_path(std::string_view value) const {
    return value.starts_with("data:") || value.starts_with("engine:") ||
           (value.starts_with("store:") && !reader_.build.lacks("1.29.0"));
  }

  // A "$" where nginx knows no variables stands for itself, and was hardly meant so.
  void found_literally(const Node& node) {
    if (has_variable(node.arg(0)))
      reader_.problem(node.args[0].span, "doubtful-directive", text::Severity::warning,
                      '"' + node.name.value + "\" takes no variables: the name is " +
                          std::string(node.arg(0)) + " as it stands");
  }

  // What the start fails with; of a name that was meant to hold a variable, why.
  static std::string no_start(const Node& node) {
    return has_variable(node.arg(0)) ? "nginx does not start: " + node.name.value +
                                           " takes no variables, the $ stands for itself"
                                     : "nginx does not start";
  }

  void file(const Node& node, const FileDirective& known) {
    const auto value = node.arg(0);
    auto row = reader_.reference(node.args[0].span, known.kind, value, "file");
    const bool worker = known.who == Who::worker;
    if (worker) {
      row.process = "nginx worker";
      row.user = reader_.worker ? reader_.worker->who.name : "";
    }
    row.required = is_needed(node, known);
    row.effect = worker ? "HTTP 403" : no_start(node);
    if (known.kind == "password-file" && value == "off") return;
    if (is_no_path(value) || value.empty()) return;
    if (is_dynamic(node)) {
      row.state = "dynamic";
      survey_.facts.add(std::move(row));
      return;
    }
    row.resolved =
        known.base == Base::prefix ? reader_.prefix_relative(value) : reader_.conf_relative(value);
    row.state = survey_.state_of(row.resolved, "file");
    if (row.state == "missing" || row.state == "dangling")
      row.nearest = row.replacement = survey_.nearest_path(row.resolved);
    const auto path = row.resolved;
    const bool found = row.state == "found";
    const bool required = row.required;
    survey_.facts.add(std::move(row));
    if (!found) return;
    found_literally(node);
    if (node.is("ssl_session_ticket_key")) ticket(node, path);
    open(worker ? reader_.worker : reader_.master, tree::Operation::read, path, place(node),
         known.kind, worker ? "HTTP 500" : "nginx does not start", required);
    survey_.note_file(path, "nginx", known.kind);
  }

  void ticket(const Node& node, const std::string& path) {
    const auto end = tree::resolve(survey_.tree, path);
    if (end && end.stat.size != 48 && end.stat.size != 80)
      reader_.problem(node.args[0].span, "bad-value", text::Severity::error,
                      '"' + path + "\" must be 48 or 80 bytes",
                      "openssl rand 80 makes such a file");
  }

  void log(const Node& node) {
    const auto value = node.arg(0);
    if (is_kernels(value)) check_log_stream(survey_, reader_.unit, std::string(value), place(node));
    if (is_elsewhere(value)) return;
    const auto path = reader_.prefix_relative(value);
    if (is_dynamic(node)) {
      auto row = reader_.reference(node.args[0].span, "log-directory", value, "directory");
      row.state = "dynamic";
      survey_.facts.add(std::move(row));
      variable_log(node, path);
      return;
    }
    if (node.context == Context::main && node.command_line) return;
    if (!directory(node, path, "log-directory", no_start(node))) return;
    found_literally(node);
    log_file(path, place(node));
  }

  // A log whose name is known only when a request is served is opened by the worker.
  void variable_log(const Node& node, const std::string& path) {
    const auto folder = std::string(tree::dirname(path));
    if (has_variable(folder) || !reader_.worker || survey_.state_of(folder, "directory") != "found")
      return;
    survey_.open(*reader_.worker, {tree::Operation::create, folder + "/log", place(node), "log",
                                   "request", "requests are not logged", false});
  }

  void log_file(const std::string& path, const facts::Place& at) {
    check_log_stream(survey_, reader_.unit, path, at);
    open(reader_.master, tree::Operation::append, path, at, "log", "nginx does not start", true);
    survey_.note_file(path, "nginx", "log");
    survey_.note_file(tree::dirname(path), "nginx", "log-directory");
  }

  // Records the directory that must hold the path; whether it is there.
  bool directory(const Node& node, const std::string& path, std::string_view kind,
                 std::string_view effect) {
    auto row = reader_.reference(node.args[0].span, kind, node.arg(0), "directory");
    row.resolved = tree::dirname(path);
    row.effect = effect;
    row.state = survey_.state_of(row.resolved, "directory");
    if ((row.state == "missing" || row.state == "dangling") && made_at_boot(row.resolved))
      return false;
    if (row.state == "missing" || row.state == "dangling") {
      row.nearest = survey_.nearest_path(row.resolved);
      if (!row.nearest.empty())
        row.replacement = row.nearest + '/' + std::string(tree::basename(path));
    }
    const bool found = row.state == "found";
    survey_.facts.add(std::move(row));
    return found;
  }

  // Directories of /run are made by RuntimeDirectory= or by tmpfiles.d, not stored.
  [[nodiscard]] bool made_at_boot(std::string_view directory) const {
    auto path = made_path(survey_.tree, directory);
    if (path.starts_with("/var/run/")) path = path.substr(4);
    return reader_.systemd.made_at_boot(path) != nullptr;
  }

  // The master binds it, in the test as well: bind() to unix:/run/shop/http.sock failed (2).
  void listens(const Node& node) {
    const auto path = std::string(node.arg(0).substr(5));
    const auto folder = tree::dirname(path);
    if (!path.starts_with('/') || folder == "/run" || folder == "/var/run" || folder == "/tmp")
      return;
    if (directory(node, path, "socket-directory", "nginx does not start"))
      open(reader_.master, tree::Operation::create, std::string(folder), place(node), "socket",
           "nginx does not start", true);
  }

  void pid() {
    const auto* node = reader_.config.own(std::nullopt, "pid");
    const bool written = node != nullptr && !node->args.empty();
    const auto path = written ? reader_.prefix_relative(node->arg(0)) : reader_.build.pid_path;
    const auto at = written ? place(*node) : Survey::whole_file(reader_.conf_path);
    if ((written && node->arg(0) == "off") || is_kernels(path)) return;
    awaited_pid(path, at);
    const bool there = written ? directory(*node, path, "pid-directory", "nginx does not start")
                               : survey_.state_of(tree::dirname(path), "directory") == "found";
    if (there)
      open(reader_.master, tree::Operation::append, path, at, "pid", "nginx does not start", true);
  }

  // A forking unit has started when the file of its PIDFile= is there, and fails without it.
  void awaited_pid(const std::string& path, const facts::Place& at) {
    const auto* unit = reader_.unit;
    if (unit == nullptr || unit->pid_file.empty() || unit->type != "forking") return;
    const auto run = [](std::string_view name) {
      const auto normal = tree::normalize(name);
      return normal.starts_with("/var/run/") ? normal.substr(4) : normal;
    };
    const auto awaited = run(tree::join("/run", unit->pid_file));
    if (awaited == run(path)) return;
    // The one that was changed here is the one to mend.
    const bool of_unit = run(path) == run(reader_.build.pid_path) && is_local(unit->pid_file_place);
    facts::Reference row;
    static_cast<facts::Place&>(row) = of_unit ? unit->pid_file_place : at;
    row.service = "nginx";
    row.kind = "pid-file";
    row.as_written = path;
    row.resolved = awaited;
    row.state = "missing";
    row.wanted = "file";
    row.nearest = path;
    if (row.span_begin) row.replacement = of_unit ? path : awaited;
    row.process = "systemd";
    row.user = "root";
    row.call = "openat";
    row.effect = "systemd waits for the file, then kills nginx: the start fails";
    row.reached_from = of_unit ? at.path : unit->pid_file_place.path;
    survey_.facts.add(std::move(row));
  }

  // Without an access_log, and without an error_log outside of blocks, nginx opens those of its
  // build; Debian's writes errors to stderr.
  void default_logs() {
    const auto* http = reader_.config.own(std::nullopt, "http");
    if (http == nullptr) return;
    const auto index = static_cast<std::size_t>(http - reader_.config.nodes.data());
    if (reader_.config.own(index, "access_log") == nullptr)
      default_log(reader_.build.http_log, survey_.place(http->span));
    if (reader_.build.error_log.starts_with('/') &&
        reader_.config.own(std::nullopt, "error_log") == nullptr)
      default_log(reader_.build.error_log, survey_.place(http->span));
  }

  void default_log(const std::string& path, const facts::Place& at) {
    if (survey_.state_of(tree::dirname(path), "directory") == "found") log_file(path, at);
  }

  void temp_path(const Node& node) {
    const auto path = reader_.prefix_relative(node.arg(0));
    if (!directory(node, path, "temp-directory", no_start(node))) return;
    found_literally(node);
    temp_directory(path, place(node));
  }

  void default_temp_paths() {
    const auto* http = reader_.config.own(std::nullopt, "http");
    if (http == nullptr) return;
    const auto index = static_cast<std::size_t>(http - reader_.config.nodes.data());
    for (std::size_t i = 0; i < kDefaultTemp.size(); ++i)
      if (reader_.config.own(index, kDefaultTemp[i]) == nullptr &&
          survey_.state_of(tree::dirname(reader_.build.temp_paths[i]), "directory") == "found")
        temp_directory(reader_.build.temp_paths[i], survey_.place(http->span));
  }

  // The master makes it when it is missing; a root master gives it to the workers at every start,
  // but not the directories above it.
  void temp_directory(const std::string& path, const facts::Place& at) {
    const bool found = survey_.state_of(path, "directory") == "found";
    open(reader_.master, found ? tree::Operation::stat : tree::Operation::create, path, at, "temp",
         "nginx does not start", true);
    if (!reader_.worker) return;
    const std::string effect = "HTTP 500 for requests and answers too large for memory";
    if (reader_.root_master())
      survey_.open(*reader_.worker, {tree::Operation::search, std::string(tree::dirname(path)), at,
                                     "temp", "request", effect, true});
    else if (found)
      survey_.open(*reader_.worker,
                   {tree::Operation::create, path + "/0", at, "temp", "request", effect});
  }

  Reader& reader_;
  Survey& survey_;
};

}  // namespace

void read_files(Reader& reader) {
  Files(reader).run();
}

}  // namespace stackaudit::stack::nginx
