// What a command of root runs, by its words.
#include "stack/commands.hpp"

#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

class Commands : public testing::Test {
 protected:
  Commands() {
    for (const char* path : {"/srv/app/bin/clean.sh", "/srv/app/cron.php", "/srv/app/bin/clean",
                             "/usr/bin/php", "/etc/hooks/one", "/srv/app/out.log", "/srv/app/data"})
      tree_.add(std::string(path) + " 0755 root:root");
  }

  std::string run(std::string_view text, CommandContext context = {}) const {
    std::string result;
    for (const auto& one : run_by(tree_, text, std::move(context)))
      result += one.path + (one.directory ? "/ " : " ");
    return result;
  }

  tree::MemoryTree tree_;
};

TEST_F(Commands, AbsolutePathsThatAreFiles) {
  EXPECT_EQ(run("/usr/bin/php -q /srv/app/cron.php --to=/srv/app/out.log"),
            "/usr/bin/php /srv/app/cron.php ");
  EXPECT_EQ(run("flock -n /tmp/x php /srv/app/cron.php"), "/srv/app/cron.php ");
  EXPECT_EQ(run("tool > /srv/app/data 2>&1"), "");
}

TEST_F(Commands, RelativeOnesAfterCd) {
  EXPECT_EQ(run("cd /srv/app && ./bin/clean.sh >/dev/null 2>&1"), "/srv/app/bin/clean.sh ");
  EXPECT_EQ(run("cd /srv/app; php cron.php"), "/srv/app/cron.php ");
  EXPECT_EQ(run("cd /srv/app; tar cf x data"), "");
  EXPECT_EQ(run("/bin/sh -c 'cd /srv/app && exec php cron.php'"), "/srv/app/cron.php ");
  EXPECT_EQ(run("sh -ec \"cd /srv/app; ./bin/clean.sh\""), "/srv/app/bin/clean.sh ");
  EXPECT_EQ(run("./bin/clean.sh"), "");
  EXPECT_EQ(run("bin/clean.sh", {"/srv/app", {}}), "/srv/app/bin/clean.sh ");
}

TEST_F(Commands, ItsOwnPath) {
  EXPECT_EQ(run("A=1 clean --all", {"", {"/nowhere", "/etc/hooks", "/srv/app/bin"}}),
            "/etc/hooks/ /srv/app/bin/ /srv/app/bin/clean ");
  EXPECT_EQ(run("clean --all"), "");
}

TEST_F(Commands, RunParts) {
  EXPECT_EQ(run("if true; then run-parts --report /etc/hooks; fi"), "/etc/hooks/ /etc/hooks/one ");
}

}  // namespace
}  // namespace stackaudit::stack
