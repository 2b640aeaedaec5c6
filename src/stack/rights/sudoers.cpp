// sudoers(5), read as far as the question goes: which account may run what as root.
#include "stack/rights/memberships.hpp"
#include "stack/rights/privileges.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <sstream>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;

// Whether "www-data", "%web", "%#33", "#33" or "ALL" is about the account.
bool is_about(const tree::Accounts& accounts, const tree::User& user, std::string_view who) {
  if (who == "ALL" || who == user.name || who == "#" + std::to_string(user.uid)) return true;
  if (!who.starts_with('%')) return false;
  const auto groups = accounts.initgroups(user.name, user.gid);
  return std::ranges::any_of(groups, [&](std::uint32_t gid) {
    return who.substr(1) == accounts.group_name(gid) || who.substr(1) == "#" + std::to_string(gid);
  });
}

// The account that serves requests and that a list is about; of "ALL, !www-data" the last that
// matches counts.
std::string worker_of(const Survey& survey, const std::vector<std::string>& list) {
  for (const auto uid : worker_uids(survey)) {
    const auto* user = survey.accounts.user(uid);
    if (user == nullptr) continue;
    bool meant = false;
    for (const std::string_view who : list) {
      const bool negated = who.starts_with('!');
      if (is_about(survey.accounts, *user, who.substr(negated ? 1 : 0))) meant = !negated;
    }
    if (meant) return user->name;
  }
  return {};
}

using Aliases = std::map<std::string, std::string, std::less<>>;

std::vector<std::string> list_of(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream words(text);
  for (std::string part; std::getline(words, part, ',');)
    if (auto word = std::string(text::trimmed(part)); !word.empty())
      parts.push_back(std::move(word));
  return parts;
}

// "User_Alias WEB = www-data, deploy : OPS = ann"; one alias may name others.
void take_aliases(const std::string& text, Aliases& aliases) {
  constexpr std::array<std::string_view, 3> kKinds{"User_Alias", "Cmnd_Alias", "Runas_Alias"};
  const auto line = std::string(text::trimmed(text));
  if (std::ranges::none_of(kKinds, [&](std::string_view kind) { return line.starts_with(kind); }))
    return;
  std::istringstream definitions(line.substr(line.find_first_of(" \t")));
  for (std::string one; std::getline(definitions, one, ':');)
    if (const auto equals = one.find('='); equals != std::string::npos)
      aliases[std::string(text::trimmed(one.substr(0, equals)))] = one.substr(equals + 1);
}

std::vector<std::string> expanded(const std::string& list, const Aliases& aliases, int depth = 0) {
  constexpr int kMostAliases = 8;
  std::vector<std::string> result;
  for (auto& word : list_of(list)) {
    const auto alias = aliases.find(word);
    if (alias == aliases.end() || depth == kMostAliases) {
      result.push_back(std::move(word));
      continue;
    }
    auto inner = expanded(alias->second, aliases, depth + 1);
    std::ranges::move(inner, std::back_inserter(result));
  }
  return result;
}

// Whether the list in front of a command, "root", "ALL : adm", "#0", has root among its users. Of
// an alias that is not known nothing is said.
bool has_root(std::string_view runas, const Aliases& aliases) {
  bool root = false;
  for (const std::string_view who :
       expanded(std::string(runas.substr(0, runas.find(':'))), aliases)) {
    const bool negated = who.starts_with('!');
    const auto name = who.substr(negated ? 1 : 0);
    if (name == "root" || name == "#0" || name == "ALL") root = !negated;
  }
  return root;
}

// "NOPASSWD:SETENV: /a" is /a.
std::string_view without_tags(std::string_view command) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  command = text::trimmed(command);
  for (auto end = command.find_first_not_of(kLetters);
       end != command.npos && end > 0 && command[end] == ':';
       end = command.find_first_not_of(kLetters))
    command = text::trimmed(command.substr(end + 1));
  return command;
}

struct Permitted {
  std::string command;  // or an alias
  bool root = true;
};

