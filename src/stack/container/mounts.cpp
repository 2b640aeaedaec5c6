// The short form is taken apart at its colons.
#include "stack/container/mounts.hpp"

#include "text/words.hpp"

namespace stackaudit::stack {

namespace yaml = syntax::yaml;

std::optional<Mount> mount_of(const yaml::Document& document, const yaml::Node& volume) {
  if (volume.kind == yaml::Kind::map) {
    const auto* source = document.at(&volume, "source");
    const auto* target = document.at(&volume, "target");
    if (source == nullptr || target == nullptr) return std::nullopt;
    return Mount{source, source->value, target->value};
  }
  const auto parts = text::fields(volume.value, ':');
  if (parts.size() < 2) return std::nullopt;
  return Mount{&volume, parts[0], parts[1]};
}

}  // namespace stackaudit::stack
