// Addresses that are claimed, addresses that are called, and who watches them.
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct Listener : Place {
  std::string service;
  std::string unit;
  std::string config;                // main file of the server, where it has one
  std::string image;                 // container file that copies it, where there are several
  std::string pool;                  // php-fpm pool, else empty
  std::optional<std::int64_t> site;  // nginx server block that has it; none for Apache's Listen
  std::string as_written;
  std::string family;   // "inet", "inet6", "unix"
  std::string address;  // canonical numeric address; "*" for any; empty for unix
  std::optional<std::int64_t> port;
  bool on_inet = false;  // it takes part of the IPv4 port space (an IPv6 wildcard may, too)
  bool on_inet6 = false;
  std::string socket;       // canonical path of a unix socket, else empty
  std::string socket_user;  // who will own the socket, by name
  std::string socket_group;
  std::optional<std::int64_t> socket_mode;
  std::string socket_acl;  // "u:nginx g:web": who else may connect
  // The words that say whom the socket lets in: listen.acl_users, else listen.owner; SocketUser=.
  std::optional<std::int64_t> rights_line, rights_column, rights_begin, rights_end;
  bool socket_public = false;
  bool tls = false;
  bool default_server = false;

  // Where those words stand; they are of use in the same file only.
  void tell_rights_at(const Place& place) {
    if (place.path != path) return;
    rights_line = place.line;
    rights_column = place.column;
    rights_begin = place.span_begin;
    rights_end = place.span_end;
  }
};
template <>
struct Table<Listener> {
  static constexpr std::string_view name = "listener", doc = "An address that a service claims.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &Listener::service, "nginx, apache, php-fpm, mariadb.", Index::lookup},
      Column{"unit", &Listener::unit, "systemd unit of the service.", Index::lookup},
      Column{"config", &Listener::config, "Main file of the server, where it has one."},
      Column{"image", &Listener::image,
             "Container file of the image that the server is in, where a checkout makes several; "
             "else empty. Ports of two images do not meet."},
      Column{"pool", &Listener::pool, "php-fpm pool; else empty."},
      Column{"site", &Listener::site, "site.id of the nginx server block.", Index::lookup},
      Column{"as_written", &Listener::as_written, "The address as the file has it."},
      Column{"family", &Listener::family, "inet, inet6 or unix.", Index::lookup},
      Column{"address", &Listener::address, "Numeric address; * for any; empty for unix."},
      Column{"port", &Listener::port, "TCP port; NULL for unix.", Index::lookup},
      Column{"on_inet", &Listener::on_inet, "Takes IPv4 connections."},
      Column{"on_inet6", &Listener::on_inet6, "Takes IPv6 connections."},
      Column{"socket", &Listener::socket, "Path of the unix socket.", Index::lookup},
      Column{"socket_user", &Listener::socket_user, "Owner that the socket will have."},
      Column{"socket_group", &Listener::socket_group, "Group that the socket will have."},
      Column{"socket_mode", &Listener::socket_mode, "Permission bits that the socket will have."},
      Column{"socket_acl", &Listener::socket_acl,
             "Users (u:NAME) and groups (g:NAME) whom its ACL lets connect."},
      Column{"rights_line", &Listener::rights_line,
             "Line of the words that say whom the socket lets in (listen.acl_users, else "
             "listen.owner; SocketUser=), where they stand in the same file."},
      Column{"rights_column", &Listener::rights_column, "Column of those words."},
      Column{"rights_begin", &Listener::rights_begin, "First byte of those words."},
      Column{"rights_end", &Listener::rights_end, "Byte behind those words."},
      Column{"socket_public", &Listener::socket_public,
             "Any account of the machine may reach and connect to the socket."},
      Column{"tls", &Listener::tls, "TLS is spoken there."},
      Column{"default_server", &Listener::default_server, "It answers for unknown names."}});
};

