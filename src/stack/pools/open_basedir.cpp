// php_check_open_basedir, observed with PHP 8.2: directories separated by colons, compared where
// their links lead; a name that does not exist, is relative or has a blank before it allows
// nothing.
#include "stack/pools/fastcgi_parameters.hpp"
#include "stack/pools/php_runtime.hpp"
#include "stack/pools/pools.hpp"
#include "stack/pools/prepended.hpp"
#include "stack/served/serving.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// The setting in force for one process that runs PHP.
struct Fenced {
  IniValue setting;
  std::string chroot;
  std::string process;  // as facts::Access::process
  const DocumentRoot* root = nullptr;
};

struct Refused {
  std::string path;
  std::string message;
  facts::Place related;  // where the file is named; no path: nowhere
  std::size_t others = 0;
};

bool is_off(std::string_view value) {
  static constexpr std::array<std::string_view, 7> kOff{"",      "none", "off", "no",
                                                        "false", "null", "/"};
  return std::ranges::any_of(
      kOff, [&](std::string_view word) { return text::equal_ignoring_case(word, value); });
}

// Whether PHP may open the canonical path; none where a name of the list is relative to a directory
// that only the request decides.
std::optional<bool> lets_in(const tree::Tree& tree, const Fenced& fenced, std::string_view path) {
  std::string_view rest = fenced.setting.value;
  bool certain = true;
  while (!rest.empty()) {
    const auto colon = std::min(rest.find(':'), rest.size());
    const auto entry = rest.substr(0, colon);
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    if (entry.empty() || entry.starts_with('.') || entry.find('$') != std::string_view::npos)
      certain = false;
    if (!entry.starts_with('/')) continue;
    const auto named = tree::normalize(fenced.chroot + std::string(entry));
    const auto end = tree::resolve(tree, named);
    if (tree::is_within(path, end ? end.path : named)) return true;
  }
  return certain ? std::optional(false) : std::nullopt;
}

class Basedirs {
 public:
  explicit Basedirs(Survey& survey)
      : survey_(survey), nginx_(survey.blocks("nginx")), apache_(survey.blocks("apache")) {
    for (const auto& row : survey.facts.rows<facts::Directive>())
      if (row.service == "apache" && (row.name == "php_admin_value" || row.name == "php_value") &&
          row.args.starts_with(kName))
        lines_.push_back(&row);
  }

  void run() {
    for (const auto& root : survey_.document_roots) {
      const auto fenced = setting_for(root);
      if (!fenced || is_off(fenced->setting.value)) continue;
      if (auto refused = first_refused(*fenced)) add(*fenced, *refused);
    }
  }

 private:
  std::optional<Fenced> setting_for(const DocumentRoot& root) const {
    if (root.php == "mod_php") return of_module(root);
    const auto* pool = pool_for(survey_, root.php);
    if (pool == nullptr) return std::nullopt;
    Fenced fenced{{}, pool->chroot, pool->worker.process, &root};
    if (auto sent = sent_with_requests(root))
      fenced.setting = *std::move(sent);
    else if (const auto own = pool->php_values.find("open_basedir"); own != pool->php_values.end())
      fenced.setting = own->second;
    else if (auto beside = user_ini(survey_, root.path, *pool); beside.contains("open_basedir"))
      fenced.setting = beside["open_basedir"];
    else if (!of_ini(pool->ini_directory, fenced.setting))
      return std::nullopt;
    return fenced;
  }

  // fastcgi_param PHP_ADMIN_VALUE "open_basedir=..."; several settings stand on lines of their own.
  [[nodiscard]] std::optional<IniValue> sent_with_requests(const DocumentRoot& root) const {
    const auto* server = server_of(survey_, nginx_, root);
    const auto* pass = server == nullptr ? nullptr : pass_in(nginx_, *server);
    if (pass == nullptr) return std::nullopt;
    std::optional<IniValue> found;
    for (const auto* row : parameters_of(nginx_, *pass)) {
      if (!row->args.starts_with("PHP_ADMIN_VALUE ") && !row->args.starts_with("PHP_VALUE "))
        continue;
      constexpr std::string_view kSetting = "open_basedir";
      const auto at = row->args.find(kSetting);
      if (at == std::string::npos) continue;
      auto value = row->args.substr(at + kSetting.size());
      value = value.substr(0, value.find_first_of("\n\\\"'"));
      value.erase(0, std::min(value.find_first_not_of(" \t="), value.size()));
      for (const std::string_view name : {"$document_root", "$realpath_root"})
        if (const auto begin = value.find(name); begin != std::string::npos)
          value.replace(begin, name.size(), root.path);
      found = {std::move(value), *row};
    }
    return found;
  }

  bool of_ini(const std::string& directory, IniValue& setting) const {
    const auto* found = find(survey_.ini_of(directory), "open_basedir");
    if (found != nullptr) setting = *found;
    return found != nullptr;
  }

