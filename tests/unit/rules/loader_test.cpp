// What is said about a rule file that is not right: the whole message, as `stackaudit` prints it.
#include "rules/rule.hpp"
#include "text/frame.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stackaudit::rules {
namespace {

constexpr std::string_view kPage = R"(# page
## Cases
### Fires: it
```file /etc/a 0644 root:root
```
```finds
/etc/a
```
### Silent: it does not
```file /etc/b 0644 root:root
```
)";

constexpr std::string_view kIncidents = R"([[incident]]
id = "the-day"
title = "t"
date = "2024-01-01"
users_saw = "nothing"
root_cause = "a typo"
misleading_clues = ["it was running"]
decided = ["look first"]
)";

std::string complaints(const std::vector<RuleSource>& sources, std::string_view incidents) {
  text::SourceMap texts;
  std::string out;
  for (const auto& problem : load_rules(sources, incidents, texts).problems)
    out += text::render(texts, problem);
  return out;
}

// The complaints about one rule, rules/good-rule.toml.
std::string complaints(const std::string& toml) {
  return complaints({{"good-rule.toml", toml, std::string(kPage), "good-rule.md"}}, kIncidents);
}

// A rule that is right, with one line replaced.
std::string rule_with(std::string_view key, std::string_view line) {
  struct Line {
    std::string_view key, text;
  };
  constexpr Line kLines[] = {{"id", "id = \"good-rule\"\n"},
                             {"class", "class = \"access\"\n"},
                             {"severity", "severity = \"error\"\n"},
                             {"title", "title = \"t\"\n"},
                             {"message", "message = \"{path} is {mode}\"\n"},
                             {"query", "query = \"select path, line, mode from file\"\n"},
                             {"more", ""}};
  std::string out;
  for (const auto& one : kLines)
    out += one.key == key ? std::string(line) + "\n" : std::string(one.text);
  return out;
}

TEST(LoadRules, TakesARuleThatIsRight) {
  text::SourceMap texts;
  const auto loaded =
      load_rules({{"rules/good-rule.toml", rule_with("more", R"(incidents = ["the-day"]
[prediction]
process = "nginx"
errno = "EACCES"
[[related]]
path = "{path}"
line = "{line}"
message = "here"
[[action]]
kind = "mode"
summary = "give it {mode}"
mode = "{mode}"
when = "mode"
safe = true
)"),
                   std::string(kPage), "rules/good-rule.md"}},
                 kIncidents, texts);
  EXPECT_TRUE(loaded.problems.empty());
  ASSERT_EQ(loaded.catalogue.rules.size(), 1U);
  const auto& rule = loaded.catalogue.rules[0];
  EXPECT_EQ(rule.id, "good-rule");
  EXPECT_EQ(rule.query, "select path, line, mode from file");
  EXPECT_EQ(texts.slice(rule.query_span), rule.query);
  ASSERT_EQ(rule.actions.size(), 1U);
  EXPECT_EQ(rule.actions[0].kind, Action::Kind::mode);
  EXPECT_TRUE(rule.actions[0].safe);
  ASSERT_TRUE(rule.prediction.has_value());
  EXPECT_EQ((*rule.prediction)[4].text, "EACCES");
  ASSERT_NE(loaded.catalogue.incident("the-day"), nullptr);
  EXPECT_EQ(loaded.catalogue.incident("the-day")->misleading_clues,
            std::vector<std::string>{"it was running"});
}

TEST(LoadRules, PointsAtAnUnknownKey) {
  EXPECT_EQ(complaints(rule_with("more", "querry = \"\"")),
            "good-rule.toml:7:1: error: unknown key querry\n"
            "   |\n 7 | querry = \"\"\n   | ^^^^^^\n"
            "  help: did you mean query?\n");
}

TEST(LoadRules, NamesWhatIsMissing) {
  EXPECT_EQ(complaints(rule_with("class", "")),
            "good-rule.toml:1:1: error: the key class is missing\n"
            "   |\n 1 | id = \"good-rule\"\n   | ^\n");
}

TEST(LoadRules, NamesTheTypeThatIsWrong) {
  EXPECT_EQ(complaints(rule_with("title", "title = 7")),
            "good-rule.toml:4:9: error: title must be a string, this is an integer\n"
            "   |\n 4 | title = 7\n   |         ^\n");
}