struct Dial : Place {
  std::string service;
  std::string purpose;
  std::string upstream;
  std::string as_written;
  std::string scheme;
  std::string host;
  std::string family;   // "inet", "inet6", "unix"; empty: not known without DNS
  std::string address;  // numeric
  std::optional<std::int64_t> port;
  std::string socket;
  std::string url_path;
  bool local = false;    // the address is of this machine
  bool required = true;  // a request fails if nobody answers (backup and down servers: false)
  std::string expects;   // kind of service that should answer, where the caller says so
  std::optional<bool> answered;      // somebody of this audit serves it; none: not decidable here
  std::string answered_by;           // service of the listener that answers
  std::optional<bool> answered_tls;  // TLS is spoken there; none: not known
  std::string nearest;               // listeners that could have been meant, for messages
  std::string nearest_path;          // where the first of them is written
  std::optional<std::int64_t> nearest_line;
  bool probable = false;  // the evidence says that the nearest was meant
};
template <>
struct Table<Dial> {
  static constexpr std::string_view name = "dial", doc = "An address that somebody connects to.";
  static constexpr auto columns = with_place(std::array{
      Column{"service", &Dial::service,
             "Who connects: nginx, apache, wordpress, or a monitoring agent.", Index::lookup},
      Column{"purpose", &Dial::purpose,
             "proxy_pass, fastcgi_pass, upstream, balanced (upstream beside other servers of the "
             "group), ProxyPass, DB_HOST; of agents status-url and check.",
             Index::lookup},
      Column{"upstream", &Dial::upstream, "Group of nginx that the address is of; may be empty.",
             Index::lookup},
      Column{"as_written", &Dial::as_written, "The address as the file has it."},
      Column{"scheme", &Dial::scheme, "http, https, fastcgi, mysql, ..."},
      Column{"host", &Dial::host, "Host name or address."},
      Column{"family", &Dial::family, "inet, inet6, unix; empty where only DNS knows."},
      Column{"address", &Dial::address, "Numeric address."},
      Column{"port", &Dial::port, "TCP port.", Index::lookup},
      Column{"socket", &Dial::socket, "Path of the unix socket.", Index::lookup},
      Column{"url_path", &Dial::url_path, "Path of the URL, query included."},
      Column{"local", &Dial::local, "The address is of this machine."},
      Column{"required", &Dial::required, "Requests fail if nobody answers."},
      Column{"expects", &Dial::expects, "Kind of service that should answer; may be empty."},
      Column{"answered", &Dial::answered,
             "A listener of this audit serves it; NULL: not decidable."},
      Column{"answered_by", &Dial::answered_by, "Service of that listener.", Index::lookup},
      Column{"answered_tls", &Dial::answered_tls, "TLS is spoken there; NULL: not known."},
      Column{"nearest", &Dial::nearest, "What could have been meant."},
      Column{"nearest_path", &Dial::nearest_path, "File of the first of them."},
      Column{"nearest_line", &Dial::nearest_line, "Its line."},
      Column{"probable", &Dial::probable,
             "The nearest has the same port elsewhere, or one that differs by a digit."}});
};

struct Monitor : Place {
  std::string agent;
  std::string target;
  std::string url;
  bool path_known = false;
  std::optional<bool> path_served;
  std::string path_problem;
};
template <>
struct Table<Monitor> {
  static constexpr std::string_view name = "monitor", doc = "A check of a monitoring agent.";
  static constexpr auto columns = with_place(std::array{
      Column{"agent", &Monitor::agent, "datadog, zabbix, prometheus, telegraf, ...", Index::lookup},
      Column{"target", &Monitor::target, "Kind of service that it watches.", Index::lookup},
      Column{"url", &Monitor::url, "URL that it asks; may be empty."},
      Column{"path_known", &Monitor::path_known,
             "Whether the answering service's paths could be evaluated."},
      Column{"path_served", &Monitor::path_served,
             "The service answers that path with its status; NULL: not decidable."},
      Column{"path_problem", &Monitor::path_problem, "Why it does not; may be empty."}});
};

}  // namespace stackaudit::facts
