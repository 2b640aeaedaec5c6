// What a policy says, as the rows it becomes, and what is said about one that is not right.
#include "rules/policy.hpp"

#include "facts/database.hpp"
#include "rules/rule.hpp"
#include "text/frame.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stackaudit::rules {
namespace {

ParsedPolicy parse(std::string text, text::SourceMap& texts) {
  return parse_policy(texts.add("policy.toml", std::move(text)), texts);
}

std::string complaints(std::string text) {
  text::SourceMap texts;
  std::string out;
  for (const auto& problem : parse(std::move(text), texts).problems)
    out += text::render(texts, problem);
  return out;
}

std::string ask(const Policy& policy, std::string_view sql) {
  std::string out;
  for (const auto& row : facts::Database(policy.facts).run(sql).rows) {
    for (const auto& value : row) out += facts::to_text(value) + " ";
    out.back() = ';';
  }
  return out;
}

TEST(Policy, BecomesRows) {
  text::SourceMap texts;
  const auto parsed = parse(R"([nginx]
user   = "nginx"
listen = [8080, "127.0.0.1:8081", "[0:0::0]:8082"]
owner  = "root"
[apache]
[writers]
"/var/www/html/wp-config.php" = ["deploy", "ops"]
[monitoring]
required = ["apache", "nginx"]
[[suppress]]
rule = "nginx-version-shown"
path = "/etc/nginx/*"
reason = "behind a proxy"
until = 2027-01-01
)",
                            texts);
  EXPECT_TRUE(parsed.problems.empty());
  const auto& policy = parsed.policy;
  EXPECT_EQ(policy.path, "policy.toml");
  EXPECT_EQ(ask(policy, "select line, column, service, user, owner, listens from policy_service"),
            "1 2 nginx nginx root 1;5 2 apache   0;");
  EXPECT_EQ(ask(policy, "select path, line, column, service, address, port from policy_listen"),
            "policy.toml 3 11 nginx * 8080;policy.toml 3 17 nginx 127.0.0.1 8081;"
            "policy.toml 3 35 nginx :: 8082;");
  EXPECT_EQ(ask(policy, "select line, file, user from policy_writer"),
            "7 /var/www/html/wp-config.php deploy;7 /var/www/html/wp-config.php ops;");
  EXPECT_EQ(ask(policy, "select line, service from policy_monitored"), "9 apache;9 nginx;");
  ASSERT_EQ(policy.suppressions.size(), 1U);
  const auto& accepted = policy.suppressions[0];
  EXPECT_EQ(fmt::format("{} {} {} {} {}", accepted.rule, accepted.path, accepted.reason,
                        accepted.until, accepted.line),
            "nginx-version-shown /etc/nginx/* behind a proxy 2027-01-01 10");
}

TEST(Policy, AnEmptyOneSaysNothing) {
  EXPECT_EQ(complaints(""), "");
  EXPECT_EQ(complaints("# nothing yet\n"), "");
}

TEST(Policy, RefusesUnknownServicesAndKeys) {
  EXPECT_EQ(complaints("[ngnix]\nuser = \"a\"\n"),
            "policy.toml:1:2: error: unknown key ngnix\n"
            "   |\n 1 | [ngnix]\n   |  ^^^^^\n"
            "  help: did you mean nginx?\n");
  EXPECT_EQ(complaints("[nginx]\nlisten = [80]\nusr = \"a\"\n"),
            "policy.toml:3:1: error: unknown key usr in [nginx]\n"
            "   |\n 3 | usr = \"a\"\n   | ^^^\n"
            "  help: did you mean user?\n");
  EXPECT_EQ(complaints("[monitoring]\nrequired = [\"httpd\"]\n"),
            "policy.toml:2:13: error: unknown service httpd\n"
            "   |\n 2 | required = [\"httpd\"]\n   |             ^^^^^^^\n"
            "  help: one of: nginx, apache, php-fpm\n");
}

TEST(Policy, RefusesWrongTypes) {
  EXPECT_EQ(complaints("nginx = 3\n"),
            "policy.toml:1:9: error: nginx must be a table: [nginx]\n"
            "   |\n 1 | nginx = 3\n   |         ^\n");
  EXPECT_EQ(complaints("[nginx]\nlisten = 80\n"),
            "policy.toml:2:10: error: listen must be an array, this is an integer\n"
            "   |\n 2 | listen = 80\n   |          ^^\n");
  EXPECT_EQ(complaints("[nginx]\nlisten = [true]\n"),
            "policy.toml:2:11: error: each item of listen must be a port or \"address:port\", this "
            "is true or false\n"
            "   |\n 2 | listen = [true]\n   |           ^^^^\n");
  EXPECT_EQ(complaints("[suppress]\nrule = \"a\"\n"),
            "policy.toml:1:1: error: suppress must be an array of tables: [[suppress]]\n"
            "   |\n 1 | [suppress]\n   | ^^^^^^^^^^\n");
  EXPECT_EQ(complaints("[writers]\n\"/a\" = \"deploy\"\n"),
            "policy.toml:2:8: error: /a must be an array, this is a string\n"
            "   |\n 2 | \"/a\" = \"deploy\"\n   |        ^^^^^^^^\n");
  EXPECT_EQ(complaints("[writers]\n\"wp-config.php\" = []\n"),
            "policy.toml:2:1: error: wp-config.php is no absolute path\n"
            "   |\n 2 | \"wp-config.php\" = []\n   | ^^^^^^^^^^^^^^^\n");
}

