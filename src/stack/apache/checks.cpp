// What httpd says only when it has read everything, starts, or is asked: TLS without a certificate,
// authentication that lacks a part, formats of logs that nobody defined.
#include "stack/apache/file_rows.hpp"
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;
using Settings = std::vector<const Setting*>;

const Setting* named(const Settings& settings, std::string_view name) {
  const auto it = std::ranges::find(
      settings, name, [](const Setting* each) { return std::string_view(each->name); });
  return it == settings.end() ? nullptr : *it;
}

// Whether the directive stands anywhere from where it could hold for something of this server.
bool said_anywhere(const Httpd& httpd, int server, std::string_view name) {
  for (const int each : {0, server})
    for (const auto number : httpd.index.servers[static_cast<std::size_t>(each)].settings)
      if (httpd.settings[number].name == name) return true;
  return std::ranges::any_of(httpd.htaccess_settings, [&](const auto& file) {
    return std::ranges::find(file.second, name, &Setting::name) != file.second.end();
  });
}

// The first Require that only somebody with a name fulfils, unless everybody is let in beside it.
const Setting* wants_user(const Settings& settings) {
  static constexpr std::array<std::string_view, 3> kOfUsers{"valid-user", "user", "group"};
  const Setting* found = nullptr;
  for (const auto* each : settings) {
    if (each->name != "require" || each->args.empty()) continue;
    const auto& what = each->args[0].value;
    if (what == "all" && each->args.size() > 1 &&
        equal_ignoring_case(each->args[1].value, "granted"))
      return nullptr;
    if (found == nullptr && std::ranges::find(kOfUsers, what) != kOfUsers.end()) found = each;
  }
  return found;
}

void incomplete_authentication(Httpd& httpd, text::Span span, std::string message,
                               std::string help) {
  report(httpd, {span, "auth-incomplete", true, std::move(message), std::move(help), {}});
}

struct Scheme {
  std::string_view type, module, provider;
};
constexpr std::array kSchemes{Scheme{"basic", "mod_auth_basic.c", "authbasicprovider"},
                              Scheme{"digest", "mod_auth_digest.c", "authdigestprovider"}};

// The parts that this type of authentication needs.
void check_type(Httpd& httpd, const Setting& type, int server) {
  const auto scheme = std::ranges::find(kSchemes, lower(type.args[0].value), &Scheme::type);
  if (scheme == kSchemes.end()) return;
  const auto& word = type.args[0].value;
  if (httpd.has_module(scheme->module) == false)
    return report(httpd, {type.span,
                          "auth-type",
                          true,
                          "AuthType " + word + " configured without corresponding module",
                          "load the module: a2enmod auth_" + std::string(scheme->type),
                          {}});
  if (!said_anywhere(httpd, server, "authname"))
    return incomplete_authentication(httpd, type.span,
                                     "need AuthName: AuthType " + word + " without it answers 500",
                                     "write AuthName \"Restricted\" beside it");
  if (said_anywhere(httpd, server, scheme->provider) ||
      said_anywhere(httpd, server, "authuserfile") || httpd.has_module("mod_authn_file.c") != true)
    return;
  incomplete_authentication(
      httpd, type.span, "AuthUserFile not specified in the configuration: every login answers 500",
      "name the file of passwords: AuthUserFile");
}

void check_certificates(Httpd& httpd) {
  static constexpr std::array<std::string_view, 3> kOtherWays{"sslopensslconfcmd", "sslpolicy",
                                                              "mdomain"};
  std::set<std::uint32_t> told;
  for (int server = 0; server < static_cast<int>(httpd.servers.size()); ++server) {
    const auto* engine = find_setting(httpd, "sslengine", server);
    if (engine == nullptr || !engine->args[0].known) continue;
    if (!equal_ignoring_case(engine->args[0].value, "on")) continue;
    if (engine->server != server && httpd.servers.size() > 1 && server == 0) continue;
    const bool otherwise =
        httpd.loaded("mod_md.c") || std::ranges::any_of(kOtherWays, [&](std::string_view name) {
          return said_anywhere(httpd, server, name);
        });
    if (otherwise || find_setting(httpd, "sslcertificatefile", server) != nullptr) continue;
    if (!told.insert(engine->span.begin).second) continue;
    report(httpd, {engine->span,
                   "ssl-no-certificate",
                   true,
                   "Failed to configure at least one certificate and key: SSLEngine is on, and "
                   "nothing names a certificate",
                   "write SSLCertificateFile and SSLCertificateKeyFile",
                   {}});
  }
}

