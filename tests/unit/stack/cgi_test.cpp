// CGI programs, and users that virtual hosts are given.
#include "stack/users/users.hpp"
#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

#include <algorithm>

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
  directive("scriptalias", "/cgi-bin/ /usr/lib/cgi-bin");
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

// Requests of one virtual host are done as one user; another's page is refused although the
// server's own user may read it, and what both serve is judged as one of them who may.
class UsersOfVirtualHosts : public CgiPrograms {
 protected:
  void host(std::int64_t id, std::int64_t line, const std::string& root, const std::string& assign,
            const std::string& directive = "assignuserid") {
    facts::Directive row;
    row.path = kFile;
    row.line = line;
    row.service = "apache";
    row.id = id;
    row.name = "virtualhost";
    memory_.facts.add(row);
    row.parent = static_cast<std::int32_t>(id);
    row.id = id + 1;
    row.line = line + 1;
    row.name = "documentroot";
    row.args = root;
    memory_.facts.add(row);
    if (!assign.empty()) {
      row.id = id + 2;
      row.line = line + 2;
      row.name = directive;
      row.args = assign;
      memory_.facts.add(row);
    }
    facts::Site site;
    site.path = kFile;
    site.line = line;
    site.id = id;
    site.service = "apache";
    memory_.facts.add(site);
    roots_.push_back({root, "apache", {}, "", id});
  }

  // A section in a host, or in the main server, and a directive in it.
  void section(std::int64_t id, std::int64_t host, const std::string& name, const std::string& args,
               const std::string& directive, const std::string& value) {
    facts::Directive row;
    row.path = kFile;
    row.line = id;
    row.service = "apache";
    row.id = id;
    if (host != 0) row.parent = static_cast<std::int32_t>(host);
    row.name = name;
    row.args = args;
    memory_.facts.add(row);
    row.parent = static_cast<std::int32_t>(id);
    row.id = id + 1;
    row.name = directive;
    row.args = value;
    memory_.facts.add(row);
  }

  // "target as user: allowed" of each open that was judged as www-data before.
  std::string judged(const std::vector<std::string>& targets) {
    auto survey = memory_.open();
    survey.document_roots = roots_;
    const Actor child{"apache", "apache child",
                      survey.accounts.become(*survey.accounts.user("www-data"))};
    survey.apache_child = child;
    for (const auto& target : targets)
      survey.open(child, {.path = target,
                          .place = Survey::whole_file(target),
                          .purpose = "content",
                          .moment = "request",
                          .effect = "HTTP 403"});
    find_assigned_users(survey);
    std::vector<std::string> lines;
    for (const auto& row : memory_.facts.rows<facts::Access>())
      lines.push_back(row.target + " as " + row.user + (row.allowed ? ": allowed" : ": refused"));
    std::ranges::sort(lines);
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
  }

  static constexpr auto* kFile = "/etc/apache2/apache2.conf";
  std::vector<DocumentRoot> roots_;
};

TEST_F(UsersOfVirtualHosts, OpenWhatTheirRequestsOpen) {
  host(10, 100, "/srv/shop", "shop shop");
  host(20, 200, "/srv/plain", "");
  memory_.file("/srv/shop/own 0600 shop:shop", "");
  memory_.file("/srv/shop/of-www-data 0600 www-data:www-data", "");
  memory_.file("/srv/plain/of-shop 0600 shop:shop", "");
  memory_.file("/srv/plain/of-www-data 0600 www-data:www-data", "");
  memory_.file("/elsewhere 0600 shop:shop", "");
  EXPECT_EQ(judged({"/srv/shop/own", "/srv/shop/of-www-data", "/srv/plain/of-shop",
                    "/srv/plain/of-www-data", "/elsewhere"}),
            "/elsewhere as shop: allowed\n"
            "/srv/plain/of-shop as www-data: refused\n"
            "/srv/plain/of-www-data as www-data: allowed\n"
            "/srv/shop/of-www-data as shop: refused\n"
            "/srv/shop/own as shop: allowed\n");
}

TEST_F(UsersOfVirtualHosts, OfTheMainServerAreInheritedAndShared) {
  directive("assignuserid", "shop shop");
  host(10, 100, "/srv/a", "");
  host(20, 200, "/srv/both", "");
  host(30, 300, "/srv/both", "www-data www-data");
  memory_.file("/srv/a/of-www-data 0600 www-data:www-data", "");
  memory_.file("/srv/both/of-shop 0600 shop:shop", "");
  memory_.file("/srv/both/of-www-data 0600 www-data:www-data", "");
  EXPECT_EQ(judged({"/srv/a/of-www-data", "/srv/both/of-shop", "/srv/both/of-www-data"}),
            "/srv/a/of-www-data as shop: refused\n"
            "/srv/both/of-shop as shop: allowed\n"
            "/srv/both/of-www-data as www-data: allowed\n");
}