TEST(LoadRules, KnowsTheWords) {
  EXPECT_EQ(complaints(rule_with("class", "class = \"acces\"")),
            "good-rule.toml:2:9: error: unknown class acces\n"
            "   |\n 2 | class = \"acces\"\n   |         ^^^^^^^\n"
            "  help: did you mean access?\n");
  EXPECT_EQ(complaints(rule_with("severity", "severity = \"fatal\"")),
            "good-rule.toml:3:12: error: unknown severity fatal\n"
            "   |\n 3 | severity = \"fatal\"\n   |            ^^^^^^^\n"
            "  help: one of: error, warning, info\n");
  EXPECT_EQ(complaints(rule_with("more", "[[action]]\nkind = \"chmod\"\nsummary = \"s\"")),
            "good-rule.toml:8:8: error: unknown kind of action chmod\n"
            "   |\n 8 | kind = \"chmod\"\n   |        ^^^^^^^\n"
            "  help: one of: replace, mode, owner, acl, decide\n"
            "good-rule.toml:7:1: error: an action of kind replace needs the key text\n"
            "   |\n 7 | [[action]]\n   | ^^^^^^^^^^\n");
}

TEST(LoadRules, WantsAnIdThatIsAFileName) {
  EXPECT_EQ(complaints(rule_with("id", "id = \"Good Rule\"")),
            "good-rule.toml:1:6: error: bad id Good Rule\n"
            "   |\n 1 | id = \"Good Rule\"\n   |      ^^^^^^^^^^^\n"
            "  help: lower case words and digits joined by -, such as nginx-user-root\n");
  EXPECT_EQ(complaints(rule_with("id", "id = \"better-rule\"")),
            "good-rule.toml:1:6: error: the file of rule better-rule must be better-rule.toml\n"
            "   |\n 1 | id = \"better-rule\"\n   |      ^^^^^^^^^^^^^\n"
            "  help: it is good-rule.toml\n");
}

TEST(LoadRules, PointsIntoTheQuery) {
  EXPECT_EQ(
      complaints(rule_with("query", "query = \"\"\"\nselect path, line, mode\nfrom flie\n\"\"\"")),
      "good-rule.toml:8:6: error: no such table: flie\n"
      "   |\n 8 | from flie\n   |      ^^^^\n"
      "  help: did you mean file?\n");
  EXPECT_EQ(complaints(rule_with("query", "query = \"select path, line, f.mod from file f\"")),
            "good-rule.toml:6:29: error: no such column: f.mod\n"
            "   |\n 6 | query = \"select path, line, f.mod from file f\"\n"
            "   |                             ^^^^^\n"
            "  help: did you mean mode?\n");
}

