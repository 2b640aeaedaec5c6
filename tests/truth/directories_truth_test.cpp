// Directories that have the name of a file, as a container makes them for what is not mounted: the
// real servers refuse to start, and so says the audit, at the line or at the directory.
#include "support/audit.hpp"
#include "support/nginx_says.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

namespace stackaudit::test {
namespace {

// Whether an error stands there; line 0: at the whole file.
bool told(const std::vector<Told>& findings, const std::string& path, std::int64_t line) {
  return std::ranges::any_of(findings, [&](const Told& one) {
    return one.severity == "error" && one.path == path && one.line == line;
  });
}

TEST(DirectoriesTruth, NginxOpensNoLogAndReadsNoIncludeThatIsOne) {
  ASSERT_TRUE(installed("nginx"));
  const TempDir dir;
  const auto root = dir.path().string();
  std::filesystem::create_directories(dir.path() / "logs");
  std::filesystem::create_directories(dir.path() / "conf.d/old.conf");
  const auto log = dir.write("log.conf", "events {}\nhttp {\naccess_log " + root + "/logs;\n}\n");
  const auto real = nginx_says(log);
  EXPECT_TRUE(real.refused);
  EXPECT_NE(real.message.find("failed (21: Is a directory)"), std::string::npos) << real.message;
  EXPECT_TRUE(told(audit(log, "nginx"), log, 3));

  const auto glob =
      dir.write("glob.conf", "events {}\nhttp {\ninclude " + root + "/conf.d/*.conf;\n}\n");
  EXPECT_TRUE(nginx_says(glob).refused);
  EXPECT_TRUE(told(audit(glob, "nginx"), root + "/conf.d/old.conf", 0));

  const auto plain = dir.write("plain.conf", "events {}\ninclude " + root + "/conf.d;\n");
  EXPECT_TRUE(nginx_says(plain).refused);
  EXPECT_TRUE(told(audit(plain, "nginx"), plain, 2));
}

// nginx reads nothing there, Apache refuses what is not regular, unless it is the null device by
// its own name.
TEST(DirectoriesTruth, LinksToTheNullDevice) {
  ASSERT_TRUE(installed("nginx") && installed("apache2"));
  const TempDir dir;
  const auto root = dir.path().string();
  std::filesystem::create_directories(dir.path() / "conf.d");
  std::filesystem::create_symlink("/dev/null", dir.path() / "conf.d/off.conf");
  const auto nginx =
      dir.write("nginx.conf", "events {}\nhttp {\ninclude " + root + "/conf.d/*.conf;\n}\n");
  EXPECT_FALSE(nginx_says(nginx).refused);
  EXPECT_TRUE(std::ranges::none_of(audit(nginx, "nginx"),
                                   [](const Told& one) { return one.severity == "error"; }));
  const std::string head = "ServerRoot " + root + "\nDefaultRuntimeDir " + root + "\nPidFile " +
                           root + "/pid\nServerName x\nErrorLog " + root +
                           "/error.log\nListen 9999\nUser www-data\nGroup www-data\n"
                           "LoadModule mpm_prefork_module /usr/lib/apache2/modules/"
                           "mod_mpm_prefork.so\n"
                           "LoadModule authz_core_module /usr/lib/apache2/modules/"
                           "mod_authz_core.so\n";
  for (const std::string line : {"Include /dev/null", "IncludeOptional conf.d/*.conf",
                                 "Include conf.d/off.conf", "Include conf.d"}) {
    const auto file = dir.write("apache2.conf", head + line + "\n");
    const auto real = run_isolated({"apache2", "-t", "-f", file});
    EXPECT_EQ(told(audit(file, "apache"), root + "/conf.d/off.conf", 0), real.status != 0)
        << line << real.both();
  }
}

// A main file of this kind, in a root with the unit that starts the server.
struct Main {
  std::string unit, program, path;
};

TEST(DirectoriesTruth, NoServerStartsWhoseMainFileIsOne) {
  ASSERT_TRUE(installed("nginx") && installed("apache2"));
  const TempDir dir;
  std::filesystem::create_directories(dir.path() / "etc/nginx/nginx.conf");
  std::filesystem::create_directories(dir.path() / "etc/apache2/apache2.conf");
  const auto root = dir.path().string();
  EXPECT_TRUE(nginx_says(root + "/etc/nginx/nginx.conf").refused);
  EXPECT_NE(run_isolated({"apache2", "-t", "-f", root + "/etc/apache2/apache2.conf"}).status, 0);
  for (const auto& [unit, program, path] :
       {Main{"nginx", "/usr/sbin/nginx", "/etc/nginx/nginx.conf"},
        Main{"apache2", "/usr/sbin/apache2ctl start", "/etc/apache2/apache2.conf"}}) {
    (void)dir.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    (void)dir.write("etc/group", "root:x:0:\n");
    (void)dir.write("lib/systemd/system/" + unit + ".service",
                    "[Service]\nType=forking\nExecStart=" + program + "\n");
    const auto ours = run({STACKAUDIT_BINARY, "--root", root, "--format", "json", "/etc", "/lib"});
    const auto report = nlohmann::json::parse(ours.out);
    const auto& findings = report.at("findings");
    EXPECT_TRUE(std::ranges::any_of(
        findings,
        [&](const auto& one) { return one.at("path") == path && one.at("severity") == "error"; }))
        << unit << ": " << ours.out;
  }
}

TEST(DirectoriesTruth, PhpFpmOpensNoLogThatIsOne) {
  const TempDir dir;
  const auto root = dir.path().string();
  std::filesystem::create_directories(dir.path() / "fpm.log");
  const auto file = dir.write("php-fpm.conf", "[global]\nerror_log = " + root +
                                                  "/fpm.log\n[www]\nuser = www-data\nlisten = "
                                                  "127.0.0.1:9999\npm = static\n"
                                                  "pm.max_children = 2\n");
  ASSERT_TRUE(installed("php-fpm8.2"));
  const auto real = run_isolated({"php-fpm8.2", "-t", "-y", file});
  EXPECT_NE(real.status, 0);
  EXPECT_NE(real.both().find("Is a directory (21)"), std::string::npos) << real.both();
  EXPECT_TRUE(told(audit(file, "php-fpm"), file, 2));
}

}  // namespace
}  // namespace stackaudit::test
