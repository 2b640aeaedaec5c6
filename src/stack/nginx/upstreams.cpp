// A table has which directives pass requests on, and what their argument may be.
#include "stack/nginx/upstreams.hpp"

#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

struct Pass {
  std::string_view directive;
  Context context;  // any of http's, or stream_server
  std::string_view scheme;
  std::int64_t default_port;  // 0: a port must be written
  bool url;                   // "scheme://" must come first, a path may follow
  std::string_view schemes;   // those that may come first otherwise
};
constexpr std::array<Pass, 8> kPasses{{
    {"proxy_pass", Context::location, "http", 80, true, ""},
    {"fastcgi_pass", Context::location, "fastcgi", 0, false, ""},
    {"uwsgi_pass", Context::location, "uwsgi", 0, false, "uwsgi suwsgi"},
    {"scgi_pass", Context::location, "scgi", 0, false, ""},
    {"grpc_pass", Context::location, "grpc", 0, false, "grpc grpcs"},
    {"memcached_pass", Context::location, "memcached", 0, false, ""},
    {"tunnel_pass", Context::location, "tunnel", 0, false, ""},
    {"proxy_pass", Context::stream_server, "tcp", 0, false, ""},
}};

const Pass* pass_of(const Node& node) {
  const bool stream = node.context == Context::stream_server;
  const bool http = node.context == Context::location || node.context == Context::if_in_location ||
                    node.context == Context::limit_except;
  for (const auto& pass : kPasses)
    if (node.is(pass.directive) && (pass.context == Context::stream_server ? stream : http))
      return &pass;
  return nullptr;
}

struct Target {
  std::string scheme;
  std::string_view address;  // host, port, path
  std::int64_t default_port = 0;
};

Target split_scheme(const Pass& pass, std::string_view value) {
  Target target{std::string(pass.scheme), value, pass.default_port};
  const auto at = value.find("://");
  if (at == std::string_view::npos) return target;
  target.scheme = value.substr(0, at);
  for (auto& ch : target.scheme)
    if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch - 'A' + 'a');
  if (!pass.url && pass.schemes.find(target.scheme) == std::string_view::npos) {
    target.scheme = pass.scheme;
    return target;
  }
  target.address = value.substr(at + 3);
  if (target.scheme == "https") target.default_port = 443;
  return target;
}

// The part that can be known now of an address with variables: "backend$request_uri" is "backend".
std::string_view fixed_part(std::string_view address) {
  constexpr std::string_view kUnix = "unix:";
  const auto variable = address.find('$');
  if (variable == std::string_view::npos) return address;
  if (address.starts_with(kUnix))  // a path up to the next colon: one that goes on is another
    return address.find(':', kUnix.size()) < variable ? address.substr(0, variable)
                                                      : std::string_view{};
  const auto slash = address.find('/');
  if (slash < variable) return address.substr(0, variable);
  const auto rest = address.substr(variable + 1);
  const bool path = rest.starts_with("request_uri") || rest.starts_with("uri") ||
                    rest.starts_with("{request_uri") || rest.starts_with("{uri");
  return path ? address.substr(0, variable) : std::string_view{};
}

// A group's name, mistyped or with a domain behind it.
std::optional<std::string> nearest_of(std::string_view host, std::string_view label,
                                      const std::vector<std::string>& names) {
  const auto near = text::nearest(host, names);
  return near || label == host ? near : text::nearest(label, names);
}

// A location for PHP: its handler is expected to be php-fpm.
bool is_php_location(const Reader& reader, const Node& node) {
  if (!node.parent) return false;
  const auto& block = reader.config.nodes[*node.parent];
  return block.is("location") && block.joined().find("php") != std::string::npos;
}

}  // namespace

std::string canonical_socket(const tree::Tree& tree, std::string_view path) {
  std::string directory(tree::normalize(path));
  std::string rest;
  while (directory.size() > 1) {
    if (const auto end = tree::resolve(tree, directory)) return end.path + rest;
    rest = '/' + std::string(tree::basename(directory)) + rest;
    directory = tree::dirname(directory);
  }
  return rest;
}

