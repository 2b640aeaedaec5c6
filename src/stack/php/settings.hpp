// The settings of php.ini that decide what the files of an application are and where names lead.
#pragma once

#include "stack/php/corpus.hpp"

#include <string>

namespace stackaudit::stack::php {

// "/etc/php/8.2/apache2": the configuration of Apache's PHP, where there is exactly one.
[[nodiscard]] std::string module_directory(const Survey& survey);

// The name of the files with settings below a document root, as the php.ini of `ini_directory` has
// it; empty: none are read.
[[nodiscard]] std::string user_ini_name(const Survey& survey, const std::string& ini_directory);

// Adds what this PHP takes: of the pool (none: mod_php) and of the php.ini of `ini_directory`.
// Where several values are possible, of include_path all are kept and short_open_tag is not known.
void add_settings(const Survey& survey, const Pool* pool, const std::string& ini_directory,
                  Application& application);

// "/etc/php/8.2/cli": the configuration of the program "php8.2", or of "php" where there is exactly
// one.
[[nodiscard]] std::string command_directory(const Survey& survey, std::string_view program);

// What PHP's command line program takes from the php.ini of `ini_directory`.
void add_command_settings(const Survey& survey, const std::string& ini_directory,
                          Application& application);

// Parameters that nginx and Apache set for the applications' requests. parameters.cpp
void add_parameters(Survey& survey, std::vector<Application>& applications);

}  // namespace stackaudit::stack::php
