// Whom Apache connects to: ProxyPass, ProxyPassMatch, BalancerMember, RewriteRule [P] and handlers
// of the form "proxy:...".
#include "stack/apache/address.hpp"
#include "stack/apache/parts.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

struct Handler {
  std::string_view scheme, module;
};
constexpr std::array kHandlers{
    Handler{"http", "mod_proxy_http.c"},        Handler{"https", "mod_proxy_http.c"},
    Handler{"fcgi", "mod_proxy_fcgi.c"},        Handler{"ajp", "mod_proxy_ajp.c"},
    Handler{"scgi", "mod_proxy_scgi.c"},        Handler{"uwsgi", "mod_proxy_uwsgi.c"},
    Handler{"h2", "mod_proxy_http2.c"},         Handler{"h2c", "mod_proxy_http2.c"},
    Handler{"balancer", "mod_proxy_balancer.c"}};

// The URL of a setting, and the argument that holds it; -1: none.
int url_argument(const Setting& setting) {
  const auto count = setting.args.size();
  if (setting.name == "proxypass" || setting.name == "proxypassmatch") {
    if (count == 0) return -1;
    const bool url_first = setting.args[0].value.find("://") != std::string::npos ||
                           setting.args[0].value.starts_with("unix:");
    return url_first ? 0 : count > 1 ? 1 : -1;
  }
  if (setting.name == "balancermember") {
    for (std::size_t i = 0; i < count && i < 2; ++i)
      if (!setting.args[i].value.starts_with("balancer:")) return static_cast<int>(i);
    return -1;
  }
  if (setting.name == "sethandler" || setting.name == "addhandler")
    return count > 0 && setting.args[0].value.starts_with("proxy:") ? 0 : -1;
  if (setting.name == "rewriterule" && count > 2) {
    auto flags = lower(setting.args[2].value);
    std::ranges::replace(flags, ']', ',');
    std::ranges::replace(flags, '[', ',');
    return flags.find(",p,") != std::string::npos || flags.find(",proxy,") != std::string::npos
               ? 1
               : -1;
  }
  return -1;
}

void check_handler(Httpd& httpd, const Arg& arg, const std::string& scheme) {
  const auto it = std::ranges::find(kHandlers, scheme, &Handler::scheme);
  if (it == kHandlers.end() || httpd.foreign) return;
  if (httpd.has_module(it->module).value_or(true)) return;
  const auto* module = httpd.knowledge.by_source(it->module);
  const auto identifier = std::string(module == nullptr ? it->module : module->identifier);
  report(httpd, {arg.span,
                 "proxy-module",
                 true,
                 "No protocol handler was valid for the URL " + arg.value + ": " + identifier +
                     " is not loaded, requests answer 500",
                 "enable it: a2enmod " + identifier.substr(0, identifier.find("_module")),
                 {}});
}

// <If "-e '/run/php/a.sock'">: whoever dials asks first whether the socket is there.
bool asks_for(const Httpd& httpd, const Setting& setting, const std::string& socket) {
  for (int at = setting.section; at >= 0;) {
    const auto& section = httpd.sections[static_cast<std::size_t>(at)];
    const bool asks = section.kind == "if" || section.kind == "elseif";
    if (asks && !section.args.empty() && section.args[0].value.find(socket) != std::string::npos)
      return true;
    at = section.parent;
  }
  return false;
}

void add_dial(Httpd& httpd, const Setting& setting, const Arg& arg, std::string_view url) {
  const auto parsed = parse_proxy_url(url);
  if (!parsed) return;
  check_handler(httpd, arg, parsed->scheme);
  if (parsed->scheme == "balancer") return;
  facts::Dial row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  row.purpose = setting.name == "proxypass"        ? "ProxyPass"
                : setting.name == "proxypassmatch" ? "ProxyPassMatch"
                : setting.name == "balancermember" ? "BalancerMember"
                : setting.name == "rewriterule"    ? "RewriteRule"
                                                   : "SetHandler";
  row.as_written = arg.value;
  row.scheme = parsed->scheme == "fcgi" ? "fastcgi" : parsed->scheme;
  row.url_path = parsed->path;
  for (const auto& option : setting.args)  // a hot standby or a drained member is not needed
    if (lower(option.value).starts_with("status=")) row.required = false;
  if (parsed->scheme == "fcgi") row.expects = "php-fpm";
  if (!parsed->socket.empty()) {
    const auto socket = httpd.path_of(parsed->socket);
    const auto end = tree::resolve(httpd.survey.tree, tree::dirname(socket));
    if (asks_for(httpd, setting, parsed->socket)) row.required = false;
    row.family = "unix";
    row.socket = end ? tree::join(end.path, tree::basename(socket)) : socket;
    row.local = true;
  } else {
    if (parsed->host.empty() || parsed->host.find('$') != std::string::npos) {
      httpd.survey.blind(httpd.survey.place(arg.span), "dial", arg.value,
                         "the address is only known when a request comes");
      return;
    }
    const auto numeric = numeric_address(parsed->host);
    row.host = parsed->host;
    row.family = numeric.family;
    row.address = numeric.canonical;
    row.port = parsed->port;
    row.local = numeric.loopback || numeric.any || lower(parsed->host) == "localhost";
    // Of several addresses Apache tries one after the other.
    if (const auto named = addresses_of(httpd.survey.tree, parsed->host);
        row.address.empty() && named.size() == 1) {
      row.family = named.front().family;
      row.address = named.front().numeric;
      row.local = is_loopback(named.front());
    }
  }
  httpd.survey.facts.add(std::move(row));
}

}  // namespace

std::string php_backend(std::string_view url) {
  if (lower(url.substr(0, 6)) == "proxy:") url.remove_prefix(6);
  const auto parsed = parse_proxy_url(url);
  if (!parsed || parsed->scheme != "fcgi") return {};
  if (!parsed->socket.empty()) return "unix:" + parsed->socket;
  const auto host = parsed->host == "localhost" ? std::string("127.0.0.1") : parsed->host;
  const bool six = host.find(':') != std::string::npos;
  return "tcp:" + (six ? "[" + host + "]" : host) + ":" + std::to_string(parsed->port.value_or(0));
}

void read_dials(Httpd& httpd) {
  for (const auto& setting : httpd.settings) {
    const int at = url_argument(setting);
    if (at < 0) continue;
    const auto& arg = setting.args[static_cast<std::size_t>(at)];
    if (arg.value == "!") continue;
    if (!arg.known) {
      httpd.survey.blind(httpd.survey.place(arg.span), "dial", arg.value,
                         "the variable's value is not known");
      continue;
    }
    std::string_view url = arg.value;
    if (setting.name.ends_with("handler")) url.remove_prefix(std::string_view("proxy:").size());
    add_dial(httpd, setting, arg, url);
  }
}

}  // namespace stackaudit::stack::apache
