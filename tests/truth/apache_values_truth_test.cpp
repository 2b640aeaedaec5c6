// Lines of apache_values.txt, each in a file of its own: apache2 -t is asked about each, we read
// all of them at once, and both must refuse the same ones, at the line that httpd names.
#include "support/process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>

namespace stackaudit::test {
namespace {

// With `directory`, which is empty, for /tmp: what lies there on this machine is not asked for.
std::vector<std::string> questions(const std::string& directory) {
  std::vector<std::string> all;
  std::ifstream file(std::string(STACKAUDIT_SOURCE_DIR) + "/tests/truth/apache_values.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const bool newline = line.compare(i, 3, " ; ") == 0;
      text += newline ? '\n' : line[i];
      if (newline) i += 2;
    }
    constexpr std::string_view kShared = "/tmp";
    for (auto at = text.find(kShared); at != std::string::npos;
         at = text.find(kShared, at + directory.size()))
      text.replace(at, kShared.size(), directory);
    all.push_back(text + "\n");
  }
  return all;
}

std::string head(const std::string& root) {
  std::string text = "ServerRoot " + root + "\nDefaultRuntimeDir " + root + "\nPidFile " + root +
                     "/pid\nServerName x\nErrorLog " + root + "/error.log\nListen 9999\n";
  for (const auto* name : {"mpm_prefork",   "authz_core",  "authz_host",     "authn_core",
                           "auth_basic",    "authn_file",  "authz_user",     "authz_groupfile",
                           "alias",         "dir",         "mime",           "setenvif",
                           "env",           "headers",     "rewrite",        "autoindex",
                           "negotiation",   "filter",      "deflate",        "expires",
                           "socache_shmcb", "ssl",         "proxy",          "proxy_http",
                           "proxy_fcgi",    "slotmem_shm", "proxy_balancer", "lbmethod_byrequests",
                           "status",        "info",        "access_compat",  "macro",
                           "include",       "cgi",         "actions",        "userdir",
                           "reqtimeout",    "remoteip",    "http2",          "vhost_alias",
                           "substitute",    "cache",       "cache_disk",     "dav",
                           "dav_fs",        "session",     "session_cookie", "usertrack",
                           "ext_filter",    "log_debug"})
    text += "LoadModule " + std::string(name) + "_module /usr/lib/apache2/modules/mod_" + name +
            ".so\n";
  return text;
}

// The lines of errors by the file's name.
std::map<std::string, std::set<int>> our_errors(const std::string& main) {
  const auto ours = run({STACKAUDIT_BINARY, main, "--kind", "apache", "--format", "json",
                         "--select", "syntax,missing-reference,privilege",
                         // what the start refuses and the test does not look at
                         "--ignore", "tls-file-refused,apache-pid-directory-missing"});
  std::map<std::string, std::set<int>> lines;
  const auto report = nlohmann::json::parse(ours.out, nullptr, false);
  if (report.is_discarded()) return lines;
  for (const auto& finding : report["findings"])
    if (finding["severity"] == "error" && finding["line"].is_number())
      lines[finding["path"]].insert(finding["line"].get<int>());
  return lines;
}

TEST(ApacheTruth, ValuesAreRefusedWhereHttpdRefusesThem) {
  ASSERT_TRUE(installed("apache2"));
  const TempDir dir;
  (void)dir.write("envvars", "");
  const auto modules = dir.write("head.conf", head(dir.path().string()));
  const auto empty = dir.path() / "empty";
  std::filesystem::create_directory(empty);
  const auto all = questions(empty.string());
  ASSERT_GT(all.size(), 300U);
  std::string together = "Include " + modules + "\n";
  std::vector<std::string> files;
  for (std::size_t i = 0; i < all.size(); ++i) {
    files.push_back(dir.write("q" + std::to_string(i), all[i]));
    together += "Include " + files.back() + "\n";
  }
  const auto ours = our_errors(dir.write("apache2.conf", together));
  const std::regex place("on line (\\d+) of [^\\s:,]*/q\\d+");
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto main = dir.write("one.conf", "Include " + modules + "\nInclude " + files[i] + "\n");
    const auto real = run({"apache2", "-t", "-f", main});
    const auto found = ours.find(files[i]);
    EXPECT_EQ(found == ours.end(), real.status == 0) << all[i] << "apache2 -t: " << real.both();
    std::smatch match;
    const auto said = real.both();
    if (found == ours.end() || !std::regex_search(said, match, place)) continue;
    EXPECT_TRUE(found->second.contains(std::stoi(match[1]))) << all[i] << said;
  }
}

}  // namespace
}  // namespace stackaudit::test
