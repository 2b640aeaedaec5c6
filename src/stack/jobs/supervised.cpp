// supervisord: a server that systemd starts as well, one that does not stay in the foreground, and
// the console of supervisord itself.
#include "stack/jobs/background.hpp"
#include "stack/jobs/job_files.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/net.hpp"
#include "stack/systemd/search.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kService = "supervisord";
// Programs that are a server, by the name of their file; php-fpm8.2 is called by its version.
struct Server {
  std::string_view program, kind;
};
constexpr std::array kServers{Server{"nginx", "nginx"},      Server{"apache2ctl", "apache"},
                              Server{"apachectl", "apache"}, Server{"apache2", "apache"},
                              Server{"httpd", "apache"},     Server{"apache2-foreground", "apache"},
                              Server{"php-fpm", "php-fpm"},  Server{"mariadbd", "mariadb"},
                              Server{"mysqld", "mariadb"},   Server{"mysqld_safe", "mariadb"}};

std::string_view server_of(std::string_view program) {
  const auto name = tree::basename(program);
  for (const auto& server : kServers)
    if (name == server.program || (server.kind == "php-fpm" && name.starts_with("php-fpm")))
      return server.kind;
  return {};
}

class Supervised {
 public:
  explicit Supervised(Survey& survey) : survey_(survey) {}

  void run() {
    const auto read = read_supervisor(survey_);
    if (read.sections.empty()) return;
    const UnitSearch search(survey_.tree);
    const bool started = search.wanted_at_boot({"supervisor.service"}) ||
                         search.wanted_at_boot({"supervisord.service"});
    for (const auto& section : read.sections) {
      if (section.name == "inet_http_server") console(section);
      if (!section.name.starts_with("program:")) continue;
      if (started) second(section);
      leaves(section);
    }
  }

 private:
  void problem(const SupervisorSection& section, const SupervisorSetting& setting,
               std::string_view code, std::string message, std::string help) {
    auto place = Survey::whole_file(section.path);
    place.line = setting.line;
    survey_.add_problem(place, {.service = kService,
                                .language = "ini",
                                .code = code,
                                .severity = "warning",
                                .message = std::move(message),
                                .help = std::move(help)});
  }

  // "*:9001", ":9001" and "9001" are all addresses; its commands start programs as root.
  void console(const SupervisorSection& section) {
    const auto* port = section.find("port");
    if (port == nullptr || !section.value("password").empty()) return;
    const auto colon = port->value.rfind(':');
    const auto host = colon == std::string::npos ? std::string{} : port->value.substr(0, colon);
    const auto numeric = numeric_address(host);
    if (host == "localhost" || (numeric && is_loopback(*numeric)) ||
        port->value.find_first_of("%$") != std::string::npos)
      return;
    problem(section, *port, "console-open",
            "whoever reaches " + port->value +
                " starts and stops the programs of supervisord: no password is asked",
            "port = 127.0.0.1:9001, or username and password");
  }

  void second(const SupervisorSection& section) {
    const auto* command = section.find("command");
    if (command == nullptr || section.value("autostart") == "false") return;
    const auto words = text::words(command->value);
    const auto kind = words.empty() ? std::string_view{} : server_of(words[0]);
    for (const auto& service : survey_.facts.rows<facts::Service>())
      if (!kind.empty() && service.kind == kind && !service.unit.empty() &&
          service.enabled.value_or(false) && command->value.find(" -c ") == std::string::npos &&
          command->value.find(" -f ") == std::string::npos)
        return problem(section, *command, "second-start",
                       service.unit + " starts " + std::string(kind) +
                           " as well: the addresses are taken for whichever comes second",
                       "systemctl disable " + service.unit + ", or take the program out");
  }

  // With startsecs = 0 and without autorestart a program may end at once, which is then meant.
  void leaves(const SupervisorSection& section) {
    const auto* command = section.find("command");
    if (command == nullptr || section.value("autostart") == "false") return;
    if (section.value("startsecs") == "0" && section.value("autorestart") != "true") return;
    if (const auto left = leaving(survey_, command->value))
      problem(section, *command, "leaves-foreground",
              left->what + ": supervisord takes it for ended, starts it again and gives up",
              std::string(left->instead));
  }

  Survey& survey_;
};

}  // namespace

void check_supervised(Survey& survey) {
  Supervised(survey).run();
}

}  // namespace stackaudit::stack
