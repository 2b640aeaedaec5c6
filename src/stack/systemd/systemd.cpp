// The units that concern this audit, and what the boot makes below /run.
#include "stack/systemd/systemd.hpp"

#include "stack/systemd/boot.hpp"
#include "stack/systemd/isolation.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/order.hpp"
#include "stack/systemd/own_files.hpp"
#include "stack/systemd/preparations.hpp"
#include "stack/systemd/programs.hpp"
#include "stack/systemd/references.hpp"
#include "stack/systemd/search.hpp"
#include "stack/systemd/unit_words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFragmentLimit = 1U << 20U;

void note_unreadable(Survey& survey, const UnitSearch& search) {
  for (const auto& [path, error] : search.unreadable())
    survey.blind(Survey::whole_file(path), "unit", path, tree::errno_words(error), true);
}

// Names that are links to this unit; their drop-ins and enablement are the unit's, too.
std::vector<std::string> aliases_of(const UnitSearch& search, const std::set<std::string>& names,
                                    const std::string& unit) {
  std::vector<std::string> result;
  for (const auto& name : names)
    if (name != unit && search.fragment(name).alias_of == unit) result.push_back(name);
  return result;
}

std::string joined(const std::vector<std::string>& list, const char* separator) {
  std::string result;
  for (const auto& item : list) result += (result.empty() ? "" : separator) + item;
  return result;
}

std::string commands_text(const std::vector<Command>& commands) {
  std::string result;
  for (const auto& command : commands) {
    if (!result.empty()) result += '\n';
    result += command.program;
    for (const auto& arg : command.args) result += " " + arg;
  }
  return result;
}

std::string capability_names(const tree::Capabilities& set) {
  std::vector<std::string> names;
  if (set.dac_override) names.emplace_back("CAP_DAC_OVERRIDE");
  if (set.dac_read_search) names.emplace_back("CAP_DAC_READ_SEARCH");
  if (set.net_bind_service) names.emplace_back("CAP_NET_BIND_SERVICE");
  if (set.chown) names.emplace_back("CAP_CHOWN");
  if (set.setuid) names.emplace_back("CAP_SETUID");
  return joined(names, " ");
}

// Whoever may put a library there, or settings of PHP that name one, has the rights of the service
// before it gives them up.
void note_libraries(Survey& survey, const ServiceUnit& unit) {
  for (const auto& [name, value] : unit.environment) {
    if (name != "LD_LIBRARY_PATH" && name != "LD_PRELOAD" && name != "PHP_INI_SCAN_DIR") continue;
    std::istringstream parts(value);
    for (std::string path; std::getline(parts, path, ':');)
      if (path.starts_with('/'))
        survey.note_file(tree::normalize(path), unit.kind,
                         name == "LD_PRELOAD" ? "module" : "configuration-directory");
  }
}

void add_row(Survey& survey, const ServiceUnit& unit) {
  facts::Unit row;
  static_cast<facts::Place&>(row) = Survey::whole_file(unit.path);
  row.name = unit.name;
  row.user = unit.user.value_or("");
  row.unit_group = unit.group.value_or("");
  row.exec_start = commands_text(unit.exec_start);
  row.drop_ins = joined(unit.drop_ins, "\n");
  row.capabilities = capability_names(unit.ambient);
  if (unit.bounding_place) {
    row.bounding = capability_names(unit.bounding);
    row.bounding_path = unit.bounding_place->path;
    row.bounding_line = unit.bounding_place->line;
  }
  row.enabled = unit.enabled;
  row.masked = unit.masked;
  row.service = unit.kind;
  survey.facts.add(std::move(row));
  note_libraries(survey, unit);
  survey.note_file(unit.path, unit.kind, "unit");
  for (const auto& path : unit.drop_ins) {
    survey.note_file(path, unit.kind, "unit");
    survey.note_file(tree::dirname(path), unit.kind, "configuration-directory");
  }
}

