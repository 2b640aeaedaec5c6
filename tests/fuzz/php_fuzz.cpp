// Any bytes: tokens tile the text, parsing ends.
#include "syntax/php/lexer.hpp"
#include "syntax/php/php.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace stackaudit;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::uint32_t at = 0;
  for (const auto& token :
       syntax::php::tokenize(text, {.short_open_tag = true, .keep_trivia = true})) {
    if (token.begin != at || token.end < token.begin) std::abort();
    at = token.end;
  }
  if (at != size) std::abort();
  const auto parsed = syntax::php::parse(text, text::FileId{0});
  for (const auto& problem : parsed.problems)
    if (problem.span.end > size || problem.span.begin > problem.span.end) std::abort();
  if (syntax::php::dump(parsed.ast, text).size() > 64 * (size + 16)) std::abort();
  return 0;
}
