// Names and checksums are those that dpkg keeps: wordpress.md5sums, else the names alone of
// wordpress.list. A copy of upstream's release differs from the package in the files that Debian
// patches; one that differs in very many is another build, of which nothing is said.
#include "stack/wordpress/core.hpp"

#include "stack/in_parallel.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <openssl/evp.h>
#include <utility>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kPackage = "/usr/share/wordpress";
constexpr std::string_view kList = "/var/lib/dpkg/info/wordpress.list";
constexpr std::string_view kSums = "/var/lib/dpkg/info/wordpress.md5sums";
constexpr std::string_view kDiversions = "/var/lib/dpkg/diversions";
constexpr std::size_t kLimit = 4U << 20U;
constexpr std::size_t kMostTold = 20;
// Taken away on purpose by careful administrators.
constexpr std::array<std::string_view, 6> kDispensable{
    "wp-admin/install.php",        "wp-admin/setup-config.php", "wp-admin/upgrade.php",
    "wp-admin/install-helper.php", "wp-admin/maint/repair.php", "wp-admin/import.php"};
// debian/patches of the package, and what a translated release writes its language into.
constexpr std::array<std::string_view, 9> kPatched{
    "wp-admin/includes/update.php",  "wp-admin/install.php",
    "wp-admin/update-core.php",      "wp-admin/user-new.php",
    "wp-includes/class-wp-http.php", "wp-includes/ms-default-filters.php",
    "wp-includes/ms-functions.php",  "wp-activate.php",
    "wp-includes/version.php"};

// By the name below the installation; the sum is empty where only the name is known.
using Known = std::map<std::string, std::string, std::less<>>;

template <class Table>
bool is_among(const Table& table, std::string_view name) {
  return std::ranges::find(table, name) != table.end();
}

std::string version_in(const tree::Tree& tree, std::string_view root) {
  const auto content =
      tree::read_file(tree, std::string(root) + "/wp-includes/version.php", kLimit);
  if (!content) return {};
  const auto at = content->find("$wp_version =");
  return at == std::string::npos ? std::string{} : content->substr(at, content->find(';', at) - at);
}

// "bef0...  usr/share/wordpress/index.php" of md5sums, "/usr/share/wordpress/index.php" of list.
Known known_files(const tree::Tree& tree) {
  Known known;
  const auto add = [&](std::string_view path, std::string_view sum) {
    if (path.starts_with(kPackage) && path.size() > kPackage.size() && path[kPackage.size()] == '/')
      known.try_emplace(std::string(path.substr(kPackage.size() + 1)), sum);
  };
  if (const auto sums = tree::read_file(tree, kSums, kLimit))
    for (const auto& line : text::lines(*sums)) {
      const auto blank = line.text.find("  ");
      if (blank == 32)
        add("/" + std::string(line.text.substr(blank + 2)), line.text.substr(0, blank));
    }
  if (const auto list = tree::read_file(tree, kList, kLimit))
    for (const auto& line : text::lines(*list)) add(line.text, {});
  return known;
}

std::string md5_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) != 1)
    return {};
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string words;
  for (unsigned int i = 0; i < size; ++i) {
    words += kDigits[digest[i] >> 4U];
    words += kDigits[digest[i] & 15U];
  }
  return words;
}

class Comparison {
 public:
  Comparison(Survey& survey, const std::string& root)
      : survey_(survey), root_(root), known_(known_files(survey.tree)) {}

  void run() {
    if (known_.empty()) return;
    if (const auto text = tree::read_file(survey_.tree, kDiversions, kLimit)) diversions_ = *text;
    std::size_t told = 0;
    for (const auto& [name, sum] : known_)
      if (is_core(name) && told < kMostTold) told += missing(name) ? 1U : 0U;
    changed();
    told = 0;
    for (const std::string_view folder : {"wp-admin", "wp-includes"})
      foreign(std::string(folder), told, 0);
  }

 private:
  [[nodiscard]] bool is_core(const std::string& name) const {
    const bool inside = name.starts_with("wp-includes/") || name.starts_with("wp-admin/") ||
                        (name.find('/') == std::string::npos && name != "wp-config.php" &&
                         name != "wp-config-sample.php");
    return name.ends_with(".php") && inside && !is_among(kDispensable, name) && !is_diverted(name);
  }
  // Without these WordPress answers; they are taken away, too.
  static bool is_needed(std::string_view name) {
    return name.find('/') != std::string_view::npos || name == "wp-load.php" ||
           name == "wp-blog-header.php" || name == "wp-login.php" || name == "wp-settings.php";
  }

