// Which checks have instances, and what each of them asks.
#include "stack/monitoring/datadog.hpp"

#include "stack/net.hpp"
#include "syntax/yaml/yaml.hpp"
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
};
constexpr std::array kChecks{
    Check{"apache", "apache", {"apache_status_url"}},
    Check{"nginx", "nginx", {"nginx_status_url"}},
    Check{"php_fpm", "php-fpm", {"status_url", "ping_url"}, false},
    Check{"mysql", "mariadb", {}},
    Check{"http_check", "", {"url"}, false},
    Check{"tcp_check", "", {}, false},
    Check{"openmetrics", "", {"openmetrics_endpoint", "prometheus_url"}, false},
    Check{"prometheus", "", {"prometheus_url"}, false}};

constexpr std::string_view kService = "datadog";

bool is_configuration(std::string_view name) {
  return (name.ends_with(".yaml") || name.ends_with(".yml")) && !name.starts_with('.') &&
         name != "metrics.yaml" && name != "auto_conf.yaml";
}

std::string without(std::string_view name, std::string_view suffix) {
  return std::string(name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name);
}

class ConfigurationFile {
 public:
  ConfigurationFile(Survey& survey, std::string check) : survey_(survey), check_(std::move(check)) {
    const auto* known = std::ranges::find(kChecks, check_, &Check::name);
    if (known != kChecks.end()) known_ = known;
  }

  void read(const std::string& path) {
    survey_.note_file(path, kService, "configuration");
    const auto file = survey_.load(path, "monitor");
    if (!file) return;
    document_ = yaml::parse(survey_.sources.content(*file), *file);
    survey_.add_problems(document_.problems, kService, "yaml");
    if (!document_.problems.empty()) return;
    const auto* root = document_.root();
    for (const auto* instance : document_.items(document_.at(root, "instances")))
      if (instance->kind == yaml::Kind::map) read_instance(*instance);
    for (const auto* log : document_.items(document_.at(root, "logs")))
      if (log->kind == yaml::Kind::map) read_log(*log);
  }

 private:
  const yaml::Node* text(const yaml::Node& map, std::string_view key) const {
    const auto* node = document_.at(&map, key);
    return node != nullptr && node->kind == yaml::Kind::scalar && !node->value.empty() ? node
                                                                                       : nullptr;
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

  void read_instance(const yaml::Node& instance) {
    const yaml::Node* url = nullptr;
    if (known_ != nullptr)
      for (const auto key : known_->urls)
        if (url == nullptr && !key.empty()) url = text(instance, key);
    const auto* host = text(instance, "host");
    if (host == nullptr) host = text(instance, "server");
    const auto* socket = text(instance, "sock");
    if (url != nullptr)
      ask_url(*url);
    else if (socket != nullptr)
      ask_socket(*socket);
    else if (host != nullptr)
      ask_host(*host, text(instance, "port"));
    else
      add_monitor(survey_.place(instance.span), "");
  }

  void add_monitor(const facts::Place& where, const std::string& url) {
    facts::Monitor row;
    static_cast<facts::Place&>(row) = where;
    row.agent = kService;
    row.target = known_ == nullptr ? check_ : std::string(known_->target);
    row.url = url;
    survey_.facts.add(std::move(row));
  }

  [[nodiscard]] facts::Dial dial(const yaml::Node& node, std::string purpose) const {
    facts::Dial row;
    static_cast<facts::Place&>(row) = place(node);
    row.service = kService;
    row.purpose = std::move(purpose);
    row.as_written = node.value;
    if (known_ != nullptr && known_->answers) row.expects = known_->target;
    return row;
  }

  void ask_url(const yaml::Node& node) {
    add_monitor(place(node), node.value);
    auto row = dial(node, "status-url");
    const auto url = parse_url(node.value);
    if (!url.valid) {
      if (node.value.find("%%") != std::string::npos) return;  // an autodiscovery template
      survey_.blind(row, "dial", node.value, "not a URL");
      return;
    }
    row.scheme = url.scheme;
    row.host = url.host;
    row.port = url.port;
    row.url_path = url.path;
    locate(row);
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
    const auto* path = text(log, "path");
    if (path == nullptr || !path->value.starts_with('/')) return;
    auto folder = std::string(tree::dirname(path->value));
    if (tree::has_wildcard(folder)) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = place(*path);
    row.service = kService;
    row.kind = "log-directory";
    row.as_written = path->value;
    row.resolved = folder;
    row.state = survey_.state_of(folder, "directory");
    row.required = false;
    row.wanted = "directory";
    if (row.state == "missing") row.nearest = survey_.nearest_path(folder);
    if (!row.nearest.empty())
      row.replacement = tree::join(row.nearest, tree::basename(path->value));
    row.process = "datadog agent";
    row.call = "openat";
    row.effect = "nobody collects this log";
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  std::string check_;
  const Check* known_ = nullptr;
  yaml::Document document_;
};

// CHECK.d: every *.yaml; conf.yaml.default only where there is nothing else.
void read_check_directory(Survey& survey, const std::string& directory, const std::string& check) {
  const auto names = tree::list_directory(survey.tree, directory);
  if (!names) {
    survey.blind(Survey::whole_file(directory), "monitor", directory,
                 tree::errno_words(names.error()), true);
    return;
  }
  bool any = false;
  for (const auto& name : *names) {
    const auto path = tree::join(directory, name);
    if (!is_configuration(name) || survey.state_of(path, "file") != "found") continue;
    any = true;
    ConfigurationFile(survey, check).read(path);
  }
  const auto fallback = directory + "/conf.yaml.default";
  if (!any && survey.state_of(fallback, "file") == "found")
    ConfigurationFile(survey, check).read(fallback);
}

std::string check_of_file(std::string_view path) {
  const auto folder = tree::basename(tree::dirname(path));
  if (folder.ends_with(".d") && folder != "conf.d") return without(folder, ".d");
  return without(without(tree::basename(path), ".yaml"), ".yml");
}

}  // namespace

void read_datadog(Survey& survey, const Entry& entry) {
  if (survey.state_of(entry.path, "directory") != "found")
    return ConfigurationFile(survey, check_of_file(entry.path)).read(entry.path);
  const auto names = tree::list_directory(survey.tree, entry.path);
  if (!names) {
    survey.blind(Survey::whole_file(entry.path), "monitor", entry.path,
                 tree::errno_words(names.error()), true);
    return;
  }
  for (const auto& name : *names) {
    const auto path = tree::join(entry.path, name);
    if (name.ends_with(".d") && survey.state_of(path, "directory") == "found")
      read_check_directory(survey, path, without(name, ".d"));
    else if (is_configuration(name) && survey.state_of(path, "file") == "found")
      ConfigurationFile(survey, check_of_file(path)).read(path);
  }
}

}  // namespace stackaudit::stack
