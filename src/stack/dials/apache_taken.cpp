// mod_alias redirects and mod_rewrite rewrites in the fixups, where a <Location> has set its
// handler and has not been asked yet.
#include "stack/dials/apache_taken.hpp"

#include "text/regex.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <utility>
#include <vector>

namespace stackaudit::stack {
namespace {

constexpr std::array<std::string_view, 4> kStatusWords{"permanent", "temp", "seeother", "gone"};

// The flags of a rule or a condition in lower case between commas: "[R=301,L]" is ",r=301,l,".
std::string flags_of(std::string_view written) {
  auto flags = text::lower(written);
  for (auto& c : flags)
    if (c == '[' || c == ']') c = ',';
  return flags;
}

bool has_flag(const std::string& flags, std::string_view name) {
  return flags.find("," + std::string(name) + ",") != std::string::npos;
}

// Whether a pattern of mod_rewrite, with "!" in front or not, fits; none: it does not compile here.
std::optional<bool> fits(std::string_view pattern, const std::string& flags,
                         std::string_view subject) {
  const bool negated = pattern.starts_with('!');
  const bool caseless = has_flag(flags, "nc") || has_flag(flags, "nocase");
  const auto hit = text::Regex(pattern.substr(negated ? 1 : 0),
                               text::Regex::kHttpd | (caseless ? text::Regex::kCaseless : 0U))
                       .matches(subject);
  if (!hit) return std::nullopt;
  return *hit != negated;
}

// The header Host: the port is in it where it is not the scheme's, unless the agent sets the
// header.
std::string host_of(const facts::Dial& dial) {
  const bool usual = !dial.port || *dial.port == (dial.scheme == "https" ? 443 : 80);
  const bool of_url = dial.as_written.find(dial.host) != std::string::npos;
  return usual || !of_url ? dial.host : dial.host + ":" + std::to_string(*dial.port);
}

// What a request of an agent has in this variable; none: not known from the files.
std::optional<std::string> variable(std::string_view name, const facts::Dial& dial,
                                    const std::string& path) {
  if (name == "%{REQUEST_URI}") return path;
  if (name == "%{REQUEST_METHOD}") return "GET";
  if (name == "%{HTTP_HOST}") return host_of(dial);
  if (name == "%{HTTPS}") return dial.scheme == "https" ? "on" : "off";
  if (name == "%{SERVER_PORT}" && dial.port) return std::to_string(*dial.port);
  if (name == "%{REMOTE_ADDR}" && dial.address.starts_with("127.")) return "127.0.0.1";
  if (name == "%{QUERY_STRING}") {
    const auto query = dial.url_path.find('?');
    return query == std::string::npos ? "" : dial.url_path.substr(query + 1);
  }
  return std::nullopt;
}

// Whether the condition holds for the request; none: that depends on what is not in the files.
std::optional<bool> holds(std::string_view args, const facts::Dial& dial, const std::string& path) {
  const auto words = text::words(args);
  if (words.size() < 2) return std::nullopt;
  const bool negated = words[1].starts_with('!');
  const auto test = words[1].substr(negated ? 1 : 0);
  // No file of the site bears the name of a status page.
  const bool file_test = test == "-f" || test == "-d" || test == "-s" || test == "-l";
  if (file_test && words[0].find("%{REQUEST_") != words[0].npos) return negated;
  const auto value = variable(words[0], dial, path);
  if (!value || test.starts_with('-') || test.starts_with('<') || test.starts_with('>'))
    return std::nullopt;
  if (test.starts_with('=')) {
    const auto wanted = test == "=\"\"" ? std::string_view{} : test.substr(1);
    return (*value == wanted) != negated;
  }
  return fits(words[1], words.size() > 2 ? flags_of(words[2]) : "", *value);
}

// All conditions of a rule; [OR] is not followed.
std::optional<bool> all_hold(const std::vector<std::string_view>& conditions,
                             const facts::Dial& dial, const std::string& path) {
  bool unknown = false;
  for (const auto condition : conditions) {
    const auto words = text::words(condition);
    const auto flags = words.size() > 2 ? flags_of(words.back()) : "";
    if (has_flag(flags, "or") || has_flag(flags, "ornext")) return std::nullopt;
    const auto one = holds(condition, dial, path);
    if (one == false) return false;
    unknown = unknown || !one;
  }
  return unknown ? std::nullopt : std::optional(true);
}

struct Rule {
  std::string_view pattern, target;
  std::string flags;

  explicit Rule(std::string_view args) {
    const auto words = text::words(args);
    if (!words.empty()) pattern = words[0];
    if (words.size() > 1) target = words[1];
    if (words.size() > 2) flags = flags_of(words[2]);
  }

