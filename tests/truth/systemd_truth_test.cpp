// Asks systemd-analyze about units and compares what it refuses. systemd is on every Debian that
// has services, but not in every container: where it is missing there is nobody to ask.
#include "stack/systemd/systemd.hpp"
#include "support/process.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

bool we_refuse(std::string_view unit) {
  tree::MemoryTree tree;
  tree.add("/etc/systemd/system/nginx.service 0644 root:root", unit);
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  const auto systemd = read_systemd(survey);
  const auto* found = systemd.find("nginx");
  return found != nullptr && found->refused;
}

TEST(SystemdTruth, RefusesWhatSystemdRefuses) {
  if (!test::installed("systemd-analyze")) GTEST_SKIP() << "systemd is not installed";
  const test::TempDir folder;
  for (const auto* lines : {"ExecStart=/bin/true",
                            "ExecStart=true",
                            "ExecStart=/bin/true \"a",
                            "ExecStart=/bin/true\nUsr=x",
                            "ExecStart=/bin/true\n[Servce]\nUser=x",
                            "ExecStart=/bin/true\nExecStart=/bin/false",
                            "Type=oneshot\nExecStart=/bin/true\nExecStart=/bin/false",
                            "User=www-data",
                            "ExecStart=-@/bin/true foo bar",
                            "ExecStart=/bin/true \\x",
                            "ExecStart=/bin/true %Q",
                            "ExecStart=/bin/true %n %i %t %%",
                            "ExecStart=",
                            "ExecStart=/bin/true ; /bin/false",
                            "ExecStart=/bin/true\n[Service\nUser=x",
                            "ExecStart=/bin/true\nWorkingDirectory=/tmp",
                            "ExecStart=/bin/true\nWorkingDirectory=rel",
                            "ExecStart=bin/true",
                            "ExecStart=/bin/true\nEnvironmentFile=rel",
                            "ExecStart=/bin/true\nPrivateTmp=maybe",
                            "ExecStart=/bin/true \\\n  --more \\\n# comment\n  'x y'",
                            "ExecStart=\nExecStart=/bin/true",
                            "ExecStart=/bin/true\nnonsense"}) {
    const auto text = std::string("[Service]\n") + lines + "\n";
    const auto path = folder.write("nginx.service", text);
    const auto said = test::run({"systemd-analyze", "verify", "--man=no", path}).both();
    const bool refused = said.find("bad unit file setting") != std::string::npos ||
                         said.find("failed to load properly") != std::string::npos;
    EXPECT_EQ(we_refuse(text), refused) << text << said;
  }
}

}  // namespace
}  // namespace stackaudit::stack
