// A row says what is there; the readers say what it means.
#include "stack/apache/file_rows.hpp"

#include "stack/runtime_places.hpp"
#include "tree/resolve.hpp"

namespace stackaudit::stack::apache {

facts::Reference reference_of(const Httpd& httpd, const Arg& arg, const Actor& actor) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  row.as_written = httpd.survey.sources.slice(arg.span);
  row.process = actor.process;
  row.user = actor.who.name;
  return row;
}

facts::Reference missing_directory(const Httpd& httpd, const Arg& arg, const std::string& path) {
  auto row = reference_of(httpd, arg, httpd.child);
  row.resolved = path;
  row.wanted = "directory";
  row.state = "missing";
  row.nearest = httpd.survey.nearest_path(path);
  return row;
}

void replace_with(facts::Reference& row, const Arg& arg, std::string_view written,
                  const std::string& nearest) {
  row.nearest = nearest;
  if (!nearest.empty() && arg.variable.empty() && written == arg.value) row.replacement = nearest;
}

std::string in_run(std::string path) {
  if (tree::is_within(path, "/var/run")) return path.substr(4);
  if (tree::is_within(path, "/var/lock")) return "/run/lock" + path.substr(9);
  return path;
}

bool made_at_start(const Httpd& httpd, std::string_view directory) {
  const auto path = in_run(made_path(httpd.survey.tree, directory));
  if (path == "/run" || path == "/run/lock" || path == "/tmp") return true;
  if (httpd.systemd != nullptr && httpd.systemd->made_at_boot(path) != nullptr) return true;
  if (httpd.unit == nullptr) return tree::is_within(path, "/run");
  for (const std::string_view name : {"APACHE_RUN_DIR", "APACHE_LOCK_DIR"})
    if (const auto it = httpd.environment.find(name);
        it != httpd.environment.end() &&
        (!it->second.known || in_run(tree::normalize(it->second.value)) == path))
      return true;
  return false;
}

}  // namespace stackaudit::stack::apache
