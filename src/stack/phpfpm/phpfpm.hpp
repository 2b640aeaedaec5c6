// php-fpm: the master's configuration and its pools.
#pragma once

#include "stack/entries/entries.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills service, worker, directive, listener, reference, access, file and syntax_problem, and
// survey.pools.
void read_phpfpm(Survey& survey, const Systemd& systemd, const Entry& entry);

// php.ini and conf.d of one SAPI ("/etc/php/8.2/apache2"), as the process that reads them:
// php_extension, references to shared objects, access, syntax problems, survey.php_ini.
void read_php_ini(Survey& survey, std::string_view sapi, std::string_view directory,
                  const Actor& reader);

// The same for the PHP that Apache loads as a module: the version is in the module's name
// ("libphp8.2.so" reads /etc/php/8.2/apache2). Apache must have been read.
void read_apache_php_ini(Survey& survey, const Systemd& systemd);

// opcache.preload and its account as survey.php_ini has them of this directory: references
// "preload" and "preload-user", and the open of the script. preload.cpp
void check_preload(Survey& survey, const std::string& directory, const Actor& reader);

// Settings that PHP gave up, where they are on: a problem "setting-gone". gone_settings.cpp
void check_gone_settings(Survey& survey, const std::string& directory, std::string_view sapi);

// The lock file that opcache makes at the start, in opcache.lockfile_path or /tmp: a reference
// "lock-directory" and the open. loaded_at: the line that loads opcache. opcache_lock.cpp
void check_opcache_lock(Survey& survey, const std::string& directory, const Actor& reader,
                        const facts::Place& loaded_at);

}  // namespace stackaudit::stack
