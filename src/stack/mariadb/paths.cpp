// What the options name and is not there.
#include "stack/mariadb/paths.hpp"

#include "stack/mariadb/path_options.hpp"
#include "stack/runtime_places.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::mariadb {
namespace {

using What = PathOption::What;

bool is_fleeting(std::string_view path) {
  return is_made_at_run_time(path) || tree::is_within(path, "/tmp");
}

class Paths {
 public:
  Paths(Survey& survey, const Options& options, const Systemd& systemd, std::string user)
      : survey_(survey), options_(options), systemd_(systemd), user_(std::move(user)) {}

  void run() {
    for (const auto& path : kPathOptions) {
      const auto* option = options_.find(path.name);
      if (option == nullptr || (!path.only_with.empty() && !options_.is_on(path.only_with)))
        continue;
      if (path.what != What::directories) {
        one(path, *option, option->value);
        continue;
      }
      for (std::string_view rest = option->value; !rest.empty();) {
        const auto colon = std::min(rest.find(':'), rest.size());
        one(path, *option, std::string(rest.substr(0, colon)));
        rest.remove_prefix(std::min(colon + 1, rest.size()));
      }
    }
    for (const auto& option : options_.all())
      if (option.name == "plugin-load-add" || option.name == "plugin-load") plugins(option);
  }

 private:
  // Names that are not absolute are looked for in the directory of the data.
  void one(const PathOption& path, const Option& option, const std::string& written) {
    if (!written.starts_with('/')) return;
    const bool file = path.what == What::file;
    const auto target = path.what == What::parent ? std::string(tree::dirname(written)) : written;
    const auto wanted = file ? "file" : "directory";
    const auto normal = tree::normalize(target);
    if (is_fleeting(normal) || systemd_.made_at_boot(normal) != nullptr) return;
    const auto state = survey_.state_of(target, wanted);
    if (state == "found" || state == "unseen") return;
    auto row = reference(option, written, normal, wanted, state, path.is_fatal());
    row.effect = path.effect;
    survey_.facts.add(std::move(row));
  }

  // "ha_rocksdb.so", "name=library;name=library", with or without ".so".
  void plugins(const Option& option) {
    const auto* own = options_.find("plugin-dir");
    const std::string directory = own != nullptr ? own->value : "/usr/lib/mysql/plugin";
    if (survey_.state_of(directory, "directory") != "found") return;
    for (std::string_view rest = option.value; !rest.empty();) {
      const auto end = std::min(rest.find_first_of(";:"), rest.size());
      const auto item = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const auto sign = item.find('=');
      auto library = std::string(sign == std::string_view::npos ? item : item.substr(sign + 1));
      if (library.empty() || library.find('/') != std::string::npos) continue;
      if (!library.ends_with(".so")) library += ".so";
      const auto path = tree::join(directory, library);
      const auto state = survey_.state_of(path, "file");
      if (state != "missing" && state != "dangling") continue;
      auto row = reference(option, std::string(item), path, "file", state, false);
      row.effect =
          "mariadbd starts without the plugin, and not at all where an option of its own is set";
      survey_.facts.add(std::move(row));
    }
  }

  [[nodiscard]] facts::Reference reference(const Option& option, const std::string& written,
                                           const std::string& path, std::string_view wanted,
                                           const std::string& state, bool fatal) const {
    facts::Reference row;
    static_cast<facts::Place&>(row) = option.place;
    row.service = "mariadb";
    row.kind = "mariadb-path";
    row.as_written = option.written + " = " + written;
    row.resolved = path;
    row.state = state;
    row.required = fatal;
    row.wanted = wanted;
    row.process = "mariadbd";
    row.user = user_;
    row.call = "openat";
    if (state == "missing") row.nearest = survey_.nearest_path(path);
    return row;
  }

  Survey& survey_;
  const Options& options_;
  const Systemd& systemd_;
  std::string user_;
};

}  // namespace

void check_paths(Survey& survey, const Options& options, const Systemd& systemd,
                 const std::string& user) {
  Paths(survey, options, systemd, user).run();
}

}  // namespace stackaudit::stack::mariadb
