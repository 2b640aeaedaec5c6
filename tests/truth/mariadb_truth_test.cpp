// Options of MariaDB's server asked of the server itself: what it does not know must be a problem
// of the option file, and what it takes none. Nothing is started: it only prints its help.
#include "support/process.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace stackaudit {
namespace {

constexpr std::array<const char*, 24> kLines{
    "innodb_buffer_pool_size = 64M",
    "innodb-buffer_pool-size = 64M",
    "innodb_bufer_pool_size = 64M",
    "max_connections = 60",
    "max_conections = 60",
    "key_buffer = 16M",
    "skip-name-resolve",
    "skip-nam-resolve",
    "loose_no_such_thing = 1",
    "enable-performance-schema",
    "disable-log-bin",
    "mysqlx_port = 33060",
    "server_audit_logging = ON",
    "rocksdb_block_cache_size = 64M",
    "innodb_file_format = Barracuda",
    "default_authentication_plugin = mysql_native_password",
    "caching_sha2_password_auto_generate_rsa_keys = 1",
    "binlog_expire_logs_seconds = 86400",
    "slow_query_log_file = /tmp/slow.log",
    "table_cache = 64",
    "thread_concurrency = 8",
    "query_cache_size = 0",
    "innodb_dedicated_server = ON",
    "event_scheduler = ON"};

TEST(MariadbTruth, OptionsThatTheServerRefusesAreTold) {
  if (!test::installed("mariadbd")) GTEST_SKIP() << "MariaDB is not installed";
  const test::TempDir home;
  const auto root = home.path().string();
  home.write("etc/nginx/nginx.conf", "events {}\n");
  home.write("usr/sbin/mariadbd", test::run({"cat", "/usr/sbin/mariadbd"}).out);
  for (const std::string line : kLines) {
    const auto file = home.write("etc/mysql/my.cnf", "[mysqld]\n" + line + "\n");
    const auto asked =
        test::run({"mariadbd", "--defaults-file=" + file, "--help", "--verbose"}).both();
    const bool refused = asked.find("[ERROR] mariadbd: unknown ") != std::string::npos;
    const auto told = test::run({STACKAUDIT_BINARY, "--root", root, "--select",
                                 "mariadb-option-unknown", "--allow-incomplete", "/etc"})
                          .out;
    EXPECT_EQ(told.find("mariadb-option-unknown") != std::string::npos, refused) << line << told;
  }
}

}  // namespace
}  // namespace stackaudit
