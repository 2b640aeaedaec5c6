// What is no address is a name to nginx, a mistyped address too.
#include "stack/nginx/named_hosts.hpp"

#include "stack/net.hpp"
#include "text/words.hpp"

namespace stackaudit::stack::nginx {
namespace {

class NamedHosts {
 public:
  NamedHosts(Reader& reader, const Hosts& hosts) : reader_(reader), hosts_(hosts) {}

  void run() {
    for (const auto& node : reader_.config.nodes) {
      if (node.context == Context::data || node.context == Context::foreign) continue;
      if (node.is("resolver"))
        resolver(node);
      else if (node.is("set_real_ip_from") || node.is("debug_connection"))
        proxy(node);
      else if ((node.is("access_log") || node.is("error_log")) &&
               node.arg(0).starts_with("syslog:"))
        syslog(node);
    }
  }

 private:
  void resolver(const Node& node) {
    for (const auto& word : node.args)
      if (word.value.find('=') == std::string::npos)
        look_up(word, word.value, "resolver \"" + word.value + '"');
  }

  void proxy(const Node& node) {
    const auto value = node.arg(0);
    if (value.empty() || value == "unix:" || value.find('/') != value.npos ||
        numeric_address(value) || short_address(value))
      return;
    look_up(node.args[0], value, node.name.value + " \"" + std::string(value) + '"');
  }

  void syslog(const Node& node) {
    for (const auto parameter : text::fields(node.arg(0).substr(7), ','))
      if (parameter.starts_with("server="))
        look_up(node.args[0], parameter.substr(7),
                "syslog server \"" + std::string(parameter.substr(7)) + '"');
  }

  void look_up(const syntax::Word& word, std::string_view address, const std::string& where) {
    if (has_variable(address)) return;
    const auto endpoint = parse_endpoint(address, Use::connect, hosts_);
    if (!endpoint.error.empty() || !endpoint.named || !endpoint.addresses.empty()) return;
    auto row = reader_.reference(word.span, "host", endpoint.host, "host");
    const bool nobody =
        is_no_host_name(endpoint.host) || (!could_be_in_dns(endpoint.host) && hosts_.known());
    row.state = nobody ? "missing" : "dynamic";
    row.call = "getaddrinfo";
    row.effect = "nginx does not start: host not found in " + where;
    reader_.survey.facts.add(std::move(row));
  }

  Reader& reader_;
  const Hosts& hosts_;
};

}  // namespace

void check_named_hosts(Reader& reader, const Hosts& hosts) {
  NamedHosts(reader, hosts).run();
}

}  // namespace stackaudit::stack::nginx
