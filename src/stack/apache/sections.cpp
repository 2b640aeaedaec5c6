// A pattern is asked about the directory and about files that could be in it: only where the
// answers differ, or where there is none, the state is uncertain.
#include "stack/apache/sections.hpp"

#include "text/regex.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

struct OptionName {
  std::string_view name;
  unsigned bits;
};
constexpr std::array kOptionBits{OptionName{"followsymlinks", kFollowSymLinks},
                                 OptionName{"symlinksifownermatch", kSymLinksIfOwnerMatch},
                                 OptionName{"indexes", kIndexesOption},
                                 OptionName{"execcgi", kExecCgi},
                                 OptionName{"all", kFollowSymLinks | kIndexesOption | kExecCgi}};

unsigned bits_of(std::string_view option) {
  const auto key = lower(option);
  const auto it = std::ranges::find(kOptionBits, key, &OptionName::name);
  return it == kOptionBits.end() ? 0 : it->bits;
}

void set_options(const Setting& setting, InForce& state) {
  state.options_by = setting.span;
  bool absolute = true;
  for (const auto& arg : setting.args) {
    const char sign = arg.value.empty() ? '\0' : arg.value[0];
    if (sign == '+') {
      absolute = false;
      state.options |= bits_of(arg.value.substr(1));
    } else if (sign == '-') {
      absolute = false;
      state.options &= ~bits_of(arg.value.substr(1));
    }
  }
  if (!absolute) return;
  state.options = 0;
  for (const auto& arg : setting.args) state.options |= bits_of(arg.value);
}

void set_override(const Setting& setting, InForce& state) {
  struct Class {
    std::string_view name;
    unsigned where;
  };
  static constexpr std::array kClasses{
      Class{"limit", kLimit},           Class{"options", kOptions}, Class{"fileinfo", kFileInfo},
      Class{"authconfig", kAuthConfig}, Class{"indexes", kIndexes}, Class{"all", kAllOverrides}};
  auto list = std::move(state.override.list);
  state.override = {};
  state.override.list = std::move(list);
  state.override_by = &setting;
  for (const auto& arg : setting.args) {
    const auto word = lower(arg.value);
    const auto equals = std::min(word.find('='), word.size());
    const auto key = word.substr(0, equals);
    const auto value = word.substr(std::min(equals + 1, word.size()));
    if (key == "none") state.override.where = 0;
    if (key == "nonfatal") {
      state.override.nonfatal_override = value != "unknown";
      state.override.nonfatal_unknown = value != "override";
    }
    const auto* known = std::ranges::find(kClasses, key, &Class::name);
    if (known != kClasses.end())
      state.override.where |= known->where;
    else if (key != "none" && key != "nonfatal")  // httpd refuses it: whatever may have been meant
      state.override.where = kAllOverrides;
    if (key != "options" || equals == word.size()) continue;
    auto& options = state.override.options.emplace();
    for (std::size_t at = 0; at <= value.size();) {
      const auto comma = std::min(value.find(',', at), value.size());
      options.insert(value.substr(at, comma - at));
      at = comma + 1;
    }
  }
}

void set_override_list(const Setting& setting, InForce& state) {
  state.override.list.clear();
  for (const auto& arg : setting.args)
    if (lower(arg.value) != "none") state.override.list.insert(lower(arg.value));
}

// All Require lines of one section decide together and replace what was before.
void set_grant(const std::vector<const Setting*>& settings, InForce& state) {
  const Setting* by = nullptr;
  bool granted = false;
  bool denied = false;
  bool other = false;
  for (const auto* setting : settings) {
    if (setting->name == "authmerging" || setting->name == "satisfy") other = true;
    if (setting->name != "require") continue;
    by = setting;
    const auto& args = setting->args;
    const bool all = args.size() == 2 && args[0].value == "all";
    granted = granted || (all && equal_ignoring_case(args[1].value, "granted"));
    denied = denied || (all && equal_ignoring_case(args[1].value, "denied"));
    other = other || !all;
  }
  if (by == nullptr) {
    if (other && state.grant != Grant::none) state.grant = Grant::conditional;
    return;
  }
  state.grant_by = by;
  state.grant = other || (granted && denied) ? Grant::conditional
                : granted                    ? Grant::granted
                                             : Grant::denied;
}

