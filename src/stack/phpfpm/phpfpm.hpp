// php-fpm: the master's configuration and its pools.
#pragma once

#include "stack/entries.hpp"
#include "stack/systemd/systemd.hpp"

namespace stackaudit::stack {

// Fills service, worker, directive, listener, reference, access, file and syntax_problem, and
// survey.pools.
void read_phpfpm(Survey& survey, const Systemd& systemd, const Entry& entry);

// php.ini and conf.d of one SAPI ("/etc/php/8.2/apache2"): php_extension, references to shared
// objects, syntax problems.
void read_php_ini(Survey& survey, std::string_view sapi, std::string_view directory);

// The same for the PHP that Apache loads as a module: the version is in the module's name
// ("libphp8.2.so" reads /etc/php/8.2/apache2). Apache must have been read.
void read_apache_php_ini(Survey& survey);

}  // namespace stackaudit::stack
