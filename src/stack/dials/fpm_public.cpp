// Judged by the directives of the location and of the blocks around it.
#include "stack/dials/fpm_public.hpp"

#include "stack/served/serving.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

namespace stackaudit::stack {
namespace {

// With one of these nothing is known, or not everybody gets in.
constexpr std::array<std::string_view, 10> kFences{
    "deny",   "auth_basic", "auth_request", "internal",           "satisfy", "ssl_verify_client",
    "return", "if",         "auth_jwt",     "access_by_lua_block"};
constexpr std::array<std::string_view, 4> kOwn{"127.", "[::1]", "unix:", "localhost"};

bool is_fence(const facts::Directive* row) {
  return row->args != "off" && std::ranges::find(kFences, row->name) != kFences.end();
}

bool is_open(const facts::Directive* row) {
  return row->name == "listen" && std::ranges::none_of(kOwn, [&](std::string_view own) {
           return row->args.starts_with(own);
         });
}

class FpmPublic {
 public:
  FpmPublic(Survey& survey, std::set<std::string> paths)
      : survey_(survey), paths_(std::move(paths)), nginx_(survey.blocks("nginx")) {}

  void run() {
    std::vector<facts::SyntaxProblem> problems;
    for (const auto* row : nginx_.all())
      if (const auto* location = public_location(*row))
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
    if (pass.name != "fastcgi_pass" || !pass.parent) return nullptr;
    const auto* location = nginx_.parent(pass);
    if (location == nullptr || location->name != "location" || !is_status(location->args))
      return nullptr;
    bool open = false;
    for (const auto* block = location; block != nullptr; block = nginx_.parent(*block)) {
      const auto& children = nginx_.children(block->id);
      if (std::ranges::any_of(children, is_fence)) return nullptr;
      open = open || std::ranges::any_of(children, is_open);
    }
    return open ? location : nullptr;
  }

  Survey& survey_;
  std::set<std::string> paths_;
  const Blocks& nginx_;
};

}  // namespace

void check_fpm_public(Survey& survey) {
  std::set<std::string> paths;
  for (const auto& row : survey.facts.rows<facts::Directive>())
    if (row.service == "php-fpm" && row.name == "pm.status_path") paths.insert(row.args);
  if (!paths.empty()) FpmPublic(survey, std::move(paths)).run();
}

}  // namespace stackaudit::stack
