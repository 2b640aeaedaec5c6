// Which checks have instances, and what each of them asks.
#include "stack/monitoring/datadog_check.hpp"

#include "stack/monitoring/identity.hpp"
#include "stack/monitoring/probes.hpp"
#include "stack/monitoring/watch.hpp"
#include "stack/net.hpp"
#include "syntax/yaml/yaml.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

// What a check watches, and the settings of an instance that hold a URL. The first key that is
// there counts. answers: whether the URL is answered by the watched service itself.
struct Check {
  std::string_view name;
  std::string_view target;
  std::array<std::string_view, 3> urls;
  bool answers = true;
  bool needs_url = false;
};
constexpr std::array kChecks{
    Check{"apache", "apache", {"apache_status_url"}, true, true},
    Check{"nginx", "nginx", {"nginx_status_url"}, true, true},
    Check{"php_fpm", "php-fpm", {"status_url", "ping_url"}, false, true},
    Check{"mysql", "mariadb", {}},
    Check{"http_check", "", {"url"}, false},
    Check{"tcp_check", "", {}, false},
    Check{"openmetrics", "", {"openmetrics_endpoint", "prometheus_url"}, false},
    Check{"prometheus", "", {"prometheus_url"}, false}};

// What a check's file may have at its top.
constexpr std::array<std::string_view, 14> kTopKeys{
    "init_config",           "instances",       "logs",
    "ad_identifiers",        "cluster_check",   "advanced_ad_identifiers",
    "jmx_metrics",           "docker_images",   "ignore_autodiscovery_tags",
    "check_tag_cardinality", "kube_services",   "kube_endpoints",
    "process_config",        "metrics_excluded"};

class CheckFile {
 public:
  CheckFile(Survey& survey, std::string check, bool logs_on)
      : survey_(survey), check_(std::move(check)), logs_on_(logs_on) {
    const auto* known = std::ranges::find(kChecks, check_, &Check::name);
    if (known != kChecks.end()) known_ = known;
  }

  void read(const std::string& path) {
    survey_.note_file(path, kDatadog, "agent");
    const auto file = survey_.load(path, "monitor");
    if (!file) return;
    document_ = yaml::parse(survey_.sources.content(*file), *file);
    survey_.add_problems(document_.problems, kDatadog, "yaml");
    if (!document_.problems.empty()) return;
    opened(path);
    const auto* root = document_.root();
    if (root == nullptr) return;
    const bool misspelt = check_keys(*root);
    const auto* list = document_.at(root, "instances");
    if (list != nullptr && list->kind == yaml::Kind::map)
      problem(survey_.place(list->span), "no-instance", "warning",
              "instances: is no list: the check does not run",
              "begin each instance with a dash: \"  - \"");
    bool any = misspelt;
    for (const auto* instance : document_.items(list)) {
      if (instance->kind != yaml::Kind::map) continue;
      any = true;
      read_instance(*instance);
    }
    const auto logs = document_.items(document_.at(root, "logs"));
    for (const auto* log : logs)
      if (log->kind == yaml::Kind::map) read_log(*log);
    if (any || !logs.empty() || known_ == nullptr || known_->target.empty()) return;
    problem(Survey::whole_file(path), "no-instance", "warning",
            "no instance: the check of " + std::string(known_->target) + " never runs",
            "list under instances: what is to be asked");
  }

 private:
  const yaml::Node* text(const yaml::Node& map, std::string_view key) const {
    const auto* node = document_.at(&map, key);
    return node != nullptr && node->kind == yaml::Kind::scalar && !node->value.empty() ? node
                                                                                       : nullptr;
  }

  // A key that the agent does not know is passed over without a word.
  bool check_keys(const yaml::Node& root) {
    bool misspelt = false;
    if (root.kind != yaml::Kind::map) return misspelt;
    for (std::size_t i = 0; i + 1 < root.children.size(); i += 2) {
      const auto* key = document_.follow(root.children[i]);
      if (key == nullptr || std::ranges::find(kTopKeys, key->value) != kTopKeys.end()) continue;
      const auto near = stackaudit::text::nearest(key->value, kTopKeys);
      if (!near || document_.at(&root, *near) != nullptr) continue;
      misspelt = true;
      problem(place(*key), "no-instance", "warning",
              "the agent does not know " + key->value + ": what stands below it is not read",
              "write " + *near + ":");
    }
    return misspelt;
  }

