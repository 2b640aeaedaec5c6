// The table, and how an address is written in options and lines.
#include "stack/dials/programs.hpp"

#include "stack/net.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kWebListen =
    "--web.listen-address -web.listen-address --telemetry.address -telemetry.address";

constexpr std::array kPrograms{
    Program{"varnishd", "varnish", "-a -T", false, "", "", "", "", ""},
    Program{"haproxy", "haproxy", "", false, "/etc/haproxy/haproxy.cfg", "bind", "", "", ""},
    Program{"redis-server", "redis", "--port", false, "/etc/redis/redis.conf", "port", "--bind",
            "bind", ""},
    Program{"memcached", "memcached", "-p", false, "/etc/memcached.conf", "-p", "-l", "-l", ""},
    Program{"systemd-memcached-wrapper", "memcached", "-p", false, "/etc/memcached.conf", "-p",
            "-l", "-l", ""},
    Program{"sshd", "sshd", "-p", false, "/etc/ssh/sshd_config|/etc/ssh/sshd_config.d/*.conf",
            "Port", "", "ListenAddress", ""},
    Program{"socat", "socat", "TCP-LISTEN: TCP4-LISTEN: TCP6-LISTEN:", false, "", "", "", "", "",
            false},
    Program{"*python3", "python", "http.server", false, "", "", "--bind", "", "", false},
    Program{"*php", "php", "-S", false, "", "", "", "", "", false},
    Program{"lighttpd", "lighttpd", "", false, "/etc/lighttpd/lighttpd.conf", "server.port", "",
            "server.bind", ""},
    Program{"squid", "squid", "", false, "/etc/squid/squid.conf", "http_port", "", "", ""},
    Program{"telegraf", "telegraf", "", false, "/etc/telegraf/telegraf.conf", "listen", "", "", ""},
    Program{"monit", "monit", "", false, "/etc/monit/monitrc", "set httpd port", "", "use address",
            ""},
    Program{"netdata", "netdata", "-p", false, "/etc/netdata/netdata.conf", "default port", "",
            "bind to", ""},
    Program{"trace-agent", "datadog", "", false, "/etc/datadog-agent/datadog.yaml", "receiver_port",
            "", "bind_host", "127.0.0.1"},
    Program{"zabbix_agentd", "zabbix", "", false, "/etc/zabbix/zabbix_agentd.conf", "ListenPort",
            "", "ListenIP", ""},
    Program{"zabbix_agent2", "zabbix", "", false, "/etc/zabbix/zabbix_agent2.conf", "ListenPort",
            "", "ListenIP", ""},
    Program{"nrpe", "nrpe", "", false, "/etc/nagios/nrpe.cfg", "server_port", "", "server_address",
            ""},
    Program{"grafana-server", "grafana", "", false, "/etc/grafana/grafana.ini", "http_port", "",
            "http_addr", ""},
    Program{"grafana", "grafana", "", false, "/etc/grafana/grafana.ini", "http_port", "",
            "http_addr", ""},
    Program{"gitea", "gitea", "--port", false, "/etc/gitea/app.ini", "HTTP_PORT", "", "HTTP_ADDR",
            ""},
    Program{"forgejo", "forgejo", "--port", false, "/etc/forgejo/app.ini", "HTTP_PORT", "",
            "HTTP_ADDR", ""},
    Program{"tinyproxy", "tinyproxy", "", false, "/etc/tinyproxy/tinyproxy.conf", "Port", "",
            "Listen", ""},
    Program{"minio", "minio", "--address --console-address", false, "", "", "", "", "", false},
    Program{"caddy", "caddy", "--listen", false, "/etc/caddy/Caddyfile", "", "", "", "", false},
    Program{"*exporter", "exporter", kWebListen, false, "", "", "", "", ""},
    Program{"prometheus", "prometheus", kWebListen, false, "", "", "", "", ""},
    Program{"prometheus-alertmanager", "alertmanager", kWebListen, false, "", "", "", "", "",
            false},
    Program{"gunicorn", "gunicorn", "-b --bind", false, "", "", "", "", "", false},
    Program{"gunicorn3", "gunicorn", "-b --bind", false, "", "", "", "", "", false},
    Program{"uvicorn", "uvicorn", "--port", false, "", "", "--host", "", "127.0.0.1", false},
    Program{"java", "java", "--httpPort --server.port -Dserver.port", false, "", "", "", "", "",
            false},
    Program{"stunnel", "stunnel", "", false, "", "accept", "", "", ""},
    Program{"stunnel4", "stunnel", "", false, "", "accept", "", "", ""},
    Program{"openvpn", "openvpn", "", false, "", "port", "", "local", "", true, "proto tcp"},
    Program{"uwsgi", "uwsgi", "--http --http-socket --socket", false, "",
            "http-socket|http|https|socket", "", "", "", false},
    Program{"jenkins", "jenkins", "--httpPort", false, "", "", "", "", "", true, "",
            "JENKINS_PORT"},
    Program{"cadvisor", "cadvisor", "--port -port", false, "", "", "--listen_ip", "", ""},
    Program{"code-server", "code-server", "--bind-addr", false, "", "", "", "", "", false},
    Program{"traefik", "traefik", "", false,
            "/etc/traefik/traefik.yml|/etc/traefik/traefik.yaml|/etc/traefik/traefik.toml",
            "address", "", "", "", false},
    Program{"miniserv.pl", "webmin", "", false, "/etc/webmin/miniserv.conf", "port", "", "bind",
            ""},
    Program{"node", "node", "--port", false, "", "", "", "", "", false, "", "PORT"},
    Program{"npm", "node", "", false, "", "", "", "", "", false, "", "PORT"},
    Program{"tomcat-start.sh", "tomcat", "", false, "", "", "", "", "", false},
    Program{"startup.sh", "tomcat", "", false, "", "", "", "", "", false},
    Program{"catalina.sh", "tomcat", "", false, "", "", "", "", "", false},
    Program{"docker", "docker", "-p --publish", true, "", "", "", "", "", false},
    Program{"podman", "podman", "-p --publish", true, "", "", "", "", "", false}};

