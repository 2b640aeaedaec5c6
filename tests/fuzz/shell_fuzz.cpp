// Any bytes must give statements, in linear time and bounded depth.
#include "syntax/shell/shell.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto parsed =
      stackaudit::syntax::shell::parse(text, static_cast<stackaudit::text::FileId>(0));
  return stackaudit::syntax::shell::dump(parsed.statements).size() > 1'000'000'000 ? 1 : 0;
}
