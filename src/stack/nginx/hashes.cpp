// ngx_hash.c: an entry is a pointer, the name, two bytes and padding; a bucket ends with a pointer.
#include "stack/nginx/hashes.hpp"

#include "stack/nginx/claims.hpp"
#include "stack/nginx/hostnames.hpp"
#include "stack/nginx/refusal.hpp"
#include "stack/nginx/values.hpp"

#include <array>
#include <map>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::size_t kPointer = 8;
constexpr std::size_t kCacheLine = 64;  // of the processors that servers have; the default bucket

std::size_t aligned(std::size_t size, std::size_t to) {
  return (size + to - 1) / to * to;
}

bool fits(std::string_view name, std::size_t bucket) {
  return kPointer + aligned(name.size() + 2, kPointer) + kPointer <= bucket;
}

// A name with a wildcard is kept label by label.
bool host_fits(std::string_view host, std::size_t bucket) {
  if (!host.starts_with('.') && !host.starts_with("*.") && !host.ends_with(".*"))
    return fits(host, bucket);
  while (!host.empty()) {
    const auto dot = std::min(host.find('.'), host.size());
    if (!fits(host.substr(0, dot), bucket)) return false;
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return true;
}

// Directives whose argument becomes a key of a table, from the prefix on.
struct Keyed {
  std::string_view directive;
  std::size_t argument;
  std::string_view table, prefix;
  bool sized;  // a directive NAME_bucket_size exists
};
constexpr auto kKeyed = std::to_array<Keyed>({
    {"set", 0, "variables_hash", "$", true},
    {"map", 1, "variables_hash", "$", true},
    {"split_clients", 1, "variables_hash", "$", true},
    {"proxy_set_header", 0, "proxy_headers_hash", "", true},
    {"proxy_hide_header", 0, "proxy_headers_hash", "", true},
    {"fastcgi_hide_header", 0, "fastcgi_hide_headers_hash", "", false},
    {"uwsgi_hide_header", 0, "uwsgi_hide_headers_hash", "", false},
    {"scgi_hide_header", 0, "scgi_hide_headers_hash", "", false},
    {"fastcgi_param", 0, "fastcgi_params_hash", "HTTP_", false},
    {"uwsgi_param", 0, "uwsgi_params_hash", "HTTP_", false},
    {"scgi_param", 0, "scgi_params_hash", "HTTP_", false},
});

class Hashes {
 public:
  Hashes(Reader& reader, const std::vector<Claim>& claims)
      : reader_(reader), config_(reader.config), claims_(claims) {}

  void run() {
    for (const auto& node : config_.nodes) {
      if (node.context == Context::foreign) continue;
      if (node.context == Context::data) {
        data_line(node);
        continue;
      }
      for (const auto& keyed : kKeyed)
        if (node.is(keyed.directive) && node.args.size() > keyed.argument) key(node, keyed);
      if (node.is("valid_referers")) referers(node);
    }
    add_server_names();
    lonely_referers();
    server_names();
  }

 private:
  // The size that holds in the block: rounded up to whole cache lines.
  [[nodiscard]] std::size_t bucket(std::optional<std::size_t> block, std::string_view table) const {
    const auto* node = config_.inherited(block, std::string(table) + "_bucket_size");
    if (node == nullptr) return kCacheLine;
    const auto size = parse_size(node->arg(0), false);
    return aligned(static_cast<std::size_t>(size.value_or(1 << 20)), kCacheLine);
  }

  void too_long(const syntax::Word& word, std::string_view table, std::size_t size, bool sized) {
    const auto option = std::string(table) + "_bucket_size";
    reader_.problem(word.span, "hash-bucket", text::Severity::error,
                    "could not build " + std::string(table) + ", you should increase " + option +
                        ": " + std::to_string(size),
                    sized ? "this name is too long for it: write " + option + ' ' +
                                std::to_string(aligned(word.value.size() + 24, kCacheLine)) + ';'
                          : "this name is too long: take a shorter one");
  }

  void key(const Node& node, const Keyed& keyed) {
    const auto& word = node.args[keyed.argument];
    std::string_view name = word.value;
    if (!name.starts_with(keyed.prefix)) return;
    name.remove_prefix(keyed.prefix.size());
    const auto size = bucket(node.parent, keyed.table);
    if (!fits(name, size)) too_long(word, keyed.table, size, keyed.sized);
  }

  void data_line(const Node& node) {
    if (!node.parent || node.args.empty()) return;
    const auto& block = config_.nodes[*node.parent];
    if (block.is("types")) {
      const auto size = bucket(block.parent, "types_hash");
      for (const auto& word : node.args)
        if (!fits(word.value, size)) too_long(word, "types_hash", size, true);
    }
    if (!block.is("map") || node.is("include") || node.args.size() != 1) return;
    std::string_view key = node.name.value;
    if (key.starts_with('~')) return;
    if (key.starts_with('\\')) key.remove_prefix(1);
    const bool hosts = config_.own(node.parent, "hostnames") != nullptr;
    const auto size = bucket(block.parent, "map_hash");
    if (hosts ? !host_fits(key, size) : !fits(key, size))
      too_long(node.name, "map_hash", size, true);
  }

  void referers(const Node& node) {
    const auto size = bucket(node.parent, "referer_hash");
    for (const auto& word : node.args) {
      std::string_view name = word.value;
      if (name.starts_with('~')) continue;
      const auto host = text::lower(name.substr(0, name.find('/')));
      auto& block = referers_.try_emplace(node.parent, Referers{&node, {}, false}).first->second;
      const bool bare = name == "none" || name == "blocked";
      block.bare = block.bare || bare;
      if (name == "server_names") {
        block.names.emplace();
        block.of_server = &word;
      }
      if (!bare && name != "server_names" && !block.add(host))
        reader_.problem(word.span, "bad-value", text::Severity::error,
                        "conflicting parameter \"" + host + '"', "nginx wants each name once");
      if (!host_fits(host, size)) too_long(word, "referer_hash", size, true);
    }
  }

  // Only where nginx has to choose: several servers at one address, or an expression that captures.
  void server_names() {
    std::map<std::string, std::set<std::size_t>> servers;  // by their address
    for (const auto& claim : claims_)
      if (config_.nodes[claim.server].context == Context::http)
        servers[shown(claim)].insert(claim.server);
    std::map<std::size_t, std::string> chosen;  // and where
    for (const auto& [address, among] : servers) {
      if (among.size() == 1 && !captures(*among.begin())) continue;
      for (const auto server : among) chosen.try_emplace(server, address);
    }
    for (const auto& [server, address] : chosen) names_of(server, address);
  }

  [[nodiscard]] bool captures(std::size_t server) const {
    return std::ranges::any_of(config_.nodes[server].children, [&](auto child) {
      const auto& node = config_.nodes[child];
      return node.is("server_name") && std::ranges::any_of(node.args, [](const auto& word) {
               return word.value.starts_with('~') && word.value.find('(') != std::string::npos;
             });
    });
  }

  void names_of(std::size_t server, const std::string& address) {
    const auto size = bucket(server, "server_names_hash");
    for (const auto child : config_.nodes[server].children) {
      const auto& node = config_.nodes[child];
      if (!node.is("server_name")) continue;
      for (const auto& word : node.args) {
        if (word.value.starts_with('~')) continue;
        if (!is_hostname(word.value))
          reader_.problem(word.span, "bad-value", text::Severity::error,
                          "invalid server name or wildcard \"" + word.value + "\" on " + address,
                          "one \"*\", as the first or the last label, and no empty label");
        else if (!host_fits(word.value, size))
          too_long(word, "server_names_hash", size, true);
      }
    }
  }

  // Of a block; an empty name stands for those of the server.
  struct Referers {
    const Node* first = nullptr;
    std::set<std::string, std::less<>> names;
    bool bare = false;                        // "none" or "blocked"
    const syntax::Word* of_server = nullptr;  // "server_names"

    // False where it is there already; ".a.b" is "a.b" and "*.a.b".
    bool add(const std::string& name) {
      if (!name.starts_with('.')) return names.insert(name).second;
      const bool whole = names.insert(name.substr(1)).second;
      return names.insert('*' + name).second && whole;
    }
  };

  // nginx adds the server's names last, each of them once.
  void add_server_names() {
    for (auto& [block, referers] : referers_) {
      if (referers.of_server == nullptr || !block) continue;
      const auto server = config_.enclosing(*block, "server", Context::http);
      if (!server) continue;
      for (const auto at : config_.named(*server, "server_name"))
        for (const auto& word : config_.nodes[at].args) {
          const auto name = text::lower(word.value);
          if (name.empty() || name.starts_with('~') || has_variable(name) || referers.add(name))
            continue;
          reader_.problem(referers.of_server->span, "bad-value", text::Severity::error,
                          "conflicting parameter \"" + word.value + '"',
                          "server_names brings this name of the server, which is there already");
        }
    }
  }

  void lonely_referers() {
    for (const auto& [block, referers] : referers_)
      if (referers.bare && referers.names.empty())
        reader_.problem(referers.first->span, "bad-value", text::Severity::error,
                        "the \"none\" or \"blocked\" referers are specified in the "
                        "\"valid_referers\" directive without any valid referer",
                        "write server_names, or a name, beside them");
  }

  Reader& reader_;
  const Config& config_;
  const std::vector<Claim>& claims_;
  std::map<std::optional<std::size_t>, Referers> referers_;  // by their block
};

}  // namespace

void check_hashes(Reader& reader, const std::vector<Claim>& claims) {
  Hashes(reader, claims).run();
}

}  // namespace stackaudit::stack::nginx
