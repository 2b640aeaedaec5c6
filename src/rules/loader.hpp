// The steps of load_rules (rule.hpp): read a rule's TOML, read the incidents, check a rule.
#pragma once

#include "facts/database.hpp"
#include "rules/rule.hpp"
#include "rules/toml.hpp"

#include <string_view>
#include <vector>

namespace stackaudit::rules {

// What the TOML says, with defaults for what it lacks; keys and types are checked here.
[[nodiscard]] Rule read_rule(text::FileId file, const text::SourceMap& texts,
                             std::vector<text::Diagnostic>& problems);

[[nodiscard]] std::vector<Incident> read_incidents(text::FileId file, const text::SourceMap& texts,
                                                   std::vector<text::Diagnostic>& problems);

// The query (SQL, authorizer, plan, columns) and everything that names its columns.
void check_query(const Rule& rule, facts::Database& database,
                 std::vector<text::Diagnostic>& problems);

// Incidents that the rule names and nobody told.
void check_incidents(const Rule& rule, const Catalogue& catalogue,
                     std::vector<text::Diagnostic>& problems);

// The bytes [begin, end) of a text that was read from span; the whole span where escapes make the
// two differ.
[[nodiscard]] text::Span inside(text::Span span, std::string_view text, std::size_t begin,
                                std::size_t end);

}  // namespace stackaudit::rules
