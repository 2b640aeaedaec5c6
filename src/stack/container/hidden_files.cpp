// A bind mount takes the place of the whole directory.
#include "stack/container/hidden_files.hpp"

#include "stack/container/image.hpp"
#include "stack/container/mounts.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace stackaudit::stack {
namespace {

namespace yaml = syntax::yaml;

// The main file of a published image's server.
struct Main {
  std::string_view image, directory, file;
};
constexpr std::array kMain{Main{"nginx", "/etc/nginx", "nginx.conf"},
                           Main{"nginx-unprivileged", "/etc/nginx", "nginx.conf"},
                           Main{"httpd", "/usr/local/apache2/conf", "httpd.conf"},
                           Main{"php", "/usr/local/etc", "php-fpm.conf"},
                           Main{"haproxy", "/usr/local/etc/haproxy", "haproxy.cfg"}};

struct Bind {
  const yaml::Node* node;
  std::string from, to;  // absolute; from is empty for a volume
};

std::vector<Bind> binds_of(const yaml::Document& document, const std::string& file,
                           const yaml::Node& service) {
  std::vector<Bind> binds;
  for (const auto* volume : document.items(document.at(&service, "volumes"))) {
    const auto mount = mount_of(document, *volume);
    if (!mount) continue;
    const auto& [node, from, to] = *mount;
    const bool path = from.starts_with('.') && from.find('$') == from.npos;
    binds.push_back({node,
                     path ? tree::normalize(tree::join(tree::dirname(file), from)) : std::string{},
                     tree::normalize(to)});
  }
  return binds;
}

}  // namespace

void check_hidden(Survey& survey, const yaml::Document& document, const std::string& path,
                  const yaml::Node& service) {
  const auto* image = document.at(&service, "image");
  if (image == nullptr) return;
  const auto mounts = binds_of(document, path, service);
  for (const auto& main : kMain) {
    if (image_name(image->value) != main.image) continue;
    const auto file = std::string(main.directory) + "/" + std::string(main.file);
    if (std::ranges::any_of(mounts, [&](const Bind& mount) { return mount.to == file; })) continue;
    for (const auto& mount : mounts)
      if (mount.to == main.directory && !mount.from.empty() &&
          survey.state_of(mount.from, "directory") == "found" &&
          survey.state_of(tree::join(mount.from, main.file), "file") == "missing")
        survey.add_problem(
            survey.place(mount.node->span),
            {.service = "container",
             .language = "yaml",
             .code = "container-hidden",
             .severity = "warning",
             .message = mount.from + " hides " + file + " of the image, and has no " +
                        std::string(main.file) + ": the server does not start",
             .help = "mount single files, or a directory that the image's own file includes"});
  }
}

}  // namespace stackaudit::stack
