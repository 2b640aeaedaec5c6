// Prefix locations whose name ends in a slash: alias replaces the name, root is put before it.
#include "stack/nginx/directories.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/routes.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::nginx {
namespace {

class Directories {
 public:
  explicit Directories(Reader& reader) : reader_(reader), config_(reader.config) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.is("location") && node.block && node.context != Context::foreign) location(i, node);
      if (node.is("server") && node.block && node.context == Context::http) listing(i, "/");
    }
  }

 private:
  void location(std::size_t block, const Node& node) {
    const auto [modifier, name] = location_name(node.arg(0), node.arg(1));
    if ((!modifier.empty() && modifier != "^~") || name.size() < 2 || !name.starts_with('/') ||
        !name.ends_with('/'))
      return;
    listing(block, std::string(name));
    const bool nested = !config_.named(block, "location").empty();
    if (nested || answers_otherwise(config_, block)) return;
    if (const auto* alias = config_.own(block, "alias")) return alias_of(*alias, name);
    if (const auto* root = config_.own(block, "root")) root_of(*root, name);
  }

  // Whether names beside the directory begin as it does: they may be what is meant.
  [[nodiscard]] bool has_namesakes(const std::string& directory) const {
    const auto names = tree::list_directory(reader_.survey.tree, tree::dirname(directory));
    const auto own = tree::basename(directory);
    return !names || std::ranges::any_of(*names, [&](const std::string& name) {
      return name != own && name.starts_with(own);
    });
  }

  // location /img/ { alias /srv/img; }: /img/a.png is /srv/imga.png.
  void alias_of(const Node& alias, std::string_view name) {
    if (alias.args.size() != 1 || has_variable(alias.arg(0)) || alias.arg(0).ends_with('/')) return;
    const auto path = reader_.prefix_relative(alias.arg(0));
    if (alias.arg(0).empty() || reader_.survey.state_of(path, "directory") != "found") return;
    if (has_namesakes(path)) return;
    const auto written = std::string(alias.arg(0));
    reader_.problem(alias.args[0].span, "alias-slash", text::Severity::warning,
                    "the name of the location ends in a slash, and " + written + " does not: " +
                        std::string(name) + "page.html is looked for as " + path + "page.html",
                    "", written + "/");
  }

  // location /media/ { root /srv/media; }: /media/a.png is /srv/media/media/a.png.
  void root_of(const Node& root, std::string_view name) {
    if (root.args.size() != 1 || has_variable(root.arg(0))) return;
    const auto path = tree::normalize(reader_.prefix_relative(root.arg(0)));
    const auto inner = std::string(name.substr(0, name.size() - 1));
    if (!path.ends_with(inner) || path == inner) return;
    if (reader_.survey.state_of(path, "directory") != "found") return;
    if (reader_.survey.state_of(path + inner, "directory") != "missing") return;
    reader_.problem(
        root.args[0].span, "root-for-alias", text::Severity::warning,
        "root is put before the whole address: " + std::string(name) +
            "page.html is looked for as " + path + inner + "/page.html",
        "write root " + path.substr(0, path.size() - inner.size()) + ", or alias " + path + "/");
  }

  // The worker reads the directory where no index file is in it.
  void listing(std::size_t block, const std::string& url) {
    if (!reader_.worker) return;
    const auto* line = config_.own(block, "autoindex");
    if (line == nullptr || line->arg(0) != "on" || answers_otherwise(config_, block)) return;
    const auto directory = file_for(reader_, block, url);
    if (!directory || reader_.survey.state_of(*directory, "directory") != "found") return;
    const auto names = tree::list_directory(reader_.survey.tree, tree::normalize(*directory));
    const auto is_index = [](const std::string& name) { return name.starts_with("index."); };
    if (!names || std::ranges::any_of(*names, is_index)) return;
    reader_.survey.open(*reader_.worker,
                        {tree::Operation::read, tree::normalize(*directory),
                         reader_.survey.place(line->span), "listing", "request", "HTTP 403", true});
  }

  Reader& reader_;
  const Config& config_;
};

}  // namespace

void check_directories(Reader& reader) {
  Directories(reader).run();
}

}  // namespace stackaudit::stack::nginx
