// How passwords look in the words of commands. What stands on a command line is shown to everybody
// while it runs (ps(1)); what stands in its file, to whoever may read that.
#include "stack/secrets/secret_values.hpp"
#include "syntax/shell/simple_commands.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

using syntax::shell::CommandWord;

// They take a password behind -p without a blank, or as --password=.
constexpr auto kDatabaseClients = std::to_array<std::string_view>(
    {"mysql", "mysqldump", "mysqladmin", "mysqlcheck", "mysqlimport", "mysqlshow", "mariadb",
     "mariadb-dump", "mariadb-admin", "mariadb-backup", "mariadb-check", "mongodump",
     "xtrabackup"});

bool is_written_out(std::string_view value) {
  return !value.empty() && value.find_first_of("$`%<{*") == std::string_view::npos &&
         !value.starts_with('/');
}

// -pSECRET, --password=SECRET behind the name of a client.
bool is_client_option(std::string_view word) {
  constexpr std::string_view kLong = "--password=";
  if (word.starts_with(kLong)) return is_written_out(word.substr(kLong.size()));
  return word.starts_with("-p") && is_written_out(word.substr(2));
}

// MYSQL_PWD=SECRET, DB_PASS="x7...".
bool is_assignment(std::string_view word) {
  const auto equals = word.find('=');
  if (equals == 0 || equals == word.npos || word.starts_with('-')) return false;
  const auto name = word.substr(0, equals), value = word.substr(equals + 1);
  const bool is_name = std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!is_name || !is_written_out(value)) return false;
  std::string upper(name);
  std::ranges::transform(name, upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  const bool ends = (upper == "PASS" || upper.ends_with("_PASS") || upper == "DBPASS") ||
                    upper.ends_with("PASSWD") || upper.ends_with("_PWD");
  return (ends || is_credential_name(upper)) && looks_chosen(value);
}

bool holds(const std::vector<CommandWord>& words) {
  bool client = false, fetches = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i].text;
    if (is_assignment(word) || (client && is_client_option(word))) return true;
    const auto name = tree::basename(word);
    client = client || text::is_one_of(name, kDatabaseClients);
    fetches = fetches || name == "curl";
    const bool user = fetches && (word == "-u" || word == "--user") && i + 1 < words.size();
    const bool given = name == "sshpass" && i + 2 < words.size() && words[i + 1].text == "-p";
    if (given && is_written_out(words[i + 2].text)) return true;
    if (!user) continue;
    const std::string_view account = words[i + 1].text;
    const auto colon = account.find(':');
    if (colon != account.npos && is_written_out(account.substr(colon + 1))) return true;
  }
  return false;
}

}  // namespace

bool holds_command_password(std::string_view text) {
  syntax::shell::SimpleCommands commands(text);
  while (const auto each = commands.next())
    if (holds(each->words)) return true;
  return false;
}

}  // namespace stackaudit::stack
