// Which service a unit starts.
#include "stack/systemd/load.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Known {
  std::string_view name;  // a "*" stands for anything
  std::string_view kind;
};
constexpr std::array kPrograms{Known{"nginx", "nginx"},           Known{"nginx-debug", "nginx"},
                               Known{"openresty", "nginx"},       Known{"apache2", "apache"},
                               Known{"apachectl", "apache"},      Known{"apache2ctl", "apache"},
                               Known{"httpd", "apache"},          Known{"php-fpm*", "php-fpm"},
                               Known{"php*-fpm", "php-fpm"},      Known{"mariadbd", "mariadb"},
                               Known{"mariadbd-safe", "mariadb"}, Known{"mysqld", "mariadb"},
                               Known{"mysqld_safe", "mariadb"}};
constexpr std::array kUnits{
    Known{"nginx", "nginx"},     Known{"openresty", "nginx"},  Known{"apache2", "apache"},
    Known{"httpd", "apache"},    Known{"php*-fpm", "php-fpm"}, Known{"php-fpm*", "php-fpm"},
    Known{"mariadb", "mariadb"}, Known{"mysql", "mariadb"},    Known{"mysqld", "mariadb"}};
constexpr std::array<std::string_view, 7> kWords{"nginx", "openresty", "apache", "httpd",
                                                 "php",   "mariadb",   "mysql"};
// Programs that start what their arguments name.
constexpr std::array<std::string_view, 8> kStarters{"sh",   "bash",   "dash", "env",
                                                    "nice", "ionice", "chrt", "setpriv"};
constexpr std::array<std::string_view, 3> kContainers{"docker", "podman", "nspawn"};

bool matches(std::string_view pattern, std::string_view name) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == name;
  const auto tail = pattern.substr(star + 1);
  return name.size() + 1 >= pattern.size() && name.starts_with(pattern.substr(0, star)) &&
         name.ends_with(tail);
}

template <class List>
std::string kind_in(const List& list, std::string_view name) {
  for (const auto& known : list)
    if (matches(known.name, name)) return std::string(known.kind);
  return {};
}

std::string kind_of_command(const Command& command) {
  const auto program = tree::basename(command.program);
  if (auto kind = kind_in(kPrograms, program); !kind.empty()) return kind;
  if (!text::is_one_of(program, kStarters)) return {};
  for (const auto& arg : command.args)
    for (const auto word : text::words(arg, " \t\n;&|`()\"'"))
      if (auto kind = kind_in(kPrograms, tree::basename(word)); !kind.empty()) return kind;
  return {};
}

}  // namespace

std::string kind_of_unit_name(std::string_view name) {
  auto stem = name.substr(0, name.rfind(".service"));
  return kind_in(kUnits, stem.substr(0, stem.find('@')));
}

std::string kind_of_unit(const ServiceUnit& unit) {
  for (const auto& command : unit.exec_start) {
    if (auto kind = kind_of_command(command); !kind.empty()) return kind;
    if (text::is_one_of(tree::basename(command.program), kContainers)) return {};
  }
  return kind_of_unit_name(unit.name);
}

bool may_concern(std::string_view text) {
  return text::contains_any(text, kWords);
}

}  // namespace stackaudit::stack
