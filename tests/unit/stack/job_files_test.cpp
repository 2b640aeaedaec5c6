// Tables of cron and files of supervisord: what they start, as whom, and where that is written.
#include "stack/jobs/job_files.hpp"

#include "unit/stack/memory_survey.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

std::string shown(const std::vector<CronTable>& tables) {
  std::string text;
  for (const auto& table : tables) {
    text += table.path + (table.owner.empty() ? "" : " of " + table.owner) + "\n";
    for (const auto& job : table.jobs) {
      text += "  " + std::to_string(job.line) + " +" + std::to_string(job.begin) + " " + job.user +
              ": " + job.command;
      if (!job.home.empty()) text += " in " + job.home;
      for (const auto& directory : job.search_path) text += " " + directory;
      text += "\n";
    }
  }
  return text;
}

TEST(JobFiles, TablesOfCron) {
  MemorySurvey memory;
  memory.file("/etc/passwd 0644 root:root", "root:x:0:0::/root:/bin/sh\napp:x:9:9::/srv:/bin/sh\n");
  memory.file("/etc/crontab 0644 root:root",
              "# comment\nHOME = /tmp\nPATH=\"/usr/bin: /bin\"\n\n"
              "*/5 * * * * app  run me\r\n@daily root date +\\%s %input\n17 * * *\nMAILTO=x\n");
  memory.file("/etc/cron.d/a 0644 root:root", "0 0 1 1 0 app x");
  memory.file("/etc/cron.d/a.bak 0644 root:root", "0 0 1 1 0 app y\n");
  memory.file("/var/spool/cron/crontabs/app 0600 root:root", "@reboot z -a\n");
  EXPECT_EQ(shown(cron_tables(memory.open())),
            "/etc/crontab\n"
            "  5 +62 app: run me in /tmp /usr/bin /bin\n"
            "  6 +82 root: date +\\%s in /tmp /usr/bin /bin\n"
            "/etc/cron.d/a\n"
            "  1 +14 app: x\n"
            "/var/spool/cron/crontabs/app of app\n"
            "  1 +8 app: z -a\n");
}

std::string shown(const Supervisor& read) {
  std::string text;
  for (const auto& path : read.files) text += path + "\n";
  for (const auto& section : read.sections) {
    text += section.path + " [" + section.name + "]";
    for (const auto& setting : section.settings)
      text += " " + std::to_string(setting.line) + "+" + std::to_string(setting.begin) + " " +
              setting.key + "=" + setting.value + ",";
    text += "\n";
  }
  return text;
}

TEST(JobFiles, SupervisordAndWhatItIncludes) {
  MemorySurvey memory;
  memory.file(
      "/etc/supervisor/supervisord.conf 0644 root:root",
      "key=before\n[supervisord]\n;a=b\nuser = app ; whom\n[include]\nfiles = conf.d/*.conf "
      "/srv/w.ini\n");
  memory.file("/etc/supervisor/conf.d/a.conf 0644 root:root", "[program:a]\ncommand=/bin/a\n");
  memory.file("/etc/supervisord.d/other.ini 0644 root:root", "[program:o]\ncommand=/bin/o\n");
  memory.file("/srv/w.ini 0644 root:root", "[program:w]\ncommand=1\ncommand=2\n");
  const auto read = read_supervisor(memory.open());
  EXPECT_EQ(shown(read),
            "/etc/supervisor/supervisord.conf\n/etc/supervisor/conf.d/a.conf\n/srv/w.ini\n"
            "/etc/supervisor/supervisord.conf [supervisord] 4+37 user=app,\n"
            "/etc/supervisor/supervisord.conf [include] 6+66 files=conf.d/*.conf /srv/w.ini,\n"
            "/etc/supervisor/conf.d/a.conf [program:a] 2+20 command=/bin/a,\n"
            "/srv/w.ini [program:w] 2+20 command=1, 3+30 command=2,\n");
  EXPECT_EQ(read.sections.back().value("command"), "2");
  EXPECT_EQ(read.sections.back().value("user"), "");
}

TEST(JobFiles, APartOfARootWithoutTheMainFile) {
  MemorySurvey memory;
  memory.file("/etc/supervisord.d/other.ini 0644 root:root", "[program:o]\ncommand=/bin/o\n");
  EXPECT_EQ(shown(read_supervisor(memory.open())),
            "/etc/supervisord.d/other.ini\n"
            "/etc/supervisord.d/other.ini [program:o] 2+20 command=/bin/o,\n");
}

// A block stands where its brace does, whatever comments come before its first directive.
TEST(JobFiles, BlocksOfLogrotate) {
  MemorySurvey memory;
  memory.file("/etc/logrotate.d/a 0644 root:root",
              "compress\n/var/log/a.log\n/var/log/b.log {\n  # kept\n  # for long\n  daily\n"
              "  postrotate\n    run\n  endscript\n}\n/var/log/c.log {\n}\n");
  const auto survey = memory.open();
  const auto blocks = rotation_blocks(survey, "/etc/logrotate.d/a");
  ASSERT_TRUE(blocks);
  std::string text;
  for (const auto& block : *blocks) {
    text += std::to_string(block.number) + ":";
    for (const auto& log : block.logs) text += " " + log;
    for (const auto& line : block.directives)
      if (line.text.find('/') == std::string::npos) text += " " + line.text;
    for (const auto& line : block.commands) text += " !" + std::to_string(line.number);
    text += "\n";
  }
  EXPECT_EQ(text, "0: compress\n3: /var/log/a.log /var/log/b.log   daily !8\n11: /var/log/c.log\n");
}

}  // namespace
}  // namespace stackaudit::stack
