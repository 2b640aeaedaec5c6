// The defaults are those of the programs: nginx(8) "daemon on", httpd(8) without -D FOREGROUND,
// php-fpm(8) "daemonize = yes".
#include "stack/jobs/background.hpp"

#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace stackaudit::stack {
namespace {

using Words = std::vector<std::string_view>;

bool has_any(const Words& words, std::initializer_list<std::string_view> wanted) {
  return std::ranges::any_of(words, [&](std::string_view word) {
    return std::ranges::find(wanted, word) != wanted.end();
  });
}

// Whether the settings of the service were read, and the one of this name is not there or has one
// of the values.
bool is_on_here(const Survey& survey, std::string_view service, std::string_view name) {
  static constexpr std::array<std::string_view, 4> kOn{"on", "yes", "1", "true"};
  bool read = false;
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (row.service != service) continue;
    read = true;
    if (row.name == name && std::ranges::find(kOn, row.args) == kOn.end()) return false;
  }
  return read;
}

// "service nginx start", "/etc/init.d/nginx start", "systemctl start nginx".
std::optional<Leaving> starter(const Words& words) {
  const auto name = tree::basename(words[0]);
  const bool script = words[0].starts_with("/etc/init.d/");
  const bool known = script || name == "service" || name == "systemctl" || name == "invoke-rc.d" ||
                     name == "rc-service";
  if (!known || !has_any(words, {"start", "restart"})) return std::nullopt;
  return Leaving{std::string(script ? words[0] : name) + " ends once the service is started",
                 "name the server itself, with the option that keeps it in the foreground", true};
}

std::optional<Leaving> server(const IsOn& is_on, const Words& words, std::string_view command) {
  const auto name = tree::basename(words[0]);
  if (name == "nginx" || name == "nginx-debug" || name == "openresty") {
    const bool other = has_any(words, {"-t", "-T", "-v", "-V", "-h", "-s", "-q", "-c", "-p"});
    if (other || command.find("daemon off") != command.npos || !is_on("nginx", "daemon"))
      return std::nullopt;
    return Leaving{"nginx goes to the background", "/usr/sbin/nginx -g 'daemon off;'"};
  }
  if (name == "apache2" || name == "httpd" || name == "apachectl" || name == "apache2ctl") {
    const bool stays = std::ranges::any_of(words, [](std::string_view word) {
      return word.ends_with("FOREGROUND") || word.ends_with("NO_DETACH") || word == "-X";
    });
    const bool asks = has_any(words, {"-t", "-S", "-M", "-l", "-L", "-v", "-V", "-h", "stop",
                                      "configtest", "graceful", "graceful-stop", "restart"});
    if (stays || asks) return std::nullopt;
    return Leaving{"Apache goes to the background", "apache2ctl -D FOREGROUND"};
  }
  if (name.starts_with("php-fpm")) {
    const bool stays = has_any(words, {"-F", "--nodaemonize", "-t", "-tt", "-v", "-i", "-m", "-h"});
    const bool other = has_any(words, {"-y", "--fpm-config"});
    if (stays || other || !is_on("php-fpm", "daemonize")) return std::nullopt;
    return Leaving{"php-fpm goes to the background", "php-fpm --nodaemonize"};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Leaving> leaving(std::string_view command, const IsOn& is_on) {
  if (command.find_first_of("|&;<>`$") != command.npos && command.find("daemon") == command.npos)
    return std::nullopt;
  const auto words = text::words(command);
  if (words.empty()) return std::nullopt;
  auto found = starter(words);
  return found ? found : server(is_on, words, command);
}

std::optional<Leaving> leaving(const Survey& survey, std::string_view command) {
  return leaving(command, [&](std::string_view service, std::string_view name) {
    return is_on_here(survey, service, name);
  });
}

}  // namespace stackaudit::stack
