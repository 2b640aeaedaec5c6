// WordPress installations: where they are, which version, which configuration, which database.
#pragma once

#include "stack/php/evaluate.hpp"
#include "stack/wordpress/options.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack::php {

// The directories with wp-settings.php or wp-includes/version.php among these files, innermost
// first.
[[nodiscard]] std::vector<std::string> wordpress_roots(const std::vector<std::string>& files);

// The wp-config.php that an installation reads: its own, else one directory up unless that is an
// installation, too. Empty where there is none.
[[nodiscard]] std::string wordpress_config(const Survey& survey, const std::string& root);

// What the database of an installation has on disk.
[[nodiscard]] StoredOptions options_of(const Corpus& corpus, const Definitions& definitions,
                                       const std::string& root);
// Marks the files of plugins and themes as active or not, as far as the database's files tell.
void mark_active(Corpus& corpus, const Definitions& definitions);

// Whether a file is an entry point that sites close by its mode: xmlrpc.php, the installer, and in
// any application what only sets it up or shows its settings. closable.cpp
[[nodiscard]] bool is_closable(const Unit& unit);

// Where the stored addresses need rewriting and no rule of Apache does it. permalinks.cpp
void add_permalinks(Survey& survey, const StoredOptions& options, const std::string& root);

// Where the file has the word first; all of the file where it has it nowhere.
[[nodiscard]] facts::Place place_of_word(const Survey& survey, const Unit& unit,
                                         std::string_view word);

// A row for $table_prefix, which is no constant but a setting of wp-config.php like them; a problem
// "prefix-unset" where nothing gives it a value. table_prefix.cpp
void add_prefix(const Corpus& corpus, const Definitions& definitions, const Evaluator& evaluator,
                const std::string& config, const std::string& root);
void check_prefix(const Corpus& corpus, const std::string& config);

void add_wordpress(Corpus& corpus, const Definitions& definitions, const Evaluator& evaluator);

// Whether a wp-config.php loads nothing but wp-settings.php, and evaluates no text.
[[nodiscard]] bool loads_wordpress_alone(const Unit& config);

}  // namespace stackaudit::stack::php
