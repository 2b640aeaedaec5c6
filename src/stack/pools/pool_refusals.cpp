// What php-fpm itself refuses of the requests that a web server sends to a pool: scripts that its
// chroot does not show, extensions that it does not run, clients that it does not know.
#include "stack/pools/fastcgi_parameters.hpp"
#include "stack/pools/php_runtime.hpp"
#include "stack/pools/pools.hpp"
#include "stack/served/serving.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kDefaultExtensions = ".php .phar";

class Refusals {
 public:
  explicit Refusals(Survey& survey) : survey_(survey), nginx_(survey.blocks("nginx")) {}

  void run() {
    for (const auto& root : survey_.document_roots) {
      const auto* pool = root.php == "mod_php" ? nullptr : pool_for(survey_, root.php);
      if (pool == nullptr) continue;
      if (!pool->chroot.empty()) chroot(*pool, root);
      if (survey_.facts.rows<facts::Access>().size() > 0) extensions(*pool, root);
    }
    for (const auto& dial : survey_.facts.rows<facts::Dial>())
      if (dial.answered_by == "php-fpm" && dial.port && dial.local) client(dial);
  }

 private:
  std::string script_filename(const facts::Directive& pass) const {
    std::string value;
    for (const auto* row : parameters_of(nginx_, pass)) {
      const auto words = text::words(row->args);
      if (words.size() > 1 && words[0] == "SCRIPT_FILENAME") value = words[1];
    }
    return value;
  }

  // The directory that the web server puts before the name of a script; empty: not known.
  std::string sent_directory(const DocumentRoot& root, const facts::Directive* pass) const {
    if (root.service == "apache") return root.path;
    if (pass == nullptr) return {};
    auto value = script_filename(*pass);
    std::erase(value, '"');
    if (value.starts_with("$document_root") || value.starts_with("$realpath_root"))
      return root.path;
    const auto variable = value.find('$');
    if (!value.starts_with('/') || variable == std::string::npos) return {};
    return value.substr(0, variable);
  }

  void chroot(const Pool& pool, const DocumentRoot& root) {
    const auto* server = server_of(survey_, nginx_, root);
    const auto* pass = server == nullptr ? nullptr : pass_in(nginx_, *server);
    const auto directory = sent_directory(root, pass);
    const auto inside = tree::normalize(pool.chroot + directory);
    if (directory.empty() || survey_.state_of(inside, "directory") != "missing" ||
        survey_.state_of(pool.chroot, "directory") != "found")
      return;
    const auto* setting = find(pool.settings, "chroot");
    if (setting == nullptr || !told_.insert("chroot " + pool.name).second) return;
    auto& row =
        problem(*setting, "chroot-script",
                "the scripts are sent as " + directory + "/..., which inside the chroot of pool " +
                    pool.name + " is " + inside + "/...: no such directory");
    const auto below = tree::is_within(root.path, pool.chroot)
                           ? root.path.substr(pool.chroot.size())
                           : std::string{};
    row.help = below.empty() ? "keep the scripts below " + pool.chroot +
                                   ", and send their names as they are there"
                             : "fastcgi_param SCRIPT_FILENAME " + below + "$fastcgi_script_name;";
    const facts::Place& place = pass != nullptr ? *pass : root.place;
    Survey::relate(row, place, "the scripts are sent from here");
  }

