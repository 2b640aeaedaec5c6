// Any bytes must give a tree whose spans lie inside the text.
#include "syntax/apache/apache.hpp"

#include <cstdlib>

namespace {

void check(const std::vector<stackaudit::syntax::apache::Directive>& directives, std::size_t size) {
  for (const auto& directive : directives) {
    if (directive.span.end > size || directive.span.begin > directive.span.end) std::abort();
    for (const auto& word : directive.words)
      if (word.span.end > size || word.span.begin > word.span.end) std::abort();
    check(directive.children, size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto parsed =
      stackaudit::syntax::apache::parse(text, static_cast<stackaudit::text::FileId>(0));
  check(parsed.directives, size);
  return stackaudit::syntax::apache::dump(parsed.directives).size() > 100'000'000 ? 1 : 0;
}
