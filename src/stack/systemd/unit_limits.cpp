// Numbers, sizes, modes and lists of names that systemd cannot read and ignores with a warning.
// systemd.exec(5), systemd.resource-control(5); the words are those of systemd 252.
#include "stack/systemd/isolation.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack {
namespace {

using Complaint = std::optional<ValueComplaint>;

ValueComplaint ignored(std::string message, std::string help, std::string near = {}) {
  if (!near.empty()) help = "did you mean " + near + "?";
  return {std::move(message), std::move(help), std::move(near)};
}

std::optional<int> whole(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

struct Range {
  std::string_view unread, outside;  // what systemd says of no number, and of one that is outside
  int least, most;
};

Complaint within(const Range& range, const std::string& value) {
  const auto number = whole(value);
  if (number && *number >= range.least && *number <= range.most) return std::nullopt;
  const auto help =
      "a number from " + std::to_string(range.least) + " to " + std::to_string(range.most);
  if (number)
    return ignored(std::string(range.outside) + " out of range, ignoring: " + value, help);
  return ignored("Failed to parse " + std::string(range.unread) + " '" + value +
                     "', ignoring: Invalid argument",
                 help);
}

Complaint nice(std::string_view, const std::string& value) {
  return within({"nice priority", "Nice priority", -20, 19}, value);
}

Complaint oom_score(std::string_view, const std::string& value) {
  return within({"the OOM score adjust value", "OOM score adjust value", -1000, 1000}, value);
}

bool is_decimal(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
         text.find_first_of("123456789") != std::string_view::npos;
}

Complaint quota(std::string_view, const std::string& value) {
  if (value.ends_with('%') && is_decimal(std::string_view(value).substr(0, value.size() - 1)))
    return std::nullopt;
  return ignored("Invalid CPU quota '" + value + "', ignoring.",
                 "a percentage of one processor: 50%, 200%");
}

// "512M", "1.5G", "50%", "infinity"; "51M2" is a sum.
Complaint memory(std::string_view setting, const std::string& value) {
  if (value == "infinity") return std::nullopt;
  if (value.find_first_not_of('0') == std::string::npos && setting != "MemoryMin" &&
      setting != "MemoryLow" && setting != "MemorySwapMax")
    return ignored("Memory limit '" + value + "' out of range, ignoring.", "512M, 50%, infinity");
  bool good = value[0] >= '0' && value[0] <= '9';
  if (value.ends_with('%')) {
    const auto share = whole(value.substr(0, value.find_first_of(".%")));
    good = good && share && (*share < 100 || value == "100%");
  } else {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const bool digit = std::string_view("0123456789. ").find(value[i]) != std::string_view::npos;
      const bool suffix = std::string_view("BKMGTPE").find(value[i]) != std::string_view::npos;
      const bool behind_suffix =
          i > 0 && std::string_view("BKMGTPE").find(value[i - 1]) != std::string_view::npos;
      good = good && (digit || (suffix && !behind_suffix));
    }
  }
  if (good) return std::nullopt;
  const auto* reason = value[0] == '-' ? "Numerical result out of range" : "Invalid argument";
  return ignored("Invalid memory limit '" + value + "', ignoring: " + reason,
                 "512M, 50%, infinity");
}

Complaint mode(std::string_view, const std::string& value) {
  const auto digits = value.find_first_not_of("01234567") == std::string::npos;
  const auto first = std::min(value.find_first_not_of('0'), value.size());
  if (digits && value.size() - first <= 4) return std::nullopt;
  return ignored("Failed to parse mode value, ignoring: " + value, "an octal number: 0755, 0027");
}

Complaint signal(std::string_view, const std::string& value) {
  static constexpr std::array<std::string_view, 32> kNames{
      "HUP",  "INT",  "QUIT", "ILL",    "TRAP", "ABRT", "BUS",  "FPE",  "KILL",   "USR1", "SEGV",
      "USR2", "PIPE", "ALRM", "TERM",   "CHLD", "CONT", "STOP", "TSTP", "TTIN",   "TTOU", "URG",
      "XCPU", "XFSZ", "PROF", "VTALRM", "IO",   "PWR",  "SYS",  "POLL", "STKFLT", "WINCH"};
  auto name = std::string_view(value);
  if (name.starts_with("SIG")) name.remove_prefix(3);
  const auto number = whole(value);
  if ((number && *number > 0 && *number < 65) || name.starts_with("RTM") ||
      std::ranges::find(kNames, name) != kNames.end())
    return std::nullopt;
  const auto near = text::nearest(name, kNames);
  return ignored("Failed to parse signal name, ignoring: " + value, "a name such as SIGQUIT",
                 near ? "SIG" + *near : "");
}

Complaint address_families(std::string_view, const std::string& value) {
  static constexpr std::array<std::string_view, 47> kFamilies{
      "none",        "AF_UNIX",   "AF_LOCAL",   "AF_FILE",   "AF_INET",    "AF_INET6",
      "AF_NETLINK",  "AF_PACKET", "AF_ALG",     "AF_VSOCK",  "AF_KEY",     "AF_BLUETOOTH",
      "AF_CAN",      "AF_TIPC",   "AF_XDP",     "AF_AX25",   "AF_IPX",     "AF_APPLETALK",
      "AF_NETROM",   "AF_BRIDGE", "AF_ATMPVC",  "AF_X25",    "AF_ROSE",    "AF_DECnet",
      "AF_NETBEUI",  "AF_ROUTE",  "AF_ASH",     "AF_ECONET", "AF_ATMSVC",  "AF_RDS",
      "AF_SNA",      "AF_IRDA",   "AF_PPPOX",   "AF_LLC",    "AF_WANPIPE", "AF_IB",
      "AF_MPLS",     "AF_RXRPC",  "AF_ISDN",    "AF_PHONET", "AF_CAIF",    "AF_IEEE802154",
      "AF_SECURITY", "AF_NFC",    "AF_QIPCRTR", "AF_SMC",    "AF_KCM"};
  const auto list = std::string_view(value).substr(value.starts_with('~') ? 1 : 0);
  for (const auto& word : text::words(list))
    if (std::ranges::none_of(kFamilies,
                             [&](auto family) { return text::equal_ignoring_case(family, word); }))
      return ignored("Failed to parse address family, ignoring: " + std::string(word),
                     "names such as AF_INET, a blank between them",
                     text::nearest(word, kFamilies).value_or(""));
  return std::nullopt;
}

Complaint system_calls(std::string_view, const std::string& value) {
  static constexpr std::array<std::string_view, 30> kGroups{
      "@default", "@aio",    "@basic-io", "@chown",   "@clock",          "@cpu-emulation",
      "@debug",   "@ipc",    "@io-event", "@keyring", "@file-system",    "@known",
      "@memlock", "@module", "@mount",    "@pkey",    "@network-io",     "@obsolete",
      "@process", "@raw-io", "@reboot",   "@sandbox", "@privileged",     "@resources",
      "@setuid",  "@signal", "@swap",     "@sync",    "@system-service", "@timer"};
  const auto list = std::string_view(value).substr(value.starts_with('~') ? 1 : 0);
  for (const auto& word : text::words(list)) {
    const auto name = word.substr(0, word.find(':'));
    if (name.starts_with('@')) {
      if (std::ranges::find(kGroups, name) == kGroups.end())
        return ignored("Unknown system call group, ignoring: " + std::string(name), {},
                       text::nearest(name, kGroups).value_or(""));
    } else if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") !=
               std::string_view::npos) {
      return ignored("Failed to parse system call, ignoring: " + std::string(name),
                     "names such as clone or @system-service, a blank between them");
    }
  }
  return std::nullopt;
}

