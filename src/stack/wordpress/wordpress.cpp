// The directories that an installation is told to use, its themes, must-use plugins and links.
#include "stack/wordpress/wordpress.hpp"

#include "stack/wordpress/core.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 4U << 20U;

facts::Reference reference(const facts::Place& place, std::string kind, const std::string& path) {
  facts::Reference row;
  static_cast<facts::Place&>(row) = place;
  row.service = "wordpress";
  row.kind = std::move(kind);
  row.as_written = row.resolved = path;
  row.state = "missing";
  row.wanted = "file";
  row.required = false;
  row.process = "php";
  row.call = "openat";
  return row;
}

class Installation {
 public:
  Installation(Survey& survey, std::string root) : survey_(survey), root_(std::move(root)) {}

  void read(const facts::Wordpress& row) {
    if (const auto end = tree::resolve(survey_.tree, row.config); !row.config.empty() && end)
      config_ = end.path;
    ending_ = ending();
    const bool there = directories();
    if (there) themes();
    must_use();
    links();
    page_cache();
    sunrise();
    host_configuration(row);
    compare_core(survey_, root_);
  }

 private:
  // Where wp-config.php loads WordPress, which has settings of its own for all that is not set
  // then.
  [[nodiscard]] std::int32_t ending() const {
    const auto text = tree::read_file(survey_.tree, config_, kLimit);
    const auto at = text ? text->rfind("wp-settings.php") : std::string::npos;
    return at == std::string::npos ? std::numeric_limits<std::int32_t>::max()
                                   : static_cast<std::int32_t>(at);
  }

  // The definition of wp-config.php; nullptr where there is none, or more than one.
  [[nodiscard]] const facts::PhpConstant* constant(std::string_view name) const {
    const facts::PhpConstant* found = nullptr;
    for (const auto& row : survey_.facts.rows<facts::PhpConstant>()) {
      if (row.name != name || row.path != config_ || row.span_begin > ending_) continue;
      if (found != nullptr) return nullptr;
      found = &row;
    }
    return found;
  }

  // Where wp-content is: WP_CONTENT_DIR, or below the installation; empty where not known.
  [[nodiscard]] std::string content() const {
    const auto* set = constant("WP_CONTENT_DIR");
    if (set == nullptr) return root_ + "/wp-content";
    return set->value ? tree::normalize(*set->value) : std::string{};
  }

  // What stands before a definition: the line's beginning, and the lines above.
  [[nodiscard]] std::string before(const facts::PhpConstant& row) const {
    const auto text = tree::read_file(survey_.tree, row.path, kLimit);
    const auto begin = static_cast<std::size_t>(row.span_begin.value_or(0));
    return text && row.span_begin && begin <= text->size() ? text->substr(0, begin) : std::string{};
  }

  // A definition that begins its line is taken to hold always.
  [[nodiscard]] static bool always(std::string_view before) {
    const auto line = before.substr(before.rfind('\n') + 1);
    return line.starts_with("define(") || line.starts_with("define (") || line.starts_with("const");
  }

  // Inside of an if that asks for the request or the environment: elsewhere the directory is there.
  [[nodiscard]] static bool of_some_requests(std::string_view before) {
    if (always(before)) return false;
    while (!before.empty()) {
      const auto line = before.substr(before.rfind('\n') + 1);
      const bool asks = line.find("$_") != line.npos || line.find("getenv") != line.npos;
      if (line.starts_with("if") || line.starts_with("} else") || line.starts_with("else"))
        return asks;
      if (line.starts_with('}')) return false;
      before.remove_suffix(std::min(line.size() + 1, before.size()));
    }
    return false;
  }

  struct Directory {
    std::string_view name, effect;
    bool required;
  };

  // Whether the directory of the themes is where it is said to be.
  bool directories() {
    static constexpr std::array<Directory, 3> kDirectories{
        Directory{"WP_CONTENT_DIR", "no theme and no plugin is found: blank pages", true},
        Directory{"WP_PLUGIN_DIR", "no plugin is loaded", false},
        Directory{"WPMU_PLUGIN_DIR", "no must-use plugin is loaded", false}};
    bool themes = true;
    for (const auto& [name, effect, required] : kDirectories) {
      const auto* set = constant(name);
      if (set == nullptr || !set->value || !set->value->starts_with('/')) continue;
      const auto state = survey_.state_of(*set->value, "directory");
      if (state == "found" || state == "unseen") continue;
      const auto text_before = before(*set);
      if (of_some_requests(text_before)) continue;
      auto row = reference(*set, "wordpress-directory", *set->value);
      row.as_written = name;
      row.state = state;
      row.wanted = "directory";
      row.required = required && always(text_before);
      row.effect = effect;
      row.nearest = survey_.nearest_path(tree::normalize(*set->value));
      survey_.facts.add(std::move(row));
      themes = themes && !required;
    }
    return themes;
  }

  // wp_get_mu_plugins() takes every name that ends in .php and includes it.
  void must_use() {
    const auto* set = constant("WPMU_PLUGIN_DIR");
    const auto folder = set != nullptr && set->value ? *set->value : content() + "/mu-plugins";
    for (const auto& path : tree::glob(survey_.tree, folder + "/*.php").paths) {
      const auto state = survey_.state_of(path, "file");
      if (state != "dangling" && state != "wrong-type") continue;
      auto row = reference(Survey::whole_file(path), "wordpress-mu-plugin", path);
      row.state = state;
      row.effect = "a warning at every request, and what the plugin does is missing";
      survey_.facts.add(std::move(row));
    }
  }

