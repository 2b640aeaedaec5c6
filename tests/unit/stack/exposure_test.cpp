// Who may change what, and who may read secrets, from facts that readers left.
#include "stack/rights/rights.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack {
namespace {

class Exposed : public testing::Test {
 protected:
  Exposed() {
    tree_.add("/etc/passwd 0644 root:root",
              "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n"
              "deploy:x:1000:1000::/home/deploy:/bin/sh\nadmin:x:1001:1001::/:/bin/sh\n"
              "app:x:997:997::/:/bin/sh\n");
    tree_.add("/etc/group 0644 root:root",
              "root:x:0:\nshadow:x:42:www-data\nwww-data:x:33:\ndeploy:x:1000:\nsudo:x:27:admin\n"
              "admin:x:1001:\nweb:x:50:deploy,app\nempty:x:51:\napp:x:997:\n");
    tree_.add("/etc/nginx/nginx.conf 0644 root:root");
    tree_.add("/srv/www/index.php 0644 root:root");
  }

  // "kind path: writer via component [mode of the cure] flags", a line each, sorted.
  std::string writable() {
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(tree_, sources, facts);
    facts::Worker worker;
    worker.service = "nginx";
    worker.user = "www-data";
    worker.uid = worker.gid = 33;
    facts.add(worker);
    for (const auto& [path, role] : roles_) survey.note_file(path, "nginx", role);
    for (const auto& root : roots_) survey.document_roots.push_back({root, "nginx", {}, "", 1});
    find_exposed_files(survey);
    std::vector<std::string> lines;
    for (const auto& row : facts.rows<facts::Writable>()) {
      auto line =
          row.kind + " " + row.path + ": " + row.writer + " " + row.via + " " + row.component;
      if (row.mended_mode) {
        char mode[16];
        std::snprintf(mode, sizeof mode, " [%04o]", static_cast<unsigned>(*row.mended_mode));
        line += mode;
      }
      if (row.by_worker) line += " worker";
      if (row.by_administrator) line += " administrator";
      if (row.by_person) line += " person";
      if (row.privileged) line += " privileged";
      lines.push_back(line);
    }
    std::ranges::sort(lines);
    std::string text;
    for (const auto& line : lines) text += line + "\n";
    return text;
  }

  tree::MemoryTree tree_;
  std::vector<std::pair<std::string, std::string>> roles_{
      {"/etc/nginx/nginx.conf", "configuration"}, {"/srv/www/index.php", "php"}};
  std::vector<std::string> roots_{"/srv/www"};
};

TEST_F(Exposed, NothingOnAKeptServer) {
  EXPECT_EQ(writable(), "");
}

TEST_F(Exposed, EveryoneByTheFile) {
  tree_.add("/etc/nginx/nginx.conf 0666 root:root");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: everyone other /etc/nginx/nginx.conf [0644] "
            "privileged\n");
}

TEST_F(Exposed, NotThroughAClosedDirectory) {
  tree_.add("/etc/nginx 0750 root:root dir");
  tree_.add("/etc/nginx/nginx.conf 0666 root:root");
  EXPECT_EQ(writable(), "");
}

TEST_F(Exposed, ThroughADirectoryUnlessSticky) {
  tree_.add("/etc/nginx 0777 root:root dir");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: everyone other /etc/nginx [0755] privileged\n");
  tree_.add("/etc/nginx 1777 root:root dir");
  EXPECT_EQ(writable(), "");
}

TEST_F(Exposed, AStickyDocumentRootStillTakesNewFiles) {
  tree_.add("/srv/www 1777 root:root dir");
  EXPECT_EQ(writable(), "web-root /srv/www: everyone other /srv/www [1755]\n");
}

TEST_F(Exposed, OwnersCountWhateverTheModeSays) {
  tree_.add("/etc/nginx/nginx.conf 0444 deploy:root");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: deploy owner /etc/nginx/nginx.conf person "
            "privileged\n");
  tree_.add("/etc/nginx/nginx.conf 0444 admin:root");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: admin owner /etc/nginx/nginx.conf administrator "
            "person privileged\n");
  tree_.add("/etc/nginx/nginx.conf 0644 4711:root");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: #4711 owner /etc/nginx/nginx.conf person "
            "privileged\n");
}

