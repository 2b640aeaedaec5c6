// Finds "configure arguments: ..." in the binary. Nothing of it is run.
#include "stack/nginx/build.hpp"

#include "stack/nginx/values.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::array<std::string_view, 5> kPrograms{
    "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/local/nginx/sbin/nginx",
    "/usr/local/openresty/nginx/sbin/nginx", "/opt/nginx/sbin/nginx"};
constexpr std::size_t kProgramLimit = 64U << 20U;

// Words of the configure line: blanks separate, single quotes hold together.
std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char ch : line) {
    if (ch == '\'')
      quoted = !quoted;
    else if (ch == ' ' && !quoted)
      words.emplace_back();
    else
      words.back() += ch;
  }
  std::erase(words, "");
  return words;
}

// The C string of the binary that begins with the words, without them.
std::optional<std::string_view> string_after(std::string_view bytes, std::string_view words) {
  const auto at = bytes.find(words);
  if (at == std::string_view::npos) return std::nullopt;
  const auto begin = at + words.size();
  const auto end = bytes.find_first_of(std::string_view("\0\n", 2), begin);
  return bytes.substr(begin, std::min(end, bytes.size()) - begin);
}

// 1022001 of "1.22.1"; what cannot be read counts as newest.
std::int64_t version_number(std::string_view text) {
  std::int64_t number = 0;
  for (int part = 0; part < 3; ++part) {
    const auto dot = std::min(text.find('.'), text.size());
    number = number * 1000 + parse_number(text.substr(0, dot)).value_or(999);
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return number;
}

void take_defaults_of_source(Build& build, bool has_nogroup) {
  build.prefix = "/usr/local/nginx";
  build.conf_path = "conf/nginx.conf";
  build.pid_path = "logs/nginx.pid";
  build.error_log = "logs/error.log";
  build.http_log = "logs/access.log";
  build.temp_paths = {"client_body_temp", "proxy_temp", "fastcgi_temp", "uwsgi_temp", "scgi_temp"};
  build.user = "nobody";
  build.group = has_nogroup ? "nogroup" : "nobody";
}

void take_options(Build& build) {
  const std::array<std::pair<std::string_view, std::string*>, 12> settings{{
      {"--prefix=", &build.prefix},
      {"--conf-path=", &build.conf_path},
      {"--pid-path=", &build.pid_path},
      {"--error-log-path=", &build.error_log},
      {"--http-log-path=", &build.http_log},
      {"--user=", &build.user},
      {"--group=", &build.group},
      {"--http-client-body-temp-path=", &build.temp_paths[0]},
      {"--http-proxy-temp-path=", &build.temp_paths[1]},
      {"--http-fastcgi-temp-path=", &build.temp_paths[2]},
      {"--http-uwsgi-temp-path=", &build.temp_paths[3]},
      {"--http-scgi-temp-path=", &build.temp_paths[4]},
  }};
  bool group_given = false;
  bool user_given = false;
  for (const auto& option : build.options)
    for (const auto& [name, target] : settings)
      if (option.starts_with(name)) {
        *target = option.substr(name.size());
        group_given = group_given || name == "--group=";
        user_given = user_given || name == "--user=";
      }
  if (user_given && !group_given) build.group = build.user;
}

// What the configure line says; `bytes` is the program then, empty where it is not nginx's own.
Build read_options(const tree::Tree& tree, std::string_view program, std::string& bytes) {
  Build build;
  if (!program.empty() && tree::resolve(tree, program)) build.program = program;
  for (const auto candidate : kPrograms)
    if (build.program.empty() && tree::resolve(tree, candidate)) build.program = candidate;
  if (build.program.empty()) return build;
  auto content = tree::read_file(tree, build.program, kProgramLimit);
  if (!content) return build;
  const auto options = string_after(*content, "configure arguments:");
  if (!options) return build;  // a wrapper script, a test's stand-in
  if (const auto version = string_after(*content, "nginx version: nginx/"))
    build.version = version->substr(0, version->find(' '));
  build.options = split_words(*options);
  const bool has_nogroup = content->find(std::string_view("nogroup\0", 8)) != std::string::npos;
  take_defaults_of_source(build, has_nogroup);
  take_options(build);
  for (auto* path : {&build.conf_path, &build.pid_path, &build.http_log})
    *path = tree::join(build.prefix, *path);
  for (auto& path : build.temp_paths) path = tree::join(build.prefix, path);
  bytes = *std::move(content);
  return build;
}

}  // namespace

bool Build::is_plain() const {
  return !declared.empty() && version_number(version) < version_number("1.32.0") &&
         std::ranges::none_of(
             options, [](const auto& option) { return option.starts_with("--add-module="); });
}

bool Build::lacks(std::string_view since) const {
  if (since.empty() || version.empty() || declared.has_directive("zone_sync")) return false;
  return since == "plus" || version_number(version) < version_number(since);
}

bool Build::has_option(std::string_view option) const {
  return std::ranges::find(options, option) != options.end();
}

Build read_build(const tree::Tree& tree, std::string_view program) {
  std::string bytes;
  auto build = read_options(tree, program, bytes);
  if (!bytes.empty()) build.declared = Declared(std::move(bytes));
  return build;
}

std::string compiled_conf_path(const tree::Tree& tree, std::string_view program) {
  std::string bytes;
  return read_options(tree, program, bytes).conf_path;
}

}  // namespace stackaudit::stack::nginx
