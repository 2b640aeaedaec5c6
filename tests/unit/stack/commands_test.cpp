// What a command of root runs, by its words.
#include "stack/jobs/commands.hpp"

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

TEST_F(Commands, DataIsNotObeyed) {
  EXPECT_EQ(run("cp -p /srv/app/data /var/backups/"), "");
  EXPECT_EQ(run("/usr/bin/php -v; /bin/rm -f /srv/app/data"), "/usr/bin/php ");
  EXPECT_EQ(run("[ -s /srv/app/data ] && tar -czf /x.tgz /srv/app/data"), "");
  EXPECT_EQ(run("php -r 'echo filesize(\"/srv/app/data\");'"), "");
  EXPECT_EQ(run("flock -n /tmp/x cp /srv/app/data /x"), "");
  EXPECT_EQ(run("tool /srv/app/data"), "/srv/app/data ");
  EXPECT_FALSE(run_by(tree_, "tool --input /srv/app/data")[0].executed);
  EXPECT_TRUE(run_by(tree_, "tool --config=/srv/app/data")[0].executed);
}

TEST_F(Commands, SomebodyElsesCommands) {
  EXPECT_EQ(run("su -s /bin/sh app -c '/srv/app/bin/clean.sh; ./bin/clean'"), "");
  EXPECT_EQ(run("flock /tmp/x runuser -u app -- /srv/app/bin/clean"), "");
  EXPECT_EQ(run("sudo -nu app /srv/app/bin/clean"), "");
  EXPECT_EQ(run("sudo --user=app php /srv/app/cron.php\n/srv/app/bin/clean"),
            "/srv/app/bin/clean ");
  EXPECT_EQ(run("sudo -n /srv/app/bin/clean"), "/srv/app/bin/clean ");
  EXPECT_EQ(run("start-stop-daemon --start --chuid app --exec /srv/app/bin/clean"), "");
  EXPECT_EQ(run("systemd-run -p User=app /srv/app/bin/clean"), "");
  EXPECT_EQ(run("ssh store /srv/app/bin/clean; docker exec web /srv/app/bin/clean"), "");
}

TEST_F(Commands, AllThatADirectoryHas) {
  EXPECT_EQ(run("for f in /srv/app/bin/*.sh; do sh \"$f\"; done"), "/srv/app/bin/ ");
  EXPECT_EQ(run("for f in /srv/app/bin/*.sh\ndo\n  ${f} --now\ndone"), "/srv/app/bin/ ");
  EXPECT_EQ(run("for f in /srv/app/bin/*; do gzip \"$f\"; done"), "");
  EXPECT_EQ(run("find /srv/app/bin -name '*.sh' -exec sh {} \\;"), "/srv/app/bin/ ");
  EXPECT_EQ(run("find /srv/app/bin -type f -exec {} --now \\;"), "/srv/app/bin/ ");
  EXPECT_EQ(run("find /srv/app/bin -mtime +7 -exec rm {} +"), "");
  EXPECT_EQ(run("php /srv/app/bin/*.php"), "/srv/app/bin/ ");
}

TEST_F(Commands, WhatWasLoopedOverBeforeIsForgotten) {
  EXPECT_EQ(run("for f in /etc/hooks/*; do gzip \"$f\"; done\n"
                "for f in /srv/app/bin/*.sh; do sh \"$f\"; done"),
            "/srv/app/bin/ ");
  EXPECT_EQ(run("find /etc/hooks -delete; find /srv/app/bin -exec sh {} \\;"), "/srv/app/bin/ ");
}

TEST_F(Commands, RootsOwnBySu) {
  EXPECT_EQ(run("su -c '/srv/app/bin/clean'"), "/srv/app/bin/clean ");
  EXPECT_EQ(run("sudo -u root /srv/app/bin/clean"), "/srv/app/bin/clean ");
  EXPECT_EQ(run("systemctl reload ssh && /srv/app/bin/clean"), "/srv/app/bin/clean ");
  EXPECT_EQ(run("docker ps >/dev/null; /srv/app/bin/clean"), "/srv/app/bin/clean ");
  EXPECT_EQ(run("echo User gone && /srv/app/bin/clean"), "/srv/app/bin/clean ");
}

TEST_F(Commands, LinesThatGoOnAreOne) {
  EXPECT_EQ(run("cp -a \\\n  /srv/app/cron.php \\\n  /backup/"), "");
  EXPECT_EQ(run("cat <<EOF\n/srv/app/cron.php\nEOF\n/srv/app/bin/clean"), "/srv/app/bin/clean ");
}

TEST_F(Commands, SettingsAreOfTheNextWordAlone) {
  EXPECT_FALSE(run_by(tree_, "tool --config $CONF /srv/app/data")[0].executed);
  EXPECT_EQ(run("pg_dump --file=/srv/app/data"), "");
  EXPECT_EQ(run("awk -f /srv/app/data /etc/hosts"), "/srv/app/data ");
}

TEST_F(Commands, VariablesOfPaths) {
  EXPECT_EQ(run("DIR=/srv/app; php ${DIR}/cron.php"), "/srv/app/cron.php ");
  EXPECT_EQ(run("CONF=\"/srv/app/data\"\n[ -r \"$CONF\" ] && . \"$CONF\""), "/srv/app/data ");
  EXPECT_EQ(run("DB=/srv/app/data; cp \"$DB\" /x"), "");
  EXPECT_EQ(run("$OTHER/cron.php"), "");
}

}  // namespace
}  // namespace stackaudit::stack