  // Inside the quotes, so that a replacement keeps them.
  [[nodiscard]] facts::Place place(const yaml::Node& node) const {
    auto span = node.span;
    if (node.quoted && span.end - span.begin >= 2) {
      ++span.begin;
      --span.end;
    }
    return survey_.place(span);
  }

  void problem(const facts::Place& where, std::string_view code, std::string_view severity,
               std::string message, std::string help) {
    survey_.add_problem(where, {.service = kDatadog,
                                .language = "yaml",
                                .code = code,
                                .severity = severity,
                                .message = std::move(message),
                                .help = std::move(help)});
  }

  // The agent runs as an account of its own, where that is there.
  void opened(const std::string& path) {
    const auto account = agent_identity(survey_, kDatadog);
    if (!account || survey_.state_of(path, "file") != "found") return;
    survey_.open({std::string(kDatadog), "datadog agent", *account},
                 {tree::Operation::read, path, Survey::whole_file(path), "configuration", "start",
                  "the check does not run", true});
  }

  void read_process(const yaml::Node& instance) {
    const auto* exact = text(instance, "exact_match");
    const bool whole = exact == nullptr || (exact->value != "false" && exact->value != "False");
    for (const auto* name : document_.items(document_.at(&instance, "search_string")))
      if (name->kind == yaml::Kind::scalar) {
        if (whole)
          watch_process(survey_, kDatadog, place(*name), name->value);
        else
          stackaudit::stack::add_monitor(survey_, kDatadog, service_in(name->value), place(*name),
                                         "");
      }
    if (const auto* path = text(instance, "pid_file"))
      watch_pid_file(survey_, kDatadog, place(*path), path->value, "");
  }

  void read_instance(const yaml::Node& instance) {
    if (check_ == "process") return read_process(instance);
    if (check_ == "systemd")
      for (const auto* name : document_.items(document_.at(&instance, "unit_names")))
        watch_unit(survey_, kDatadog, place(*name), name->value);
    looked_at(instance);
    const yaml::Node* url = nullptr;
    if (known_ != nullptr)
      for (const auto key : known_->urls)
        if (url == nullptr && !key.empty()) url = text(instance, key);
    const auto* host = text(instance, "host");
    if (host == nullptr) host = text(instance, "server");
    const auto* socket = text(instance, "sock");
    const auto* direct = text(instance, "use_fastcgi");
    if (url != nullptr && url->value.starts_with("unix:"))
      ask_pool(instance, *url);
    else if (url != nullptr)
      ask_url(instance, *url,
              direct != nullptr && (direct->value == "true" || direct->value == "True"));
    else if (socket != nullptr)
      ask_socket(*socket);
    else if (host != nullptr)
      ask_host(*host, text(instance, "port"));
    else if (known_ != nullptr && known_->needs_url)
      problem(survey_.place(instance.span), "missing-key", "error",
              "the instance has no " + std::string(known_->urls[0]) +
                  ": the check fails and asks nothing",
              "write " + std::string(known_->urls[0]) + ": and the URL of the status page");
    else
      add_monitor(survey_.place(instance.span), "");
  }

  // Certificates of the check tls, the directory of the check directory.
  void looked_at(const yaml::Node& instance) {
    if (check_ == "tls")
      for (const std::string_view key : {"local_cert_path", "tls_cert", "tls_ca_cert"})
        if (const auto* path = text(instance, key))
          look_for_file(survey_, kDatadog, place(*path), path->value, path->value,
                        "nobody sees the certificate expire");
    if (const auto* path = text(instance, "directory"); path != nullptr && check_ == "directory")
      look_for_file(survey_, kDatadog, place(*path), path->value, path->value,
                    "the check fails each time");
  }

  void add_monitor(const facts::Place& where, const std::string& url) {
    facts::Monitor row;
    static_cast<facts::Place&>(row) = where;
    row.agent = kDatadog;
    row.target = known_ == nullptr ? check_ : std::string(known_->target);
    row.url = url;
    survey_.facts.add(std::move(row));
  }

  [[nodiscard]] facts::Dial dial(const yaml::Node& node, std::string purpose) const {
    facts::Dial row;
    static_cast<facts::Place&>(row) = place(node);
    row.service = kDatadog;
    row.purpose = std::move(purpose);
    row.as_written = node.value;
    if (known_ != nullptr && known_->answers) row.expects = known_->target;
    return row;
  }