Upstreams::Upstreams(Reader& reader, const Hosts& hosts) : reader_(reader), hosts_(hosts) {
  const auto& nodes = reader_.config.nodes;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].is("upstream") && nodes[i].block && nodes[i].args.size() == 1) read(i);
}

void Upstreams::read(std::size_t index) {
  const auto& node = reader_.config.nodes[index];
  Upstream group;
  group.node = index;
  group.name = node.arg(0);
  group.stream = node.context == Context::stream;
  for (const auto child : node.children) {
    const auto& server = reader_.config.nodes[child];
    if (!server.is("server") || server.args.empty()) continue;
    UpstreamServer entry;
    entry.node = child;
    entry.endpoint = parse_endpoint(server.arg(0), Use::connect, hosts_);
    if (entry.endpoint.error.empty() && entry.endpoint.socket.empty() &&
        !entry.endpoint.rest.empty())
      entry.endpoint.error = "invalid host";
    for (std::size_t i = 1; i < server.args.size(); ++i)
      entry.spare = entry.spare || server.arg(i) == "backup" || server.arg(i) == "down";
    group.servers.push_back(std::move(entry));
  }
  by_name_.try_emplace({group.stream, text::lower(group.name)}, groups_.size());
  groups_.push_back(std::move(group));
}

Upstream* Upstreams::find(std::string_view name, bool stream) {
  const auto it = by_name_.find({stream, text::lower(name)});
  return it == by_name_.end() ? nullptr : &groups_[it->second];
}

const Upstream* Upstreams::find(std::string_view name, bool stream) const {
  const auto it = by_name_.find({stream, text::lower(name)});
  return it == by_name_.end() ? nullptr : &groups_[it->second];
}

void Upstreams::record() {
  check_groups();
  const auto& nodes = reader_.config.nodes;
  for (const auto& node : nodes) pass(node);
  for (const auto& group : groups_) {
    const auto firsts =
        std::ranges::count_if(group.servers, [](const auto& s) { return !s.spare; });
    check_down(group);
    for (const auto& server : group.servers) {
      const bool required = group.used && !server.spare && firsts == 1;
      const auto& node = nodes[server.node];
      const bool no_port = group.stream && !server.endpoint.port && server.endpoint.socket.empty();
      if (server.endpoint.error.empty() && no_port)
        reader_.problem(node.args[0].span, "bad-value", Severity::error,
                        "no port in upstream \"" + node.args[0].value + '"');
      else if (!server.endpoint.error.empty())
        reader_.problem(node.args[0].span, "bad-value", Severity::error,
                        server.endpoint.error + " in upstream \"" + node.args[0].value + '"');
      else if (server.endpoint.named && server.endpoint.addresses.empty())
        named_host(node, server.endpoint, group.scheme, group.expects);
      else
        dial(node, server.endpoint, group.scheme,
             group.used && !server.spare && firsts > 1 ? "balanced" : "upstream", group.expects,
             required);
    }
  }
}

void Upstreams::check_groups() {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    const auto& node = reader_.config.nodes[groups_[i].node];
    const auto* first = find(groups_[i].name, groups_[i].stream);
    if (first != &groups_[i])
      reader_.problem_with(node.span, "duplicate-upstream",
                           "duplicate upstream \"" + groups_[i].name + '"',
                           reader_.config.nodes[first->node].span, "the first one is here");
    const bool filled_by_module = std::ranges::any_of(node.children, [&](auto child) {
      const auto& name = reader_.config.nodes[child].name.value;
      return name == "state" || Directives::known().find(name).empty();
    });
    if (groups_[i].servers.empty() && !filled_by_module)
      reader_.problem(node.span, "empty-upstream", Severity::error,
                      "no servers are inside upstream");
    check_backups(groups_[i]);
  }
}

