// Status pages of php-fpm that nginx shows to everybody.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Adds problems of code "fpm-status-public" at locations of nginx that name the pm.status_path of a
// pool, pass it on, and are restricted by nothing, in a server that others than this machine reach.
void check_fpm_public(Survey& survey);

}  // namespace stackaudit::stack
