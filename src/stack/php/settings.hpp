// The settings of php.ini that decide what the files of an application are and where names lead.
#pragma once

#include "stack/php/corpus.hpp"

#include <string>
#include <string_view>
#include <vector>

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

// What a setting of this name may be there: of the pool or php.ini, and of the .user.ini of the
// root.
[[nodiscard]] std::vector<std::string> values_of(const Survey& survey, const Pool* pool,
                                                 const std::string& ini_directory,
                                                 const Application& application,
                                                 std::string_view name);

// Loads the files of auto_prepend_file and auto_append_file, those of a .user.ini beside the
// scripts as well: what they define, load and set is there in each script. prepended_files.cpp
void load_prepended(Corpus& corpus);

// "/etc/php/8.2/cli": the configuration of the program "php8.2", or of "php" where there is exactly
// one.
[[nodiscard]] std::string command_directory(const Survey& survey, std::string_view program);

// What PHP's command line program takes from the php.ini of `ini_directory`.
void add_command_settings(const Survey& survey, const std::string& ini_directory,
                          Application& application);

// Parameters that nginx and Apache set for the applications' requests. parameters.cpp
void add_parameters(Survey& survey, std::vector<Application>& applications);

}  // namespace stackaudit::stack::php
