// A semicolon that is missing at the end of a line makes nginx take the next line in as arguments
// and complain elsewhere, or not at all.
#pragma once

#include "stack/nginx/reader.hpp"
#include "syntax/nginx/nginx.hpp"

namespace stackaudit::stack::nginx {

// Cuts such a directive into those that were meant, and records where the semicolon is missing.
// Gives the directive itself where nothing points to that, or where nginx takes it so.
[[nodiscard]] std::vector<syntax::nginx::Directive> split_swallowed(
    Reader& reader, syntax::nginx::Directive directive, Context context);

}  // namespace stackaudit::stack::nginx
