// A program's claims are the values of some of its options, or lines of its configuration file.
#include "stack/dials/claims.hpp"

#include "stack/net.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/search.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFileLimit = 1U << 20U;
constexpr std::array<std::string_view, 4> kServers{"nginx", "apache", "php-fpm", "mariadb"};

// options: words whose value is an address, separated by blanks. Of a container's published port
// the last colon parts the inner port off. Where options and lines give the port alone, host names
// the option, or the line, that gives the addresses, and otherwise is what holds without it.
struct Program {
  std::string_view name, service, options;
  bool published = false;
  std::string_view config;  // where the claims are in a file of lines "KEY ADDRESS"
  std::string_view key;
  std::string_view host_option, host_key, otherwise;
};
constexpr std::array kPrograms{
    Program{"varnishd", "varnish", "-a", false, "", "", "", "", ""},
    Program{"haproxy", "haproxy", "", false, "/etc/haproxy/haproxy.cfg", "bind", "", "", ""},
    Program{"redis-server", "redis", "--port", false, "/etc/redis/redis.conf", "port", "--bind",
            "bind", ""},
    Program{"memcached", "memcached", "-p", false, "/etc/memcached.conf", "-p", "-l", "-l", ""},
    Program{"gunicorn", "gunicorn", "-b --bind", false, "", "", "", "", ""},
    Program{"gunicorn3", "gunicorn", "-b --bind", false, "", "", "", "", ""},
    Program{"uvicorn", "uvicorn", "--port", false, "", "", "--host", "", "127.0.0.1"},
    Program{"docker", "docker", "-p --publish", true, "", "", "", "", ""},
    Program{"podman", "podman", "-p --publish", true, "", "", "", "", ""}};

bool is_among(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
}

struct Address {
  std::string host;
  std::int64_t port = 0;
};

