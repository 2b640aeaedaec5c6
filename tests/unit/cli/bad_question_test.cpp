// Whatever is wrong with the question: a clear message on standard error, and status 2.
#include "invocation.hpp"

#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace stackaudit::cli {
namespace {

namespace fs = std::filesystem;

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(BadQuestion, AMissingTarget) {
  const ServerRoot root(kNginx);
  const auto output = root.audit({"/etc/ngnix"});
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_EQ(output.err, "stackaudit: /etc/ngnix: no such file or directory\n");
}

TEST(BadQuestion, AMissingTargetBesideOneThatIsThere) {
  const ServerRoot root(kNginx);
  const auto output = root.audit({"/etc", "/opt/none", "--fail-on", "never"});
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.out.find("/opt/none: no such file or directory"), std::string::npos);
  EXPECT_EQ(output.err, "stackaudit: /opt/none: no such file or directory\n");
}

TEST(BadQuestion, APathOfThisMachineInsteadOfOneInsideTheRoot) {
  const ServerRoot root(kNginx);
  EXPECT_EQ(root.audit({root.path("etc")}).err,
            "stackaudit: " + root.path("etc") +
                ": no such file or directory\n  help: paths are inside the root: write /etc\n");
}

TEST(BadQuestion, ADirectoryThatIsNoRoot) {
  const test::TempDir empty;
  const ServerRoot root(kNginx);
  EXPECT_EQ(test::run({STACKAUDIT_BINARY, "--root", empty.path().string()}).err,
            "stackaudit: /etc: not in this part of a root\n  help: there is no /etc in it: --root "
            "takes the directory that stands for /\n");
}

TEST(BadQuestion, TheFilesOfAnImageAsIfTheyWereThisMachines) {
  const ServerRoot root(kNginx);
  EXPECT_EQ(invoke({root.path(), "--fail-on", "never"}).err,
            "stackaudit: " + root.path("etc/nginx/nginx.conf") +
                " was read with the files and accounts of this machine\n"
                "  help: if it is of another one or of an image: --root " +
                root.path() + "\n");
  EXPECT_EQ(root.audit().err, "");
}

TEST(BadQuestion, ARootThatIsNone) {
  const ServerRoot root;
  EXPECT_EQ(invoke({"--root", root.path("none")}).err,
            "stackaudit: --root " + root.path("none") + ": no such file or directory\n");
  EXPECT_EQ(invoke({"--root", root.path("etc/passwd")}).err,
            "stackaudit: --root " + root.path("etc/passwd") + ": not a directory\n");
}

TEST(BadQuestion, NothingToAuditIsNotClean) {
  const ServerRoot root;
  const auto output = root.audit();
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.out.find("/etc: nothing to audit"), std::string::npos) << output.out;
  EXPECT_EQ(root.audit({"--allow-incomplete"}).status, 0);
}

TEST(BadQuestion, AFileOfUnknownKind) {
  const ServerRoot root;
  const auto output = root.audit({"/etc/passwd"});
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err, "stackaudit: /etc/passwd: not recognised: say with --kind what it is\n");
}

TEST(BadQuestion, APolicyWithAnUnknownKey) {
  const ServerRoot root(kNginx);
  const auto policy = root.write("policy.toml", "[nginx]\nlisten = [80]\nusr = \"www-data\"\n");
  const auto output = root.audit({"--policy", policy});
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_NE(output.err.find(policy + ":3:1: error: "), std::string::npos) << output.err;
  EXPECT_NE(output.err.find(" 3 | usr = \"www-data\"\n   | ^^^"), std::string::npos) << output.err;
}

TEST(BadQuestion, ThePolicyInsideTheRootIsReadAndHeldToTheSameRules) {
  const ServerRoot root(kNginx);
  root.write("etc/stackaudit/policy.toml", "[ngnix]\nuser = \"a\"\n");
  const auto output = root.audit();
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.err.find("/etc/stackaudit/policy.toml:1:"), std::string::npos) << output.err;
}

TEST(BadQuestion, APolicyThatIsNoFile) {
  const ServerRoot root(kNginx);
  EXPECT_EQ(root.audit({"--policy", root.path("none")}).err,
            "stackaudit: policy " + root.path("none") + ": no such file or directory\n");
  EXPECT_EQ(root.audit({"--policy", root.path("etc")}).err,
            "stackaudit: policy " + root.path("etc") + ": is a directory\n");
  EXPECT_EQ(root.audit({"--policy", root.path("etc")}).status, 2);
}

TEST(BadQuestion, APolicyInsideTheRootThatCannotBeReadIsAGap) {
  const ServerRoot root(kNginx);
  fs::create_directories(root.path("etc/stackaudit"));
  EXPECT_EQ(root.audit().out.find("policy.toml:"), std::string::npos);
  fs::create_symlink("/none.toml", root.path("etc/stackaudit/policy.toml"));
  EXPECT_NE(root.audit().out.find("/etc/stackaudit/policy.toml: no such file or directory"),
            std::string::npos)
      << root.audit().out;
  fs::remove(root.path("etc/stackaudit/policy.toml"));
  fs::create_directories(root.path("etc/stackaudit/policy.toml"));
  const auto output = root.audit({"--fail-on", "never"});
  EXPECT_EQ(output.status, 2);
  EXPECT_NE(output.out.find("/etc/stackaudit/policy.toml: is a directory"), std::string::npos);
}

