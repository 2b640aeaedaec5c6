// How the members of fact rows are written into SQLite and compared with its values: TEXT for
// strings, INTEGER for integers and booleans, NULL for an empty optional.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace stackaudit::facts {

template <class Member>
struct Nullable : std::false_type {
  using Value = Member;
};
template <class T>
struct Nullable<std::optional<T>> : std::true_type {
  using Value = T;
};

template <class Member>
inline constexpr bool kIsText = std::is_same_v<typename Nullable<Member>::Value, std::string>;

template <class Member>
inline constexpr std::string_view kSqlType = kIsText<Member> ? "TEXT" : "INTEGER";

// What rows are ordered and looked up by.
template <class Member>
using Key = std::conditional_t<kIsText<Member>, std::string_view, std::int64_t>;

// The key of a member; none for NULL, which no equality matches. A text key points into the row.
template <class Member>
[[nodiscard]] std::optional<Key<Member>> key_of(const Member& member) {
  if constexpr (Nullable<Member>::value) {
    if (!member) return std::nullopt;
    return static_cast<Key<Member>>(*member);
  } else {
    return static_cast<Key<Member>>(member);
  }
}

// Gives the member as the result of a column. The row must outlive the statement.
template <class Member>
void give(sqlite3_context* context, const Member& member) {
  const auto key = key_of(member);
  if (!key) return sqlite3_result_null(context);
  if constexpr (kIsText<Member>)
    sqlite3_result_text64(context, key->data(), key->size(), SQLITE_STATIC, SQLITE_UTF8);
  else
    sqlite3_result_int64(context, *key);
}

// The text of a value, empty for NULL; valid until the value is next converted.
[[nodiscard]] std::string_view text_of(sqlite3_value* value);

// Which keys a value may equal under SQL's rules of affinity, which SQLite checks again itself:
// none at all, one, or (a number against a text column, where '080' = 80) any.
template <class T>
struct Match {
  enum class Kind : std::uint8_t { none, one, any };
  Kind kind = Kind::none;
  T key{};
};
[[nodiscard]] Match<std::string_view> text_match(sqlite3_value* value);
[[nodiscard]] Match<std::int64_t> integer_match(sqlite3_value* value);

}  // namespace stackaudit::facts
