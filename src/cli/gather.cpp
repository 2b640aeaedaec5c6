// The policy is read before anything is surveyed: a mistake in it is told at once.
#include "cli/gather.hpp"

#include "cli/checkout.hpp"
#include "cli/complain.hpp"
#include "cli/host_file.hpp"
#include "stack/brought_files.hpp"
#include "stack/pools/php_runtime.hpp"
#include "tree/resolve.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <ostream>
#include <set>

namespace stackaudit::cli {
namespace {

constexpr std::string_view kDefaultPolicy = "/etc/stackaudit/policy.toml";

// Absolute paths inside the root: relative ones are taken from the working directory, or, in a
// root that is not this machine's, from the top of that root. nullopt: no working directory.
std::optional<std::vector<std::string>> absolute_targets(const Options& options,
                                                         std::string_view root) {
  std::vector<std::string> targets;
  for (const auto& path : options.paths) {
    std::string from = "/";
    if (root == "/" && !path.starts_with('/')) {
      std::error_code error;
      from = std::filesystem::current_path(error).string();
      if (error) return std::nullopt;
    }
    targets.push_back(tree::normalize(tree::join(from, path)));
  }
  return targets;
}

bool open_root(const Options& options, Gathered& gathered, std::ostream& err) {
  std::error_code error;
  const auto canonical = std::filesystem::canonical(options.root, error);
  gathered.root = error ? options.root : canonical.string();
  if (!error && !std::filesystem::is_directory(canonical, error)) {
    err << complaint("--root " + options.root + ": not a directory");
    return false;
  }
  auto host = tree::HostTree::open(gathered.root);
  if (!host) {
    err << complaint("--root " + options.root + ": " + tree::errno_words(host.error()));
    return false;
  }
  gathered.host = *std::move(host);
  const tree::Tree* tree = gathered.host.get();
  if (tree::FragmentTree::is_fragment(*tree)) {
    gathered.fragment = std::make_unique<tree::FragmentTree>(*tree, stack::brought_files());
    tree = gathered.fragment.get();
  }
  if (auto directories = tree::unmounted_directories(*tree); !directories.empty()) {
    gathered.unmounted = std::make_unique<tree::UnmountedTree>(*tree, std::move(directories));
    tree = gathered.unmounted.get();
  }
  gathered.tree = std::make_unique<tree::CachingTree>(*tree);
  return true;
}

// The policy's text as --policy or its place inside the root has it; nullopt where there is none.
// Whoever has no policy has nothing to be held to; but one that is there and cannot be read must
// not look like none.
std::optional<tree::Result<std::string>> policy_text(const Options& options,
                                                     const Gathered& gathered) {
  if (!options.policy.empty()) return read_host_file(options.policy);
  const auto end = tree::resolve(*gathered.tree, kDefaultPolicy);
  const bool absent = end.error == ENOENT || end.error == tree::kNotInFragment;
  if ((absent && end.dangling.empty()) || end.error == ENOTDIR) return std::nullopt;
  return tree::read_file(*gathered.tree, kDefaultPolicy);
}

// Whether the audit can go on.
bool read_policy(const Options& options, Gathered& gathered, std::ostream& err) {
  auto content = policy_text(options, gathered);
  if (!content) return true;
  const bool given = !options.policy.empty();
  const std::string path = given ? options.policy : std::string(kDefaultPolicy);
  if (!*content) {
    const auto reason = tree::errno_words(content->error());
    if (given) err << complaint(fmt::format("policy {}: {}", path, reason));
    gathered.gaps.push_back({path, reason});
    return !given;
  }
  const auto file = gathered.sources->add(path, **std::move(content));
  auto parsed = rules::parse_policy(file, *gathered.sources);
  if (print_problems(err, *gathered.sources, parsed.problems)) return false;
  gathered.policy = std::move(parsed.policy);
  gathered.policy.path = path;
  return true;
}

// Somebody who writes --root DIR DIR/etc meant /etc.
std::string help_for(const Gathered& gathered, const stack::TargetError& missing) {
  if (gathered.root == "/") return {};
  if (!tree::is_within(missing.path, gathered.root))
    return gathered.tree->lstat("/etc")
               ? ""
               : "there is no /etc in it: --root takes the directory that stands for /";
  const auto inside = missing.path.substr(gathered.root.size());
  return fmt::format("paths are inside the root: write {}", inside.empty() ? "/" : inside);
}

// Somebody who writes PATH for the files of an image means --root: their absolute names and their
// accounts are not this machine's.
void advise_root(const Gathered& gathered, std::ostream& err) {
  constexpr std::array<std::string_view, 5> kInside{"/etc/nginx/", "/etc/apache2/", "/etc/httpd/",
                                                    "/etc/php", "/usr/local/"};
  std::set<std::string> parts;
  for (const auto& service : gathered.facts.rows<facts::Service>()) {
    for (const auto inside : kInside) {
      const auto begin = service.config.find(inside);
      if (begin == 0 || begin == std::string::npos || !service.unit.empty()) continue;
      const auto part = service.config.substr(0, begin);
      if (parts.insert(part).second)
        err << complaint(service.config + " was read with the files and accounts of this machine",
                         "if it is of another one or of an image: --root " + part);
      break;
    }
  }
}

// Of an image, or of the server that a repository is for, only what is kept together is known.
void take_checkouts(Gathered& gathered, Checkout kind, std::ostream& err) {
  std::vector<std::string> directories;
  for (const auto& target : gathered.targets)
    directories.push_back(tree::resolve(*gathered.host, target).path);
  gathered.part = std::make_unique<tree::PartTree>(*gathered.host, std::move(directories));
  gathered.fragment =
      std::make_unique<tree::FragmentTree>(*gathered.part, stack::brought_files_of_checkout());
  gathered.tree = std::make_unique<tree::CachingTree>(*gathered.fragment);
  const bool image = kind == Checkout::image;
  const auto* const what = image ? " is what an image is made of"
                           : kind == Checkout::repository
                               ? " is a repository that nothing in /etc names"
                               : " holds several configurations of one server, none named in /etc";
  err << complaint(
      gathered.targets.front() + what + ": files and accounts of this machine are not looked at",
      image ? "to audit the image itself: --root and the directory it is unpacked in"
            : "where it is this machine's: name the main configuration file instead");
}

}  // namespace

std::optional<Gathered> gather(const Options& options, std::ostream& err) {
  Gathered gathered;
  gathered.sources = std::make_unique<text::SourceMap>();
  if (!open_root(options, gathered, err)) return std::nullopt;
  auto targets = absolute_targets(options, gathered.root);
  if (!targets) {
    err << complaint("a relative PATH, and the working directory is gone");
    return std::nullopt;
  }
  gathered.targets = *std::move(targets);
  if (gathered.root == "/")
    if (const auto kind = checkout_of(*gathered.tree, gathered.targets); kind != Checkout::none)
      take_checkouts(gathered, kind, err);
  if (!read_policy(options, gathered, err)) return std::nullopt;
  stack::Survey survey(*gathered.tree, *gathered.sources, gathered.facts);
  gathered.missing = stack::survey(survey, {gathered.targets, options.kind});
  std::vector<stack::ExpectedWriter> writers;
  for (const auto& row : gathered.policy.facts.rows<facts::PolicyWriter>())
    writers.push_back({row.file, row.user});
  stack::find_expected_writers(survey, writers);
  gathered.files_read = survey.files_read;
  if (gathered.root == "/") advise_root(gathered, err);
  for (const auto& missing : gathered.missing)
    err << complaint(missing.path + ": " + missing.message, help_for(gathered, missing));
  return gathered;
}

}  // namespace stackaudit::cli
