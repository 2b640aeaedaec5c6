// Every check looks at one directive and at what its block inherits.
#include "stack/nginx/practices.hpp"

#include "stack/nginx/address.hpp"
#include "stack/nginx/refusal.hpp"
#include "stack/nginx/routes.hpp"
#include "text/suggest.hpp"

#include <array>
#include <cctype>
#include <map>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using text::Severity;

// Headers whose loss makes a site weaker; of others the loss may be wanted.
constexpr std::array<std::string_view, 8> kSecurityHeaders{"strict-transport-security",
                                                           "content-security-policy",
                                                           "x-frame-options",
                                                           "x-content-type-options",
                                                           "referrer-policy",
                                                           "permissions-policy",
                                                           "cross-origin-opener-policy",
                                                           "cross-origin-resource-policy"};

using text::lower;

class Practices {
 public:
  Practices(Reader& reader, const std::vector<Claim>& claims)
      : reader_(reader), config_(reader.config), claims_(claims) {
    for (const auto& node : config_.nodes)
      if (node.is("upstream") && node.block) upstreams_.insert(lower(node.arg(0)));
  }

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.context == Context::data || node.context == Context::foreign) continue;
      if (node.is("alias")) alias(node);
      if (node.is("fastcgi_pass")) script_name(node);
      if (node.is("return")) splitting(node);
      if (node.is("try_files")) fallback(node);
      if (node.is("proxy_pass") && node.context != Context::stream_server) resolver(node);
      if (node.block && (node.is("location") || node.is("server"))) headers(i, node);
    }
    names();
  }

 private:
  void tell(text::Span span, std::string_view code, Severity severity, std::string message,
            std::string help, std::string replacement = {}) {
    reader_.problem(span, code, severity, std::move(message), std::move(help),
                    std::move(replacement));
  }

  // location /img { alias /srv/img/; }: /img../x is /srv/img/../x.
  void alias(const Node& node) {
    if (!node.parent || node.args.size() != 1 || !node.arg(0).ends_with('/')) return;
    const auto& location = config_.nodes[*node.parent];
    if (!location.is("location") || location.args.empty()) return;
    const auto name = location.arg(location.args.size() - 1);
    const bool prefix = location.args.size() == 1 || location.arg(0) == "^~";
    if (!prefix || !name.starts_with('/') || name.ends_with('/')) return;
    tell(location.args.back().span, "alias-traversal", Severity::error,
         "location " + quoted(name) + " with alias " + quoted(node.arg(0)) + ": a request for " +
             std::string(name) + "../ reaches the directory above " + std::string(node.arg(0)),
         "end the location with \"/\" as the alias ends", std::string(name) + '/');
  }

  void script_name(const Node& pass) {
    if (!pass.parent) return;
    const auto& block = config_.nodes[*pass.parent];
    if (!block.is("location") || block.joined().find("php") == std::string::npos) return;
    const auto parameters = list_of(config_, pass.parent, "fastcgi_param");
    const bool has = std::ranges::any_of(parameters, [](const Node* node) {
      return node->arg(0) == "SCRIPT_FILENAME" || node->arg(0) == "PATH_TRANSLATED";
    });
    if (has || unread_include(pass.parent)) return;
    tell(pass.span, "no-script-filename", Severity::error,
         "fastcgi_pass without fastcgi_param SCRIPT_FILENAME: PHP is not told which file to run",
         "add \"fastcgi_param SCRIPT_FILENAME $document_root$fastcgi_script_name;\" beside it; "
         "the parameters of a block replace those around it");
  }

  // An include that leads nowhere could have held what is missed.
  [[nodiscard]] bool unread_include(std::optional<std::size_t> block) const {
    for (;; block = config_.nodes[*block].parent) {
      for (const auto child : config_.named(block, "include")) {
        const auto& node = config_.nodes[child];
        if (node.args.size() != 1) continue;
        const bool glob = node.arg(0).find_first_of("*?[") != std::string_view::npos;
        if (!glob && reader_.survey.state_of(reader_.conf_relative(node.arg(0)), "file") != "found")
          return true;
      }
      if (!block) return false;
    }
  }

  // $uri is decoded: a %0d%0a in the request becomes a line of the answer's head.
  void splitting(const Node& node) {
    if (node.args.empty() || node.context == Context::stream_server) return;
    const auto& target = node.args.back();
    const bool code = node.args.size() == 2 && node.arg(0).starts_with('3');
    if (!code && (node.args.size() != 1 || !target.value.starts_with("http"))) return;
    for (const std::string_view name : {"$uri", "${uri}", "$document_uri", "${document_uri}"}) {
      const auto at = target.value.find(name);
      if (at == std::string::npos) continue;
      const auto past = at + name.size();
      if (past < target.value.size() && name.back() != '}' &&
          (std::isalnum(static_cast<unsigned char>(target.value[past])) != 0 ||
           target.value[past] == '_'))
        continue;
      auto better = target.value;
      better.replace(at, name.size(), name.back() == '}' ? "${request_uri}" : "$request_uri");
      if (better.find("$is_args") != std::string::npos) better.clear();
      tell(target.span, "redirect-splitting", Severity::warning,
           std::string(name) + " in a redirect is decoded: a visitor's %0d%0a adds header lines",
           "use $request_uri", better);
      return;
    }
  }

  void fallback(const Node& node) {
    if (node.args.size() < 2) return;
    const auto last = node.arg(node.args.size() - 1);
    if (last != "$uri" && last != "$uri/") return;
    tell(node.args.back().span, "fallback-loop", Severity::warning,
         "try_files ends with " + quoted(last) +
             ", to which nginx redirects every name that does not exist: HTTP 500, \"rewrite or "
             "internal redirection cycle\"",
         "end it with =404 or with a file that exists");
  }

  // A host that is known only with the request is looked up with `resolver`.
  void resolver(const Node& node) {
    if (!node.parent || node.args.size() != 1 || !has_variable(node.arg(0))) return;
    if (config_.inherited(node.parent, "resolver") != nullptr) return;
    const auto host = host_of(node);
    if (host.empty() || numeric_address(host) || is_upstream(host)) return;
    tell(node.args[0].span, "no-resolver", Severity::error,
         "no resolver defined to resolve " + host +
             ": with a variable in proxy_pass nginx looks the name up for each request",
         "add a resolver directive, or define an upstream \"" + host + '"');
  }

  // The host, where it stands in the text or was set to a plain text in the same block; else empty.
  [[nodiscard]] std::string host_of(const Node& node) const {
    std::string_view url = node.arg(0);
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    std::string host(url.substr(0, url.find('/')));
    if (host.starts_with('$')) {
      const auto end = host.find_first_not_of(
          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", 1);
      const auto value = value_of(node.parent, host.substr(0, end));
      host = value.empty() ? std::string{}
                           : value + (end == std::string::npos ? "" : host.substr(end));
      if (const auto at = host.find("://"); at != std::string::npos) host = host.substr(at + 3);
      host = host.substr(0, host.find('/'));
    }
    if (const auto variable = host.find('$'); variable != std::string::npos) {
      // "name$request_uri" and "name:$port" have their host; "name$suffix" has not.
      const auto rest = std::string_view(host).substr(variable);
      if (rest.starts_with("$request_uri") || rest.starts_with("$uri"))
        host.resize(variable);
      else if (host.find(':') > variable)
        return {};
    }
    if (host.starts_with('[') || host.starts_with("unix:")) return {};
    return host.substr(0, host.find(':'));
  }

  // What `set` gives to the variable in the block or around it, if that is one plain text.
  [[nodiscard]] std::string value_of(std::optional<std::size_t> block,
                                     std::string_view variable) const {
    std::string value;
    for (; block; block = config_.nodes[*block].parent)
      for (const auto child : config_.named(block, "set")) {
        const auto& set = config_.nodes[child];
        if (set.arg(0) != variable) continue;
        if (!value.empty() || has_variable(set.arg(1))) return {};
        value = set.arg(1);
      }
    return value;
  }

  [[nodiscard]] bool is_upstream(std::string_view name) const {
    return upstreams_.contains(lower(name));
  }

  // add_header in a block replaces all of those around it.
  void headers(std::size_t index, const Node& block) {
    const Node* first = config_.own(index, "add_header");
    if (first == nullptr || !block.parent) return;
    if (const auto* inherit = config_.inherited(index, "add_header_inherit");
        inherit != nullptr && inherit->arg(0) == "merge")
      return;
    std::set<std::string> mine;
    for (const auto* header : list_of(config_, index, "add_header"))
      mine.insert(lower(header->arg(0)));
    std::string lost;
    for (const auto* header : list_of(config_, block.parent, "add_header")) {
      const auto name = lower(header->arg(0));
      if (mine.contains(name) || !is_one_of(name, kSecurityHeaders)) continue;
      lost += (lost.empty() ? "" : ", ") + std::string(header->arg(0));
    }
    if (lost.empty()) return;
    tell(first->span, "header-dropped", Severity::info,
         "add_header here replaces all that the blocks around it add: " + lost +
             (lost.find(',') == std::string::npos ? " is" : " are") + " not sent",
         "repeat them in this block, for example with an include");
  }

  // The same name in two servers of one address; several servers and none said to be the default.
  void names() {
    std::map<std::string, std::vector<const Claim*>> by_address;
    for (const auto& claim : claims_)
      if (config_.nodes[claim.server].context == Context::http && claim.address.family != "unix")
        by_address[shown(claim)].push_back(&claim);
    for (const auto& [address, claims] : by_address) {
      conflicts(address, claims);
      no_default(address, claims);
    }
  }

  struct Owner {
    std::size_t server;
    std::string name;  // as it was given
  };

  void conflicts(const std::string& address, const std::vector<const Claim*>& claims) {
    std::map<std::string, Owner> owners;
    std::set<std::size_t> seen;
    for (const auto* claim : claims) {
      if (!seen.insert(claim->server).second) continue;
      bool named = false;
      for (const auto child : config_.nodes[claim->server].children) {
        const auto& node = config_.nodes[child];
        if (!node.is("server_name")) continue;
        for (const auto& arg : node.args) {
          named = true;
          if (!arg.value.starts_with('~')) conflict(address, claim->server, arg, owners);
        }
      }
      if (!named) conflict(address, claim->server, {}, owners);
    }
  }

  // nginx keeps ".name" as the wildcard "*.name" and the name itself; a name that is there already
  // is ignored whole.
  void conflict(const std::string& address, std::size_t server, const syntax::Word& word,
                std::map<std::string, Owner>& owners) {
    const auto name = lower(word.value);
    auto keys = std::vector<std::string>{name};
    if (name.starts_with('.')) keys = {name.substr(1), '*' + name};
    const Owner* before = nullptr;
    for (const auto& key : keys)
      if (const auto it = owners.find(key); it != owners.end()) before = &it->second;
    if (before == nullptr) {
      for (const auto& key : keys) owners.emplace(key, Owner{server, name});
      return;
    }
    const bool same = before->server == server;
    if (same && before->name == name) return;  // the same word twice harms nobody
    const bool written = !word.value.empty();
    const auto span = written ? word.span : config_.nodes[server].span;
    if (!told_.insert({server, name}).second) return;
    const auto other = reader_.survey.place(config_.nodes[before->server].span);
    tell(span, "name-conflict", Severity::warning,
         "conflicting server name " + quoted(word.value) + " on " + address + ", ignored",
         same ? quoted(before->name) + " stands before it: write one of them"
              : "the server of " + other.path + ":" + std::to_string(other.line.value_or(0)) +
                    " answers to it" + (written ? "" : "; give this one a server_name"));
  }

  void no_default(const std::string& address, const std::vector<const Claim*>& claims) {
    std::set<std::size_t> servers;
    for (const auto* claim : claims) {
      if (claim->default_server) return;
      servers.insert(claim->server);
    }
    if (servers.size() < 2) return;
    const auto first = claims.front()->server;
    for (const auto child : config_.nodes[first].children) {
      const auto& node = config_.nodes[child];
      if (node.is("return")) return;  // it turns strangers away
      if (!node.is("server_name")) continue;
      if (node.arg(0) == "_" || node.arg(0).empty()) return;
    }
    if (!defaults_told_.insert(first).second) return;
    tell(config_.nodes[first].span, "no-default", Severity::info,
         "of " + std::to_string(servers.size()) + " servers on " + address +
             " none is the default_server: this one, read first, answers to every unknown name",
         "say default_server where strangers shall end");
  }

  static std::string shown(const Claim& claim) {
    const bool six = claim.address.family == "inet6";
    const std::string any = six ? "::" : "0.0.0.0";
    const auto host = claim.address.wildcard() ? any : claim.address.numeric;
    return (six ? '[' + host + ']' : host) + ':' + std::to_string(claim.port);
  }

  Reader& reader_;
  const Config& config_;
  const std::vector<Claim>& claims_;
  std::set<std::string> upstreams_;
  std::set<std::pair<std::size_t, std::string>> told_;
  std::set<std::size_t> defaults_told_;
};

}  // namespace

void check_practices(Reader& reader, const std::vector<Claim>& claims) {
  Practices(reader, claims).run();
}

}  // namespace stackaudit::stack::nginx
