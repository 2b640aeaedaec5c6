// What nginx sends to a pool besides the request.
#pragma once

#include "stack/blocks.hpp"
#include "stack/survey.hpp"

#include <vector>

namespace stackaudit::stack {

// The block of the nginx server that serves a document root; nullptr: none, or not nginx.
[[nodiscard]] const facts::Directive* server_of(const Survey& survey, const Blocks& nginx,
                                                const DocumentRoot& root);

// The first location of the server that passes requests on to a pool; nullptr: none.
[[nodiscard]] const facts::Directive* pass_in(const Blocks& nginx, const facts::Directive& block,
                                              int depth = 0);

// The fastcgi_param lines in force there: those of the innermost level that has any.
[[nodiscard]] std::vector<const facts::Directive*> parameters_of(const Blocks& nginx,
                                                                 const facts::Directive& pass);

}  // namespace stackaudit::stack
