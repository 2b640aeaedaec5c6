// Scripts that a healthy site may close: the visitor who is refused there is the one who is meant.
#include "stack/php/wordpress.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

// Beside the pages of a blog: other ways to write, network sign-up, the installer, the sample. What
// of WordPress loads one of them does so for the same visitors.
constexpr std::array<std::string_view, 11> kOfWordpress{"/xmlrpc.php",
                                                        "/wp-trackback.php",
                                                        "/wp-mail.php",
                                                        "/wp-links-opml.php",
                                                        "/wp-signup.php",
                                                        "/wp-activate.php",
                                                        "/wp-cron.php",
                                                        "/wp-config-sample.php",
                                                        "/wp-admin/install.php",
                                                        "/wp-admin/upgrade.php",
                                                        "/wp-admin/setup-config.php"};

constexpr std::array<std::string_view, 8> kTools{"install.php", "installer.php", "setup.php",
                                                 "upgrade.php", "phpinfo.php",   "info.php",
                                                 "adminer.php", "test.php"};

}  // namespace

bool is_closable(const Unit& unit) {
  if (unit.wordpress.empty())
    return unit.loaders == 0 &&
           std::ranges::find(kTools, tree::basename(unit.path)) != kTools.end();
  const auto inside = unit.inside_wordpress();
  return std::ranges::find(kOfWordpress, inside) != kOfWordpress.end();
}

}  // namespace stackaudit::stack::php