// A <Directory> pattern without its trailing slash; "" is the root directory.
std::string pattern_of(const Section& section) {
  auto pattern = section.args.empty() ? std::string{} : section.args[0].value;
  while (pattern.ends_with('/')) pattern.pop_back();
  return pattern;
}

bool fits(std::string_view pattern, std::string_view directory) {
  if (directory == "/") return pattern.empty();
  if (pattern == directory) return true;
  if (!tree::has_wildcard(pattern)) return false;
  while (true) {
    const auto a = pattern.find('/', 1);
    const auto b = directory.find('/', 1);
    if ((a == std::string_view::npos) != (b == std::string_view::npos)) return false;
    const auto part = pattern.substr(0, a);
    const auto name = directory.substr(0, b);
    if (!part.starts_with('/') || !tree::matches(part.substr(1), name.substr(1))) return false;
    if (a == std::string_view::npos) return true;
    pattern.remove_prefix(a);
    directory.remove_prefix(b);
  }
}

}  // namespace

bool is_regex(const Section& section) {
  return section.kind.ends_with("match") || (!section.args.empty() && section.args[0].value == "~");
}

int per_directory_section(const Httpd& httpd, int section) {
  static constexpr std::array<std::string_view, 9> kKinds{
      "directory", "directorymatch", "location",  "locationmatch", "files", "filesmatch",
      "if",        "proxy",          "proxymatch"};
  while (section >= 0) {
    const auto& each = httpd.sections[static_cast<std::size_t>(section)];
    if (std::ranges::find(kKinds, each.kind) != kKinds.end()) return section;
    section = each.parent;
  }
  return -1;
}

std::string directory_around(const Httpd& httpd, const Setting& setting) {
  for (int at = setting.section; at >= 0;) {
    const auto& section = httpd.sections[static_cast<std::size_t>(at)];
    if (section.kind.starts_with("location")) return {};
    if (section.kind.starts_with("directory")) {
      if (is_regex(section) || section.args.size() != 1 || !section.args[0].known) return {};
      const auto& path = section.args[0].value;
      return path.starts_with('/') && !tree::has_wildcard(path) ? tree::normalize(path)
                                                                : std::string{};
    }
    at = section.parent;
  }
  return {};
}

void add_settings(const Httpd&, const std::vector<const Setting*>& settings, InForce& state) {
  for (const auto* setting : settings) {
    if (setting->name == "options") set_options(*setting, state);
    if (setting->name == "allowoverride") set_override(*setting, state);
    if (setting->name == "allowoverridelist") set_override_list(*setting, state);
    if (setting->name == "rewriteengine" && !setting->args.empty())
      state.rewrite = equal_ignoring_case(setting->args[0].value, "on");
  }
  set_grant(settings, state);
}

std::optional<bool> regex_fits(const Section& section, std::string_view path) {
  const auto& args = section.args;
  const std::size_t at = !args.empty() && args[0].value == "~" ? 1 : 0;
  if (args.size() <= at || !args[at].known) return std::nullopt;
  return text::Regex(args[at].value, text::Regex::kHttpd).matches(path);
}

void index_configuration(Httpd& httpd) {
  auto& index = httpd.index;
  index.servers.resize(httpd.servers.size());
  index.of_section.resize(httpd.sections.size());
  const auto server_of = [&](int server) -> Index::OfServer& {
    return index.servers[static_cast<std::size_t>(server)];
  };
  for (std::size_t i = 0; i < httpd.settings.size(); ++i) {
    const auto& setting = httpd.settings[i];
    const auto number = static_cast<std::uint32_t>(i);
    server_of(setting.server).settings.push_back(number);
    const int section = per_directory_section(httpd, setting.section);
    if (section >= 0) index.of_section[static_cast<std::size_t>(section)].push_back(number);
  }
  for (auto& server : index.servers) {
    server.by_name = server.settings;
    std::ranges::stable_sort(server.by_name, {},
                             [&](auto i) -> const std::string& { return httpd.settings[i].name; });
  }
  for (std::size_t i = 0; i < httpd.sections.size(); ++i) {
    const auto& section = httpd.sections[i];
    if (!section.kind.starts_with("directory")) continue;
    auto& server = server_of(section.server);
    const auto number = static_cast<std::uint32_t>(i);
    auto pattern = pattern_of(section);
    if (is_regex(section) || (!section.args.empty() && !section.args[0].known))
      server.regexes.push_back(number);
    else if (tree::has_wildcard(pattern))
      server.wildcards.push_back(number);
    else
      server.directories[std::move(pattern)].push_back(number);
  }
}

