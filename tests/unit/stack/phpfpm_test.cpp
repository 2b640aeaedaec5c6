// php-fpm: includes, pools, sockets, accounts, extensions.
#include "stack/phpfpm/phpfpm.hpp"

#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kMain = "/etc/php/8.2/fpm/php-fpm.conf 0644 root:root";
constexpr std::string_view kPool = "/etc/php/8.2/fpm/pool.d/a.conf 0644 root:root";
constexpr std::string_view kInclude = "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.conf\n";

std::string dump(const MemorySurvey& memory) {
  return dump_problems(memory.facts) + dump_references(memory.facts) +
         dump_listeners(memory.facts) + dump_blind(memory.facts);
}

std::string read(MemorySurvey& memory, const std::string& main = "/etc/php/8.2/fpm/php-fpm.conf") {
  auto survey = memory.open();
  const auto systemd = read_systemd(survey);
  read_phpfpm(survey, systemd, {"php-fpm", main, false});
  std::string out = dump(memory);
  for (const auto& pool : survey.pools)
    out += "pool " + pool.name + " " + pool.listen + " " + pool.worker.who.name + "\n";
  return out;
}

std::string read_pool(std::string_view pool) {
  MemorySurvey memory;
  memory.file(kMain, kInclude).file(kPool, pool).file("/run/php 0755 root:root dir");
  auto out = read(memory);
  const std::string include =
      "/etc/php/8.2/fpm/php-fpm.conf:2 include /etc/php/8.2/fpm/pool.d/*.conf found optional\n";
  if (const auto at = out.find(include); at != std::string::npos) out.erase(at, include.size());
  for (const std::string path = "/etc/php/8.2/fpm/pool.d/a.conf";
       out.find(path) != std::string::npos;)
    out.replace(out.find(path), path.size(), "a");
  return out;
}

TEST(PhpFpmReader, AHealthyPool) {
  EXPECT_EQ(read_pool("[a]\nuser = www-data\nlisten = /var/run/php/$pool.sock\n"
                      "LISTEN.owner = www-data\npm = static\npm.max_children = 2\n"),
            "a:2 user www-data found\na:4 user www-data found\n"
            "a:3 runtime-directory /var/run/php/$pool.sock found\n"
            "a:3 php-fpm unix /run/php/a.sock www-data:www-data\n"
            "pool a unix:/run/php/a.sock www-data\n");
}

TEST(PhpFpmReader, AnImageAddsToThePoolOfItsPackage) {
  const auto found = [](std::string_view pool) {
    MemorySurvey memory;
    auto survey = memory.file("/src/php-fpm.conf 0644 root:root", pool).open();
    survey.brought.insert("/etc/passwd");
    read_phpfpm(survey, read_systemd(survey), {"php-fpm", "/src/php-fpm.conf", false});
    return dump_problems(memory.facts);
  };
  EXPECT_EQ(found("[www]\nclear_env = no\n"), "");
  EXPECT_NE(found("[www]\npm = static\npm.max_children = 2\n"), "");
}

TEST(PhpFpmReader, Addresses) {
  const auto listen = [](const std::string& address) {
    return read_pool("[a]\nuser=33\npm=static\npm.max_children=2\nlisten=" + address + "\n");
  };
  const std::string user = "a:2 user 33 found\n";
  EXPECT_EQ(listen("9000"),
            user + "a:5 php-fpm inet6 *:9000 4 6\npool a tcp:127.0.0.1:9000 www-data\n");
  EXPECT_EQ(listen("0.0.0.0:9000"),
            user + "a:5 php-fpm inet *:9000 4\npool a tcp:127.0.0.1:9000 www-data\n");
  EXPECT_EQ(listen("[::1]:9000"),
            user + "a:5 php-fpm inet6 ::1:9000 6\npool a tcp:[::1]:9000 www-data\n");
  EXPECT_EQ(listen("localhost:9000"),
            user + "a:5 php-fpm inet 127.0.0.1:9000 4\npool a tcp:127.0.0.1:9000 www-data\n");
  EXPECT_EQ(listen("127.0.0.1:0"),
            "a:5 error invalid port value '0'\n" + user +
                "a:5 php-fpm inet 127.0.0.1:0 4\npool a tcp:127.0.0.1:0 www-data\n");
}

