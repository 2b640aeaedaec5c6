// The users whom Apache's configuration names beside its own: under mpm-itk and mod_ruid2 a child
// of Apache becomes that user before it touches a file of the request, so what requests open is
// judged again in their names. suEXEC's users run CGI programs alone, mod_wsgi's its daemons.
#include "stack/account_sources.hpp"
#include "stack/served/serving.hpp"
#include "stack/users/request_users.hpp"
#include "stack/users/users.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

namespace stackaudit::stack {
namespace {

// Directives that name a user and a group.
constexpr std::array<std::string_view, 5> kPairs{"assignuserid", "ruidgid", "rminuidgid",
                                                 "rdefaultuidgid", "suexecusergroup"};
// Those that name a user or let something else do so.
constexpr std::array<std::string_view, 5> kOthers{"assignuseridexpr", "assigngroupidexpr", "rmode",
                                                  "rgroups", "rdocumentchroot"};
constexpr std::string_view kDaemon = "wsgidaemonprocess";  // of mod_wsgi, beside the requests

bool is_assigning(const facts::Directive& row) {
  return row.service == "apache" && (row.name == kDaemon || text::is_one_of(row.name, kPairs) ||
                                     text::is_one_of(row.name, kOthers));
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

class AssignedUsers {
 public:
  explicit AssignedUsers(Survey& survey)
      : survey_(survey),
        apache_(survey.blocks("apache")),
        requests_(survey, apache_,
                  survey.apache_child ? survey.apache_child->who : tree::Principal()) {}

  void run() {
    for (const auto* row : apache_.all()) {
      if (text::is_one_of(row->name, kPairs)) assign(*row);
      if (row->name == "rgroups") check_groups(*row);
      if (row->name == kDaemon) assign_daemon(*row);
      if (row->name.starts_with("assign") && row->name.ends_with("expr"))
        survey_.blind(*row, "access", row->args,
                      "the user is made of the request: what he may open was not checked");
      if (row->name == "rdocumentchroot")
        survey_.blind(*row, "access", row->args,
                      "requests have this directory as their /: what they open was not checked");
    }
    if (requests_.empty()) return;
    for (const auto& site : survey_.facts.rows<facts::Site>()) sites_.emplace(site.id, &site);
    for (const auto* row : apache_.all())
      if (row->line) places_.try_emplace({row->path, *row->line}, row);
    judge_again();
  }

 private:
  void assign(const facts::Directive& row) {
    const auto words = text::words(row.args);
    if (words.size() != 2) return;
    const auto* user = survey_.accounts.user(words[0]);
    const auto* group = survey_.accounts.group(words[1]);
    if (user == nullptr && !words[0].starts_with('#')) missing(survey_, row, false, words[0]);
    if (group == nullptr && !words[1].starts_with('#')) missing(survey_, row, true, words[1]);
    if (row.name == "suexecusergroup") {
      if (user != nullptr && group != nullptr)
        survey_.facts.add(worker_of(row, survey_.accounts.become(*user, group->gid)));
    } else if (row.name == "assignuserid" || row.name == "ruidgid") {
      if (const auto who = requests_.named_at(row)) survey_.facts.add(worker_of(row, *who));
    }
  }

  [[nodiscard]] facts::Worker worker_of(const facts::Directive& directive,
                                        const tree::Principal& who) const {
    facts::Worker worker;
    static_cast<facts::Place&>(worker) = directive;
    worker.service = "apache";
    worker.pool = worker.user = who.name;
    worker.uid = who.uid;
    worker.primary_group = survey_.accounts.group_name(who.gid);
    worker.gid = who.gid;
    worker.decided_by = "directive";
    worker.root_allowed = directive.name == "ruidgid" || directive.name == kDaemon;
    return worker;
  }

  void check_groups(const facts::Directive& row) {
    for (const auto word : text::words(row.args))
      if (!word.starts_with('#') && !word.starts_with('@') &&
          survey_.accounts.group(word) == nullptr)
        missing(survey_, row, true, word);
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
    survey_.facts.add(worker_of(row, survey_.accounts.become(*user)));
  }

  // The hosts whose request it can be: the one that names the file, else those that serve the
  // directory it is in.
  [[nodiscard]] std::vector<std::int64_t> hosts_of(const facts::Access& row) const {
    if (row.line)
      if (const auto named = places_.find({row.path, *row.line}); named != places_.end())
        if (const auto host = requests_.host_of(*named->second); host != RequestUsers::kMainServer)
          return {host};
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
      hosts.push_back(block == nullptr ? RequestUsers::kMainServer : block->id);
    }
    return hosts;
  }

  // Whom the open is done as; none: as it was judged. Of several that may be, one that may; an
  // unknown one gives none where the server's own user is refused: `doubtful`.
  [[nodiscard]] std::optional<tree::Principal> user_for(const facts::Access& row,
                                                        tree::Operation operation,
                                                        bool& doubtful) const {
    const auto hosts = hosts_of(row);
    if (hosts.empty() && row.allowed) return std::nullopt;
    auto users = hosts.empty() ? requests_.of_any(row.target) : std::vector<RequestUsers::Who>();
    for (const auto host : hosts)
      for (auto& who : requests_.of(host, row.target)) users.push_back(std::move(who));
    const auto is_server = [](const auto& who) { return who.known && !who.user; };
    if (row.allowed && std::ranges::any_of(users, is_server)) return std::nullopt;
    for (const auto& who : users)
      if (who.user &&
          tree::may(survey_.tree, survey_.accounts, *who.user, operation, row.target).error == 0)
        return who.user;
    doubtful = std::ranges::find(users, false, &RequestUsers::Who::known) != users.end();
    const auto named = std::ranges::find_if(users, [](const auto& who) { return !!who.user; });
    if (hosts.empty() || doubtful || named == users.end()) return std::nullopt;
    return named->user;
  }

  void judge_again() {
    auto& rows = survey_.facts.rows<facts::Access>();
    std::vector<std::pair<Actor, Open>> opens;
    const auto again = [&](const facts::Access& row) {
      if (row.process != "apache child" || row.moment != "request") return false;
      const auto operation = tree::operation_named(row.operation);
      bool doubtful = false;
      auto who = operation ? user_for(row, *operation, doubtful) : std::nullopt;
      if (!who) return doubtful && !row.allowed;
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
  RequestUsers requests_;
  std::map<std::int64_t, const facts::Site*> sites_;
  std::map<std::pair<std::string_view, std::int64_t>, const facts::Directive*> places_;
};

}  // namespace

void find_assigned_users(Survey& survey) {
  if (std::ranges::any_of(survey.facts.rows<facts::Directive>(), is_assigning))
    AssignedUsers(survey).run();
}

}  // namespace stackaudit::stack