Complaint output(std::string_view setting, const std::string& value) {
  static constexpr std::array<std::string_view, 11> kWords{
      "inherit",      "null",   "tty", "journal", "kmsg",          "journal+console",
      "kmsg+console", "socket", "fd",  "syslog",  "syslog+console"};
  if (std::ranges::find(kWords, value) != kWords.end() || value.starts_with("fd:"))
    return std::nullopt;
  for (const std::string_view kind : {"file:", "append:", "truncate:"}) {
    if (!value.starts_with(kind)) continue;
    if (value.size() > kind.size() && value[kind.size()] == '/') return std::nullopt;
    return ignored(std::string(setting) + "= path is not absolute: " + value.substr(kind.size()),
                   "write the whole path");
  }
  return ignored("Failed to parse output specifier, ignoring: " + value,
                 value[0] == '/' ? "write append:" + value : "journal, null, append:/path",
                 text::nearest(value, kWords).value_or(""));
}

struct Form {
  std::string_view setting;
  Complaint (*judge)(std::string_view setting, const std::string& value);
};
constexpr std::array kForms{Form{"Nice", nice},
                            Form{"OOMScoreAdjust", oom_score},
                            Form{"CPUQuota", quota},
                            Form{"MemoryMin", memory},
                            Form{"MemoryLow", memory},
                            Form{"MemoryHigh", memory},
                            Form{"MemoryMax", memory},
                            Form{"MemorySwapMax", memory},
                            Form{"UMask", mode},
                            Form{"RuntimeDirectoryMode", mode},
                            Form{"StateDirectoryMode", mode},
                            Form{"CacheDirectoryMode", mode},
                            Form{"LogsDirectoryMode", mode},
                            Form{"ConfigurationDirectoryMode", mode},
                            Form{"KillSignal", signal},
                            Form{"RestartKillSignal", signal},
                            Form{"RestrictAddressFamilies", address_families},
                            Form{"SystemCallFilter", system_calls},
                            Form{"StandardOutput", output},
                            Form{"StandardError", output}};

}  // namespace

std::optional<ValueComplaint> complaint_about_limit(std::string_view setting,
                                                    const std::string& value) {
  const auto* form = std::ranges::find(kForms, setting, &Form::setting);
  if (form == kForms.end()) return std::nullopt;
  const bool percentage = form->judge == quota || form->judge == memory;
  if (!percentage && value.find('%') != std::string::npos) return std::nullopt;  // a specifier
  return form->judge(setting, value);
}

}  // namespace stackaudit::stack
