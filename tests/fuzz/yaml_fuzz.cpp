// YAML from anywhere: no exception, no span outside the text.
#include "syntax/yaml/yaml.hpp"

#include <cstdlib>

using namespace stackaudit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  const auto document = syntax::yaml::parse(text, text::FileId{0});
  for (const auto& node : document.nodes)
    if (node.span.begin > node.span.end || node.span.end > text.size()) std::abort();
  for (const auto& problem : document.problems)
    if (problem.span.begin > problem.span.end || problem.span.end > text.size()) std::abort();
  (void)document.at(document.root(), "instances");
  (void)document.items(document.root());
  return 0;
}