TEST(PhpFpmReader, WhatPhpFpmRefuses) {
  EXPECT_EQ(read_pool("[a]\nuser=www-dat\ngroup=nosuch\nlisten=/srv/none/a.sock\npm=dynamic\n"
                      "pm.max_children=4\npm.min_spare_servers=1\npm.max_spare_servers=2\n"
                      "pm.start_servers=5\nchdir=/srv/none\n"),
            "a:9 error [pool a] pm.start_servers(5) must not be less than "
            "pm.min_spare_servers(1) and not greater than pm.max_spare_servers(2)\n"
            "a:2 user www-dat missing ~www-data\na:3 group nosuch missing\n"
            "a:10 chdir /srv/none missing\na:4 socket-directory /srv/none/a.sock missing\n"
            "a:4 php-fpm unix /srv/none/a.sock root:root\n");
}

TEST(PhpFpmReader, WhatIsRefusedWhileReadingHidesTheChecksOfThePool) {
  EXPECT_EQ(read_pool("[a\nuser=33\nlisten=9000\npm=static\nslowlg=/x\ndaemonize=no\n"),
            "a:1 error syntax error, unexpected end of file, expecting ']'\n"
            "a:5 error unknown entry 'slowlg' ~slowlog\n"
            "a:6 error unknown entry 'daemonize'\n"
            "a:2 user 33 found\na:3 php-fpm inet6 *:9000 4 6\n"
            "pool a tcp:127.0.0.1:9000 www-data\n");
}

TEST(PhpFpmReader, IncludesThatMatchNothingLeaveNoPool) {
  MemorySurvey memory;
  memory.file(kMain, "[global]\ninclude=/etc/php/8.2/fpm/pools.d/*.conf\n").file(kPool, "");
  EXPECT_EQ(read(memory),
            "/etc/php/8.2/fpm/php-fpm.conf:2 include /etc/php/8.2/fpm/pools.d/*.conf missing "
            "~/etc/php/8.2/fpm/pool.d/*.conf\n");
  MemorySurvey other;
  other.file(kMain, "[global]\ninclude=/etc/php/8.2/fpm/pool.d/*.cnf\n").file(kPool, "");
  EXPECT_EQ(read(other),
            "/etc/php/8.2/fpm/php-fpm.conf:2 include /etc/php/8.2/fpm/pool.d/*.cnf missing\n");
  MemorySurvey none;
  none.file(kMain, "[global]\n");
  EXPECT_EQ(read(none),
            "/etc/php/8.2/fpm/php-fpm.conf error No pool defined. at least one pool section must "
            "be specified in config file\n");
}

TEST(PhpFpmReader, APhpBuiltWithAPrefixOfItsOwnStartsThere) {
  MemorySurvey memory;
  memory
      .file("/usr/local/etc/php-fpm.conf 0644 root:root",
            "[global]\ninclude=etc/php-fpm.d/*.conf\n")
      .file("/usr/local/etc/php-fpm.d/www.conf 0644 root:root",
            "[www]\nuser=www-data\nlisten=9000\npm=static\npm.max_children=1\n");
  EXPECT_EQ(read(memory, "/usr/local/etc/php-fpm.conf"),
            "/usr/local/etc/php-fpm.conf:2 include etc/php-fpm.d/*.conf found optional\n"
            "/usr/local/etc/php-fpm.d/www.conf:2 user www-data found\n"
            "/usr/local/etc/php-fpm.d/www.conf:3 php-fpm inet6 *:9000 4 6\n"
            "pool www tcp:127.0.0.1:9000 www-data\n");
}