// The cache is of the whole server; without it mod_ssl ends the start (AH01958), which -t does not
// see.
void check_stapling(Httpd& httpd) {
  if (said_anywhere(httpd, 0, "sslstaplingcache")) return;
  for (int server = 0; server < static_cast<int>(httpd.servers.size()); ++server) {
    const auto* engine = find_setting(httpd, "sslengine", server);
    const auto* stapling = find_setting(httpd, "sslusestapling", server);
    if (engine == nullptr || stapling == nullptr || !stapling->args[0].known ||
        !equal_ignoring_case(engine->args[0].value, "on") ||
        !equal_ignoring_case(stapling->args[0].value, "on"))
      continue;
    return report(httpd, {stapling->span,
                          "bad-value",
                          true,
                          "SSLStapling: no stapling cache available",
                          "write SSLStaplingCache \"shmcb:${APACHE_RUN_DIR}/ssl_stapling(32768)\" "
                          "outside of the virtual hosts",
                          {}});
  }
}

bool is_at_443(const Server& server) {
  return std::ranges::any_of(server.addresses,
                             [](const Arg& arg) { return arg.value.ends_with(":443"); });
}

// At port 443 httpd switches TLS on by itself where a certificate is named; AH01916 where not.
void check_plain_443(Httpd& httpd) {
  if (httpd.foreign || httpd.incomplete) return;
  std::vector<std::pair<text::Span, bool>> plain;
  for (int server = 1; server < static_cast<int>(httpd.servers.size()); ++server) {
    const auto& host = httpd.servers[static_cast<std::size_t>(server)];
    if (!is_at_443(host)) continue;
    const auto* engine = find_setting(httpd, "sslengine", server);
    const bool off = engine != nullptr && equal_ignoring_case(engine->args[0].value, "off");
    if (engine != nullptr && !off) return;
    if (engine == nullptr && find_setting(httpd, "sslcertificatefile", server) != nullptr) continue;
    plain.emplace_back(off && engine->server == server ? engine->span : host.span, off);
  }
  for (const auto& [span, off] : plain)
    report(httpd, {span,
                   "plain-443",
                   false,
                   "You configured HTTP(80) on the standard HTTPS(443) port!",
                   off ? "SSLEngine on" : "write SSLEngine on and SSLCertificateFile",
                   {}});
}

void check_log_formats(Httpd& httpd) {
  std::vector<std::string> names{"CLF"};
  for (const auto& setting : httpd.settings)
    if (setting.name == "logformat" && setting.args.size() > 1)
      names.push_back(setting.args[1].value);
  const std::set<std::string> known(names.begin(), names.end());
  for (const auto& setting : httpd.settings) {
    if ((setting.name != "customlog" && setting.name != "globallog") || setting.args.size() < 2)
      continue;
    const auto& format = setting.args[1];
    if (!format.known || format.value.find_first_of("% ") != std::string::npos ||
        known.contains(format.value))
      continue;
    const auto near = text::nearest(format.value, names);
    report(httpd, {format.span, "log-format-undefined", false,
                   "no LogFormat defines " + format.value +
                       ": each line of this log will be that word and nothing else",
                   near ? "write " + *near : "define it: LogFormat \"...\" " + format.value,
                   near.value_or("")});
  }
}

void check_leftovers(Httpd& httpd) {
  for (const auto& setting : httpd.settings)
    if (setting.name == "namevirtualhost")
      report(httpd, {setting.span,
                     "doubtful",
                     false,
                     "NameVirtualHost has no effect and will be removed in the next release",
                     "remove the line",
                     {}});
}

