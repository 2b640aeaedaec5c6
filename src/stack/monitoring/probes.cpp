// Reads words, not languages: the same URL stands in YAML, TOML, shell and the agents' own formats.
#include "stack/monitoring/probes.hpp"

#include "stack/net.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kBreaks = " \t\r'\"`<>(){},;|!";
constexpr std::size_t kLineLimit = 4096;
constexpr std::array<std::string_view, 8> kSchemes{"http", "https",   "tcp",   "unix",
                                                   "fcgi", "fastcgi", "mysql", "unixs"};
constexpr std::array<std::string_view, 3> kHere{"localhost", "127.", "[::1]"};

struct Token {
  std::size_t begin = 0;
  std::string_view text;
};

std::vector<Token> tokens_of(std::string_view line) {
  std::vector<Token> tokens;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(kBreaks, at)) != std::string_view::npos) {
    auto end = std::min(line.find_first_of(kBreaks, at), line.size());
    // unix:/path.sock;/status, as php-fpm's clients write it
    if (end < line.size() && line[end] == ';' && line.substr(at).starts_with("unix:") &&
        end + 1 < line.size() && line[end + 1] == '/')
      end = std::min(line.find_first_of(kBreaks, end + 1), line.size());
    tokens.push_back({at, line.substr(at, end - at)});
    at = end;
  }
  return tokens;
}

bool only_at_run_time(std::string_view text) {
  return text.find_first_of("$%{*\\") != std::string_view::npos;
}

// "['localhost:9113']" leaves a bracket, key=http://... a key.
void trim(Token& token) {
  if (const auto sign = token.text.find("://"); sign != std::string_view::npos) {
    auto begin = sign;
    while (begin > 0 && std::isalpha(static_cast<unsigned char>(token.text[begin - 1])) != 0)
      --begin;
    token.begin += begin;
    token.text.remove_prefix(begin);
  } else if (const auto equals = token.text.find('='); equals != std::string_view::npos) {
    token.begin += equals + 1;
    token.text.remove_prefix(equals + 1);
  }
  while (token.text.starts_with('[') && !token.text.starts_with("[::")) {
    ++token.begin;
    token.text.remove_prefix(1);
  }
  const auto open = token.text.find('[');
  while (!token.text.empty() && (token.text.back() == '.' || token.text.back() == ':' ||
                                 (token.text.back() == ']' && open == std::string_view::npos)))
    token.text.remove_suffix(1);
}

Probe from(const Token& token) {
  Probe probe;
  probe.begin = token.begin;
  probe.end = token.begin + token.text.size();
  probe.text = token.text;
  return probe;
}

// "unix:///run/php/app.sock/status", "unix:/run/php/app.sock;/status".
std::optional<Probe> unix_probe(const Token& token) {
  auto probe = from(token);
  auto rest = token.text.substr(token.text.starts_with("unix:") ? 5 : 0);
  while (rest.starts_with("//")) rest.remove_prefix(1);
  if (!rest.starts_with('/')) return std::nullopt;
  probe.scheme = "unix";
  const auto sock = rest.find(".sock");
  const auto semicolon = rest.find(';');
  if (semicolon != std::string_view::npos) {
    probe.socket = rest.substr(0, semicolon);
    probe.path = rest.substr(semicolon + 1);
  } else if (sock != std::string_view::npos) {
    probe.socket = rest.substr(0, sock + 5);
    probe.path = rest.substr(sock + 5);
    if (probe.path.starts_with(':')) probe.path.erase(0, 1);
    if (!probe.path.empty() && probe.path[0] != '/') probe.path.insert(0, 1, '/');
  } else {
    probe.socket = rest;
  }
  return probe;
}

// Telegraf: "/run/php/app.sock:status".
bool is_pool_socket(std::string_view text) {
  const auto sock = text.find(".sock");
  return text.starts_with('/') && sock != text.npos &&
         (sock + 5 == text.size() || text[sock + 5] == ':') &&
         (text.find("php") < sock || text.find("fpm") < sock);
}

