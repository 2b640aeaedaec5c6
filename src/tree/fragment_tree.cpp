// Every question goes to the part; only its "no such file" is looked at twice.
#include "tree/fragment_tree.hpp"

#include <cerrno>

namespace stackaudit::tree {
namespace {

// The directory that must be there for the absence of `path` to mean something: "/srv" of
// "/srv/www/index.html", "/etc/ssl" of "/etc/ssl/private/a.key".
std::string_view anchor(std::string_view path) {
  const auto second = path.find('/', 1);
  if (path.substr(0, second) != "/etc" || second == std::string_view::npos)
    return path.substr(0, second);
  return path.substr(0, path.find('/', second + 1));
}

template <class T>
Result<T> judged(Result<T> answer, const Tree& part, std::string_view path) {
  if (answer || answer.error() != ENOENT || part.lstat(anchor(path))) return answer;
  return Error{kNotInFragment};
}

}  // namespace

bool FragmentTree::is_fragment(const Tree& tree) {
  return !tree.lstat("/usr") && !tree.lstat("/bin");
}

Result<Stat> FragmentTree::lstat(std::string_view path) const {
  return judged(part_.lstat(path), part_, path);
}
Result<std::string> FragmentTree::read(std::string_view path, std::size_t limit) const {
  return judged(part_.read(path, limit), part_, path);
}
Result<std::string> FragmentTree::readlink(std::string_view path) const {
  return judged(part_.readlink(path), part_, path);
}
Result<std::vector<std::string>> FragmentTree::list(std::string_view path) const {
  return judged(part_.list(path), part_, path);
}
Result<Acl> FragmentTree::acl(std::string_view path) const {
  return judged(part_.acl(path), part_, path);
}

}  // namespace stackaudit::tree
