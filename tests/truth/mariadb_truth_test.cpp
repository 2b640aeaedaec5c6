// Options of MariaDB's server asked of the server itself: what it does not know must be a problem
// of the option file, and what it takes none. Nothing is started: it only prints its help.
#include "support/process.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <set>
#include <span>
#include <string>
#include <utility>

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

// All lines in the option file of one root, and those of them at which a rule finds something.
class OptionFile {
 public:
  explicit OptionFile(std::span<const char* const> lines) {
    home_.write("etc/nginx/nginx.conf", "events {}\n");
    home_.write("usr/sbin/mariadbd", test::run({"cat", "/usr/sbin/mariadbd"}).out);
    std::string text = "[mysqld]\n";
    for (const std::string line : lines) text += line + "\n";
    home_.write("etc/mysql/my.cnf", text);
    const auto output = test::run({STACKAUDIT_BINARY, "--root", home_.path().string(), "--format",
                                   "json", "--allow-incomplete", "/etc"});
    const auto report = nlohmann::json::parse(output.out);
    for (const auto& finding : report.at("findings"))
      if (finding.at("line").is_number() && finding.at("path") == "/etc/mysql/my.cnf")
        told_.emplace(finding.at("rule"), finding.at("line").get<std::size_t>());
  }

  [[nodiscard]] bool tells(const std::string& rule, std::size_t number) const {
    return told_.contains({rule, number + 2});
  }

  // What the server says of one line alone.
  [[nodiscard]] std::string server_says(const std::string& line) const {
    const auto file = home_.write("one.cnf", "[mysqld]\n" + line + "\n");
    return test::run({"mariadbd", "--defaults-file=" + file, "--user=mysql", "--help", "--verbose"})
        .both();
  }

 private:
  test::TempDir home_;
  std::set<std::pair<std::string, std::size_t>> told_;
};

TEST(MariadbTruth, OptionsThatTheServerRefusesAreTold) {
  if (!test::installed("mariadbd")) GTEST_SKIP() << "MariaDB is not installed";
  const OptionFile file(kLines);
  for (std::size_t i = 0; i < kLines.size(); ++i) {
    const bool refused =
        file.server_says(kLines[i]).find("[ERROR] mariadbd: unknown ") != std::string::npos;
    EXPECT_EQ(file.tells("mariadb-option-unknown", i), refused) << kLines[i];
  }
}

// Values: each line alone, as the server with its help reads it.
constexpr std::array<const char*, 43> kValues{"max_connections = 60",
                                              "max_connections = 60x",
                                              "max_connections = 6 0",
                                              "max_connections = 0x10",
                                              "max_connections =",
                                              "max_connections",
                                              "max_connections = '60'",
                                              "key_buffer_size = 16m",
                                              "key_buffer_size = 16MB",
                                              "key_buffer_size = 16 MB",
                                              "key_buffer_size = 1.5G",
                                              "innodb_buffer_pool_size = 128MB",
                                              "innodb_buffer_pool_size = lots",
                                              "innodb_flush_method = O_DIRECTT",
                                              "innodb_flush_method = o_direct",
                                              "long_query_time = 0.5",
                                              "long_query_time = 2s",
                                              "long_query_time = 1e1",
                                              "binlog_format = ROWS",
                                              "binlog_format = row",
                                              "binlog_format = RO",
                                              "binlog_format = 1",
                                              "event_scheduler = ON",
                                              "event_scheduler = true",
                                              "query_cache_type = 0",
                                              "query_cache_type = NEVER",
                                              "transaction-isolation = READ-COMMITTED",
                                              "transaction-isolation = READ_COMMITTED",
                                              "log_output = FILE,TABLE",
                                              "log_output = FILE, TABLE",
                                              "log_output = FILES",
                                              "sql_mode =",
                                              "sql_mode = TRADITIONAL,NO_ZERO_DATE",
                                              "sql_mode = STRICT_TRANS_TABLES,NO_SUCH",
                                              "tls_version = TLSv1.2,TLSv1.3",
                                              "tls_version = TLSv1.4",
                                              "character-set-server = utf8mb4",
                                              "character-set-server = utf-8",
                                              "collation-server = latin1_swedish_ci",
                                              "collation-server = latin1_swedish",
                                              "slow_query_log = 1",
                                              "slow_query_log = yes",
                                              "innodb_file_per_table = yes"};

// Another character set before it would make it right.
constexpr std::array kOfNoSet{"collation-server = utf8mb4_unicode_ci"};

void compare_values(std::span<const char* const> values) {
  const OptionFile file(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto asked = file.server_says(values[i]);
    const auto says = [&](std::string_view what) { return asked.find(what) != std::string::npos; };
    const bool refused = says("while setting value") || says("requires an argument") ||
                         says("not a compiled character set") || says("nknown collation") ||
                         says("is not valid for CHARACTER SET");
    const bool misread = says("wasn't recognized") || says("due to invalid value");
    EXPECT_EQ(file.tells("mariadb-value-refused", i), refused) << values[i];
    EXPECT_EQ(file.tells("mariadb-value-misread", i), misread) << values[i];
  }
}

TEST(MariadbTruth, ValuesThatTheServerRefusesAreTold) {
  if (!test::installed("mariadbd")) GTEST_SKIP() << "MariaDB is not installed";
  compare_values(kValues);
  compare_values(kOfNoSet);
}

// The first file must be right; one that it includes is left at its first mistake.
TEST(MariadbTruth, FilesWithMistakesEndThere) {
  if (!test::installed("mariadbd")) GTEST_SKIP() << "MariaDB is not installed";
  for (const std::string text : {"max_connections = 60\n", "[mysqld\nmax_connections = 60\n"}) {
    const test::TempDir home;
    const auto root = home.path().string();
    home.write("etc/nginx/nginx.conf", "events {}\n");
    home.write("usr/sbin/mariadbd", "");
    const auto ask = [](const std::string& file) {
      return test::run({"mariadbd", "--defaults-file=" + file, "--help", "--verbose"}).both();
    };
    const auto audit = [&] {
      return test::run({STACKAUDIT_BINARY, "--root", root, "--allow-incomplete", "/etc"}).out;
    };
    const auto file = home.write("etc/mysql/my.cnf", text);
    EXPECT_NE(ask(file).find("Fatal error in defaults handling"), std::string::npos) << text;
    EXPECT_NE(audit().find("mariadb-file-refused"), std::string::npos) << text;
    home.write("etc/mysql/conf.d/a.cnf", text);
    home.write("etc/mysql/my.cnf", "!includedir " + root + "/etc/mysql/conf.d\n");
    const auto asked = ask(file);
    EXPECT_EQ(asked.find("Fatal error in defaults handling"), std::string::npos) << asked;
    EXPECT_EQ(asked.find("max-connections                                              60"),
              std::string::npos);
    home.write("etc/mysql/my.cnf", "!includedir /etc/mysql/conf.d\n");
    EXPECT_NE(audit().find("mariadb-option-without-group"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace stackaudit
