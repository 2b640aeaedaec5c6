// Whom nginx talks to: upstream groups, and the directives that pass requests on.
#pragma once

#include "stack/nginx/address.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

struct UpstreamServer {
  std::size_t node = 0;
  Endpoint endpoint;
  bool spare = false;  // backup or down: nobody need answer
};

struct Upstream {
  std::size_t node = 0;
  std::string name;
  bool stream = false;
  bool used = false;
  std::string scheme;  // of the first that passes to it
  std::string expects;
  std::vector<UpstreamServer> servers;
};

class Upstreams {
 public:
  Upstreams(Reader& reader, const Hosts& hosts);

  // Adds the `dial` and `reference` rows of every pass directive and every upstream server, and
  // syntax_problem of those that nginx refuses.
  void record();

  // Where a fastcgi_pass leads, as facts::Site::php has it: "unix:/run/php/app.sock",
  // "tcp:127.0.0.1:9000"; empty where only a request decides.
  [[nodiscard]] std::string handler(const Node& pass) const;

 private:
  void read(std::size_t index);
  void pass(const Node& node);
  void named_host(const Node& node, const Endpoint& endpoint, std::string_view scheme,
                  std::string_view expects);
  void dial(const Node& node, const Endpoint& endpoint, std::string_view scheme,
            std::string_view purpose, std::string_view expects, bool required);
  // The first of that name, letter case aside.
  Upstream* find(std::string_view name, bool stream);
  [[nodiscard]] const Upstream* find(std::string_view name, bool stream) const;
  void check_groups();
  void check_backups(const Upstream& group);
  void check_down(const Upstream& group);

  Reader& reader_;
  const Hosts& hosts_;
  std::vector<Upstream> groups_;
  std::map<std::pair<bool, std::string>, std::size_t> by_name_;  // stream, name in lower case
};

// The path with the symlinks of its existing directories resolved, for sockets that are not there
// before their server runs: /var/run/x is /run/x.
[[nodiscard]] std::string canonical_socket(const tree::Tree& tree, std::string_view path);

}  // namespace stackaudit::stack::nginx
