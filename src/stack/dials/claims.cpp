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
// the last colon parts the inner port off.
struct Program {
  std::string_view name, service, options;
  bool published = false;
  std::string_view config;  // where the claims are in a file of lines "KEY ADDRESS"
  std::string_view key;
};
constexpr std::array kPrograms{
    Program{"varnishd", "varnish", "-a", false, "", ""},
    Program{"haproxy", "haproxy", "", false, "/etc/haproxy/haproxy.cfg", "bind"},
    Program{"redis-server", "redis", "--port", false, "/etc/redis/redis.conf", "port"},
    Program{"memcached", "memcached", "-p", false, "/etc/memcached.conf", "-p"},
    Program{"gunicorn", "gunicorn", "-b --bind", false, "", ""},
    Program{"gunicorn3", "gunicorn", "-b --bind", false, "", ""},
    Program{"uvicorn", "uvicorn", "--port", false, "", ""},
    Program{"docker", "docker", "-p --publish", true, "", ""},
    Program{"podman", "podman", "-p --publish", true, "", ""}};

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
      if (!any && !program->config.empty()) read_config(*program, unit);
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
        add(program.service, unit.name, command.place, value, *address);
    }
    return any;
  }

  void read_config(const Program& program, const ServiceUnit& unit) {
    const auto file = survey_.load(program.config, "listener");
    if (!file) return;
    const std::string_view content = survey_.sources.content(*file);
    for (std::size_t at = 0; at < content.size();) {
      const auto end = std::min(content.find('\n', at), content.size());
      const auto line = content.substr(at, end - at);
      const auto begin = line.find_first_not_of(" \t");
      if (begin != std::string_view::npos && line.substr(begin).starts_with(program.key)) {
        const auto after = line.find_first_of(" \t", begin);
        const auto value_at =
            after == std::string_view::npos ? after : line.find_first_not_of(" \t", after);
        if (value_at != std::string_view::npos &&
            line.substr(begin, after - begin) == program.key) {
          const auto value = line.substr(
              value_at, std::min(line.find_first_of(" \t\r", value_at), line.size()) - value_at);
          const text::Span span{*file, static_cast<std::uint32_t>(at + value_at),
                                static_cast<std::uint32_t>(at + value_at + value.size())};
          auto address = address_of(value, false);
          // redis and memcached name the port here and the address elsewhere: the loopback
          if (address && program.key != "bind" && address->host.empty())
            address->host = "127.0.0.1";
          if (address) add(program.service, unit.name, survey_.place(span), value, *address);
        }
      }
      at = end + 1;
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
      if (numeric.empty()) return;
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
