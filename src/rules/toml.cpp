// The library counts lines and code points; they become bytes here, once. It reports syntax errors
// by exception, which does not leave this file.
#include "rules/toml.hpp"

#include "rules/toml_guard.hpp"
#include "text/suggest.hpp"
#include "text/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <algorithm>
#include <sstream>

namespace stackaudit::rules {
namespace {

constexpr int kMaxDepth = 32;

class Converter {
 public:
  Converter(text::FileId file, std::string_view content) : file_(file), content_(content) {
    line_starts_.push_back(0);
    for (std::size_t i = 0; i < content.size(); ++i)
      if (content[i] == '\n') line_starts_.push_back(i + 1);
  }

  [[nodiscard]] text::Span span(const toml::source_region& region) const {
    const auto begin = offset(region.begin);
    return {file_, begin, std::max(begin, offset(region.end))};
  }

  // What lies deeper than kMaxDepth is left out: no key is expected there.
  [[nodiscard]] TomlValue value(const toml::node& node, int depth) const {
    TomlValue out;
    out.span = span(node.source());
    if (depth < kMaxDepth) node.visit([&](const auto& typed) { fill(out, typed, depth + 1); });
    return out;
  }

 private:
  [[nodiscard]] std::uint32_t offset(const toml::source_position& position) const {
    if (!position) return 0;
    const auto line = std::min<std::size_t>(position.line, line_starts_.size()) - 1;
    auto at = line_starts_[line];
    for (auto column = position.column; column > 1 && at < content_.size(); --column)
      at += std::max<std::size_t>(1, text::utf8_length(content_.substr(at)));
    return static_cast<std::uint32_t>(std::min(at, content_.size()));
  }

  void fill(TomlValue& out, const toml::value<std::string>& node, int) const {
    out.type = TomlValue::Type::string;
    out.text = node.get();
    auto at = std::size_t{out.span.begin};
    const auto opening = content_.substr(at, 3);
    const bool multiline = opening == "\"\"\"" || opening == "'''";
    at += multiline ? 3 : 1;
    if (multiline && content_.substr(at, 2) == "\r\n")
      at += 2;
    else if (multiline && content_.substr(at, 1) == "\n")
      at += 1;
    if (at <= content_.size() && content_.substr(at, out.text.size()) == out.text)
      out.text_begin = static_cast<std::uint32_t>(at);
  }
  void fill(TomlValue& out, const toml::value<std::int64_t>& node, int) const {
    out.type = TomlValue::Type::integer;
    out.integer = node.get();
  }
  void fill(TomlValue& out, const toml::value<double>&, int) const {
    out.type = TomlValue::Type::real;
  }
  void fill(TomlValue& out, const toml::value<bool>& node, int) const {
    out.type = TomlValue::Type::boolean;
    out.boolean = node.get();
  }
  void fill(TomlValue& out, const toml::value<toml::date>& node, int) const {
    out.type = TomlValue::Type::date;
    const auto& date = node.get();
    out.text = fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
  }
  void fill(TomlValue& out, const toml::value<toml::time>&, int) const {
    out.type = TomlValue::Type::time;
  }
  void fill(TomlValue& out, const toml::value<toml::date_time>&, int) const {
    out.type = TomlValue::Type::time;
  }
  void fill(TomlValue& out, const toml::array& node, int depth) const {
    out.type = TomlValue::Type::array;
    for (const auto& item : node) out.items.push_back(value(item, depth));
  }
  void fill(TomlValue& out, const toml::table& node, int depth) const {
    out.type = TomlValue::Type::table;
    for (const auto& [key, item] : node)
      out.entries.push_back({std::string(key.str()), span(key.source()), value(item, depth)});
    std::ranges::stable_sort(out.entries, {}, [](const auto& e) { return e.key_span.begin; });
  }

