// Reads unit files as plain text, once, and only when a dial found no listener.
#include "stack/dials/others.hpp"

#include "stack/dials/programs.hpp"
#include "stack/systemd/load.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFileLimit = 256U << 10U;
constexpr std::array<std::string_view, 14> kFiles{"/etc/systemd/system/*.service",
                                                  "/etc/default/varnish*",
                                                  "/etc/default/*exporter*",
                                                  "/etc/varnish/*",
                                                  "/etc/haproxy/*.cfg",
                                                  "/etc/redis/*.conf",
                                                  "/etc/systemd/system/*.socket",
                                                  "/etc/systemd/system/*.d/*.conf",
                                                  "/usr/local/lib/systemd/system/*.service",
                                                  "/usr/local/lib/systemd/system/*.socket",
                                                  "/usr/lib/systemd/system/*.service",
                                                  "/usr/lib/systemd/system/*.socket",
                                                  "/etc/supervisor/conf.d/*",
                                                  "/etc/supervisord.d/*"};
constexpr std::array<std::string_view, 10> kRunners{
    "/usr/bin/docker",       "/usr/bin/dockerd", "/usr/bin/podman", "/usr/bin/containerd",
    "/usr/bin/supervisord",  "/usr/bin/lxd",     "/usr/bin/k3s",    "/usr/local/bin/pm2",
    "/usr/local/bin/docker", "/usr/bin/pm2"};

// Units by a pattern: exporters are installed by hand under many names.
struct UsualPort {
  std::string_view unit;
  std::int64_t port;
};
constexpr std::array kUsualPorts{UsualPort{"redis-server", 6379},
                                 UsualPort{"redis", 6379},
                                 UsualPort{"memcached", 11211},
                                 UsualPort{"varnish", 6081},
                                 UsualPort{"tomcat9", 8080},
                                 UsualPort{"tomcat10", 8080},
                                 UsualPort{"jetty9", 8080},
                                 UsualPort{"jenkins", 8080},
                                 UsualPort{"grafana-server", 3000},
                                 UsualPort{"gitea", 3000},
                                 UsualPort{"forgejo", 3000},
                                 UsualPort{"prometheus", 9090},
                                 UsualPort{"cockpit", 9090},
                                 UsualPort{"kibana", 5601},
                                 UsualPort{"elasticsearch", 9200},
                                 UsualPort{"opensearch", 9200},
                                 UsualPort{"postgresql", 5432},
                                 UsualPort{"rabbitmq-server", 15672},
                                 UsualPort{"couchdb", 5984},
                                 UsualPort{"haproxy", 80},
                                 UsualPort{"squid", 3128},
                                 UsualPort{"*node*exporter", 9100},
                                 UsualPort{"prometheus-alertmanager", 9093},
                                 UsualPort{"*apache*exporter", 9117},
                                 UsualPort{"*nginx*exporter", 9113},
                                 UsualPort{"*mysql*exporter", 9104},
                                 UsualPort{"*blackbox*", 9115},
                                 UsualPort{"*redis*exporter", 9121},
                                 UsualPort{"*php-fpm*exporter", 9253},
                                 UsualPort{"netdata", 19999},
                                 UsualPort{"telegraf", 9273},
                                 UsualPort{"zabbix-agent", 10050},
                                 UsualPort{"nagios-nrpe-server", 5666},
                                 UsualPort{"munin-node", 4949},
                                 UsualPort{"monit", 2812},
                                 UsualPort{"ssh", 22},
                                 UsualPort{"sshd", 22},
                                 UsualPort{"postfix", 25},
                                 UsualPort{"exim4", 25}};

// A URL is whom a program asks, not where it listens.
bool in_url(const std::string& text, std::size_t at) {
  const auto before = text.find_last_of(" \t\n\"'", at);
  const auto begin = before == std::string::npos ? 0 : before + 1;
  return text.substr(begin, at - begin).find("://") != std::string::npos;
}

bool has_word(const std::string& text, std::string_view word) {
  const auto part_of_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const auto end = at + word.size();
    if ((at == 0 || !part_of_word(text[at - 1])) &&
        (end == text.size() || !part_of_word(text[end])) && !in_url(text, at))
      return true;
  }
  return false;
}

std::string without_comments(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#' || line[first] == ';') continue;
    result.append(line).push_back('\n');
  }
  return result;
}

// All its commands are of programs whose addresses are read; with `whole` they have no others.
bool speaks_for_itself(std::string_view unit, bool whole) {
  constexpr std::string_view kKey = "\nExecStart=";
  bool any = false;
  for (auto at = unit.find(kKey); at != unit.npos; at = unit.find(kKey, at + 1)) {
    auto program = unit.substr(at + kKey.size());
    program = program.substr(0, program.find_first_of(" \t\r\n"));
    if (program.empty()) continue;
    const auto* known = program_called(tree::basename(program));
    if (known == nullptr || (whole && !known->complete)) return false;
    any = true;
  }
  return any;
}

bool exists(const tree::Tree& tree, std::string_view path) {
  return static_cast<bool>(tree::resolve(tree, path));
}

}  // namespace

bool OtherPrograms::enabled_socket(std::string_view path) const {
  return path.ends_with(".socket") &&
         !tree::glob(tree_, "/etc/systemd/system/*.wants/" + std::string(tree::basename(path)), 1)
              .paths.empty();
}

void OtherPrograms::read() {
  if (read_) return;
  read_ = true;
  for (const auto pattern : kFiles)
    for (const auto& path : tree::glob(tree_, pattern).paths) {
      const auto end = tree::resolve(tree_, path, tree::LastLink::keep);
      const bool own = end && end.stat.type == tree::FileType::regular &&
                       path.ends_with(".service") && !path.starts_with("/usr/lib/");
      // Those of the servers that are read themselves speak for themselves.
      const auto stem = tree::basename(path).substr(0, tree::basename(path).rfind('.'));
      const auto family = stem.substr(0, stem.find_first_of("-@"));
      const bool socket = path.ends_with(".socket");
      const bool ours =
          !kind_of_unit_name(stem).empty() || (socket && kind_of_unit_name(family) == "mariadb");
      if (ours && (socket || path.ends_with(".service")) && !enabled_socket(path)) continue;
      const auto content = tree::read_file(tree_, path, kFileLimit);
      if (!content) continue;
      if (own && kind_of_unit_name(tree::basename(path)).empty()) {
        own_services_ = own_services_ || !speaks_for_itself(*content, true);
        strange_services_ = strange_services_ || !speaks_for_itself(*content, false);
      }
      texts_.emplace_back(path, without_comments(*content));
    }
}

bool OtherPrograms::mention(std::string_view word, std::string_view except) {
  read();
  return std::ranges::any_of(texts_, [&](const auto& text) {
    return text.first != except && has_word(text.second, word);
  });
}

bool OtherPrograms::usual_port(std::int64_t port) const {
  const auto is_there = [&](std::string_view directory, std::string_view unit) {
    const auto pattern = std::string(directory) + std::string(unit) + ".service";
    return !tree::glob(tree_, pattern, 1).paths.empty();
  };
  return std::ranges::any_of(kUsualPorts, [&](const UsualPort& usual) {
    return usual.port == port && (is_there("/usr/lib/systemd/system/", usual.unit) ||
                                  is_there("/etc/systemd/system/", usual.unit));
  });
}

bool OtherPrograms::anything_goes() {
  return strangers() || own_services_;
}

bool OtherPrograms::strangers() {
  read();
  return strange_services_ ||
         std::ranges::any_of(kRunners, [&](std::string_view path) { return exists(tree_, path); });
}

}  // namespace stackaudit::stack
