// What no system can know alone: who answers a dial, may it connect to the socket, which files
// could be changed or read by whom.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Decides dial.answered and answered_by from the listeners, monitor.path_served from directives,
// and records in `access` the connects to sockets that listeners will create.
void connect_dials(Survey& survey, const Systemd& systemd);

// Records in `access` what PHP must be able to write. php_writes.cpp
void find_php_writes(Survey& survey);

// Adds the syntax problems chroot-script, limit-extensions and allowed-clients: requests that a
// pool refuses whatever the rights of the files. Dials must be decided. pool_refusals.cpp
void find_pool_refusals(Survey& survey);

// Adds the syntax problems open-basedir: scripts, and files that they require, outside of the
// directories that PHP is held to. open_basedir.cpp
void find_open_basedir(Survey& survey);

// CGI programs of Apache's ScriptAlias: may they be executed, is their interpreter there. cgi.cpp
void find_cgi(Survey& survey);

// Fills `reference` with accounts ("job-account"), directories and scripts ("job-path") of cron,
// logrotate, tmpfiles.d and supervisord that are not there, and syntax_problem with what cron and
// logrotate pass over and leave behind. job_names.cpp, job_syntax.cpp, rotation.cpp
void find_job_names(Survey& survey);

// A server that supervisord and an enabled unit start, and a console of supervisord that asks
// nobody who he is: problems of code "second-start" and "console-open". supervised.cpp
void check_supervised(Survey& survey);

// Code of a web site that cron or a unit of this machine runs as root: problems of code
// "root-code". root_code.cpp
void find_root_code(Survey& survey);

// Files of passwords in which nobody can be found: problems of code "no-account".
// password_files.cpp
void check_password_files(Survey& survey);

// Fills `reference` ("php-setting") with certificates, the program that sends mail and the time
// zone of PHP that are not there. php_settings.cpp
void check_php_settings(Survey& survey);

// logrotate's `create` against those who write the logs without being root, and pid files in its
// scripts that no service writes: problems of code "rotated-log" and "rotated-pid". rotation.cpp
void check_rotation(Survey& survey);

// Workers that AssignUserID (mpm-itk), RUidGid (mod_ruid2) and SuexecUserGroup name; what a request
// opens is judged again in the name of its virtual host's user. assigned_users.cpp
void find_assigned_users(Survey& survey);

// The scripts of a ScriptAlias beside SuexecUserGroup that suEXEC would refuse: problems of code
// "suexec". suexec.cpp
void check_suexec(Survey& survey);

// Whom the site's policy lets change which file.
struct ExpectedWriter {
  std::string file, user;
};
// Records in `access`, of service "policy", who of them cannot. After survey(). php_writes.cpp
void find_expected_writers(Survey& survey, const std::vector<ExpectedWriter>& writers);

// Fills account, sudo_rule and special_file, and gives the files that root runs on its own: cron,
// logrotate. Workers must be known. privileges.cpp
struct RootFile {
  std::string path;
  std::string kind;     // as facts::Writable::kind
  std::string service;  // "cron", "logrotate"
};
[[nodiscard]] std::vector<RootFile> find_privileges(Survey& survey);

// Fills `writable` and `readable` from the files, references and workers seen so far.
void find_exposed_files(Survey& survey);

}  // namespace stackaudit::stack