std::span<const std::uint32_t> named(const Httpd& httpd, int server, std::string_view name) {
  const auto& all = httpd.index.servers[static_cast<std::size_t>(server)].by_name;
  const auto name_of = [&](auto i) -> std::string_view { return httpd.settings[i].name; };
  return {std::ranges::lower_bound(all, name, {}, name_of),
          std::ranges::upper_bound(all, name, {}, name_of)};
}

InForce base_in_force(const Httpd& httpd, int server) {
  InForce state;
  for (const int each : {0, server}) {
    std::vector<const Setting*> settings;
    for (const auto number : named(httpd, each, "options"))
      if (httpd.settings[number].section < 0) settings.push_back(&httpd.settings[number]);
    add_settings(httpd, settings, state);
  }
  return state;
}

namespace {

std::vector<const Setting*> settings_in(const Httpd& httpd, std::uint32_t section) {
  std::vector<const Setting*> settings;
  for (const auto number : httpd.index.of_section[section])
    settings.push_back(&httpd.settings[number]);
  return settings;
}

void add_section(const Httpd& httpd, std::uint32_t section, std::string_view directory,
                 InForce& state) {
  const auto* before = state.grant_by;
  add_settings(httpd, settings_in(httpd, section), state);
  if (state.grant_by != before) state.grant_directory = directory;
}

}  // namespace

void enter_directory(const Httpd& httpd, int server, std::string_view directory, InForce& state) {
  const std::string exact(directory == "/" ? "" : directory);
  for (const int each : {0, server}) {
    const auto& index = httpd.index.servers[static_cast<std::size_t>(each)];
    Index::Numbers sections;
    if (const auto it = index.directories.find(exact); it != index.directories.end())
      sections = it->second;
    for (const auto number : index.wildcards)
      if (fits(pattern_of(httpd.sections[number]), directory)) sections.push_back(number);
    std::ranges::sort(sections);
    for (const auto number : sections) add_section(httpd, number, directory, state);
    if (server == 0) break;
  }
}

void leave_to_patterns(const Httpd& httpd, int server, std::string_view directory, InForce& state) {
  const std::string itself = directory == "/" ? "/" : std::string(directory) + "/";
  static constexpr std::array<std::string_view, 4> kFiles{"index.php", "index.html", "style.css",
                                                          "a/b.txt"};
  for (const int each : {0, server}) {
    for (const auto number : httpd.index.servers[static_cast<std::size_t>(each)].regexes) {
      if (httpd.index.of_section[number].empty()) continue;
      const auto& section = httpd.sections[number];
      const auto fit = regex_fits(section, itself);
      const bool same = std::ranges::all_of(kFiles, [&](std::string_view file) {
        return regex_fits(section, itself + std::string(file)) == fit;
      });
      state.uncertain = state.uncertain || !fit || !same;
      if (fit.value_or(false)) add_section(httpd, number, directory, state);
    }
    if (server == 0) break;
  }
}

void leave_to_location(const Httpd& httpd, int server, InForce& state) {
  for (const int each : {0, server}) {
    std::vector<const Setting*> options;
    for (const auto number : named(httpd, each, "options")) {
      const auto& setting = httpd.settings[number];
      const int in = per_directory_section(httpd, setting.section);
      if (in < 0) continue;
      const auto& section = httpd.sections[static_cast<std::size_t>(in)];
      if (section.args.empty() || !section.kind.starts_with("location")) continue;
      if (section.kind == "location" && section.args[0].value == "/")
        options.push_back(&setting);
      else
        state.uncertain = true;
    }
    add_settings(httpd, options, state);
    if (server == 0) break;
  }
}

InForce in_force_at(const Httpd& httpd, int server, std::string_view directory) {
  InForce state = base_in_force(httpd, server);
  std::size_t at = 0;
  while (true) {
    enter_directory(httpd, server, at == 0 ? "/" : directory.substr(0, at), state);
    if (at >= directory.size() || directory == "/") break;
    at = std::min(directory.find('/', at + 1), directory.size());
  }
  leave_to_patterns(httpd, server, directory, state);
  return state;
}

}  // namespace stackaudit::stack::apache
