// Lines of php.ini asked of PHP itself: what it calls a syntax error must be a problem here, at its
// line or the one before (PHP names the next one where the end of a line is what it did not
// expect), and what it reads must be none. The quotes of templates that nobody filled in are among
// them.
#include "support/process.hpp"
#include "syntax/ini/ini.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

namespace stackaudit {
namespace {

namespace ini = syntax::ini;

constexpr const char* kLines[] = {
    "date.timezone = Europe/Berlin",
    "a = b(c",
    "a = (b)",
    "a = b)",
    "a = ((b)",
    "[mail",
    "[mail]x=1",
    "[mail] ; x",
    "a = \"b",
    "a = 'b",
    "a = 'it's'",
    "a = b\"c\"",
    "a = \"b\" c",
    "a = \"x\\\"y\"",
    "a = \"b\nc\"",
    "a = 'b\nc",
    "a = b & c",
    "a = E_ALL & ~E_NOTICE",
    "a = E_ALL ^",
    "a = |",
    "a = ~",
    "a = !b",
    "a = b!c",
    "a = b ! c",
    "a = ${HOME}",
    "a = ${HOME",
    "a = \"${HOME}x\"",
    "a = \"${HOME\"",
    "a = $b",
    "a = b$c",
    "a=b=c",
    "= b",
    "a",
    "a[] = b",
    "a[b] = c",
    "a[b = c",
    "a{b} = c",
    "a b = c",
    "# x = (",
    "# x",
    "; x = (",
    "a = b;c",
    "a = \"b;c\"",
    "a = {b}",
    "foo(bar) = 1",
    "a = yes\n[b]\nc = (\nd = 1",
    "a = <?= x ?>",
    "{{ x }} = 1",
    "a = {{ x }}",
    "a = %x%",
    "a = <%= x %>",
    "\xef\xbb\xbf"
    "a = b",
    "a = \xe2\x80\x9c"
    "b\xe2\x80\x9d",
    "a = @b",
    "a:b",
    "a = a,b,c",
    "a = 5 + 3",
    "a = -1",
    "null = 1",
    "on = 1",
    "nothing = 1",
    "none",
    "a =\r",
    "a = b\r\n[c]\r",
};

// The line of PHP's first syntax error, 0 without one.
int php_refuses(const std::string& file, std::string& said) {
  said = test::run({"env", "PHP_INI_SCAN_DIR=", "php", "-c", file, "-d", "display_startup_errors=1",
                    "-r", ""})
             .both();
  const auto error = said.find("syntax error, ");
  if (error == std::string::npos) return 0;
  const auto line = said.find(" on line ", error);
  int number = 0;
  if (line != std::string::npos)
    (void)std::from_chars(said.data() + line + 9, said.data() + said.size(), number);
  return number;
}

TEST(PhpIniTruth, RefusesWhatPhpRefuses) {
  ASSERT_TRUE(test::installed("php"));
  const test::TempDir folder;
  for (const auto* line : kLines) {
    const auto content = "; first\n" + std::string(line) + "\n";
    std::string said;
    const auto real = php_refuses(folder.write("php.ini", content), said);
    const auto document = ini::parse(content, text::FileId{0}, ini::Dialect::php);
    EXPECT_EQ(!document.problems.empty(), real != 0) << content << said;
    if (document.problems.empty() || real == 0) continue;
    const auto begin = document.problems.front().span.begin;
    const auto ours = 1 + std::count(content.begin(), content.begin() + begin, '\n');
    EXPECT_TRUE(ours == real || ours == real - 1) << content << said << "here: " << ours;
  }
}

// What php-fpm needs at its start beside its own files: each setting alone.
TEST(PhpIniTruth, FilesWithoutWhichPhpDoesNotStart) {
  if (!test::installed("php-fpm8.2")) GTEST_SKIP() << "php-fpm 8.2 is not installed";
  if (test::run({"php-fpm8.2", "-m"}).out.find("OPcache") == std::string::npos)
    GTEST_SKIP() << "without opcache";
  for (const std::string line :
       {"opcache.lockfile_path=/nope", "opcache.lockfile_path=/tmp", "opcache.enable=0",
        "opcache.file_cache=/nope", "browscap=/nope.ini", "browscap=/etc/hostname", "browscap="}) {
    const auto real = test::run({"php-fpm8.2", "-t", "-d", line});
    const test::TempDir home;
    home.write("etc/hostname", "");
    home.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\n");
    home.write("etc/group", "root:x:0:\nwww-data:x:33:\n");
    home.write("usr/sbin/php-fpm8.2", "");
    home.write("tmp/x", "");
    home.write("var/log/x", "");
    home.write("etc/php/8.2/fpm/php-fpm.conf",
               "[www]\nuser = www-data\nlisten = 127.0.0.1:9999\npm = static\n"
               "pm.max_children = 1\n");
    home.write("etc/php/8.2/fpm/conf.d/10.ini", "zend_extension=opcache.so\n" + line + "\n");
    const auto ours =
        test::run({STACKAUDIT_BINARY, "--root", home.path().string(), "--allow-incomplete",
                   "--select", "php-browscap-missing,fpm-directory-missing", "/etc"});
    EXPECT_EQ(ours.status, real.status == 0 ? 0 : 1) << line << real.both() << ours.both();
  }
}

// Extensions that use functions of others, in both orders; those of them that are installed.
TEST(PhpIniTruth, ExtensionsThatNeedOthers) {
  const std::string directory = "/usr/lib/php/20220829/";
  if (!test::installed("php8.2")) GTEST_SKIP() << "php 8.2 is not installed";
  const std::pair<std::string, std::string> pairs[] = {
      {"pdo", "pdo_sqlite"}, {"pdo", "pdo_pgsql"}, {"mysqlnd", "mysqli"}, {"dom", "xsl"},
      {"dom", "xmlreader"},  {"mbstring", "exif"}, {"xml", "simplexml"}};
  for (const auto& [needed, extension] : pairs) {
    if (!std::filesystem::exists(directory + needed + ".so") ||
        !std::filesystem::exists(directory + extension + ".so"))
      continue;
    for (const bool first : {true, false}) {
      const auto& one = first ? needed : extension;
      const auto& other = first ? extension : needed;
      const auto real =
          test::run({"php8.2", "-n", "-d", "extension=" + one, "-d", "extension=" + other, "-m"});
      const test::TempDir home;
      home.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\n");
      home.write("etc/group", "root:x:0:\nwww-data:x:33:\n");
      home.write("etc/php/8.2/fpm/php-fpm.conf",
                 "[www]\nuser = www-data\nlisten = 127.0.0.1:9999\npm = static\n"
                 "pm.max_children = 1\n");
      home.write("usr/lib/php/20220829/" + needed + ".so", "");
      home.write("usr/lib/php/20220829/" + extension + ".so", "");
      home.write("etc/php/8.2/fpm/conf.d/10.ini",
                 "extension=" + one + "\nextension=" + other + "\n");
      const auto ours =
          test::run({STACKAUDIT_BINARY, "--root", home.path().string(), "--allow-incomplete",
                     "--select", "php-extension-needs", "/etc"});
      const bool refused = real.both().find("undefined symbol") != std::string::npos;
      EXPECT_EQ(ours.status, refused ? 1 : 0) << one << other << real.both() << ours.both();
    }
  }
}

// A root with php-fpm 8.2 and this in its settings.
std::string root_with(const test::TempDir& home, const std::string& settings) {
  home.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\n");
  home.write("etc/group", "root:x:0:\nwww-data:x:33:\n");
  home.write("etc/php/8.2/fpm/php-fpm.conf",
             "[www]\nuser = www-data\nlisten = 127.0.0.1:9999\npm = static\n"
             "pm.max_children = 1\n");
  home.write("etc/php/8.2/fpm/conf.d/10.ini", settings + "\n");
  return home.path().string();
}

TEST(PhpIniTruth, SettingsThatPhpGaveUp) {
  if (!test::installed("php8.2")) GTEST_SKIP() << "php 8.2 is not installed";
  for (const std::string name :
       {"allow_call_time_pass_reference", "asp_tags", "define_syslog_variables", "highlight.bg",
        "magic_quotes_gpc", "magic_quotes_runtime", "magic_quotes_sybase", "register_globals",
        "register_long_arrays", "safe_mode", "safe_mode_exec_dir", "safe_mode_gid", "track_errors",
        "zend.ze1_compatibility_mode", "short_open_tag", "allow_url_include", "highlight.html",
        "assert.quiet_eval", "always_populate_raw_post_data"})
    for (const std::string value : {"On", "0", "true", "2", "none", ""}) {
      const test::TempDir home;
      const auto line = name + " = " + value;
      const auto file = home.write("php.ini", line + "\n");
      const auto real =
          test::run({"env", "PHP_INI_SCAN_DIR=", "php8.2", "-c", file, "-r", "echo 'runs';"});
      const bool runs = real.out.find("runs") != std::string::npos;
      const auto ours = test::run({STACKAUDIT_BINARY, "--root", root_with(home, line),
                                   "--allow-incomplete", "--select", "php-setting-gone", "/etc"});
      EXPECT_EQ(ours.status, runs ? 0 : 1) << line << real.both() << ours.both();
    }
}

// What PHP itself says of an extension that the wrong one of the two settings loads.
TEST(PhpIniTruth, ExtensionsOfTheOtherKind) {
  const std::string directory = "/usr/lib/php/20220829/";
  if (!test::installed("php8.2")) GTEST_SKIP() << "php 8.2 is not installed";
  for (const std::string name : {"opcache", "ctype", "exif", "pdo", "sockets", "calendar"}) {
    if (!std::filesystem::exists(directory + name + ".so")) continue;
    for (const std::string setting : {"extension", "zend_extension"}) {
      const auto real = test::run({"php8.2", "-n", "-d", setting + "=" + name, "-m"}).both();
      const bool refused = real.find("appears to be a Zend Extension") != std::string::npos ||
                           real.find("appear to be a valid Zend extension") != std::string::npos;
      const test::TempDir home;
      home.write("usr/lib/php/20220829/" + name + ".so", "");
      const auto ours =
          test::run({STACKAUDIT_BINARY, "--root", root_with(home, setting + "=" + name),
                     "--allow-incomplete", "--select", "php-extension-kind", "/etc"});
      EXPECT_EQ(ours.status, refused ? 1 : 0) << setting << name << real << ours.both();
    }
  }
}

}  // namespace
}  // namespace stackaudit
