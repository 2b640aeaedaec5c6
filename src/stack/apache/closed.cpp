// Requests that a Require refuses to everybody: addresses that cannot be a client's where nothing
// but loopback is listened on, and a front page that a <Files> section closes; programs and pages
// that requests are sent to and that are not there.
#include "stack/apache/address.hpp"
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/regex.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

bool listens_only_here(const Httpd& httpd) {
  bool any = false;
  for (const auto& setting : httpd.settings) {
    if (setting.name != "listen" || setting.args.empty()) continue;
    const auto host = split_host_port(setting.args[0].value).host;
    if (!setting.args[0].known) return false;
    if (!numeric_address(host).loopback && lower(host) != "localhost") return false;
    any = true;
  }
  return any;
}

// "10.0.0.0/8", "192.168": none of the machine's own; a name, a variable or an expression may be.
bool is_foreign(const Arg& arg) {
  const auto& text = arg.value;
  if (!arg.known || text.empty() || text.find_first_not_of("0123456789./") != std::string::npos)
    return false;
  const auto first = text.substr(0, text.find('.'));
  return first != "127" && first != "0" && !text.ends_with("/0");
}

// Whether the lines of a section let in nobody but machines elsewhere.
const Setting* only_elsewhere(const std::vector<const Setting*>& settings) {
  const Setting* found = nullptr;
  for (const auto* each : settings) {
    if (each->name == "satisfy" || each->name == "allow") return nullptr;
    if (each->name != "require") continue;
    if (each->args.size() < 2 || each->args[0].value != "ip") return nullptr;
    if (!std::all_of(each->args.begin() + 1, each->args.end(), is_foreign)) return nullptr;
    if (found == nullptr) found = each;
  }
  return found;
}

bool denies_all(const std::vector<const Setting*>& settings) {
  bool denied = false;
  for (const auto* each : settings) {
    if (each->name == "satisfy" || each->name == "order") return false;
    if (each->name != "require") continue;
    if (each->args.size() != 2 || each->args[0].value != "all" ||
        !equal_ignoring_case(each->args[1].value, "denied"))
      return false;
    denied = true;
  }
  return denied;
}

class Closed {
 public:
  explicit Closed(Httpd& httpd) : httpd_(httpd) {}

  void run() {
    if (httpd_.foreign || httpd_.incomplete) return;
    const bool here = listens_only_here(httpd_) && !httpd_.loaded("mod_remoteip.c");
    for (std::size_t i = 0; i < httpd_.sections.size(); ++i) {
      std::vector<const Setting*> settings;
      for (const auto number : httpd_.index.of_section[i])
        if (per_directory_section(httpd_, httpd_.settings[number].section) == static_cast<int>(i))
          settings.push_back(&httpd_.settings[number]);
      if (settings.empty()) continue;
      if (here) elsewhere(settings);
      if (denies_all(settings)) front_pages(httpd_.sections[i]);
    }
  }

 private:
  // <RequireAny> and its kin around the line, or a method that a <Limit> names, say more.
  [[nodiscard]] bool plain(const Setting& setting) const {
    const int own = per_directory_section(httpd_, setting.section);
    return own == setting.section && httpd_.sections[static_cast<std::size_t>(own)].kind != "if" &&
           !httpd_.sections[static_cast<std::size_t>(own)].kind.starts_with("else");
  }

  void elsewhere(const std::vector<const Setting*>& settings) {
    const auto* refusing = only_elsewhere(settings);
    if (refusing == nullptr ||
        !std::ranges::all_of(settings, [&](const Setting* each) { return plain(*each); }))
      return;
    report(httpd_, {refusing->span,
                    "refuses-everybody",
                    false,
                    "Apache listens on loopback alone, so every client is this machine, and none "
                    "is let in here: HTTP 403",
                    "take the client's address from the proxy (a2enmod remoteip, RemoteIPHeader), "
                    "or let the proxy decide who may come",
                    {}});
  }

  // A <Files> section outside of any directory, that closes the page a site begins with.
  void front_pages(const Section& section) {
    if (!section.kind.starts_with("files") || section.args.empty() || section.parent >= 0) return;
    const auto& pattern = section.args.back();
    if (!pattern.known) return;
    for (int server = 0; server < static_cast<int>(httpd_.servers.size()); ++server) {
      if (section.server != 0 && section.server != server) continue;
      const auto* root = find_setting(httpd_, "documentroot", server);
      if (root == nullptr || (server == 0 && httpd_.servers.size() > 1)) continue;
      const auto page = front_page(httpd_.path_of(root->args[0].value), server);
      if (page.empty() || !fits(section, pattern.value, page)) continue;
      return report(httpd_, {section.span,
                             "refuses-everybody",
                             false,
                             "the front page of the site is closed to everybody: " + page +
                                 " fits this section, HTTP 403",
                             "let the pattern leave out the files that the site runs",
                             {}});
    }
  }

  [[nodiscard]] static bool fits(const Section& section, const std::string& pattern,
                                 const std::string& page) {
    if (section.kind == "filesmatch" || section.args[0].value == "~")
      return text::Regex(pattern, text::Regex::kHttpd).matches(page).value_or(false);
    return tree::matches(pattern, page);
  }

  // The first name of DirectoryIndex that is there, where it is said outside of sections.
  [[nodiscard]] std::string front_page(const std::string& root, int server) const {
    const auto* index = find_setting(httpd_, "directoryindex", server);
    if (index == nullptr) return {};
    for (const auto& arg : index->args)
      if (arg.known && arg.value.find('/') == std::string::npos &&
          httpd_.survey.state_of(tree::join(root, arg.value), "file") == "found")
        return arg.value;
    return {};
  }

  Httpd& httpd_;
};

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
  facts::Reference row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  row.kind = "fallback";
  row.as_written = arg.value;
  row.resolved = path;
  row.wanted = "file";
  row.state = "missing";
  row.required = false;
  row.nearest = httpd.survey.nearest_path(path);
  row.process = httpd.child.process;
  row.user = httpd.child.who.name;
  row.call = "stat";
  row.effect = "HTTP 404 or 500 for every address that is no file";
  httpd.survey.facts.add(std::move(row));
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

// Action TYPE URL: the program that every file of that type is handed to.
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
  facts::Reference row;
  static_cast<facts::Place&>(row) = httpd.survey.place(arg.span);
  row.service = "apache";
  row.kind = "action";
  row.as_written = arg.value;
  row.resolved = first;
  row.wanted = "file";
  row.state = "missing";
  row.required = false;
  row.nearest = httpd.survey.nearest_path(first);
  row.process = httpd.child.process;
  row.user = httpd.child.who.name;
  row.call = "stat";
  row.effect = "HTTP 404 for every file of that type";
  httpd.survey.facts.add(std::move(row));
}

}  // namespace

void check_closed(Httpd& httpd) {
  Closed(httpd).run();
  for (const auto& setting : httpd.settings)
    if (setting.name == "fallbackresource")
      check_fallback(httpd, setting);
    else if (setting.name == "action")
      check_action(httpd, setting);
}

}  // namespace stackaudit::stack::apache
