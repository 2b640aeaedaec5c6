#include "stack/subjects.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace stackaudit::stack {
namespace {

using Words = std::pair<std::string_view, std::string_view>;

// facts::File::role to kind.
constexpr std::array<Words, 6> kRoles{{{"configuration", "configuration"},
                                       {"configuration-directory", "configuration-directory"},
                                       {"unit", "unit"},
                                       {"key", "secret"},
                                       {"document-root", "web-root"},
                                       {"php", "php"}}};
// facts::Access::purpose to kind.
constexpr std::array<Words, 5> kPurposes{{{"configuration", "configuration"},
                                          {"key", "secret"},
                                          {"password-file", "secret"},
                                          {"htaccess", "htaccess"},
                                          {"php", "php"}}};
// facts::Reference::kind to kind, for the references of servers.
constexpr std::array<Words, 4> kReferences{{{"include", "configuration"},
                                            {"key", "secret"},
                                            {"password-file", "secret"},
                                            {"document-root", "web-root"}}};

template <std::size_t N>
std::string_view look_up(const std::array<Words, N>& table, std::string_view word) {
  const auto* it = std::ranges::find(table, word, &Words::first);
  return it == table.end() ? std::string_view{} : it->second;
}

class Gatherer {
 public:
  explicit Gatherer(const Survey& survey) : survey_(survey) {
    for (const auto& service : rows<facts::Service>())
      if (service.master_uid && *service.master_uid != 0) unprivileged_.insert(service.kind);
    for (const auto& site : rows<facts::Wordpress>())
      if (!site.config.empty()) wp_configs_.insert(canonical(site.config));
  }

  std::vector<Subject> run() {
    for (const auto& file : rows<facts::File>())
      add(file.path, look_up(kRoles, file.role), file.service);
    for (const auto& row : rows<facts::Access>())
      if (row.allowed) add(row.target, look_up(kPurposes, row.purpose), row.service);
    for (const auto& row : rows<facts::Reference>()) {
      if (row.state != "found" || row.resolved.empty()) continue;
      add(row.resolved, row.service == "php" ? "php" : look_up(kReferences, row.kind), row.service);
    }
    for (const auto& root : survey_.document_roots) add(root.path, "web-root", root.service);
    for (const auto& path : wp_configs_) add(path, "wp-config", "wordpress");
    for (const auto& unit : rows<facts::Unit>()) add_unit(unit);
    add_log_directories();
    std::vector<Subject> result;
    for (auto& [key, subject] : found_) result.push_back(std::move(subject));
    return result;
  }

 private:
  template <class Row>
  const std::vector<Row>& rows() const {
    return survey_.facts.rows<Row>();
  }

  std::string canonical(std::string_view path) const {
    return tree::resolve(survey_.tree, path).path;
  }

  // One spelling of each file and directory chain: the same file through another link is another
  // subject, for its directories differ.
  void add(std::string_view path, std::string_view kind, std::string_view service) {
    if (kind.empty() || path.empty() || path[0] != '/') return;
    if (kind == "php" && wp_configs_.contains(path)) return;
    const bool of_application = kind == "php" || kind == "htaccess" || kind == "wp-config" ||
                                kind == "web-root" || service == "php" || service == "wordpress";
    const bool privileged = kind == "unit" || kind == "script" || kind == "log-directory" ||
                            (!of_application && !unprivileged_.contains(service));
    const auto [it, fresh] = found_.emplace(
        std::pair{std::string(path), std::string(kind)},
        Subject{std::string(path), std::string(kind), std::string(service), privileged});
    if (!fresh && privileged) it->second.privileged = true;
  }

  // The unit's files, and every absolute path of its commands that is a regular file.
  void add_unit(const facts::Unit& unit) {
    if (unit.masked) return;
    add(unit.path, "unit", unit.service);
    for (const auto& path : words(unit.drop_ins, "\n")) add(path, "unit", unit.service);
    for (const auto& word : words(unit.exec_start, " \n")) {
      const auto at = word.find('/');
      if (at == std::string::npos || word.find_first_not_of("-@:+!") != at) continue;
      const auto end = tree::resolve(survey_.tree, word.substr(at));
      if (end && end.stat.type == tree::FileType::regular && (end.stat.mode & 0111U) != 0)
        add(word.substr(at), "script", unit.service);
    }
  }

  static std::vector<std::string> words(std::string_view text, std::string_view separators) {
    std::vector<std::string> result;
    while (!text.empty()) {
      const auto end = std::min(text.find_first_of(separators), text.size());
      if (end > 0) result.emplace_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
  }

  // Where root opens logs: whoever may write there can put a link to any file.
  void add_log_directories() {
    for (const auto& row : rows<facts::Access>())
      if (row.purpose == "log" && row.uid == 0 && row.allowed && row.operation == "append")
        add(tree::dirname(row.target), "log-directory", row.service);
  }

  const Survey& survey_;
  std::set<std::string, std::less<>> unprivileged_;
  std::set<std::string, std::less<>> wp_configs_;
  std::map<std::pair<std::string, std::string>, Subject> found_;
};

// Secrets by the words that name them.
struct Secret {
  std::string kind, path;
  facts::Place named;
};

std::string_view secret_kind(std::string_view word) {
  if (word == "key") return "key";
  return word == "password-file" ? "password-file" : std::string_view{};
}

std::vector<Secret> secrets(const Survey& survey) {
  std::vector<Secret> result;
  const auto add = [&](std::string_view kind, const std::string& path, const facts::Place& place) {
    if (!kind.empty() && !path.empty()) result.push_back({std::string(kind), path, place});
  };
  for (const auto& row : survey.facts.rows<facts::Reference>())
    if (row.state == "found") add(secret_kind(row.kind), row.resolved, row);
  for (const auto& row : survey.facts.rows<facts::Access>())
    add(secret_kind(row.purpose), row.target, row);
  for (const auto& row : survey.facts.rows<facts::File>()) add(secret_kind(row.role), row.path, {});
  for (const auto& row : survey.facts.rows<facts::Wordpress>()) add("wp-config", row.config, {});
  return result;
}

}  // namespace

std::vector<Subject> subjects(const Survey& survey) {
  return Gatherer(survey).run();
}

void find_readable_secrets(Survey& survey) {
  const tree::Principal everyone{"everyone", 0xfffffff0, 0xfffffff0, {}, {}};
  std::set<std::string> seen;
  std::vector<facts::Readable> found;
  for (const auto& secret : secrets(survey)) {
    const auto end =
        tree::may(survey.tree, survey.accounts, everyone, tree::Operation::read, secret.path);
    if (end.error != 0 || !seen.insert(end.path).second) continue;
    const auto stat = survey.tree.lstat(end.path);
    if (!stat || stat->type != tree::FileType::regular) continue;
    facts::Readable row;
    row.path = end.path;
    row.kind = secret.kind;
    row.reader = "everyone";
    row.mode = stat->mode;
    row.owner = survey.accounts.user_name(stat->uid);
    row.owner_group = survey.accounts.group_name(stat->gid);
    row.mended_mode = stat->mode & ~07U;
    row.named_in = secret.named.path;
    row.named_line = secret.named.line;
    found.push_back(std::move(row));
  }
  for (auto& row : found) survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack
