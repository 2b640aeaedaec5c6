// Whether a request for a document root itself finds a page: DirectoryIndex as it is merged on the
// way there. Where a rewrite, a section with a pattern or a handler may decide, nothing is said.
// And whether the page of FallbackResource and the program of Action are there.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/regex.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

constexpr auto kPageSuffixes =
    std::to_array<std::string_view>({".html", ".htm", ".php", ".xhtml", ".shtml", ".phtml"});
// With one of these the request may be answered without an index file.
constexpr auto kOtherAnswers = std::to_array<std::string_view>(
    {"fallbackresource", "sethandler", "redirect", "redirectmatch", "proxypass", "proxypassmatch",
     "aliasmatch", "wsgiscriptalias", "action"});

struct Front {
  std::vector<const Setting*> names;  // of the most specific level that says DirectoryIndex
  bool clear = true;                  // false: something else may answer
};

bool holds_here(const Httpd& httpd, int section, const std::string& root) {
  const int at = per_directory_section(httpd, section);
  if (at < 0) return true;
  const auto& each = httpd.sections[static_cast<std::size_t>(at)];
  if (each.kind.starts_with("files")) return false;
  if (is_regex(each) || each.args.empty()) return true;
  if (each.kind == "location") return each.args[0].value == "/";
  if (each.kind != "directory") return true;
  return tree::is_within(root, tree::normalize(each.args[0].value));
}

// A rule of a .htaccess file is asked about the path below its directory: "" for the directory.
bool may_rewrite(const Setting& setting, bool htaccess) {
  if (!htaccess || setting.args.size() < 2) return true;
  std::string_view pattern = setting.args[0].value;
  const bool negated = pattern.starts_with('!');
  if (negated) pattern.remove_prefix(1);
  const auto flags = setting.args.size() > 2 ? lower(setting.args[2].value) : std::string{};
  const bool answers = flags.find_first_of("fgrh") != std::string::npos;  // F, G, R=, H=, or may be
  if (setting.args[1].value == "-" && (!answers || flags.starts_with("[e="))) return false;
  const auto fits = text::Regex(pattern, text::Regex::kHttpd).matches("");
  return !fits || *fits != negated;
}

void consider(const Httpd& httpd, const Setting& setting, const std::string& root, bool htaccess,
              Front& front) {
  const bool other = std::ranges::find(kOtherAnswers, setting.name) != kOtherAnswers.end();
  if (!other && setting.name != "directoryindex" && setting.name != "rewriterule") return;
  if (!holds_here(httpd, setting.section, root)) return;
  if (other || (setting.name == "rewriterule" && may_rewrite(setting, htaccess)))
    front.clear = false;
}

// The names said directly in a list of settings, if any, replace those before.
void take(const std::vector<const Setting*>& settings, Front& front) {
  std::vector<const Setting*> names;
  for (const auto* setting : settings)
    if (setting->name == "directoryindex" && !setting->args.empty()) names.push_back(setting);
  if (!names.empty()) front.names = std::move(names);
}

void take_directory(const Httpd& httpd, int server, const std::string& directory, Front& front) {
  const auto key = directory == "/" ? std::string{} : directory;
  for (const int each : {0, server}) {
    const auto& index = httpd.index.servers[static_cast<std::size_t>(each)];
    if (const auto it = index.directories.find(key); it != index.directories.end())
      for (const auto section : it->second) {
        std::vector<const Setting*> settings;
        for (const auto number : httpd.index.of_section[section])
          settings.push_back(&httpd.settings[number]);
        take(settings, front);
      }
    if (server == 0) break;
  }
  for (const auto& [file, settings] : httpd.htaccess_settings) {
    if (file.second != server || tree::dirname(file.first) != directory) continue;
    std::vector<const Setting*> own;
    for (const auto& setting : settings)
      if (per_directory_section(httpd, setting.section) < 0) own.push_back(&setting);
    take(own, front);
  }
}