  void add(const std::string& path, std::string_view kind, std::string_view state,
           std::string_view effect) {
    facts::Reference row;
    static_cast<facts::Place&>(row) = Survey::whole_file(path);
    row.service = "wordpress";
    row.kind = kind;
    row.as_written = row.resolved = path;
    row.state = state;
    row.wanted = "file";
    row.required = false;
    row.process = "php";
    row.call = "openat";
    row.effect = effect;
    survey_.facts.add(std::move(row));
  }

  bool missing(const std::string& name) {
    if (!is_needed(name)) return false;
    const auto path = tree::join(root_, name);
    const auto end = tree::resolve(survey_.tree, path);
    const bool empty = end && end.stat.size == 0;
    if ((end && !empty) || tree::is_unseen(end.error)) return false;
    add(path, "wordpress-core", empty ? "wrong-type" : "missing", "HTTP 500 where it is needed");
    return true;
  }

  // Whether the regular file is another than the package's. Links are somebody's decision.
  [[nodiscard]] bool differs(const std::string& name, const std::string& sum) const {
    const auto path = tree::join(root_, name);
    const auto stat = survey_.tree.lstat(path);
    if (!stat || stat->type != tree::FileType::regular || stat->size == 0) return false;
    const auto text = survey_.tree.read(path, kLimit);
    return text && md5_of(*text) != sum;
  }

  void changed() {
    std::vector<const Known::value_type*> compared;
    for (const auto& each : known_)
      if (!each.second.empty() && is_core(each.first) &&
          (root_ == kPackage || !is_among(kPatched, each.first)))
        compared.push_back(&each);
    std::vector<char> other(compared.size());
    in_parallel(0, compared.size(), 8, [&](std::size_t i) {
      other[i] = differs(compared[i]->first, compared[i]->second) ? 1 : 0;
    });
    const auto count = std::ranges::count(other, 1);
    if (static_cast<std::size_t>(count) > kMostTold) {
      survey_.blind(Survey::whole_file(root_), "reference", root_,
                    std::to_string(count) +
                        " files differ from the package wordpress of the same release: it is "
                        "another build, and which of them were changed is not known");
      return;
    }
    for (std::size_t i = 0; i < other.size(); ++i)
      if (other[i] != 0)
        add(tree::join(root_, compared[i]->first), "wordpress-changed", "found",
            "the next upgrade undoes the change, and code of unknown origin may be run");
  }

  // What stands behind a link of the package is another package's.
  void foreign(const std::string& folder, std::size_t& told, int depth) {
    const auto link = survey_.tree.lstat(tree::join(kPackage, folder));
    if (!link || link->type != tree::FileType::directory || depth > 8) return;
    const auto names = tree::list_directory(survey_.tree, tree::join(root_, folder));
    if (!names) return;
    for (const auto& name : *names) {
      const auto relative = folder + "/" + name;
      const auto stat = survey_.tree.lstat(tree::join(root_, relative));
      if (!stat) continue;
      if (stat->type == tree::FileType::directory) foreign(relative, told, depth + 1);
      const bool other = stat->type == tree::FileType::regular && name.ends_with(".php") &&
                         !known_.contains(relative) && !is_diverted(relative);
      if (!other || told >= kMostTold) continue;
      ++told;
      add(tree::join(root_, relative), "wordpress-foreign", "found", "");
    }
  }

  // dpkg-divert: the package's name, the one that its file has now, and who wants it so.
  [[nodiscard]] bool is_diverted(const std::string& name) const {
    return diversions_.find(std::string(kPackage) + "/" + name + "\n") != std::string::npos;
  }

  Survey& survey_;
  const std::string& root_;
  Known known_;
  std::string diversions_;
};

}  // namespace

void compare_core(Survey& survey, const std::string& root) {
  const auto own = version_in(survey.tree, root);
  if (own.empty() || (root != kPackage && own != version_in(survey.tree, kPackage))) return;
  Comparison(survey, root).run();
}

}  // namespace stackaudit::stack
