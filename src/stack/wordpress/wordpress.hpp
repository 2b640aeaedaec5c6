// What a WordPress installation lacks, as far as names and the package's own lists tell: themes,
// core files, Debian's configuration by host name.
#pragma once

#include "stack/survey.hpp"

namespace stackaudit::stack {

// Adds references of kind wordpress-directory, wordpress-theme, wordpress-theme-index,
// wordpress-mu-plugin, wordpress-link, wordpress-page-cache, wordpress-sunrise, wordpress-core,
// wordpress-changed, wordpress-foreign and wordpress-host-config for the rows of `wordpress`.
void read_wordpress_parts(Survey& survey);

}  // namespace stackaudit::stack
