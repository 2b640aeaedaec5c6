// Names by tables; content by its first bytes and by libmagic.
#include "stack/served/kinds.hpp"

#include "text/suggest.hpp"
#include "tree/magic.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

namespace stackaudit::stack::served {
namespace {

constexpr std::size_t kSmall = 1U << 20U, kHead = 4096;

using text::lower;

template <class List>
bool ends_in(std::string_view name, const List& list) {
  return std::ranges::any_of(list, [&](std::string_view end) { return name.ends_with(end); });
}

constexpr std::array<std::string_view, 7> kPhp{".php",  ".phtml", ".phar", ".php3",
                                               ".php4", ".php5",  ".php7"};
// Endings under which PHP source lies about: copies by people and editors, and extensions that no
// server runs unless it is told to.
constexpr std::array<std::string_view, 16> kSource{
    ".php~",    ".php.bak",  ".php.old",      ".php.orig", ".php.save", ".php.txt",
    ".php.swp", ".php.dist", ".php.backup",   ".php_",     ".php.1",    ".php.copy",
    ".phpp",    ".inc",      ".php.disabled", ".phps_"};
constexpr std::array<std::string_view, 4> kPackedDumps{".sql.gz", ".sql.bz2", ".sql.zip",
                                                       ".sql.xz"};
// The first comment that the tools write which save a whole database.
constexpr std::array<std::string_view, 6> kDumpHeads{
    "-- mysql dump", "-- mariadb dump", "-- postgresql database dump",
    "sql dump",      "mysql dump",      "pragma foreign_keys=off"};
constexpr std::array<std::string_view, 7> kArchives{".zip",     ".tar.gz", ".tgz",   ".tar",
                                                    ".tar.bz2", ".7z",     ".tar.xz"};
constexpr std::array<std::string_view, 8> kWholeSites{
    "backup", "wordpress", "htdocs", "public_html", "wwwroot", "database", "www", "html"};
constexpr std::array<std::string_view, 5> kLogs{"debug.log", "error_log", "php_errors.log",
                                                "php-error.log", "php_error.log"};
constexpr std::array<std::string_view, 6> kRepositories{
    ".git/HEAD", ".git/config", ".svn/wc.db", ".svn/entries", ".hg/requires", ".bzr/branch-format"};
constexpr std::array<std::string_view, 5> kPictures{".jpg", ".jpeg", ".png", ".gif", ".ico"};

std::string content_of(const tree::Tree& tree, const std::string& path) {
  auto content = tree::read_file(tree, path, kSmall);
  return content ? *std::move(content) : std::string{};
}

bool has_php(std::string_view content) {
  return content.find("<?php") != std::string_view::npos ||
         content.find("<?=") != std::string_view::npos;
}

// "wp-config.php" in whatever copy: wp-config.php.bak, .wp-config.php.swp, #wp-config.php#,
// wp-config-20240101.txt, wp-config.old.
bool is_config_copy(std::string_view name) {
  return name.find("wp-config") != std::string_view::npos && name != "wp-config-sample.php" &&
         !ends_in(name, kPhp);
}

// Applications bring their tables as .sql, too: what holds data says so at its beginning, or is
// large.
bool is_dump(const tree::Tree& tree, const std::string& path, std::string_view name) {
  if (ends_in(name, kPackedDumps)) return true;
  if (!name.ends_with(".sql")) return false;
  const auto content = tree::read_file(tree, path, kSmall);
  if (!content) return content.error() == EFBIG;
  const auto head = lower(std::string_view(*content).substr(0, kHead));
  return std::ranges::any_of(kDumpHeads, [&](auto words) { return head.find(words) != head.npos; });
}

std::optional<Kind> environment(const tree::Tree& tree, const std::string& path,
                                std::string_view name) {
  if (name != ".env" && !name.starts_with(".env.")) return std::nullopt;
  for (const std::string_view sample : {".example", ".sample", ".dist", ".template"})
    if (name.ends_with(sample)) return std::nullopt;
  if (content_of(tree, path).find('=') == std::string::npos) return std::nullopt;
  return Kind{"environment", "settings and passwords", false};
}

std::optional<Kind> upload(const tree::Tree& tree, const std::string& path, std::string_view name) {
  const bool php = ends_in(name, kPhp);
  if (!php && !ends_in(name, kPictures)) return std::nullopt;
  const auto content = content_of(tree, path);
  if (!has_php(content)) return std::nullopt;
  if (!php) {
    // A picture may hold these bytes by chance: then it is one for libmagic, too, and has no tag
    // with a word behind it at its beginning.
    const auto head = std::string_view(content).substr(0, kHead);
    const auto tag = head.find("<?php");
    if (tag == std::string_view::npos) return std::nullopt;
    const auto type = tree::identify(content).mime;
    const bool short_header = tag < 64;
    if (!short_header && type.starts_with("image/")) return std::nullopt;
    return Kind{"upload-php", "PHP code under the name of a picture", false};
  }
  // "Silence is golden": files that only keep a directory from being listed.
  const auto code = content.find_first_not_of(" \t\r\n", content.find("<?") + 5);
  const auto rest =
      code == std::string::npos ? std::string_view{} : std::string_view(content).substr(code);
  if (name == "index.php" && (rest.empty() || (content.size() < 200 && rest.starts_with("//"))))
    return std::nullopt;
  return Kind{"upload-php", "PHP code", true};
}

}  // namespace

std::optional<Kind> kind_of_file(const tree::Tree& tree, const std::string& path,
                                 std::string_view relative) {
  const auto name = lower(tree::basename(path));
  for (const auto file : kRepositories)
    if (relative == file || relative.ends_with("/" + std::string(file)))
      return Kind{"repository", std::string(file.substr(0, file.find('/'))), false};
  if (is_config_copy(name) && content_of(tree, path).find("DB_") != std::string::npos)
    return Kind{"config-copy", "the password of the database", false};
  if (name == ".htpasswd") return Kind{"password-file", "passwords", false};
  if (auto kind = environment(tree, path, name)) return kind;
  if (std::ranges::find(kLogs, name) != kLogs.end() && !content_of(tree, path).empty())
    return Kind{"log", "paths and errors", false};
  if (is_dump(tree, path, name)) return Kind{"dump", "a database", false};
  if (ends_in(name, kArchives) && relative.find('/') == std::string_view::npos &&
      std::ranges::any_of(kWholeSites, [&](auto word) { return name.find(word) != name.npos; }))
    return Kind{"archive", "by its name a whole site", false};
  if ((" " + std::string(relative)).find("/uploads/") != std::string::npos ||
      relative.starts_with("uploads/"))
    return upload(tree, path, name);
  if (ends_in(name, kSource) || name.ends_with(".php5") || name.ends_with(".php7"))
    if (has_php(content_of(tree, path))) return Kind{"php-source", "PHP source", false};
  if (name == "composer.json" || name == "composer.lock")
    return Kind{"manifest", "the packages and their versions", false};
  if (name == "info.php" || name == "phpinfo.php" || name == "test.php")
    if (content_of(tree, path).find("phpinfo(") != std::string::npos)
      return Kind{"phpinfo", "phpinfo()", true};
  return std::nullopt;
}

}  // namespace stackaudit::stack::served
