// A record of the table options is its name, its value and "yes" or "no", one behind the other in a
// page; a value that is too long for its page is stored elsewhere and not seen.
#include "stack/wordpress/options.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 64U << 20U;
constexpr std::size_t kLongestName = 200, kMostLists = 64;
constexpr std::array<std::string_view, 5> kAutoload{"yes", "no", "on", "off", "auto"};

bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '$';
  });
}

// The strings of a:2:{i:0;s:3:"a/b";i:1;s:3:"c/d";}; nothing where it is none, or not whole.
std::optional<std::set<std::string>> strings_of(std::string_view list) {
  if (!list.starts_with("a:")) return std::nullopt;
  const auto end = list.find('}');
  const auto open = list.find('{');
  if (end == std::string_view::npos || open > end) return std::nullopt;
  std::size_t promised = 0, count = 0;
  std::from_chars(list.data() + 2, list.data() + open, promised);
  std::set<std::string> out;
  auto rest = list.substr(open, end - open);
  for (auto quote = rest.find('"'); quote != std::string_view::npos; quote = rest.find('"')) {
    rest.remove_prefix(quote + 1);
    const auto close = rest.find('"');
    if (close == std::string_view::npos || close > kLongestName) return std::nullopt;
    out.emplace(rest.substr(0, close));
    ++count;
    rest.remove_prefix(close + 1);
  }
  if (count != promised) return std::nullopt;
  return out;
}

// The directory in front of "yes" or "no".
void add_theme(std::string_view text, std::set<std::string>& out) {
  std::size_t length = 0;
  while (length < std::min(text.size(), kLongestName) &&
         (std::isalnum(static_cast<unsigned char>(text[length])) != 0 || text[length] == '_' ||
          text[length] == '-' || text[length] == '.' || text[length] == '/'))
    ++length;
  // What comes behind may be letters as well: each end that is possible counts.
  const auto words = text.substr(0, length);
  if (words.starts_with('_')) return;
  for (std::size_t i = 1; i < length; ++i)
    if (std::ranges::any_of(
            kAutoload, [&](std::string_view word) { return words.substr(i).starts_with(word); }))
      out.emplace(words.substr(0, i));
}

// "/%postname%/" in front of "yes"; nothing where no value follows, as in an index of the table.
void add_structure(std::string_view text, std::set<std::string>& out) {
  std::size_t length = 0;
  while (length < std::min(text.size(), kLongestName) &&
         (std::isalnum(static_cast<unsigned char>(text[length])) != 0 ||
          std::string_view("/%_-.").find(text[length]) != std::string_view::npos))
    ++length;
  const auto words = text.substr(0, length);
  std::size_t end = std::string_view::npos;
  for (const auto word : kAutoload) end = std::min(end, words.rfind(word));
  if (end == 0 || (end != std::string_view::npos && words[0] == '/'))
    out.emplace(words.substr(0, end));
}

template <class Add>
void each(std::string_view text, std::string_view name, Add add) {
  for (auto at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1))
    add(text.substr(at + name.size()));
}

}  // namespace

StoredOptions stored_options(const tree::Tree& tree, std::string_view database,
                             std::string_view prefix) {
  StoredOptions options;
  if (!is_plain(database) || !is_plain(prefix)) return options;
  const auto table = "/var/lib/mysql/" + std::string(database) + "/" + std::string(prefix);
  const auto text = tree::read_file(tree, table + "options.ibd", kLimit);
  if (!text) return options;
  each(*text, "active_plugins", [&](std::string_view value) {
    auto list = strings_of(value);
    if (!list) return;
    options.known = true;
    options.plugins.insert(list->begin(), list->end());
    if (std::ranges::find(options.lists, *list) == options.lists.end() &&
        options.lists.size() < kMostLists)
      options.lists.push_back(*std::move(list));
  });
  each(*text, "stylesheet", [&](std::string_view value) { add_theme(value, options.themes); });
  each(*text, "template", [&](std::string_view value) { add_theme(value, options.parents); });
  each(*text, "permalink_structure",
       [&](std::string_view value) { add_structure(value, options.permalinks); });
  return options;
}

}  // namespace stackaudit::stack
