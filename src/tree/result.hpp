// Failure of the environment (a file that cannot be read, a directory that is not there): a value
// or an errno. Mistakes of the audited configuration are text::Diagnostic, our own are exceptions.
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <variant>

namespace stackaudit::tree {

struct Error {
  int code =
      0;  // an errno: ENOENT, EACCES, ELOOP, ...; EFBIG: larger than the limit that was given

  friend bool operator==(const Error&, const Error&) = default;
};

// The error of a path that is outside the part of a root that is at hand (fragment_tree.hpp).
inline constexpr int kNotInFragment = ENOMEDIUM;

// Whether it says that the auditor cannot see what is there, not that nothing is there.
[[nodiscard]] bool is_unseen(int code);

// The symbolic name, "EACCES"; "errno 123" for one that has none here.
[[nodiscard]] std::string errno_name(int code);
// The words of strerror, "permission denied", in lower case, in English whatever the locale.
[[nodiscard]] std::string errno_words(int code);

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, error) {}  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  const T* operator->() const { return &std::get<0>(state_); }
  // 0 when there is a value.
  [[nodiscard]] int error() const { return state_.index() == 1 ? std::get<1>(state_).code : 0; }

 private:
  std::variant<T, Error> state_;
};

}  // namespace stackaudit::tree