// What setcap gave the program file, execve(2): nothing under NoNewPrivileges=.
void lend_capabilities(const Survey& survey, ServiceUnit& unit) {
  if (unit.no_new_privileges || unit.exec_start.empty()) return;
  const auto file = tree::resolve(survey.tree, unit.exec_start.back().program);
  if (!file) return;
  const auto lent = survey.tree.file_capabilities(file.path);
  const auto set = lent ? *lent : std::uint64_t{0};
  const auto lends = [&](unsigned number) { return ((set >> number) & 1U) != 0; };
  unit.ambient.chown = unit.ambient.chown || lends(0);
  unit.ambient.dac_override = unit.ambient.dac_override || lends(1);
  unit.ambient.dac_read_search = unit.ambient.dac_read_search || lends(2);
  unit.ambient.setuid = unit.ambient.setuid || lends(7);
  unit.ambient.net_bind_service = unit.ambient.net_bind_service || lends(10);
  unit.net_bind_service = unit.ambient.net_bind_service;
}

// Who masks a unit has systemctl make a link; a file without a byte is what a full disk leaves.
void tell_emptied(Survey& survey, const ServiceUnit& unit) {
  survey.add_problem(Survey::whole_file(unit.path),
                     {.service = "systemd",
                      .language = "ini",
                      .code = "unit-emptied",
                      .severity = "error",
                      .message = "the file is empty, by which systemd takes " + unit.name +
                                 " for masked: the service is not started",
                      .help = "remove the file, or write it anew; systemctl mask where the service "
                              "is not to run"});
}

std::optional<ServiceUnit> read_unit(Survey& survey, const UnitSearch& search,
                                     const std::set<std::string>& names, const std::string& name) {
  const auto fragment = search.fragment(name);
  if (fragment.path.empty() || !fragment.alias_of.empty()) return std::nullopt;
  const auto by_name = kind_of_unit_name(name);
  if (by_name.empty()) {
    if (fragment.masked || fragment.dangling) return std::nullopt;
    const auto content = tree::read_file(survey.tree, fragment.path, kFragmentLimit);
    if (!content || !may_concern(*content)) return std::nullopt;
  }
  ServiceUnit unit;
  unit.name = name;
  unit.path = fragment.path;
  unit.masked = fragment.masked || fragment.dangling;
  unit.aliases = aliases_of(search, names, name);
  auto all_names = unit.aliases;
  all_names.insert(all_names.begin(), name);
  const bool wanted = search.wanted_at_boot(all_names);
  unit.enabled = !unit.masked && wanted;
  unit.dangling = fragment.dangling && wanted;
  if (unit.masked) {
    unit.kind = by_name;
    if (wanted && !fragment.dangling && !survey.tree.readlink(unit.path))
      tell_emptied(survey, unit);
    return unit;
  }
  unit.drop_ins = search.drop_ins(all_names);
  auto problems = load_unit(survey, unit);
  unit.kind = kind_of_unit(unit);
  if (unit.kind.empty()) return std::nullopt;  // most that mention a server do not start it
  for (auto& problem : problems) survey.facts.add(std::move(problem));
  lend_capabilities(survey, unit);
  return unit;
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> gid_of(const tree::Accounts& accounts, std::string_view name) {
  if (const auto* group = accounts.group(name)) return group->gid;
  return number(name);
}

tree::Capabilities both(const tree::Capabilities& a, const tree::Capabilities& b) {
  return {a.dac_override && b.dac_override, a.dac_read_search && b.dac_read_search,
          a.net_bind_service && b.net_bind_service, a.chown && b.chown, a.setuid && b.setuid};
}

std::optional<tree::Principal> account_identity(const ServiceUnit& unit,
                                                const tree::Accounts& accounts) {
  if (starts_as_root(unit)) return tree::root_principal();
  if (const auto* user = accounts.user(*unit.user)) return accounts.become(*user);
  constexpr std::uint32_t kFirstDynamic = 61184;
  const auto uid = unit.dynamic_user ? kFirstDynamic : number(*unit.user);
  if (!uid) return std::nullopt;
  if (const auto* user = accounts.user(*uid)) return accounts.become(*user);
  return tree::Principal{unit.dynamic_user ? *unit.user : "#" + *unit.user, *uid, *uid, {}, {}};
}

}  // namespace

