// What an expression may be, as far as the text tells: strings with the literals they are made of,
// so that a wrong path can be mended where it is written.
#pragma once

#include "text/span.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

// Stands in a text for what is not known before run time.
inline constexpr char kHole = '\x01';

// Bytes [begin, end) of a text come from a literal.
struct Piece {
  std::size_t begin = 0, end = 0;
  text::Span span;         // the literal, quotes included
  bool quoted = false;     // a token of its own; otherwise bytes inside a string with variables
  bool respelled = false;  // the literal has other words, which a function changed to these
  bool operator==(const Piece&) const = default;
};

struct Text {
  std::string value;
  std::vector<Piece> pieces;  // in order
  // Texts of one case are alternatives of which one is true; texts of different cases are all used
  // (the rounds of a foreach, the branches of a condition).
  std::uint32_t use = 0;
  bool unsure = false;  // something else may stand in its place
  bool open = false;    // and what that is, is not known
  text::Span unless{};  // the left side of ??, which takes its place where it is set
  bool absent = false;  // what PHP has there may be false or empty, as of the path of no file

  [[nodiscard]] bool known() const { return value.find(kHole) == std::string::npos; }
  bool operator==(const Text&) const = default;
};

struct Item;

struct Value {
  std::vector<Text> texts;  // never empty unless is_array
  std::vector<Item> items;  // of an array, in order
  bool is_array = false;

  [[nodiscard]] static Value unknown();
  [[nodiscard]] static Value text(std::string value);
  // Some text is fully known.
  [[nodiscard]] bool known() const;
  // The only text, where there is exactly one and it is known.
  [[nodiscard]] const std::string* single() const;
  bool operator==(const Value&) const;
};

struct Item {
  std::string key;
  Value value;
  bool operator==(const Item&) const = default;
};

// The whole number, not a large one, that the value is.
[[nodiscard]] std::optional<long> number_of(const Value& value);
// left + right, or with the sign -1 left - right, where both are known.
[[nodiscard]] Value sum(std::optional<long> left, std::optional<long> right, int sign);
// Whether they are worth the same, wherever the literals of each stand.
[[nodiscard]] bool same(const Value& a, const Value& b);
[[nodiscard]] Value concat(const Value& left, const Value& right);
// [a, b, c]: the values from that position on.
[[nodiscard]] Value list_of(const std::vector<Value>& values, std::size_t from = 0);
// Whether it is an empty text, as null and false are.
[[nodiscard]] bool is_blank(const Value& value);
// Whether PHP may have false or nothing there: what the question for a class, a file or an
// extension was answered with, for one.
[[nodiscard]] bool may_be_absent(const Value& value);
// Whether it is true or false, written so or as a number.
[[nodiscard]] bool is_flag(const Value& value);
// Either of them, of which the one that is true is not known.
[[nodiscard]] Value either(Value left, const Value& right);
// Likewise one of all, of which there is one at least.
[[nodiscard]] Value either(std::vector<Value> values);
// All of them in turn.
[[nodiscard]] Value each(std::vector<Value> values);
// What a variable is after branches that may all be taken: all in turn, none of them for sure,
// where they differ.
[[nodiscard]] Value joined(std::vector<Value> values);
// An element of an array by a key that may be several: those that are there. By one that is not
// known: all; of what has names some may never be asked for.
[[nodiscard]] Value element(const Value& container, const Value& key);
[[nodiscard]] Value map(const Value& value, const std::function<Text(Text)>& change);

// The first `length` bytes, pieces cut.
[[nodiscard]] Text cut(Text text, std::size_t length);
[[nodiscard]] Text appended(Text left, const Text& right);
// Other words with all else that is known of a text but the literals it was made of.
[[nodiscard]] Text rewritten(const Text& text, std::string value);
// Likewise, but where the text is one literal that literal is still what says it.
[[nodiscard]] Text respelled(const Text& text, std::string value);
// dirname(), levels times.
[[nodiscard]] Text parent(Text text, std::size_t levels);

}  // namespace stackaudit::stack::php
