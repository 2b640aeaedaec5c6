// Opens for writing by the workers, at requests and at the start.
#include "stack/nginx/writes.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/routes.hpp"
#include "tree/access.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::nginx {
namespace {

constexpr auto kStores =
    std::to_array<std::string_view>({"proxy_store", "fastcgi_store", "uwsgi_store", "scgi_store"});

class Writes {
 public:
  explicit Writes(Reader& reader) : reader_(reader), survey_(reader.survey) {}

  void run() {
    working_directory();
    for (const auto& node : reader_.config.nodes) {
      if (node.args.empty() || node.context == Context::data || node.context == Context::foreign)
        continue;
      if (node.is("dav_methods") && node.arg(0) != "off") uploads(node);
      if (std::ranges::find(kStores, node.name.value) != kStores.end()) store(node);
    }
  }

 private:
  // Workers enter it after they have given up root's rights; without it they end at once.
  void working_directory() {
    const auto* node = reader_.config.own(std::nullopt, "working_directory");
    if (node == nullptr || node->args.size() != 1) return;
    const std::string effect = "worker process exited with fatal code 2 and cannot be respawned";
    auto row =
        reader_.reference(node->args[0].span, "working-directory", node->arg(0), "directory");
    row.resolved = reader_.prefix_relative(node->arg(0));
    row.state = survey_.state_of(row.resolved, "directory");
    row.process = "nginx worker";
    row.user = reader_.worker ? reader_.worker->who.name : "";
    row.call = "chdir";
    row.effect = effect;
    if (row.state == "missing" || row.state == "dangling")
      row.nearest = row.replacement = survey_.nearest_path(row.resolved);
    const bool found = row.state == "found";
    const auto path = row.resolved;
    survey_.facts.add(std::move(row));
    if (found && reader_.worker)
      survey_.open(*reader_.worker,
                   {tree::Operation::search, path, survey_.place(node->args[0].span),
                    "working-directory", "start", effect});
  }

  void create_in(const std::string& directory, const Node& node, std::string_view purpose,
                 std::string_view effect) {
    if (reader_.worker)
      survey_.open_new_in(*reader_.worker, {.path = directory,
                                            .place = survey_.place(node.args[0].span),
                                            .purpose = std::string(purpose),
                                            .moment = "request",
                                            .effect = std::string(effect)});
  }

  // PUT, MKCOL, DELETE, COPY and MOVE all change the directory that the URL leads to.
  void uploads(const Node& node) {
    if (!node.parent || node.context != Context::location) return;
    const auto& block = reader_.config.nodes[*node.parent];
    const auto [modifier, prefix] = location_name(block.arg(0), block.arg(1));
    if (modifier.starts_with('~') || !prefix.starts_with('/') || !prefix.ends_with('/')) return;
    if (const auto path = file_for(reader_, *node.parent, std::string(prefix)))
      create_in(tree::normalize(*path), node, "upload", "HTTP 500 for " + node.joined());
  }

  // With "on" the answer becomes the file of the request. Where the URL does not say below which
  // directory, one that the worker may write to may be the one.
  [[nodiscard]] std::string stored_below(const Node& node) const {
    if (!node.parent || node.context != Context::location) return {};
    const auto& block = reader_.config.nodes[*node.parent];
    const auto [modifier, prefix] = location_name(block.arg(0), block.arg(1));
    const bool plain = !modifier.starts_with('~') && prefix.starts_with('/');
    const auto path = file_for(reader_, *node.parent, plain ? std::string(prefix) : "/");
    if (!path) return {};
    auto directory = path->ends_with('/') ? tree::normalize(*path)
                                          : std::string(tree::dirname(tree::normalize(*path)));
    const auto names = tree::list_directory(survey_.tree, directory);
    const bool open = !plain && names && std::ranges::any_of(*names, [&](const auto& name) {
      return reader_.worker &&
             tree::may(survey_.tree, survey_.accounts, reader_.worker->who, tree::Operation::create,
                       tree::join(tree::join(directory, name), ".new"));
    });
    return open ? std::string{} : directory;
  }

  // Directories that are not there are made on the way.
  void store(const Node& node) {
    const auto value = node.arg(0);
    if (value == "off") return;
    const auto fixed = value.substr(0, value.find('$'));
    const auto slash = fixed.rfind('/');
    if (value != "on" && (slash == std::string_view::npos || slash == 0)) return;
    auto directory =
        value == "on" ? stored_below(node) : reader_.prefix_relative(fixed.substr(0, slash));
    if (directory.empty()) return;
    while (directory.size() > 1 && survey_.state_of(directory, "directory") == "missing")
      directory = tree::dirname(directory);
    create_in(directory, node, "cache", "the answer is not kept: each request asks the backend");
  }

  Reader& reader_;
  Survey& survey_;
};

}  // namespace

void read_writes(Reader& reader) {
  Writes(reader).run();
}

}  // namespace stackaudit::stack::nginx
