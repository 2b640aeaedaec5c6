// The cases of a page, and what is said about pages that are not right.
#include "rules/cases.hpp"

#include "text/frame.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stackaudit::rules {
namespace {

std::string dump(const Case& one) {
  constexpr std::string_view kKinds[] = {"fires", "silent", "healthy"};
  std::string out = fmt::format("{}: {}\n", kKinds[static_cast<std::size_t>(one.kind)], one.title);
  for (const auto& node : one.tree) out += fmt::format("node [{}] [{}]\n", node.line, node.content);
  if (!one.policy.empty()) out += fmt::format("policy [{}]\n", one.policy);
  for (const auto& finding : one.finds)
    out += finding.line ? fmt::format("find {} {}\n", finding.path, *finding.line)
                        : fmt::format("find {}\n", finding.path);
  return out;
}

std::string dump(std::string page) {
  text::SourceMap texts;
  const auto parsed = parse_cases(texts.add("page.md", std::move(page)), texts);
  std::string out;
  for (const auto& one : parsed.cases) out += dump(one);
  for (const auto& problem : parsed.problems) {
    const auto where = texts.locate(problem.span);
    out += fmt::format("{}: {}{}\n", where.line, problem.message,
                       problem.help.empty() ? "" : " (" + problem.help + ")");
  }
  return out;
}

TEST(Cases, AreReadWithEverythingTheyHold) {
  EXPECT_EQ(dump(R"(# Title
```sh
### Fires: not a case
```
## Cases
### Fires: a misspelt name
Some words.
```file /etc/a 0644 root:root
one
  two
```
````file /etc/page.md 0644 root:root
```
````
```tree
/etc/d 0755 root:root dir

/etc/l -> d
```
```policy
[nginx]
```
```finds
/etc/a:12
/etc/x:y
```
### Silent: all is well
```file /etc/a 0644 root:root
```
### Silent, healthy: a whole server
```tree
/etc/d 0755 root:root dir
```
## After
### Fires: not a case either
)"),
            "fires: a misspelt name\n"
            "node [/etc/a 0644 root:root] [one\n  two\n]\n"
            "node [/etc/page.md 0644 root:root] [```\n]\n"
            "node [/etc/d 0755 root:root dir] []\n"
            "node [/etc/l -> d] []\n"
            "policy [[nginx]\n]\n"
            "find /etc/a 12\n"
            "find /etc/x:y\n"
            "silent: all is well\n"
            "node [/etc/a 0644 root:root] []\n"
            "healthy: a whole server\n"
            "node [/etc/d 0755 root:root dir] []\n");
}

TEST(Cases, SayWhatTheyCannotMakeOut) {
  EXPECT_EQ(dump("## Cases\n```tree\n```\n### Maybe: a\n```fils /a\n```\n```finds\netc/a\n```\n"
                 "### Fires: b\n```tree\n/a dir\n"),
            "silent: Maybe: a\n"
            "fires: b\n"
            "node [/a dir] []\n"
            "2: a fence before the first \"### Fires: ...\" heading\n"
            "4: a case is headed \"Fires: ...\", \"Silent: ...\" or \"Silent, healthy: ...\"\n"
            "5: unknown fence fils (did you mean file?)\n"
            "8: a finding is PATH or PATH:LINE\n"
            "11: this fence is never closed\n"
            "4: a case without a file\n"
            "10: a firing case without a finds list\n");
  EXPECT_EQ(dump(""),
            "1: the page has no case that fires\n1: the page has no case that stays silent\n");
}

TEST(Cases, AreNotPartOfTheExplanation) {
  EXPECT_EQ(explanation("# a\nwhat\n## Cases\n### Fires: b\n"), "# a\nwhat\n");
  EXPECT_EQ(explanation("# a\n"), "# a\n");
  EXPECT_EQ(explanation(""), "");
}

}  // namespace
}  // namespace stackaudit::rules