bool fits(const Program& program, std::string_view name) {
  return program.name.starts_with('*') ? name.find(program.name.substr(1)) != std::string_view::npos
                                       : name == program.name;
}

std::string_view plain(const Program& program) {
  return program.name.substr(program.name.starts_with('*') ? 1 : 0);
}

// What stands between a key and its value.
std::size_t value_begin(std::string_view line, std::size_t at) {
  const auto blank = [&] { at = std::min(line.find_first_not_of(" \t", at), line.size()); };
  if (at < line.size() && line[at] == ':') {
    ++at;
    blank();
  } else {
    blank();
    if (at < line.size() && line[at] == '=') {
      ++at;
      blank();
    }
  }
  return at < line.size() && (line[at] == '"' || line[at] == '\'') ? at + 1 : at;
}

}  // namespace

const Program* program_called(std::string_view name) {
  const auto* found =
      std::ranges::find_if(kPrograms, [&](const Program& one) { return fits(one, name); });
  return found == kPrograms.end() ? nullptr : found;
}

bool names_program(std::string_view text) {
  return std::ranges::any_of(kPrograms, [&](const Program& program) {
    return text.find(plain(program)) != std::string_view::npos;
  });
}

std::optional<Address> address_of(std::string_view text, bool published) {
  if (!published) {
    if (const auto name = text.find('='); name != std::string_view::npos)
      text.remove_prefix(name + 1);
    text = text.substr(0, text.find(','));
  } else {
    if (text.ends_with("/udp")) return std::nullopt;
    const auto inner = text.rfind(':');
    if (inner == std::string_view::npos) return std::nullopt;  // docker chooses the outer port
    text = text.substr(0, inner);
  }
  if (text.find('/') != std::string_view::npos || text.find('$') != std::string_view::npos)
    return std::nullopt;
  const auto colon = text.rfind(':');
  const auto port = port_number(colon == std::string_view::npos ? text : text.substr(colon + 1));
  if (!port) return std::nullopt;
  std::string host(colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Address{host, *port};
}

std::vector<Address> addresses_in(std::string_view text, bool published) {
  constexpr std::int64_t kMostPorts = 256;
  std::vector<Address> addresses;
  while (!text.empty()) {
    const auto comma = published ? text.npos : text.find(',');
    auto part = text.substr(0, comma);
    text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    const auto dash = part.rfind('-');
    const auto last = dash == part.npos || dash + 1 == part.size()
                          ? std::nullopt
                          : port_number(part.substr(dash + 1));
    if (last && !published) part = part.substr(0, dash);
    auto address = address_of(part, published);
    if (!address) continue;
    const auto end = std::min(last.value_or(address->port), address->port + kMostPorts);
    for (; address->port <= end; ++address->port) addresses.push_back(*address);
  }
  return addresses;
}

std::vector<ValueLine> caddy_sites(std::string_view content) {
  std::vector<ValueLine> sites;
  int depth = 0;
  for (std::size_t at = 0; at < content.size();) {
    const auto end = std::min(content.find('\n', at), content.size());
    auto line = content.substr(at, end - at);
    const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
    const bool comment = begin < line.size() && line[begin] == '#';
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    const bool opens = !comment && line.ends_with('{');
    if (depth == 0 && opens && line[begin] != '(' && line[begin] != '{')
      for (auto word = begin; word + 1 < line.size();) {
        const auto stop = std::min(line.find_first_of(" \t,{", word), line.size());
        if (stop > word) sites.push_back({line.substr(word, stop - word), at + word});
        word = stop + 1;
      }
    if (opens) ++depth;
    if (!comment && begin < line.size() && line[begin] == '}') depth = std::max(0, depth - 1);
    at = end + 1;
  }
  return sites;
}

std::vector<Address> caddy_addresses(std::string_view site) {
  const auto scheme = site.find("://");
  const bool plain = site.starts_with("http://");
  if (scheme != site.npos) site.remove_prefix(scheme + 3);
  site = site.substr(0, site.find('/'));
  if (site.find_first_of("{$") != site.npos) return {};
  const auto colon = site.rfind(':');
  if (colon != site.npos)
    if (const auto port = port_number(site.substr(colon + 1))) return {{"", *port}};
  if (plain) return {{"", 80}};
  return {{"", 80}, {"", 443}};
}

std::vector<ValueLine> lines_of(std::string_view content, std::string_view key, bool whole) {
  std::vector<ValueLine> lines;
  for (std::size_t at = 0; at < content.size();) {
    const auto end = std::min(content.find('\n', at), content.size());
    const auto line = content.substr(at, end - at);
    const auto begin = std::min(line.find_first_not_of(" \t"), line.size());
    const auto after = begin + key.size();
    if (line.substr(begin).starts_with(key) && after < line.size() &&
        std::string_view(" \t=:").find(line[after]) != std::string_view::npos) {
      const auto value = value_begin(line, after);
      const auto stop = std::min(line.find_first_of(whole ? "\r" : " \t\r\"'", value), line.size());
      if (value < stop) lines.push_back({line.substr(value, stop - value), at + value});
    }
    at = end + 1;
  }
  return lines;
}

}  // namespace stackaudit::stack
