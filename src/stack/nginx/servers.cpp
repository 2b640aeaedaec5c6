// What the modules of stream and mail refuse when a block is closed.
#include "stack/nginx/servers.hpp"

#include "stack/nginx/refusal.hpp"

#include <array>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::array<std::string_view, 3> kStreamHandlers{"proxy_pass", "return", "pass"};
// nginx guesses the protocol of a mail server from these ports.
constexpr std::array<std::string_view, 6> kMailPorts{"25", "110", "143", "465", "993", "995"};

class Servers {
 public:
  explicit Servers(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (!node.block || !node.is("server")) continue;
      if (node.context == Context::stream) stream(i, node);
      if (node.context == Context::mail) mail(i, node);
    }
  }

 private:
  void problem(const Node& server, std::string_view what) {
    const auto place = reader_.survey.place(server.span);
    reader_.problem(server.span, "no-handler", text::Severity::error,
                    std::string(what) + " for server in " + place.path + ':' +
                        std::to_string(place.line.value_or(0)));
  }

  void stream(std::size_t index, const Node& server) {
    for (const auto child : server.children) {
      const auto& name = config_.nodes[child].name.value;
      if (is_one_of(name, kStreamHandlers)) return;
      const auto* form = Directives::known().find(name, Context::stream_server);
      if (form == nullptr || form->foreign) return;  // a module may answer
    }
    if (config_.own(index, "listen") != nullptr) problem(server, "no handler");
  }

  void mail(std::size_t index, const Node& server) {
    const auto* protocol = config_.own(index, "protocol");
    const auto* listen = config_.own(index, "listen");
    if (listen == nullptr) return;
    const auto port = listen->arg(0).substr(listen->arg(0).rfind(':') + 1);
    if (protocol == nullptr && !is_one_of(port, kMailPorts))
      problem(server, "unknown mail protocol");
    else if (config_.inherited(index, "auth_http") == nullptr)
      problem(server, "no \"auth_http\" is defined");
  }

  Reader& reader_;
  const Config& config_;
};

}  // namespace

void check_servers(Reader& reader) {
  Servers(reader).run();
}

}  // namespace stackaudit::stack::nginx
