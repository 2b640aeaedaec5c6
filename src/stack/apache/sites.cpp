// Virtual hosts as sites: names, document root, what runs PHP, and whether anybody may see it.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

// The settings of a server, behind those of the main server where they are asked for.
std::vector<const Setting*> settings_of(const Httpd& httpd, int server, bool main_too) {
  std::vector<const Setting*> found;
  for (const int each : {0, server}) {
    if (each == 0 && !main_too && server != 0) continue;
    for (const auto number : httpd.index.servers[static_cast<std::size_t>(each)].settings)
      found.push_back(&httpd.settings[number]);
    if (server == 0) break;
  }
  return found;
}

// Whether requests for "/" are answered without a look at the document root.
bool sent_elsewhere(const Httpd& httpd, int server) {
  return std::ranges::any_of(settings_of(httpd, server, false), [&](const Setting* each) {
    const auto& setting = *each;
    const auto& args = setting.args;
    const auto root = [&](std::size_t i) { return args.size() > i && args[i].value == "/"; };
    if (setting.name == "proxypassmatch" || setting.name == "aliasmatch" ||
        setting.name == "redirectmatch" || setting.name == "wsgiscriptalias" ||
        setting.name == "rewriterule")
      return true;
    if (setting.name == "proxypass" || setting.name == "redirect" || setting.name == "alias" ||
        setting.name == "redirectpermanent" || setting.name == "scriptalias")
      return root(0) || root(1) || setting.section >= 0;
    return setting.name == "sethandler" && setting.section < 0;
  });
}

void check_document_root(Httpd& httpd, const Setting& setting, const std::string& path,
                         int server) {
  const auto& arg = setting.args[0];
  facts::Reference row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  row.kind = "document-root";
  row.as_written = httpd.survey.sources.slice(arg.span);
  row.resolved = path;
  row.wanted = "directory";
  row.state = arg.known ? httpd.survey.state_of(path, "directory") : "dynamic";
  row.required = server == 0 || !sent_elsewhere(httpd, server);
  row.effect = server == 0 ? "Apache does not start" : "HTTP 404";
  row.process = server == 0 ? httpd.parent.process : httpd.child.process;
  row.user = server == 0 ? httpd.parent.who.name : httpd.child.who.name;
  row.call = "stat";
  if (row.state == "missing") row.nearest = httpd.survey.nearest_path(path);
  if (row.as_written == arg.value) row.replacement = row.nearest;
  httpd.survey.facts.add(std::move(row));
}

// Whether a <Location> or <If> of these servers may grant or refuse on its own.
bool locations_decide(const Httpd& httpd, int server) {
  return std::ranges::any_of(settings_of(httpd, server, true), [&](const Setting* each) {
    const auto& setting = *each;
    if (setting.section < 0) return false;
    if (setting.name != "require") return false;
    const int at = per_directory_section(httpd, setting.section);
    if (at < 0) return false;
    const auto& section = httpd.sections[static_cast<std::size_t>(at)];
    const bool everywhere =
        section.args.empty() || section.args[0].value == "/" || is_regex(section);
    return section.kind == "if" || (section.kind.starts_with("location") && everywhere);
  });
}

// Whether a .htaccess file at the document root or above it has one of these directives.
bool said_in_htaccess(const Httpd& httpd, int server, const std::string& root,
                      const std::vector<std::string_view>& names) {
  for (const auto& [key, settings] : httpd.htaccess_settings) {
    if (key.second != server || !tree::is_within(root, tree::dirname(key.first))) continue;
    for (const auto& setting : settings)
      if (std::ranges::find(names, setting.name) != names.end()) return true;
  }
  return false;
}

void check_grant(Httpd& httpd, const Setting& setting, const std::string& root, int server) {
  const auto state = in_force_at(httpd, server, root);
  if (state.grant != Grant::denied || locations_decide(httpd, server) || httpd.incomplete) return;
  if (state.grant_directory == root || sent_elsewhere(httpd, server)) return;  // meant to be closed
  if (said_in_htaccess(httpd, server, root, {"require", "satisfy"})) return;
  if (state.uncertain) {
    httpd.survey.blind(httpd.survey.place(setting.args[0].span), "syntax_problem", root,
                       "whether access is granted depends on a regular expression");
    return;
  }
  report_no_grant(httpd, setting.args[0].span, root, state);
}

// PHP files that nothing runs are sent as text.
void check_php_as_text(Httpd& httpd, const Setting& setting, const std::string& root, int server) {
  if (httpd.foreign || httpd.incomplete || !httpd.modules_certain || sent_elsewhere(httpd, server))
    return;
  const auto index = tree::join(root, "index.php");
  if (httpd.survey.state_of(index, "file") != "found") return;
  const auto state = in_force_at(httpd, server, root);
  if (state.grant == Grant::denied || state.uncertain) return;
  if (said_in_htaccess(httpd, server, root,
                       {"sethandler", "addhandler", "addtype", "forcetype", "action"}))
    return;
  report(httpd, {setting.args[0].span,
                 "php-as-text",
                 true,
                 "nothing runs PHP here: the source of " + index + " is sent as text",
                 "enable the PHP module, or SetHandler \"proxy:unix:...|fcgi://localhost\"",
                 {}});
}

std::string names_of(const Httpd& httpd, int server) {
  std::string names;
  for (const auto* each : settings_of(httpd, server, false)) {
    const auto& setting = *each;
    if (setting.section >= 0) continue;
    if (setting.name != "servername" && setting.name != "serveralias") continue;
    for (const auto& arg : setting.args) names += (names.empty() ? "" : " ") + arg.value;
  }
  return names;
}

