// One instance of nginx from its entry point on: who starts it, what it reads, what that means.
#include "stack/nginx/nginx.hpp"

#include "stack/in_parallel.hpp"
#include "stack/nginx/address.hpp"
#include "stack/nginx/arguments.hpp"
#include "stack/nginx/buffers.hpp"
#include "stack/nginx/certificates.hpp"
#include "stack/nginx/check.hpp"
#include "stack/nginx/closed.hpp"
#include "stack/nginx/commas.hpp"
#include "stack/nginx/constants.hpp"
#include "stack/nginx/content.hpp"
#include "stack/nginx/directories.hpp"
#include "stack/nginx/files.hpp"
#include "stack/nginx/habits.hpp"
#include "stack/nginx/hashes.hpp"
#include "stack/nginx/identity.hpp"
#include "stack/nginx/listeners.hpp"
#include "stack/nginx/loader.hpp"
#include "stack/nginx/named_hosts.hpp"
#include "stack/nginx/names.hpp"
#include "stack/nginx/pages.hpp"
#include "stack/nginx/practices.hpp"
#include "stack/nginx/reader.hpp"
#include "stack/nginx/rewrites.hpp"
#include "stack/nginx/servers.hpp"
#include "stack/nginx/sites.hpp"
#include "stack/nginx/symlinks.hpp"
#include "stack/nginx/upstreams.hpp"
#include "stack/nginx/writes.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <functional>

namespace stackaudit::stack {
namespace {

using nginx::Reader;

facts::Directive directive_row(const Reader& reader, std::size_t number) {
  const auto& node = reader.config.nodes[number];
  facts::Directive row;
  static_cast<facts::Place&>(row) = reader.survey.place(node.span);
  row.id = static_cast<std::int64_t>(number) + 1;
  if (node.parent) row.parent = static_cast<std::int64_t>(*node.parent) + 1;
  row.service = "nginx";
  row.context = reader.config.path_of(node);
  row.name = node.name.value;
  row.args = node.joined();
  return row;
}

void add_directives(Reader& reader) {
  const auto& nodes = reader.config.nodes;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].context != nginx::Context::data && nodes[i].context != nginx::Context::foreign)
      numbers.push_back(i);
  auto& rows = reader.survey.facts.rows<facts::Directive>();
  const auto before = rows.size();
  rows.resize(before + numbers.size());
  in_parallel(0, numbers.size(), 512,
              [&](std::size_t i) { rows[before + i] = directive_row(reader, numbers[i]); });
}

// The configuration file that the unit starts nginx with: -c, or the one of the build.
std::string started_with(const Reader& reader, bool& named) {
  if (reader.unit == nullptr) return {};
  const auto conf = nginx::command_line_option(*reader.unit, "c");
  named = conf.has_value();
  return conf ? tree::join(reader.prefix, *conf) : reader.build.conf_path;
}

// A unit that starts nginx with another file says nothing of this entry; but where it names that
// file, and nobody asked for this one, it is the other that counts.
void settle_configuration(Reader& reader, const Entry& entry) {
  reader.conf_path = entry.path;
  bool named = false;
  const auto started = started_with(reader, named);
  const auto other = tree::resolve(reader.survey.tree, started.empty() ? entry.path : started);
  const auto mine = tree::resolve(reader.survey.tree, entry.path);
  if (!other || (mine && mine.path == other.path)) return;
  if (named && !entry.named)
    reader.conf_path = started;
  else
    reader.unit = nullptr;
}

bool already_read(const Survey& survey, std::string_view conf_path) {
  return std::ranges::any_of(survey.facts.rows<facts::Service>(), [&](const auto& service) {
    return service.kind == "nginx" && service.config == conf_path;
  });
}

// What the configuration says, once it is whole: each part looks at it on its own. Gives the
// directories that are served.
std::vector<nginx::ServedRoot> judge(Reader& whole) {
  const nginx::Hosts hosts(whole.survey.tree);
  const auto sites = nginx::number_sites(whole);
  std::vector<nginx::ServedRoot> roots;
  const auto part = [&](auto check) {
    return [&whole, check](Survey& survey) {
      auto reader = whole.with(survey);
      check(reader);
    };
  };
  const std::vector<std::function<void(Survey&)>> parts{
      part(add_directives),
      part(nginx::check_directives),
      part(nginx::check_arguments),
      part(nginx::check_names),
      part(nginx::check_buffers),
      part(nginx::check_servers),
      part([&](Reader& reader) { nginx::Upstreams(reader, hosts).record(); }),
      part([&](Reader& reader) { nginx::check_named_hosts(reader, hosts); }),
      part([&](Reader& reader) {
        const auto claims = nginx::read_listeners(reader, hosts, sites);
        nginx::check_tls(reader, claims);
        nginx::check_hashes(reader, claims);
        nginx::check_practices(reader, claims);
      }),
      part(nginx::check_habits),
      part(nginx::check_commas),
      part([&](Reader& reader) {
        roots = nginx::read_sites(reader, nginx::Upstreams(reader, hosts), sites);
      }),
      part([&](Reader& reader) { nginx::check_pages(reader, nginx::Upstreams(reader, hosts)); }),
      part(nginx::check_rewrites),
      part(nginx::check_symlinks),
      part(nginx::check_directories),
      part(nginx::read_files),
      part(nginx::read_writes),
      part(nginx::check_certificates),
      part(nginx::check_closed),
  };
  run_beside(whole.survey, parts, whole.config.nodes.size());
  return roots;
}

// The usual unit, or an enabled one that names this very file: nginx@staging, -c
// /etc/nginx/%i.conf.
const ServiceUnit* unit_of(const Systemd& systemd, const Entry& entry) {
  const auto* usual = systemd.find("nginx");
  const auto* naming = systemd.find("nginx", entry.path, {});
  return naming != nullptr && naming->enabled &&
                 nginx::command_line_option(*naming, "c") == entry.path
             ? naming
             : usual;
}

}  // namespace

void read_nginx(Survey& survey, const Systemd& systemd, const Entry& entry) {
  nginx::Build build;
  nginx::Config config;
  nginx::Modules modules;
  Reader reader{survey, systemd, unit_of(systemd, entry), build, config, modules};
  const bool commanded = reader.unit != nullptr && !reader.unit->exec_start.empty();
  build = nginx::read_build(
      survey.tree, commanded ? std::string_view(reader.unit->exec_start.back().program) : "");
  reader.prefix = build.prefix;
  if (reader.unit != nullptr)
    if (const auto prefix = nginx::command_line_option(*reader.unit, "p")) reader.prefix = *prefix;
  settle_configuration(reader, entry);
  if (already_read(survey, reader.conf_path)) return;

  nginx::find_master(reader);
  nginx::load_config(reader);
  nginx::settle_constants(config);
  nginx::find_worker(reader);
  nginx::check_start(reader);
  nginx::read_content(reader, judge(reader));
}

}  // namespace stackaudit::stack
