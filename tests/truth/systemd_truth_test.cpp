// Asks systemd-analyze about units and compares what it refuses. systemd is on every Debian that
// has services, but not in every container: where it is missing there is nobody to ask.
#include "stack/account_sources.hpp"
#include "stack/systemd/isolation.hpp"
#include "stack/systemd/systemd.hpp"
#include "support/process.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>

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
                            "Type=oneshot\nRestart=always\nExecStart=/bin/true",
                            "Type=oneshot\nRestart=on-success\nExecStart=/bin/true",
                            "Type=oneshot\nRestart=on-failure\nExecStart=/bin/true",
                            "Type=dbus\nExecStart=/bin/true",
                            "Type=dbus\nBusName=org.example.web\nExecStart=/bin/true",
                            "ExecStart=/bin/true\nnonsense"}) {
    const auto text = std::string("[Service]\n") + lines + "\n";
    const auto path = folder.write("nginx.service", text);
    const auto said = test::run({"systemd-analyze", "verify", "--man=no", path}).both();
    const bool refused = said.find("bad unit file setting") != std::string::npos ||
                         said.find("failed to load properly") != std::string::npos;
    EXPECT_EQ(we_refuse(text), refused) << text << said;
  }
}

// Settings of the mount namespace, @ a directory with a/f and b/f in it, and what is done there.
struct Mounts {
  std::string settings, path;
  bool writes = false;
};

const std::vector<Mounts>& mounts() {
  static const std::vector<Mounts> list{
      {"TemporaryFileSystem=@", "@/a/f"},
      {"TemporaryFileSystem=@/a", "@/a/f"},
      {"TemporaryFileSystem=@/a", "@/b/f"},
      {"TemporaryFileSystem=@:ro\nBindReadOnlyPaths=@/a", "@/a/f"},
      {"TemporaryFileSystem=@:ro\nBindReadOnlyPaths=@/a", "@/b/f"},
      {"TemporaryFileSystem=@:ro\nBindReadOnlyPaths=@/a", "@/a/f", true},
      {"TemporaryFileSystem=@\nBindPaths=@/a", "@/a/f", true},
      {"TemporaryFileSystem=@\nTemporaryFileSystem=", "@/a/f"},
      {"ReadOnlyPaths=@\nReadWritePaths=@/a", "@/a/f", true},
      {"ReadOnlyPaths=@\nReadWritePaths=@/a", "@/b/f", true},
      {"InaccessiblePaths=@/a", "@/a/f"},
      {"TemporaryFileSystem=@", "@/new", true},
      {"TemporaryFileSystem=@:ro", "@/new", true},
  };
  return list;
}

bool systemd_allows(const Mounts& asked, const std::string& at) {
  std::vector<std::string> command{"systemd-run", "--quiet", "--wait", "--collect"};
  const auto settings = test::placed(asked.settings, at);
  for (std::size_t from = 0; from < settings.size();) {
    const auto end = std::min(settings.find('\n', from), settings.size());
    command.insert(command.end(), {"-p", settings.substr(from, end - from)});
    from = end + 1;
  }
  const auto path = test::placed(asked.path, at);
  command.insert(command.end(), {"sh", "-c", (asked.writes ? ": >> " : ": < ") + path});
  return test::run(command).status == 0;
}

bool we_allow(const Mounts& asked, const std::string& at) {
  tree::MemoryTree tree;
  tree.add("/usr/sbin/nginx 0755 root:root");
  for (const auto* name : {"/a/f", "/b/f"}) tree.add(at + name + " 0644 root:root");
  tree.add("/etc/systemd/system/nginx.service 0644 root:root",
           "[Service]\nExecStart=/usr/sbin/nginx\n" + test::placed(asked.settings, at) + "\n");
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  const auto systemd = read_systemd(survey);
  const Actor actor{"nginx", "nginx", tree::root_principal(), &systemd.find("nginx")->fences};
  const auto operation = asked.writes ? tree::Operation::append : tree::Operation::read;
  (void)survey.open(actor,
                    {operation, test::placed(asked.path, at), {}, "content", "start", "", true});
  return facts.rows<facts::Access>().back().allowed;
}