bool starts_as_root(const ServiceUnit& unit) {
  return !unit.user || *unit.user == "root" || *unit.user == "0";
}

const ServiceUnit* Systemd::find(std::string_view kind) const {
  return find(kind, {}, {});
}

const ServiceUnit* Systemd::find(std::string_view kind, std::string_view argument,
                                 std::string_view word) const {
  const auto fits = [&](const ServiceUnit& unit) {
    int score = (unit.masked ? 0 : 1) + (unit.enabled ? 2 : 0) +
                (kind_of_unit_name(unit.name) == kind ? 1 : 0);
    for (const auto& command : unit.exec_start) {
      if (!word.empty() && (command.program.find(word) != std::string::npos ||
                            unit.name.find(word) != std::string::npos))
        score += 8;
      for (const auto& arg : command.args)
        if (!argument.empty() && arg.ends_with(argument)) score += 16;
    }
    return score;
  };
  const ServiceUnit* best = nullptr;
  for (const auto& unit : units_)
    if (unit.kind == kind && (best == nullptr || fits(unit) > fits(*best))) best = &unit;
  return best;
}

std::vector<UnitCommand> commands_of(const ServiceUnit& unit) {
  std::vector<UnitCommand> all;
  for (const auto* commands :
       {&unit.exec_start_pre, &unit.exec_start, &unit.exec_start_post, &unit.exec_others})
    for (const auto& command : *commands) all.push_back({command, commands != &unit.exec_others});
  return all;
}

const BootDirectory* Systemd::made_at_boot(std::string_view directory) const {
  const auto found = std::ranges::find(boot_directories_, directory, &BootDirectory::path);
  return found == boot_directories_.end() ? nullptr : &*found;
}

std::optional<tree::Principal> Systemd::identity(const ServiceUnit& unit,
                                                 const tree::Accounts& accounts) {
  auto who = account_identity(unit, accounts);
  if (!who) return std::nullopt;
  if (unit.group && !unit.dynamic_user) {
    const auto gid = gid_of(accounts, *unit.group);
    if (!gid) return std::nullopt;
    who->gid = *gid;
    if (const auto* user = accounts.user(who->uid); user != nullptr && who->uid != 0)
      who->groups = accounts.initgroups(user->name, *gid);
  }
  for (const auto& group : unit.supplementary_groups) {
    const auto gid = gid_of(accounts, group.name);
    if (!gid) return std::nullopt;
    who->groups.push_back(*gid);
  }
  std::ranges::sort(who->groups);
  who->groups.erase(std::unique(who->groups.begin(), who->groups.end()), who->groups.end());
  who->capabilities = both(who->uid == 0 ? tree::Capabilities::all() : unit.ambient, unit.bounding);
  return who;
}

Systemd read_systemd(Survey& survey) {
  Systemd result;
  const UnitSearch search(survey.tree);
  note_unreadable(survey, search);
  const auto names = search.service_names();
  for (const auto& name : names) {
    auto unit = read_unit(survey, search, names, name);
    if (!unit || unit->kind.empty()) continue;
    add_row(survey, *unit);
    if (unit->dangling) add_dangling_unit(survey, *unit);
    if (!unit->masked) {
      unit->skipped = add_unit_requirements(survey, search, *unit);
      add_unit_references(survey, *unit);
      record_rights(survey, *unit);
      check_unit_programs(survey, *unit);
      check_unit_isolation(survey, *unit);
      check_unit_refusals(survey, *unit);
      check_unit_words(survey, *unit);
    }
    result.units_.push_back(*std::move(unit));
  }
  for (const auto& [name, link] : search.wanted_in_vain()) {
    if (kind_of_unit_name(name).empty()) continue;
    auto& unit = result.absent_.emplace_back();
    unit.name = name;
    unit.kind = kind_of_unit_name(name);
    unit.path = link;
  }
  check_order(survey, result.units_);
  check_own_files(survey, search);
  result.boot_directories_ = boot_directories(survey, result.units_);
  for (const auto& unit : result.units_)
    if (unit.enabled && !unit.refused) add_unit_preparations(survey, result, unit);
  return result;
}

}  // namespace stackaudit::stack
