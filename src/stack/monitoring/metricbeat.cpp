// Defaults as the reference of the modules has them: hosts, server_status_path, status_path.
#include "stack/monitoring/metricbeat.hpp"

#include "stack/monitoring/identity.hpp"
#include "stack/monitoring/watch.hpp"
#include "stack/net.hpp"
#include "syntax/yaml/yaml.hpp"
#include "tree/glob.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

constexpr std::string_view kAgent = "metricbeat";

struct Module {
  std::string_view name, service, key, page, query;
};
constexpr std::array kModules{
    Module{"apache", "apache", "server_status_path", "server-status", "?auto"},
    Module{"nginx", "nginx", "server_status_path", "nginx_status", ""},
    Module{"php_fpm", "php-fpm", "status_path", "status", "?json"}};

class Metricbeat {
 public:
  explicit Metricbeat(Survey& survey) : survey_(survey) {}

  void read(const std::string& path) {
    const auto file = survey_.load(path, "monitor", yaml::kMaxBytes);
    if (!file) return;
    survey_.note_file(path, kAgent, "agent");
    if (const auto who = agent_identity(survey_, kAgent))
      survey_.open({std::string(kAgent), "metricbeat agent", *who},
                   {tree::Operation::read, path, Survey::whole_file(path), "configuration", "start",
                    "the agent does not read this file", true});
    document_ = yaml::parse(survey_.sources.content(*file), *file);
    survey_.add_problems(document_.problems, kAgent, "yaml");
    if (!document_.problems.empty()) return;
    for (const auto* entry : document_.items(document_.root()))
      if (entry->kind == yaml::Kind::map) module(*entry);
  }

 private:
  [[nodiscard]] std::string value(const yaml::Node& map, std::string_view key) const {
    const auto* node = document_.at(&map, key);
    return node != nullptr && node->kind == yaml::Kind::scalar ? node->value : std::string{};
  }

  void module(const yaml::Node& map) {
    const auto* known = std::ranges::find(kModules, value(map, "module"), &Module::name);
    if (known == kModules.end() || value(map, "enabled") == "false") return;
    auto page = value(map, known->key);
    if (page.empty()) page = known->page;
    while (page.starts_with('/')) page.erase(0, 1);
    for (const auto* host : document_.items(document_.at(&map, "hosts")))
      if (host->kind == yaml::Kind::scalar) ask(*known, *host, page);
  }

  void ask(const Module& module, const yaml::Node& host, const std::string& page) {
    const bool whole = host.value.find("://") != std::string::npos;
    const auto url = parse_url((whole ? "" : "http://") + host.value);
    if (!url.valid || !url.scheme.starts_with("http") || url.host.find('$') != std::string::npos)
      return;
    auto span = host.span;
    if (host.quoted) ++span.begin, --span.end;
    facts::Dial row;
    static_cast<facts::Place&>(row) = survey_.place(span);
    row.service = kAgent;
    row.purpose = "status-url";
    row.as_written = host.value;
    row.scheme = url.scheme;
    row.host = url.host;
    row.port = url.port;
    row.url_path = url.path.size() > 1 ? url.path : "/" + page + std::string(module.query);
    if (module.service != "php-fpm") row.expects = module.service;
    const auto addresses = addresses_of(survey_.tree, url.host);
    if (!addresses.empty()) {
      row.family = addresses[0].family;
      row.address = addresses[0].numeric;
      row.local = is_loopback(addresses[0]);
    }
    add_monitor(survey_, kAgent, module.service, row,
                url.scheme + "://" + url.host +
                    (url.port ? ":" + std::to_string(*url.port) : std::string{}) + row.url_path);
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  yaml::Document document_;
};

}  // namespace

void read_metricbeat(Survey& survey) {
  for (const auto& path : tree::glob(survey.tree, "/etc/metricbeat/modules.d/*.yml").paths)
    Metricbeat(survey).read(path);
}

}  // namespace stackaudit::stack
