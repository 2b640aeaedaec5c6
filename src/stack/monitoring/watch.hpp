// What agents are told to look at on this machine besides addresses: processes by name or by pid
// file, log files, programs that they run.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack {

// "nginx", "apache", "php-fpm" or "mariadb" by the words of the text, the first that occurs; empty
// where it speaks of none.
[[nodiscard]] std::string service_in(std::string_view text);

// Rows of kind watched-process, watched-pid-file, watched-unit and agent-program in `reference`;
// `place` is the name as written. Names and files that belong to no service of this audit are left
// alone.
void watch_process(Survey& survey, std::string_view agent, const facts::Place& place,
                   std::string_view name);
void watch_pid_file(Survey& survey, std::string_view agent, const facts::Place& place,
                    std::string_view path, std::string_view context);
// By a pattern for the lines of commands, as monit has it; only plain words are judged.
void watch_matching(Survey& survey, std::string_view agent, const facts::Place& place,
                    std::string_view pattern, std::string_view context);
void watch_unit(Survey& survey, std::string_view agent, const facts::Place& place,
                std::string_view name);
void run_program(Survey& survey, std::string_view agent, const facts::Place& place,
                 std::string_view path);
// Kind agent-file: a file that the agent reads or looks at, anywhere; `path` is the absolute one.
void look_for_file(Survey& survey, std::string_view agent, const facts::Place& place,
                   std::string_view as_written, std::string_view path, std::string effect);
// Kind watched-log: a file of a service's log directory that no service writes, beside others that
// one does; watched-log-directory: a directory that is not there.
void watch_log(Survey& survey, std::string_view agent, const facts::Place& place,
               std::string_view path);

// Records that the agent, where it is known as whom it runs, opens this log or the logs of this
// pattern; of one that is not there yet, that it enters the directory.
void open_log(Survey& survey, std::string_view agent, const facts::Place& place,
              const std::string& path);

// Adds a monitor row for a target whose watch needs no address.
void add_monitor(Survey& survey, std::string_view agent, std::string_view target,
                 const facts::Place& place, std::string_view url);

}  // namespace stackaudit::stack
