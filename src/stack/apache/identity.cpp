// As whom Apache serves requests: User and Group, the unit, or what the build has.
#include "stack/account_sources.hpp"
#include "stack/apache/parts.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

namespace stackaudit::stack::apache {
namespace {

struct Identity {
  std::optional<std::uint32_t> id;
  std::string name;
  facts::Place place;
  std::string decided_by;
  bool of_user = false;
};

std::optional<std::uint32_t> numeric(std::string_view text) {
  std::uint32_t id = 0;
  if (!text.starts_with('#')) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), id);
  if (error == std::errc{} && end == text.data() + text.size()) return id;
  return text == "#-1" ? std::optional(std::numeric_limits<std::uint32_t>::max()) : std::nullopt;
}

void missing_account(Httpd& httpd, const Setting& setting, const std::string& kind,
                     const std::vector<std::string>& names) {
  const auto& arg = setting.args[0];
  facts::Reference row;
  static_cast<facts::Place&>(row) = decider(httpd, arg);
  row.service = "apache";
  row.kind = kind;
  row.as_written = arg.value;
  row.state = "missing";
  row.wanted = kind;
  row.nearest = text::nearest(arg.value, names).value_or("");
  if (arg.variable.empty() && httpd.survey.sources.slice(arg.span) == arg.value)
    row.replacement = row.nearest;
  row.effect = "Apache does not start";
  row.process = httpd.parent.process;
  row.user = httpd.parent.who.name;
  row.call = kind == "user" ? "getpwnam" : "getgrnam";
  httpd.survey.facts.add(std::move(row));
  httpd.identities_known = false;
}

// A name that the account files do not have: a directory service may know it all the same.
void unknown_account(Httpd& httpd, const Setting& setting, const std::string& kind,
                     const std::vector<std::string>& names) {
  const auto& arg = setting.args[0];
  const auto state = kind == "user" ? absent_user_state(httpd.survey, arg.value)
                                    : absent_group_state(httpd.survey, arg.value);
  if (state == "missing") return missing_account(httpd, setting, kind, names);
  httpd.identities_known = false;
  httpd.survey.blind(httpd.survey.place(arg.span), "worker", arg.value,
                     "no such " + kind + " in the account files, which are not all there is");
}

// httpd refuses root where it is written, whatever a later line says; the last line's user is a
// worker, which rules judge.
void refuse_overridden_root(Httpd& httpd, const Arg* user, const Identity& identity) {
  if (user == nullptr || identity.id != 0U || !identity.of_user) return;
  report(httpd, {user->span,
                 "bad-value",
                 true,
                 "Apache has not been designed to serve pages while running as root",
                 "remove the line: a later one names the user",
                 {}});
}

// Every User and Group line is looked up, the last one counts.
Identity account(Httpd& httpd, const std::string& kind) {
  const auto& accounts = httpd.survey.accounts;
  const bool of_user = kind == "user";
  Identity identity{{}, {}, Survey::whole_file(httpd.entry.path), "default", of_user};
  const Arg* previous = nullptr;  // of a User line that a later one overrides
  std::vector<std::string> names;
  if (kind == "user")
    for (const auto& user : accounts.users()) names.push_back(user.name);
  else
    for (const auto& group : accounts.groups()) names.push_back(group.name);
  for (const auto& setting : httpd.settings) {
    if (setting.name != kind || setting.args.empty()) continue;
    const auto& arg = setting.args[0];
    refuse_overridden_root(httpd, previous, identity);
    previous = &arg;
    identity = {numeric(arg.value), arg.value, decider(httpd, arg),
                arg.variable.empty() ? "directive" : "envvars", of_user};
    if (!arg.known) {
      httpd.identities_known = false;
      httpd.survey.blind(identity.place, "worker", arg.value, "the variable's value is not known");
      continue;
    }
    if (identity.id) {
      const bool account = kind != "user" || accounts.user(*identity.id) != nullptr;
      if (!account) missing_account(httpd, setting, kind, names);
      continue;
    }
    if (kind == "user") {
      if (const auto* user = accounts.user(arg.value)) identity.id = user->uid;
    } else if (const auto* group = accounts.group(arg.value)) {
      identity.id = group->gid;
    }
    if (!identity.id) unknown_account(httpd, setting, kind, names);
  }
  return identity;
}