TEST_F(Exposed, TheOutermostRightIsNamedOnce) {
  tree_.add("/etc/nginx 0755 deploy:deploy dir");
  tree_.add("/etc/nginx/nginx.conf 0644 deploy:deploy");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: deploy owner /etc/nginx person privileged\n");
}

TEST_F(Exposed, GroupsCountThroughTheirMembers) {
  tree_.add("/srv/www/index.php 0664 root:www-data");
  tree_.add("/etc/nginx/nginx.conf 0664 root:web");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: group web group /etc/nginx/nginx.conf [0644] "
            "person privileged\n"
            "php /srv/www/index.php: www-data group /srv/www/index.php [0644] worker\n");
  tree_.add("/srv/www/index.php 0664 root:empty");
  tree_.add("/etc/nginx/nginx.conf 0664 root:root");
  EXPECT_EQ(writable(), "");
}

TEST_F(Exposed, AclsCountWithTheirMask) {
  tree_.add("/etc/nginx/nginx.conf 0640 root:root acl u:deploy:rw,g:web:rw,m::rw");
  EXPECT_EQ(writable(),
            "configuration /etc/nginx/nginx.conf: deploy acl /etc/nginx/nginx.conf person "
            "privileged\n"
            "configuration /etc/nginx/nginx.conf: group web acl /etc/nginx/nginx.conf person "
            "privileged\n");
  tree_.add("/etc/nginx/nginx.conf 0640 root:root acl u:deploy:rw,g:web:rw,m::r");
  EXPECT_EQ(writable(), "");
}

TEST_F(Exposed, ThePathOfALinkCountsToo) {
  tree_.add("/home/deploy 0755 deploy:deploy dir");
  tree_.add("/home/deploy/site.conf 0644 root:root");
  tree_.add("/etc/nginx/site.conf -> /home/deploy/site.conf");
  roles_.emplace_back("/etc/nginx/site.conf", "configuration");
  EXPECT_EQ(writable(),
            "configuration /home/deploy/site.conf: deploy owner /home/deploy person privileged\n");
}

TEST_F(Exposed, WorldWritableContentBelowADocumentRoot) {
  tree_.add("/srv/www/up 0777 www-data:www-data dir");
  tree_.add("/srv/www/a.css 0666 root:root");
  EXPECT_EQ(writable(),
            "content /srv/www/a.css: everyone other /srv/www/a.css [0644]\n"
            "web-directory /srv/www/up: everyone other /srv/www/up [0755]\n");
}

TEST_F(Exposed, SecretsAndMemberships) {
  tree_.add("/etc/ssl/a.key 0644 root:root");
  tree_.add("/etc/private 0700 root:root dir");
  tree_.add("/etc/private/b.key 0644 root:root");
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree_, sources, facts);
  facts::Worker worker;
  worker.user = "www-data";
  worker.uid = 33;
  facts.add(worker);
  for (const char* path : {"/etc/ssl/a.key", "/etc/private/b.key"}) {
    facts::Reference row;
    row.path = "/etc/nginx/nginx.conf";
    row.line = 7;
    row.kind = "key";
    row.resolved = path;
    row.state = "found";
    facts.add(row);
  }
  find_exposed_files(survey);
  ASSERT_EQ(facts.rows<facts::Readable>().size(), 1U);
  const auto& row = facts.rows<facts::Readable>()[0];
  EXPECT_EQ(row.path + " " + row.kind + " " + row.named_in,
            "/etc/ssl/a.key key /etc/nginx/nginx.conf");
  EXPECT_EQ(row.mended_mode, 0640);
  std::string powers;
  for (const auto& member : facts.rows<facts::Membership>())
    if (!member.gives.empty())
      powers += member.path + ":" + std::to_string(*member.line) + " " + member.user + " " +
                member.group_name + (member.worker ? " worker" : "") + "\n";
  EXPECT_EQ(powers,
            "/etc/passwd:1 root root\n/etc/group:2 www-data shadow worker\n"
            "/etc/group:5 admin sudo\n");
}

}  // namespace
}  // namespace stackaudit::stack
