// Dockerfiles from anywhere: no exception, no span outside the text.
#include "syntax/dockerfile/dockerfile.hpp"

#include <cstdlib>

using namespace stackaudit;

namespace {
void check(text::Span span, std::size_t size) {
  if (span.begin > span.end || span.end > size) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto document = syntax::dockerfile::parse(text, text::FileId{0});
  for (const auto& instruction : document.instructions) {
    check(instruction.span, size);
    for (const auto& flag : instruction.flags) check(flag.span, size);
    for (const auto& word : instruction.words) check(word.span, size);
  }
  for (const auto& problem : document.problems) check(problem.span, size);
  (void)syntax::dockerfile::dump(document);
  return 0;
}
