// What runs the PHP files of a directory that Apache serves. The handler of a part, of one
// <Directory> or of one place, is not that of the whole: it is taken for it only where the whole
// has none.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

constexpr std::string_view kPhpType = "application/x-httpd-php";
constexpr std::string_view kScript = "index.php";

enum class Extent { none, part, whole };

Extent of_match(std::optional<bool> fits) {
  return fits.value_or(true) ? Extent::whole : Extent::part;
}

// Sections that are not known to be about paths hold for the whole.
Extent extent_of(const Section& section, const Content& content) {
  if (section.args.empty()) return Extent::whole;
  const auto url = content.url + "/" + std::string(kScript);
  const auto path = tree::normalize(section.args[0].value);
  const auto above = [&](std::string_view whole, std::string_view part) {
    if (tree::is_within(whole, path)) return Extent::whole;
    return tree::is_within(path, part) ? Extent::part : Extent::none;
  };
  if (section.kind.starts_with("files") &&
      section.args.back().value.find("ph") == std::string::npos)
    return Extent::none;
  if (section.kind.starts_with("files"))
    return of_match(is_regex(section) ? regex_fits(section, kScript)
                                      : tree::matches(section.args[0].value, kScript));
  if (section.kind.starts_with("directory"))
    return is_regex(section) ? of_match(regex_fits(section, content.path + "/"))
                             : above(content.path, content.path);
  if (section.kind.starts_with("location"))
    return is_regex(section) ? of_match(regex_fits(section, url))
                             : above(url, content.url.empty() ? "/" : content.url);
  return Extent::whole;
}

Extent extent_of(const Httpd& httpd, const Setting& setting, const Content& content) {
  auto least = Extent::whole;
  if (setting.name == "proxypassmatch")
    least = of_match(text::Regex(setting.args[0].value, text::Regex::kHttpd)
                         .matches(content.url + "/" + std::string(kScript)));
  for (int at = setting.section; at >= 0;) {
    const auto& section = httpd.sections[static_cast<std::size_t>(at)];
    least = std::min(least, extent_of(section, content));
    at = section.parent;
  }
  return least;
}

std::string php_of_setting(const Setting& setting) {
  const auto& args = setting.args;
  const auto handler = [&](std::string_view value) -> std::string {
    if (value == kPhpType || value.starts_with("x-httpd-php") || value == "php-script" ||
        value.starts_with(std::string(kPhpType) + "-"))
      return value.ends_with("-source") || value.ends_with("phps") ? "" : "mod_php";
    return value.starts_with("proxy:") ? php_backend(value) : "";
  };
  if (setting.name == "sethandler" && !args.empty()) return handler(args[0].value);
  if ((setting.name == "addhandler" || setting.name == "addtype") && args.size() > 1) {
    const bool php = std::ranges::any_of(args, [](const Arg& arg) {
      return lower(arg.value) == ".php" || lower(arg.value) == "php";
    });
    return php ? handler(args[0].value) : "";
  }
  if (setting.name == "proxypassmatch" && args.size() > 1 &&
      args[0].value.find("php") != std::string::npos)
    return php_backend(args[1].value);
  return "";
}

// Those that php_of_setting() knows, of the server and of the main server, in their order.
Index::Numbers php_settings(const Httpd& httpd, int server) {
  Index::Numbers found;
  for (const int each : {server, 0}) {
    for (const std::string_view name : {"sethandler", "addhandler", "addtype", "proxypassmatch"})
      for (const auto number : named(httpd, each, name)) found.push_back(number);
    if (server == 0) break;
  }
  std::ranges::sort(found);
  return found;
}

template <typename Visit>
void each_handler(const Httpd& httpd, int server, Visit visit) {
  const bool mod_php = std::ranges::any_of(
      httpd.modules, [](const auto& module) { return module.source.starts_with("mod_php"); });
  for (const auto number : php_settings(httpd, server)) {
    const auto& setting = httpd.settings[number];
    auto php = php_of_setting(setting);
    if (!php.empty() && (php != "mod_php" || mod_php)) visit(setting, std::move(php));
  }
}

}  // namespace

// Of the last handler of the virtual host, else of the main server.
std::string php_of(const Httpd& httpd, int server, const Content& content) {
  std::string own_whole, whole, own_part, part;
  each_handler(httpd, server, [&](const Setting& setting, std::string php) {
    const auto extent = extent_of(httpd, setting, content);
    const bool own = setting.server != 0;
    if (extent == Extent::whole) (own ? own_whole : whole) = std::move(php);
    if (extent == Extent::part) (own ? own_part : part) = std::move(php);
  });
  for (auto* each : {&own_whole, &whole, &own_part})
    if (!each->empty()) return std::move(*each);
  return part;
}

std::map<std::string, std::string> php_of_parts(const Httpd& httpd, int server,
                                                const Content& content) {
  std::map<std::string, std::string> parts;
  const auto whole = tree::resolve(httpd.survey.tree, content.path);
  if (!whole) return parts;
  each_handler(httpd, server, [&](const Setting& setting, const std::string& php) {
    const auto directory = directory_around(httpd, setting);
    if (directory.empty() || extent_of(httpd, setting, content) != Extent::part) return;
    const auto end = tree::resolve(httpd.survey.tree, directory);
    const bool inside = end && end.path != whole.path && tree::is_within(end.path, whole.path);
    if (inside && end.stat.type == tree::FileType::directory) parts[end.path] = php;
  });
  std::erase_if(parts, [&](const auto& each) { return each.second == content.php; });
  return parts;
}

}  // namespace stackaudit::stack::apache
