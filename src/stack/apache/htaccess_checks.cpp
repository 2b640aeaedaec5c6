// What a .htaccess file makes of the directory it lies in: pages that are to answer and are not
// there, and a closed directory of WordPress that browsers fetch from.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

using Settings = std::vector<const Setting*>;

// Patterns that any address fits.
constexpr auto kAnything =
    std::to_array<std::string_view>({".", "^", ".*", "^.*", "^.*$", "^(.*)$", "(.*)", "^(.+)$",
                                     "^.+$", "(.+)", ".+", ".?", "^(.*)", "(.*)$"});

// Directories of WordPress with scripts, styles and pictures.
constexpr auto kFetched = std::to_array<std::string_view>(
    {"wp-includes", "wp-content", "wp-content/plugins", "wp-content/themes", "wp-content/uploads"});

// The file that a rule for whatever is not there leads to; empty where that is another kind of
// rule, or not known.
std::string front_controller(const Httpd& httpd, const Setting& rule, const Setting* base,
                             const std::string& directory, const std::string& root) {
  if (rule.args.size() < 2 || !rule.args[0].known || !rule.args[1].known) return {};
  if (std::ranges::find(kAnything, rule.args[0].value) == kAnything.end()) return {};
  auto target = rule.args[1].value.substr(0, rule.args[1].value.find('?'));
  const auto flags = rule.args.size() > 2 ? lower(rule.args[2].value) : std::string{};
  if (!target.ends_with(".php") || target.find_first_of("$%:") != std::string::npos ||
      flags.find_first_of("fgrp") != std::string::npos)
    return {};
  if (target.starts_with('/'))
    return httpd.survey.state_of(target, "file") == "missing" ? tree::normalize(root + target)
                                                              : std::string{};
  if (base == nullptr) return tree::join(directory, target);
  if (base->args.size() != 1 || !base->args[0].known) return {};
  return tree::normalize(root + "/" + base->args[0].value + "/" + target);
}

const Setting* last_named(const Settings& settings, std::string_view name) {
  const Setting* found = nullptr;
  for (const auto* each : settings)
    if (each->name == name) found = each;
  return found;
}

// Whether an Alias may lead the address elsewhere.
bool has_alias(const Httpd& httpd, std::string_view url) {
  return std::ranges::any_of(httpd.settings, [&](const Setting& each) {
    if (each.name == "aliasmatch" || each.name == "scriptaliasmatch") return true;
    if (each.name != "alias" && each.name != "scriptalias") return false;
    return each.args.size() < 2 || !each.args[0].known || url.starts_with(each.args[0].value);
  });
}

void check_rules(Httpd& httpd, int server, const std::string& directory, const Settings& own) {
  const auto* root = find_setting(httpd, "documentroot", server);
  if (root == nullptr || !root->args[0].known) return;
  const auto top = httpd.path_of(root->args[0].value);
  if (!tree::is_within(directory, top)) return;
  const auto* base = last_named(own, "rewritebase");
  const Setting* lost = nullptr;
  std::string path;
  for (const auto* each : own) {
    if (each->name != "rewriterule") continue;
    const auto leads = front_controller(httpd, *each, base, directory, top);
    if (leads.empty()) continue;
    if (httpd.survey.state_of(leads, "file") != "missing") return;
    if (lost == nullptr) path = leads;
    if (lost == nullptr) lost = each;
  }
  if (lost == nullptr || has_alias(httpd, path.substr(std::min(top.size(), path.size())))) return;
  const bool by_base =
      base != nullptr && !lost->args[1].value.starts_with('/') &&
      httpd.survey.state_of(tree::join(directory, lost->args[1].value), "file") == "found";
  add_absent_page(httpd, by_base ? base->args[0] : lost->args[1], "front-controller", path,
                  "HTTP 404 or 500 for every address that is no file");
}

// Require all denied, or its older way, and nobody is let in by another line.
const Setting* denies_everybody(const std::vector<Setting>& settings, const Settings& own) {
  const Setting* denied = nullptr;
  for (const auto& each : settings) {
    const auto word = [&](std::size_t n) {
      return n < each.args.size() ? lower(each.args[n].value) : std::string{};
    };
    const bool denies = (each.name == "require" && word(0) == "all" && word(1) == "denied") ||
                        (each.name == "deny" && word(0) == "from" && word(1) == "all");
    const bool here = std::ranges::find(own, &each) != own.end();
    if (denies && here && denied == nullptr) denied = &each;
    if (!denies && (each.name == "require" || each.name == "allow" || each.name == "satisfy"))
      return nullptr;
  }
  return denied;
}

void check_closed_assets(Httpd& httpd, const std::string& directory,
                         const std::vector<Setting>& settings, const Settings& own) {
  const auto* denied = denies_everybody(settings, own);
  if (denied == nullptr) return;
  for (const auto name : kFetched) {
    if (!directory.ends_with("/" + std::string(name))) continue;
    const auto root = directory.substr(0, directory.size() - name.size() - 1);
    if (httpd.survey.state_of(root + "/wp-settings.php", "file") != "found") continue;
    return report(httpd, {denied->span,
                          "refuses-everybody",
                          false,
                          "scripts, styles and pictures in " + directory +
                              " are closed to everybody: pages of WordPress come without them, "
                              "HTTP 403",
                          "close PHP files alone: <FilesMatch \"\\.php$\"> around it",
                          {}});
  }
}

}  // namespace

void check_htaccess(Httpd& httpd, int server, const std::string& path,
                    const std::vector<Setting>& settings, const Settings& own) {
  if (httpd.foreign || httpd.incomplete) return;
  const std::string directory(tree::dirname(path));
  const bool rewrites = last_named(own, "rewriterule") != nullptr;
  for (const auto* each : own)
    if (each->name == "fallbackresource" && !rewrites) check_fallback(httpd, *each);
  if (httpd.has_module("mod_rewrite.c") == true) check_rules(httpd, server, directory, own);
  check_closed_assets(httpd, directory, settings, own);
}

}  // namespace stackaudit::stack::apache
