// The first byte chooses the dialect, the rest is the file. Spans must lie inside the text.
#include "syntax/ini/ini.hpp"

#include <cstdlib>

using namespace stackaudit;

namespace {
void check(text::Span span, std::size_t size) {
  if (span.begin > span.end || span.end > size) std::abort();
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto dialect = static_cast<syntax::ini::Dialect>(data[0] % 4);
  const std::string text(data + 1, data + size);
  const auto document = syntax::ini::parse(text, text::FileId{0}, dialect);
  for (const auto& section : document.sections) {
    check(section.name.span, text.size());
    for (const auto& entry : section.entries) {
      check(entry.key.span, text.size());
      check(entry.value.span, text.size());
    }
  }
  for (const auto& problem : document.problems) check(problem.span, text.size());
  (void)syntax::ini::dump(document);
  return 0;
}
