// Scripts that a <Directory> hands to mod_cgi or mod_fcgid by their names. Unlike those of a
// ScriptAlias they run only where Options has ExecCGI.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

struct Runner {
  std::string_view handler, module;
};
constexpr std::array kRunners{Runner{"cgi-script", "mod_cgi.c"}, Runner{"cgi-script", "mod_cgid.c"},
                              Runner{"fcgid-script", "mod_fcgid.c"}};

// The first script that the setting is about, of those directly in the directory; empty: none.
std::string script_in(const Httpd& httpd, const Setting& setting, const std::string& directory) {
  const auto names = tree::list_directory(httpd.survey.tree, directory);
  if (!names) return {};
  for (const auto& name : *names) {
    const bool meant =
        std::ranges::any_of(setting.args.begin() + 1, setting.args.end(), [&](auto& arg) {
          const auto suffix = arg.value.starts_with('.') ? arg.value : "." + arg.value;
          return name.size() > suffix.size() && name.ends_with(suffix);
        });
    if (meant && httpd.survey.state_of(tree::join(directory, name), "file") == "found") return name;
  }
  return {};
}

bool is_left_open(const Httpd& httpd, const std::string& directory) {
  for (const auto& [key, settings] : httpd.htaccess_settings)
    if (tree::is_within(directory, tree::dirname(key.first)))
      for (const auto& setting : settings)
        if (setting.name == "options") return true;
  return std::ranges::any_of(httpd.settings, [&](const Setting& setting) {
    return setting.name.starts_with("scriptalias") && setting.args.size() > 1 &&
           (setting.name.ends_with("match") ||
            tree::is_within(directory, httpd.path_of(setting.args[1].value)));
  });
}

}  // namespace

void check_cgi_handlers(Httpd& httpd) {
  if (httpd.foreign || httpd.incomplete) return;
  for (const auto& setting : httpd.settings) {
    if (setting.name != "addhandler" || setting.args.size() < 2) continue;
    const auto directory = directory_around(httpd, setting);
    const bool runs = std::ranges::any_of(kRunners, [&](const Runner& each) {
      return each.handler == setting.args[0].value && httpd.loaded(each.module);
    });
    if (directory.empty() || !runs) continue;
    auto state = in_force_at(httpd, setting.server, directory);
    leave_to_location(httpd, setting.server, state);
    if (state.uncertain || (state.options & kExecCgi) != 0) continue;
    if (state.grant == Grant::denied || is_left_open(httpd, directory)) continue;
    const auto script = script_in(httpd, setting, directory);
    if (script.empty()) continue;
    report(httpd, {setting.args[0].span,
                   "execcgi-off",
                   true,
                   "Options ExecCGI is off in this directory: " + tree::join(directory, script) +
                       " is not run",
                   "write Options +ExecCGI in the section of " + directory,
                   {}});
  }
}

}  // namespace stackaudit::stack::apache