// Needs a systemd that runs: in a container there is none to ask.
TEST(SystemdTruth, TheMountNamespaceHidesWhatItHides) {
  if (!std::filesystem::is_directory("/run/systemd/system"))
    GTEST_SKIP() << "systemd does not run here";
  const test::TempDir folder;
  for (const auto* name : {"a/f", "b/f"}) (void)folder.write(name, "x");
  const auto at = folder.path().string();
  for (const auto& asked : mounts())
    EXPECT_EQ(we_allow(asked, at), systemd_allows(asked, at)) << asked.settings << asked.path;
}

// The same answers where no systemd runs; seen in a booted container of Debian 12.
TEST(SystemdTruth, TheMountNamespaceAsSeen) {
  constexpr std::array<bool, 13> kSeen{false, false, true,  true,  false, false, true,
                                       true,  true,  false, false, true,  false};
  ASSERT_EQ(mounts().size(), kSeen.size());
  for (std::size_t i = 0; i < kSeen.size(); ++i)
    EXPECT_EQ(we_allow(mounts()[i], "/srv/x"), kSeen[i]) << mounts()[i].settings;
}

TEST(SystemdTruth, IgnoresTheValuesThatSystemdIgnores) {
  if (!test::installed("systemd-analyze")) GTEST_SKIP() << "systemd is not installed";
  const test::TempDir folder;
  for (const auto& [setting, value] :
       {std::pair{"Restart", "on-failure"},
        std::pair{"Restart", "on-failed"},
        std::pair{"KillMode", "mixed"},
        std::pair{"KillMode", "main"},
        std::pair{"TimeoutStartSec", "1min 30s"},
        std::pair{"TimeoutStartSec", "30sec."},
        std::pair{"TimeoutStopSec", "infinity"},
        std::pair{"RestartSec", "5sek"},
        std::pair{"RestartSec", "1.5"},
        std::pair{"TimeoutSec", "2minutes"},
        std::pair{"LimitNOFILE", "1K:64K"},
        std::pair{"LimitNOFILE", "infinity"},
        std::pair{"LimitNPROC", "abc"},
        std::pair{"LimitCPU", "10min"},
        std::pair{"LimitCORE", "1K:64K"},
        std::pair{"LimitMEMLOCK", "64 M"},
        std::pair{"LimitNOFILE", "1024:65536"},
        std::pair{"LimitNICE", "-5"},
        std::pair{"LimitCORE", "max"},
        std::pair{"ProtectSystem", "full"},
        std::pair{"ProtectSystem", "all"},
        std::pair{"ProtectHome", "read-only"},
        std::pair{"ProtectHome", "readonly"},
        std::pair{"PrivateTmp", "on"},
        std::pair{"PrivateTmp", "maybe"},
        std::pair{"NoNewPrivileges", "True"},
        std::pair{"RemainAfterExit", "ja"},
        std::pair{"Nice", "x"},
        std::pair{"Nice", "20"},
        std::pair{"Nice", "-21"},
        std::pair{"Nice", "19"},
        std::pair{"CPUQuota", "50"},
        std::pair{"CPUQuota", "50%"},
        std::pair{"CPUQuota", "0%"},
        std::pair{"CPUQuota", "150.5%"},
        std::pair{"CPUQuota", "x%"},
        std::pair{"OOMScoreAdjust", "-1001"},
        std::pair{"OOMScoreAdjust", "x"},
        std::pair{"OOMScoreAdjust", "1000"},
        std::pair{"OOMPolicy", "foo"},
        std::pair{"OOMPolicy", "kill"},
        std::pair{"MemoryMax", "x"},
        std::pair{"MemoryMax", "512MB"},
        std::pair{"MemoryMax", "512M"},
        std::pair{"MemoryMax", "50%"},
        std::pair{"MemoryMax", "150%"},
        std::pair{"MemoryMax", "infinity"},
        std::pair{"MemoryMax", "0"},
        std::pair{"MemoryMax", "-1"},
        std::pair{"MemoryHigh", "1.5G"},
        std::pair{"MemoryHigh", "1 G"},
        std::pair{"MemoryHigh", "1g"},
        std::pair{"MemorySwapMax", "x"},
        std::pair{"UMask", "0999"},
        std::pair{"UMask", "22"},
        std::pair{"UMask", "rwx"},
        std::pair{"UMask", "07777"},
        std::pair{"UMask", "077777"},
        std::pair{"RuntimeDirectoryMode", "x"},
        std::pair{"RuntimeDirectoryMode", "755"},
        std::pair{"RuntimeDirectoryMode", "00755"},
        std::pair{"StateDirectoryMode", "9"},
        std::pair{"SystemCallFilter", "@foo"},
        std::pair{"SystemCallFilter", "~@mount"},
        std::pair{"RestrictAddressFamilies", "AF_FOO"},
        std::pair{"RestrictAddressFamilies", "~AF_INET"},
        std::pair{"RestrictAddressFamilies", "AF_INET,AF_INET6"},
        std::pair{"RestrictAddressFamilies", "none"},
        std::pair{"RestrictAddressFamilies", "af_inet"},
        std::pair{"ProtectProc", "foo"},
        std::pair{"ProtectKernelTunables", "maybe"},
        std::pair{"PrivateUsers", "x"},
        std::pair{"StandardOutput", "foo"},
        std::pair{"StandardOutput", "file:/x"},
        std::pair{"StandardOutput", "file:x"},
        std::pair{"StandardOutput", "journal+console"},
        std::pair{"StandardOutput", "append:/x"},
        std::pair{"StandardOutput", "/var/log/x"},
        std::pair{"StandardError", "null"},
        std::pair{"StandardError", "inherit"},
        std::pair{"KillSignal", "FOO"},
        std::pair{"KillSignal", "SIGQUIT"},
        std::pair{"KillSignal", "QUIT"},
        std::pair{"KillSignal", "3"},
        std::pair{"KillSignal", "99"},
        std::pair{"RestartKillSignal", "x"},
        std::pair{"SystemCallFilter", "@netwrok-io"},
        std::pair{"SystemCallFilter", "@system-service SystemCallFilter=@mount"},
        std::pair{"MemoryMax", "51M2"},
        std::pair{"CPUQuota", "<0%"},
        std::pair{"NotifyAccess", "all"},
        std::pair{"NotifyAccess", "any"}}) {
    const auto line = std::string(setting) + "=" + value;
    const auto path =
        folder.write("nginx.service", "[Service]\nExecStart=/bin/true\n" + line + "\n");
    const auto said = test::run({"systemd-analyze", "verify", "--man=no", path}).both();
    const auto complaint = complaint_about(setting, value);
    EXPECT_EQ(complaint.has_value(), said.find(path + ":3: ") != std::string::npos) << line << "\n"
                                                                                    << said;
    if (!complaint) continue;
    EXPECT_NE(said.find(complaint->message), std::string::npos) << complaint->message << "\n"
                                                                << said;
  }
}