// "(app) /a, /b, (root) NOPASSWD: /c".
std::vector<Permitted> permitted(std::string_view text, const Aliases& aliases) {
  std::vector<Permitted> result;
  bool root = true;
  while (!text.empty()) {
    text = text::trimmed(text);
    if (text.starts_with('(')) {
      const auto close = std::min(text.find(')'), text.size() - 1);
      root = has_root(text.substr(1, close - 1), aliases);
      text = text::trimmed(text.substr(close + 1));
    }
    const auto command = text.substr(0, text.find(','));
    text.remove_prefix(std::min(command.size() + 1, text.size()));
    result.push_back({std::string(without_tags(command)), root});
  }
  return result;
}

void read_line(Survey& survey, const std::string& path, const std::string& text,
               std::int64_t number, const Aliases& aliases) {
  const auto first = text.find_first_not_of(" \t");
  const auto equals = text.find('=');
  if (first == std::string::npos || text[first] == '@' || equals == std::string::npos) return;
  if (text[first] == '#' &&
      (first + 1 == text.size() || text[first + 1] < '0' || text[first + 1] > '9'))
    return;
  const auto left = std::string(text::trimmed(text.substr(0, equals)));
  const auto host = left.find_last_of(" \t");
  if (host == std::string::npos || left.starts_with("Defaults") ||
      left.substr(0, left.find_first_of(" \t")).ends_with("_Alias"))
    return;
  facts::SudoRule row;
  row.who = std::string(text::trimmed(left.substr(0, host)));
  static_cast<facts::Place&>(row) = Survey::whole_file(path);
  row.line = number;
  row.commands = text.substr(equals + 1);
  row.without_password = row.commands.find("NOPASSWD:") != std::string::npos;
  for (const auto& [command, root] : permitted(row.commands, aliases))
    for (const auto& name : expanded(command, aliases)) {
      row.everything = row.everything || (root && name == "ALL");
      if (root && !name.starts_with('!')) row.root_commands.append(name).append("\n");
      if (row.commands.find(name) == std::string::npos) row.commands += ", " + name;
    }
  row.worker = worker_of(survey, expanded(row.who, aliases));
  survey.facts.add(std::move(row));
}

struct Line {
  std::string path, text;
  std::int64_t number = 0;
};

void read_sudoers(const Survey& survey, const std::string& path, std::vector<Line>& result) {
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
    result.push_back({path, whole, begin});
    whole.clear();
  }
}

// doas.conf(5): permit [nopass|persist|...] identity [as target] [cmd command [args ...]].
void read_doas(Survey& survey) {
  constexpr std::string_view kPath = "/etc/doas.conf";
  const auto content = tree::read_file(survey.tree, kPath, kSmall);
  if (!content) return;
  std::istringstream lines(*content);
  std::int64_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    if (!(words >> word) || word != "permit") continue;
    facts::SudoRule row;
    static_cast<facts::Place&>(row) = Survey::whole_file(kPath);
    row.line = number;
    while (words >> word && row.who.empty()) {
      if (word == "nopass") row.without_password = true;
      if (word == "setenv") std::getline(words, word, '}');
      if (word != "nopass" && word != "persist" && word != "keepenv" && word != "nolog" &&
          word.find('}') == std::string::npos)
        row.who = word.starts_with(':') ? "%" + word.substr(1) : word;
      if (!row.who.empty()) break;
    }
    std::string target = "root";
    row.everything = true;
    while (words >> word) {
      if (word == "as") words >> target;
      if (word != "cmd") continue;
      row.everything = false;
      std::getline(words, row.commands);
    }
    if (row.everything) row.commands = "ALL";
    row.root_commands = row.commands;
    if (row.who.empty() || target != "root") continue;
    row.worker = worker_of(survey, {row.who});
    survey.facts.add(std::move(row));
  }
}

}  // namespace

void record_sudo(Survey& survey) {
  read_doas(survey);
  std::vector<Line> lines;
  read_sudoers(survey, "/etc/sudoers", lines);
  // sudo passes over names with a dot or a tilde at the end.
  for (const auto& path : tree::glob(survey.tree, "/etc/sudoers.d/*").paths)
    if (tree::basename(path).find('.') == std::string_view::npos && !path.ends_with('~'))
      read_sudoers(survey, path, lines);
  Aliases aliases;
  for (const auto& line : lines) take_aliases(line.text, aliases);
  for (const auto& line : lines) read_line(survey, line.path, line.text, line.number, aliases);
}

}  // namespace stackaudit::stack
