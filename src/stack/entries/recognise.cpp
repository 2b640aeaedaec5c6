// Recognition by names and by the first words of lines; a table, no parser.
#include "stack/entries/recognise.hpp"

#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Name {
  std::string_view name;  // whole name, or, with a dot first, its end
  std::string_view kind;
};
constexpr std::array kMainFiles{Name{"nginx.conf", "nginx"}, Name{"apache2.conf", "apache"},
                                Name{"httpd.conf", "apache"}, Name{"php-fpm.conf", "php-fpm"}};
constexpr std::array kNames{Name{"wp-settings.php", "wordpress"},
                            Name{"wp-load.php", "wordpress"},
                            Name{"wp-config.php", "wordpress"},
                            Name{".php", "php"},
                            Name{".phtml", "php"},
                            Name{".inc", "php"},
                            Name{".service", "systemd"}};

// The first word of a line that only this kind of file has.
struct Mark {
  std::string_view word;
  std::string_view kind;
};
constexpr std::array kMarks{Mark{"events", "nginx"},
                            Mark{"http", "nginx"},
                            Mark{"stream", "nginx"},
                            Mark{"mail", "nginx"},
                            Mark{"worker_processes", "nginx"},
                            Mark{"server", kNginxPart},
                            Mark{"location", kNginxPart},
                            Mark{"upstream", kNginxPart},
                            Mark{"<virtualhost", "apache"},
                            Mark{"<directory", "apache"},
                            Mark{"<ifmodule", "apache"},
                            Mark{"<files", "apache"},
                            Mark{"<location", "apache"},
                            Mark{"serverroot", "apache"},
                            Mark{"loadmodule", "apache"},
                            Mark{"documentroot", "apache"},
                            Mark{"includeoptional", "apache"},
                            Mark{"listen", "apache"},
                            Mark{"errorlog", "apache"},
                            Mark{"serveradmin", "apache"},
                            Mark{"[global]", "php-fpm"},
                            Mark{"pm", "php-fpm"},
                            Mark{"pm.max_children", "php-fpm"},
                            Mark{"<?php", "php"}};

std::string_view first_word(std::string_view line) {
  const auto begin = line.find_first_not_of(" \t\r\xef\xbb\xbf");
  if (begin == std::string_view::npos) return {};
  line.remove_prefix(begin);
  return line.substr(0, line.find_first_of(" \t\r{;>="));
}

std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

}  // namespace

std::string kind_of_main_file(std::string_view name) {
  const auto* known = std::ranges::find(kMainFiles, name, &Name::name);
  return known == kMainFiles.end() ? std::string{} : std::string(known->kind);
}

bool is_home_of(std::string_view kind, std::string_view directory) {
  auto name = tree::basename(directory);
  if (name == "conf" || name == "fpm" || name == "etc")
    name = tree::basename(tree::dirname(directory));
  if (kind == "nginx") return name.starts_with("nginx") || name == "openresty";
  if (kind == "apache") return name.starts_with("apache") || name.starts_with("httpd");
  return name.starts_with("php") || tree::basename(tree::dirname(directory)) == "php" ||
         tree::basename(directory) == "fpm" || tree::basename(directory) == "etc";
}

// "Dockerfile.web", "Dockerfile-debian", but no "Dockerfile.j2", of which one is made, and no
// script.
bool is_container_file(std::string_view name) {
  constexpr auto kOthers = std::to_array<std::string_view>(
      {"bak",      "dockerignore", "dpkg-dist", "ejs", "erb",  "go",   "hbs",  "in",
       "j2",       "jinja",        "jinja2",    "js",  "json", "m4",   "md",   "model",
       "mustache", "orig",         "php",       "py",  "rb",   "save", "sh",   "swp",
       "template", "tmpl",         "toml",      "tpl", "twig", "txt",  "yaml", "yml"});
  for (const std::string_view base : {"Dockerfile", "Containerfile"}) {
    if (!name.starts_with(base)) continue;
    const auto rest = name.substr(base.size());
    if (rest.empty()) return true;
    if (rest[0] == '.' || rest[0] == '-')
      return std::ranges::find(kOthers, rest.substr(rest.rfind('.') + 1)) == kOthers.end();
  }
  return name.ends_with(".Dockerfile") || name.ends_with(".dockerfile");
}

bool is_compose_file(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kCompose{
      "compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"};
  return std::ranges::find(kCompose, name) != kCompose.end();
}

std::string kind_of_name(std::string_view path) {
  const auto name = tree::basename(path);
  if (auto kind = kind_of_main_file(name); !kind.empty()) return kind;
  if (is_container_file(name)) return "container";
  if (is_compose_file(name)) return "compose";
  for (const auto& [known, kind] : kNames)
    if (name == known || (known.starts_with('.') && name.ends_with(known)))
      return std::string(kind);
  if (tree::dirname(path).ends_with(".service.d")) return "systemd";
  const bool yaml = name.ends_with(".yaml") || name.ends_with(".yml");
  const bool in_agent =
      path.find("/datadog-agent/") != std::string_view::npos || tree::dirname(path).ends_with(".d");
  return yaml && in_agent ? "datadog" : "";
}

bool is_main_content(std::string_view text, std::string_view kind) {
  constexpr std::array kNeeded{Mark{"events", "nginx"}, Mark{"loadmodule", "apache"},
                               Mark{"[global]", "php-fpm"}};
  const auto* needed = std::ranges::find(kNeeded, kind, &Mark::kind);
  while (needed != kNeeded.end() && !text.empty())
    if (text::equal_ignoring_case(first_word(next_line(text)), needed->word)) return true;
  return false;
}

std::string kind_of_content(std::string_view text) {
  std::string part;
  while (!text.empty()) {
    const auto word = first_word(next_line(text));
    const auto* mark = std::ranges::find_if(kMarks, [&](const Mark& known) {
      return known.kind == "apache" ? text::equal_ignoring_case(known.word, word)
                                    : known.word == word;
    });
    if (mark == kMarks.end()) continue;
    if (mark->kind != kNginxPart) {
      // nginx's `listen` and Apache's `Listen` are one word: lower case before any block decides
      // nothing.
      if (word == "listen") continue;
      return std::string(mark->kind);
    }
    if (part.empty()) part = kNginxPart;
  }
  return part;
}

}  // namespace stackaudit::stack