TEST(Policy, RefusesBadAddresses) {
  const auto listen = [](const std::string& item) {
    const auto all = complaints("[nginx]\nlisten = [" + item + "]\n");
    const auto help = all.find("  help: ");
    return all.substr(0, all.find('\n')) +
           (help == std::string::npos ? std::string{} : "\n" + all.substr(help));
  };
  EXPECT_EQ(listen("0"), "policy.toml:2:11: error: 0 is no port: 1 to 65535");
  EXPECT_EQ(listen("65536"), "policy.toml:2:11: error: 65536 is no port: 1 to 65535");
  EXPECT_EQ(listen("\"127.0.0.1\""),
            "policy.toml:2:11: error: bad address 127.0.0.1\n"
            "  help: an address has a port: \"127.0.0.1:8080\"\n");
  EXPECT_EQ(listen("\"127.0.0.1:99999\""),
            "policy.toml:2:11: error: bad address 127.0.0.1:99999\n"
            "  help: a port is a number from 1 to 65535\n");
  for (const auto* bad : {"\"localhost:80\"", "\"::1:80\"", "\"*:80\"", "\"[127.0.0.1]:80\"",
                          "\"127.1:80\"", "\"[::1%lo]:80\"", "\":80\""})
    EXPECT_NE(listen(bad).find("help: not a numeric address; write"), std::string::npos) << bad;
  EXPECT_EQ(listen("1, 65535, \"0.0.0.0:1\", \"[::]:80\""), "");
}

TEST(Policy, SuppressionsNeedARuleAReasonAndADate) {
  EXPECT_EQ(complaints("[[suppress]]\nrule = \"a\"\nuntil = \"2027-01-01\"\n"),
            "policy.toml:1:1: error: the key reason is missing in [[suppress]]\n"
            "   |\n 1 | [[suppress]]\n   | ^^^^^^^^^^^^\n"
            "policy.toml:3:9: error: until must be a date, this is a string\n"
            "   |\n 3 | until = \"2027-01-01\"\n   |         ^^^^^^^^^^^^\n"
            "  help: until = 2027-01-01, without quotes\n");
  EXPECT_EQ(complaints("[[suppress]]\nreason = \"\"\n"),
            "policy.toml:1:1: error: the key rule is missing in [[suppress]]\n"
            "   |\n 1 | [[suppress]]\n   | ^^^^^^^^^^^^\n"
            "policy.toml:2:10: error: reason must not be empty\n"
            "   |\n 2 | reason = \"\"\n   |          ^^\n");
}

TEST(Policy, WarnsOfSuppressionsOfNoRule) {
  text::SourceMap texts;
  const auto parsed = parse(
      "[[suppress]]\nrule = \"nginx-user-rot\"\nreason = \"r\"\n"
      "[[suppress]]\nrule = \"port\"\nreason = \"r\"\n",
      texts);
  Catalogue catalogue;
  catalogue.rules.emplace_back().id = "nginx-user-root";
  const auto problems = check_policy(parsed.policy, catalogue);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(text::render(texts, problems[0]),
            "policy.toml:2:8: warning: unknown rule nginx-user-rot\n"
            "   |\n 2 | rule = \"nginx-user-rot\"\n   |        ^^^^^^^^^^^^^^^^\n"
            "  help: did you mean nginx-user-root?\n");
}

TEST(Policy, SyntaxErrorsAreToldOnce) {
  EXPECT_TRUE(complaints("[nginx\nuser = \"a\"\n").starts_with("policy.toml:1:7: error: "))
      << complaints("[nginx\nuser = \"a\"\n");
  EXPECT_TRUE(complaints("[nginx]\nuser = \"a\"\nuser = \"b\"\n").starts_with("policy.toml:3:"));
  EXPECT_NE(complaints(std::string(100, '\0')), "");
  EXPECT_NE(complaints("user = \"\xff\xfe\"\n"), "");
}

TEST(Policy, AHugeOneIsRefused) {
  const auto said = complaints(std::string(10U << 20U, '#'));
  EXPECT_TRUE(said.starts_with("policy.toml:1:1: error: the policy is larger than 1 MiB\n"))
      << said;
}

}  // namespace
}  // namespace stackaudit::rules