Front front_of(const Httpd& httpd, int server, const std::string& root) {
  Front front;
  for (const int each : {0, server}) {
    std::vector<const Setting*> outside;
    for (const auto number : httpd.index.servers[static_cast<std::size_t>(each)].settings) {
      const auto& setting = httpd.settings[number];
      consider(httpd, setting, root, false, front);
      const int at = per_directory_section(httpd, setting.section);
      if (at < 0) outside.push_back(&setting);
      const bool pattern =
          at >= 0 && httpd.sections[static_cast<std::size_t>(at)].kind != "directory";
      if (pattern && setting.name == "directoryindex") front.clear = false;
    }
    take(outside, front);
    if (server == 0) break;
  }
  for (const auto& [file, settings] : httpd.htaccess_settings)
    if (file.second == server && tree::is_within(root, tree::dirname(file.first)))
      for (const auto& setting : settings) {
        consider(httpd, setting, root, true, front);
        if (setting.name == "options") front.clear = false;
      }
  for (std::size_t at = 0;; at = std::min(root.find('/', at + 1), root.size())) {
    take_directory(httpd, server, at == 0 ? "/" : root.substr(0, at), front);
    if (at >= root.size()) break;
  }
  return front;
}

bool listing(const Httpd& httpd, int server, const std::string& root) {
  const auto state = in_force_at(httpd, server, root);
  return state.uncertain || state.grant == Grant::denied || state.grant == Grant::conditional ||
         ((state.options & kIndexesOption) != 0 && httpd.has_module("mod_autoindex.c") != false);
}

std::vector<std::string> pages_in(const Httpd& httpd, const std::string& root) {
  std::vector<std::string> pages;
  if (const auto names = tree::list_directory(httpd.survey.tree, root))
    for (const auto& name : *names)
      if (std::ranges::any_of(kPageSuffixes, [&](auto end) { return name.ends_with(end); }))
        pages.push_back(name);
  return pages;
}

// A row for a file that a child looks for when a request comes, and does not find.
facts::Reference absent_page(const Httpd& httpd, const Arg& arg, std::string_view kind,
                             std::string path, std::string_view effect) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  row.kind = kind;
  row.as_written = arg.value;
  row.resolved = std::move(path);
  row.effect = effect;
  row.state = "missing";
  row.required = false;
  row.wanted = "file";
  row.process = httpd.child.process;
  row.user = httpd.child.who.name;
  row.call = "stat";
  return row;
}

// Whether another directive may answer the URL in its place.
bool leads_away(const Httpd& httpd, const Setting& fallback) {
  return std::ranges::any_of(httpd.settings, [&](const Setting& other) {
    if (other.server != 0 && other.server != fallback.server) return false;
    if (other.name == "rewriterule" || other.name == "aliasmatch" ||
        other.name == "scriptaliasmatch" || other.name == "proxypassmatch")
      return true;
    const bool prefix =
        other.name == "alias" || other.name == "scriptalias" || other.name == "proxypass";
    if (!prefix || other.args.empty()) return false;
    return other.section >= 0 || fallback.args[0].value.starts_with(other.args[0].value);
  });
}

// Where a URL leads in a server: what a ScriptAlias or Alias makes of it, else below its root;
// empty where that is not known.
std::string file_of(const Httpd& httpd, int server, const std::string& url) {
  for (const auto& other : httpd.settings) {
    if (other.server != 0 && other.server != server) continue;
    if (other.name == "aliasmatch" || other.name == "scriptaliasmatch") return {};
    if ((other.name != "alias" && other.name != "scriptalias") || other.args.size() < 2) continue;
    if (url.starts_with(other.args[0].value))
      return tree::normalize(httpd.path_of(other.args[1].value) + "/" +
                             url.substr(other.args[0].value.size()));
  }
  const auto* root = find_setting(httpd, "documentroot", server);
  if (root == nullptr || !root->args[0].known) return {};
  return tree::normalize(httpd.path_of(root->args[0].value) + url);
}

