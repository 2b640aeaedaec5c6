// Names by tables; content by its first bytes and by libmagic.
#include "stack/served/kinds.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/magic.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

namespace stackaudit::stack::served {
namespace {

constexpr std::size_t kSmall = 1U << 20U, kHead = 4096, kStatement = 40;

using text::lower;

template <class List>
bool ends_in(std::string_view name, const List& list) {
  return std::ranges::any_of(list, [&](std::string_view end) { return name.ends_with(end); });
}

constexpr std::array<std::string_view, 7> kPhp{".php",  ".phtml", ".phar", ".php3",
                                               ".php4", ".php5",  ".php7"};
// Endings under which PHP source lies about: copies by people and editors, and extensions that no
// server runs unless it is told to.
constexpr std::array<std::string_view, 20> kSource{
    ".php~",         ".php.bak",    ".php.old", ".php.orig", ".php.save", ".php.txt", ".php.swp",
    ".php.dist",     ".php.backup", ".php_",    ".php.1",    ".php.copy", ".phpp",    ".inc",
    ".php.disabled", ".phps_",      ".php#",    ".php.swo",  ".php.tmp",  ".php.new"};
// Of directories whose files come with a program and hold nobody's data.
constexpr auto kSampleDirectories = std::to_array<std::string_view>(
    {"demo_data", "doc",      "docs",       "e2e",    "example",     "examples", "features",
     "fixture",   "fixtures", "migrations", "sample", "sample-data", "samples",  "schema",
     "schemas",   "spec",     "specs",      "test",   "testdata",    "testenv",  "tests"});
// Of the names of such files: config.php.dist, .env.testing.
constexpr auto kSampleWords = std::to_array<std::string_view>(
    {"default", "dist", "example", "feature", "sample", "template", "test", "testing"});
constexpr auto kSecret =
    std::to_array<std::string_view>({"config-copy", "dump", "environment", "password-file"});
// The last is UpdraftPlus's: backup_2026-11-01-0300_Blog_0123456789ab-db.gz.
constexpr std::array<std::string_view, 5> kPackedDumps{".sql.gz", ".sql.bz2", ".sql.zip", ".sql.xz",
                                                       "-db.gz"};
// In the paths of what an installer brings.
constexpr std::array<std::string_view, 5> kSchemas{"install", "setup", "schema", "structure",
                                                   "migration"};
// The first comment that the tools write which save a whole database.
constexpr std::array<std::string_view, 6> kDumpHeads{
    "-- mysql dump", "-- mariadb dump", "-- postgresql database dump",
    "sql dump",      "mysql dump",      "pragma foreign_keys=off"};
constexpr std::array<std::string_view, 8> kArchives{".zip",     ".tar.gz", ".tgz",    ".tar",
                                                    ".tar.bz2", ".7z",     ".tar.xz", ".wpress"};
constexpr std::array<std::string_view, 8> kWholeSites{
    "backup", "wordpress", "htdocs", "public_html", "wwwroot", "database", "www", "html"};
constexpr std::array<std::string_view, 5> kLogs{"debug.log", "error_log", "php_errors.log",
                                                "php-error.log", "php_error.log"};
// Of a file that an editor or a person left: it holds settings.
constexpr std::array<std::string_view, 7> kSettings{
    "config", "settings", "parameters", "database", "connect", "credential", "secret"};
// Names that people give to saved data.
constexpr std::array<std::string_view, 9> kSaved{"backup", "bak",  "dump", "export", "database",
                                                 "prod",   "live", "save", "old"};
struct Credentials {
  std::string_view name, content;  // content: what it must hold to be one
};
constexpr std::array kCredentials{Credentials{".git-credentials", "://"},
                                  Credentials{".netrc", "password"},
                                  Credentials{".pgpass", ":"},
                                  Credentials{".my.cnf", "password"},
                                  Credentials{".npmrc", "_auth"},
                                  Credentials{"auth.json", "password"},
                                  Credentials{"auth.json", "oauth"},
                                  Credentials{"auth.json", "-token"},
                                  Credentials{"auth.json", "\"bearer\""},
                                  Credentials{"credentials", "secret"},
                                  Credentials{".s3cfg", "secret"}};
constexpr std::array<std::string_view, 3> kInstallers{"installer.php", "installer-backup.php",
                                                      "searchreplacedb2.php"};
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

// "20261101", "2026-11-01", "2026_11".
bool has_date(std::string_view name) {
  std::string digits;
  for (const char c : std::string(name) + ".") {
    if (c >= '0' && c <= '9') digits += c;
    if (digits.size() == 8) return true;
    if ((c >= '0' && c <= '9') || c == '-' || c == '_') continue;
    const bool month = digits.size() == 6 && digits.starts_with("20") && digits[4] <= '1';
    if (month && digits.substr(4) >= "01" && digits.substr(4) <= "12") return true;
    digits.clear();
  }
  return false;
}

// Directories of the document root itself.
constexpr auto kSaving = std::to_array<std::string_view>({"backup", "backups", "dump", "dumps"});

bool is_named_for_saving(std::string_view name) {
  return has_date(name) ||
         std::ranges::any_of(kSaved, [&](auto word) { return name.find(word) != name.npos; });
}

bool is_database(const tree::Tree& tree, const std::string& path, std::string_view name) {
  if (!name.ends_with(".sqlite") && !name.ends_with(".sqlite3") && !name.ends_with(".db"))
    return false;
  const auto content = tree::read_file(tree, path, kSmall);
  return content ? content->starts_with("SQLite format 3") : content.error() == EFBIG;
}

// What an installer makes empty tables of; the program's own archive has it as well.
bool is_schema(std::string_view relative, std::string_view content) {
  const auto path = lower(relative);
  return std::ranges::any_of(kSchemas, [&](auto word) { return path.find(word) != path.npos; }) &&
         content.find("insert into") == content.npos && content.find("\ncopy ") == content.npos;
}

// Applications bring their tables as .sql, too: what holds data says so at its beginning or by its
// name, or is large, or has the users of WordPress.
bool is_dump(const tree::Tree& tree, const std::string& path, std::string_view name,
             std::string_view relative) {
  if (ends_in(name, kPackedDumps)) return true;
  if (is_database(tree, path, name)) return true;
  const bool sql = name.ends_with(".sql") || name.ends_with(".dump") || name.ends_with(".mysql") ||
                   name.find(".sql.") != std::string_view::npos || name.ends_with(".sql~");
  if (!sql) return false;
  const auto content = tree::read_file(tree, path, kSmall);
  if (!content) return content.error() == EFBIG;
  if (is_schema(relative, lower(*content))) return false;
  const auto head = lower(std::string_view(*content).substr(0, kHead));
  const auto data = head.find("insert into");
  if (data != std::string::npos &&
      (is_named_for_saving(name) ||
       std::ranges::find(kSaving, lower(tree::dirname(relative))) != kSaving.end() ||
       head.substr(data, kStatement).find("wp_users") != std::string::npos))
    return true;
  return std::ranges::any_of(kDumpHeads, [&](auto words) { return head.find(words) != head.npos; });
}

std::optional<Kind> credentials(const tree::Tree& tree, const std::string& path,
                                std::string_view name) {
  for (const auto& [known, content] : kCredentials)
    if (name == known && lower(content_of(tree, path)).find(content) != std::string::npos)
      return Kind{"environment", "passwords", false};
  const bool key = name.ends_with(".key") || name.ends_with(".pem") || name.starts_with("id_");
  if (key && content_of(tree, path).find("PRIVATE KEY-----") != std::string::npos)
    return Kind{"password-file", "a private key", false};
  return std::nullopt;
}

// A script that does nothing but phpinfo(), whatever its name.
bool is_phpinfo(const tree::Tree& tree, const std::string& path, std::string_view name) {
  constexpr std::uint64_t kMostBytes = 300;
  if (!name.ends_with(".php")) return false;
  const auto end = tree::resolve(tree, path);
  if (!end || end.stat.size > kMostBytes) return false;
  const auto content = content_of(tree, path);
  const auto call = content.find("phpinfo(");
  const auto line = call == std::string::npos ? call : content.find_last_of("\n;{?", call);
  return call != std::string::npos && line != std::string::npos &&
         content.substr(line, call - line).find_first_of("/*#'\"") == std::string::npos;
}

// A script that runs the body of the request, as old releases of PHPUnit bring one.
bool runs_request(const tree::Tree& tree, const std::string& path, std::string_view name) {
  constexpr std::uint64_t kMostBytes = 1000;
  if (!ends_in(name, kPhp)) return false;
  const auto end = tree::resolve(tree, path);
  if (!end || end.stat.size > kMostBytes) return false;
  auto content = content_of(tree, path);
  std::erase_if(content, [](char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\\'; });
  const auto call = content.find("eval(");
  return call != std::string::npos &&
         content.substr(call).starts_with("eval('?>'.file_get_contents('php://input'))");
}

bool is_whole_site(std::string_view name, const std::string& path, std::string_view relative) {
  if (lower(tree::dirname(relative)).find("backup") != std::string::npos ||
      lower(tree::basename(tree::dirname(path))).find("backup") != std::string::npos)
    return true;
  return relative.find('/') == std::string_view::npos &&
         (has_date(name) || text::contains_any(name, kWholeSites));
}

// Whether a literal is given to something that is called a password: $db_pass = 'x'.
bool gives_password(const std::string& code) {
  for (const auto& each : text::lines(code)) {
    const auto line = each.text;
    const auto name = lower(line).find("pass");
    if (name == std::string::npos || text::trimmed(line).starts_with('*')) continue;
    const auto given = line.find_first_of("=,", name);
    const auto quote = line.find_first_not_of(" \t>", given + 1);
    if (given != line.npos && quote != line.npos && (line[quote] == '\'' || line[quote] == '"') &&
        quote + 1 < line.size() && line[quote + 1] != line[quote])
      return true;
  }
  return false;
}

// Source that is sent as text: it holds passwords if it is a file of settings.
Kind source(std::string_view name, const std::string& content) {
  if (text::contains_any(name, kSettings) && gives_password(content))
    return {"config-copy", "settings with a password", false};
  return {"php-source", "PHP source", false};
}

bool is_sample_name(std::string_view name) {
  return std::ranges::any_of(text::words(name, "-_."), [](std::string_view word) {
    return text::is_one_of(word, kSampleWords);
  });
}

// What comes with a program: it may be nobody's, or may be filled in all the same.
bool is_sample(std::string_view relative) {
  const auto directories = text::words(tree::dirname(relative), "/");
  return is_sample_name(lower(tree::basename(relative))) ||
         std::ranges::any_of(directories, [](std::string_view directory) {
           const auto name = lower(directory);
           return text::is_one_of(std::string_view(name), kSampleDirectories) ||
                  name.ends_with("_tests") || name == "_test" || name.starts_with(".github");
         });
}

std::optional<Kind> environment(const tree::Tree& tree, const std::string& path,
                                std::string_view name) {
  if (name == ".user.ini") {
    const auto content = lower(content_of(tree, path));
    const bool secret =
        content.find("default_pw") != content.npos || content.find("password") != content.npos;
    return secret ? std::optional(Kind{"environment", "settings and passwords", false})
                  : std::nullopt;
  }
  if (name != ".env" && !name.starts_with(".env.")) return std::nullopt;
  if (is_sample_name(name)) return std::nullopt;
  if (content_of(tree, path).find('=') == std::string::npos) return std::nullopt;
  return Kind{"environment", "settings and passwords", false};
}

// "Silence is golden": files that only keep a directory from being listed.
bool is_placeholder(std::string_view content) {
  constexpr std::size_t kMostBytes = 200;
  const auto code = content.find_first_not_of(" \t\r\n", content.find("<?") + 5);
  const auto rest = code == content.npos ? std::string_view{} : content.substr(code);
  return rest.empty() || (content.size() < kMostBytes && rest.starts_with("//"));
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
  if (name == "index.php" && is_placeholder(content)) return std::nullopt;
  return Kind{"upload-php", "PHP code", true};
}

// Text with a colon; the program of that name is none.
bool is_password_list(std::string_view content) {
  return content.find(':') != std::string_view::npos &&
         content.find('\0') == std::string_view::npos;
}

// Wherever it lies.
std::optional<Kind> kind_by_itself(const tree::Tree& tree, const std::string& path,
                                   std::string_view relative) {
  const auto name = lower(tree::basename(path));
  for (const auto file : kRepositories)
    if (relative == file || relative.ends_with("/" + std::string(file)))
      return Kind{"repository", std::string(file.substr(0, file.find('/'))), false};
  if (is_config_copy(name) && content_of(tree, path).find("DB_") != std::string::npos)
    return Kind{"config-copy", "the password of the database", false};
  const bool passwords = name == ".htpasswd" ||
                         (name.ends_with("htpasswd") && is_password_list(content_of(tree, path)));
  if (passwords) return Kind{"password-file", "passwords", false};
  if (auto kind = environment(tree, path, name)) return kind;
  const auto around = lower(tree::basename(tree::dirname(path)));
  const bool log = std::ranges::find(kLogs, name) != kLogs.end() ||
                   (name.ends_with(".log") && (around == "log" || around == "logs"));
  if (log && !content_of(tree, path).empty()) return Kind{"log", "paths and errors", false};
  if (is_dump(tree, path, name, relative)) return Kind{"dump", "a database", false};
  if (auto kind = credentials(tree, path, name)) return kind;
  if (ends_in(name, kArchives) && is_whole_site(name, path, relative))
    return Kind{"archive", "by its name a whole site", false};
  if ((" " + std::string(relative)).find("/uploads/") != std::string::npos ||
      relative.starts_with("uploads/"))
    return upload(tree, path, name);
  if (ends_in(name, kSource) || name.ends_with(".php5") || name.ends_with(".php7"))
    if (const auto content = content_of(tree, path); has_php(content)) return source(name, content);
  if (name == "composer.json" || name == "composer.lock")
    return Kind{"manifest", "the packages and their versions", false};
  if (is_phpinfo(tree, path, name)) return Kind{"phpinfo", "phpinfo()", true};
  if (runs_request(tree, path, name))
    return Kind{"installer", "it runs whatever code it is sent", true};
  const bool adminer = name.starts_with("adminer") && name.ends_with(".php");
  if (adminer || std::ranges::find(kInstallers, name) != kInstallers.end())
    return Kind{"installer", adminer ? "a tool for databases" : "a tool that sets up a site", true};
  if (name == "readme.html" &&
      content_of(tree, path).find("<title>WordPress") != std::string::npos &&
      content_of(tree, path).find("Version") != std::string::npos)
    return Kind{"readme", "WordPress and its version", false};
  return std::nullopt;
}

}  // namespace

bool is_php_source(const tree::Tree& tree, const std::string& path) {
  const auto content = content_of(tree, path);
  return has_php(content) && !is_placeholder(content);
}

std::optional<Kind> kind_of_file(const tree::Tree& tree, const std::string& path,
                                 std::string_view relative) {
  auto kind = kind_by_itself(tree, path, relative);
  if (kind && text::is_one_of(std::string_view(kind->kind), kSecret) && is_sample(relative))
    return Kind{"sample", "by its name a sample: " + kind->detail, false};
  return kind;
}

}  // namespace stackaudit::stack::served
