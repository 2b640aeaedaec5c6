// What runs without being asked: cron, logrotate, supervisord, units with commands of their own.
#pragma once

#include "stack/survey.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

// Fills `reference` with accounts ("job-account"), directories and scripts ("job-path") of cron,
// logrotate, tmpfiles.d and supervisord that are not there, and syntax_problem with what cron and
// logrotate pass over and leave behind. job_names.cpp, job_syntax.cpp, rotation.cpp
void find_job_names(Survey& survey);

// The same for certbot: hooks and the directories of its challenges. renewals.cpp
void find_renewals(Survey& survey);

// Adds the problems "boot-hands-over" and "boot-shuts-out": lines of tmpfiles.d in /etc that give
// configuration of a server to somebody other than root, or a directory a mode by which those who
// go through it may not. What the servers open must be known. handed_over.cpp
void find_handed_over(Survey& survey);

// A server that supervisord and an enabled unit start, and a console of supervisord that asks
// nobody who he is: problems of code "second-start" and "console-open". supervised.cpp
void check_supervised(Survey& survey);

// Code of a web site that cron or a unit of this machine runs as root: problems of code
// "root-code". root_code.cpp
void find_root_code(Survey& survey);

// logrotate's `create` against those who write the logs without being root, and pid files in its
// scripts that no service writes: problems of code "rotated-log" and "rotated-pid". rotation.cpp
void check_rotation(Survey& survey);

// A file that root runs or obeys on its own.
struct RootFile {
  std::string path;
  std::string kind;     // as facts::Writable::kind
  std::string service;  // "cron", "logrotate"
};

// crontab(5), run-parts directories and logrotate(8): the files that root reads and runs. jobs.cpp
[[nodiscard]] std::vector<RootFile> root_jobs(Survey& survey);

}  // namespace stackaudit::stack
