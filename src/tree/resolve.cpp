// The kernel's walk, link_path_walk in fs/namei.c, over a Tree: a list of names still to be looked
// up, to which the target of each symlink is put in front.
#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

namespace stackaudit::tree {
namespace {

constexpr int kMaxLinks = 40;
constexpr std::size_t kPathMax = 4096;
constexpr std::size_t kNameMax = 255;

struct Name {
  std::string text;
  std::string link;  // the symlink whose target has this name; empty: the path asked for
};

bool has_nul(std::string_view path) {
  return path.find('\0') != std::string_view::npos;
}

class Walk {
 public:
  explicit Walk(const Tree& tree) : tree_(tree) {}

  Walked run(std::string_view path, LastLink last) {
    makes_ = last == LastLink::make;
    if (path.size() >= kPathMax) return fail(ENAMETOOLONG, std::string(path.substr(0, kNameMax)));
    if (path.empty() || has_nul(path)) return fail(ENOENT, std::string(path));
    directory_wanted_ = path.ends_with('/');
    const auto names = static_cast<std::size_t>(std::ranges::count(path, '/')) + 1;
    names_.reserve(names);
    out_.steps.reserve(names + 1);
    push(path, {});
    if (!enter("/")) return std::move(out_);
    while (!names_.empty()) {
      if (at_.type != FileType::directory) return fail(ENOTDIR, out_.path);
      const Name name = std::move(names_.back());
      names_.pop_back();
      const bool is_last = names_.empty();
      const bool keep = is_last && last == LastLink::keep && !directory_wanted_;
      if (!step(name, is_last, keep)) return std::move(out_);
    }
    if (directory_wanted_ && at_.type != FileType::directory) return fail(ENOTDIR, out_.path);
    out_.stat = at_;
    return std::move(out_);
  }

 private:
  // Puts the names of a path in front of those that wait; they wait last name first.
  void push(std::string_view path, const std::string& link) {
    std::size_t end = path.size();
    while (end > 0) {
      const auto slash = path.rfind('/', end - 1);
      const auto begin = slash == std::string_view::npos ? 0 : slash + 1;
      if (begin < end) names_.push_back({std::string(path.substr(begin, end - begin)), link});
      end = begin == 0 ? 0 : begin - 1;
    }
  }

  Walked&& fail(int error, std::string path) {
    out_.error = error;
    out_.path = std::move(path);
    return std::move(out_);
  }

  bool enter(std::string path) {
    const auto stat = tree_.lstat(path);
    if (!stat) return fail(stat.error(), std::move(path)), false;
    at_ = *stat;
    out_.path = std::move(path);
    out_.steps.push_back({out_.path, at_});
    return true;
  }

  bool step(const Name& name, bool is_last, bool keep) {
    if (name.text == "." || name.text == "..") {
      return enter(name.text == "." ? out_.path : std::string(dirname(out_.path)));
    }
    std::string path = out_.path == "/" ? "/" + name.text : out_.path + "/" + name.text;
    if (name.text.size() > kNameMax) return fail(ENAMETOOLONG, std::move(path)), false;
    if (is_last && makes_ && slash_by_link_) return fail(EISDIR, std::move(path)), false;
    if (!enter(std::move(path))) {
      if (out_.error == ENOENT) {
        out_.dangling = name.link;
        out_.end_missing = is_last;
      }
      return false;
    }
    if (at_.type != FileType::symlink || keep) return true;
    return follow(is_last);
  }

  bool follow(bool is_last) {
    const std::string link = out_.path;
    if (links_++ >= kMaxLinks) return fail(ELOOP, link), false;
    const auto target = tree_.readlink(link);
    if (!target) return fail(target.error(), link), false;
    if (target->empty() || has_nul(*target)) return fail(ENOENT, link), false;
    out_.steps.back().trailing_link = is_last;
    if (is_last && target->ends_with('/')) directory_wanted_ = slash_by_link_ = true;
    push(*target, link);
    return enter(target->front() == '/' ? "/" : std::string(dirname(link)));
  }

  const Tree& tree_;
  Walked out_;
  Stat at_;
  std::vector<Name> names_;
  int links_ = 0;
  bool directory_wanted_ = false;
  bool slash_by_link_ = false;
  bool makes_ = false;
};

// Whether a name that stands last in a path leads on by itself, so that only a walk can tell where.
bool is_plain(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.size() <= kNameMax && !has_nul(name);
}

// "/a/b/", where the tree remembers that it is a directory.
std::optional<Resolution> known_directory(const Tree& tree, std::string_view path) {
  const auto directory = tree.directory(path);
  if (!directory) return std::nullopt;
  const auto stat = tree.lstat(*directory);
  if (!stat) return std::nullopt;
  Resolution out;
  out.path = *directory;
  out.stat = *stat;
  return out;
}

}  // namespace

Walked walk(const Tree& tree, std::string_view path, LastLink last) {
  return Walk(tree).run(path, last);
}

Resolution resolve(const Tree& tree, std::string_view path, LastLink last) {
  const auto name = basename(path);
  if (path.starts_with('/') && path.ends_with('/') && path.size() > 1 && last == LastLink::follow)
    if (auto known = known_directory(tree, path)) return *std::move(known);
  if (path.size() >= kPathMax || !path.starts_with('/') || !is_plain(name))
    return walk(tree, path, last);
  const auto directory = tree.directory(dirname(path));
  if (!directory) return walk(tree, path, last);
  Resolution out;
  out.path = join(*directory, name);
  const auto stat = tree.lstat(out.path);
  if (stat && stat->type == FileType::symlink && last != LastLink::keep)
    return walk(tree, path, last);
  if (stat) out.stat = *stat;
  out.error = stat.error();
  out.end_missing = out.error == ENOENT;
  return out;
}

std::string join(std::string_view directory, std::string_view name) {
  if (name.starts_with('/')) return std::string(name);
  std::string out(directory);
  if (!out.ends_with('/')) out += '/';
  return out.append(name);
}

std::string normalize(std::string_view path) {
  std::string out;
  std::size_t at = 0;
  while (at < path.size()) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto name = path.substr(at, end - at);
    at = end + 1;
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else {
      out.append("/").append(name);
    }
  }
  return out.empty() ? "/" : out;
}

std::string_view dirname(std::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return "/";
  return path.substr(0, slash);
}

std::string_view basename(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool is_within(std::string_view path, std::string_view directory) {
  if (directory == "/") return path.starts_with('/');
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

Result<std::string> read_file(const Tree& tree, std::string_view path, std::size_t limit) {
  const auto end = resolve(tree, path);
  if (!end) return Error{end.error};
  return tree.read(end.path, limit);
}

Result<std::vector<std::string>> list_directory(const Tree& tree, std::string_view path) {
  const auto end = resolve(tree, path);
  if (!end) return Error{end.error};
  return tree.list(end.path);
}

}  // namespace stackaudit::tree
