// What the readers of Apache's files share: the row of a path in an argument, and directories that
// the start makes.
#pragma once

#include "stack/apache/httpd.hpp"

#include <string>
#include <string_view>

namespace stackaudit::stack::apache {

inline constexpr std::string_view kNoStart = "Apache does not start";

// A reference at an argument, opened by the actor; its kind, path and state are still to be set.
[[nodiscard]] facts::Reference reference_of(const Httpd& httpd, const Arg& arg, const Actor& actor);

// Likewise of a directory that is missing, with the name that is near; its effect and call are
// still to be set.
[[nodiscard]] facts::Reference missing_directory(const Httpd& httpd, const Arg& arg,
                                                 const std::string& path);

// Says what was probably meant instead of a part of the argument.
void replace_with(facts::Reference& row, const Arg& arg, std::string_view written,
                  const std::string& nearest);

// "/var/run/x" and "/run/x" are one.
[[nodiscard]] std::string in_run(std::string path);

// Directories of a file system that is empty after every boot: systemd makes some, apachectl the
// two that envvars names.
[[nodiscard]] bool made_at_start(const Httpd& httpd, std::string_view directory);

// logs.cpp: ErrorLog, CustomLog and their kin; nothing for another setting.
void read_log(Httpd& httpd, const Setting& setting);

}  // namespace stackaudit::stack::apache
