// Regular expressions as the servers compile them, by the library that they use themselves (PCRE2),
// with bounds on the work that a pattern written by others may cause.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::text {

class Regex {
 public:
  enum Flags : unsigned {
    kPlain = 0,
    kCaseless = 1,
    kDotAll = 2,         // "." fits a line end as well
    kDollarEndOnly = 4,  // "$" fits the very end alone
    kHttpd = kDotAll | kDollarEndOnly,
  };

  // Takes any bytes. A pattern that does not compile gives an object that says so.
  explicit Regex(std::string_view pattern, unsigned flags = kPlain);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  [[nodiscard]] bool compiled() const { return code_ != nullptr; }
  // In PCRE2's words ("missing closing parenthesis"), and the byte of the pattern; for those alone
  // that did not compile.
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] std::size_t offset() const { return offset_; }
  // Groups that capture, without the whole match.
  [[nodiscard]] unsigned groups() const;
  // Whether it fits somewhere in the subject; nullopt where it did not compile, or where the answer
  // would take more steps than kMaxSteps.
  [[nodiscard]] std::optional<bool> matches(std::string_view subject) const;
  // The whole match and its groups, views into the subject, empty where a group took no part; none
  // where it does not fit; nullopt as above.
  [[nodiscard]] std::optional<std::vector<std::string_view>> capture(
      std::string_view subject) const;

  // The subject with each match replaced, where "$1", "${1}" and "\\1" stand for a group and "$0"
  // for the whole match, as in PHP; nullopt as above.
  [[nodiscard]] std::optional<std::string> replaced(std::string_view subject,
                                                    std::string_view replacement) const;

  static constexpr unsigned kMaxSteps = 100'000;

 private:
  struct Code;
  std::unique_ptr<Code> code_;
  std::string message_;
  std::size_t offset_ = 0;
};

}  // namespace stackaudit::text