// sysusers.d(5): which groups the lines of users bring.
TEST(SystemdUsers, GroupsThatSysusersMakes) {
  if (!test::installed("systemd-sysusers")) GTEST_SKIP() << "systemd is not installed";
  const std::string passwd = "root:x:0:0::/root:/bin/sh\n";
  const std::string group = "root:x:0:\nnogroup:x:65534:\n";
  const std::string lines =
      "u nobody 65534:65534\nu web 900:nogroup\nu app 901\nu free -\ng staff 902\n";
  const test::TempDir root;
  (void)root.write("etc/passwd", passwd);
  const auto made = root.write("etc/group", group);
  (void)root.write("usr/lib/sysusers.d/a.conf", lines);
  ASSERT_EQ(test::run({"systemd-sysusers", "--root=" + root.path().string()}).status, 0);
  const auto groups = test::run({"cat", made}).out;
  tree::MemoryTree tree;
  tree.add("/etc/passwd 0644 root:root", passwd);
  tree.add("/etc/group 0644 root:root", group);
  tree.add("/usr/lib/sysusers.d/a.conf 0644 root:root", lines);
  text::SourceMap sources;
  facts::Store facts;
  const Survey survey(tree, sources, facts);
  for (const std::string name : {"nobody", "web", "app", "free", "staff", "none"})
    EXPECT_EQ(group_state(survey, name) == "missing", groups.find("\n" + name + ":") == groups.npos)
        << name << "\n"
        << groups;
}

