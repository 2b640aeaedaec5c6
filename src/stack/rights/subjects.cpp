// Each table of facts gives its files under the kinds that the rules speak of.
#include "stack/rights/subjects.hpp"

#include "stack/jobs/jobs.hpp"
#include "text/words.hpp"
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
// The settings of an agent are its own user's as well as root's.
constexpr std::array<Words, 8> kRoles{{{"configuration", "configuration"},
                                       {"module", "script"},
                                       {"agent", "agent"},
                                       {"configuration-directory", "configuration-directory"},
                                       {"unit", "unit"},
                                       {"key", "secret"},
                                       {"document-root", "web-root"},
                                       {"php", "php"}}};
// facts::Access::purpose to kind.
constexpr std::array<Words, 6> kPurposes{{{"configuration", "configuration"},
                                          {"group-file", "configuration"},
                                          {"key", "secret"},
                                          {"password-file", "secret"},
                                          {"htaccess", "htaccess"},
                                          {"php", "php"}}};
// facts::Reference::kind to kind, for the references of servers.
constexpr std::array<Words, 7> kReferences{{{"include", "configuration"},
                                            {"module", "script"},
                                            {"environment-file", "configuration"},
                                            {"program", "script"},
                                            {"key", "secret"},
                                            {"password-file", "secret"},
                                            {"document-root", "web-root"}}};

template <std::size_t N>
std::string_view look_up(const std::array<Words, N>& table, std::string_view word) {
  const auto* it = std::ranges::find(table, word, &Words::first);
  return it == table.end() ? std::string_view{} : it->second;
}

// Pairs of strings in their order, asked with parts of other texts.
struct Before {
  using is_transparent = void;
  bool operator()(const auto& a, const auto& b) const {
    return Words{a.first, a.second} < Words{b.first, b.second};
  }
};

class Gatherer {
 public:
  explicit Gatherer(const Survey& survey) : survey_(survey) {
    for (const auto& service : rows<facts::Service>())
      if (service.master_uid && *service.master_uid != 0) unprivileged_.insert(service.kind);
    for (const auto& site : rows<facts::Wordpress>())
      if (!site.config.empty()) wp_configs_.insert(canonical(site.config));
  }

  std::vector<Subject> run(const std::vector<RootFile>& of_root) {
    for (const auto& file : of_root) add(file.path, file.kind, file.service);
    std::set<std::string_view> agents;
    for (const auto& file : rows<facts::File>()) {
      add(file.path, look_up(kRoles, file.role), file.service);
      if (file.role == "agent") agents.insert(file.service);
    }
    for (const auto& row : rows<facts::Access>())
      if (row.allowed && !agents.contains(row.service))
        add(row.target, look_up(kPurposes, row.purpose), row.service);
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
    if (const auto it = found_.find(Words{path, kind}); it != found_.end())
      it->second.privileged = it->second.privileged || privileged;
    else
      found_.emplace(
          std::pair{std::string(path), std::string(kind)},
          Subject{std::string(path), std::string(kind), std::string(service), privileged});
  }

  // The unit's files, and every absolute path of its commands that is a regular file.
  void add_unit(const facts::Unit& unit) {
    if (unit.masked) return;
    add(unit.path, "unit", unit.service);
    for (const auto path : text::words(unit.drop_ins, "\n")) add(path, "unit", unit.service);
    for (const auto word : text::words(unit.exec_start, " \n")) {
      const auto at = word.find('/');
      if (at == std::string::npos || word.find_first_not_of("-@:+!") != at) continue;
      const auto end = tree::resolve(survey_.tree, word.substr(at));
      if (end && end.stat.type == tree::FileType::regular && (end.stat.mode & 0111U) != 0)
        add(word.substr(at), "script", unit.service);
    }
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
  std::map<std::pair<std::string, std::string>, Subject, Before> found_;  // by path and kind
};

}  // namespace

std::vector<Subject> subjects(const Survey& survey, const std::vector<RootFile>& of_root) {
  return Gatherer(survey).run(of_root);
}

}  // namespace stackaudit::stack