std::optional<Probe> url_probe(const Token& token) {
  const auto colon = token.text.find("://");
  if (std::ranges::find(kSchemes, token.text.substr(0, colon)) == kSchemes.end())
    return std::nullopt;
  const auto url = parse_url(token.text);
  if (!url.valid) return std::nullopt;
  auto probe = from(token);
  probe.scheme = url.scheme == "fcgi" ? "fastcgi" : url.scheme;
  probe.host = url.host;
  probe.port = url.port;
  const auto authority_end = token.text.find('/', colon + 3);
  if (probe.scheme.starts_with("http") || authority_end != std::string_view::npos)
    probe.path = url.path;
  return probe;
}

// "localhost:9113", "127.0.0.1/server-status": only names of this machine, others may be anything.
std::optional<Probe> bare_probe(const Token& token, bool fetched) {
  const bool here = std::ranges::any_of(
      kHere, [&](std::string_view name) { return token.text.starts_with(name); });
  if (!here) return std::nullopt;
  const auto url = parse_url("http://" + std::string(token.text));
  const auto slash = token.text.find('/');
  const auto authority = token.text.substr(0, slash);
  const bool has_port = authority.find(':', authority.find(']') + 1) != std::string_view::npos;
  if (!url.valid || (!has_port && !fetched)) return std::nullopt;
  if (url.host != "localhost" && !numeric_address(url.host)) return std::nullopt;
  auto probe = from(token);
  probe.scheme = fetched || slash != std::string_view::npos ? "http" : "tcp";
  probe.host = url.host;
  probe.port = url.port;
  if (probe.scheme == "http") probe.path = url.path;
  return probe;
}

struct Option {
  std::string_view names;  // separated by blanks
  char what;
};
constexpr std::array kPluginOptions{
    Option{"-H --hostname", 'h'},  Option{"-I --IP-address", 'i'},
    Option{"-p --port", 'p'},      Option{"-u --url --uri --path -U", 'u'},
    Option{"-S --ssl --sni", 's'}, Option{"-s --socket", 'k'}};

char option_of(std::string_view name) {
  for (const auto& option : kPluginOptions)
    if ((" " + std::string(option.names) + " ").find(" " + std::string(name) + " ") !=
        std::string::npos)
      return option.what;
  return 0;
}

bool is_plugin(std::string_view word) {
  const auto name = word.substr(word.rfind('/') + 1);
  return name.starts_with("check_http") || name.starts_with("check_curl") ||
         name.starts_with("check_tcp") || name.starts_with("check_nginx") ||
         name.starts_with("check_apache") || name.starts_with("check_mysql");
}

struct PluginCall {
  Probe probe;
  bool https = false, here = false, port_given = false;
};

void take_option(PluginCall& call, char what, const Token& token, std::string_view value) {
  const auto begin = token.begin + static_cast<std::size_t>(value.data() - token.text.data());
  const auto mark = [&] {
    call.probe.begin = begin;
    call.probe.end = begin + value.size();
    call.probe.text = value;
  };
  if (what == 'h') call.probe.name = value;
  if (what == 'i' || (what == 'h' && !call.here)) {
    call.probe.host = value;
    call.here = value == "localhost" || numeric_address(value).has_value();
    if (!call.port_given && call.probe.path.empty()) mark();
  } else if (what == 'p') {
    call.probe.port = port_number(value);
    call.port_given = true;
    mark();
  } else if (what == 'u') {
    call.probe.path = value;
    if (!call.port_given) mark();
  } else if (what == 'k' && value.starts_with('/')) {
    call.probe.socket = value;
    mark();
  }
}

