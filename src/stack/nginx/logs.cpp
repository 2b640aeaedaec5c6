// As ngx_log.c, ngx_syslog.c and ngx_http_log_module read the parameters.
#include "stack/nginx/logs.hpp"

#include "stack/nginx/address.hpp"
#include "stack/nginx/reader.hpp"
#include "stack/nginx/values.hpp"

#include <cctype>

namespace stackaudit::stack::nginx {
namespace {

Answer log_level(const Node& node) {
  const Words known{"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"};
  bool said = false;
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    const auto level = node.arg(i);
    if (level.starts_with("debug_")) continue;
    if (!is_one_of(level, known))
      return Refusal{i, "invalid log level " + quoted(level),
                     text::nearest(level, known).value_or("")};
    if (said) return Refusal{i, "duplicate log level " + quoted(level)};
    said = true;
  }
  return {};
}

Answer syslog_parameter(std::string_view parameter, bool& server) {
  const Words facilities{"kern",   "user",   "mail",   "daemon", "auth",     "intern",
                         "lpr",    "news",   "uucp",   "clock",  "authpriv", "ftp",
                         "ntp",    "audit",  "alert",  "cron",   "local0",   "local1",
                         "local2", "local3", "local4", "local5", "local6",   "local7"};
  const Words severities{"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"};
  const auto value = parameter.substr(std::min(parameter.find('=') + 1, parameter.size()));
  if (parameter.starts_with("server=")) {
    server = true;
    const auto endpoint = parse_endpoint(value, Use::connect, Hosts());
    if (endpoint.socket.empty() && !endpoint.rest.empty())
      return Refusal{0, "invalid host in syslog server " + quoted(value)};
    if (!endpoint.error.empty())
      return Refusal{0, endpoint.error + " in syslog server " + quoted(value)};
    return {};
  }
  if (parameter.starts_with("facility=")) {
    if (is_one_of(value, facilities)) return {};
    return Refusal{0, "unknown syslog facility " + quoted(value)};
  }
  if (parameter.starts_with("severity=")) {
    if (is_one_of(value, severities)) return {};
    return Refusal{0, "unknown syslog severity " + quoted(value)};
  }
  if (parameter.starts_with("tag=")) {
    if (value.size() >= 32) return Refusal{0, "syslog tag length exceeds 32"};
    const bool fine = std::ranges::all_of(value, [](char ch) {
      return std::isalnum(static_cast<unsigned char>(ch)) != 0 || ch == '_';
    });
    if (fine) return {};
    return Refusal{0, "syslog \"tag\" only allows alphanumeric characters and underscore"};
  }
  if (parameter == "nohostname") return {};
  return Refusal{0, "unknown syslog parameter " + quoted(parameter)};
}

Answer syslog(std::string_view parameters) {
  bool server = false;
  while (!parameters.empty()) {
    const auto comma = std::min(parameters.find(','), parameters.size());
    if (auto refused = syslog_parameter(parameters.substr(0, comma), server)) return refused;
    parameters.remove_prefix(std::min(comma + 1, parameters.size()));
  }
  return server ? Answer{} : Refusal{0, "no syslog server specified"};
}

Answer access_log(const Node& node) {
  if (node.arg(0) == "off")
    return node.args.size() == 1 ? Answer{}
                                 : Refusal{1, "invalid parameter " + quoted(node.arg(1))};
  const auto has = [&](std::string_view key) {
    return std::ranges::any_of(node.args,
                               [&](const auto& arg) { return arg.value.starts_with(key); });
  };
  const bool buffered = node.args.size() > 2 && (has("buffer=") || has("gzip"));
  if (node.args.size() > 2 && has("flush=") && !buffered)
    return Refusal{0, "no buffer is defined for access_log " + quoted(node.arg(0))};
  if (!buffered) return {};
  if (node.arg(0).starts_with("syslog:")) return Refusal{0, "logs to syslog cannot be buffered"};
  if (has_variable(node.arg(0))) return Refusal{0, "buffered logs cannot have variables in name"};
  return {};
}

}  // namespace

Answer check_log(const Node& node) {
  const auto name = node.arg(0);
  if (name.starts_with("syslog:"))
    if (auto refused = syslog(name.substr(7))) return refused;
  if (node.is("access_log")) return access_log(node);
  if (name.starts_with("memory:") && !parse_size(name.substr(7), false))
    return Refusal{0, "invalid buffer size " + quoted(name.substr(7))};
  return log_level(node);
}

}  // namespace stackaudit::stack::nginx
