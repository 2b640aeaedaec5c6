// Observed with nginx 1.22: without root, `user` is ignored with a warning and not even looked up;
// `user NAME;` needs a group of that name too; no `user` gives the account of the build.
#include "stack/nginx/identity.hpp"

#include "stack/account_sources.hpp"
#include "stack/systemd/start_type.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::nginx {
namespace {

struct Decision {
  facts::Place place;
  std::string by;  // directive, unit, default
  std::optional<std::int64_t> group_line;
};

bool is_switched_off(const Config& config, std::string_view directive, const Node*& where) {
  const auto* node = config.own(std::nullopt, directive);
  if (node == nullptr || node->arg(0) != "off") return false;
  where = node;
  return true;
}

void account(Reader& reader, const syntax::Word& word, std::string_view kind, std::string_view name,
             bool found) {
  auto row = reader.reference(word.span, kind, name, kind);
  const bool user = kind == "user";
  row.state = "found";
  if (!found)
    row.state =
        user ? absent_user_state(reader.survey, name) : absent_group_state(reader.survey, name);
  row.call = user ? "getpwnam" : "getgrnam";
  row.effect =
      std::string("nginx does not start: ") + row.call + "(\"" + std::string(name) + "\") failed";
  reader.survey.facts.add(std::move(row));
}

// The worker's identity from `user NAME [GROUP];`.
std::optional<Actor> from_directive(Reader& reader, const Node& node) {
  const auto& accounts = reader.survey.accounts;
  const auto group_name = node.args.size() > 1 ? node.arg(1) : node.arg(0);
  const auto* user = accounts.user(node.arg(0));
  const auto* group = accounts.group(group_name);
  account(reader, node.args[0], "user", node.arg(0), user != nullptr);
  if (user != nullptr || node.args.size() > 1)
    account(reader, node.args.back(), "group", group_name, group != nullptr);
  if (user == nullptr || group == nullptr) return std::nullopt;
  return Actor{"nginx", "nginx worker", accounts.become(*user, group->gid)};
}

std::optional<Actor> from_build(Reader& reader) {
  const auto& accounts = reader.survey.accounts;
  const auto* user = accounts.user(reader.build.user);
  const auto* group = accounts.group(reader.build.group);
  if (user == nullptr) return std::nullopt;
  return Actor{"nginx", "nginx worker",
               accounts.become(*user, group == nullptr ? user->gid : group->gid)};
}

std::string group_names(const tree::Accounts& accounts, const tree::Principal& who) {
  std::string names;
  for (const auto gid : who.groups) {
    if (gid == who.gid) continue;
    if (!names.empty()) names += ' ';
    names += accounts.group_name(gid);
  }
  return names;
}

void add_worker(Reader& reader, const Decision& decision, std::string_view user_name,
                std::string_view group_name) {
  facts::Worker row;
  static_cast<facts::Place&>(row) = decision.place;
  row.service = "nginx";
  row.decided_by = decision.by;
  if (decision.group_line) row.group_path = decision.place.path;
  row.group_line = decision.group_line;
  row.root_allowed = true;
  row.user = user_name;
  row.primary_group = group_name;
  if (reader.worker) {
    const auto& who = reader.worker->who;
    row.user = who.name;
    row.uid = who.uid;
    row.primary_group = reader.survey.accounts.group_name(who.gid);
    row.gid = who.gid;
    row.groups = group_names(reader.survey.accounts, who);
  } else if (const auto* user = reader.survey.accounts.user(user_name)) {
    row.uid = user->uid;
  }
  reader.survey.facts.add(std::move(row));
}

void add_service(Reader& reader, const Decision& decision, std::string_view user_name) {
  facts::Service row;
  static_cast<facts::Place&>(row) = decision.place;
  row.kind = "nginx";
  row.config = reader.conf_path;
  if (reader.unit != nullptr) {
    row.unit = reader.unit->name;
    row.enabled = reader.unit->enabled && !reader.unit->masked;
  }
  if (reader.master) {
    row.master_user = reader.master->who.name;
    row.master_uid = reader.master->who.uid;
  }
  row.worker_user = user_name;
  if (reader.worker) {
    row.worker_user = reader.worker->who.name;
    row.worker_uid = reader.worker->who.uid;
  }
  reader.survey.facts.add(std::move(row));
}

}  // namespace

void find_master(Reader& reader) {
  tree::Principal who = tree::root_principal();
  if (reader.unit != nullptr) {
    const auto identity = Systemd::identity(*reader.unit, reader.survey.accounts);
    if (!identity) {
      reader.survey.blind(reader.unit->user_place, "access", "nginx master",
                          "the account that the unit names does not exist");
      return;
    }
    who = *identity;
  }
  reader.master = Actor{"nginx", "nginx master", std::move(who)};
  if (reader.unit != nullptr) reader.master->fences = &reader.unit->fences;
}

void find_worker(Reader& reader) {
  const auto* user = reader.config.own(std::nullopt, "user");
  const Node* single = nullptr;
  Decision decision{Survey::whole_file(reader.conf_path), "default", {}};
  std::string user_name = reader.build.user;
  std::string group_name = reader.build.group;
  if (is_switched_off(reader.config, "master_process", single)) {
    decision.place = reader.survey.place(single->span);
    decision.by = "directive";
    if (reader.master) reader.worker = Actor{"nginx", "nginx", reader.master->who};
    user_name = reader.master ? reader.master->who.name : "";
    group_name.clear();
  } else if (!reader.root_master()) {
    decision.place = reader.unit->user_place;
    decision.by = "unit";
    reader.worker = Actor{"nginx", "nginx worker", reader.master->who};
  } else if (user != nullptr && !user->args.empty()) {
    decision.place = reader.survey.place(user->span);
    decision.by = "directive";
    decision.group_line = decision.place.line;
    user_name = user->arg(0);
    group_name = user->args.size() > 1 ? user->arg(1) : user->arg(0);
    reader.worker = from_directive(reader, *user);
  } else {
    reader.worker = from_build(reader);
  }
  if (reader.worker && reader.unit != nullptr) reader.worker->fences = &reader.unit->fences;
  add_worker(reader, decision, user_name, group_name);
  add_service(reader, decision, user_name);
}

// nginx goes to the background unless `daemon off;` stands in the configuration or behind -g; where
// it is said twice nginx does not start at all. It tells systemd nothing (1.22).
void check_start(Reader& reader) {
  if (reader.unit == nullptr || reader.unit->exec_start.size() != 1) return;
  const auto program = tree::basename(reader.unit->exec_start[0].program);
  if (program != "nginx" && program != "nginx-debug" && program != "openresty") return;
  const auto daemons = reader.config.named(std::nullopt, "daemon");
  if (daemons.size() > 1) return;
  StartManner manner{Starting::forks, "nginx goes to the background", std::nullopt};
  if (!daemons.empty()) {
    const auto& node = reader.config.nodes[daemons[0]];
    if (node.arg(0) == "off")
      manner = {Starting::stays, "nginx stays in the foreground (daemon off)", std::nullopt};
    if (!node.command_line) manner.decision = reader.survey.place(node.span);
  }
  check_start_type(reader.survey, *reader.unit, manner);
}

}  // namespace stackaudit::stack::nginx