// A socket that the boot starts: its service, or the template of Accept=yes, must be there.
TEST(SystemdSockets, NeedTheirService) {
  if (!test::installed("systemd-analyze")) GTEST_SKIP() << "systemd is not installed";
  const std::string listen = "[Socket]\nListenStream=127.0.0.1:9100\n";
  for (const std::string extra : {"", "Accept=yes\n", "Service=other.service\n", "Accept=no\n"})
    for (const std::string service : {"appd.service", "appd@.service", "other.service"}) {
      const std::string unit = "[Service]\nExecStart=/bin/true\n";
      const test::TempDir folder;
      const auto socket = folder.write("appd.socket", listen + extra);
      (void)folder.write(service, unit);
      const auto real = test::run({"env", "SYSTEMD_UNIT_PATH=" + folder.path().string() + ":",
                                   "systemd-analyze", "verify", socket});
      tree::MemoryTree tree;
      tree.add("/usr/lib/systemd/system 0755 root:root dir", "");
      tree.add("/etc/systemd/system/appd.socket 0644 root:root", listen + extra);
      tree.add("/etc/systemd/system/" + service + " 0644 root:root", unit);
      tree.add("/etc/systemd/system/sockets.target.wants/appd.socket -> ../appd.socket", "");
      text::SourceMap sources;
      facts::Store facts;
      Survey survey(tree, sources, facts);
      (void)read_systemd(survey);
      const bool told = std::ranges::any_of(
          facts.rows<facts::SyntaxProblem>(),
          [](const facts::SyntaxProblem& row) { return row.code == "socket-unit"; });
      EXPECT_EQ(told, real.both().find("not loaded") != std::string::npos)
          << extra << service << '\n'
          << real.both();
    }
}

// systemd.time(7): every word that is no time is told, and none that is one.
TEST(SystemdCalendar, WordsThatSystemdRefuses) {
  if (!test::installed("systemd-analyze")) GTEST_SKIP() << "systemd is not installed";
  for (const std::string value : {"daily",
                                  "Daily",
                                  "dayly",
                                  "hourly",
                                  "HOURLY",
                                  "minutely",
                                  "anually",
                                  "annually",
                                  "biannually",
                                  "bi-annually",
                                  "semi-annually",
                                  "semiannually",
                                  "semiannual",
                                  "biweekly",
                                  "weekly",
                                  "weekdays",
                                  "Monday",
                                  "Mon",
                                  "midnight",
                                  "noon",
                                  "now",
                                  "reboot",
                                  "*/5 * * * *",
                                  "0 3 * * *",
                                  "Mon..Fri 10:00",
                                  "*-*-* 04:00",
                                  "*:0/5",
                                  "Sat,Sun 12:00",
                                  "24:00",
                                  "*-*-* 24:30",
                                  "3:60",
                                  "3:59:60",
                                  "*-13-01",
                                  "*-02-30",
                                  "*-00-01",
                                  "*-*-32",
                                  "12:00:00.5",
                                  "12:00:00.",
                                  "*-*-1..7 2:30",
                                  "*-*-7..1",
                                  "*-*~03/2",
                                  "*-*~1",
                                  "2026-*~03/2 3:15:20.5 UTC",
                                  "2026-*-~03/2",
                                  "2200-01-01",
                                  "70-01-01",
                                  "1969-01-01",
                                  "*:0/60",
                                  "*:0/59",
                                  "*:10/50",
                                  "0/4:00",
                                  "0/24:00",
                                  "0..5/2:00",
                                  "0..5/9:00",
                                  "5..5:00",
                                  "Mon,Tue,",
                                  "Mon..",
                                  "Mon,,Tue",
                                  "Mon-Fri 9:00",
                                  "Mon..Wed..Fri",
                                  "Monday..friday 9:00:10/20",
                                  "Sun *-*-* *:*:*",
                                  "@1700000000",
                                  "@17 3:00",
                                  "9",
                                  "9:",
                                  "9h30",
                                  "9.30",
                                  "*-*-* 9am",
                                  "*-*-*T9:00",
                                  "2026-01-01 9:00 Europe/Berlin",
                                  "daily UTC",
                                  "sun-tue 6:00",
                                  "Sun..Mon 6:00",
                                  "fri..fri 1:00",
                                  "Mon,Wed..Fri,Sun 7:00",
                                  "daily 3:00",
                                  "00,12:00",
                                  "*-*-* 3",
                                  "1,15-* 2:00",
                                  "*-1,7-1",
                                  "*-*-*/2",
                                  "*-*-1/2",
                                  "*:*/5",
                                  "*:*:0/0",
                                  "tues 9:00",
                                  "Thursday9:00",
                                  "wed 9:00",
                                  "3:00 PM"}) {
    tree::MemoryTree tree;
    tree.add("/usr/lib/systemd/system/nginx.service 0644 root:root",
             "[Service]\nType=forking\nExecStart=/usr/sbin/nginx\n");
    tree.add("/etc/systemd/system/nginx.timer 0644 root:root",
             "[Timer]\nOnCalendar=" + value + "\n");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(tree, sources, facts);
    (void)read_systemd(survey);
    const bool refused = test::run({"systemd-analyze", "calendar", value}).status != 0;
    EXPECT_EQ(!facts.rows<facts::SyntaxProblem>().empty(), refused) << value;
  }
}

