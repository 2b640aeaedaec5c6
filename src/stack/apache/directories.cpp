// What Options and Alias make of the directories that are served: listings that the child may not
// read, links that it may not follow, names that are glued together.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

constexpr std::size_t kMostNames = 1000;  // looked at in one directory

// With SymLinksIfOwnerMatch only one that leads to somebody else's file.
bool refused(const tree::Tree& tree, const std::string& path, unsigned options) {
  const auto link = tree.lstat(path);
  if (!link || link->type != tree::FileType::symlink) return false;
  if ((options & kSymLinksIfOwnerMatch) == 0) return true;
  const auto end = tree::resolve(tree, path);
  return end && end.stat.uid != link->uid;
}

bool has_index(const Httpd& httpd, const std::string& directory) {
  const auto names = tree::list_directory(httpd.survey.tree, directory);
  return !names || std::ranges::any_of(
                       *names, [](const std::string& name) { return name.starts_with("index."); });
}

}  // namespace

void check_served_directory(Httpd& httpd, int server, const std::string& directory) {
  if (httpd.foreign || httpd.incomplete) return;
  const auto state = in_force_at(httpd, server, directory);
  if (state.uncertain || state.options_by.file == text::FileId::none) return;
  if (state.grant == Grant::denied || state.grant == Grant::none) return;
  const auto place = httpd.survey.place(state.options_by);
  const bool lists = (state.options & kIndexesOption) != 0;
  if (lists && httpd.identities_known && httpd.has_module("mod_autoindex.c") == true &&
      !has_index(httpd, directory))
    httpd.survey.open(httpd.child, {tree::Operation::read, directory, place, "listing", "request",
                                    "HTTP 403", false});
  if ((state.options & kFollowSymLinks) != 0) return;
  const auto names = tree::list_directory(httpd.survey.tree, directory);
  if (!names) return;
  for (std::size_t i = 0; i < std::min(names->size(), kMostNames); ++i) {
    const auto path = tree::join(directory, (*names)[i]);
    if ((*names)[i].starts_with('.') || !refused(httpd.survey.tree, path, state.options)) continue;
    const bool owners = (state.options & kSymLinksIfOwnerMatch) != 0;
    report(httpd, {state.options_by,
                   "symlink-refused",
                   false,
                   "Symbolic link not allowed: " + path +
                       (owners ? " belongs to another user than what it leads to"
                               : " is a link, and FollowSymLinks is off in " + directory) +
                       ", requests for it answer 403",
                   owners ? "give both one owner, or allow FollowSymLinks"
                          : "allow FollowSymLinks or SymLinksIfOwnerMatch",
                   {}});
    return;
  }
}

void check_alias_slash(Httpd& httpd, const Setting& setting) {
  if (setting.args.size() != 2 || !setting.args[0].known || !setting.args[1].known) return;
  const auto& url = setting.args[0].value;
  const auto& target = setting.args[1].value;
  if (url.size() < 2 || !url.ends_with('/') || target.ends_with('/')) return;
  const auto path = httpd.path_of(target);
  if (httpd.survey.state_of(path, "directory") != "found") return;
  report(httpd, {setting.args[1].span, "alias-slash", false,
                 url + " ends in a slash, and " + target + " does not: " + url +
                     "page.html is looked for as " + path + "page.html",
                 "let both end in a slash, or neither", target + "/"});
}

}  // namespace stackaudit::stack::apache
