// The merging of sections that httpd does for a request, for a URL that is a file.
#include "stack/served/serving.hpp"
#include "text/regex.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <sstream>
#include <utility>

namespace stackaudit::stack::served {
namespace {

// In the order in which they are merged.
enum class Stage : std::uint8_t { directory, htaccess, files, location };

struct Request {
  std::string path, url, name;
};

std::optional<bool> fits(std::string_view pattern, std::string_view subject) {
  return text::Regex(pattern, text::Regex::kHttpd).matches(subject);
}

// Whether a section applies; none: not known.
std::optional<bool> applies(const facts::Directive& section, const Request& request) {
  auto pattern = section.args;
  bool regular = section.name.ends_with("match");
  if (pattern.starts_with("~ ")) {
    regular = true;
    pattern.erase(0, 2);
  }
  if (section.name.starts_with("files"))
    return regular ? fits(pattern, request.name)
                   : std::optional(tree::matches(pattern, request.name));
  if (section.name.starts_with("location")) {
    if (regular) return fits(pattern, request.url);
    while (pattern.size() > 1 && pattern.ends_with('/')) pattern.pop_back();
    return pattern == "/" || tree::is_within(request.url, pattern);
  }
  if (section.name.starts_with("directory")) {
    const auto directory = std::string(tree::dirname(request.path));
    if (regular) return fits(pattern, directory + "/");
    if (tree::has_wildcard(pattern)) return std::nullopt;
    return tree::is_within(directory, tree::normalize(pattern));
  }
  if (section.name == "if" || section.name.starts_with("else")) return std::nullopt;
  if (section.name == "virtualhost" || section.name.starts_with("if")) return true;
  if (section.name == "requirenone") return std::nullopt;
  if (section.name.starts_with("require")) return true;
  if (section.name.starts_with("limit")) return false;
  return false;
}

struct Rule {
  const facts::Directive* row = nullptr;
  Stage stage = Stage::directory;
  std::size_t depth = 0;  // of the directory
  std::optional<bool> applies = true;
};

class Answer {
 public:
  Answer(const Blocks& blocks, const facts::Directive* host, Request request)
      : blocks_(blocks), host_(host), request_(std::move(request)) {}

  Delivery decide() {
    std::vector<Rule> rules;
    for (const auto* row : blocks_.all())
      if (auto rule = place(*row); rule.applies != std::optional(false)) rules.push_back(rule);
    std::ranges::stable_sort(rules, [](const Rule& a, const Rule& b) {
      return std::pair(a.depth, a.stage) < std::pair(b.depth, b.stage);
    });
    for (const auto& rule : rules) take(rule);
    if (refused_ || closed_) return Delivery::refused;
    if (unknown_) return Delivery::unknown;
    return run_ ? Delivery::run : Delivery::text;
  }

 private:
  // Where the row stands in the merging, and whether all of its sections apply.
  Rule place(const facts::Directive& row) const {
    Rule rule{&row, Stage::directory, 0, true};
    const bool htaccess = row.context.starts_with("htaccess");
    const auto home = std::string(tree::dirname(row.path));
    if (htaccess) {
      if (!tree::is_within(request_.path, home)) return {&row, Stage::directory, 0, false};
      rule.stage = Stage::htaccess;
      rule.depth = home.size();
    }
    const facts::Directive* host = nullptr;
    for (const auto* at = row.parent ? blocks_.find(*row.parent) : nullptr; at != nullptr;
         at = at->parent ? blocks_.find(*at->parent) : nullptr) {
      if (at->name == "virtualhost") host = at;
      const auto one = applies(*at, request_);
      if (one == std::optional(false)) return {&row, Stage::directory, 0, false};
      if (!one) rule.applies = std::nullopt;
      if (at->name.starts_with("files")) set(rule, Stage::files);
      if (at->name.starts_with("location")) set(rule, Stage::location);
      if (at->name.starts_with("directory") && rule.stage == Stage::directory)
        rule.depth = at->name == "directory" && !at->args.starts_with("~ ")
                         ? tree::normalize(at->args).size()
                         : kExpressions;
    }
    if (host != nullptr && host != host_) rule.applies = false;
    return rule;
  }

  // Expressions are merged behind all names of directories and all .htaccess files.
  static constexpr std::size_t kExpressions = 50'000;

  static void set(Rule& rule, Stage stage) {
    rule.stage = stage;
    rule.depth = 100'000;  // after all directories
  }

