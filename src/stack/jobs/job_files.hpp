// The files of cron(8), supervisord and logrotate(8): what they start, when nobody asks for it.
#pragma once

#include "stack/survey.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

struct CronJob {
  std::int64_t line = 0;
  std::size_t begin = 0;                 // of the command, in the file's bytes
  std::string user;                      // as written; the owner in a user's own table
  std::string command;                   // up to the first "%" without a backslash
  std::string home;                      // HOME= before it; empty: the user's
  std::vector<std::string> search_path;  // PATH= before it; empty: cron's own
};

struct CronTable {
  std::string path;
  std::string owner;  // of the table of one user; empty: each line names its user
  std::vector<CronJob> jobs;
};

// /etc/crontab, /etc/cron.d as cron reads it, and the users' own tables. crontab(5)
[[nodiscard]] std::vector<CronTable> cron_tables(const Survey& survey);

struct SupervisorSetting {
  std::string key, value;  // without the comment behind " ;"
  std::int64_t line = 0;
  std::size_t begin = 0;  // of the value, in the file's bytes
};

struct SupervisorSection {
  std::string path;
  std::string name;  // "program:worker"
  std::vector<SupervisorSetting> settings;

  // The last one of that key; nullptr: not set.
  [[nodiscard]] const SupervisorSetting* find(std::string_view key) const;
  // Its value, or an empty text.
  [[nodiscard]] std::string value(std::string_view key) const;
};

struct Supervisor {
  std::vector<std::string> files;
  std::vector<SupervisorSection> sections;
};

// The main file and what its [include] takes in; of a part of a root without a main file, the
// directories that Debian's and Red Hat's name.
[[nodiscard]] Supervisor read_supervisor(const Survey& survey);

// The files of /etc/logrotate.d that logrotate reads: not those whose names end in one of its taboo
// extensions.
[[nodiscard]] std::vector<std::string> rotation_files(const tree::Tree& tree);

struct RotationLine {
  std::string text;  // neither empty nor a comment
  std::int64_t number = 0;
};

struct RotationBlock {
  std::int64_t number = 0;        // of the line with its brace
  std::vector<std::string> logs;  // absolute patterns; none for a block that is not closed
  std::vector<RotationLine> directives;
  std::vector<RotationLine> commands;  // of its scripts
  std::int64_t open_script = 0;        // the line that begins a script which nothing ends
};

// A file of logrotate: what stands outside of all braces as a block without logs, then the others.
// nullopt: it cannot be read.
[[nodiscard]] std::optional<std::vector<RotationBlock>> rotation_blocks(const Survey& survey,
                                                                        const std::string& path);

}  // namespace stackaudit::stack