  // Existing files of the root that the web server sends to PHP and that are none of the
  // extensions.
  void extensions(const Pool& pool, const DocumentRoot& root) {
    const auto* setting = find(pool.settings, "security.limit_extensions");
    const auto listed =
        setting == nullptr ? std::string(kDefaultExtensions) : extension_list(setting->value);
    const auto allowed = text::words(listed);
    if (allowed.empty()) return;
    std::size_t sent = 0, refused = 0;
    std::string first;
    for (const auto& path : scripts_of(pool, root)) {
      ++sent;
      if (std::ranges::any_of(allowed, [&](const auto& end) { return path.ends_with(end); }))
        continue;
      if (refused++ == 0) first = path;
    }
    if (refused == 0 || !told_.insert("extensions " + pool.name).second) return;
    auto& row =
        problem(setting != nullptr ? *setting : IniValue{{}, pool.place}, "limit-extensions",
                "pool " + pool.name + " runs only " +
                    (setting != nullptr ? setting->value : std::string(kDefaultExtensions)) +
                    " and refuses " + first + ", which " + root.service + " sends to it");
    if (refused < sent) row.severity = "warning";
    if (refused > 1) row.message += " (and " + std::to_string(refused - 1) + " more)";
    row.help = "name the extension in security.limit_extensions, separated by blanks";
    Survey::relate(row, root.place, "the site");
  }

  static std::string extension_list(const std::string& value) {
    const bool off = value == "FALSE" || value == "false" || value == "none" || value == "no" ||
                     value == "off" || value == "null";
    return off ? std::string{} : value;
  }

  // The front scripts of the application, and what else of the document root goes to PHP.
  std::set<std::string> scripts_of(const Pool& pool, const DocumentRoot& root) const {
    std::set<std::string> scripts;
    const auto* server = server_of(survey_, nginx_, root);
    const auto sent = [&](const std::string& path) {
      if (root.service == "apache") return path.ends_with(".php");
      return server != nullptr &&
             served::nginx_taken(nginx_, *server, path.substr(root.path.size())).delivery ==
                 served::Delivery::run;
    };
    for (const auto& row : survey_.facts.rows<facts::Access>())
      if (row.purpose == "php" && row.effect == "HTTP 403" && row.process == pool.worker.process &&
          row.target.starts_with(root.path + "/") && sent(row.target))
        scripts.insert(row.target);
    if (root.service != "nginx") return scripts;
    const auto names = survey_.tree.list(root.path);
    for (std::size_t i = 0; names && i < names->size() && i < kMostNames; ++i) {
      const auto path = tree::join(root.path, (*names)[i]);
      if (survey_.state_of(path, "file") == "found" && sent(path)) scripts.insert(path);
    }
    return scripts;
  }

  // fcgi_is_allowed: the addresses are compared as text, one with a blank before it fits nobody.
  void client(const facts::Dial& dial) {
    const auto source = dial.address.starts_with("127.") ? std::string("127.0.0.1") : dial.address;
    if (source != "127.0.0.1" && source != "::1") return;
    const auto php = "tcp:" + (dial.family == "inet6" ? "[" + source + "]" : source) + ":" +
                     std::to_string(*dial.port);
    const auto* pool = pool_for(survey_, php);
    const auto* setting =
        pool == nullptr ? nullptr : find(pool->settings, "listen.allowed_clients");
    if (setting == nullptr) return;
    const auto allowed = text::fields(setting->value, ',');
    if (std::ranges::find(allowed, source) != allowed.end()) return;
    if (!told_.insert("client " + pool->name).second) return;
    auto& row = problem(
        *setting, "allowed-clients",
        "pool " + pool->name + " refuses " + dial.service + ", which connects from " + source);
    row.help = setting->value.empty() ? "remove the line, or name " + source
                                      : "add " + source + ", separated by a comma without a blank";
    Survey::relate(row, dial, "it connects here");
  }

  facts::SyntaxProblem& problem(const IniValue& setting, std::string_view code,
                                std::string message) {
    return survey_.add_problem(setting.place, {.service = "php-fpm",
                                               .language = "ini",
                                               .code = code,
                                               .severity = "error",
                                               .message = std::move(message)});
  }

  static constexpr std::size_t kMostNames = 500;

  Survey& survey_;
  const Blocks& nginx_;
  std::set<std::string> told_;
};

}  // namespace

void find_pool_refusals(Survey& survey) {
  if (!survey.pools.empty()) Refusals(survey).run();
}

}  // namespace stackaudit::stack
