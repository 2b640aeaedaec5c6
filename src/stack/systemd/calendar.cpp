// Weekdays, a date and a time of day, each a list of numbers, ranges and repetitions; then each
// number against what its field has. Observed with systemd-analyze calendar of systemd 252.
#include "stack/systemd/calendar.hpp"

#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 8> kWords{"minutely", "hourly", "daily",     "monthly",
                                                 "weekly",   "yearly", "quarterly", "semiannually"};
constexpr std::array<std::string_view, 5> kOtherWords{"annually", "anually", "semi-annually",
                                                      "biannually", "bi-annually"};
// In their order; each may be cut to its first three letters.
constexpr std::array<std::string_view, 7> kDays{"monday", "tuesday",  "wednesday", "thursday",
                                                "friday", "saturday", "sunday"};
constexpr std::size_t kShort = 3;
constexpr std::size_t kMostParts = 240;  // of one list

struct Field {
  double least, most;
};
constexpr Field kYear{1970, 2199}, kMonth{1, 12}, kDay{1, 31}, kHour{0, 23}, kMinute{0, 59},
    kSecond{0, 59.999999};

struct Part {
  double start = 0, stop = -1, repeat = 0;
};
using Parts = std::vector<Part>;  // none: "*"

class Calendar {
 public:
  explicit Calendar(std::string_view text) : text_(text) {}

  bool read() { return weekdays() && date() && (text_.empty() ? true : time()) && text_.empty(); }

 private:
  [[nodiscard]] char next() const { return text_.empty() ? '\0' : text_.front(); }

  bool take(std::string_view word) {
    if (!text_.starts_with(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }

  void blanks() { text_.remove_prefix(std::min(text_.find_first_not_of(' '), text_.size())); }

  [[nodiscard]] bool begins_with(std::string_view name) const {
    return text_.size() >= name.size() &&
           text::equal_ignoring_case(text_.substr(0, name.size()), name);
  }

  std::optional<std::size_t> day() {
    for (std::size_t i = 0; i < kDays.size(); ++i)
      for (const auto name : {kDays[i], kDays[i].substr(0, kShort)})
        if (begins_with(name)) {
          text_.remove_prefix(name.size());
          return i;
        }
    return std::nullopt;
  }

  bool weekdays() {
    std::optional<std::size_t> from;  // of a range that was opened
    for (bool first = true;; first = false) {
      const auto one = day();
      if (!one) return first;
      if (from && *from > *one) return false;
      if (next() == '\0') return true;
      if (next() == ' ') break;
      const bool opens = text_.starts_with("..") || next() == '-';
      if (opens && from) return false;
      if (!take("..") && !take("-") && !take(",")) return false;
      from = opens ? one : std::nullopt;
      if (next() != '\0' && next() != ' ') continue;
      if (from) return false;
      break;
    }
    blanks();
    return true;
  }

  std::optional<double> number(bool fraction) {
    const auto digits = std::min(text_.find_first_not_of("0123456789"), text_.size());
    constexpr std::size_t kMostDigits = 12;
    if (digits == 0 || digits > kMostDigits) return std::nullopt;
    auto end = digits;
    if (fraction && end + 1 < text_.size() && text_[end] == '.' && text_[end + 1] != '.')
      end = std::min(text_.find_first_not_of("0123456789", end + 1), text_.size());
    const auto value = std::stod(std::string(text_.substr(0, end)));
    text_.remove_prefix(end);
    return value;
  }

  bool part(Parts& parts, bool fraction) {
    Part one;
    const auto start = number(fraction);
    if (!start) return false;
    one.start = *start;
    if (take("..")) {
      const auto stop = number(fraction);
      if (!stop) return false;
      one.stop = *stop;
      one.repeat = 1;
    }
    if (take("/")) {
      const auto repeat = number(fraction);
      if (!repeat || *repeat == 0) return false;
      one.repeat = *repeat;
    }
    parts.push_back(one);
    return std::string_view("\0 ,-~:", 6).find(next()) != std::string_view::npos;
  }

  bool list(Parts& parts, bool fraction = false) {
    if (take("*")) return true;
    do {
      if (parts.size() > kMostParts || !part(parts, fraction)) return false;
    } while (take(","));
    return true;
  }

  static bool fits(const Parts& parts, Field field, bool from_the_end = false) {
    return std::ranges::all_of(parts, [&](const Part& one) {
      const auto inside = [&](double value) { return value >= field.least && value <= field.most; };
      if (!inside(one.start) || one.repeat > field.most - field.least) return false;
      if (one.stop >= 0) return inside(one.stop) && one.start <= one.stop;
      return inside(from_the_end ? one.start - one.repeat : one.start + one.repeat);
    });
  }

  static void complete_years(Parts& years) {
    for (auto& one : years)
      for (auto* year : {&one.start, &one.stop}) {
        if (*year >= 0 && *year < 70) *year += 2000;
        if (*year >= 70 && *year < 100) *year += 1900;
      }
  }

  bool date() {
    if (next() == '\0') return true;
    if (take("@")) return number(true) && text_.empty();
    const auto before = text_;
    Parts first, second, third;
    if (!list(first)) return false;
    if (next() == '\0' || next() == ':') {  // the time
      text_ = before;
      return true;
    }
    bool last_days = take("~");
    if (!last_days && !take("-")) return false;
    if (!list(second)) return false;
    if (next() == '\0' || next() == ' ') {
      blanks();
      return fits(first, kMonth) && fits(second, kDay, last_days);
    }
    if (last_days) return false;
    last_days = take("~");
    if ((!last_days && !take("-")) || !list(third)) return false;
    if (next() != '\0' && next() != ' ') return false;
    blanks();
    complete_years(first);
    return fits(first, kYear) && fits(second, kMonth) && fits(third, kDay, last_days);
  }

  bool time() {
    Parts hours, minutes, seconds;
    if (!list(hours) || !take(":") || !list(minutes)) return false;
    if (take(":") && !list(seconds, true)) return false;
    return fits(hours, kHour) && fits(minutes, kMinute) && fits(seconds, kSecond);
  }

  std::string_view text_;
};

bool is_zone(std::string_view word) {
  constexpr std::size_t kShortest = 3;  // UTC, CET; "3:00 PM" is none
  return word.size() >= kShortest && std::isalpha(static_cast<unsigned char>(word[0])) != 0 &&
         word.find_first_of(":.,*~") == std::string_view::npos;
}

}  // namespace

bool is_calendar(std::string_view value) {
  if (value.find('%') != std::string_view::npos) return true;
  value = text::trimmed(value);
  if (const auto blank = value.rfind(' '); blank != value.npos && is_zone(value.substr(blank + 1)))
    value = text::trimmed(value.substr(0, blank));
  const auto word = text::lower(value);
  const bool named = std::ranges::find(kWords, word) != kWords.end() ||
                     std::ranges::find(kOtherWords, word) != kOtherWords.end();
  return named || (!value.empty() && Calendar(value).read());
}

std::optional<std::string> nearest_calendar(const std::string& value) {
  return text::nearest(value, kWords);
}

}  // namespace stackaudit::stack