// fcgi://localhost/var/www/html/$1: php-fpm of this machine is sent that path as the script's name.
void check_script_paths(Httpd& httpd) {
  constexpr std::string_view kScheme = "fcgi://";
  for (const auto& setting : httpd.settings) {
    if (setting.name != "proxypassmatch" || setting.args.size() < 2 || !setting.args[1].known)
      continue;
    const std::string_view target = setting.args[1].value;
    const auto scheme = target.find(kScheme);
    if (scheme == std::string_view::npos) continue;
    const auto host = target.substr(scheme + kScheme.size());
    const bool local = target.starts_with("unix:") || host.starts_with("127.") ||
                       host.starts_with("localhost") || host.starts_with("[::1]");
    const auto slash = host.find('/');
    if (!local || slash == std::string_view::npos) continue;
    const auto path = host.substr(slash, host.find('$') - slash);
    const std::string directory(path.substr(0, path.rfind('/')));
    if (directory.empty() || httpd.survey.state_of(directory, "directory") != "missing") continue;
    auto row = missing_directory(httpd, setting.args[1], directory);
    row.kind = "script-directory";
    row.process = "php-fpm";
    row.user.clear();
    row.required = false;
    row.effect = "Primary script unknown, HTTP 404";
    row.call = "stat";
    if (const auto& value = setting.args[1].value;
        !row.nearest.empty() && row.as_written == value) {
      const auto at = value.find(directory, scheme);
      row.replacement = value.substr(0, at) + row.nearest + value.substr(at + directory.size());
    }
    httpd.survey.facts.add(std::move(row));
  }
}

// "proxy:unix:/run/x.sock" alone names no protocol: Apache 2.4 was seen to send the file itself.
void check_proxy_handlers(Httpd& httpd) {
  for (const auto& setting : httpd.settings) {
    const bool handler = setting.name == "sethandler" || setting.name == "addhandler";
    if (!handler || setting.args.empty() || !setting.args[0].known) continue;
    const auto& value = setting.args[0].value;
    if (!value.starts_with("proxy:unix:") || value.find('|') != std::string::npos) continue;
    report(httpd, {setting.args[0].span, "doubtful", false,
                   "no protocol stands behind the socket: nothing takes the request, and the "
                   "source of the file is sent",
                   "add |fcgi://localhost", value + "|fcgi://localhost"});
  }
}

// The MPMs read their numbers with atoi(): of "2k" the 2, of "many" 0, and then with 1 in its place
// ("AH00182: WARNING: MaxRequestWorkers of 0 not allowed, increasing to 1.").
void check_counts(Httpd& httpd) {
  static constexpr auto kCounts = std::to_array<std::string_view>(
      {"maxclients", "maxconnectionsperchild", "maxrequestsperchild", "maxrequestworkers",
       "maxspareservers", "maxsparethreads", "minspareservers", "minsparethreads", "serverlimit",
       "startservers", "threadlimit", "threadsperchild"});
  for (const auto& setting : httpd.settings) {
    if (!text::is_one_of(setting.name, kCounts) || setting.args.size() != 1) continue;
    const auto& arg = setting.args[0];
    const auto sign = arg.value.find_first_of("+-") == 0 ? 1U : 0U;
    if (!arg.known || arg.value.find_first_not_of("0123456789", sign) == std::string::npos)
      continue;
    const auto digits = arg.value.substr(0, arg.value.find_first_not_of("0123456789", sign));
    report(httpd, {arg.span, "doubtful", false,
                   arg.value + " is no number: Apache takes " +
                       (digits.size() > sign ? digits : std::string("0")),
                   "write digits alone", ""});
  }
}

}  // namespace

void check_authentication(Httpd& httpd, const std::vector<const Setting*>& settings, int server) {
  if (httpd.foreign || httpd.incomplete) return;
  const auto* user = wants_user(settings);
  if (user == nullptr || said_anywhere(httpd, server, "satisfy") || named(settings, "satisfy"))
    return;
  if (const auto* type = named(settings, "authtype"); type != nullptr && !type->args.empty())
    return check_type(httpd, *type, server);
  if (said_anywhere(httpd, server, "authtype") || said_anywhere(httpd, server, "sslusername"))
    return;
  incomplete_authentication(httpd, user->span,
                            "No authentication done but request not allowed without "
                            "authentication: nothing says AuthType",
                            "write AuthType, AuthName and AuthUserFile beside it");
}

void check_settings(Httpd& httpd) {
  for (std::size_t i = 0; i < httpd.index.of_section.size(); ++i) {
    Settings settings;
    for (const auto number : httpd.index.of_section[i]) settings.push_back(&httpd.settings[number]);
    if (!settings.empty()) check_authentication(httpd, settings, httpd.sections[i].server);
  }
  check_certificates(httpd);
  check_stapling(httpd);
  check_plain_443(httpd);
  check_log_formats(httpd);
  check_leftovers(httpd);
  check_proxy_handlers(httpd);
  check_script_paths(httpd);
  check_counts(httpd);
}

}  // namespace stackaudit::stack::apache
