// One finding of the text report: place, message, code frame, what will happen, what to do.
#pragma once

#include "report/paint.hpp"
#include "rules/finding.hpp"
#include "text/source_map.hpp"

#include <cstdint>
#include <string>

namespace stackaudit::report {

// Whether a finding tells of the incident behind its rule.
enum class Incident : std::uint8_t { tell, told };

// Lines that end in a newline; the path of the finding is not repeated, it stands above.
[[nodiscard]] std::string finding_as_text(const rules::Finding& finding,
                                          const text::SourceMap& sources, const Paint& paint,
                                          Incident incident = Incident::tell);

// As strace would write it: apache2 as www-data: openat("/var/www/x.php") = ENOENT -> HTTP 500
[[nodiscard]] std::string prediction_as_text(const rules::Prediction& prediction);

// What to do, as a sentence, and where a command says it shorter, that command.
[[nodiscard]] std::string action_as_text(const rules::Action& action);

}  // namespace stackaudit::report