TEST_F(UsersOfVirtualHosts, OfDirectoriesAndOfUnknownFiles) {
  host(10, 100, "/srv/a", "www-data www-data");
  section(40, 10, "directory", "/srv/a/shop", "assignuserid", "shop #1001");
  host(20, 200, "/srv/b", "");
  section(50, 20, "location", "/shop", "assignuserid", "shop shop");
  memory_.file("/srv/a/of-shop 0600 shop:shop", "");
  memory_.file("/srv/a/shop/of-shop 0600 shop:shop", "");
  memory_.file("/srv/a/shop/of-www-data 0600 www-data:www-data", "");
  memory_.file("/srv/b/of-shop 0600 shop:shop", "");
  memory_.file("/srv/b/of-root 0600 root:root", "");
  EXPECT_EQ(judged({"/srv/a/of-shop", "/srv/a/shop/of-shop", "/srv/a/shop/of-www-data",
                    "/srv/b/of-shop", "/srv/b/of-root"}),
            "/srv/a/of-shop as www-data: refused\n"
            "/srv/a/shop/of-shop as shop: allowed\n"
            "/srv/a/shop/of-www-data as shop: refused\n"
            "/srv/b/of-root as shop: refused\n"
            "/srv/b/of-shop as shop: allowed\n");
}

// Whom an expression names is seen at the request alone: a refusal would be a guess.
TEST_F(UsersOfVirtualHosts, OfAnExpressionAreNotGuessed) {
  host(10, 100, "/srv/a", "%{reqenv:OWNER}", "assignuseridexpr");
  memory_.file("/srv/a/of-shop 0600 shop:shop", "");
  memory_.file("/srv/a/of-www-data 0600 www-data:www-data", "");
  EXPECT_EQ(judged({"/srv/a/of-shop", "/srv/a/of-www-data"}),
            "/srv/a/of-www-data as www-data: allowed\n");
  EXPECT_EQ(memory_.facts.rows<facts::BlindSpot>().size(), 1U);
}

// mod_ruid2: numbers below RMinUidGid become the server's user, and the floor of the main server
// is not that of its hosts.
TEST_F(UsersOfVirtualHosts, OfRuid2HaveAFloor) {
  directive("rminuidgid", "#0 #0");
  host(10, 100, "/srv/root", "root root", "ruidgid");
  host(20, 200, "/srv/shop", "shop shop", "ruidgid");
  host(30, 300, "/srv/low", "root root", "ruidgid");
  section(60, 30, "ifmodule", "ruid2_module", "rminuidgid", "#0 #0");
  memory_.file("/srv/root/of-root 0600 root:root", "");
  memory_.file("/srv/root/of-www-data 0600 www-data:www-data", "");
  memory_.file("/srv/shop/of-group-www-data 0640 root:www-data", "");
  memory_.file("/srv/low/of-root 0600 root:root", "");
  EXPECT_EQ(judged({"/srv/root/of-root", "/srv/root/of-www-data", "/srv/shop/of-group-www-data",
                    "/srv/low/of-root"}),
            "/srv/low/of-root as root: allowed\n"
            "/srv/root/of-root as www-data: refused\n"
            "/srv/root/of-www-data as www-data: allowed\n"
            "/srv/shop/of-group-www-data as shop: allowed\n");
  EXPECT_EQ(memory_.facts.rows<facts::Worker>().size(), 2U) << "the first host's is no worker";
}

TEST_F(UsersOfVirtualHosts, OfRuid2AreTheOwnersOfFiles) {
  host(10, 100, "/srv/a", "stat", "rmode");
  host(20, 200, "/srv/b", "@none", "rgroups");
  memory_.file("/srv/a/of-shop 0600 shop:shop", "");
  memory_.file("/srv/a/of-root 0600 root:root", "");
  memory_.file("/srv/b/of-www-data 0600 www-data:www-data", "");
  EXPECT_EQ(judged({"/srv/a/of-shop", "/srv/a/of-root", "/srv/b/of-www-data"}),
            "/srv/a/of-root as www-data: refused\n"
            "/srv/a/of-shop as shop: allowed\n"
            "/srv/b/of-www-data as www-data: allowed\n");
}

// The names that a request opens begin below that directory.
TEST_F(UsersOfVirtualHosts, InADirectoryOfTheirOwnAreNotGuessed) {
  host(10, 100, "/srv/a", "/srv /a", "rdocumentchroot");
  memory_.file("/srv/a/of-root 0600 root:root", "");
  memory_.file("/srv/a/of-www-data 0600 www-data:www-data", "");
  EXPECT_EQ(judged({"/srv/a/of-root", "/srv/a/of-www-data"}),
            "/srv/a/of-www-data as www-data: allowed\n");
  EXPECT_EQ(memory_.facts.rows<facts::BlindSpot>().size(), 1U);
}

TEST_F(UsersOfVirtualHosts, ThatAreNotThereStopTheStart) {
  directive("assignuserid", "shop shop");
  directive("assignuserid", "shpo shop");
  auto survey = memory_.open();
  find_assigned_users(survey);
  ASSERT_EQ(memory_.facts.rows<facts::Worker>().size(), 1U);
  EXPECT_EQ(memory_.facts.rows<facts::Worker>()[0].user, "shop");
  ASSERT_EQ(memory_.facts.rows<facts::Reference>().size(), 1U);
  EXPECT_EQ(memory_.facts.rows<facts::Reference>()[0].as_written, "shpo");
}

}  // namespace
}  // namespace stackaudit::stack