TEST(BadQuestion, RuleFoldersThatHoldNone) {
  const ServerRoot root(kNginx);
  EXPECT_EQ(root.audit({"--rules", root.path("none")}).err,
            "stackaudit: --rules " + root.path("none") + ": no such file or directory\n");
  EXPECT_EQ(root.audit({"--rules", root.path("run")}).err,
            "stackaudit: --rules " + root.path("run") + ": no rule file (*.toml) in it\n");
}

TEST(BadQuestion, ARuleWithAnSqlError) {
  const ServerRoot root(kNginx);
  root.write("rules/own.toml",
             "id = \"own-rule\"\nclass = \"port\"\nseverity = \"error\"\ntitle = \"t\"\n"
             "message = \"m\"\nquery = \"select path, line form listener\"\n");
  root.write("rules/own.md", "What.\n");
  const auto output = root.audit({"--rules", root.path("rules")});
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_NE(output.err.find(root.path("rules/own.toml") + ":6:"), std::string::npos) << output.err;
}

TEST(BadQuestion, AnUnknownRule) {
  const ServerRoot root(kNginx);
  const auto output = root.audit({"--select", "prot"});
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.err,
            "stackaudit: no rule and no class is called prot\n  help: did you mean port?\n");
  EXPECT_EQ(invoke({"explain", "prot-rule"}).status, 2);
  EXPECT_EQ(invoke({"rules", "--ignore", "zzzzzz"}).err,
            "stackaudit: no rule and no class is called zzzzzz\n");
}

TEST(BadQuestion, AQueryWithAMistakeGetsACaret) {
  const ServerRoot root(kNginx);
  const auto output = invoke({"query", "select path from listner", "--root", root.path()});
  EXPECT_EQ(output.status, 2);
  EXPECT_EQ(output.out, "");
  EXPECT_NE(output.err.find("listner"), std::string::npos) << output.err;
  EXPECT_EQ(invoke({"query", "delete from listener", "--root", root.path()}).status, 2);
  EXPECT_EQ(invoke({"query", "select 1; select 2", "--root", root.path()}).status, 2);
  EXPECT_EQ(invoke({"query", "attach '/tmp/x' as x", "--root", root.path()}).status, 2);
  EXPECT_EQ(invoke({"query", "  ", "--root", root.path()}).status, 2);
}

TEST(BadQuestion, AnUnknownTable) {
  EXPECT_EQ(invoke({"tables", "listner"}).err,
            "stackaudit: no table is called listner\n  help: did you mean listener?\n");
}

TEST(BadQuestion, OutputReplacesTheFileAsAWholeOrNotAtAll) {
  const ServerRoot root(kNginx);
  const test::TempDir dir;
  const auto report = dir.write("report.txt", "before");
  const auto old_mask = ::umask(027);
  const auto output = root.audit({"--output", report, "--fail-on", "never", "--allow-incomplete"});
  ::umask(old_mask);
  EXPECT_EQ(output.status, 0) << output.err;
  EXPECT_EQ(output.out, "");
  EXPECT_NE(slurp(report).find("Checked"), std::string::npos);
  EXPECT_EQ(fs::status(report).permissions(), fs::perms(0640));
  EXPECT_EQ(std::distance(fs::directory_iterator(dir.path()), {}), 1) << "a temporary file is left";

  fs::create_symlink("report.txt", dir.path() / "link");
  EXPECT_EQ(root.audit({"--output", dir.path() / "link", "--format", "json"}).err, "");
  EXPECT_TRUE(fs::is_symlink(dir.path() / "link"));
  EXPECT_EQ(slurp(report).substr(0, 1), "{");
}

TEST(BadQuestion, OutputThatCannotBeWritten) {
  const ServerRoot root(kNginx);
  const auto complaint = [&](const std::string& file) {
    const auto output = root.audit({"--output", file, "--allow-incomplete"});
    EXPECT_EQ(output.status, 2);
    EXPECT_EQ(output.out, "");
    return output.err;
  };
  EXPECT_EQ(complaint(root.path("none/report")), "stackaudit: cannot write the report to " +
                                                     root.path("none/report") +
                                                     ": no such file or directory\n");
  EXPECT_EQ(complaint(root.path("etc")),
            "stackaudit: cannot write the report to " + root.path("etc") + ": is a directory\n");
  EXPECT_EQ(complaint("/dev/full"),
            "stackaudit: cannot write the report to /dev/full: no space left on device\n");
}

TEST(BadQuestion, AStandardOutputThatTakesNothing) {
  const ServerRoot root(kNginx);
  std::ofstream full("/dev/full");
  std::ostringstream err;
  const Words args{"--root", root.path(), "--allow-incomplete", "--fail-on", "never"};
  EXPECT_EQ(run(args, full, err), 2);
  EXPECT_EQ(err.str(),
            "stackaudit: cannot write the report to standard output: no space left on device\n");
}

TEST(BadQuestion, AReaderThatWentAwayAndAClosedDescriptor) {
  const auto binary = std::string(STACKAUDIT_BINARY);
  const auto piped = test::run(
      {"bash", "-c", "(trap '' PIPE; sleep 0.2; \"$0\" tables; echo $? >&2) | true", binary});
  EXPECT_EQ(piped.err, "stackaudit: cannot write the report to standard output: broken pipe\n2\n");
  const auto closed = test::run({"bash", "-c", "\"$0\" tables >&-", binary});
  EXPECT_EQ(closed.status, 2);
  EXPECT_EQ(closed.err,
            "stackaudit: cannot write the report to standard output: bad file descriptor\n");
}

}  // namespace
}  // namespace stackaudit::cli