// Some balancing methods know no backup servers; and not all may be backups.
void Upstreams::check_backups(const Upstream& group) {
  constexpr std::array<std::string_view, 3> kWithout{"hash", "ip_hash", "random"};
  const auto& nodes = reader_.config.nodes;
  bool without = false;
  bool first = group.servers.empty();
  for (const auto child : nodes[group.node].children) {
    const auto& node = nodes[child];
    without = without || std::ranges::find(kWithout, node.name.value) != kWithout.end();
    if (!node.is("server")) continue;
    const auto backup = std::ranges::find(node.args, "backup", &syntax::Word::value);
    first = first || backup == node.args.end();
    if (without && backup != node.args.end())
      reader_.problem(backup->span, "bad-value", Severity::error,
                      "balancing method does not support parameter \"backup\"");
  }
  if (!first)
    reader_.problem(nodes[group.node].span, "empty-upstream", Severity::error,
                    "no servers in upstream \"" + group.name + '"');
}

// A server that is marked "down" is never asked.
void Upstreams::check_down(const Upstream& group) {
  const auto& nodes = reader_.config.nodes;
  const bool all = std::ranges::all_of(group.servers, [&](const UpstreamServer& server) {
    const auto& args = nodes[server.node].args;
    return std::ranges::find(args, "down", &syntax::Word::value) != args.end();
  });
  if (!all || !group.used || group.servers.empty()) return;
  reader_.problem(nodes[group.servers.front().node].span, "doubtful-directive", Severity::warning,
                  "every server of upstream \"" + group.name +
                      "\" is marked down: HTTP 502, no live upstreams");
}

void Upstreams::pass(const Node& node) {
  const auto* kind = pass_of(node);
  if (kind == nullptr || node.args.empty()) return;
  const auto target = split_scheme(*kind, node.arg(0));
  const auto address = fixed_part(target.address);
  const bool variable = has_variable(node.arg(0));
  if (kind->url && !variable && target.scheme != "https" &&
      !text::equal_ignoring_case(node.arg(0).substr(0, 7), "http://")) {
    reader_.problem(node.args[0].span, "bad-value", Severity::error, "invalid URL prefix");
    return;
  }
  auto row = reader_.reference(node.args[0].span, "upstream", node.arg(0), "upstream");
  if (address.empty() && !variable) {
    reader_.problem(node.args[0].span, "bad-value", Severity::error, "no host in upstream \"\"");
    return;
  }
  if (address.empty()) {
    row.state = "dynamic";
    row.required = false;
    reader_.survey.facts.add(std::move(row));
    return;
  }
  auto endpoint = parse_endpoint(address, kind->url ? Use::url : Use::connect, hosts_);
  if (endpoint.error.empty() && !kind->url && !endpoint.rest.empty() && endpoint.socket.empty())
    endpoint.error = "invalid host";
  if (!endpoint.error.empty()) {
    if (!variable)
      reader_.problem(node.args[0].span, "bad-value", Severity::error,
                      endpoint.error + " in upstream \"" + std::string(target.address) + '"');
    return;
  }
  const std::string expects =
      kind->scheme == "fastcgi" && is_php_location(reader_, node) ? "php-fpm" : "";
  if (auto* group = find(endpoint.host, kind->context == Context::stream_server)) {
    group->used = true;
    if (group->scheme.empty()) group->scheme = target.scheme;
    if (group->expects.empty()) group->expects = expects;
    row.state = "found";
    reader_.survey.facts.add(std::move(row));
    if (endpoint.port && !variable)
      reader_.problem(
          node.args[0].span, "bad-value", Severity::error,
          "upstream \"" + group->name + "\" may not have port " + std::to_string(*endpoint.port));
    return;
  }
  if (endpoint.named && endpoint.addresses.empty()) {
    named_host(node, endpoint, target.scheme, expects);
    return;
  }
  if (!endpoint.port && endpoint.socket.empty()) {
    if (target.default_port == 0) {
      if (!variable)
        reader_.problem(node.args[0].span, "bad-value", Severity::error,
                        "no port in upstream \"" + std::string(target.address) + '"');
      return;
    }
    endpoint.port = target.default_port;
  }
  dial(node, endpoint, target.scheme, kind->directive, expects, true);
}

