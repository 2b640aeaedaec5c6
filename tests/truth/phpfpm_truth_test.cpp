// Asks the real php-fpm about small configurations and compares: what it refuses we must refuse,
// what it accepts we must accept. Only what `php-fpm -t` looks at; what it finds out at start is in
// the unit tests.
#include "stack/phpfpm/phpfpm.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kPool = "[www]\nuser = www-data\nlisten = 127.0.0.1:9999\n";
constexpr std::string_view kStatic = "pm = static\npm.max_children = 2\n";
constexpr std::string_view kDynamic = "pm = dynamic\npm.max_children = 5\n";

struct Case {
  std::string name, text;
};

std::string with(std::string_view lines) {
  return std::string(kPool) + std::string(kStatic) + std::string(lines) + "\n";
}
std::string dynamic(std::string_view lines) {
  return std::string(kPool) + std::string(kDynamic) + std::string(lines) + "\n";
}

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto* lines :
       {"env[A] = foo(bar)",
        "env[A] = foo bar",
        "env[A] = \"foo",
        "env[A] = foo\"bar",
        "env[A] = 'a",
        "env[A] = a=b",
        "env[A] = !x",
        "env[A] = a{b}",
        "env[A] = ${HOME}",
        "env[A] = ${HOME",
        "env[A]",
        "env[=x",
        "env[A]x=2",
        "[other",
        "#comment",
        "# comment = 1",
        "; comment",
        "\xef\xbb\xbf; comment",
        "\xef\xbb\xbf"
        "env[A] = b",
        "\xef\xbb\xbf",
        "\xef\xbb\xbf"
        "foo = 1",
        "foo\xef\xbb\xbf = 1",
        "foo bar",
        "on = 1",
        "Null",
        "foo = 1",
        "env[A] = \"a;b\"",
        "env[A] = a|b",
        "env[A] =",
        "= x",
        "env[A] = \"a\" \"b\"",
        "(x) = 1",
        "pm.max_children = abc",
        "pm.max_children = \"3\"",
        "pm.max_children = 3k",
        "pm.max_children =",
        "pm.max_children = -1",
        "listen.mode = 0666",
        "chdir = /",
        "chdir = /nonexistent-directory",
        "chroot = /nonexistent-directory",
        "prefix = /nonexistent-directory",
        "prefix = /tmp\nlisten = f.sock\n[b]\nprefix = /var\nuser = www-data\nlisten = f.sock\n"
        "pm = static\npm.max_children = 2",
        "prefix = /tmp\nlisten = f.sock\n[b]\nprefix = /tmp\nuser = www-data\nlisten = f.sock\n"
        "pm = static\npm.max_children = 2",
        "request_slowlog_timeout = 5s",
        "slowlog = /nonexistent-directory/x",
        "slowlog = /nonexistent-directory/x\nrequest_slowlog_timeout = 5",
        "request_terminate_timeout = 5x",
        "request_terminate_timeout = 30",
        "access.log = /nonexistent-directory/$pool.log",
        "access.log = /dev/null\naccess.format = \"%R - %u %t\"",
        "access.log = /dev/null\naccess.format = \"%X\"",
        "access.log = /dev/null\naccess.format = \"%{mega}M\"",
        "access.log = /dev/null\naccess.format = \"%{gb}M\"",
        "access.log = /dev/null\naccess.format = \"%{mili}d %{user}C\"",
        "access.log = /dev/null\naccess.format = \"%{x}C\"",
        "access.log = /dev/null\naccess.format = \"%e\"",
        "access.log = /dev/null\naccess.format = \"%{X}e\"",
        "access.log = /dev/null\naccess.format = \"%{}o %o\"",
        "access.log = /dev/null\naccess.format = \"%{x}r\"",
        "access.log = /dev/null\naccess.format = \"%%{mega}M\"",
        "access.log = /dev/null\naccess.format = \"a%\"",
        "access.log = /dev/null\naccess.format = \"%{%Y}t %{%Y}T\"",
        "access.log = /dev/null\naccess.format = \"%{a}{b}e\"",
        "access.format = \"%X\"",
        "php_admin_value[error_log] = /nonexistent-directory/x",
        "pm = foo",
        "pm =",
        "pm = ondemand",
        "pm = ondemand\npm.process_idle_timeout = 0",
        "catch_workers_output = maybe",
        "catch_workers_output = On",
        "catch_workers_output = 0",
        "catch_workers_output = \"yes\"",
        "User = daemon",
        "listen =",
        "user = no-such-account",
        "user = 54321",
        "user = root",
        "group = no-such-group",
        "listen.backlog = x",
        "php_flag[x] = maybe",
        "php_value[] = x",
        "php_value = x",
        "Php_value[a] = x",
        "ENV[A] = x",
        "php_foo[a] = x",
        "Access.suppress_path[] = /x",
        "include[] = x",
        "php_value[a\"] = x",
        "php_value[a'] = x",
        "php_value[a;b] = x",
        "php_value[\"a\"] = x",
        "php_value[a\"b]\"c] = x",
        "php_value[a'b]'c] = x",
        "php_value[a\\]b] = x",
        "php_value[${a] = x",
        "php_value[a${HOME}] = x",
        "php_value[\"a = x",
        "[b\"]",
        "[b']",
        "[b;c]",
        "[\"b]\"]\nuser = www-data",
        "[b\\]c]",
        "[${b]",
        "[b\"",
        "env = x",
        "include = /nonexistent-directory/*.conf",
        "include = /nonexistent-directory/a.conf",
        "include = /etc/*.nonexistent",
        "ping.path = ping",
        "pm.status_path = status",
        "process.priority = 99",
        "rlimit_core = unlimited",
        "rlimit_core = many",
        "daemonize = no",
        "[www]\npm.max_children = 3",
        "[WWW]\npm.max_children = 3",
        "Include = /etc/*.nonexistent",
        "[b]\nuser = www-data\nlisten = 127.0.0.1:9999\npm = static\npm.max_children = 2",
        "[b]\nuser = www-data\npm = static\npm.max_children = 2",
        "[b]\nlisten = 127.0.0.1:9998\npm = static\npm.max_children = 2",
        "[global]\nlog_level = foo",
        "[Global]\ndaemonize = maybe",
        "[global]\nerror_log = /nonexistent-directory/x",
        "[global]\nprocess_control_timeout = 5x"})
    all.push_back({lines, with(lines)});
  for (const auto* lines :
       {"", "pm.min_spare_servers = 1", "pm.min_spare_servers = 1\npm.max_spare_servers = 3",
        "pm.min_spare_servers = 1\npm.max_spare_servers = 3\npm.start_servers = 4",
        "pm.min_spare_servers = 4\npm.max_spare_servers = 3",
        "pm.min_spare_servers = 1\npm.max_spare_servers = 6",
        "pm.min_spare_servers = 1\npm.max_spare_servers = 3\npm.start_servers = 0"})
    all.push_back({std::string("dynamic ") + lines, dynamic(lines)});
  all.push_back({"no pool", "[global]\nlog_level = notice\n"});
  all.push_back({"setting before any section", "user = x\n"});
  all.push_back({"empty", ""});
  return all;
}

