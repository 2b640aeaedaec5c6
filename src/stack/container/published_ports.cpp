// Docker binds a published port as any program does: address and port must be free.
#include "stack/container/published_ports.hpp"

#include "stack/dials/programs.hpp"
#include "stack/net.hpp"

#include <algorithm>
#include <vector>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

struct Published {
  const yaml::Node* node;
  std::string_view service;  // its name in the file
  Address address;
};

// "8080:80", "127.0.0.1:8080:80", {published: 8080, target: 80}; nullopt for what is not TCP, for
// ranges and for what a variable decides.
std::optional<Published> published(const yaml::Document& document, std::string_view service,
                                   const yaml::Node& port) {
  if (port.kind != yaml::Kind::map) {
    const auto address = address_of(port.value, true);
    return address ? std::optional(Published{&port, service, *address}) : std::nullopt;
  }
  const auto* outer = document.at(&port, "published");
  const auto* protocol = document.at(&port, "protocol");
  const auto* host = document.at(&port, "host_ip");
  const auto number = outer == nullptr ? std::nullopt : port_number(outer->value);
  if (!number || (protocol != nullptr && protocol->value != "tcp")) return std::nullopt;
  return Published{outer, service, {host == nullptr ? std::string{} : host->value, *number}};
}

bool is_any(const Address& address) {
  const auto numeric = numeric_address(address.host);
  return address.host.empty() || (numeric && numeric->numeric == "*");
}

bool meet(const Address& one, const Address& other) {
  return one.port == other.port && (is_any(one) || is_any(other) || one.host == other.host);
}

void problem(Survey& survey, const yaml::Node& node, std::string message, std::string help,
             const yaml::Node* other = nullptr) {
  auto& row = survey.add_problem(survey.place(node.span), {.service = "container",
                                                           .language = "yaml",
                                                           .code = "published-port",
                                                           .severity = "warning",
                                                           .message = std::move(message),
                                                           .help = std::move(help)});
  if (other != nullptr) Survey::relate(row, survey.place(other->span), "published here too");
}

bool starts(const Survey& survey, const facts::Listener& listener) {
  return std::ranges::any_of(survey.facts.rows<facts::Service>(), [&](const auto& service) {
    return service.kind == listener.service && service.unit == listener.unit &&
           service.enabled.value_or(false);
  });
}

// Whether a server that this machine starts is there already.
void check_machine(Survey& survey, const Published& port) {
  const auto numeric = numeric_address(port.address.host);
  for (const auto& listener : survey.facts.rows<facts::Listener>()) {
    const bool meets = listener.port == port.address.port && (listener.on_inet || numeric) &&
                       (is_any(port.address) || listener.address == "*" ||
                        (numeric && listener.address == numeric->numeric));
    if (!meets || listener.unit.empty() || !starts(survey, listener)) continue;
    return problem(survey, *port.node,
                   "the container takes port " + std::to_string(port.address.port) +
                       " of the machine, where " + listener.service +
                       " listens: whichever starts second does not start",
                   "publish another port, and let " + listener.service + " pass requests on");
  }
}

using Ports = std::vector<Published>;  // of one service; few

bool are_alternatives(const Ports& one, const Ports& other) {
  const auto has = [](const Ports& all) {
    return [&](const Published& port) {
      return std::ranges::any_of(
          all, [&](const auto& each) { return meet(each.address, port.address); });
    };
  };
  return one.size() > 1 && std::ranges::all_of(one, has(other)) &&
         std::ranges::all_of(other, has(one));
}

// Whether another service of the file has taken a port. Two that publish several ports, and all of
// them alike, are not meant to run at once.
void check_file(Survey& survey, const std::vector<Ports>& earlier, const Ports& ports) {
  for (const auto& port : ports)
    for (const auto& others : earlier) {
      const auto other = std::ranges::find_if(
          others, [&](const Published& each) { return meet(each.address, port.address); });
      if (other == others.end() || are_alternatives(ports, others)) continue;
      problem(survey, *port.node,
              "port " + std::to_string(port.address.port) + " is published by " +
                  std::string(other->service) + " too: the second container does not start",
              "publish another port of the machine", other->node);
      break;
    }
}

}  // namespace

void check_published_ports(Survey& survey, const yaml::Document& document,
                           const yaml::Node& services) {
  constexpr std::size_t kMost = 200;  // services that are compared with each other
  std::vector<Ports> earlier;
  for (std::size_t i = 0; i + 1 < services.children.size(); i += 2) {
    const auto* name = document.follow(services.children[i]);
    const auto* service = document.follow(services.children[i + 1]);
    if (name == nullptr || service == nullptr) continue;
    Ports ports;
    for (const auto* node : document.items(document.at(service, "ports")))
      if (const auto port = published(document, name->value, *node)) ports.push_back(*port);
    for (const auto& port : ports) check_machine(survey, port);
    const bool chosen = document.at(service, "profiles") != nullptr;  // one of several, perhaps
    if (chosen || ports.empty() || earlier.size() == kMost) continue;
    check_file(survey, earlier, ports);
    earlier.push_back(std::move(ports));
  }
}

}  // namespace stackaudit::stack