// check_http -H 127.0.0.1 -p 8080 -u /server-status. A port without a host is asked of the checked
// host, which is this machine only where the line says so.
std::optional<Probe> plugin_probe(std::string_view line, const std::vector<Token>& tokens) {
  const auto plugin =
      std::ranges::find_if(tokens, [](const Token& token) { return is_plugin(token.text); });
  if (plugin == tokens.end()) return std::nullopt;
  PluginCall call;
  const auto name = plugin->text.substr(plugin->text.rfind('/') + 1);
  for (auto at = plugin + 1; at < tokens.end(); ++at) {
    auto text = at->text;
    if (!text.starts_with('-')) continue;
    const auto equals = text.find('=');
    auto what = option_of(text.substr(0, equals));
    if (what == 's') call.https = true;
    if (what != 0 && what != 's') {
      if (equals != std::string_view::npos)
        take_option(call, what, *at, text.substr(equals + 1));
      else if (at + 1 < tokens.end())
        take_option(call, what, *(at + 1), (at + 1)->text);
    } else if (what == 0 && text.size() > 2 && text[1] != '-') {
      what = option_of(text.substr(0, 2));  // -p8080
      if (what != 0) take_option(call, what, *at, text.substr(2));
    }
  }
  auto& probe = call.probe;
  if (probe.name == probe.host || only_at_run_time(probe.name)) probe.name.clear();
  if (!probe.socket.empty()) probe.scheme = "unix";
  if (probe.scheme.empty() && (!call.here || only_at_run_time(probe.path))) return std::nullopt;
  if (probe.scheme.empty()) {
    const bool tcp = name.starts_with("check_tcp");
    const bool mysql = name.starts_with("check_mysql");
    probe.scheme = tcp || mysql ? "tcp" : call.https ? "https" : "http";
    if (mysql && (probe.host == "localhost" || !call.port_given)) return std::nullopt;
    if (!call.port_given) probe.port = call.https ? 443 : 80;
    if (probe.scheme != "tcp" && probe.path.empty()) probe.path = "/";
  }
  (void)line;
  return probe.port || !probe.socket.empty() ? std::optional(probe) : std::nullopt;
}

// Monit: if failed host 127.0.0.1 port 8080 protocol http request "/server-status" then alert
std::optional<Probe> monit_probe(const std::vector<Token>& tokens) {
  const auto word = [&](std::string_view name) {
    const auto at = std::ranges::find(tokens, name, &Token::text);
    return at == tokens.end() || at + 1 == tokens.end() ? nullptr : &*(at + 1);
  };
  const bool failed = std::ranges::find(tokens, "failed", &Token::text) != tokens.end();
  const auto* socket = word("unixsocket");
  const auto* port = word("port");
  if (!failed || (socket == nullptr && port == nullptr)) return std::nullopt;
  auto probe = from(socket != nullptr ? *socket : *port);
  if (socket != nullptr) {
    probe.scheme = "unix";
    probe.socket = socket->text;
    return probe;
  }
  probe.port = port_number(port->text);
  const auto* host = word("host");
  const auto* protocol = word("protocol");
  const auto* request = word("request");
  probe.host = host == nullptr ? std::string_view("localhost") : host->text;
  probe.scheme = protocol != nullptr && protocol->text.starts_with("http")
                     ? protocol->text
                     : std::string_view("tcp");
  if (probe.scheme.starts_with("http"))
    probe.path = request == nullptr ? std::string_view("/") : request->text;
  return probe.port ? std::optional(probe) : std::nullopt;
}

}  // namespace

std::vector<Probe> probes_in(std::string_view line) {
  std::vector<Probe> probes;
  if (line.size() > kLineLimit) return probes;
  const auto tokens = tokens_of(line);
  if (auto probe = monit_probe(tokens)) return {*std::move(probe)};
  if (auto probe = plugin_probe(line, tokens)) return {*std::move(probe)};
  const bool fetched = std::ranges::any_of(tokens, [](const Token& token) {
    return token.text.ends_with("curl") || token.text.ends_with("wget");
  });
  for (auto token : tokens) {
    trim(token);
    if (token.text.empty() || only_at_run_time(token.text)) continue;
    const bool is_unix = token.text.starts_with("unix:") || is_pool_socket(token.text);
    auto probe = is_unix                                            ? unix_probe(token)
                 : token.text.find("://") != std::string_view::npos ? url_probe(token)
                                                                    : bare_probe(token, fetched);
    if (probe) probes.push_back(*std::move(probe));
  }
  return probes;
}

}  // namespace stackaudit::stack