  void take(const Rule& rule) {
    const auto& row = *rule.row;
    const bool sure = rule.applies.has_value();
    if (row.name == "require" && row.args.starts_with("not ")) return;  // strangers are others
    if (row.name == "require" && !sure) unknown_ = unknown_ || row.args != "all granted";
    if (row.name == "require" && sure) {
      // Several Require lines of a section are alternatives; the first resets what was merged.
      const bool same = last_ == row.parent && last_path_ == row.path;
      const bool grants = row.args == "all granted";
      refused_ = same ? refused_ && !grants : !grants;
      last_ = row.parent;
      last_path_ = row.path;
    }
    if (row.name == "deny") refused_ = row.args == "from all" || refused_;
    if (row.name == "allow" && row.args == "from all") refused_ = false;
    if (row.name == "authtype" && row.args != "none") unknown_ = true;
    if (row.name == "sethandler" && sure) handler(row.args);
    if ((row.name == "addhandler" || row.name == "addtype") && sure) extensions(row.args);
    if (row.name == "php_admin_flag" || row.name == "php_flag")
      if (row.args == "engine off" || row.args == "engine Off" || row.args == "engine 0")
        run_ = false;
    if ((row.name == "removehandler" || row.name == "removetype") && run_ && concerns(row.args))
      unknown_ = true;
    if (leads_away(row)) unknown_ = true;
    if (row.name == "redirectmatch" || row.name == "redirect") redirect(row);
    if (row.name == "rewritecond") conditions_.push_back(row.args);
    if (row.name == "rewriterule") rewrite(row, rule.stage == Stage::htaccess);
  }

  // The URL belongs to another directory, or to another server.
  [[nodiscard]] bool leads_away(const facts::Directive& row) const {
    static constexpr std::array<std::string_view, 4> kNames{"alias", "scriptalias", "proxypass",
                                                            "wsgiscriptalias"};
    static constexpr std::array<std::string_view, 3> kExpressionNames{
        "aliasmatch", "scriptaliasmatch", "proxypassmatch"};
    std::istringstream words(row.args);
    std::string from, to;
    words >> from >> to;
    if (to == "!") return false;
    if (std::ranges::find(kExpressionNames, row.name) != kExpressionNames.end())
      return fits(from, request_.url).value_or(true);
    while (from.size() > 1 && from.ends_with('/')) from.pop_back();
    return std::ranges::find(kNames, row.name) != kNames.end() && !to.empty() &&
           tree::is_within(request_.url, from);
  }

  void handler(const std::string& value) {
    if (value.find("source") != std::string::npos) return;
    run_ = value.find("php") != std::string::npos || value.starts_with("proxy:") ||
           value.starts_with("php") || value.find("cgi") != std::string::npos;
  }

  // Whether one of the extensions is in the name.
  [[nodiscard]] bool concerns(const std::string& args) const {
    std::istringstream words(args);
    for (std::string extension; words >> extension;) {
      if (!extension.starts_with('.')) extension.insert(0, 1, '.');
      const auto at = request_.name.find(extension);
      const auto after = at + extension.size();
      if (at != std::string::npos && (after == request_.name.size() || request_.name[after] == '.'))
        return true;
    }
    return false;
  }

  void extensions(const std::string& args) {
    std::istringstream words(args);
    std::string type;
    words >> type;
    if (type.find("php") == std::string::npos || type.find("source") != std::string::npos) return;
    std::string rest;
    std::getline(words, rest);
    if (concerns(rest)) run_ = true;
  }

  void redirect(const facts::Directive& row) {
    std::istringstream words(row.args);
    std::string status, pattern;
    words >> status >> pattern;
    const bool gone = status == "gone";
    if (!gone && !status.starts_with('4')) return;
    const bool hit = row.name == "redirect" ? tree::is_within(request_.url, pattern)
                                            : fits(pattern, request_.url).value_or(true);
    if (hit) closed_ = true;
  }

  // [F], [G] and [R=404] refuse; conditions are taken for fulfilled.
  void rewrite(const facts::Directive& row, bool relative) {
    std::istringstream words(row.args);
    std::string pattern, target, flags;
    words >> pattern >> target >> flags;
    const auto conditions = std::exchange(conditions_, {});
    const bool refuses =
        flags.find("[F") != std::string::npos || flags.find(",F") != std::string::npos ||
        flags.find("[G") != std::string::npos || flags.find("R=4") != std::string::npos;
    if (!refuses) return;
    auto subject = request_.url;
    if (relative) {
      const auto home = std::string(tree::dirname(row.path));
      subject = request_.path.substr(std::min(home.size() + 1, request_.path.size()));
    }
    if (!fits(pattern, subject).value_or(true)) return;
    for (const auto& condition : conditions) {
      std::istringstream parts(condition);
      std::string test, expression;
      parts >> test >> expression;
      if (test == "%{REQUEST_URI}" && fits(expression, request_.url) == false) return;
    }
    closed_ = true;
  }

  const Blocks& blocks_;
  const facts::Directive* host_;
  Request request_;
  bool refused_ = false, closed_ = false, unknown_ = false, run_ = false;
  std::optional<std::int64_t> last_;
  std::string last_path_;
  std::vector<std::string> conditions_;
};

}  // namespace

Delivery apache_delivery(const Blocks& blocks, const facts::Directive* host,
                         const std::string& path, const std::string& url) {
  return Answer(blocks, host, {path, url, std::string(tree::basename(path))}).decide();
}

}  // namespace stackaudit::stack::served
