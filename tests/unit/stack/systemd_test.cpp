// Units as systemd would load them: search path, drop-ins, enablement, names that lead nowhere.
#include "stack/systemd/systemd.hpp"

#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kNginxUnit =
    "[Service]\nType=forking\nExecStart=/usr/sbin/nginx -g 'daemon on;'\n[Install]\n"
    "WantedBy=multi-user.target\n";

void add_nginx(MemorySurvey& memory) {
  memory.file("/usr/sbin/nginx 0755 root:root", "x")
      .file("/usr/lib/systemd/system/nginx.service 0644 root:root", kNginxUnit)
      .file("/lib -> usr/lib");
}

std::string dump(const Systemd& systemd) {
  std::string out;
  for (const auto& unit : systemd.units()) {
    out += unit.name + " " + unit.kind + " " + unit.path;
    if (unit.user) out += " user=" + *unit.user;
    if (unit.group) out += " group=" + *unit.group;
    for (const auto& command : unit.exec_start) out += " start=" + command.program;
    for (const auto& path : unit.drop_ins) out += " +" + path;
    out += std::string(unit.enabled ? " enabled" : "") + (unit.masked ? " masked" : "") +
           (unit.refused ? " refused" : "") + (unit.net_bind_service ? " bind" : "") + "\n";
  }
  return out;
}

TEST(SystemdUnits, FragmentDropInsAndEnablement) {
  MemorySurvey memory;
  add_nginx(memory);
  memory
      .file(
          "/etc/systemd/system/multi-user.target.wants/nginx.service -> "
          "/lib/systemd/system/nginx.service")
      .file("/etc/systemd/system/nginx.service.d/20-b.conf 0644 root:root",
            "[Service]\nUser=nobody\n")
      .file("/etc/systemd/system/nginx.service.d/notes 0644 root:root", "[Service]\nUser=x\n")
      .file("/usr/lib/systemd/system/nginx.service.d/20-b.conf 0644 root:root",
            "[Service]\nUser=masked\n")
      .file("/run/systemd/system/nginx.service.d/10-a.conf 0644 root:root",
            "[Service]\nUser=www-data\nGroup=www-data\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n")
      .file("/etc/systemd/system/service.d/00-all.conf 0644 root:root", "[Service]\nNice=1\n");
  auto survey = memory.open();
  EXPECT_EQ(dump(read_systemd(survey)),
            "nginx.service nginx /usr/lib/systemd/system/nginx.service user=nobody group=www-data "
            "start=/usr/sbin/nginx +/etc/systemd/system/service.d/00-all.conf "
            "+/run/systemd/system/nginx.service.d/10-a.conf "
            "+/etc/systemd/system/nginx.service.d/20-b.conf enabled bind\n");
}

TEST(SystemdUnits, MaskedAliasedAndNamedOtherwise) {
  MemorySurvey memory;
  memory.file("/etc/systemd/system/nginx.service -> /dev/null")
      .file("/usr/lib/systemd/system/nginx.service 0644 root:root", kNginxUnit)
      .file("/usr/lib/systemd/system/mariadb.service 0644 root:root",
            "[Service]\nUser=mysql\nExecStart=/bin/sh -c \"exec /usr/sbin/mariadbd $X\"\n")
      .file("/usr/lib/systemd/system/mysql.service -> mariadb.service")
      .file("/etc/systemd/system/multi-user.target.wants/mysql.service -> x")
      .file("/etc/systemd/system/web.service 0644 root:root",
            "[Service]\nExecStart=/opt/apache/bin/httpd -DFOREGROUND\n")
      .file("/etc/systemd/system/cache.service 0644 root:root",
            "[Service]\nExecStart=/usr/bin/htcacheclean -d 1 -p /var/cache/apache2\n");
  auto survey = memory.open();
  const auto systemd = read_systemd(survey);
  EXPECT_EQ(dump(systemd),
            "mariadb.service mariadb /usr/lib/systemd/system/mariadb.service user=mysql "
            "start=/bin/sh enabled\n"
            "nginx.service nginx /etc/systemd/system/nginx.service masked\n"
            "web.service apache /etc/systemd/system/web.service start=/opt/apache/bin/httpd\n");
  ASSERT_NE(systemd.find("apache"), nullptr);
  EXPECT_EQ(systemd.find("apache")->name, "web.service");
  EXPECT_EQ(systemd.find("php-fpm"), nullptr);
}

