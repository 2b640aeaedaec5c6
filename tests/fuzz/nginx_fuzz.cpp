// nginx's language: any bytes give a tree whose spans lie inside the text.
#include "syntax/nginx/nginx.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using stackaudit::syntax::nginx::Directive;

void check(const std::vector<Directive>& directives, std::size_t size) {
  for (const auto& directive : directives) {
    if (directive.span.begin > directive.span.end || directive.span.end > size) std::abort();
    for (const auto& arg : directive.args)
      if (arg.span.begin > arg.span.end || arg.span.end > size) std::abort();
    check(directive.children, size);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& parsed :
       {stackaudit::syntax::nginx::parse(text, stackaudit::text::FileId{0}),
        stackaudit::syntax::nginx::parse_parameter(text, stackaudit::text::FileId{0}, 0)}) {
    check(parsed.directives, size);
    for (const auto& problem : parsed.problems)
      if (problem.span.begin > problem.span.end || problem.span.end > size) std::abort();
  }
  return 0;
}
