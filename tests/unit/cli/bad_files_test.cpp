// Whatever the files of a server are: told at its place, never waited for, never printed raw.
#include "invocation.hpp"

#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace stackaudit::cli {
namespace {

namespace fs = std::filesystem;

// The text holds no byte that could steer a terminal.
void expect_printable(const std::string& text) {
  for (const char c : text)
    EXPECT_FALSE((c >= 0 && c < ' ' && c != '\n') || c == '\x7f') << int{c} << " in " << text;
  EXPECT_EQ(text.find("\xc2\x9b"), std::string::npos);
}

// Runs the program as nobody, from a place where nobody may find it.
test::Output audit_as_nobody(const ServerRoot& root, const Words& args) {
  const test::TempDir dir;
  const auto program = dir.path() / "stackaudit";
  fs::copy_file(STACKAUDIT_BINARY, program);
  fs::permissions(program, fs::perms(0755));
  Words command{"setpriv",        "--reuid", "65534",  "--regid",  "65534",
                "--clear-groups", program,   "--root", root.path()};
  command.insert(command.end(), args.begin(), args.end());
  return test::run(command);
}

TEST(BadFiles, AFileWithoutPermissionMakesTheAuditIncomplete) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become nobody";
  const ServerRoot root(kNginx);
  fs::permissions(root.path("etc/nginx/nginx.conf"), fs::perms::none);
  const auto output = audit_as_nobody(root, {"--format", "json"});
  EXPECT_EQ(output.status, 2) << output.out;
  const auto json = nlohmann::json::parse(output.out);
  EXPECT_NE(json["incomplete"].dump().find(
                R"({"path":"/etc/nginx/nginx.conf","reason":"permission denied"})"),
            std::string::npos)
      << json["incomplete"];
  EXPECT_NE(audit_as_nobody(root, {}).out.find("/etc/nginx/nginx.conf: permission denied"),
            std::string::npos);
  EXPECT_EQ(audit_as_nobody(root, {"--allow-incomplete"}).status, 0);
}

TEST(BadFiles, ADirectoryInsteadOfAFile) {
  const ServerRoot root;
  fs::create_directories(root.path("etc/nginx/nginx.conf"));
  EXPECT_NE(root.audit().status, 0);
  const ServerRoot included(
      "user www-data;\nevents {}\nhttp {\n  include dir.conf;\n  server { listen 80; }\n}\n");
  fs::create_directories(included.path("etc/nginx/dir.conf"));
  const auto output = included.audit();
  EXPECT_EQ(output.status, 1) << output.out;
  EXPECT_NE(output.out.find("4:"), std::string::npos) << output.out;
}

TEST(BadFiles, SymlinksThatGoInCircles) {
  const ServerRoot root(kNginx);
  fs::create_directories(root.path("etc/nginx/conf.d"));
  fs::create_symlink("b.conf", root.path("etc/nginx/conf.d/a.conf"));
  fs::create_symlink("a.conf", root.path("etc/nginx/conf.d/b.conf"));
  fs::create_symlink("..", root.path("etc/nginx/up"));
  EXPECT_EQ(root.audit().status, 1) << root.audit().out;
}

TEST(BadFiles, AnIncludeOfItself) {
  const ServerRoot root("events {}\nhttp {\n  include nginx.conf;\n}\n");
  const auto output = root.audit();
  EXPECT_EQ(output.status, 1) << output.out;
  EXPECT_NE(output.out.find("include nginx.conf;"), std::string::npos) << output.out;
}

TEST(BadFiles, AGigabyteThatIsIncluded) {
  const ServerRoot root(kNginx);
  root.write("etc/nginx/conf.d/huge.conf", "");
  fs::resize_file(root.path("etc/nginx/conf.d/huge.conf"), 1U << 30U);
  const auto output = root.audit();
  EXPECT_EQ(output.status, 2) << output.out;
  EXPECT_NE(output.out.find("/etc/nginx/conf.d/huge.conf: larger than 16 MiB"), std::string::npos)
      << output.out;
}

TEST(BadFiles, APipeThatIsIncludedIsNotWaitedFor) {
  const ServerRoot root(kNginx);
  fs::create_directories(root.path("etc/nginx/conf.d"));
  ASSERT_EQ(::mkfifo(root.path("etc/nginx/conf.d/pipe.conf").c_str(), 0644), 0);
  const auto output = root.audit();
  EXPECT_NE(output.status, 0) << output.out;
  EXPECT_NE(output.out.find("pipe.conf"), std::string::npos) << output.out;
}

TEST(BadFiles, BytesThatAreNoText) {
  for (const auto& content :
       {std::string(4096, '\0'), std::string("\xff\xfe\xfd user\x1b[31m;\n\x80 {\n"),
        std::string("us\0er;\n", 7), std::string("listen \x1b]0;title\x07;\n")}) {
    const ServerRoot root(kNginx);
    root.write("etc/nginx/conf.d/bytes.conf", content);
    const auto output = root.audit();
    EXPECT_EQ(output.status, 1) << output.out;
    EXPECT_NE(output.out.find("bytes.conf"), std::string::npos) << output.out;
    expect_printable(output.out);
    const auto json = nlohmann::json::parse(root.audit({"--format", "json"}).out);
    EXPECT_GE(json["summary"]["error"], 1);
  }
}

TEST(BadFiles, NamesWithNewlinesAndEscapeSequences) {
  const ServerRoot root(kNginx);
  const std::string name =
      "etc/nginx/conf.d/a\nb\x1b[2J\xff\xc2\x9b"
      "31m.conf";
  root.write(name, "nonsense_directive on;\ninclude \"no\x1b(31m\nsuch\xff\";\n");
  const auto output = root.audit();
  EXPECT_EQ(output.status, 1) << output.out;
  expect_printable(output.out);
  EXPECT_NE(output.out.find("a\\x0ab\\x1b[2J"), std::string::npos) << output.out;
  const auto json = root.audit({"--format", "json"});
  EXPECT_TRUE(nlohmann::json::accept(json.out)) << json.out;
  expect_printable(json.out);
  const auto query = invoke({"query", "select path, name from directive", "--root", root.path()});
  EXPECT_EQ(query.status, 0) << query.err;
  expect_printable(query.out);
}

}  // namespace
}  // namespace stackaudit::cli
