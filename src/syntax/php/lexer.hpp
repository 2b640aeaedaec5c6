// Splits PHP source into the tokens that token_get_all() gives, inline HTML included. Total: any
// bytes give tokens, in linear time and without recursion.
#pragma once

#include "syntax/php/token.hpp"

#include <string_view>
#include <vector>

namespace stackaudit::syntax::php {

struct LexOptions {
  bool short_open_tag = false;  // <? opens PHP, as php.ini's short_open_tag says
  bool keep_trivia = false;     // whitespace, comments and <?php become tokens, too
};

// With trivia kept, the tokens tile the text. The text must be shorter than 4 GiB.
[[nodiscard]] std::vector<Token> tokenize(std::string_view text, const LexOptions& options = {});

}  // namespace stackaudit::syntax::php
