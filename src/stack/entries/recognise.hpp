// What kind of configuration a file is, by its name, its directory and its content.
#pragma once

#include <string>
#include <string_view>

namespace stackaudit::stack {

// What kind_of_content says of server or location blocks without the http block around them.
inline constexpr std::string_view kNginxPart = "nginx part";

// The kind of server whose main configuration file usually has this name: "nginx" for nginx.conf;
// empty for every other name.
[[nodiscard]] std::string kind_of_main_file(std::string_view name);

// Whether main files of this kind are kept in such a directory: /opt/x/nginx, /usr/x/nginx/conf.
[[nodiscard]] bool is_home_of(std::string_view kind, std::string_view directory);

// Dockerfile, Containerfile, Dockerfile.web, web.Dockerfile; no template of one.
[[nodiscard]] bool is_container_file(std::string_view name);
// compose.yaml and docker-compose.yml, as Compose looks for them.
[[nodiscard]] bool is_compose_file(std::string_view name);

// The kind by the file's name alone, of a file that the user named: nginx, apache, php-fpm, php,
// wordpress, systemd, datadog; empty where the name says nothing.
[[nodiscard]] std::string kind_of_name(std::string_view path);

// The kind by what the text says: nginx, apache, php-fpm, php, kNginxPart or empty.
[[nodiscard]] std::string kind_of_content(std::string_view text);

// Whether the text is all of a main configuration of this kind, and no part that another file
// includes: it has what a server does not start without.
[[nodiscard]] bool is_main_content(std::string_view text, std::string_view kind);

}  // namespace stackaudit::stack
