// A state machine over the value, one byte a step.
#include "syntax/ini/words.hpp"

#include <array>

namespace stackaudit::syntax::ini {
namespace {

constexpr std::string_view kBlank = " \t\n\r";

struct Escape {
  char letter, meaning;
};
constexpr std::array kEscapes{Escape{'a', '\a'},  Escape{'b', '\b'},  Escape{'f', '\f'},
                              Escape{'n', '\n'},  Escape{'r', '\r'},  Escape{'t', '\t'},
                              Escape{'v', '\v'},  Escape{'\\', '\\'}, Escape{'"', '"'},
                              Escape{'\'', '\''}, Escape{'s', ' '}};

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// The number of `count` digits of the base at the start, or -1.
int number(std::string_view text, std::size_t count, int base) {
  if (text.size() < count) return -1;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (digit(text[i]) >= base) return -1;
    value = value * base + digit(text[i]);
  }
  return value;
}

// Appends what the escape behind a backslash means; gives how many bytes it took.
std::size_t unescape(std::string_view rest, std::string& out) {
  if (rest.empty()) {
    out += '\\';
    return 0;
  }
  for (const auto& [letter, meaning] : kEscapes)
    if (rest[0] == letter) {
      out += meaning;
      return 1;
    }
  if (const auto hex = number(rest.substr(1), 2, 16); rest[0] == 'x' && hex > 0) {
    out += static_cast<char>(hex);
    return 3;
  }
  if (const auto octal = number(rest, 3, 8); octal > 0 && octal < 256) {
    out += static_cast<char>(octal);
    return 3;
  }
  out += '\\';
  return 0;
}

}  // namespace

ValueWords split_words(std::string_view value) {
  ValueWords result;
  std::size_t at = 0;
  while ((at = value.find_first_not_of(kBlank, at)) != std::string_view::npos) {
    ValueWord word;
    word.begin = at;
    char quote = 0;
    while (at < value.size() && (quote != 0 || kBlank.find(value[at]) == std::string_view::npos)) {
      const char c = value[at++];
      if (c == '\\') {
        at += unescape(value.substr(at), word.text);
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        word.quoted = true;
      } else if (c == quote) {
        quote = 0;
      } else {
        word.text += c;
      }
    }
    word.end = at;
    result.unbalanced = result.unbalanced || quote != 0;
    result.words.push_back(std::move(word));
  }
  return result;
}

std::vector<std::vector<ValueWord>> split_commands(const ValueWords& words) {
  std::vector<std::vector<ValueWord>> commands(1);
  for (const auto& word : words.words) {
    if (word.text == ";" && !word.quoted && word.end - word.begin == 1)
      commands.emplace_back();
    else
      commands.back().push_back(word);
  }
  std::erase_if(commands, [](const auto& command) { return command.empty(); });
  return commands;
}

}  // namespace stackaudit::syntax::ini
