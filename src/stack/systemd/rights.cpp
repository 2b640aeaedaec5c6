// What a unit gives or takes beside User=: capabilities, groups, a root directory, systemd.exec(5).
#include "stack/rights/memberships.hpp"
#include "stack/systemd/load.hpp"
#include "syntax/ini/words.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

struct CapabilityName {
  std::string_view name;
  bool tree::Capabilities::*flag;
};
constexpr std::array kCapabilities{
    CapabilityName{"CAP_DAC_OVERRIDE", &tree::Capabilities::dac_override},
    CapabilityName{"CAP_DAC_READ_SEARCH", &tree::Capabilities::dac_read_search},
    CapabilityName{"CAP_NET_BIND_SERVICE", &tree::Capabilities::net_bind_service},
    CapabilityName{"CAP_CHOWN", &tree::Capabilities::chown},
    CapabilityName{"CAP_SETUID", &tree::Capabilities::setuid}};

// Whoever has one of these has, in the end, all of root's rights.
constexpr std::array<std::string_view, 14> kPowers{
    "CAP_CHOWN",      "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",    "CAP_SETGID",
    "CAP_SETUID",     "CAP_SETPCAP",      "CAP_SYS_MODULE",      "CAP_SYS_RAWIO", "CAP_SYS_CHROOT",
    "CAP_SYS_PTRACE", "CAP_SYS_ADMIN",    "CAP_SETFCAP",         "CAP_BPF"};

bool is_root(const ServiceUnit& unit, const tree::Accounts& accounts) {
  return !unit.user || *unit.user == "0" || names_root(accounts, *unit.user);
}

void record_powers(Survey& survey, const ServiceUnit& unit) {
  if (unit.ambient_powers.empty()) return;
  facts::SpecialFile row;
  static_cast<facts::Place&>(row) = unit.ambient_place;
  row.kind = "ambient";
  row.owner = unit.user.value_or("root");
  for (const auto& power : unit.ambient_powers)
    row.detail += (row.detail.empty() ? "" : " ") + power;
  row.dangerous = true;
  survey.facts.add(std::move(row));
}

// A root master loses them when its workers take on their own groups; a unit's own user keeps them.
void record_groups(Survey& survey, const ServiceUnit& unit) {
  const auto* user = survey.accounts.user(*unit.user);
  for (const auto& named : unit.supplementary_groups) {
    const auto* group = survey.accounts.group(named.name);
    const auto* power = power_of(named.name);
    if (group == nullptr || power == nullptr) continue;
    if (user != nullptr && survey.accounts.become(*user).in_group(group->gid)) continue;
    facts::Membership row;
    static_cast<facts::Place&>(row) = named.place;
    row.user = *unit.user;
    row.uid = user == nullptr ? 0 : user->uid;
    row.group_name = group->name;
    row.gid = group->gid;
    row.worker = true;
    row.gives = power->gives;
    row.gives_root = power->gives_root;
    survey.facts.add(std::move(row));
  }
}

// The program is looked for below the new root; what is there is another system than this one.
void record_root(Survey& survey, const ServiceUnit& unit) {
  if (!unit.root_directory || unit.root_directory->path == "/" || unit.exec_start.empty()) return;
  if (survey.state_of(unit.root_directory->path, "directory") != "found") return;
  const auto& program = unit.exec_start.back().program;
  facts::Reference row;
  static_cast<facts::Place&>(row) = unit.root_directory->place;
  row.service = "systemd";
  row.kind = "program";
  row.required = true;
  row.resolved = row.as_written = unit.root_directory->path + program;
  row.state = survey.state_of(row.resolved, "file");
  row.wanted = "file";
  row.process = "systemd";
  row.call = "execve";
  row.effect = unit.name + " does not start: status=203/EXEC";
  if (row.state == "found")
    survey.blind(row, "access", unit.root_directory->path,
                 "RootDirectory=: the program sees another tree than this one");
  else
    survey.facts.add(std::move(row));
}

}  // namespace

void assign_capabilities(std::string_view value, tree::Capabilities& set, bool& given) {
  const bool inverted = value.starts_with('~');
  if (inverted) value.remove_prefix(1);
  if (!given || value.empty()) set = inverted ? tree::Capabilities::all() : tree::Capabilities{};
  given = !value.empty();
  for (const auto& word : ini::split_words(value).words)
    for (const auto& [name, flag] : kCapabilities)
      if (text::equal_ignoring_case(word.text, name)) set.*flag = !inverted;
}

void assign_powers(std::string_view value, std::vector<std::string>& powers) {
  if (value.empty()) return powers.clear();
  const bool inverted = value.starts_with('~');
  if (inverted) value.remove_prefix(1);
  for (const auto& word : ini::split_words(value).words)
    for (const auto name : kPowers) {
      if (!text::equal_ignoring_case(word.text, name)) continue;
      if (inverted)
        std::erase(powers, name);
      else if (std::ranges::find(powers, name) == powers.end())
        powers.emplace_back(name);
    }
}

void assign_families(std::string_view value, const facts::Place& place,
                     std::optional<AddressFamilies>& families) {
  if (value.empty()) return families.reset();
  const bool inverted = value.starts_with('~');
  if (inverted) value.remove_prefix(1);
  if (!families) families = AddressFamilies{!inverted, {}, {}};
  families->place = place;
  for (const auto& word : ini::split_words(value).words) {
    if (word.text == "none") continue;
    if (families->only != inverted)
      families->names.insert(word.text);
    else
      families->names.erase(word.text);
  }
}

void record_rights(Survey& survey, const ServiceUnit& unit) {
  record_root(survey, unit);
  if (is_root(unit, survey.accounts)) return;
  record_powers(survey, unit);
  record_groups(survey, unit);
}

}  // namespace stackaudit::stack
