// The short form is taken apart at its colons.
#include "stack/container/mounts.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>

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

bool check_mount(Survey& survey, text::Span where, std::string_view language,
                 std::string_view from) {
  static constexpr std::array<std::string_view, 3> kSockets{"docker.sock", "containerd.sock",
                                                            "podman.sock"};
  const bool socket =
      std::ranges::any_of(kSockets, [&](auto name) { return from.ends_with(name); });
  if (from != "/" && !socket) return false;
  survey.add_problem(
      survey.place(where),
      {.service = "container",
       .language = language,
       .code = "container-privileged",
       .severity = "warning",
       .message = socket ? std::string(from) + ": whoever talks to it starts containers as root"
                         : "the machine's whole tree is mounted into the container",
       .help = "mount what the service needs; a proxy that allows single calls instead of the "
               "socket"});
  return true;
}

}  // namespace stackaudit::stack
