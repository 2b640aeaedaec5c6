// Pages about the rules and the tables, and the answers to queries.
#include "report/catalogue.hpp"

#include "report/answer.hpp"

#include <gtest/gtest.h>

namespace stackaudit::report {
namespace {

rules::Rule own_rule() {
  rules::Rule rule;
  rule.id = "own-rule";
  rule.rule_class = "port";
  rule.severity = text::Severity::warning;
  rule.title = "A title";
  rule.incidents = {"some-incident", "not-told"};
  rule.markdown =
      "# A title\n\nWhat it is.\r\n\n## How to mend\n\n```\n# a comment, no heading\n## Cases\n"
      "```\n\n## Cases\n\n### Fires: here\n```file /etc/a 0644 root:root\n## not a heading\n```\n"
      "\n## Further\n\nA\x1b[31m page.\n";
  return rule;
}

rules::Catalogue own_catalogue() {
  rules::Catalogue catalogue;
  catalogue.rules = {own_rule()};
  catalogue.incidents = {{"some-incident",
                          "The site was down",
                          "2020-01-02",
                          "Errors.",
                          "A letter.",
                          {"the index", "the load"},
                          {"look first"}}};
  return catalogue;
}

TEST(RulePage, LeavesTheCasesOutAndTellsTheIncidents) {
  const auto catalogue = own_catalogue();
  EXPECT_EQ(rule_page(catalogue.rules[0], catalogue, false),
            "own-rule: A title\n"
            "warning, class port\n"
            "\n"
            "What it is.\n"
            "\n"
            "## How to mend\n"
            "\n"
            "```\n"
            "# a comment, no heading\n"
            "## Cases\n"
            "```\n"
            "\n"
            "## Further\n"
            "\n"
            "A\\x1b[31m page.\n"
            "\n"
            "## It happened: The site was down (2020-01-02)\n"
            "\n"
            "Users saw: Errors.\n"
            "Root cause: A letter.\n"
            "Misleading clues:\n"
            "  - the index\n"
            "  - the load\n"
            "Decided:\n"
            "  - look first\n");
}

TEST(RulePage, ShowsTheCasesWhenTheyAreWanted) {
  const auto catalogue = own_catalogue();
  EXPECT_NE(rule_page(catalogue.rules[0], catalogue, true)
                .find("\n## Cases\n\n### Fires: here\n```file /etc/a 0644 root:root\n## not a "
                      "heading\n```\n\n## Further\n"),
            std::string::npos);
}

TEST(RuleList, IsATableForPeopleAndAnArrayForPrograms) {
  const auto rule = own_rule();
  EXPECT_EQ(rules_as_text({&rule}),
            "RULE      SEVERITY  CLASS  TITLE\nown-rule  warning   port   A title\n");
  EXPECT_EQ(rules_as_json({&rule}),
            "[\n  {\n    \"id\": \"own-rule\",\n    \"severity\": \"warning\",\n    \"class\": "
            "\"port\",\n    \"title\": \"A title\",\n    \"incidents\": [\n      "
            "\"some-incident\",\n      \"not-told\"\n    ]\n  }\n]\n");
  EXPECT_EQ(rules_as_json({}), "[]\n");
}

TEST(TablePages, NameEveryColumnWithItsMeaning) {
  const facts::TableDoc table{
      "seen",
      "A thing that was seen.",
      {{"path", "TEXT", false, true, "Where."}, {"line", "INTEGER", true, false, "Which line."}}};
  const std::string page =
      "seen: A thing that was seen.\n\n"
      "COLUMN  TYPE             JOINS   MEANING\n"
      "path    TEXT             lookup  Where.\n"
      "line    INTEGER or NULL          Which line.\n";
  EXPECT_EQ(table_page(table), page);
  EXPECT_EQ(tables_as_text({table}, {{"octal(mode)", "Four digits."}}),
            page +
                "\n"
                "FUNCTION     GIVES\n"
                "octal(mode)  Four digits.\n");
}

TEST(Answer, IsATableForPeople) {
  facts::Answer answer;
  answer.columns = {"path", "n"};
  answer.rows = {{std::string("/a\x1b[1m"), std::int64_t{12}},
                 {std::string("/\xc3\xb6\xff"), std::monostate{}}};
  EXPECT_EQ(answer_as_text(answer), "path       n\n/a\\x1b[1m  12\n/\xc3\xb6\\xff\n");
}

TEST(Answer, KeepsTypesAndStaysValidForPrograms) {
  facts::Answer answer;
  answer.columns = {"a", "a"};
  answer.rows = {{std::string("/\xff"), std::monostate{}}, {std::int64_t{1}, 0.5}};
  EXPECT_EQ(answer_as_json(answer),
            "{\n  \"columns\": [\n    \"a\",\n    \"a\"\n  ],\n  \"rows\": [\n    [\n      "
            "\"/\\ufffd\",\n      null\n    ],\n    [\n      1,\n      0.5\n    ]\n  ]\n}\n");
}

}  // namespace
}  // namespace stackaudit::report
