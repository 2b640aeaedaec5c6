// The command line: words in, options or a complaint out.
#include "cli/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stackaudit::cli {
namespace {

Parsed parse(const std::vector<std::string>& args) {
  return parse_options(args);
}

std::string complaint_about(const std::vector<std::string>& args) {
  const auto parsed = parse(args);
  return parsed.exit == 2 && parsed.out.empty() ? parsed.err : "accepted";
}

using Words = std::vector<std::string>;

TEST(Options, NothingMeansAuditOfEtc) {
  const auto parsed = parse({});
  EXPECT_FALSE(parsed.exit);
  EXPECT_EQ(parsed.options.command, Command::audit);
  EXPECT_EQ(parsed.options.paths, Words{"/etc"});
  EXPECT_EQ(parsed.options.root, "/");
}

TEST(Options, TheWordAuditMayBeLeftOut) {
  for (const Words& args : {Words{"/etc/nginx", "--root", "/r", "/var/www"},
                            Words{"audit", "/etc/nginx", "--root", "/r", "/var/www"},
                            Words{"--root=/r", "audit", "/etc/nginx", "/var/www"}}) {
    const auto parsed = parse(args);
    EXPECT_EQ(parsed.err, "");
    EXPECT_EQ(parsed.options.command, Command::audit);
    EXPECT_EQ(parsed.options.paths, (Words{"/etc/nginx", "/var/www"}));
    EXPECT_EQ(parsed.options.root, "/r");
  }
}

TEST(Options, EveryOptionOfTheContract) {
  const auto options = parse({"--policy", "p.toml",    "--rules",
                              "a,b",      "--rules",   "c",
                              "--select", "r1,access", "--select",
                              "r2",       "--ignore",  "r3",
                              "--format", "json",      "--output",
                              "o",        "--fail-on", "never",
                              "--color",  "always",    "--allow-incomplete",
                              "--kind",   "php-fpm",   "/x"})
                           .options;
  EXPECT_EQ(options.policy, "p.toml");
  EXPECT_EQ(options.rule_folders, (Words{"a,b", "c"}));
  EXPECT_EQ(options.select, (Words{"r1", "access", "r2"}));
  EXPECT_EQ(options.ignore, Words{"r3"});
  EXPECT_EQ(options.format, Format::json);
  EXPECT_EQ(options.output, "o");
  EXPECT_EQ(options.fail_on, FailOn::never);
  EXPECT_EQ(options.color, Color::always);
  EXPECT_TRUE(options.allow_incomplete);
  EXPECT_EQ(options.kind, "php-fpm");
  EXPECT_EQ(options.paths, Words{"/x"});
}

TEST(Options, AListDoesNotSwallowThePathBehindIt) {
  EXPECT_EQ(parse({"--select", "a", "/x"}).options.paths, Words{"/x"});
  EXPECT_EQ(parse({"--rules", "a", "/x"}).options.paths, Words{"/x"});
}

TEST(Options, AQueryTakesItsSqlAndThenPaths) {
  const auto parsed = parse({"--root", "/r", "query", "select 1, 2", "/etc", "/var/www"});
  EXPECT_EQ(parsed.err, "");
  EXPECT_EQ(parsed.options.command, Command::query);
  EXPECT_EQ(parsed.options.argument, "select 1, 2");
  EXPECT_EQ(parsed.options.paths, (Words{"/etc", "/var/www"}));
}

TEST(Options, APathBehindTwoDashesMayHaveACommandsName) {
  const auto parsed = parse({"--", "query"});
  EXPECT_EQ(parsed.options.command, Command::audit);
  EXPECT_EQ(parsed.options.paths, Words{"query"});
}

TEST(Options, TheNameOfARuleMayBeACommands) {
  EXPECT_EQ(parse({"explain", "rules"}).options.argument, "rules");
  EXPECT_TRUE(parse({"explain", "some-rule", "--cases"}).options.cases);
}

TEST(Options, MistakesAreNamedWithWhatWouldBeRight) {
  EXPECT_EQ(complaint_about({"--formt", "json"}),
            "stackaudit: unknown option --formt\n  help: did you mean --format?\n");
  EXPECT_EQ(complaint_about({"--formt=json"}),
            "stackaudit: unknown option --formt\n  help: did you mean --format?\n");
  EXPECT_EQ(complaint_about({"-q"}),
            "stackaudit: unknown option -q\n  help: stackaudit --help lists the options\n");
  EXPECT_EQ(complaint_about({"--format", "jsn"}),
            "stackaudit: --format jsn is not known\n  help: did you mean json?\n");
  EXPECT_EQ(complaint_about({"--format", "yaml"}),
            "stackaudit: --format yaml is not known\n  help: --format takes text, json\n");
  EXPECT_EQ(complaint_about({"--fail-on", "Error"}),
            "stackaudit: --fail-on Error is not known\n  help: did you mean error?\n");
  EXPECT_EQ(complaint_about({"--color", "x\x1b[31m"}),
            "stackaudit: --color x\\x1b[31m is not known\n  help: --color takes auto, always, "
            "never\n");
  EXPECT_EQ(complaint_about({"--kind", "ngnix"}),
            "stackaudit: --kind ngnix is not known\n  help: did you mean nginx?\n");
  EXPECT_EQ(complaint_about({"--root", ""}), "stackaudit: --root needs a value\n");
  EXPECT_EQ(complaint_about({""}), "stackaudit: PATH needs a value\n");
}

TEST(Options, AnOptionThatWouldSayNothingIsRefused) {
  EXPECT_EQ(complaint_about({"tables", "--root", "/r"}),
            "stackaudit: --root says nothing to `stackaudit tables`\n  help: stackaudit --help "
            "lists what does\n");
  EXPECT_EQ(complaint_about({"query", "select 1", "--select", "a"}),
            "stackaudit: --select says nothing to `stackaudit query`\n  help: stackaudit --help "
            "lists what does\n");
  EXPECT_EQ(complaint_about({"rules", "/etc"}),
            "stackaudit: PATH says nothing to `stackaudit rules`\n  help: stackaudit --help lists "
            "what does\n");
}

TEST(Options, MissingAndRepeatedValuesEndInTrouble) {
  for (const Words& args :
       {Words{"--root"}, Words{"--root", "a", "--root", "b"}, Words{"query"}, Words{"explain"},
        Words{"explain", "a", "b"}, Words{"tables", "a", "b"}, Words{"query", "a", "--cases"}})
    EXPECT_EQ(complaint_about(args).substr(0, 12), "stackaudit: ") << args[0];
}

TEST(Options, FixSaysThatItIsNotThere) {
  EXPECT_EQ(complaint_about({"fix", "/etc"}).substr(0, 42),
            "stackaudit: fix is not in this version; th");
  EXPECT_EQ(complaint_about({"fix", "--dry-run"}).substr(0, 42),
            "stackaudit: fix is not in this version; th");
}

TEST(Options, HelpListsEveryOptionAndNothingThatIsNotThere) {
  const auto parsed = parse({"--help"});
  EXPECT_EQ(parsed.exit, 0);
  for (const std::string_view word :
       {"audit", "query", "tables", "rules", "explain", "--root DIR", "--policy FILE",
        "--rules DIR", "--select R,..", "--ignore R,..", "--format F", "--output FILE",
        "--fail-on S", "--color WHEN", "--allow-incomplete", "--kind KIND", "--version", "--help",
        "Exit status"})
    EXPECT_NE(parsed.out.find(word), std::string::npos) << word;
  EXPECT_EQ(parsed.out.find("fix"), std::string::npos);
  EXPECT_EQ(parse({"query", "--help"}).out, parsed.out);
}

TEST(Options, VersionNamesTheProgram) {
  const auto parsed = parse({"--version"});
  EXPECT_EQ(parsed.exit, 0);
  EXPECT_EQ(parsed.out.substr(0, 11), "stackaudit ");
}

}  // namespace
}  // namespace stackaudit::cli