// Action TYPE URL, Script METHOD URL: the program that every file of that type, every request of
// that method is handed to.
void check_action(Httpd& httpd, const Setting& setting) {
  if (setting.args.size() != 2 || !setting.args[1].known) return;
  const auto& arg = setting.args[1];
  if (!arg.value.starts_with('/')) return;
  std::string first;
  const auto count = static_cast<int>(httpd.servers.size());
  for (int server = setting.server; server < count; ++server) {
    if (setting.server != 0 && server != setting.server) break;
    if (server == 0 && count > 1) continue;
    const auto path = file_of(httpd, server, arg.value);
    if (path.empty() || httpd.survey.state_of(path, "file") != "missing") return;
    if (first.empty()) first = path;
  }
  if (first.empty()) return;
  add_absent_page(httpd, arg, "action", first,
                  setting.name == "script" ? "HTTP 404 for every such " + setting.args[0].value
                                           : "HTTP 404 for every file of that type");
}

// Without mod_dir no directory has an index, whatever lies in it.
void without_index(Httpd& httpd, const Arg& arg, const std::string& root) {
  const auto pages = pages_in(httpd, root);
  const auto page = std::ranges::find_if(
      pages, [](const std::string& name) { return name == "index.php" || name == "index.html"; });
  if (page == pages.end()) return;
  auto row = absent_page(httpd, arg, "index-module", "", "HTTP 403 or 404");
  row.as_written = tree::join(root, *page);
  row.wanted = "module";
  httpd.survey.facts.add(std::move(row));
}

}  // namespace

void add_absent_page(Httpd& httpd, const Arg& arg, std::string_view kind, std::string path,
                     std::string_view effect) {
  auto row = absent_page(httpd, arg, kind, std::move(path), effect);
  row.nearest = httpd.survey.nearest_path(row.resolved);
  httpd.survey.facts.add(std::move(row));
}

void check_front_page(Httpd& httpd, int server, const Setting& root_setting,
                      const std::string& root) {
  if (httpd.foreign || httpd.incomplete) return;
  const auto has_dir = httpd.has_module("mod_dir.c");
  if (!has_dir) return;
  const auto front = front_of(httpd, server, root);
  if (!front.clear || listing(httpd, server, root)) return;
  if (!*has_dir) return without_index(httpd, root_setting.args[0], root);
  const auto there = [&](const std::string& name) {
    return name.starts_with('/') || name.find('%') != std::string::npos ||
           httpd.survey.state_of(tree::join(root, name), "file") != "missing";
  };
  for (const auto* setting : front.names)
    for (const auto& arg : setting->args)
      if (!arg.known || there(arg.value)) return;
  if (front.names.empty() && there("index.html")) return;
  const auto pages = pages_in(httpd, root);
  if (pages.empty()) return;
  const auto& arg = front.names.empty() ? root_setting.args[0] : front.names.back()->args[0];
  const auto name = front.names.empty() ? "index.html" : arg.value;
  auto row = absent_page(httpd, arg, "index", tree::join(root, name), "HTTP 403 or 404");
  row.as_written = name;
  row.nearest = text::nearest(name, pages).value_or("");
  if (!front.names.empty()) row.replacement = row.nearest;
  httpd.survey.facts.add(std::move(row));
}

// A URL of the site that answers for whatever is not there.
void check_fallback(Httpd& httpd, const Setting& setting) {
  if (setting.args.size() != 1 || !setting.args[0].known) return;
  const auto& arg = setting.args[0];
  if (!arg.value.starts_with('/') || arg.value.find('%') != std::string::npos) return;
  const auto* root = find_setting(httpd, "documentroot", setting.server);
  if (root == nullptr || !root->args[0].known) return;
  if (leads_away(httpd, setting)) return;
  const auto top = httpd.path_of(root->args[0].value);
  const auto path = tree::normalize(top + arg.value.substr(0, arg.value.find('?')));
  if (httpd.survey.state_of(top, "directory") != "found" ||
      httpd.survey.state_of(path, "file") != "missing")
    return;
  add_absent_page(httpd, arg, "fallback", path,
                  "HTTP 404 or 500 for every address that is no file");
}

void check_answering_pages(Httpd& httpd) {
  for (const auto& setting : httpd.settings)
    if (setting.name == "fallbackresource")
      check_fallback(httpd, setting);
    else if (setting.name == "action" || setting.name == "script")
      check_action(httpd, setting);
}

}  // namespace stackaudit::stack::apache
