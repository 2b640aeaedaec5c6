// What PHP meets when it runs a request, by the settings of its pool and of php.ini: what it may
// write, which scripts a pool refuses, where open_basedir ends.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

// Records in `access` what PHP must be able to write, and as problem "boot-directory" what the boot
// or a unit's start makes for somebody else. php_writes.cpp
void find_php_writes(Survey& survey, const Systemd& systemd);

// Adds the syntax problems chroot-script, limit-extensions and allowed-clients: requests that a
// pool refuses whatever the rights of the files. Dials must be decided. pool_refusals.cpp
void find_pool_refusals(Survey& survey);

// Adds the syntax problems open-basedir: scripts, and files that they require, outside of the
// directories that PHP is held to. open_basedir.cpp
void find_open_basedir(Survey& survey);

// Fills `reference` ("php-setting") with certificates, the program that sends mail and the time
// zone of PHP that are not there. php_settings.cpp
void check_php_settings(Survey& survey);

// Whom the site's policy lets change which file.
struct ExpectedWriter {
  std::string file, user;
};
// Records in `access`, of service "policy", who of them cannot. After survey(). php_writes.cpp
void find_expected_writers(Survey& survey, const std::vector<ExpectedWriter>& writers);

}  // namespace stackaudit::stack
