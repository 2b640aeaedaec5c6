// The users whom virtual hosts name: under mpm-itk and mod_ruid2 a child of Apache becomes that
// user before it touches a file of the request, so what requests open is judged again in their
// names. suEXEC's users run CGI programs alone.
#include "stack/account_sources.hpp"
#include "stack/crossing.hpp"
#include "stack/served/serving.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace stackaudit::stack {
namespace {

struct Assigning {
  std::string_view directive;
  bool of_requests;  // of every file that a request opens, not of CGI programs alone
  bool may_be_root;
};
constexpr std::array kAssigning{Assigning{"assignuserid", true, false},
                                Assigning{"ruidgid", true, true},
                                Assigning{"suexecusergroup", false, false}};

constexpr std::string_view kDaemon = "wsgidaemonprocess";  // of mod_wsgi, beside the requests

bool is_assigning(const facts::Directive& row) {
  return row.service == "apache" &&
         (row.name == kDaemon ||
          std::ranges::find(kAssigning, row.name, &Assigning::directive) != kAssigning.end());
}

constexpr std::int64_t kMainServer = 0;  // no directive's id

std::string plain(std::string_view name) {
  return std::string(name.substr(name.starts_with('#') ? 1 : 0));
}

void missing(Survey& survey, const facts::Directive& directive, bool group, std::string_view name) {
  auto row =
      account_reference(survey, name, group,
                        group ? absent_group_state(survey, name) : absent_user_state(survey, name));
  static_cast<facts::Place&>(row) = directive;
  row.service = "apache";
  row.kind = row.wanted;
  row.required = true;
  row.process = "apache2";
  row.effect = "Apache does not start: bad " + row.kind + " name " + row.as_written;
  survey.facts.add(std::move(row));
}

facts::Worker worker_of(const facts::Directive& directive, const tree::User& user,
                        const tree::Group& group) {
  facts::Worker worker;
  static_cast<facts::Place&>(worker) = directive;
  worker.service = "apache";
  worker.pool = user.name;
  worker.user = user.name;
  worker.uid = user.uid;
  worker.primary_group = group.name;
  worker.gid = group.gid;
  worker.decided_by = "directive";
  return worker;
}

class AssignedUsers {
 public:
  explicit AssignedUsers(Survey& survey) : survey_(survey), apache_(survey.blocks("apache")) {}

  void run() {
    for (const auto* row : apache_.all()) {
      const auto kind = std::ranges::find(kAssigning, row->name, &Assigning::directive);
      if (kind != kAssigning.end()) assign(*row, *kind);
      if (row->name == kDaemon) assign_daemon(*row);
    }
    if (users_.empty()) return;
    for (const auto& site : survey_.facts.rows<facts::Site>()) sites_.emplace(site.id, &site);
    for (const auto* row : apache_.all())
      if (row->line) places_.try_emplace({row->path, *row->line}, row);
    judge_again();
  }

 private:
  void assign(const facts::Directive& row, const Assigning& kind) {
    const auto words = text::words(row.args);
    if (words.size() != 2) return;
    const auto* user = survey_.accounts.user(plain(words[0]));
    const auto* group = survey_.accounts.group(plain(words[1]));
    if (user == nullptr && !words[0].starts_with('#')) missing(survey_, row, false, words[0]);
    if (group == nullptr && !words[1].starts_with('#')) missing(survey_, row, true, words[1]);
    if (user == nullptr || group == nullptr) return;
    auto worker = worker_of(row, *user, *group);
    worker.root_allowed = kind.may_be_root;
    survey_.facts.add(std::move(worker));
    if (!kind.of_requests) return;
    auto who = survey_.accounts.become(*user);
    who.gid = group->gid;
    users_.insert_or_assign(host_of(&row), std::move(who));
  }

