// The parts of the way, unless from= spares them, then the names in the directory itself.
#include "stack/nginx/symlinks.hpp"

#include "stack/nginx/refusal.hpp"
#include "stack/nginx/routes.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::size_t kMaxNames = 1000;  // looked at in one directory

class Symlinks {
 public:
  explicit Symlinks(Reader& reader)
      : reader_(reader), config_(reader.config), tree_(reader.survey.tree) {}

  void run() {
    for (const auto& node : config_.nodes)
      if (node.is("disable_symlinks") && node.parent && node.arg(0) != "off" &&
          !has_variable(node.arg(0)))
        under(node);
  }

 private:
  // The root of its own block; for http's, that of every server.
  void under(const Node& node) {
    const auto& block = config_.nodes[*node.parent];
    if (!block.is("http")) return at_root(node, root_of(config_, *node.parent));
    for (const auto child : config_.named(node.parent, "server"))
      if (config_.own(child, "disable_symlinks") == nullptr) at_root(node, root_of(config_, child));
  }

  void at_root(const Node& node, const Node* root) {
    if (root == nullptr || root->args.size() != 1 || has_variable(root->arg(0))) return;
    const auto path = tree::normalize(reader_.prefix_relative(root->arg(0)));
    if (!told_.insert({&node, path}).second) return;
    const bool from = node.arg(1).starts_with("from=");
    if (!from)
      for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
        const auto part = path.substr(0, at);
        if (refused(node, part)) return tell(node, part, "every file below it");
        if (at == std::string::npos) break;
      }
    const auto names = tree::list_directory(tree_, path);
    if (!names) return;
    for (std::size_t i = 0; i < std::min(names->size(), kMaxNames); ++i)
      if (const auto link = tree::join(path, (*names)[i]); refused(node, link))
        return tell(node, link, "it");
  }

  // A link; with if_not_owner one that leads to somebody else's file.
  [[nodiscard]] bool refused(const Node& node, const std::string& path) const {
    const auto link = tree_.lstat(path);
    if (!link || link->type != tree::FileType::symlink) return false;
    if (node.arg(0) != "if_not_owner") return true;
    const auto end = tree::resolve(tree_, path);
    return end && end.stat.uid != link->uid;
  }

  void tell(const Node& node, const std::string& link, std::string_view what) {
    reader_.problem(node.args[0].span, "symlink-refused", text::Severity::warning,
                    "disable_symlinks " + std::string(node.arg(0)) + ": " + link +
                        " is a symbolic link, requests for " + std::string(what) + " are refused",
                    node.arg(0) == "on" && !node.arg(1).starts_with("from=")
                        ? "write disable_symlinks if_not_owner from=$document_root"
                        : "put the files where the link is, or give both one owner");
  }

  Reader& reader_;
  const Config& config_;
  const tree::Tree& tree_;
  std::set<std::pair<const Node*, std::string>> told_;
};

}  // namespace

void check_symlinks(Reader& reader) {
  Symlinks(reader).run();
}

}  // namespace stackaudit::stack::nginx
