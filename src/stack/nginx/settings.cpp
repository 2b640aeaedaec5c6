// A function for each kind of value, in a table by directive.
#include "stack/nginx/settings.hpp"

#include "stack/nginx/address.hpp"
#include "stack/nginx/process_settings.hpp"
#include "stack/nginx/values.hpp"

#include <array>
#include <cctype>
#include <span>

namespace stackaudit::stack::nginx {
namespace {

Answer pool_size(const Reader&, const Node& node) {
  const auto size = parse_size(node.arg(0), false);
  if (!size) return {};
  if (*size < 112) return Refusal{0, "the pool size must be no less than 112"};
  if (*size % 16 != 0) return Refusal{0, "the pool size must be a multiple of 16"};
  return {};
}

// limit_rate, limit_rate_after, and the rates of streams: a size or a text with variables.
Answer rate_or_variable(const Reader&, const Node& node) {
  if (has_variable(node.arg(0)) || parse_size(node.arg(0), false)) return {};
  return directive_refuses(node, 0);
}

Answer limit_of_upstream(const Reader& reader, const Node& node) {
  const bool variable = has_variable(node.arg(0)) && !reader.build.lacks("1.27.0");
  return variable || parse_size(node.arg(0), false) ? Answer{} : directive_refuses(node, 0);
}

Answer direct_io(const Reader&, const Node& node) {
  if (node.arg(0) == "off" || parse_size(node.arg(0), true)) return {};
  return directive_refuses(node, 0);
}

Answer expiry(const Reader&, const Node& node) {
  auto value = node.arg(0);
  const bool modified = value == "modified";
  if (modified) value = node.arg(1);
  if (modified != (node.args.size() == 2)) return directive_refuses(node, node.args.size() - 1);
  if (has_variable(value)) return {};
  if (!modified && is_one_of(value, Words{"epoch", "max", "off"})) return {};
  const bool daily = value.starts_with('@');
  const bool sign = value.starts_with('+') || value.starts_with('-');
  if (daily && modified)
    return directive_refuses(node, 1, "daily time cannot be used with \"modified\" parameter");
  if (daily || sign) value.remove_prefix(1);
  const auto seconds = parse_time(value, true);
  if (!seconds) return directive_refuses(node, node.args.size() - 1);
  if (daily && *seconds > 24 * 60 * 60)
    return directive_refuses(node, 0, "daily time value must be less than 24 hours");
  return {};
}

Answer resolver(const Reader&, const Node& node) {
  const Hosts nobody;
  std::size_t servers = 0;
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    const auto arg = node.arg(i);
    if (arg.starts_with("valid=")) {
      if (!is_time(arg.substr(6), true))
        return Refusal{i, "invalid parameter: " + std::string(arg)};
      continue;
    }
    if (arg.starts_with("ipv6=") || arg.starts_with("ipv4=")) {
      const auto value = arg.substr(5);
      if (value != "on" && value != "off")
        return Refusal{i, "invalid parameter: " + std::string(arg)};
      continue;
    }
    if (arg.starts_with("status_zone=")) continue;
    ++servers;
    const auto endpoint = parse_endpoint(arg, Use::connect, nobody);
    if (!endpoint.error.empty()) return Refusal{i, endpoint.error + " in resolver " + quoted(arg)};
  }
  return servers > 0 ? Answer{} : Refusal{0, "no name servers defined"};
}

Answer session_cache(const Reader&, const Node& node) {
  const auto invalid = [&](std::size_t i) {
    return Refusal{i, "invalid session cache " + quoted(node.arg(i))};
  };
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    const auto arg = node.arg(i);
    if (is_one_of(arg, Words{"off", "none", "builtin"})) continue;
    if (arg.starts_with("builtin:")) {
      if (!parse_number(arg.substr(8))) return invalid(i);
      continue;
    }
    const auto colon = arg.find(':', 7);
    if (!arg.starts_with("shared:") || colon == std::string_view::npos || colon == 7)
      return invalid(i);
    const auto size = parse_size(arg.substr(colon + 1), false);
    if (!size) return invalid(i);
    if (*size < 8 * 4096) return Refusal{i, "session cache " + quoted(arg) + " is too small"};
  }
  return {};
}

// "200 302 10m", "any 1m", "10m"
Answer cache_valid(const Reader&, const Node& node) {
  const auto last = node.args.size() - 1;
  if (!is_time(node.arg(last), true))
    return Refusal{last, "invalid time value " + quoted(node.arg(last))};
  for (std::size_t i = 0; i < last; ++i) {
    const auto code = parse_number(node.arg(i));
    if (node.arg(i) == "any" || (code && *code >= 100 && *code <= 599)) continue;
    return Refusal{i, "invalid status " + quoted(node.arg(i))};
  }
  return {};
}