  // mod_wsgi's processes of their own: NAME [user=USER] [group=GROUP] ...
  void assign_daemon(const facts::Directive& row) {
    const tree::User* user = nullptr;
    for (const auto word : text::words(row.args)) {
      const auto name = word.substr(std::min(word.find('=') + 1, word.size()));
      if (word.starts_with("user=") && !name.starts_with('#')) {
        user = survey_.accounts.user(name);
        if (user == nullptr) missing(survey_, row, false, name);
      } else if (word.starts_with("group=") && !name.starts_with('#') &&
                 survey_.accounts.group(name) == nullptr) {
        missing(survey_, row, true, name);
      }
    }
    const auto* group = user == nullptr ? nullptr : survey_.accounts.group(user->gid);
    if (group == nullptr) return;
    auto worker = worker_of(row, *user, *group);
    worker.root_allowed = true;
    survey_.facts.add(std::move(worker));
  }

  // The id of the virtual host that a directive stands in.
  [[nodiscard]] std::int64_t host_of(const facts::Directive* row) const {
    const auto* host = apache_.around(*row, "virtualhost");
    return host == nullptr ? kMainServer : host->id;
  }

  [[nodiscard]] const tree::Principal* user_of(std::int64_t host) const {
    auto found = users_.find(host);
    if (found == users_.end()) found = users_.find(kMainServer);
    return found == users_.end() ? nullptr : &found->second;
  }

  // The hosts whose request it can be: the one that names the file, else those that serve the
  // directory it is in.
  [[nodiscard]] std::vector<std::int64_t> hosts_of(const facts::Access& row) const {
    if (row.line)
      if (const auto named = places_.find({row.path, *row.line}); named != places_.end())
        if (const auto host = host_of(named->second); host != kMainServer) return {host};
    std::size_t depth = 0;
    std::vector<std::int64_t> hosts;
    for (const auto& root : survey_.document_roots) {
      if (root.service != "apache" || root.path.size() < depth ||
          !tree::is_within(row.target, root.path))
        continue;
      if (root.path.size() > depth) hosts.clear();
      depth = root.path.size();
      const auto site = sites_.find(root.site);
      const auto* block =
          site == sites_.end() ? nullptr : apache_.block_of(*site->second, "virtualhost");
      hosts.push_back(block == nullptr ? kMainServer : block->id);
    }
    return hosts;
  }

  // Whom the open is done as; none: as it was judged. Of several that may be, one that may.
  [[nodiscard]] std::optional<tree::Principal> user_for(const facts::Access& row,
                                                        tree::Operation operation) const {
    const auto hosts = hosts_of(row);
    std::vector<const tree::Principal*> users;
    for (const auto host : hosts) users.push_back(user_of(host));
    if (hosts.empty() && !row.allowed)
      for (const auto& [host, user] : users_) users.push_back(&user);
    if (users.empty() || (row.allowed && std::ranges::find(users, nullptr) != users.end()))
      return std::nullopt;
    std::erase(users, nullptr);
    for (const auto* user : users)
      if (tree::may(survey_.tree, survey_.accounts, *user, operation, row.target).error == 0)
        return *user;
    if (users.empty() || hosts.empty()) return std::nullopt;
    return *users.front();
  }

  void judge_again() {
    auto& rows = survey_.facts.rows<facts::Access>();
    std::vector<std::pair<Actor, Open>> opens;
    const auto again = [&](const facts::Access& row) {
      if (row.process != "apache child" || row.moment != "request") return false;
      const auto operation = tree::operation_named(row.operation);
      auto who = operation ? user_for(row, *operation) : std::nullopt;
      if (!who) return false;
      opens.emplace_back(
          Actor{row.service, row.process, *std::move(who)},
          Open{*operation, row.target, row, row.purpose, row.moment, row.effect, row.required});
      return true;
    };
    std::erase_if(rows, again);
    for (const auto& [actor, open] : opens) survey_.open(actor, open);
  }

  Survey& survey_;
  const Blocks& apache_;
  std::map<std::int64_t, tree::Principal> users_;  // by virtual host
  std::map<std::int64_t, const facts::Site*> sites_;
  std::map<std::pair<std::string_view, std::int64_t>, const facts::Directive*> places_;
};

}  // namespace

void find_assigned_users(Survey& survey) {
  if (std::ranges::any_of(survey.facts.rows<facts::Directive>(), is_assigning))
    AssignedUsers(survey).run();
}

}  // namespace stackaudit::stack
