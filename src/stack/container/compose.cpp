// Only what a service says itself: `extends` and other files of the project are not followed.
#include "stack/container/compose.hpp"

#include "stack/dials/programs.hpp"
#include "stack/net.hpp"
#include "syntax/yaml/yaml.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

constexpr std::string_view kService = "container";
// Whoever has one of these in a container is root of the machine.
constexpr std::array<std::string_view, 6> kPowers{"ALL",        "SYS_ADMIN",       "SYS_MODULE",
                                                  "SYS_PTRACE", "DAC_READ_SEARCH", "SYS_RAWIO"};
constexpr std::array<std::string_view, 3> kSockets{"docker.sock", "containerd.sock", "podman.sock"};

class Compose {
 public:
  Compose(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  Image read() {
    const auto file = survey_.load(path_, "reference");
    if (!file) return std::move(image_);
    survey_.note_file(path_, kService, "configuration");
    document_ = yaml::parse(survey_.sources.content(*file), *file);
    survey_.add_problems(document_.problems, kService, "yaml");
    const auto* services = document_.at(document_.root(), "services");
    if (services == nullptr || services->kind != yaml::Kind::map) return std::move(image_);
    for (std::size_t i = 0; i + 1 < services->children.size(); i += 2)
      if (const auto* service = document_.follow(services->children[i + 1])) judge(*service);
    return std::move(image_);
  }

 private:
  void problem(const yaml::Node& node, std::string_view code, std::string message,
               std::string help) {
    survey_.add_problem(survey_.place(node.span), {.service = kService,
                                                   .language = "yaml",
                                                   .code = code,
                                                   .severity = "warning",
                                                   .message = std::move(message),
                                                   .help = std::move(help)});
  }

  void judge(const yaml::Node& service) {
    const std::string help = "give it the one right that it needs, or a container of its own";
    const auto* privileged = document_.at(&service, "privileged");
    if (privileged != nullptr && privileged->value == "true")
      problem(*privileged, "container-privileged",
              "privileged: what breaks out of this container is root of the machine", help);
    if (const auto* pid = document_.at(&service, "pid"); pid != nullptr && pid->value == "host")
      problem(*pid, "container-privileged",
              "pid: host: its processes see those of the machine and what they hold", help);
    for (const auto* power : document_.items(document_.at(&service, "cap_add"))) {
      std::string_view name = power->value;
      if (name.starts_with("CAP_")) name.remove_prefix(4);
      if (std::ranges::find(kPowers, name) != kPowers.end())
        problem(*power, "container-privileged",
                power->value + ": whoever has it in a container is root of the machine", help);
    }
    for (const auto* volume : document_.items(document_.at(&service, "volumes"))) mounted(*volume);
    for (const auto* port : document_.items(document_.at(&service, "ports"))) published(*port);
  }

  void mounted(const yaml::Node& volume) {
    const auto* source = volume.kind == yaml::Kind::map ? document_.at(&volume, "source") : &volume;
    if (source == nullptr) return;
    const auto from = std::string_view(source->value).substr(0, source->value.find(':'));
    if (from.starts_with('.') && from.find('$') == std::string_view::npos)
      image_.sources.push_back(tree::normalize(tree::join(tree::dirname(path_), from)));
    const bool socket =
        std::ranges::any_of(kSockets, [&](auto name) { return from.ends_with(name); });
    if (from != "/" && !socket) return;
    problem(*source, "container-privileged",
            from == "/" ? std::string("the machine's whole tree is mounted into the container")
                        : std::string(from) + ": whoever talks to it starts containers as root",
            "mount what the service needs; a proxy that allows single calls instead of the socket");
  }

  // "8080:80", "127.0.0.1:8080:80", {published: 8080, target: 80}.
  void published(const yaml::Node& port) {
    if (port.kind != yaml::Kind::map) {
      if (const auto address = address_of(port.value, true)) taken(port, *address);
      return;
    }
    const auto* outer = document_.at(&port, "published");
    const auto* protocol = document_.at(&port, "protocol");
    const auto* host = document_.at(&port, "host_ip");
    const bool tcp = protocol == nullptr || protocol->value == "tcp";
    const auto number = outer == nullptr ? std::nullopt : port_number(outer->value);
    if (tcp && number) taken(*outer, {host == nullptr ? std::string{} : host->value, *number});
  }

  // Whether a server that this machine starts is there already.
  void taken(const yaml::Node& node, const Address& address) {
    const auto numeric = numeric_address(address.host);
    const bool any = address.host.empty() || (numeric && numeric->numeric == "*");
    for (const auto& listener : survey_.facts.rows<facts::Listener>()) {
      const bool meets =
          listener.port == address.port && (listener.on_inet || numeric) &&
          (any || listener.address == "*" || (numeric && listener.address == numeric->numeric));
      if (!meets || listener.unit.empty() || !starts(listener)) continue;
      return problem(node, "published-port",
                     "the container takes port " + std::to_string(address.port) +
                         " of the machine, where " + listener.service +
                         " listens: whichever starts second does not start",
                     "publish another port, and let " + listener.service + " pass requests on");
    }
  }

  [[nodiscard]] bool starts(const facts::Listener& listener) const {
    return std::ranges::any_of(survey_.facts.rows<facts::Service>(), [&](const auto& service) {
      return service.kind == listener.service && service.unit == listener.unit &&
             service.enabled.value_or(false);
    });
  }

  Survey& survey_;
  std::string path_;
  Image image_{path_, {}};
  yaml::Document document_;
};

}  // namespace

Image read_compose(Survey& survey, const Entry& entry) {
  return Compose(survey, entry.path).read();
}

}  // namespace stackaudit::stack