TEST(PhpFpmReader, ASharedAddressAndTheRootSwitch) {
  MemorySurvey memory;
  memory.file(kMain, kInclude)
      .file(kPool,
            "[a]\nuser=root\nlisten=9000\npm=static\npm.max_children=1\n"
            "[b]\nuser=www-data\nlisten=9000\npm=static\npm.max_children=1\n")
      .file("/usr/lib/systemd/system/php8.2-fpm.service 0644 root:root",
            "[Service]\nExecStart=/usr/sbin/php-fpm8.2 -R --fpm-config "
            "/etc/php/8.2/fpm/php-fpm.conf\n");
  const auto out = read(memory);
  EXPECT_NE(out.find("a.conf:8 error [pool b] unable to set listen address as it's already used "
                     "in another pool 'a'\n"),
            std::string::npos);
  const auto& workers = memory.facts.rows<facts::Worker>();
  ASSERT_EQ(workers.size(), 2U);
  EXPECT_TRUE(workers[0].root_allowed);
  EXPECT_EQ(workers[0].uid, 0);
  EXPECT_EQ(workers[0].line, 2);
}

// zend_ini_get_var() takes ${NAME} from the environment; what is not in it is empty.
TEST(PhpFpmReader, ValuesOutOfTheEnvironmentOfTheUnit) {
  const auto pools = [](const std::string& unit, const std::string& manager = "") {
    MemorySurvey memory;
    memory.file(kMain, kInclude)
        .file(kPool,
              "[a]\nuser = \"${POOL_USER}\"\nlisten = ${ADDRESS}:9000\npm=static\n"
              "pm.max_children=1\n")
        .file("/etc/systemd/system.conf 0644 root:root", manager)
        .file("/etc/systemd/system/php8.2-fpm.service 0644 root:root", unit);
    return read(memory);
  };
  const std::string starts =
      "Type=notify\nExecStart=/usr/sbin/php-fpm8.2 --nodaemonize --fpm-config "
      "/etc/php/8.2/fpm/php-fpm.conf\n";
  const std::string unset = "[Service]\nEnvironment=ADDRESS=127.0.0.1\n" + starts;
  const auto set = pools("[Service]\nEnvironment=POOL_USER=www-data ADDRESS=127.0.0.1\n" + starts);
  EXPECT_NE(set.find("pool a tcp:127.0.0.1:9000 www-data\n"), std::string::npos) << set;
  EXPECT_NE(pools(unset).find("a.conf:2 error [pool a] please specify user and group other than "
                              "root\n"),
            std::string::npos)
      << pools(unset);
  const auto unknown = pools(unset, "[Manager]\nDefaultEnvironment=POOL_USER=x\n");
  EXPECT_EQ(unknown.find("error"), std::string::npos) << unknown;
  EXPECT_EQ(unknown.find("pool a "), std::string::npos) << unknown;
}

TEST(PhpFpmReader, Extensions) {
  MemorySurvey memory;
  memory.file("/etc/php/8.2/fpm/php.ini 0644 root:root", "[PHP]\nextension=mysqli\n")
      .file("/etc/php/8.2/mods-available/redis.ini 0644 root:root", "; c\nextension=redis.so\n")
      .file("/etc/php/8.2/fpm/conf.d/20-redis.ini -> /etc/php/8.2/mods-available/redis.ini")
      .file("/usr/lib/php/20220829/mysqli.so 0644 root:root", "x");
  auto survey = memory.open();
  read_php_ini(survey, "fpm", "/etc/php/8.2/fpm",
               {"php-fpm", "php-fpm master", tree::root_principal()});
  EXPECT_EQ(dump(memory),
            "/etc/php/8.2/fpm/php.ini:2 extension mysqli found\n"
            "/etc/php/8.2/mods-available/redis.ini:2 extension redis.so missing\n");
  ASSERT_EQ(memory.facts.rows<facts::PhpExtension>().size(), 2U);
  EXPECT_FALSE(memory.facts.rows<facts::PhpExtension>()[1].loaded);
  EXPECT_EQ(memory.facts.rows<facts::PhpExtension>()[1].name, "redis");
}

}  // namespace
}  // namespace stackaudit::stack
