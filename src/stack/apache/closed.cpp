// Requests that a Require refuses to everybody: addresses that cannot be a client's where nothing
// but loopback is listened on, and a front page that a <Files> section closes.
#include "stack/apache/address.hpp"
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "stack/net.hpp"
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

// "Require host example.org": the client's name, looked up by its address, is that or ends so.
bool is_foreign_host(const Httpd& httpd, const Arg& arg) {
  const auto& tree = httpd.survey.tree;
  if (!arg.known || arg.value.empty() || !knows_hosts(tree)) return false;
  const auto wanted = lower(arg.value);
  const auto fits = [&](const std::string& name) {
    return lower(name) == wanted || ("." + lower(name)).ends_with("." + wanted) ||
           (wanted.front() == '.' && lower(name).ends_with(wanted));
  };
  return wanted != "localhost" && std::ranges::none_of(hosts_lines(tree), [&](const auto& line) {
           return is_loopback(line.first) && std::ranges::any_of(line.second, fits);
         });
}

// Whether the lines of a section let in nobody but machines elsewhere.
const Setting* only_elsewhere(const Httpd& httpd, const std::vector<const Setting*>& settings) {
  const Setting* found = nullptr;
  for (const auto* each : settings) {
    if (each->name == "satisfy" || each->name == "allow") return nullptr;
    if (each->name != "require") continue;
    if (each->args.size() < 2) return nullptr;
    const auto& kind = each->args[0].value;
    const auto foreign = [&](const Arg& arg) {
      return kind == "ip" ? is_foreign(arg) : kind == "host" && is_foreign_host(httpd, arg);
    };
    if (!std::all_of(each->args.begin() + 1, each->args.end(), foreign)) return nullptr;
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
    const auto* refusing = only_elsewhere(httpd_, settings);
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

}  // namespace

void check_closed(Httpd& httpd) {
  Closed(httpd).run();
}

}  // namespace stackaudit::stack::apache
