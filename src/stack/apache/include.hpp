// Include, IncludeOptional and LoadModule: which files they name, and what is wrong with the names.
#pragma once

#include "stack/apache/httpd.hpp"

namespace stackaudit::stack::apache {

inline constexpr int kMaxIncludeDepth = 20;

// The files that an Include names, in httpd's order: a directory gives everything below it, dot
// files too; a wildcard, in directories as well, its matches; both sorted. Include fails when
// nothing is there, IncludeOptional forgives it (also a dangling link). Records references and
// opens.
[[nodiscard]] std::vector<std::string> included_files(Httpd& httpd, const Arg& arg, bool optional);

// LoadModule identifier file.
void load(Httpd& httpd, text::Span span, const Arg& identifier, const Arg& file);

}  // namespace stackaudit::stack::apache
