// Passwords, tokens and keys in the text of settings.
#pragma once

#include "stack/jobs/jobs.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// A file with something in it that not everybody should read.
struct Secret {
  std::string kind, path, service;
  facts::Place named;
};

// DB_PASSWORD, STRIPE_SECRET_KEY.
[[nodiscard]] bool is_credential_name(std::string_view name);

// Settings that hold a credential: PASSWORD=x, API_KEY="x"; not one that is empty.
[[nodiscard]] bool holds_credential(std::string_view text);

// api_key: and 32 hexadecimal digits, of Datadog's agent; license_key of New Relic's.
[[nodiscard]] bool holds_api_key(std::string_view text);

// A line `password = "x"`, `password: x`, `token = "x"`, DATA_SOURCE_NAME="user:x@...": a value
// that is no reference to another place.
[[nodiscard]] bool holds_agent_password(std::string_view text);

// Whether a PHP file's name or directory says that it holds settings, and not those of a library.
[[nodiscard]] bool is_settings_file(std::string_view path);

// 'db_password' => 'x', $password = "x", define('DB_PASS', 'x'): a value that stands there.
[[nodiscard]] bool holds_php_password(std::string_view text);

// A value as passwords and keys are: words, names of settings and of algorithms are none.
[[nodiscard]] bool looks_chosen(std::string_view value);

// mysqldump -pSECRET, MYSQL_PWD=SECRET, curl -u name:SECRET in the text of a shell.
// command_passwords.cpp
[[nodiscard]] bool holds_command_password(std::string_view text);

// Pools, virtual hosts and units that give a password to what they start, the commands of cron and
// their option files, the scripts that root runs, and copies of keys beside the keys.
[[nodiscard]] std::vector<Secret> secrets_in_settings(Survey& survey,
                                                      const std::vector<RootFile>& of_root);

}  // namespace stackaudit::stack
