// httpd is started, alone in a network namespace, and asked for a page: where it does not start, or
// answers an error, the audit must have said so beforehand, and only there. None of this is seen by
// its configuration test.
#include "support/audit.hpp"
#include "truth/apache_pages.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace stackaudit {

void PrintTo(const ApachePage& page, std::ostream* out) {
  *out << page.name;
}

namespace {

constexpr std::array<std::string_view, 16> kRules{"apache-balancer-empty",
                                                  "apache-no-grant",
                                                  "apache-refuses-everybody",
                                                  "apache-index-missing",
                                                  "apache-alias-missing",
                                                  "apache-include-nothing",
                                                  "apache-pid-directory-missing",
                                                  "port-443-plain",
                                                  "tls-file-refused",
                                                  "apache-log-program-missing",
                                                  "apache-file-missing",
                                                  "apache-syntax",
                                                  "apache-htaccess-refused",
                                                  "apache-htaccess-dangling",
                                                  "apache-followsymlinks-off",
                                                  "open-refused"};

std::vector<ApachePage> pages() {
  auto all = apache_site_pages();
  for (auto& page : apache_htaccess_pages()) all.push_back(std::move(page));
  return all;
}

class ApacheAnswers : public testing::TestWithParam<ApachePage> {};

TEST_P(ApacheAnswers, AreTold) {
  const auto& page = GetParam();
  const test::TempDir directory;
  const auto at = directory.path().string();
  for (const auto& file : page.files) {
    if (const auto arrow = file.find("->"); arrow != std::string::npos) {
      (void)test::run({"ln", "-s", file.substr(arrow + 2), at + "/" + file.substr(0, arrow)});
      continue;
    }
    const auto equals = file.find('=');
    directory.write(file.substr(0, equals), equals == std::string::npos
                                                ? "text\n"
                                                : test::placed(file.substr(equals + 1), at) + "\n");
  }
  for (const std::string key : {"k", "o"})
    (void)test::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                     at + "/" + key + ".pem", "-out", at + "/" + (key == "k" ? "c.pem" : "d.pem"),
                     "-days", "90", "-subj", "/CN=b"});
  (void)test::run({"ln", "-s", "/usr/lib/apache2/modules", at + "/modules"});
  const auto conf = directory.write(
      "apache2.conf",
      test::placed(
          "ServerRoot @\nServerName a\nDefaultRuntimeDir @\nPidFile @/a.pid\nErrorLog @/a.log\n"
          "LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
          "LoadModule authz_core_module modules/mod_authz_core.so\n"
          "LoadModule dir_module modules/mod_dir.so\nLoadModule alias_module modules/mod_alias.so\n"
          "User www-data\nGroup www-data\nListen 8099\n" +
              page.text,
          at));
  const auto url = page.url.starts_with('/') ? "http://127.0.0.1:8099" + page.url : page.url;
  const auto answer = test::run_isolated(
      {"sh", "-c",
       test::placed("apache2 -f @/apache2.conf && for i in $(seq 30); do test -e @/a.pid && break; "
                    "sleep 0.1; done; for i in 1 2 3; do code=$(curl -sk -o @/answer -w "
                    "'%{http_code}' '" +
                        url +
                        "'); test \"$code\" = 000 && test -e @/a.pid || break; sleep 0.3; done; "
                        "printf %s \"$code\"; test -e @/a.pid && kill $(cat @/a.pid)",
                    at)});
  EXPECT_EQ(answer.out, page.status) << answer.err;
  std::string told;
  for (const auto& one : test::audit(conf, "apache"))
    if (std::ranges::find(kRules, one.rule) != kRules.end() &&
        told.find(one.rule) == std::string::npos)
      told += (told.empty() ? "" : " ") + one.rule;
  EXPECT_EQ(told, page.rule);
}

INSTANTIATE_TEST_SUITE_P(Pages, ApacheAnswers, testing::ValuesIn(pages()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stackaudit
