// Judged by the directives of the location and of the blocks around it.
#include "stack/dials/fpm_public.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

namespace stackaudit::stack {
namespace {

// With one of these nothing is known, or not everybody gets in.
constexpr std::array<std::string_view, 10> kFences{
    "deny",   "auth_basic", "auth_request", "internal",           "satisfy", "ssl_verify_client",
    "return", "if",         "auth_jwt",     "access_by_lua_block"};
constexpr std::array<std::string_view, 4> kOwn{"127.", "[::1]", "unix:", "localhost"};

class FpmPublic {
 public:
  explicit FpmPublic(Survey& survey) : survey_(survey) {
    const auto& rows = survey.facts.rows<facts::Directive>();
    for (const auto& row : rows)
      if (row.service == "php-fpm" && row.name == "pm.status_path") paths_.insert(row.args);
    if (paths_.empty()) return;
    for (const auto& row : rows) {
      if (row.service != "nginx") continue;
      blocks_.emplace(row.id, &row);
      if (!row.parent) continue;
      const bool fence = std::ranges::find(kFences, row.name) != kFences.end();
      if (fence && row.args != "off") fenced_.insert(*row.parent);
      if (row.name == "fastcgi_pass") passes_.push_back(&row);
      if (row.name == "listen" && std::ranges::none_of(kOwn, [&](std::string_view own) {
            return row.args.starts_with(own);
          }))
        open_.insert(*row.parent);
    }
  }

  void run() {
    std::vector<facts::SyntaxProblem> problems;
    for (const auto* pass : passes_)
      if (const auto* location = public_location(*pass))
        problems.push_back(Survey::problem_row(
            *location, {.service = "nginx",
                        .language = "nginx",
                        .code = "fpm-status-public",
                        .severity = "warning",
                        .message = "the status of php-fpm answers whoever asks: nothing restricts "
                                   "this location",
                        .help = "let in the agent alone: allow 127.0.0.1; deny all;"}));
    for (auto& row : problems) survey_.facts.add(std::move(row));
  }

 private:
  [[nodiscard]] bool is_status(const std::string& args) const {
    return std::ranges::any_of(paths_, [&](const std::string& path) {
      return path.size() > 1 &&
             (args == path || args == "= " + path || args == "=" + path || args == "^~ " + path ||
              (args.starts_with("~") && args.find(path.substr(1)) != std::string::npos));
    });
  }

  [[nodiscard]] const facts::Directive* public_location(const facts::Directive& pass) const {
    const auto at = blocks_.find(*pass.parent);
    if (at == blocks_.end() || at->second->name != "location" || !is_status(at->second->args))
      return nullptr;
    bool open = false;
    for (const auto* block = at->second; block != nullptr;) {
      if (fenced_.contains(block->id)) return nullptr;
      open = open || open_.contains(block->id);
      const auto up = block->parent ? blocks_.find(*block->parent) : blocks_.end();
      block = up == blocks_.end() ? nullptr : up->second;
    }
    return open ? at->second : nullptr;
  }

  Survey& survey_;
  std::set<std::string> paths_;
  std::map<std::int64_t, const facts::Directive*> blocks_;
  std::set<std::int64_t> fenced_, open_;
  std::vector<const facts::Directive*> passes_;
};

}  // namespace

void check_fpm_public(Survey& survey) {
  FpmPublic(survey).run();
}

}  // namespace stackaudit::stack
