// Entry points: the files from which every reference is followed.
#pragma once

#include "stack/survey.hpp"
#include "stack/systemd/systemd.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

struct Entry {
  std::string kind;    // nginx, apache, php-fpm, php, wordpress, datadog
  std::string path;    // absolute; of a directory for php and wordpress
  bool named = false;  // the user named this very file, it was not found by walking
};

// Looks below each target for entry points; a target that is a file is one itself, its kind is
// recognised by name and content. Sorted and without repetition.
std::vector<Entry> find_entries(Survey& survey, const Targets& targets,
                                std::vector<TargetError>& errors);

// For every entry that is a unit file or a drop-in, the server that the unit starts: an entry of
// its kind. A needed blind spot where it starts none. started_entries.cpp
void add_started(Survey& survey, const Systemd& systemd, std::vector<Entry>& entries);

// The file below a target that an enabled unit gives its server with -c or -f, where it is no entry
// yet: a second instance beside the distribution's.
void add_enabled(const Survey& survey, const Systemd& systemd, const Targets& targets,
                 std::vector<Entry>& entries);

// Takes out what lies in a distribution's place for a server's configuration while the enabled
// units all start that server with other files: after a move to /etc/httpd nobody reads
// /etc/apache2 any more.
void drop_replaced(const Survey& survey, const Systemd& systemd, std::vector<Entry>& entries);

// Takes out what removed packages left: of php-fpm in /etc/php where the program is gone, and that
// of another version is there; of nginx and httpd in their distributions' places where nothing
// starts them, the program is gone, and that of another server is there.
void drop_removed(const Survey& survey, const Systemd& systemd, std::vector<Entry>& entries);

// Whether one of the programs that read the entry's place is there; of places that are nobody's it
// cannot be said.
[[nodiscard]] bool is_installed(const tree::Tree& tree, const Entry& entry);

// Records what leaves a server of the boot without an entry, or an entry without its server: a
// unit in force whose program is there and finds no configuration in its compiled place, and a
// link that enables a unit which is not there. missing_entries.cpp
void check_missing(Survey& survey, const Systemd& systemd, const Targets& targets,
                   const std::vector<Entry>& entries);

}  // namespace stackaudit::stack
