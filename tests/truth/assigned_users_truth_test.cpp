// The users of virtual hosts: Apache with mpm-itk is asked for pages that one account alone may
// read, and suEXEC for a program that it refuses or runs; stackaudit must have said the same.
#include "support/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit {
namespace {

// Runs a script alone in a network and mount namespace, with an empty /var/www: it starts Apache
// with @/apache2.conf, asks for `url` and audits the same files. Gives the status of HTTP and the
// report's text.
test::Output ask(const std::string& at, const std::string& prepare, const std::string& url) {
  return test::run_isolated(
      {"unshare", "--mount", "sh", "-c",
       test::placed("mount -t tmpfs tmpfs /var/www; " + prepare +
                        "; apache2 -f @/apache2.conf && for i in $(seq 30); do test -e @/a.pid && "
                        "break; sleep 0.1; done; curl -s -o @/answer -w "
                        "'%{http_code}\\n' http://127.0.0.1:8099/" +
                        url +
                        "; test -e @/a.pid && kill $(cat @/a.pid); " STACKAUDIT_BINARY
                        " --kind apache @/apache2.conf --fail-on never",
                    at)});
}

std::string configuration(const std::string& at, const std::string& text) {
  return test::placed(
      "ServerRoot @\nServerName a\nDefaultRuntimeDir @\nPidFile @/a.pid\nErrorLog @/a.log\n"
      "LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so\n"
      "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
      "LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so\n"
      "User www-data\nGroup www-data\nListen 8099\n" +
          text,
      at);
}

struct Assigned {
  std::string name;
  std::string text;   // of the only virtual host; @ is the directory, its page is @/www/page.html
  std::string main;   // of the main server
  std::string owner;  // of the page, mode 0600, and of nothing else
  std::string status;
};

const std::vector<Assigned>& assigned() {
  static const std::vector<Assigned> list{
      {"ItsOwn", "AssignUserID nobody nogroup", "", "nobody", "200"},
      {"OfTheServersUser", "AssignUserID nobody nogroup", "", "www-data", "403"},
      {"OfAnother", "AssignUserID nobody nogroup", "", "games", "403"},
      {"NotAssigned", "", "", "www-data", "200"},
      {"OfAnotherNotAssigned", "", "", "nobody", "403"},
      {"Inherited", "", "AssignUserID nobody nogroup", "nobody", "200"},
      {"InheritedOfTheServersUser", "", "AssignUserID nobody nogroup", "www-data", "403"},
      {"Replaced", "AssignUserID games games", "AssignUserID nobody nogroup", "games", "200"},
      {"OfADirectory",
       "AssignUserID nobody nogroup\n<Directory @/www>\nAssignUserID games games\n</Directory>", "",
       "games", "200"},
      {"OfAnotherInADirectory",
       "AssignUserID nobody nogroup\n<Directory @/www>\nAssignUserID games games\n</Directory>", "",
       "nobody", "403"},
      {"OfALocation",
       "AssignUserID nobody nogroup\n<Location /page.html>\nAssignUserID games games\n</Location>",
       "", "games", "200"},
      {"OfAnExpression", "AssignUserIDExpr games", "", "games", "200"},
      {"NoSuchUser", "AssignUserID nosuch nogroup", "", "www-data", "000"},
  };
  return list;
}

void PrintTo(const Assigned& one, std::ostream* out) {
  *out << one.name;
}

class AssignedUsersTruth : public testing::TestWithParam<Assigned> {};

TEST_P(AssignedUsersTruth, ReadWhatTheyMay) {
  const auto& one = GetParam();
  const test::TempDir directory;
  const auto at = directory.path().string();
  directory.write("www/page.html", "text\n");
  directory.write(
      "apache2.conf",
      configuration(at, "LoadModule mpm_itk_module /usr/lib/apache2/modules/mpm_itk.so\n" +
                            one.main +
                            "\n<Directory @/www>\nRequire all granted\n</Directory>\n"
                            "<VirtualHost *:8099>\nServerName b\nDocumentRoot @/www\n" +
                            one.text + "\n</VirtualHost>\n"));
  const auto answer =
      ask(at, "chown " + one.owner + " @/www/page.html; chmod 600 @/www/page.html", "page.html");
  EXPECT_EQ(answer.out.substr(0, 3), one.status) << answer.both();
  EXPECT_EQ(answer.out.find("page.html: ") != std::string::npos, one.status == "403")
      << answer.both();
  EXPECT_EQ(answer.out.find("nosuch") != std::string::npos, one.status == "000") << answer.both();
}

INSTANTIATE_TEST_SUITE_P(Hosts, AssignedUsersTruth, testing::ValuesIn(assigned()),
                         [](const auto& test) { return test.param.name; });

struct Program {
  std::string name;
  std::string account;  // of SuexecUserGroup
  std::string prepare;  // after @/… : the program is /var/www/cgi/a.cgi, of nobody, 0755
  bool runs;
};

const std::vector<Program>& programs() {
  static const std::vector<Program> list{
      {"ItsOwn", "nobody nogroup", "true", true},
      {"LowUid", "games games", "chown -R games:games /var/www/cgi", false},
      {"OfRoot", "nobody nogroup", "chown root:root /var/www/cgi/a.cgi", false},
      {"OfAnotherGroup", "nobody nogroup", "chgrp games /var/www/cgi/a.cgi", false},
      {"DirectoryOfRoot", "nobody nogroup", "chown root:root /var/www/cgi", false},
      {"GroupMayWrite", "nobody nogroup", "chmod 775 /var/www/cgi/a.cgi", false},
      {"GroupMayWriteDirectory", "nobody nogroup", "chmod 775 /var/www/cgi", false},
      {"NobodyElseMayRead", "nobody nogroup", "chmod 700 /var/www/cgi/a.cgi", true},
  };
  return list;
}

void PrintTo(const Program& one, std::ostream* out) {
  *out << one.name;
}

class SuexecTruth : public testing::TestWithParam<Program> {};

TEST_P(SuexecTruth, RunsWhatItsRulesAllow) {
  const auto& one = GetParam();
  const test::TempDir directory;
  const auto at = directory.path().string();
  directory.write("apache2.conf",
                  configuration(at,
                                "LoadModule cgi_module /usr/lib/apache2/modules/mod_cgi.so\n"
                                "LoadModule suexec_module /usr/lib/apache2/modules/mod_suexec.so\n"
                                "<Directory /var/www>\nRequire all granted\n</Directory>\n"
                                "DocumentRoot /var/www\nScriptAlias /cgi/ /var/www/cgi/\n"
                                "SuexecUserGroup " +
                                    one.account + "\n"));
  const auto answer = ask(
      at,
      "mkdir /var/www/cgi; printf '#!/bin/sh\\necho Content-type: text/plain\\necho\\nid -un\\n'"
      " > /var/www/cgi/a.cgi; chmod 755 /var/www/cgi/a.cgi; chown -R nobody:nogroup "
      "/var/www/cgi; " +
          one.prepare,
      "cgi/a.cgi");
  EXPECT_EQ(answer.out.substr(0, 3), one.runs ? "200" : "500") << answer.both();
  EXPECT_EQ(answer.out.find("suEXEC: ") == std::string::npos, one.runs) << answer.both();
}

INSTANTIATE_TEST_SUITE_P(Programs, SuexecTruth, testing::ValuesIn(programs()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stackaudit
