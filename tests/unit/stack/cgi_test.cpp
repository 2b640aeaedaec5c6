// CGI programs, and users that virtual hosts are given.
#include "stack/crossing.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

class CgiPrograms : public testing::Test {
 protected:
  CgiPrograms() {
    memory_.file(
        "/etc/passwd 0644 root:root",
        "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\nshop:x:1001:1001::/:/bin/sh\n");
    memory_.file("/etc/group 0644 root:root", "root:x:0:\nwww-data:x:33:\nshop:x:1001:\n");
    memory_.file("/bin/sh 0755 root:root", "");
    directive("loadmodule", "cgi_module /usr/lib/apache2/modules/mod_cgi.so");
  }

  void directive(std::string name, std::string args) {
    facts::Directive row;
    row.path = "/etc/apache2/apache2.conf";
    row.line = 7;
    row.service = "apache";
    row.name = std::move(name);
    row.args = std::move(args);
    memory_.facts.add(std::move(row));
  }

  // "program: missing X" and "program: refused", a line each.
  std::string found() {
    auto survey = memory_.open();
    survey.apache_child =
        Actor{"apache", "apache child", survey.accounts.become(*survey.accounts.user("www-data"))};
    find_cgi(survey);
    std::string text;
    for (const auto& row : memory_.facts.rows<facts::Reference>())
      text += row.path + ": missing " + row.resolved + "\n";
    for (const auto& row : memory_.facts.rows<facts::Access>())
      if (!row.allowed) text += row.target + ": " + row.operation + " refused\n";
    return text;
  }

  MemorySurvey memory_;
};

TEST_F(CgiPrograms, RightsAndInterpreters) {
  directive("scriptalias", "/cgi-bin/ \"/usr/lib/cgi-bin\"");
  memory_.file("/usr/lib/cgi-bin/README 0644 root:root", "read me");
  memory_.file("/usr/lib/cgi-bin/a 0755 root:root", "#!/bin/sh\n");
  memory_.file("/usr/lib/cgi-bin/b 0644 root:root", "#!/bin/sh\n");
  memory_.file("/usr/lib/cgi-bin/c 0755 root:root", "#!/usr/bin/python2 -u\n");
  memory_.file("/usr/lib/cgi-bin/d 0755 root:root", "#!/bin/sh\r\n");
  memory_.file("/usr/lib/cgi-bin/e 0755 root:root", "binary");
  EXPECT_EQ(found(),
            "/usr/lib/cgi-bin/c: missing /usr/bin/python2\n"
            "/usr/lib/cgi-bin/d: missing /bin/sh with a carriage return\n"
            "/usr/lib/cgi-bin/b: execute refused\n");
}

TEST_F(CgiPrograms, WithoutTheModuleNothingRuns) {
  memory_.facts.rows<facts::Directive>().clear();
  directive("loadmodule", "alias_module x.so");
  directive("scriptalias", "/cgi-bin/ /usr/lib/cgi-bin/");
  memory_.file("/usr/lib/cgi-bin/b 0644 root:root", "#!/bin/sh\n");
  EXPECT_EQ(found(), "");
}

TEST_F(CgiPrograms, UsersOfVirtualHosts) {
  directive("assignuserid", "shop shop");
  directive("assignuserid", "shpo shop");
  memory_.file("/srv/shop/index.html 0600 shop:shop", "");
  auto survey = memory_.open();
  facts::Access refused;
  refused.service = "apache";
  refused.moment = "request";
  refused.target = "/srv/shop/index.html";
  refused.allowed = false;
  memory_.facts.add(refused);
  find_assigned_users(survey);
  ASSERT_EQ(memory_.facts.rows<facts::Worker>().size(), 1U);
  EXPECT_EQ(memory_.facts.rows<facts::Worker>()[0].user, "shop");
  EXPECT_TRUE(memory_.facts.rows<facts::Access>()[0].allowed);
  ASSERT_EQ(memory_.facts.rows<facts::Reference>().size(), 1U);
  EXPECT_EQ(memory_.facts.rows<facts::Reference>()[0].as_written, "shpo");
}

}  // namespace
}  // namespace stackaudit::stack
