// sudoers(5), read as far as the question goes: which account may run what as root.
#include "stack/memberships.hpp"
#include "stack/privileges.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <sstream>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;

// The account that serves requests and that "www-data", "%web", "#33" or "ALL" is about.
std::string worker_of(const Survey& survey, std::string_view who) {
  for (const auto uid : worker_uids(survey)) {
    const auto* user = survey.accounts.user(uid);
    if (user == nullptr) continue;
    if (who == "ALL" || who == user->name || who == "#" + std::to_string(uid)) return user->name;
    if (!who.starts_with('%')) continue;
    const auto groups = survey.accounts.initgroups(user->name, user->gid);
    const auto* group = survey.accounts.group(who.substr(1));
    if (group != nullptr && std::ranges::find(groups, group->gid) != groups.end())
      return user->name;
  }
  return {};
}

void read_line(Survey& survey, const std::string& path, const std::string& text,
               std::int64_t number) {
  const auto first = text.find_first_not_of(" \t");
  const auto equals = text.find('=');
  if (first == std::string::npos || text[first] == '@' || equals == std::string::npos) return;
  if (text[first] == '#' &&
      (first + 1 == text.size() || text[first + 1] < '0' || text[first + 1] > '9'))
    return;
  std::istringstream words(text.substr(0, equals));
  facts::SudoRule row;
  std::string host;
  if (!(words >> row.who >> host) || row.who.starts_with("Defaults") || row.who.ends_with("_Alias"))
    return;
  static_cast<facts::Place&>(row) = Survey::whole_file(path);
  row.line = number;
  row.commands = text.substr(equals + 1);
  row.without_password = row.commands.find("NOPASSWD:") != std::string::npos;
  auto list = row.commands.substr(std::min(row.commands.rfind(')') + 1, row.commands.size()));
  for (auto tag = list.find(": "); tag != std::string::npos; tag = list.find(": "))
    list.erase(0, tag + 1);
  std::istringstream commands(list);
  for (std::string command; std::getline(commands, command, ',');) {
    const auto begin = command.find_first_not_of(" \t:");
    const auto end = command.find_last_not_of(" \t\r");
    if (begin == std::string::npos) continue;
    auto name = command.substr(begin, end - begin + 1);
    if (const auto colon = name.rfind(':'); colon != std::string::npos) name.erase(0, colon + 1);
    row.everything = row.everything || name == "ALL";
  }
  row.worker = worker_of(survey, row.who);
  survey.facts.add(std::move(row));
}

void read_sudoers(Survey& survey, const std::string& path) {
  const auto content = tree::read_file(survey.tree, path, kSmall);
  if (!content) return;
  std::istringstream lines(*content);
  std::string whole;
  std::int64_t number = 0, begin = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (whole.empty()) begin = number;
    const bool continued = line.ends_with('\\');
    if (continued) line.pop_back();
    whole += line;
    if (continued) continue;
    read_line(survey, path, whole, begin);
    whole.clear();
  }
}

}  // namespace

void record_sudo(Survey& survey) {
  read_sudoers(survey, "/etc/sudoers");
  // sudo passes over names with a dot or a tilde at the end.
  for (const auto& path : tree::glob(survey.tree, "/etc/sudoers.d/*").paths)
    if (tree::basename(path).find('.') == std::string_view::npos && !path.ends_with('~'))
      read_sudoers(survey, path);
}

}  // namespace stackaudit::stack
