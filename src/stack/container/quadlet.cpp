// What Exec= and Entrypoint= say stands in for the image's own, as in a Compose file. Unlike Docker
// podman makes no directory that a volume names.
#include "stack/container/quadlet.hpp"

#include "stack/container/foreground.hpp"
#include "stack/container/mounts.hpp"
#include "stack/runtime_places.hpp"
#include "syntax/ini/ini.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <array>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

constexpr std::array<std::string_view, 2> kPlaces{"/etc/containers/systemd/*.container",
                                                  "/usr/share/containers/systemd/*.container"};

class Quadlet {
 public:
  Quadlet(Survey& survey, std::string path) : survey_(survey), path_(std::move(path)) {}

  void read() {
    const auto file = survey_.load(path_, "reference");
    if (!file) return;
    const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::systemd);
    start_.language = "unit";
    for (const auto& section : document.sections)
      if (section.name.value == "Container")
        for (const auto& entry : section.entries) apply(entry.key.value, entry.value);
    check_foreground(survey_, start_);
  }

 private:
  void apply(std::string_view key, const syntax::Word& value) {
    if (key == "Image") start_.image = value.value;
    if (key == "Entrypoint") start_.entrypoint = start_words(value.value);
    if (key == "Exec") start_.command = start_words(value.value);
    if (key == "Exec" || (key == "Entrypoint" && start_.command.empty())) start_.where = value.span;
    if (key == "EnvironmentFile") missing(value, value.value);
    if (key == "Volume") volume(value);
  }

  // "/srv/a:/b:ro", "./a:/b"; a name alone is that of a volume.
  void volume(const syntax::Word& value) {
    const auto from = value.value.substr(0, value.value.find(':'));
    if (from.size() == value.value.size() || (from[0] != '/' && from[0] != '.')) return;
    start_.sources.push_back(absolute(from));
    if (!check_mount(survey_, value.span, "unit", from)) missing(value, from);
  }

  [[nodiscard]] std::string absolute(std::string_view name) const {
    return tree::normalize(tree::join(tree::dirname(path_), name));
  }

  void missing(const syntax::Word& value, const std::string& name) {
    const auto path = absolute(name);
    if (name.empty() || name.find('%') != name.npos || is_made_at_run_time(path)) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey_.place(value.span);
    row.service = "container";
    row.kind = "quadlet-file";
    row.as_written = name;
    row.resolved = path;
    row.state = survey_.state_of(path, "file");
    if (row.state != "missing" && row.state != "dangling") return;
    row.nearest = survey_.nearest_path(path);
    row.process = "podman";
    row.call = "statfs";
    row.effect = "podman does not start the container";
    survey_.facts.add(std::move(row));
  }

  Survey& survey_;
  std::string path_;
  ServiceStart start_;
};

}  // namespace

void check_quadlets(Survey& survey) {
  for (const auto place : kPlaces)
    for (const auto& path : tree::glob(survey.tree, place).paths) Quadlet(survey, path).read();
}

}  // namespace stackaudit::stack
