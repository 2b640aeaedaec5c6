// The tables are split into views of the embedded text; only the sorted keys are copies.
#include "stack/apache/directives.hpp"

#include "stack/embedded.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace stackaudit::stack::apache {
namespace {

std::string_view embedded(std::string_view name) {
  for (const auto& file : embedded_files())
    if (file.name == name) return file.text;
  return {};
}

// Calls f with the cells of each line that is neither empty nor a comment; missing cells are empty.
template <class F>
void for_each_line(std::string_view text, F f) {
  while (!text.empty()) {
    const auto newline = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, newline);
    text.remove_prefix(std::min(newline + 1, text.size()));
    if (line.empty() || line[0] == '#') continue;
    std::array<std::string_view, 6> cells;
    for (auto& cell : cells) {
      const auto tab = std::min(line.find('\t'), line.size());
      cell = line.substr(0, tab);
      line.remove_prefix(std::min(tab + 1, line.size()));
    }
    f(cells);
  }
}

struct Bit {
  std::string_view name;
  unsigned value;
};
constexpr std::array kWhere{Bit{"limit", kLimit},         Bit{"options", kOptions},
                            Bit{"fileinfo", kFileInfo},   Bit{"authconfig", kAuthConfig},
                            Bit{"indexes", kIndexes},     Bit{"all", kAllOverrides},
                            Bit{"directory", kDirectory}, Bit{"server", kServer},
                            Bit{"at-once", kAtOnce},      Bit{"proxy", kProxy}};
constexpr std::array kWithin{Bit{"vhost", kInVirtualHost}, Bit{"directory", kInDirectory},
                             Bit{"location", kInLocation}, Bit{"files", kInFiles}};

template <class Bits>
unsigned bits_of(std::string_view words, const Bits& bits) {
  unsigned value = 0;
  while (!words.empty()) {
    const auto comma = std::min(words.find(','), words.size());
    for (const auto& bit : bits)
      if (bit.name == words.substr(0, comma)) value |= bit.value;
    words.remove_prefix(std::min(comma + 1, words.size()));
  }
  return value;
}

template <class Modules>
const Module* find_module(const Modules& modules, std::string_view Module::*member,
                          std::string_view value) {
  const auto it = std::ranges::find(modules, value, member);
  return it == modules.end() || value.empty() ? nullptr : &*it;
}

}  // namespace

Knowledge::Knowledge() {
  std::vector<Command> commands;
  for (const auto* table : {"apache-directives.tsv", "apache-thirdparty-directives.tsv"})
    for_each_line(embedded(table), [&](const auto& cells) {
      commands.push_back({cells[0], cells[1], static_cast<std::uint16_t>(bits_of(cells[2], kWhere)),
                          cells[3], static_cast<std::uint8_t>(bits_of(cells[4], kWithin)),
                          cells[5] == "unsure"});
    });
  std::vector<std::string> keys;
  for (const auto& command : commands) keys.push_back(lower(command.name));
  std::vector<std::size_t> order(commands.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) -> const std::string& { return keys[i]; });
  for (const auto i : order) {
    commands_.push_back(commands[i]);
    keys_.push_back(std::move(keys[i]));
  }
  for_each_line(embedded("apache-values.tsv"), [&](const auto& cells) {
    const int argument = cells[1] == "*" ? -1 : cells[1][0] - '0';
    values_.push_back({cells[0], argument, cells[2], cells[3], cells[4]});
  });
  std::ranges::stable_sort(values_, {},
                           [](const ValueCheck& check) { return lower(check.directive); });
  for (const auto& check : values_) value_keys_.push_back(lower(check.directive));
  for_each_line(embedded("apache-modules.tsv"), [&](const auto& cells) {
    modules_.push_back({cells[0], cells[1], cells[2], cells[3], cells[4] == "static"});
  });
  for_each_line(embedded("apache-thirdparty.tsv"), [&](const auto& cells) {
    third_party_.push_back({cells[0], cells[1]});
  });
}

std::span<const Command> Knowledge::find(std::string_view name, bool section) const {
  const auto key = (section ? "<" : "") + lower(name);
  const auto [first, last] = std::equal_range(keys_.begin(), keys_.end(), key);
  const auto begin = static_cast<std::size_t>(first - keys_.begin());
  return {commands_.data() + begin, static_cast<std::size_t>(last - first)};
}

std::span<const ValueCheck> Knowledge::values(std::string_view name) const {
  const auto [first, last] = std::equal_range(value_keys_.begin(), value_keys_.end(), name);
  const auto begin = static_cast<std::size_t>(first - value_keys_.begin());
  return {values_.data() + begin, static_cast<std::size_t>(last - first)};
}

const Module* Knowledge::by_source(std::string_view source) const {
  return find_module(modules_, &Module::source, source);
}
const Module* Knowledge::by_identifier(std::string_view identifier) const {
  return find_module(modules_, &Module::identifier, identifier);
}
const ThirdParty* Knowledge::third_party(std::string_view name) const {
  const auto it = std::ranges::find_if(third_party_, [&](const ThirdParty& one) {
    return one.identifier == name || one.source == name;
  });
  return it == third_party_.end() ? nullptr : &*it;
}
const Module* Knowledge::by_file(std::string_view file) const {
  return find_module(modules_, &Module::file, file);
}

}  // namespace stackaudit::stack::apache