  // Plugins and themes that are kept elsewhere: WordPress switches a plugin off that it does not
  // find.
  void links() {
    const auto* set = constant("WP_PLUGIN_DIR");
    const auto plugins = set != nullptr && set->value ? *set->value : content() + "/plugins";
    for (const auto& [folder, effect] :
         {std::pair(plugins, "WordPress switches the plugin off"),
          std::pair(content() + "/themes", "blank pages, if the theme is the active one")}) {
      if (!folder.starts_with('/')) continue;
      for (const auto& path : tree::glob(survey_.tree, folder + "/*").paths) {
        if (survey_.state_of(path, "directory") != "dangling") continue;
        auto row = reference(Survey::whole_file(path), "wordpress-link", path);
        row.state = "dangling";
        row.effect = effect;
        survey_.facts.add(std::move(row));
      }
    }
  }

  // WP_CACHE alone does nothing: the page cache is advanced-cache.php.
  void page_cache() {
    const auto* set = constant("WP_CACHE");
    if (set == nullptr || set->value != std::optional<std::string>("1") || content().empty())
      return;
    const auto path = content() + "/advanced-cache.php";
    const auto state = survey_.state_of(path, "file");
    if (state == "found" || state == "unseen") return;
    auto row = reference(*set, "wordpress-page-cache", path);
    row.state = state;
    row.effect = "pages are not cached";
    survey_.facts.add(std::move(row));
  }

  // ms-settings.php includes it wherever the constant is defined, whatever it is.
  void sunrise() {
    const auto* set = constant("SUNRISE");
    if (set == nullptr || content().empty()) return;
    const auto path = content() + "/sunrise.php";
    const auto state = survey_.state_of(path, "file");
    if (state == "found" || state == "unseen") return;
    auto row = reference(*set, "wordpress-sunrise", path);
    row.state = state;
    row.effect =
        "a warning at every request, and domains that are mapped answer with the wrong site";
    survey_.facts.add(std::move(row));
  }

  // "Template: PARENT" in the header of style.css makes a child theme.
  void themes() {
    const auto directory = content() + "/themes";
    if (!directory.starts_with('/')) return;
    const auto there = [&](const std::string& theme) {
      return survey_.state_of(tree::join(directory, theme), "directory") != "missing";
    };
    for (const auto& path : tree::glob(survey_.tree, directory + "/*/style.css").paths) {
      const auto file = survey_.load(path, "reference", kLimit);
      if (!file) continue;
      const std::string_view content = survey_.sources.content(*file);
      const auto header = content.substr(0, content.find("*/"));
      const auto at = header.find("Template:");
      if (at == std::string_view::npos && header.find("Theme Name:") != std::string_view::npos)
        index(path);
      if (at == std::string_view::npos) continue;
      const auto begin = header.find_first_not_of(" \t", at + 9);
      const auto end = std::min(header.find_first_of("\r\n", at), header.size());
      if (begin >= end) continue;
      const auto last = header.find_last_not_of(" \t", end - 1);
      const std::string parent(header.substr(begin, last - begin + 1));
      if (there(parent)) continue;
      const text::Span span{*file, static_cast<std::uint32_t>(begin),
                            static_cast<std::uint32_t>(last + 1)};
      theme(survey_.place(span), directory, parent);
    }
    for (const auto& constant : survey_.facts.rows<facts::PhpConstant>())
      if (constant.name == "WP_DEFAULT_THEME" && constant.path == config_ && constant.value &&
          !there(*constant.value)) {
        const auto place = static_cast<const facts::Place&>(constant);
        theme(Place{place.path, place.line, place.column, {}, {}}, directory, *constant.value);
      }
  }

  // WordPress takes a theme without it for broken; a theme of blocks has its own.
  void index(const std::string& style) {
    const auto directory = tree::dirname(style);
    for (const auto* name : {"index.php", "templates/index.html", "block-templates/index.html"})
      if (survey_.state_of(tree::join(directory, name), "file") != "missing") return;
    auto row = reference(Survey::whole_file(style), "wordpress-theme-index",
                         tree::join(directory, "index.php"));
    row.as_written = "index.php";
    row.effect = "a blank page";
    survey_.facts.add(std::move(row));
  }

  using Place = facts::Place;

  void theme(const Place& place, const std::string& directory, const std::string& name) {
    const auto path = tree::join(directory, name);
    auto row = reference(place, "wordpress-theme", path);
    row.as_written = name;
    row.wanted = "directory";
    if (const auto near = survey_.nearest_path(path); !near.empty()) {
      row.nearest = tree::basename(near);
      if (place.span_begin) row.replacement = row.nearest;
    }
    row.effect = "a blank page, or WordPress falls back to another theme";
    survey_.facts.add(std::move(row));
  }

  // Debian's wp-config.php takes /etc/wordpress/config-HOST.php, else config-default.php.
  void host_configuration(const facts::Wordpress& row) {
    if (row.config.empty()) return;
    const auto content = tree::read_file(survey_.tree, row.config, kLimit);
    if (!content || content->find("'/etc/wordpress/config-'") == std::string::npos) return;
    if (!tree::glob(survey_.tree, "/etc/wordpress/config-*.php", 1).paths.empty()) return;
    auto missing = reference(Survey::whole_file(row.config), "wordpress-host-config",
                             "/etc/wordpress/config-default.php");
    missing.effect = "HTTP 404: Neither config-HOST.php nor ... could be found";
    survey_.facts.add(std::move(missing));
  }

  Survey& survey_;
  std::string root_;
  std::int32_t ending_ = 0;  // of the settings: what follows is defined too late
  std::string config_{};     // canonical; empty: none
};

}  // namespace

void read_wordpress_parts(Survey& survey) {
  const auto installations = survey.facts.rows<facts::Wordpress>();
  for (const auto& row : installations) Installation(survey, row.root).read(row);
}

}  // namespace stackaudit::stack
