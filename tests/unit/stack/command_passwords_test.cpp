// Passwords in commands, told from options and settings that only look like them.
#include "stack/secrets/secret_values.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

TEST(CommandPasswords, AreWhatStandsThere) {
  EXPECT_TRUE(holds_command_password("mysqldump -u shop -pk7lantern shop > /root/shop.sql"));
  EXPECT_TRUE(holds_command_password("/usr/bin/mariadb-dump --password='k7 lantern' shop"));
  EXPECT_TRUE(holds_command_password("docker exec db mysqldump -uroot -pk7lantern shop"));
  EXPECT_TRUE(holds_command_password("export MYSQL_PWD=k7lantern"));
  EXPECT_TRUE(holds_command_password("db_pass=\"k7lantern\"; mysql -p\"$db_pass\""));
  EXPECT_TRUE(holds_command_password("curl -s -u backup:k7lantern https://nas.example.net/"));
  EXPECT_TRUE(holds_command_password("sshpass -p k7lantern rsync -a /srv nas:"));
}

TEST(CommandPasswords, AreNotTakenFromElsewhere) {
  EXPECT_FALSE(holds_command_password("mysqldump --defaults-extra-file=/root/.my.cnf shop"));
  EXPECT_FALSE(holds_command_password("mysql -p\"$DB_PASS\" shop"));
  EXPECT_FALSE(holds_command_password("mysql -p shop"));
  EXPECT_FALSE(holds_command_password("MYSQL_PWD=$(cat /root/pw) mysqldump shop"));
  EXPECT_FALSE(holds_command_password("RESTIC_PASSWORD_FILE=/root/restic.pw restic backup /srv"));
  EXPECT_FALSE(holds_command_password("PASS=0; COMPASS=north7"));
  EXPECT_FALSE(holds_command_password("# mysqldump -pk7lantern shop"));
  EXPECT_FALSE(holds_command_password("mkdir -p/srv/backup && tar -pcf /srv/backup/a.tar /etc"));
  EXPECT_FALSE(holds_command_password("curl -u backup https://nas.example.net/"));
}

}  // namespace
}  // namespace stackaudit::stack
