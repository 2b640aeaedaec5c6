// auto_prepend_file and auto_append_file: PHP requires them around every script.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Adds the reference of one such setting where `name` is one and `value` an absolute path; the
// others wait for read_prepended. "none" and an empty value switch it off. `actor` is who runs the
// scripts.
void add_prepended(Survey& survey, std::string_view name, std::string_view value,
                   facts::Place place, const Actor& actor);

// The settings of the .user.ini that php-fpm reads in a document root.
[[nodiscard]] IniValues user_ini(Survey& survey, const std::string& root, const Pool& pool);

// Judges what the .user.ini of a directory below a document root prepends to the scripts there.
void judge_user_ini(Survey& survey, const std::string& directory, const Pool& pool);

// Likewise what a directory below inherits from the document root: PHP looks for the name anew in
// the directory of each script; no pool: mod_php. Whether it is missed there and only there.
bool judge_inherited(Survey& survey, const std::string& root, const std::string& directory,
                     const Pool* pool);

// The settings that stand beside the scripts: Apache's php_value and php_admin_value, and the
// .user.ini of the document roots that php-fpm serves (mod_php never looks for one). And all names
// without a slash in front, which PHP looks for in the directory of the script, with ./ or ../ only
// there, then along the include_path (main.c, observed with 8.2): judged for each document root
// that holds scripts. After the servers and their php.ini were read; check_php_settings() follows.
void read_prepended(Survey& survey);

}  // namespace stackaudit::stack