// Neither a group nor a name that /etc/hosts has: DNS may know it, and at start nginx asks.
void Upstreams::named_host(const Node& node, const Endpoint& endpoint, std::string_view scheme,
                           std::string_view expects) {
  const bool stream =
      node.context == Context::stream_server || node.context == Context::stream_upstream;
  const auto told = node.is("server") ? node.args[0].value : endpoint.host;
  auto row = reader_.reference(node.args[0].span, "upstream", endpoint.host, "upstream");
  const bool variable = has_variable(node.arg(0)) && !node.is("server");
  std::vector<std::string> names;
  for (const auto& group : groups_)
    if (group.stream == stream) names.push_back(group.name);
  const auto label = endpoint.host.substr(0, endpoint.host.find('.'));
  const auto near = nearest_of(endpoint.host, label, names);
  // A container's neighbours have names of one word, too; none of them is almost a group's name.
  const bool of_neighbour = !hosts_.known() && (node.is("server") || !near);
  const bool could_be_dns =
      (could_be_in_dns(endpoint.host) || of_neighbour) && !is_no_host_name(endpoint.host);
  row.state = could_be_dns || variable ? "dynamic" : "missing";
  row.required = !could_be_dns && !variable;
  row.call = variable ? "" : "getaddrinfo";
  row.effect = "nginx does not start: host not found in upstream \"" + told + '"';
  if (near) {
    row.nearest = *near;
    row.replacement = node.arg(0);
    row.replacement.replace(row.replacement.find(endpoint.host), endpoint.host.size(), *near);
  }
  reader_.survey.facts.add(std::move(row));
  if (could_be_dns) dial(node, endpoint, scheme, node.name.value, expects, true);
}

void Upstreams::dial(const Node& node, const Endpoint& endpoint, std::string_view scheme,
                     std::string_view purpose, std::string_view expects, bool required) {
  facts::Dial row;
  static_cast<facts::Place&>(row) = reader_.survey.place(node.args[0].span);
  row.service = "nginx";
  row.purpose = purpose;
  if (node.is("server") && node.parent) row.upstream = reader_.config.nodes[*node.parent].arg(0);
  row.as_written = node.args[0].value;
  row.scheme = scheme;
  row.host = endpoint.host;
  row.url_path = endpoint.rest;
  row.expects = expects;
  row.required = required;
  if (endpoint.socket.empty()) row.port = endpoint.port.value_or(scheme == "https" ? 443 : 80);
  if (endpoint.addresses.empty()) {
    reader_.survey.facts.add(std::move(row));
    return;
  }
  for (const auto& address : endpoint.addresses) {
    row.family = address.family;
    row.address = address.numeric;
    if (address.family == "unix")
      row.socket = canonical_socket(reader_.survey.tree, endpoint.socket);
    row.local = is_local(address);
    // Of a name with several addresses nginx tries the next when one does not answer.
    row.required = required && (endpoint.addresses.size() == 1 || address.family == "inet");
    reader_.survey.facts.add(row);
  }
}

std::string Upstreams::handler(const Node& pass) const {
  if (pass.args.empty() || has_variable(pass.arg(0))) return {};
  auto endpoint = parse_endpoint(pass.arg(0), Use::connect, hosts_);
  if (endpoint.named)
    if (const auto* group = find(endpoint.host, false); group != nullptr && !group->servers.empty())
      endpoint = group->servers.front().endpoint;
  if (!endpoint.socket.empty())
    return "unix:" + canonical_socket(reader_.survey.tree, endpoint.socket);
  if (endpoint.addresses.empty() || !endpoint.port) return {};
  const auto& address = endpoint.addresses.front();
  const auto host = address.family == "inet6" ? '[' + address.numeric + ']' : address.numeric;
  return "tcp:" + host + ':' + std::to_string(*endpoint.port);
}

}  // namespace stackaudit::stack::nginx