TEST(SystemdUnits, NamesThatLeadNowhere) {
  MemorySurvey memory;
  add_nginx(memory);
  memory.file("/etc/default/nginx 0644 root:root", "A=1\n")
      .file(
          "/etc/systemd/system/nginx.service.d/a.conf 0644 root:root",
          "[Service]\nEnvironmentFile=-/etc/default/none\nEnvironmentFile=/etc/default/nginy\n"
          "EnvironmentFile=/run/x.env\nUser=www-dat\nExecStart=\nExecStart=/usr/sbin/nginxx -c a\n"
          "ExecStartPre=-/bin/none\nReadWritePaths=/srv/none -/srv/none2\n");
  auto survey = memory.open();
  (void)read_systemd(survey);
  const std::string file = "/etc/systemd/system/nginx.service.d/a.conf:";
  EXPECT_EQ(dump_references(memory.facts),
            file + "2 environment-file /etc/default/none missing optional\n" + file +
                "3 environment-file /etc/default/nginy missing ~/etc/default/nginx\n" + file +
                "4 environment-file /run/x.env dynamic\n" + file +
                "8 program /bin/none missing optional\n" + file +
                "7 program /usr/sbin/nginxx missing ~/usr/sbin/nginx\n" + file +
                "5 user www-dat missing ~www-data\n" + file + "9 sandbox-path /srv/none missing\n" +
                file + "9 sandbox-path /srv/none2 missing optional\n");
}

TEST(SystemdUnits, WhatSystemdRefusesOrIgnores) {
  MemorySurvey memory;
  add_nginx(memory);
  memory.file("/etc/systemd/system/nginx.service.d/a.conf 0644 root:root",
              "[Service]\nExecStart=/usr/sbin/nginx\nUsr=x\nX-Note=1\nNewerSettingNobodyKnows=1\n"
              "[Servce]\nUser=x\n[Unit]\nUser=www-data\n[Service]\nExecStartPre=/bin/a \"b\n"
              "ExecStopPost=/bin/x %Q\n");
  auto survey = memory.open();
  EXPECT_EQ(dump(read_systemd(survey)).find(" refused") == std::string::npos, false);
  const std::string file = "/etc/systemd/system/nginx.service.d/a.conf:";
  EXPECT_EQ(dump_problems(memory.facts),
            file + "3 warning Unknown key 'Usr' in section [Service], ignoring. ~User\n" + file +
                "6 warning Unknown section 'Servce'. Ignoring. ~[Service]\n" + file +
                "9 warning Unknown key 'User' in section [Unit], ignoring.\n" + file +
                "11 error Unbalanced quoting, ignoring: \"/bin/a \"b\"\n" + file +
                "12 error Failed to resolve unit specifiers in %Q: Invalid slot\n" + file +
                "2 error Service has more than one ExecStart= setting, which is only allowed "
                "for Type=oneshot services. Refusing.\n");
}

TEST(SystemdUnits, Identity) {
  MemorySurvey memory;
  const auto survey = memory.open();
  ServiceUnit unit;
  EXPECT_EQ(Systemd::identity(unit, survey.accounts)->uid, 0U);
  unit.bounding = {};
  unit.bounding.net_bind_service = true;
  const auto confined = Systemd::identity(unit, survey.accounts);
  EXPECT_FALSE(confined->capabilities.dac_override);
  EXPECT_TRUE(confined->capabilities.net_bind_service);
  unit.user = "www-data";
  unit.group = "daemon";
  const auto worker = Systemd::identity(unit, survey.accounts);
  EXPECT_EQ(worker->uid, 33U);
  EXPECT_EQ(worker->gid, survey.accounts.group("daemon")->gid);
  EXPECT_FALSE(worker->capabilities.net_bind_service);
  unit.user = "nosuch";
  EXPECT_FALSE(Systemd::identity(unit, survey.accounts));
  unit.dynamic_user = true;
  EXPECT_TRUE(Systemd::identity(unit, survey.accounts));
}