void read_site(Httpd& httpd, int server) {
  const auto* setting = find_setting(httpd, "documentroot", server);
  if (server == 0 && setting == nullptr && httpd.servers.size() > 1) return;
  facts::Site site;
  static_cast<facts::Place&>(site) =
      server == 0 && setting == nullptr ? Survey::whole_file(httpd.entry.path)
      : server == 0                     ? httpd.survey.place(setting->span)
                    : httpd.survey.place(httpd.servers[static_cast<std::size_t>(server)].span);
  site.id = httpd.survey.next_site++;
  site.service = "apache";
  site.names = names_of(httpd, server);
  if (setting == nullptr) {
    httpd.survey.facts.add(std::move(site));
    return;
  }
  const auto path = httpd.path_of(setting->args[0].value);
  if (setting->server == server) check_document_root(httpd, *setting, path, server);
  const auto end = tree::resolve(httpd.survey.tree, path);
  const bool there = setting->args[0].known && end && end.stat.type == tree::FileType::directory;
  Content content{path};
  site.php = content.php = php_of(httpd, server, content);
  site.document_root = there ? end.path : path;
  if (there) {
    httpd.survey.note_file(path, "apache", "document-root");
    httpd.survey.document_roots.push_back(
        {end.path, "apache", httpd.survey.place(setting->args[0].span), site.php, site.id});
    for (const auto& [part, php] : php_of_parts(httpd, server, content))
      httpd.survey.document_roots.push_back({part, "apache",
                                             httpd.survey.place(setting->args[0].span), php,
                                             site.id, part.substr(end.path.size())});
    walk_content(httpd, server, setting->args[0], site.php == "mod_php");
    if (setting->server == server) {
      check_grant(httpd, *setting, path, server);
      check_front_page(httpd, server, *setting, path);
      check_served_directory(httpd, server, end.path);
      if (site.php.empty()) check_php_as_text(httpd, *setting, path, server);
    }
  }
  httpd.survey.facts.add(std::move(site));
}

// The PHP of the main server's aliases may be set up in the virtual hosts alone.
std::string php_of_alias(const Httpd& httpd, int server, const Content& content) {
  auto php = php_of(httpd, server, content);
  const auto count = static_cast<int>(httpd.servers.size());
  for (int other = 1; server == 0 && php.empty() && other < count; ++other)
    php = php_of(httpd, other, content);
  return php;
}

// The site that an alias belongs to; the first one for an alias of the main server.
const facts::Site* site_of(const Httpd& httpd, int server) {
  std::optional<facts::Place> own;
  if (server != 0) own = httpd.survey.place(httpd.servers[static_cast<std::size_t>(server)].span);
  for (const auto& site : httpd.survey.facts.rows<facts::Site>()) {
    if (site.service != "apache") continue;
    if (!own || (site.path == own->path && site.line == own->line)) return &site;
  }
  return nullptr;
}

// An application has a script at its top; a directory of files has none, however large it is.
bool has_script(const Httpd& httpd, const std::string& directory) {
  const auto names = tree::list_directory(httpd.survey.tree, directory);
  return names && std::ranges::any_of(
                      *names, [](const std::string& name) { return name.ends_with(".php"); });
}

bool is_below_one(const std::set<std::string>& roots, std::string_view path) {
  while (!roots.contains(std::string(path))) {
    if (path == "/") return false;
    path = tree::dirname(path);
  }
  return true;
}

// A directory behind an Alias is content like a document root: Debian's packages bring their
// applications so.
// `granted`: another directive may answer before any Alias does, so that no grant is missed.
void read_alias(Httpd& httpd, const Setting& setting, bool granted, std::set<std::string>& roots) {
  if (setting.args.size() != 2 || !setting.args[0].known || !setting.args[1].known) return;
  const auto path = httpd.path_of(setting.args[1].value);
  const auto end = tree::resolve(httpd.survey.tree, path);
  if (!end || end.stat.type != tree::FileType::directory) return;
  check_alias_slash(httpd, setting);
  if (!granted) check_alias_grant(httpd, setting, path);
  check_served_directory(httpd, setting.server, end.path);
  const auto* site = site_of(httpd, setting.server);
  if (is_below_one(roots, end.path) || site == nullptr) return;
  roots.insert(end.path);
  auto url = setting.args[0].value;
  while (url.ends_with('/')) url.pop_back();
  auto php = php_of_alias(httpd, setting.server, {path, url, {}});
  if (!has_script(httpd, end.path)) php.clear();
  httpd.survey.note_file(path, "apache", "document-root");
  httpd.survey.document_roots.push_back({end.path, "apache",
                                         httpd.survey.place(setting.args[1].span), php, site->id,
                                         std::move(url)});
  walk_content(httpd, setting.server, setting.args[1], php == "mod_php");
}

}  // namespace

void read_sites(Httpd& httpd) {
  const auto count = static_cast<int>(httpd.servers.size());
  for (int server = 0; server < count; ++server) read_site(httpd, server);
  std::set<std::string> roots;
  for (const auto& root : httpd.survey.document_roots)
    if (root.service == "apache") roots.insert(root.path);
  const bool granted = answers_before_alias(httpd);
  for (const auto& setting : httpd.settings)
    if (setting.name == "alias" && setting.section < 0) read_alias(httpd, setting, granted, roots);
}

}  // namespace stackaudit::stack::apache