// Runs its arguments as systemd runs a service: output and errors are a socket.
constexpr const char* kBySocket =
    "use Socket; open(my $out, '>&', *STDOUT);"
    "socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die;"
    "my $child = fork; if (!$child) { open(STDOUT, '>&', $a); open(STDERR, '>&', $a); exec @ARGV }"
    "close $a; print $out $_ while <$b>; waitpid $child, 0; exit($? >> 8)";

// What /dev/stdout is decides: a pipe, as of a container, can be opened, a socket cannot.
TEST(SystemdStreams, ASocketIsNoLog) {
  const test::TempDir folder;
  const auto begin = "pid " + (folder.path() / "pid").string() + ";\nerror_log stderr;\n";
  std::filesystem::create_symlink("/dev/stdout", folder.path() / "link.log");
  for (const std::string log : {"/dev/stdout", "/dev/stderr", "/proc/self/fd/2", "link.log"}) {
    const auto path = log[0] == '/' ? log : (folder.path() / log).string();
    const auto file = folder.write("nginx.conf", begin + "events {}\nhttp { access_log " + path +
                                                     "; server { listen 81; } }\n");
    EXPECT_EQ(test::run({"nginx", "-t", "-c", file}).status, 0) << log;
    const auto by_socket = test::run({"perl", "-e", kBySocket, "nginx", "-t", "-c", file});
    EXPECT_NE(by_socket.status, 0) << log;
    EXPECT_NE(by_socket.out.find("No such device or address"), std::string::npos) << by_socket.out;
  }
}

// Lines of tmpfiles.d carried out over configuration of root's nginx.
TEST(SystemdTmpfiles, GiveAwayWhatIsThere) {
  if (!test::installed("systemd-tmpfiles")) GTEST_SKIP() << "systemd is not installed";
  for (const std::string line :
       {"Z /etc/nginx - www-data www-data", "Z /etc/nginx - root www-data",
        "z /etc/nginx - www-data", "d /etc/nginx 0755 www-data www-data",
        "d /etc/nginx :0755 :www-data :www-data", "e /etc/ngin* 0777", "d! /etc/nginx 1777",
        "f /etc/nginx/nginx.conf - www-data", "f /etc/nginx/nginx.conf :0666 :www-data",
        "f+ /etc/nginx/nginx.conf 0666", "m /etc/nginx/nginx.conf 0602",
        "C /etc/nginx 0777 www-data", "d /etc/nginx/none 0777 www-data",
        "z /etc/nginx/nginx.conf ~0664 root www-data", "dd /etc/nginx 0777 www-data",
        "d /etc/nginx www-data www-data", "d^! /etc/nginx 0777", "z /etc/nginx 0789 www-data",
        "d++ /etc/nginx 0777"}) {
    const test::TempDir root;
    root.write("etc/passwd", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/usr/sbin/nologin\n");
    root.write("etc/group", "root:x:0:\nwww-data:x:33:\n");
    root.write("etc/nginx/nginx.conf", "events {}\n");
    root.write("etc/tmpfiles.d/web.conf", line + "\n");
    const auto at = root.path().string();
    const auto told = test::run({STACKAUDIT_BINARY, "--root", at, "--format", "json", "/etc"})
                          .out.find("\"boot-hands-over\"") != std::string::npos;
    (void)test::run({"systemd-tmpfiles", "--create", "--boot", "--root=" + at, "web.conf"});
    const auto given =
        test::run({"find", at + "/etc/nginx", "-path", "*/none", "-prune", "-o", "(", "-user", "33",
                   "-o", "-perm", "-002", "!", "-perm", "-1000", ")", "-print"});
    EXPECT_EQ(told, !given.out.empty()) << line << "\n" << given.both();
  }
}

}  // namespace
}  // namespace stackaudit::stack