TEST(LoadRules, PointsAtTheWholeQueryWhereEscapesShiftIt) {
  EXPECT_EQ(complaints(rule_with("query", "query = \"select path,\\tline, mod from file\"")),
            "good-rule.toml:6:9: error: no such column: mod\n"
            "   |\n 6 | query = \"select path,\\tline, mod from file\"\n"
            "   |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "  help: did you mean mode?\n");
}

TEST(LoadRules, LetsNoRuleWrite) {
  EXPECT_EQ(complaints(rule_with("query", "query = \"create table t(x)\"")),
            "good-rule.toml:6:10: error: a query can only SELECT from the fact tables\n"
            "   |\n 6 | query = \"create table t(x)\"\n   |          ^^^^^^^^^^^^^^^^^\n");
  EXPECT_EQ(complaints(rule_with(
                "query", "query = \"select path, line, load_extension('x') as mode from file\"")),
            "good-rule.toml:6:29: error: the function load_extension may not be called\n"
            "   |\n 6 | query = \"select path, line, load_extension('x') as mode from file\"\n"
            "   |                             ^^^^^^^^^^^^^^\n");
}

TEST(LoadRules, LetsNoRuleBeQuadratic) {
  const auto said = complaints(rule_with("query",
                                         "query = \"select f.path, f.line, f.mode from file f join "
                                         "directive d on d.args = f.owner\""));
  EXPECT_TRUE(
      said.starts_with("good-rule.toml:6:57: error: all of directive (d) would be read "
                       "again for each row of f\n"))
      << said;
  EXPECT_NE(said.find("help: join directive on one of its lookup columns (path, parent, service, "
                      "name)"),
            std::string::npos)
      << said;
}

TEST(LoadRules, ChecksTheColumnsOfTheQuery) {
  EXPECT_EQ(complaints(rule_with("query", "query = \"select path, mode from file\"")),
            "good-rule.toml:6:10: error: the query gives no column line\n"
            "   |\n 6 | query = \"select path, mode from file\"\n"
            "   |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n");
  EXPECT_EQ(complaints(rule_with("query", "query = \"select path, line, mode, path from file\"")),
            "good-rule.toml:6:10: error: the query gives the column path twice\n"
            "   |\n 6 | query = \"select path, line, mode, path from file\"\n"
            "   |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
            "  help: name the columns that the rule uses, and rename one: ... as ref_path\n");
}

TEST(LoadRules, ChecksTheColumnsOfTemplates) {
  EXPECT_EQ(complaints(rule_with("message", "message = \"{path} is {moed} }\"")),
            "good-rule.toml:5:22: error: the query gives no column moed\n"
            "   |\n 5 | message = \"{path} is {moed} }\"\n   |                      ^^^^^^\n"
            "  help: did you mean mode?\n"
            "good-rule.toml:5:29: error: a stray }; write }} for the brace itself\n"
            "   |\n 5 | message = \"{path} is {moed} }\"\n   |                             ^\n");
  EXPECT_EQ(complaints(rule_with(
                "more", "[[action]]\nkind = \"decide\"\nsummary = \"choose\"\nwhen = \"owner\"")),
            "good-rule.toml:9:12: error: when names the column owner, which the query does not "
            "give\n   |\n 9 | summary = \"choose\"\n   |            ^^^^^^\n"
            "  help: one of: path, line, mode\n");
}

TEST(LoadRules, KnowsTheIncidents) {
  EXPECT_EQ(complaints(rule_with("more", "incidents = [\"the-dya\"]")),
            "good-rule.toml:7:14: error: unknown incident the-dya\n"
            "   |\n 7 | incidents = [\"the-dya\"]\n   |              ^^^^^^^^^\n"
            "  help: did you mean the-day?\n");
}

TEST(LoadRules, WantsAPageWithCases) {
  EXPECT_EQ(complaints({{"good-rule.toml", rule_with("", ""), "", "good-rule.md"}}, kIncidents),
            "good-rule.toml:1:1: warning: rule good-rule has no page good-rule.md\n"
            "   |\n 1 | id = \"good-rule\"\n   | ^\n"
            "  help: the page explains the rule and holds its cases\n");
  EXPECT_EQ(
      complaints({{"good-rule.toml", rule_with("", ""), "# what\n", "good-rule.md"}}, kIncidents),
      "good-rule.md:1:1: warning: the page has no case that fires\n"
      "   |\n 1 | # what\n   | ^\n"
      "good-rule.md:1:1: warning: the page has no case that stays silent\n"
      "   |\n 1 | # what\n   | ^\n");
}

TEST(LoadRules, RefusesASecondRuleOfTheSameId) {
  const RuleSource first{"a/good-rule.toml", rule_with("", ""), std::string(kPage), "good-rule.md"};
  auto second = first;
  second.name = "b/good-rule.toml";
  text::SourceMap texts;
  const auto loaded = load_rules({first, second}, kIncidents, texts);
  EXPECT_EQ(loaded.catalogue.rules.size(), 1U);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_EQ(text::render(texts, loaded.problems[0]),
            "b/good-rule.toml:1:6: error: rule good-rule is defined twice\n"
            "   |\n 1 | id = \"good-rule\"\n   |      ^^^^^^^^^^^\n"
            "a/good-rule.toml:1:6: note: first here\n"
            "   |\n 1 | id = \"good-rule\"\n   |      ^^^^^^^^^^^\n");
}

TEST(LoadRules, ReportsABrokenFileOnceAndKeepsTheOthers) {
  text::SourceMap texts;
  const auto loaded =
      load_rules({{"bad.toml", "id = \"bad\nclass = 1\n", "", "bad.md"},
                  {"good-rule.toml", rule_with("", ""), std::string(kPage), "good-rule.md"}},
                 kIncidents, texts);
  EXPECT_EQ(loaded.catalogue.rules.size(), 1U);
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_TRUE(text::render(texts, loaded.problems[0]).starts_with("bad.toml:1:10: error: "))
      << text::render(texts, loaded.problems[0]);
}

TEST(LoadRules, ReportsBadIncidents) {
  EXPECT_EQ(complaints({},
                       "[[incident]]\nid = \"a\"\ntitle = \"t\"\ndate = \"d\"\nusers_saw = "
                       "\"u\"\nroot_cause = 3\ncost = 1\n"),
            "rules/incidents.toml:6:14: error: root_cause must be a string, this is an integer\n"
            "   |\n 6 | root_cause = 3\n   |              ^\n"
            "rules/incidents.toml:7:1: error: unknown key cost in [[incident]]\n"
            "   |\n 7 | cost = 1\n   | ^^^^\n"
            "  help: one of: id, title, date, users_saw, root_cause, misleading_clues, decided\n");
}

TEST(LoadRules, SurvivesAnything) {
  EXPECT_NE(complaints(std::string(5000, '\0')), "");
  EXPECT_NE(complaints(std::string(100'000, '[')), "");
  EXPECT_NE(complaints("\xff\xfe"), "");
  std::string deep = "a";
  for (int i = 0; i < 100'000; ++i) deep += ".a";
  EXPECT_NE(complaints(deep + " = 1"), "");
  EXPECT_NE(complaints("[" + deep + "]"), "");
  std::string nested;
  for (int i = 0; i < 250; ++i) nested += "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a = {";
  EXPECT_NE(complaints(nested + std::string(250, '}')), "");
  EXPECT_NE(complaints("a = " + std::string(200, '[') + std::string(200, ']')), "");
}

}  // namespace
}  // namespace stackaudit::rules