Answer bind_address(const Reader&, const Node& node) {
  if (node.args.size() > 1 && node.arg(1) != "transparent")
    return invalid_parameter(node, 1, {"transparent"});
  if (node.arg(0) == "off" || has_variable(node.arg(0))) return {};
  const Hosts nobody;
  const auto endpoint = parse_endpoint(node.arg(0), Use::connect, nobody);
  if (endpoint.error.empty() && !endpoint.addresses.empty() && !endpoint.named) return {};
  return Refusal{0, "invalid address " + quoted(node.arg(0))};
}

// "user:rw group:r all:r"
Answer access_rights(const Reader&, const Node& node) {
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    const auto colon = node.arg(i).find(':');
    const auto who = node.arg(i).substr(0, colon);
    const auto what =
        colon == std::string_view::npos ? std::string_view{} : node.arg(i).substr(colon + 1);
    if (!is_one_of(who, Words{"user", "group", "all"}) || (what != "rw" && what != "r"))
      return Refusal{i, "invalid value " + quoted(node.arg(i))};
  }
  return {};
}

Answer levels_of_directories(const Reader&, const Node& node) {
  std::int64_t sum = 0;
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    const auto number = parse_number(node.arg(i));
    if (!number) return directive_refuses(node, i);
    sum += *number;
  }
  return sum < 33 ? Answer{} : directive_refuses(node, node.args.size() - 1);
}

Answer connections(const Reader&, const Node& node) {
  const auto number = parse_number(node.arg(1));
  if (number.value_or(0) <= 0)
    return Refusal{1, "invalid number of connections " + quoted(node.arg(1))};
  return *number <= 65535 ? Answer{} : Refusal{1, "connection limit must be less 65536"};
}

Answer symlinks(const Reader&, const Node& node) {
  const Words known{"on", "off", "if_not_owner"};
  bool said = false;
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    if (is_one_of(node.arg(i), known))
      said = true;
    else if (!node.arg(i).starts_with("from="))
      return invalid_parameter(node, i, known);
  }
  if (said) return {};
  return Refusal{0, "\"disable_symlinks\" must have \"off\", \"on\" or \"if_not_owner\" parameter"};
}

Answer user_expiry(const Reader&, const Node& node) {
  if (node.arg(0) == "max" || node.arg(0) == "off" || is_time(node.arg(0), true)) return {};
  return directive_refuses(node, 0);
}

Answer user_mark(const Reader&, const Node& node) {
  const auto value = node.arg(0);
  const bool fine = value.size() == 1 &&
                    (std::isalnum(static_cast<unsigned char>(value[0])) != 0 || value[0] == '=');
  if (value == "off" || fine) return {};
  return directive_refuses(node, 0, "value must be \"off\" or a single letter, digit or \"=\"");
}

Answer browser(const Reader&, const Node& node) {
  const Words known{"msie", "gecko", "opera", "safari", "konqueror"};
  if (node.args.size() == 1) return {};
  if (!is_one_of(text::lower(node.arg(0)), known))
    return Refusal{0, "unknown browser name " + quoted(node.arg(0)),
                   text::nearest(node.arg(0), known).value_or("")};
  if (node.arg(1).find_first_not_of("0123456789.") == std::string_view::npos) return {};
  return Refusal{1, "invalid browser version " + quoted(node.arg(1))};
}

// The nameless directives that take "off", "default" or two words.
Answer pair_or_word(const Reader&, const Node& node) {
  if (node.args.size() != 1 || node.arg(0) == "off") return {};
  if (node.is("proxy_redirect") && (node.arg(0) == "default" || node.arg(0) == "false")) return {};
  return invalid_parameter(node, 0, {"off", "default"});
}

Answer methods(const Reader&, const Node& node) {
  const Words known{"GET",  "HEAD",    "POST",     "PUT",       "DELETE", "MKCOL",  "COPY",
                    "MOVE", "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK",   "UNLOCK", "PATCH"};
  for (std::size_t i = 0; i < node.args.size(); ++i)
    if (std::ranges::none_of(
            known, [&](auto word) { return text::equal_ignoring_case(word, node.arg(i)); }))
      return Refusal{i, "invalid method " + quoted(node.arg(i)),
                     text::nearest(node.arg(i), known).value_or("")};
  return {};
}

Answer hash_method(const Reader&, const Node& node) {
  if (node.args.size() < 2 || node.arg(1) == "consistent") return {};
  return invalid_parameter(node, 1, {"consistent"});
}

Answer random_method(const Reader&, const Node& node) {
  if (!node.args.empty() && node.arg(0) != "two") return invalid_parameter(node, 0, {"two"});
  if (node.args.size() < 2 || node.arg(1) == "least_conn" || node.arg(1).starts_with("least_time"))
    return {};
  return invalid_parameter(node, 1, {"least_conn"});
}

