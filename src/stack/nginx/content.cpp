// Directories from the top down, up to a number of files; PHP is opened by whom it runs as.
#include "stack/nginx/content.hpp"

#include "tree/resolve.hpp"

#include <deque>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::size_t kMaxFiles = 2000;  // of one document root

// The file name extensions that the `types` blocks list; nginx's own where there are none.
std::set<std::string, std::less<>> served_types(const Config& config) {
  std::set<std::string, std::less<>> types;
  for (const auto& node : config.nodes) {
    if (node.context != Context::data || !node.parent || !config.nodes[*node.parent].is("types"))
      continue;
    for (const auto& arg : node.args) types.insert(arg.value);
  }
  if (types.empty()) types = {"html", "gif", "jpg"};
  return types;
}

std::string_view extension(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view{} : name.substr(dot + 1);
}

bool is_php(std::string_view extension) {
  return extension == "php" || extension == "phtml" || extension == "php5" || extension == "phar";
}

class Walk {
 public:
  Walk(Reader& reader, const ServedRoot& root, const std::set<std::string, std::less<>>& types)
      : reader_(reader), root_(root), types_(types), place_(reader.survey.place(root.span)) {}

  void run() {
    directories_.push_back(root_.path);
    while (!directories_.empty() && !full_) {
      const auto directory = std::move(directories_.front());
      directories_.pop_front();
      // one below it may be closed on purpose
      if (open(tree::Operation::search, directory, directory == root_.path)) list(directory);
    }
    if (full_)
      reader_.survey.blind(
          place_, "access", root_.path,
          "more than " + std::to_string(kMaxFiles) + " files: the rest is not looked at");
  }

 private:
  bool open(tree::Operation operation, const std::string& path, bool required) {
    return static_cast<bool>(reader_.survey.open(
        *reader_.worker, {operation, path, place_, "content", "request", "HTTP 403", required}));
  }

  void list(const std::string& directory) {
    const auto names = tree::list_directory(reader_.survey.tree, directory);
    if (!names) {
      reader_.survey.blind(Survey::whole_file(directory), "access", directory,
                           tree::errno_words(names.error()), true);
      return;
    }
    for (const auto& name : *names) {
      if (name.starts_with('.') && name != ".well-known") continue;
      entry(directory == "/" ? '/' + name : directory + '/' + name, name);
      if (full_) return;
    }
  }

  void entry(const std::string& path, const std::string& name) {
    const auto stat = reader_.survey.tree.lstat(path);
    if (!stat) return;
    if (++seen_ > kMaxFiles) {
      full_ = true;
      return;
    }
    const auto type = extension(name);
    switch (stat->type) {
      case tree::FileType::directory:
        directories_.push_back(path);
        break;
      case tree::FileType::regular:
        if (!is_php(type)) open(tree::Operation::read, path, types_.contains(type));
        break;
      case tree::FileType::symlink:  // what it leads to is perhaps meant for somebody else
        if (tree::resolve(reader_.survey.tree, path)) open(tree::Operation::read, path, false);
        break;
      default:
        break;
    }
  }

  Reader& reader_;
  const ServedRoot& root_;
  const std::set<std::string, std::less<>>& types_;
  facts::Place place_;
  std::deque<std::string> directories_;
  std::size_t seen_ = 0;
  bool full_ = false;
};

}  // namespace

void read_content(Reader& reader, const std::vector<ServedRoot>& roots) {
  if (!reader.worker) return;
  const auto types = served_types(reader.config);
  for (const auto& root : roots)
    if (root.path != "/") Walk(reader, root, types).run();
}

}  // namespace stackaudit::stack::nginx
