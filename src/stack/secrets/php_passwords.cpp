// How passwords look in the settings of PHP applications.
#include "stack/secrets/secret_values.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 9> kNames{
    "settings.php", "local.php",   "config.php",     "database.php",   "db.php",
    "env.php",      "secrets.php", "parameters.php", "credentials.php"};
constexpr std::array<std::string_view, 5> kDirectories{"config", "conf", "configs", "settings",
                                                       "configuration"};
constexpr auto kOfOthers =
    std::to_array<std::string_view>({"/vendor/", "/node_modules/", "/wp-content/", "/wp-includes/",
                                     "/wp-admin/", "/admin/", "/tests/", "/templates/"});
// Parts of names: what there is are words for people, or values to be replaced.
constexpr auto kWords = std::to_array<std::string_view>(
    {"/lang", "/locale", "/messages/", "/translations/", "/i18n/", "example", "sample", ".dist"});
constexpr auto kAlgorithms = std::to_array<std::string_view>(
    {"md5", "sha1", "sha256", "sha512", "pbkdf2", "argon2i", "argon2id"});
// The last words of a setting's name.
constexpr std::array<std::string_view, 8> kEnds{
    "password", "passwd", "pass", "pwd", "secret", "api_key", "secret_key", "encryption_key"};

bool is_name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

std::string_view skip_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
}

// What stands after the name: its quote, the sign that gives it a value, and a value in quotes.
bool gives_literal(std::string_view text) {
  if (text.starts_with('\'') || text.starts_with('"')) text.remove_prefix(1);
  text = skip_blanks(text);
  if (text.starts_with(']')) text = skip_blanks(text.substr(1));
  if (text.starts_with("=>"))
    text.remove_prefix(2);
  else if ((text.starts_with('=') && !text.starts_with("==")) || text.starts_with(','))
    text.remove_prefix(1);
  else
    return false;
  text = skip_blanks(text);
  if (!text.starts_with('\'') && !text.starts_with('"')) return false;
  const auto end = text.find(text[0], 1);
  return end != std::string_view::npos && looks_chosen(text.substr(1, end - 1));
}

}  // namespace

bool looks_chosen(std::string_view value) {
  constexpr std::size_t kShortest = 4, kPhrase = 12;  // correct-horse-battery
  const bool phrase = value.size() >= kPhrase && value.find_first_of("-!#@&*+?") != value.npos &&
                      text::lower(value).find("password") == value.npos;  // forgot-password
  const bool mixed = phrase || value.find_first_of("0123456789") != value.npos;
  return value.size() >= kShortest && value.find_first_of("$%{<> \n") == value.npos && mixed &&
         !text::is_one_of(value, kAlgorithms);
}

bool is_settings_file(std::string_view path) {
  const auto has = [&](std::string_view part) { return path.find(part) != path.npos; };
  if (std::ranges::any_of(kOfOthers, has) || std::ranges::any_of(kWords, has)) return false;
  return std::ranges::find(kNames, tree::basename(path)) != kNames.end() ||
         std::ranges::find(kDirectories, tree::basename(tree::dirname(path))) != kDirectories.end();
}

bool holds_php_password(std::string_view text) {
  const auto low = text::lower(text);
  return std::ranges::any_of(kEnds, [&](std::string_view end) {
    for (auto at = low.find(end); at != low.npos; at = low.find(end, at + 1)) {
      const auto after = at + end.size();
      constexpr std::size_t kShortWord = 4;  // "compass" is none
      if (end.size() <= kShortWord && at > 0 && low[at - 1] >= 'a' && low[at - 1] <= 'z') continue;
      if (after < low.size() && !is_name_letter(low[after]) && gives_literal(text.substr(after)))
        return true;
    }
    return false;
  });
}

}  // namespace stackaudit::stack