std::string ours(const std::string& path) {
  const auto tree = tree::HostTree::open("/");
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(**tree, sources, facts);
  read_phpfpm(survey, Systemd{}, {"php-fpm", path, true});
  for (const auto& row : facts.rows<facts::SyntaxProblem>())
    if (row.severity == "error") return row.message;
  for (const auto& row : facts.rows<facts::Reference>()) {
    static const std::array<std::string_view, 7> tested{"user",   "group",  "include",      "chdir",
                                                        "chroot", "prefix", "log-directory"};
    const bool seen = std::ranges::find(tested, row.kind) != tested.end();
    if (seen && row.required && row.state != "found" && row.state != "dynamic")
      return row.kind + " " + row.as_written + " " + row.state;
  }
  return {};
}

std::string php_fpm() {
  for (const auto* program : {"php-fpm8.2", "php-fpm8.1", "php-fpm8.3", "php-fpm8.4", "php-fpm"})
    if (test::installed(program)) return program;
  return {};
}

TEST(PhpFpmTruth, RefusesWhatPhpFpmRefuses) {
  const auto program = php_fpm();
  ASSERT_FALSE(program.empty()) << "php-fpm is not installed";
  const test::TempDir folder;
  for (const auto& one : cases()) {
    const auto path = folder.write("php-fpm.conf", one.text);
    const auto real = test::run_isolated({program, "-t", "-y", path});
    const auto mine = ours(path);
    EXPECT_EQ(mine.empty(), real.status == 0)
        << one.name << "\nphp-fpm: " << real.both() << "\nours: " << mine;
  }
}

// ${NAME} is what the environment has; without a value it is empty.
TEST(PhpFpmTruth, TakesVariablesFromItsEnvironment) {
  const test::TempDir folder;
  const auto path = folder.write(
      "php-fpm.conf", "[www]\nuser = ${A}\nlisten = \"${B}:9999\"\n" + std::string(kStatic));
  const auto refuses = [&](const std::string& a, const std::string& b) {
    return test::run_isolated({"env", a, b, php_fpm(), "-t", "-y", path}).status != 0;
  };
  EXPECT_FALSE(refuses("A=www-data", "B=127.0.0.1"));
  EXPECT_TRUE(refuses("A=no-such-account", "B=127.0.0.1"));
  EXPECT_FALSE(refuses("OTHER=x", "B=127.0.0.1"));  // it is found out at the start
}

// Sizes: PHP warns of what it cannot read.
TEST(PhpFpmTruth, SizesThatPhpMisreads) {
  const test::TempDir folder;
  for (const std::string value :
       {"64M", "64MB", "64 M", "64m", "1.5G", "2GB", "1T", "unlimited", "-1", "0", "128Mi", "'64M'",
        "0x10M", "64K ", "6 4M", "+5M", "M"}) {
    const auto ini = folder.write("php.ini", "upload_max_filesize = " + value + "\n");
    folder.write("php-fpm.conf", with(""));
    const auto real = test::run({"php", "-c", ini, "-d", "display_startup_errors=1", "-r", ""});
    const auto tree = tree::HostTree::open("/");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(**tree, sources, facts);
    read_phpfpm(survey, Systemd{}, {"php-fpm", folder.path().string() + "/php-fpm.conf", true});
    std::string mine;
    for (const auto& row : facts.rows<facts::SyntaxProblem>())
      if (row.code == "quantity") mine = row.message;
    if (mine.empty())
      EXPECT_EQ(real.both().find("Invalid quantity"), std::string::npos) << value << real.both();
    else
      EXPECT_NE(real.both().find(mine), std::string::npos) << mine << "\n" << real.both();
  }
}

}  // namespace
}  // namespace stackaudit::stack
