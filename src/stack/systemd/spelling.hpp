// Names in a unit that systemd does not know, and the row for what it says of a unit's text.
#pragma once

#include "stack/survey.hpp"
#include "syntax/ini/ini.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// A row of syntax_problem for a unit; severity "error": systemd refuses it.
[[nodiscard]] facts::SyntaxProblem unit_problem(facts::Place place, std::string_view code,
                                                std::string_view severity, std::string message,
                                                std::string help = {},
                                                std::string replacement = {});

// Adds what systemd warns of and ignores: sections of another name, settings that surely are
// mistakes (they belong into another section, or are nearly one that it knows). systemd warns of
// every unknown key; newer versions know more.
void check_spelling(Survey& survey, const syntax::ini::Section& section,
                    std::vector<facts::SyntaxProblem>& problems);

// Where Type= has a value that systemd does not know, which it ignores.
[[nodiscard]] std::optional<facts::SyntaxProblem> refused_type(const facts::Place& place,
                                                               const std::string& value);

}  // namespace stackaudit::stack
