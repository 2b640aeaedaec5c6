// Whether anybody may see what an Alias leads to: its directory lies outside the document roots,
// and so outside the sections that were written for them.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

// Directives that may answer for a URL before the Alias is asked for it.
constexpr std::array<std::string_view, 7> kBefore{
    "proxypass",         "proxypassmatch", "redirect",   "redirectmatch",
    "redirectpermanent", "redirecttemp",   "rewriterule"};

// Whether a <Directory> section below the directory, or a <Location> about the URL, may grant.
bool granted_elsewhere(const Httpd& httpd, const std::string& directory, std::string_view url) {
  return std::ranges::any_of(httpd.sections, [&](const Section& section) {
    if (section.kind == "if" || section.kind.starts_with("else")) return true;
    const bool location = section.kind.starts_with("location");
    if (section.args.empty() || (!location && !section.kind.starts_with("directory"))) return false;
    if (is_regex(section)) return true;
    const auto path = tree::normalize(section.args[0].value);
    if (location)
      return tree::is_within(path, tree::normalize(url)) ||
             tree::is_within(tree::normalize(url), path);
    return path != directory && tree::is_within(path, directory);
  });
}

}  // namespace

void report_no_grant(Httpd& httpd, text::Span span, const std::string& directory,
                     const InForce& state) {
  report(httpd,
         {span,
          "no-grant",
          true,
          "client denied by server configuration: nothing grants access to " + directory +
              ", Require all denied of <Directory " + state.grant_directory + "> stays in force",
          "write <Directory " + directory + "> with Require all granted",
          {}});
}

bool answers_before_alias(const Httpd& httpd) {
  return std::ranges::any_of(httpd.settings, [](const Setting& other) {
    return other.section < 0 && std::ranges::find(kBefore, other.name) != kBefore.end();
  });
}

void check_alias_grant(Httpd& httpd, const Setting& setting, const std::string& directory) {
  if (httpd.foreign || httpd.incomplete) return;
  if (granted_elsewhere(httpd, directory, setting.args[0].value)) return;
  InForce state;
  // An Alias of the main server is every virtual host's as well.
  const auto count = static_cast<int>(httpd.servers.size());
  for (int server = setting.server; server < (setting.server == 0 ? count : setting.server + 1);
       ++server) {
    state = in_force_at(httpd, server, directory);
    if (state.grant != Grant::denied || state.uncertain || state.grant_directory == directory)
      return;
  }
  report_no_grant(httpd, setting.args[1].span, directory, state);
}

}  // namespace stackaudit::stack::apache
