// A program's claims are the values of some of its options, or lines of its configuration file.
#include "stack/dials/claims.hpp"

#include "stack/dials/backends.hpp"
#include "stack/dials/programs.hpp"
#include "stack/dials/tomcat.hpp"
#include "stack/net.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/search.hpp"
#include "stack/systemd/socket_unit.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <functional>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFileLimit = 1U << 20U;
constexpr std::array<std::string_view, 4> kServers{"nginx", "apache", "php-fpm", "mariadb"};

bool is_among(std::string_view words, std::string_view word) {
  return (" " + std::string(words) + " ").find(" " + std::string(word) + " ") != std::string::npos;
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
      if (const auto end = tree::resolve(survey_.tree, link)) read_socket(search, end.path);
    for (const auto& path : tree::glob(survey_.tree, "/etc/containers/systemd/*.container").paths)
      read_quadlet(path);
  }

 private:
  void read_unit(const UnitSearch& search, const std::string& name, const std::string& path) {
    ServiceUnit unit;
    unit.name = name;
    unit.path = path;
    unit.drop_ins = search.drop_ins({name});
    (void)load_unit(survey_, unit);
    for (const auto& command : unit.exec_start) {
      const auto script = script_of(command);
      const auto* program = program_called(tree::basename(script));
      if (program == nullptr) continue;
      if (program->service == "tomcat") {
        read_tomcat(unit, server_xml_of(unit, script));
        continue;
      }
      serves_as_root(*program, unit, command);
      bool any = false;
      for (const auto& part : parts_of(unit, command))
        any = read_options(*program, part, unit) || any;
      any = read_variable(*program, unit) || any;
      const auto config = configuration_of(*program, command, unit);
      for (std::string_view rest = any ? std::string_view{} : config; !rest.empty();) {
        const auto pattern = rest.substr(0, rest.find('|'));
        rest.remove_prefix(std::min(pattern.size() + 1, rest.size()));
        for (const auto& file : tree::glob(survey_.tree, pattern).paths)
          read_config(*program, unit, file, hosts_in(*program, command));
      }
      read_backends(survey_, program->service, command, config);
    }
  }

  // What a command runs: of a shell the script that it is given.
  static std::string script_of(const Command& command) {
    const auto name = tree::basename(command.program);
    const bool shell = name == "sh" || name == "bash" || name == "dash";
    return shell && !command.args.empty() && command.args[0].starts_with('/') ? command.args[0]
                                                                              : command.program;
  }

  void read_tomcat(const ServiceUnit& unit, const std::string& path) {
    if (survey_.state_of(path, "file") != "found") return;  // another program's startup.sh
    const auto file = survey_.load(tree::resolve(survey_.tree, path).path, "listener");
    if (!file) return;
    const std::string content(survey_.sources.content(*file));
    for (const auto& [port, address] : connectors_in(content))
      add("tomcat", unit.name,
          survey_.place({*file, static_cast<std::uint32_t>(port.at),
                         static_cast<std::uint32_t>(port.at + port.value.size())}),
          port.value, address);
  }

  // What runs code of an application has no use for root, and gives it up only where it is told to.
  void serves_as_root(const Program& program, const ServiceUnit& unit, const Command& command) {
    static constexpr std::array<std::string_view, 5> kApplications{"python", "php", "gunicorn",
                                                                   "uvicorn", "node"};
    static constexpr std::array<std::string_view, 5> kGiveUp{"-u", "--user", "--uid", "--setuid",
                                                             "--uid="};
    const bool root = !unit.dynamic_user && starts_as_root(unit);
    const bool application =
        std::ranges::find(kApplications, program.service) != kApplications.end();
    const bool drops = std::ranges::any_of(command.args, [](const std::string& arg) {
      return std::ranges::any_of(
          kGiveUp, [&](auto option) { return arg.substr(0, arg.find('=')) == option; });
    });
    const bool packaged = unit.path.starts_with("/usr/lib/") || unit.path.starts_with("/lib/");
    if (!root || drops || packaged || !application) return;
    survey_.add_problem(unit.user ? unit.user_place : command.place,
                        {.service = program.service,
                         .language = "unit",
                         .code = "application-root",
                         .severity = "warning",
                         .message = unit.name + " serves an application as root",
                         .help = "give the unit a User= with few rights"});
  }

  // The last assignment counts.
  bool read_variable(const Program& program, const ServiceUnit& unit) {
    const auto place = unit.environment_places.find(program.variable);
    if (program.variable.empty() || place == unit.environment_places.end()) return false;
    std::string value;
    for (const auto& [name, text] : unit.environment)
      if (name == program.variable) value = text;
    if (const auto address = address_of(value, false))
      add(program.service, unit.name, place->second, value, *address);
    return true;
  }

  static std::string configuration_of(const Program& program, const Command& command,
                                      const ServiceUnit& unit) {
    static constexpr std::array<std::string_view, 6> kEnds{".conf", ".cfg", ".yaml",
                                                           ".yml",  ".ini", ".vcl"};
    for (const auto& arg : command.args)
      if (std::ranges::any_of(kEnds, [&](std::string_view end) { return arg.ends_with(end); })) {
        if (arg.starts_with('/')) return arg;
        if (unit.working_directory) return tree::join(unit.working_directory->path, arg);
      }
    return std::string(program.config);
  }

  // The command, and the words of the variables that stand for several of them, $ARGS.
  std::vector<Command> parts_of(const ServiceUnit& unit, const Command& command) {
    std::vector<Command> parts{command};
    for (const auto& arg : command.args) {
      if (!arg.starts_with('$')) continue;
      auto name = arg.substr(1);
      std::erase_if(name, [](char c) { return c == '{' || c == '}'; });
      for (const auto& [key, value] : unit.environment)
        if (key == name) parts.push_back(with_words(command.place, value));
      for (const auto& named : unit.environment_files) {
        const auto file = survey_.load(named.path, "listener");
        if (!file) continue;
        const std::string content(survey_.sources.content(*file));
        for (const auto& [value, at] : lines_of(content, name, true))
          parts.push_back(with_words(survey_.place({*file, static_cast<std::uint32_t>(at),
                                                    static_cast<std::uint32_t>(at + value.size())}),
                                     value));
      }
    }
    return parts;
  }
  static Command with_words(const facts::Place& place, std::string_view text) {
    Command result;
    result.place = place;
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of(" \t\"'\\"), text.size());
      if (end > 0) result.args.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
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
      else if (arg.ends_with(':') || arg.find(':') == std::string_view::npos)
        value = {};
      else if (is_among(program.options, arg.substr(0, arg.find(':') + 1)))
        value = arg.substr(arg.find(':') + 1);
      if (value.empty()) continue;
      any = true;
      for (const auto& address : addresses_in(value, program.published))
        add_all(program, unit.name, command.place, value, address, hosts_in(program, command));
    }
    return any;
  }

  using Hosts = std::vector<std::string>;

  // "127.0.0.1,10.0.0.1", and redis's "-::1" for an address that may be missing.
  static void take_hosts(std::string_view word, Hosts& hosts) {
    if (word.starts_with('-')) word.remove_prefix(1);
    while (word.ends_with('"') || word.ends_with('\'')) word.remove_suffix(1);
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
    if (!address.host.empty() || (program.host_option.empty() && program.host_key.empty()))
      return add(program.service, unit, place, written, address);
    address.host = program.otherwise;
    if (hosts.empty()) return add(program.service, unit, place, written, address);
    for (const auto& host : hosts) {
      address.host = host;
      add(program.service, unit, place, written, address);
    }
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
    if (program.service == "caddy") return read_caddy(unit, *file, content);
    if (hosts.empty() && !program.host_key.empty()) hosts = hosts_in(content, program);
    if (content.find(program.needs) == std::string::npos) return;
    for (auto keys = program.key; !keys.empty();) {
      const auto key = keys.substr(0, keys.find('|'));
      keys.remove_prefix(std::min(key.size() + 1, keys.size()));
      for (const auto& [value, at] : lines_of(content, key, false)) {
        const text::Span span{*file, static_cast<std::uint32_t>(at),
                              static_cast<std::uint32_t>(at + value.size())};
        for (const auto& address : addresses_in(value, false))
          add_all(program, unit.name, survey_.place(span), value, address, hosts);
      }
    }
  }

  void read_caddy(const ServiceUnit& unit, text::FileId file, std::string_view content) {
    for (const auto& [value, at] : caddy_sites(content))
      for (const auto& address : caddy_addresses(value))
        add("caddy", unit.name,
            survey_.place({file, static_cast<std::uint32_t>(at),
                           static_cast<std::uint32_t>(at + value.size())}),
            value, address);
  }

  // podman-systemd.unit(5): a service is made of the file at boot, and started where it says so.
  void read_quadlet(const std::string& path) {
    const auto file = survey_.load(path, "listener");
    if (!file) return;
    const std::string content(survey_.sources.content(*file));
    if (content.find("\nWantedBy=") == std::string::npos) return;
    for (const auto& [value, at] : lines_of(content, "PublishPort", false)) {
      const text::Span span{*file, static_cast<std::uint32_t>(at),
                            static_cast<std::uint32_t>(at + value.size())};
      if (const auto address = address_of(value, true))
        add("podman", std::string(tree::basename(path)), survey_.place(span), value, *address);
    }
  }

  // systemd.socket(5): a port alone is taken for IPv6 and IPv4; drop-ins add, an empty assignment
  // takes all before it away. Sockets of the servers of this audit are handed to them.
  void read_socket(const UnitSearch& search, const std::string& path) {
    const std::string name(tree::basename(path));
    const auto service = name.substr(0, name.rfind('.')) + ".service";
    if (!kind_of_unit_name(service).empty()) return;
    auto files = search.drop_ins({name});
    files.insert(files.begin(), path);
    const auto unit = read_socket_unit(survey_, name, files);
    for (const auto& stream : unit.streams) {
      const auto value = expand_specifiers(stream.value, name).text;
      if (const auto address = address_of(value, false))
        add("systemd socket", name, stream.place, value, *address);
      else if (value.starts_with('/'))
        add_socket(name, stream, value, unit);
    }
  }

  void add_socket(const std::string& name, const SocketUnit::Setting& stream, std::string_view path,
                  const SocketUnit& unit) {
    facts::Listener row;
    static_cast<facts::Place&>(row) = stream.place;
    row.service = "systemd socket";
    row.unit = name;
    row.as_written = stream.value;
    row.family = "unix";
    row.socket = canonical_socket(survey_.tree, path);
    row.socket_mode = unit.mode_bits;
    row.socket_user = unit.user_name;
    row.socket_group = unit.group_name;
    if (!unit.user.value.empty()) row.tell_rights_at(unit.user.place);
    survey_.facts.add(std::move(row));
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