  std::optional<Fenced> of_module(const DocumentRoot& root) const {
    if (!survey_.apache_child) return std::nullopt;
    Fenced fenced{{}, {}, survey_.apache_child->process, &root};
    bool any = false;
    for (const auto& [directory, values] : survey_.php_ini)
      if (tree::basename(directory) == "apache2") any = of_ini(directory, fenced.setting) || any;
    for (const auto* row : lines_) {
      if (!holds_for(*row, root)) continue;
      auto value = row->args.substr(kName.size());
      std::erase(value, '"');
      fenced.setting = {std::move(value), *row};
      any = true;
    }
    return any ? std::optional(fenced) : std::nullopt;
  }

  // Whether the sections around an Apache directive hold for the whole document root.
  [[nodiscard]] bool holds_for(const facts::Directive& row, const DocumentRoot& root) const {
    const auto& sites = survey_.facts.rows<facts::Site>();
    const auto site = std::ranges::find(sites, root.site, &facts::Site::id);
    for (const auto* at = apache_.parent(row); at != nullptr; at = apache_.parent(*at)) {
      if (at->name.starts_with("if")) continue;
      if (at->name == "virtualhost") {
        if (site == sites.end() || site->path != at->path || site->line != at->line) return false;
        continue;
      }
      auto directory = at->args;
      std::erase(directory, '"');
      if (at->name != "directory" || !tree::is_within(root.path, tree::normalize(directory)))
        return false;
    }
    return !row.context.starts_with("htaccess");
  }

  // A prepended file is opened before the script, the script before what it requires.
  std::optional<Refused> first_refused(const Fenced& fenced) const {
    if (auto refused = prepended(fenced)) return refused;
    if (auto refused = scripts(fenced)) return refused;
    if (auto refused = loaded(fenced, "require")) return refused;
    return loaded(fenced, "include");
  }

  [[nodiscard]] bool outside(const Fenced& fenced, const std::string& path) const {
    const auto end = tree::resolve(survey_.tree, path);
    return end && lets_in(survey_.tree, fenced, end.path) == std::optional(false);
  }

  std::optional<Refused> prepended(const Fenced& fenced) const {
    for (const auto& row : survey_.facts.rows<facts::Reference>())
      if ((row.kind == "auto_prepend_file" || row.kind == "auto_append_file") &&
          row.process == fenced.process && row.state == "found" && outside(fenced, row.resolved))
        return Refused{row.resolved, row.kind + " " + row.resolved + " of every script", row, 0};
    return std::nullopt;
  }

  std::optional<Refused> scripts(const Fenced& fenced) const {
    std::optional<Refused> refused;
    for (const auto& row : survey_.facts.rows<facts::Access>()) {
      if (row.purpose != "php" || row.effect != "HTTP 403" || row.process != fenced.process ||
          !tree::is_within(row.target, fenced.root->path) || !outside(fenced, row.target))
        continue;
      if (refused)
        ++refused->others;
      else
        refused = Refused{row.target, "the script " + row.target, {}, 0};
    }
    return refused;
  }

  [[nodiscard]] std::optional<Refused> loaded(const Fenced& fenced, std::string_view kind) const {
    for (const auto& row : survey_.facts.rows<facts::Reference>())
      if (row.kind == kind && !row.guarded && (row.required || kind == "include") &&
          row.state == "found" && row.process == fenced.process && !row.reached_from.empty() &&
          tree::is_within(row.reached_from, fenced.root->path) && outside(fenced, row.resolved))
        return Refused{row.resolved,
                       row.resolved + ", which " + row.path + " " + std::string(kind) + "s", row,
                       0};
    return std::nullopt;
  }

  void add(const Fenced& fenced, const Refused& refused) {
    if (!told_.insert(fenced.setting.place.path + ':' + fenced.process).second) return;
    auto& row = survey_.add_problem(fenced.setting.place,
                                    {.service = "php",
                                     .language = "ini",
                                     .code = "open-basedir",
                                     .severity = "error",
                                     .message = "open_basedir does not allow " + refused.message,
                                     .help = "add " + std::string(tree::dirname(refused.path)) +
                                             " to the list, directories separated by colons"});
    if (refused.others > 0)
      row.message += ", and " + std::to_string(refused.others) + " more scripts";
    Survey::relate(row, refused.related, "the file is named here");
  }

  Survey& survey_;
  static constexpr std::string_view kName = "open_basedir ";
  const Blocks& nginx_;
  std::vector<const facts::Directive*> lines_;  // of Apache, that set it
  const Blocks& apache_;
  std::set<std::string> told_;
};

}  // namespace

void find_open_basedir(Survey& survey) {
  if (!survey.document_roots.empty()) Basedirs(survey).run();
}

}  // namespace stackaudit::stack