// "80", ":80", "*:80", "127.0.0.1:80", "[::]:80", "name=127.0.0.1:80,PROXY"; none for sockets.
std::optional<Address> address_of(std::string_view text, bool published) {
  if (!published) {
    if (const auto name = text.find('='); name != std::string_view::npos)
      text.remove_prefix(name + 1);
    text = text.substr(0, text.find(','));
  } else {
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

class Claims {
 public:
  explicit Claims(Survey& survey) : survey_(survey) {}

  void read() {
    const UnitSearch search(survey_.tree);
    for (const auto& name : search.service_names()) {
      if (!kind_of_unit_name(name).empty() || !search.wanted_at_boot({name})) continue;
      const auto fragment = search.fragment(name);
      if (fragment.path.empty() || fragment.masked || !fragment.alias_of.empty()) continue;
      const auto content = tree::read_file(survey_.tree, fragment.path, kFileLimit);
      if (content && names_program(*content)) read_unit(search, name, fragment.path);
    }
    for (const auto& link : tree::glob(survey_.tree, "/etc/systemd/system/*.wants/*.socket").paths)
      if (const auto end = tree::resolve(survey_.tree, link)) read_socket(end.path);
  }

 private:
  static bool names_program(std::string_view text) {
    return std::ranges::any_of(kPrograms, [&](const Program& program) {
      return text.find(program.name) != std::string_view::npos;
    });
  }

  void read_unit(const UnitSearch& search, const std::string& name, const std::string& path) {
    ServiceUnit unit;
    unit.name = name;
    unit.path = path;
    unit.drop_ins = search.drop_ins({name});
    (void)load_unit(survey_, unit);
    for (const auto& command : unit.exec_start) {
      const auto program =
          std::ranges::find(kPrograms, tree::basename(command.program), &Program::name);
      if (program == kPrograms.end()) continue;
      const bool any = read_options(*program, command, unit);
      if (any || program->config.empty()) continue;
      const auto named = std::ranges::find_if(command.args, [](const auto& arg) {
        return arg.starts_with('/') && arg.ends_with(".conf");
      });
      read_config(*program, unit,
                  named != command.args.end() ? *named : std::string(program->config),
                  hosts_in(*program, command));
    }
  }

  bool read_options(const Program& program, const Command& command, const ServiceUnit& unit) {
    bool any = false;
    for (std::size_t i = 0; i < command.args.size(); ++i) {
      const std::string_view arg = command.args[i];
      const auto equals = arg.find('=');
      std::string_view value;
      if (is_among(program.options, arg) && i + 1 < command.args.size())
        value = command.args[i + 1];
      else if (equals != std::string_view::npos && is_among(program.options, arg.substr(0, equals)))
        value = arg.substr(equals + 1);
      else if (arg.size() > 2 && arg[0] == '-' && arg[1] != '-' &&
               is_among(program.options, arg.substr(0, 2)))
        value = arg.substr(2);
      if (value.empty()) continue;
      any = true;
      if (const auto address = address_of(value, program.published))
        add_all(program, unit.name, command.place, value, *address, hosts_in(program, command));
    }
    return any;
  }

  using Hosts = std::vector<std::string>;

  // "127.0.0.1,10.0.0.1", and redis's "-::1" for an address that may be missing.
  static void take_hosts(std::string_view word, Hosts& hosts) {
    if (word.starts_with('-')) word.remove_prefix(1);
    while (!word.empty()) {
      const auto comma = std::min(word.find(','), word.size());
      if (comma > 0) hosts.emplace_back(word.substr(0, comma));
      word.remove_prefix(std::min(comma + 1, word.size()));
    }
  }

  static bool is_option(std::string_view word) {
    return word.starts_with('-') && word.find_first_of(":*.") != 1 &&
           !(word.size() > 1 && word[1] >= '0' && word[1] <= '9');
  }

  static Hosts hosts_in(const Program& program, const Command& command) {
    Hosts hosts;
    for (std::size_t i = 0; !program.host_option.empty() && i < command.args.size(); ++i) {
      if (command.args[i] != program.host_option) continue;
      while (i + 1 < command.args.size() && !is_option(command.args[i + 1]))
        take_hosts(command.args[++i], hosts);
    }
    return hosts;
  }

  // The addresses of a port that stands alone; a port with an address has said it.
  void add_all(const Program& program, const std::string& unit, const facts::Place& place,
               std::string_view written, Address address, const Hosts& hosts) {
    if (!address.host.empty() || program.host_option.empty())
      return add(program.service, unit, place, written, address);
    address.host = program.otherwise;
    if (hosts.empty()) return add(program.service, unit, place, written, address);
    for (const auto& host : hosts) {
      address.host = host;
      add(program.service, unit, place, written, address);
    }
  }

  struct Line {
    std::string_view value;
    std::size_t at = 0;
  };

  // The first words behind KEY, of each line that begins with it.
  static std::vector<Line> lines_of(std::string_view content, std::string_view key, bool whole) {
    std::vector<Line> lines;
    for (std::size_t at = 0; at < content.size();) {
      const auto end = std::min(content.find('\n', at), content.size());
      const auto line = content.substr(at, end - at);
      const auto begin = line.find_first_not_of(" \t");
      const auto after = begin == line.npos ? line.npos : line.find_first_of(" \t", begin);
      const auto value = after == line.npos ? line.npos : line.find_first_not_of(" \t", after);
      if (value != line.npos && line.substr(begin, after - begin) == key)
        lines.push_back(
            {line.substr(
                 value,
                 std::min(line.find_first_of(whole ? "\r" : " \t\r", value), line.size()) - value),
             at + value});
      at = end + 1;
    }
    return lines;
  }

  static Hosts hosts_in(std::string_view content, const Program& program) {
    Hosts hosts;
    for (const auto& line : lines_of(content, program.host_key, true)) {
      if (program.host_key == "bind") hosts.clear();  // redis: the last one counts
      for (auto rest = line.value; !rest.empty();) {
        const auto blank = std::min(rest.find_first_of(" \t"), rest.size());
        take_hosts(rest.substr(0, blank), hosts);
        rest.remove_prefix(std::min(blank + 1, rest.size()));
      }
    }
    return hosts;
  }

  void read_config(const Program& program, const ServiceUnit& unit, const std::string& path,
                   Hosts hosts) {
    const auto file = survey_.load(path, "listener");
    if (!file) return;
    const std::string content(survey_.sources.content(*file));
    if (hosts.empty() && !program.host_key.empty()) hosts = hosts_in(content, program);
    for (const auto& [value, at] : lines_of(content, program.key, false)) {
      const text::Span span{*file, static_cast<std::uint32_t>(at),
                            static_cast<std::uint32_t>(at + value.size())};
      if (const auto address = address_of(value, false))
        add_all(program, unit.name, survey_.place(span), value, *address, hosts);
    }
  }

  // systemd.socket(5): a port alone is taken for IPv6 and IPv4. Sockets of the servers of this
  // audit are handed to them.
  void read_socket(const std::string& path) {
    const std::string name(tree::basename(path));
    const auto service = name.substr(0, name.rfind('.')) + ".service";
    if (!kind_of_unit_name(service).empty()) return;
    const auto file = survey_.load(path, "listener");
    if (!file) return;
    const std::string_view content = survey_.sources.content(*file);
    constexpr std::string_view kKey = "ListenStream=";
    for (auto at = content.find(kKey); at != std::string_view::npos;
         at = content.find(kKey, at + 1)) {
      if (at > 0 && content[at - 1] != '\n') continue;
      const auto begin = at + kKey.size();
      const auto end = std::min(content.find_first_of("\r\n", begin), content.size());
      const auto value = content.substr(begin, end - begin);
      const auto address = address_of(value, false);
      if (!address) continue;
      add("systemd socket", name,
          survey_.place(
              {*file, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}),
          value, *address);
    }
  }

  void add(std::string_view service, const std::string& unit, const facts::Place& place,
           std::string_view written, const Address& address) {
    facts::Listener row;
    static_cast<facts::Place&>(row) = place;
    row.service = service;
    row.unit = unit;
    row.as_written = written;
    row.port = address.port;
    row.family = "inet6";
    row.address = "*";
    row.on_inet = row.on_inet6 = true;
    if (!address.host.empty() && address.host != "*" && address.host != "::") {
      const auto numeric = addresses_of(survey_.tree, address.host);
      if (numeric.empty()) return;  // a variable, or a name that only DNS knows: no claim
      row.family = numeric[0].family;
      row.address = address.host == "0.0.0.0" ? "*" : numeric[0].numeric;
      row.on_inet6 = row.family == "inet6";
      row.on_inet = row.family == "inet";
    }
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
};

}  // namespace

void read_other_claims(Survey& survey) {
  if (!survey.facts.rows<facts::Service>().empty()) Claims(survey).read();
}

bool is_other(const facts::Listener& listener) {
  return std::ranges::find(kServers, listener.service) == kServers.end();
}

}  // namespace stackaudit::stack
