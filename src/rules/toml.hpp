// TOML as plain values with byte spans, so that whoever reads a rule or a policy can point at the
// key or the value that is wrong. The only place that knows the TOML library.
#pragma once

#include "text/diagnostic.hpp"
#include "text/source_map.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::rules {

struct TomlEntry;

struct TomlValue {
  enum class Type : std::uint8_t { string, integer, real, boolean, date, time, array, table };
  Type type = Type::table;
  text::Span span;
  std::string text;                         // of a string; of a date in ISO form
  std::optional<std::uint32_t> text_begin;  // where the string's first byte stands in the file;
                                            // none where escapes make file and string differ
  std::int64_t integer = 0;
  bool boolean = false;
  std::vector<TomlValue> items;    // of an array
  std::vector<TomlEntry> entries;  // of a table, in the order of the file

  [[nodiscard]] const TomlValue* find(std::string_view key) const;
};

struct TomlEntry {
  std::string key;
  text::Span key_span;
  TomlValue value;
};

[[nodiscard]] std::string_view type_name(TomlValue::Type type);  // "a string"

struct ParsedToml {
  TomlValue root;
  std::vector<text::Diagnostic> problems;  // the first syntax error, if any
};
[[nodiscard]] ParsedToml parse_toml(text::FileId file, const text::SourceMap& texts);

// Reads one table key by key and reports what is missing, of the wrong type, or unknown.
class TomlReader {
 public:
  // where: for messages, "[[action]]"; empty at the top.
  TomlReader(const TomlValue& table, std::string_view where,
             std::vector<text::Diagnostic>& problems);

  // nullptr where the key is absent, or has another type, which is reported.
  const TomlValue* get(std::string_view key, TomlValue::Type type);
  // The same, and an absent key is reported at the table.
  const TomlValue* require(std::string_view key, TomlValue::Type type);
  // An array of strings; other items are reported and left out.
  std::vector<const TomlValue*> strings(std::string_view key);
  // An array of tables; likewise.
  std::vector<const TomlValue*> tables(std::string_view key);

  // Reports every key that was not asked for, with the one that was probably meant.
  void finish();

 private:
  const TomlEntry* entry(std::string_view key);
  std::vector<const TomlValue*> items(std::string_view key, TomlValue::Type type);
  void problem(text::Span span, std::string message, std::string help = {});
  [[nodiscard]] std::string in_where() const;

  const TomlValue& table_;
  std::string where_;
  std::vector<text::Diagnostic>& problems_;
  std::vector<std::string> known_;
};

// "did you mean x?" where a candidate is near, else "one of: a, b, c".
[[nodiscard]] std::string suggestion(std::string_view word,
                                     std::span<const std::string_view> candidates);

}  // namespace stackaudit::rules