  // unix:///run/php/app.sock/status: FastCGI to the pool itself.
  void ask_pool(const yaml::Node& instance, const yaml::Node& node) {
    const auto probes = probes_in(node.value);
    if (probes.empty() || probes.front().socket.empty()) return ask_url(instance, node, false);
    add_monitor(place(node), node.value);
    auto row = dial(node, "status-url");
    row.scheme = "fastcgi";
    row.family = "unix";
    row.socket = canonical_socket(survey_.tree, probes.front().socket);
    row.url_path = probes.front().path;
    row.local = true;
    row.expects = "php-fpm";
    survey_.facts.add(std::move(row));
  }

  void ask_url(const yaml::Node& instance, const yaml::Node& node, bool fastcgi) {
    add_monitor(place(node), node.value);
    auto row = dial(node, "status-url");
    const auto url = parse_url(node.value);
    if (!url.valid) {
      if (node.value.find("%%") != std::string::npos) return;  // an autodiscovery template
      if (node.value.find("://") == std::string::npos &&
          node.value.find("ENC[") == std::string::npos)
        return problem(place(node), "not-a-url", "error",
                       node.value + " is no URL: the check fails and asks nothing",
                       "write it with its scheme: http://HOST:PORT/PATH");
      survey_.blind(row, "dial", node.value, "not a URL");
      return;
    }
    row.scheme = fastcgi ? "fastcgi" : url.scheme;
    if (fastcgi) row.expects = "php-fpm";
    row.host = url.host;
    row.port = url.port;
    row.url_path = url.path;
    locate(row);
    for (const std::string_view map : {"headers", "extra_headers"})  // they choose the server
      if (const auto* headers = document_.at(&instance, map); headers != nullptr)
        for (const std::string_view key : {"Host", "host"})
          if (const auto* name = text(*headers, key)) row.host = name->value;
    survey_.facts.add(std::move(row));
  }

  void ask_socket(const yaml::Node& node) {
    add_monitor(place(node), "");
    auto row = dial(node, "check");
    row.family = "unix";
    row.socket = canonical_socket(survey_.tree, node.value);
    row.local = true;
    survey_.facts.add(std::move(row));
  }

  void ask_host(const yaml::Node& host, const yaml::Node* port) {
    add_monitor(place(host), "");
    auto row = dial(host, "check");
    row.scheme = "tcp";
    row.host = host.value;
    row.port = port == nullptr ? std::nullopt : port_number(port->value);
    if (port != nullptr) static_cast<facts::Place&>(row) = place(*port);
    if (!row.port && known_ != nullptr && known_->target == "mariadb") row.port = 3306;
    if (!row.port) return;
    locate(row);
    survey_.facts.add(std::move(row));
  }

  void locate(facts::Dial& row) const {
    const auto addresses = addresses_of(survey_.tree, row.host);
    if (addresses.empty()) return;
    row.family = addresses[0].family;
    row.address = addresses[0].numeric;
    row.local = is_loopback(addresses[0]);
  }

  void read_log(const yaml::Node& log) {
    for (const auto* unit : document_.items(document_.at(&log, "include_units")))
      watch_unit(survey_, kDatadog, place(*unit), unit->value);
    const auto* path = text(log, "path");
    if (path == nullptr) return;
    watch_log(survey_, kDatadog, place(*path), path->value);
    open_log(survey_, kDatadog, place(*path), path->value);
    if (logs_on_) return;
    problem(place(*path), "logs-off", "warning",
            "the agent collects no logs: logs_enabled is not true in datadog.yaml",
            "write logs_enabled: true in datadog.yaml");
    logs_on_ = true;  // said once
  }

  Survey& survey_;
  std::string check_;
  const Check* known_ = nullptr;
  yaml::Document document_;
  bool logs_on_;
};

}  // namespace

void read_datadog_check(Survey& survey, const std::string& check, const std::string& path,
                        bool logs_on) {
  CheckFile(survey, check, logs_on).read(path);
}

bool is_datadog_check(std::string_view name) {
  return std::ranges::find(kChecks, name, &Check::name) != kChecks.end();
}

}  // namespace stackaudit::stack
