// WordPress installations: where they are, which version, which configuration, which database.
#pragma once

#include "stack/php/evaluate.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

// The directories with wp-settings.php or wp-includes/version.php among these files, innermost
// first.
[[nodiscard]] std::vector<std::string> wordpress_roots(const std::vector<std::string>& files);

// The wp-config.php that an installation reads: its own, else one directory up unless that is an
// installation, too. Empty where there is none.
[[nodiscard]] std::string wordpress_config(const Survey& survey, const std::string& root);

void add_wordpress(Corpus& corpus, const Definitions& definitions, const Evaluator& evaluator);

}  // namespace stackaudit::stack::php
