// Values that systemd cannot read and ignores with a warning: words, booleans, spans of time,
// limits. systemd.service(5), systemd.exec(5), systemd.time(7).
#include "stack/systemd/isolation.hpp"
#include "stack/systemd/load.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stackaudit::stack {
namespace {

// The words of a setting, separated by blanks; "yes" stands for all booleans.
struct Words {
  std::string_view setting, what, words;
};
constexpr std::array kWords{
    Words{"Restart", "service restart specifier",
          "no always on-success on-failure on-abnormal on-abort on-watchdog"},
    Words{"KillMode", "kill mode specification", "control-group mixed process none"},
    Words{"NotifyAccess", "notify access specifier", "none main exec all"},
    Words{"ProtectSystem", "protect system value", "yes strict full"},
    Words{"ProtectHome", "protect home value", "yes read-only tmpfs"},
    Words{"PrivateTmp", "boolean value", "yes disconnected"},
    Words{"PrivateDevices", "boolean value", "yes"},
    Words{"PrivateNetwork", "boolean value", "yes"},
    Words{"NoNewPrivileges", "boolean value", "yes"},
    Words{"RemainAfterExit", "boolean value", "yes"},
    Words{"DynamicUser", "boolean value", "yes"},
    Words{"GuessMainPID", "boolean value", "yes"},
    Words{"PrivateUsers", "boolean value", "yes"},
    Words{"PrivateMounts", "boolean value", "yes"},
    Words{"ProtectClock", "boolean value", "yes"},
    Words{"ProtectControlGroups", "boolean value", "yes"},
    Words{"ProtectHostname", "boolean value", "yes"},
    Words{"ProtectKernelLogs", "boolean value", "yes"},
    Words{"ProtectKernelModules", "boolean value", "yes"},
    Words{"ProtectKernelTunables", "boolean value", "yes"},
    Words{"MemoryDenyWriteExecute", "boolean value", "yes"},
    Words{"LockPersonality", "boolean value", "yes"},
    Words{"RestrictRealtime", "boolean value", "yes"},
    Words{"RestrictSUIDSGID", "boolean value", "yes"},
    Words{"ProtectProc", "/proc/ protection mode", "noaccess invisible ptraceable default"},
    Words{"OOMPolicy", "OOM policy", "continue stop kill"}};

constexpr auto kSpans = std::to_array<std::string_view>(
    {"TimeoutStartSec", "TimeoutStopSec", "TimeoutSec", "TimeoutAbortSec", "RestartSec",
     "WatchdogSec", "RuntimeMaxSec", "RandomizedDelaySec", "AccuracySec", "OnActiveSec",
     "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"});

constexpr std::array<std::string_view, 37> kUnits{
    "s",       "sec",     "secs",  "second", "seconds",    "m",    "min",   "mins",
    "minute",  "minutes", "h",     "hr",     "hrs",        "hour", "hours", "d",
    "day",     "days",    "w",     "week",   "weeks",      "M",    "month", "months",
    "y",       "year",    "years", "ms",     "msec",       "us",   "usec",  "\u00b5s",
    "\u03bcs", "ns",      "nsec",  "",       "millisecond"};

bool is_boolean(std::string_view value) {
  static constexpr std::array<std::string_view, 6> kFalse{"no", "n", "false", "f", "off", "0"};
  std::string lower(value);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return is_true_word(lower) || std::ranges::find(kFalse, lower) != kFalse.end();
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "1min 30s", "90", "infinity"; numbers may have a fraction.
bool is_span(std::string_view value) {
  if (value == "infinity") return true;
  bool any = false;
  while (!value.empty()) {
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    if (value.empty()) break;
    const auto digits = std::min(value.find_first_not_of("0123456789."), value.size());
    if (digits == 0 || !is_digit(value[0])) return false;
    value.remove_prefix(digits);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    const auto word = value.substr(0, std::min(value.find_first_of(" 0123456789."), value.size()));
    if (std::ranges::find(kUnits, word) == kUnits.end()) return false;
    value.remove_prefix(word.size());
    any = true;
  }
  return any;
}

// Limits that are numbers, those of bytes with a suffix, those of time, and LimitNICE=.
constexpr std::array<std::string_view, 8> kSizes{"FSIZE", "DATA", "STACK",   "CORE",
                                                 "RSS",   "AS",   "MEMLOCK", "MSGQUEUE"};
constexpr std::array<std::string_view, 5> kNumbers{"NOFILE", "NPROC", "LOCKS", "SIGPENDING",
                                                   "RTPRIO"};

bool is_bytes(std::string_view value) {
  const auto digits = std::min(value.find_first_not_of("0123456789."), value.size());
  if (digits == 0) return false;
  value.remove_prefix(digits);
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value.empty() || (value.size() == 1 &&
                           std::string_view("BKMGTPE").find(value[0]) != std::string_view::npos);
}

// "1024", "1K:64K", "infinity".
bool is_limit(std::string_view resource, std::string_view value) {
  const bool size = std::ranges::find(kSizes, resource) != kSizes.end();
  const bool plain = std::ranges::find(kNumbers, resource) != kNumbers.end();
  const bool time = resource == "CPU" || resource == "RTTIME";
  if (!size && !plain && !time) return true;
  const auto one = [&](std::string_view part) {
    if (part == "infinity") return true;
    if (size) return is_bytes(part);
    if (time) return is_span(part);
    return !part.empty() && std::ranges::all_of(part, is_digit);
  };
  const auto colon = value.find(':');
  if (colon == std::string_view::npos) return one(value);
  return one(value.substr(0, colon)) && one(value.substr(colon + 1));
}

}  // namespace

std::optional<ValueComplaint> complaint_about(std::string_view setting, const std::string& value) {
  if (value.empty()) return std::nullopt;
  if (value.find('%') != std::string::npos) return complaint_about_limit(setting, value);
  if (const auto* known = std::ranges::find(kWords, setting, &Words::setting);
      known != kWords.end()) {
    const auto words = text::words(known->words);
    const bool boolean = words[0] == "yes" && is_boolean(value);
    if (boolean || std::ranges::find(words, value) != words.end()) return std::nullopt;
    const auto near = text::nearest(value, words).value_or("");
    return ValueComplaint{
        "Failed to parse " + std::string(known->what) + ", ignoring: " + value,
        near.empty() ? "one of " + std::string(known->words) : "did you mean " + near + "?", near};
  }
  const bool span = std::ranges::find(kSpans, setting) != kSpans.end();
  if (span && !is_span(value))
    return ValueComplaint{"Failed to parse " +
                              (setting.starts_with("Timeout") ? std::string(setting) + "= parameter"
                               : setting.starts_with("On")    ? "timer value"
                                                              : "sec value") +
                              ", ignoring: " + value,
                          "a span of time: 90, 30s, 1min 30s, infinity",
                          {}};
  if (setting.starts_with("Limit") && !is_limit(setting.substr(5), value))
    return ValueComplaint{"Failed to parse resource value, ignoring: " + value,
                          "a number, SOFT:HARD, or infinity",
                          {}};
  return complaint_about_limit(setting, value);
}

}  // namespace stackaudit::stack
