// nsswitch.conf(5) and sysusers.d(5), read as far as this question needs.
#include "stack/account_sources.hpp"

#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <sstream>

namespace stackaudit::stack {
namespace {

// Sources that know nothing that is not in files, but for what lives at run time only.
constexpr std::array<std::string_view, 5> kLocalSources{"files", "compat", "db", "systemd",
                                                        "altfiles"};

bool all_digits(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

bool has_other_sources(const tree::Tree& tree, std::string_view database) {
  const auto content = tree::read_file(tree, "/etc/nsswitch.conf");
  if (!content) return false;
  std::istringstream lines(*content);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    if (!(words >> word) || word != std::string(database) + ":") continue;
    bool action = false;  // inside [NOTFOUND=return]
    while (words >> word) {
      action = action || word.starts_with('[');
      if (!action && std::ranges::find(kLocalSources, word) == kLocalSources.end()) return true;
      if (word.ends_with(']')) action = false;
    }
  }
  return false;
}

// Lines "u name ..." and "g name ..."; a user brings a group of its name, unless its line says
// "uid:group", which is another's.
bool made_by_sysusers(const tree::Tree& tree, std::string_view name, bool group) {
  for (const auto* directory : {"/usr/lib/sysusers.d", "/run/sysusers.d", "/etc/sysusers.d"})
    for (const auto& path : tree::glob(tree, std::string(directory) + "/*.conf").paths) {
      const auto content = tree::read_file(tree, path);
      if (!content) continue;
      std::istringstream lines(*content);
      for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string type, account, id;
        if (!(words >> type >> account) || account != name) continue;
        words >> id;
        const bool user = type[0] == 'u' && (!group || id.find(':') == std::string::npos);
        if (user || (group && type[0] == 'g')) return true;
      }
    }
  return false;
}

std::string absent(const Survey& survey, std::string_view name, bool group) {
  const auto* const database = group ? "group" : "passwd";
  if (survey.state_of(std::string("/etc/") + database, "file") == "unseen") return "unseen";
  const bool elsewhere =
      has_other_sources(survey.tree, database) || made_by_sysusers(survey.tree, name, group);
  return elsewhere ? "dynamic" : "missing";
}

template <class Accounts>
std::string nearest_name(std::string_view name, const Accounts& accounts) {
  std::vector<std::string> names;
  for (const auto& account : accounts) names.push_back(account.name);
  return text::nearest(name, names).value_or("");
}

}  // namespace

std::string user_state(const Survey& survey, std::string_view name) {
  const bool known = survey.accounts.user(name) != nullptr || all_digits(name);
  return known ? "found" : absent_user_state(survey, name);
}
std::string group_state(const Survey& survey, std::string_view name) {
  const bool known = survey.accounts.group(name) != nullptr || all_digits(name);
  return known ? "found" : absent_group_state(survey, name);
}
std::string absent_user_state(const Survey& survey, std::string_view name) {
  return absent(survey, name, false);
}
std::string absent_group_state(const Survey& survey, std::string_view name) {
  return absent(survey, name, true);
}
std::string nearest_user(const Survey& survey, std::string_view name) {
  return nearest_name(name, survey.accounts.users());
}
std::string nearest_group(const Survey& survey, std::string_view name) {
  return nearest_name(name, survey.accounts.groups());
}

facts::Reference account_reference(const Survey& survey, std::string_view name, bool group,
                                   std::string state) {
  facts::Reference row;
  row.as_written = name;
  row.wanted = group ? "group" : "user";
  row.state = std::move(state);
  if (row.state != "found")
    row.nearest = group ? nearest_group(survey, name) : nearest_user(survey, name);
  return row;
}

}  // namespace stackaudit::stack
