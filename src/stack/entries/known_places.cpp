// Debian, Red Hat, Remi's PHP, FreeBSD, and what `make install` does.
#include "stack/entries/known_places.hpp"

#include "tree/glob.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

struct Pattern {
  std::string_view kind;
  std::string_view pattern;
};
constexpr std::array kPatterns{
    Pattern{"nginx", "/etc/nginx/nginx.conf"},
    Pattern{"nginx", "/etc/openresty/nginx.conf"},
    Pattern{"nginx", "/usr/local/etc/nginx/nginx.conf"},
    Pattern{"nginx", "/usr/local/nginx/conf/nginx.conf"},
    Pattern{"nginx", "/usr/local/openresty/nginx/conf/nginx.conf"},
    Pattern{"nginx", "/opt/nginx/conf/nginx.conf"},
    Pattern{"apache", "/etc/apache2/apache2.conf"},
    Pattern{"apache", "/etc/apache2-*/apache2.conf"},
    Pattern{"apache", "/etc/apache2/httpd.conf"},
    Pattern{"apache", "/etc/httpd/conf/httpd.conf"},
    Pattern{"apache", "/usr/local/apache2/conf/httpd.conf"},
    Pattern{"php-fpm", "/etc/php/*/fpm/php-fpm.conf"},
    Pattern{"php-fpm", "/etc/php5/fpm/php-fpm.conf"},
    Pattern{"php-fpm", "/etc/php-fpm.conf"},
    Pattern{"php-fpm", "/etc/php[5-9]*/php-fpm.conf"},
    Pattern{"php-fpm", "/etc/opt/remi/php*/php-fpm.conf"},
    Pattern{"php-fpm", "/usr/local/etc/php-fpm.conf"},
    Pattern{"datadog", "/etc/datadog-agent/conf.d"},
    Pattern{"datadog", "/etc/dd-agent/conf.d"},
};

}  // namespace

std::vector<KnownPlace> known_places(const tree::Tree& tree, std::string_view kind) {
  std::vector<KnownPlace> found;
  for (const auto& [of, pattern] : kPatterns)
    if (kind.empty() || of == kind)
      for (const auto& path : tree::glob(tree, pattern).paths)
        found.push_back({std::string(of), path});
  return found;
}

bool known_place_exists(const tree::Tree& tree, std::string_view kind) {
  return std::ranges::any_of(kPatterns, [&](const Pattern& place) {
    return place.kind == kind && !tree::glob(tree, place.pattern, 1).paths.empty();
  });
}

}  // namespace stackaudit::stack