Answer shared_zone(const Reader&, const Node& node) {
  if (node.arg(0).empty()) return Refusal{0, "invalid zone name \"\""};
  if (node.args.size() < 2) return {};
  const auto size = parse_size(node.arg(1), false);
  if (!size) return Refusal{1, "invalid zone size " + quoted(node.arg(1))};
  return *size >= 8 * 4096 ? Answer{} : Refusal{1, "zone " + quoted(node.arg(0)) + " is too small"};
}

Answer search_pattern(const Reader&, const Node& node) {
  return node.arg(0).empty() ? Answer{Refusal{0, "empty search pattern"}} : Answer{};
}

Answer own_root(const Reader&, const Node& node) {
  const bool alias = node.is("alias");
  for (const std::string_view name : {"document_root", "realpath_root"})
    for (const auto& form : {'$' + std::string(name), "${" + std::string(name) + '}'})
      if (node.arg(0).find(form) != std::string_view::npos)
        return Refusal{0, "the $" + std::string(name) + " variable cannot be used in the " +
                              quoted(alias ? "alias" : "root") + " directive"};
  return {};
}

Answer trusted_proxy(const Reader&, const Node& node) {
  const auto value = node.arg(0);
  if (value == "unix:") return {};
  const auto slash = value.find('/');
  if (numeric_address(value.substr(0, slash))) {
    if (slash == std::string_view::npos) return {};
    const auto bits = parse_number(value.substr(slash + 1));
    const bool six = value.find(':') != std::string_view::npos;
    if (bits && *bits <= (six ? 128 : 32)) return {};
  } else if (slash == std::string_view::npos && !value.empty()) {
    return {};  // a name: named_hosts.cpp
  }
  return Refusal{0, "host not found in " + node.name.value + ' ' + quoted(value)};
}

Answer http_version(const Reader& reader, const Node& node) {
  if (node.arg(0) != "2" || !reader.build.lacks("1.29.4")) return {};
  return Refusal{0, "invalid value \"2\""};
}

Answer mail_protocol(const Reader&, const Node& node) {
  const Words known{"imap", "pop3", "smtp"};
  if (is_one_of(node.arg(0), known)) return {};
  return Refusal{0, "unknown protocol " + quoted(node.arg(0)),
                 text::nearest(node.arg(0), known).value_or("")};
}

constexpr auto kChecks = std::to_array<SettingCheck>({
    {"protocol", mail_protocol},
    {"proxy_http_version", http_version},
    {"connection_pool_size", pool_size},
    {"request_pool_size", pool_size},
    {"limit_rate", rate_or_variable},
    {"limit_rate_after", rate_or_variable},
    {"proxy_download_rate", rate_or_variable},
    {"proxy_upload_rate", rate_or_variable},
    {"proxy_limit_rate", limit_of_upstream},
    {"fastcgi_limit_rate", limit_of_upstream},
    {"uwsgi_limit_rate", limit_of_upstream},
    {"scgi_limit_rate", limit_of_upstream},
    {"directio", direct_io},
    {"expires", expiry},
    {"resolver", resolver},
    {"ssl_session_cache", session_cache},
    {"proxy_cache_valid", cache_valid},
    {"fastcgi_cache_valid", cache_valid},
    {"uwsgi_cache_valid", cache_valid},
    {"scgi_cache_valid", cache_valid},
    {"proxy_bind", bind_address},
    {"fastcgi_bind", bind_address},
    {"uwsgi_bind", bind_address},
    {"scgi_bind", bind_address},
    {"grpc_bind", bind_address},
    {"memcached_bind", bind_address},
    {"proxy_store_access", access_rights},
    {"fastcgi_store_access", access_rights},
    {"uwsgi_store_access", access_rights},
    {"scgi_store_access", access_rights},
    {"dav_access", access_rights},
    {"proxy_temp_path", levels_of_directories},
    {"fastcgi_temp_path", levels_of_directories},
    {"uwsgi_temp_path", levels_of_directories},
    {"scgi_temp_path", levels_of_directories},
    {"client_body_temp_path", levels_of_directories},
    {"limit_conn", connections},
    {"disable_symlinks", symlinks},
    {"userid_expires", user_expiry},
    {"userid_mark", user_mark},
    {"modern_browser", browser},
    {"proxy_redirect", pair_or_word},
    {"proxy_cookie_domain", pair_or_word},
    {"proxy_cookie_flags", pair_or_word},
    {"proxy_cookie_path", pair_or_word},
    {"limit_except", methods},
    {"hash", hash_method},
    {"random", random_method},
    {"zone", shared_zone},
    {"sub_filter", search_pattern},
    {"root", own_root},
    {"alias", own_root},
    {"set_real_ip_from", trusted_proxy},
    {"debug_connection", trusted_proxy},
});

}  // namespace

Answer check_setting(const Reader& reader, const Node& node) {
  for (const std::span<const SettingCheck> checks :
       {std::span<const SettingCheck>(kChecks), process_checks()})
    for (const auto& check : checks)
      if (node.is(check.directive)) return check.run(reader, node);
  return {};
}

}  // namespace stackaudit::stack::nginx