TEST(SystemdUnits, WhatTheBootMakes) {
  MemorySurvey memory;
  add_nginx(memory);
  memory
      .file("/usr/lib/tmpfiles.d/a.conf 0644 root:root",
            "# x\nd /var/run/php 0750 www-data www-data - -\n")
      .file("/etc/systemd/system/nginx.service.d/a.conf 0644 root:root",
            "[Service]\nRuntimeDirectory=nginx\nUser=www-data\n");
  auto survey = memory.open();
  const auto systemd = read_systemd(survey);
  ASSERT_NE(systemd.made_at_boot("/run/php"), nullptr);
  EXPECT_EQ(systemd.made_at_boot("/run/php")->mode, 0750U);
  ASSERT_NE(systemd.made_at_boot("/run/nginx"), nullptr);
  EXPECT_EQ(systemd.made_at_boot("/run/nginx")->user, "www-data");
  EXPECT_EQ(systemd.made_at_boot("/run/other"), nullptr);
}

// systemd-tmpfiles: lines that change come behind those that make, whatever the files are called; a
// line with an account that is not there is left out.
TEST(SystemdUnits, WhatLaterLinesOfTmpfilesChange) {
  MemorySurvey memory;
  add_nginx(memory);
  memory
      .file("/usr/lib/tmpfiles.d/zz.conf 0644 root:root",
            "d /run/a 0755 www-data www-data\nd /run/b 0755 www-data www-data\n"
            "d /run/c 0755\nd /run/e 0755\n")
      .file("/etc/tmpfiles.d/aa.conf 0644 root:root",
            "z /run/a 0750 root - -\nm /run/b 0711 root\nZ /run/c ~0700\n"
            "z /run/e 0700 nosuchuser\n");
  auto survey = memory.open();
  const auto systemd = read_systemd(survey);
  std::string made;
  for (const auto* path : {"/run/a", "/run/b", "/run/c", "/run/e"}) {
    const auto* directory = systemd.made_at_boot(path);
    ASSERT_NE(directory, nullptr);
    made += directory->user + " " + directory->group + " " + std::to_string(directory->mode) + " " +
            (directory->place ? std::to_string(directory->place->line.value_or(0)) : "-") + "\n";
  }
  EXPECT_EQ(made,
            "root www-data 488 1\nwww-data www-data 457 2\nroot root 448 3\nroot root 493 -\n");
}

// What the unit with these lines of [Service] is told.
std::string refused_with(const std::string& lines) {
  MemorySurvey memory;
  add_nginx(memory);
  memory.file("/etc/systemd/system/nginx.service.d/a.conf 0644 root:root", "[Service]\n" + lines)
      .file("/lib64/ld-linux-x86-64.so.2 0755 root:root", "");
  auto survey = memory.open();
  (void)read_systemd(survey);
  std::string text;
  for (const auto& row : survey.facts.rows<facts::SyntaxProblem>())
    if (row.severity == "error")
      text += row.path + ":" + std::to_string(row.line.value_or(0)) + " " + row.code + "\n";
  return text;
}

TEST(SystemdUnits, SettingsThatOnlyTogetherRefuse) {
  const std::string drop_in = "/etc/systemd/system/nginx.service.d/a.conf:";
  EXPECT_EQ(refused_with("Type=oneshot\nRestart=always\n"), drop_in + "3 bad-value\n");
  EXPECT_EQ(refused_with("Restart=always\n"), "");
  EXPECT_EQ(refused_with("Type=dbus\n"), drop_in + "2 bad-value\n");
  EXPECT_EQ(refused_with("Type=dbus\nBusName=org.x\n"), "");
  EXPECT_EQ(refused_with("PrivateUsers=yes\n"), drop_in + "2 system-calls\n");
  EXPECT_EQ(refused_with("PrivateUsers=yes\nPrivateUsers=no\n"), "");
  EXPECT_EQ(refused_with("NoExecPaths=/\nExecPaths=/usr/bin\n"), drop_in + "2 command-refused\n");
  EXPECT_EQ(refused_with("NoExecPaths=/\nExecPaths=/usr/sbin\n"), drop_in + "2 command-refused\n");
  EXPECT_EQ(refused_with("NoExecPaths=/srv /tmp\n"), "");
  EXPECT_EQ(refused_with("NoExecPaths=/\nExecPaths=-/usr +/lib64\n"), "");
}

TEST(SystemdUnits, NothingWithoutUnits) {
  MemorySurvey memory;
  auto survey = memory.open();
  EXPECT_EQ(dump(read_systemd(survey)), "");
}

}  // namespace
}  // namespace stackaudit::stack