  [[nodiscard]] bool has(std::string_view brief, std::string_view full) const {
    return has_flag(flags, brief) || has_flag(flags, full);
  }
  // Forbidden, gone, sent elsewhere or handed on: nothing behind it is asked.
  [[nodiscard]] bool answers() const {
    return has("f", "forbidden") || has("g", "gone") || has("p", "proxy") || has("r", "redirect") ||
           flags.find(",r=") != std::string::npos || flags.find(",redirect=") != std::string::npos;
  }
  // It does not match, or one of its chain before it did not, of which `skipped` keeps account.
  bool passed_over(bool& skipped, std::optional<bool> hit) const {
    const bool passed = skipped || hit == false;
    skipped = passed && has("c", "chain");
    return passed;
  }
  // The path stays, and the next rule has its turn.
  [[nodiscard]] bool only_sets() const {
    return target == "-" && !answers() && !has("l", "last") && !has_flag(flags, "end") &&
           !has("c", "chain") && flags.find(",s=") == std::string::npos;
  }
};

// The rule that decides what becomes of a request, and whether it matches; row is nullptr where
// none does or the engine is off.
struct Decision {
  const facts::Directive* row = nullptr;
  Rule rule{{}};
  std::optional<bool> hit;
};

// Of the rules that are `own`, those behind conditions with them; `matched` is what patterns are
// held against. Rules that `pass` leave it to the next one.
template <class Own, class Pass>
Decision decided_by(const Blocks& apache, const facts::Dial& dial, std::string_view matched,
                    const std::string& path, Own own, Pass pass) {
  bool engine = false, skipped = false;
  Decision found;
  std::vector<std::string_view> conditions;
  for (const auto* row : apache.all()) {
    if (!own(*row)) continue;
    if (row->name == "rewriteengine") engine = text::equal_ignoring_case(row->args, "on");
    if (row->name == "rewritecond") conditions.emplace_back(row->args);
    if (row->name != "rewriterule") continue;
    const auto needed = std::exchange(conditions, {});
    if (found.row != nullptr) continue;
    Rule rule(row->args);
    auto hit = fits(rule.pattern, rule.flags, matched);
    if (hit == true) hit = all_hold(needed, dial, path);
    if (!rule.passed_over(skipped, hit) && !pass(rule, hit)) found = {row, std::move(rule), hit};
  }
  if (!engine) found.row = nullptr;
  return found;
}

}  // namespace

bool covers(std::string_view location, std::string_view path) {
  while (location.size() > 1 && location.ends_with('/')) location.remove_suffix(1);
  return path == location ||
         (path.starts_with(location) && (location == "/" || path[location.size()] == '/'));
}

std::optional<bool> found_by(std::string_view expression, std::string_view path) {
  return text::Regex(expression, text::Regex::kHttpd).matches(path);
}

const facts::Directive* redirected(const Blocks& apache, std::optional<std::int64_t> host,
                                   std::string_view path) {
  for (const auto* row : apache.all()) {
    if (!row->name.starts_with("redirect") || (row->parent && row->parent != host)) continue;
    auto words = text::words(row->args);
    if (words.empty()) continue;
    const bool status = std::isdigit(static_cast<unsigned char>(words[0][0])) != 0 ||
                        std::ranges::find(kStatusWords, words[0]) != kStatusWords.end();
    if (status) words.erase(words.begin());
    if (words.empty()) continue;
    const bool hit = row->name == "redirectmatch" ? found_by(words[0], path).value_or(false)
                                                  : covers(words[0], path);
    if (hit) return row;
  }
  return nullptr;
}

const facts::Directive* taken_by_rewrite(const Blocks& apache, std::optional<std::int64_t> host,
                                         const facts::Dial& dial) {
  const auto path = dial.url_path.substr(0, dial.url_path.find('?'));
  const auto found = decided_by(
      apache, dial, path, path, [&](const auto& row) { return row.parent == host; },
      [](const Rule& rule, std::optional<bool> hit) { return hit && rule.only_sets(); });
  return found.row != nullptr && found.hit == true && found.rule.answers() ? found.row : nullptr;
}

const facts::Directive* proxied(const Blocks& apache, std::optional<std::int64_t> host,
                                std::string_view path) {
  // Those of a virtual host come before those of the main server.
  for (const bool own : {true, false})
    for (const auto* row : apache.all()) {
      const bool match = row->name == "proxypassmatch";
      if (!match && row->name != "proxypass") continue;
      const auto* of = apache.around(*row, "virtualhost");
      if (of != nullptr && host != std::optional(of->id)) continue;
      const auto* section = apache.around(*row, "location");
      if (section == nullptr) section = apache.around(*row, "locationmatch");
      if (section != nullptr) return nullptr;  // merged in an order of their own
      if (own ? row->parent != host : (!host || row->parent)) continue;
      const auto words = text::words(row->args);
      if (words.size() < 2) continue;
      const auto hit = match ? found_by(words[0], path) : std::optional(covers(words[0], path));
      if (!hit) return nullptr;
      if (*hit) return words[1] == "!" ? nullptr : row;
    }
  return nullptr;
}

const facts::Directive* sent_to_front(const Blocks& apache, const std::string& root,
                                      const facts::Dial& dial) {
  const auto path = dial.url_path.substr(0, dial.url_path.find('?'));
  const auto relative = std::string_view(path).substr(path.starts_with('/') ? 1 : 0);
  const auto found = decided_by(
      apache, dial, relative, path,
      [&](const auto& row) { return row.path == root + "/.htaccess"; },
      [](const Rule& rule, std::optional<bool>) { return rule.only_sets(); });
  const bool front = found.rule.target.find("index.php") != std::string_view::npos;
  return found.row != nullptr && found.hit == true && front ? found.row : nullptr;
}

}  // namespace stackaudit::stack
