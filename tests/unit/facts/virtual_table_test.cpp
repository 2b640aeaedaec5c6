// Rows through SQL. The oracle for look-ups is SQLite itself: "(a = b) is true" cannot be taken
// over by the table, so it is decided row by row.
#include "support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

namespace stackaudit::facts {
namespace {

Store sample() {
  Store facts;
  const auto listener = [&](std::string service, std::string address,
                            std::optional<std::int64_t> port, bool tls) {
    Listener row;
    row.path = "/etc/" + service + ".conf";
    row.line = 3;
    row.service = std::move(service);
    row.address = std::move(address);
    row.port = port;
    row.tls = tls;
    facts.add(std::move(row));
  };
  listener("nginx", "*", 80, false);
  listener("nginx", "::", 443, true);
  listener("apache", "*", 80, false);
  listener("php-fpm", "", std::nullopt, false);
  return facts;
}

TEST(VirtualTable, GivesEveryMemberItsType) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts,
                "select path, line, column, service, port, tls, typeof(path), typeof(line), "
                "typeof(tls), typeof(column) from listener where port = 443"),
            "/etc/nginx.conf|3|NULL|nginx|443|1|text|integer|integer|null");
}

TEST(VirtualTable, AnEmptyStringIsNotNull) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts, "select service from listener where address is null"), "");
  EXPECT_EQ(ask(facts, "select service, port from listener where address = ''"), "php-fpm|NULL");
}

TEST(VirtualTable, KeepsTheOrderOfTheRowsInALookup) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts, "select rowid, service from listener where port = 80"), "0|nginx;2|apache");
}

TEST(VirtualTable, NullEqualsNothing) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts, "select count(*) from listener where port = NULL"), "0");
  EXPECT_EQ(ask(facts, "select count(*) from listener where port is NULL"), "1");
  EXPECT_EQ(ask(facts, "select count(*) from listener a join listener b on a.port = b.port"), "5");
}

TEST(VirtualTable, InTakesEachValueOnce) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts, "select count(*) from listener where port in (80, 80, 443, NULL)"), "3");
  EXPECT_EQ(ask(facts,
                "select service from listener where service in "
                "(select service from listener where tls) order by port"),
            "nginx;nginx");
}

TEST(VirtualTable, NotExists) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts,
                "select service from listener a where not exists "
                "(select 1 from listener b where b.service = a.service and b.port = 80)"),
            "php-fpm");
}

TEST(VirtualTable, OuterJoinsKeepWhatHasNoPartner) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts,
                "select a.service, b.port from listener a left join listener b "
                "on b.port = a.port + 363 order by 1, 2"),
            "apache|443;nginx|NULL;nginx|443;php-fpm|NULL");
}

TEST(VirtualTable, OtherCollationsAreNotLookedUp) {
  const auto facts = sample();
  EXPECT_EQ(ask(facts, "select count(*) from listener where service = 'NGINX'"), "0");
  EXPECT_EQ(ask(facts, "select count(*) from listener where service = 'NGINX' collate nocase"),
            "2");
  EXPECT_EQ(ask(facts, "select count(*) from listener where service = 'nginx  ' collate rtrim"),
            "2");
}

TEST(VirtualTable, EveryTableAnswers) {
  const Store facts;
  Database database(facts);
  facts.for_each([&]<class Row>(const std::vector<Row>&) {
    const auto answer = database.run(fmt::format("select * from {}", Table<Row>::name));
    EXPECT_FALSE(answer.error.has_value()) << Table<Row>::name << ": " << answer.error->message;
    EXPECT_EQ(answer.columns.size(), Table<Row>::columns.size());
  });
}

TEST(VirtualTable, PolicyTablesComeFromThePolicy) {
  const Store facts;
  Store policy;
  PolicyMonitored row;
  row.service = "nginx";
  policy.add(row);
  EXPECT_EQ(dump(Database(facts, &policy).run("select service from policy_monitored")), "nginx");
  EXPECT_EQ(dump(Database(facts).run("select service from policy_monitored")), "");
}

// Values whose comparison depends on affinity: '7' = 7, '07' = 7 only against a number.
constexpr std::array kTexts{"7", "07", "7.0", " 7", "7x", "7e0", "", "a", "A", "70"};
constexpr std::array kLiterals{"7",
                               "'7'",
                               "'07'",
                               "7.0",
                               "'7.0'",
                               "7.5",
                               "' 7'",
                               "'7x'",
                               "'7e0'",
                               "x'37'",
                               "NULL",
                               "''",
                               "'a'",
                               "-1",
                               "9223372036854775807",
                               "9223372036854775808",
                               "1e300"};

Store affinities() {
  Store facts;
  std::int64_t number = 0;
  for (const auto* text : kTexts) {
    Directive row;
    row.name = text;
    row.args = text;
    row.id = number;
    if (number % 4 != 0) row.parent = number;
    facts.add(row);
    ++number;
  }
  return facts;
}

TEST(VirtualTable, LookupsAgreeWithSqliteAboutAffinity) {
  const auto facts = affinities();
  Database database(facts);
  for (const auto* column : {"name", "parent"})
    for (const auto* literal : kLiterals) {
      const auto by = [&](const char* form) {
        const auto condition = fmt::format(fmt::runtime(form), column, literal);
        return dump(database.run("select id from directive where " + condition));
      };
      EXPECT_EQ(by("{} = {}"), by("({} = {}) is true")) << column << " = " << literal;
    }
}

TEST(VirtualTable, JoinsAgreeWithSqliteAboutAffinity) {
  const auto facts = affinities();
  Database database(facts);
  for (const auto* pair : {"a.name = b.parent", "a.parent = b.name", "a.name = b.name",
                           "a.parent = b.parent", "a.name = b.id", "a.parent = b.args"}) {
    const auto by = [&](const std::string& condition) {
      return dump(database.run("select a.id, b.id from directive a join directive b on " +
                               condition + " order by 1, 2"));
    };
    EXPECT_EQ(by(pair), by(fmt::format("({}) is true", pair))) << pair;
  }
}

}  // namespace
}  // namespace stackaudit::facts