  text::FileId file_;
  std::string_view content_;
  std::vector<std::size_t> line_starts_;
};

}  // namespace

const TomlValue* TomlValue::find(std::string_view key) const {
  const auto it = std::ranges::find(entries, key, &TomlEntry::key);
  return it == entries.end() ? nullptr : &it->value;
}

std::string_view type_name(TomlValue::Type type) {
  switch (type) {
    case TomlValue::Type::string:
      return "a string";
    case TomlValue::Type::integer:
      return "an integer";
    case TomlValue::Type::real:
      return "a number with a fraction";
    case TomlValue::Type::boolean:
      return "true or false";
    case TomlValue::Type::date:
      return "a date";
    case TomlValue::Type::time:
      return "a time";
    case TomlValue::Type::array:
      return "an array";
    case TomlValue::Type::table:
      return "a table";
  }
  return "a value";
}

ParsedToml parse_toml(text::FileId file, const text::SourceMap& texts) {
  ParsedToml parsed;
  const auto content = texts.content(file);
  const Converter converter(file, content);
  parsed.root.span = {file, 0, 0};
  if (const auto key = overlong_key(content)) {
    const auto at = static_cast<std::uint32_t>(*key);
    parsed.problems.push_back({{file, at, at + 1},
                               fmt::format("a key of more than {} parts", kMaxKeyParts),
                               text::Severity::error,
                               {},
                               {}});
    return parsed;
  }
  try {
    const toml::table table = toml::parse(content, texts.path(file));
    parsed.root = converter.value(table, 0);
    parsed.root.span = {file, 0, 0};
  } catch (const toml::parse_error& error) {
    parsed.problems.push_back({converter.span(error.source()),
                               std::string(error.description()),
                               text::Severity::error,
                               {},
                               {}});
  }
  return parsed;
}

TomlReader::TomlReader(const TomlValue& table, std::string_view where,
                       std::vector<text::Diagnostic>& problems)
    : table_(table), where_(where), problems_(problems) {}

void TomlReader::problem(text::Span span, std::string message, std::string help) {
  problems_.push_back({span, std::move(message), text::Severity::error, {}, std::move(help)});
}

std::string TomlReader::in_where() const {
  return where_.empty() ? std::string{} : " in " + where_;
}

const TomlEntry* TomlReader::entry(std::string_view key) {
  if (std::ranges::find(known_, key) == known_.end()) known_.emplace_back(key);
  const auto it = std::ranges::find(table_.entries, key, &TomlEntry::key);
  return it == table_.entries.end() ? nullptr : &*it;
}

const TomlValue* TomlReader::get(std::string_view key, TomlValue::Type type) {
  const auto* found = entry(key);
  if (found == nullptr) return nullptr;
  if (found->value.type == type) return &found->value;
  const bool quoted_date = type == TomlValue::Type::date;
  problem(
      found->value.span,
      fmt::format("{} must be {}, this is {}", key, type_name(type), type_name(found->value.type)),
      quoted_date ? fmt::format("{} = 2027-01-01, without quotes", key) : std::string{});
  return nullptr;
}

const TomlValue* TomlReader::require(std::string_view key, TomlValue::Type type) {
  if (entry(key) == nullptr)
    problem(table_.span, fmt::format("the key {} is missing{}", key, in_where()));
  return get(key, type);
}

std::vector<const TomlValue*> TomlReader::items(std::string_view key, TomlValue::Type type) {
  std::vector<const TomlValue*> out;
  const auto* array = get(key, TomlValue::Type::array);
  if (array == nullptr) return out;
  for (const auto& item : array->items) {
    if (item.type == type)
      out.push_back(&item);
    else
      problem(item.span, fmt::format("each item of {} must be {}, this is {}", key, type_name(type),
                                     type_name(item.type)));
  }
  return out;
}

std::vector<const TomlValue*> TomlReader::strings(std::string_view key) {
  return items(key, TomlValue::Type::string);
}

std::vector<const TomlValue*> TomlReader::tables(std::string_view key) {
  return items(key, TomlValue::Type::table);
}

void TomlReader::finish() {
  const std::vector<std::string_view> known(known_.begin(), known_.end());
  for (const auto& entry : table_.entries)
    if (std::ranges::find(known, entry.key) == known.end())
      problem(entry.key_span, fmt::format("unknown key {}{}", entry.key, in_where()),
              suggestion(entry.key, known));
}

std::string suggestion(std::string_view word, std::span<const std::string_view> candidates) {
  if (const auto near = text::nearest(word, candidates))
    return fmt::format("did you mean {}?", *near);
  return fmt::format("one of: {}", fmt::join(candidates, ", "));
}

}  // namespace stackaudit::rules