void add_service(Httpd& httpd, const facts::Worker& worker) {
  facts::Service service;
  static_cast<facts::Place&>(service) = worker;
  service.kind = "apache";
  service.config = httpd.entry.path;
  service.master_user = httpd.parent.who.name;
  service.master_uid = httpd.parent.who.uid;
  service.worker_user = worker.user;
  service.worker_uid = worker.uid;
  if (httpd.unit != nullptr) {
    service.unit = httpd.unit->name;
    service.enabled = httpd.unit->enabled;
  }
  httpd.survey.facts.add(std::move(service));
}

void add_worker(Httpd& httpd, const Identity& user, const Identity& group) {
  facts::Worker worker;
  static_cast<facts::Place&>(worker) = user.place;
  worker.service = "apache";
  worker.user = user.name;
  worker.uid = user.id;
  worker.gid = group.id;
  worker.decided_by = user.decided_by;
  const auto& accounts = httpd.survey.accounts;
  if (user.id && *user.id != std::numeric_limits<std::uint32_t>::max())
    worker.user = accounts.user_name(*user.id);
  worker.primary_group = group.id ? accounts.group_name(*group.id) : group.name;
  if (httpd.identities_known)
    for (const auto gid : httpd.child.who.groups)
      if (!group.id || gid != *group.id)
        worker.groups += (worker.groups.empty() ? "" : " ") + accounts.group_name(gid);
  if (group.place.line) {
    worker.group_path = group.place.path;
    worker.group_line = group.place.line;
  }
  add_service(httpd, worker);
  httpd.survey.facts.add(std::move(worker));
}

// Without a User or a Group line it is the build's "#-1", which no account has: the children write
// "AH02155: couldn't determine user name from uid 4294967295" (AH02156 of the group) and serve
// requests as what the parent is (observed with 2.4.71). mpm_itk finds users of its own.
void find_built_in(Httpd& httpd, Identity& user, const Identity& group) {
  if (user.decided_by != "default" && group.decided_by != "default") return;
  const auto loads = [&](auto wanted) {
    return std::ranges::any_of(httpd.modules, wanted, &LoadedModule::identifier);
  };
  const bool whole = httpd.modules_certain && !httpd.foreign && !httpd.incomplete && loads(is_mpm);
  if (!whole || loads([](std::string_view identifier) { return identifier == kItk; })) return;
  user.decided_by = "built-in";
  httpd.identities_known = false;
}

// Apache refuses to serve requests as root. Once that is mended they are served as the account that
// packages make for it: what that one may not open is told at once.
const tree::User* usual_account(const tree::Accounts& accounts) {
  for (const std::string_view name : {"www-data", "apache", "wwwrun", "http", "httpd"})
    if (const auto* account = accounts.user(name); account != nullptr && account->uid != 0)
      return account;
  return nullptr;
}

}  // namespace

bool is_mpm(std::string_view identifier) {
  return identifier.starts_with("mpm_") && identifier != kItk;
}

void decide_identity(Httpd& httpd) {
  auto user = account(httpd, "user");
  auto group = account(httpd, "group");
  httpd.child = {"apache", "apache child", httpd.parent.who, httpd.parent.fences};
  if (httpd.parent.who.uid != 0) {  // a parent that is not root cannot change it
    const auto& who = httpd.parent.who;
    user = {who.uid, who.name, httpd.unit->user_place, "unit", false};
    group = {who.gid, httpd.survey.accounts.group_name(who.gid), httpd.unit->user_place, "unit",
             false};
  } else if (user.id && httpd.identities_known) {
    if (const auto* usual = *user.id == 0 ? usual_account(httpd.survey.accounts) : nullptr)
      httpd.child.who = httpd.survey.accounts.become(*usual);
    else if (const auto* found = httpd.survey.accounts.user(*user.id))
      httpd.child.who = httpd.survey.accounts.become(*found, group.id);
  } else {
    httpd.identities_known = false;
    if (user.decided_by == "default")
      httpd.survey.blind(user.place, "worker", "User",
                         "no User directive: the default of the build");
  }
  if (user.decided_by != "unit") find_built_in(httpd, user, group);
  add_worker(httpd, user, group);
  if (httpd.identities_known && !httpd.survey.apache_child) httpd.survey.apache_child = httpd.child;
}

}  // namespace stackaudit::stack::apache
