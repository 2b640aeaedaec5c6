// Wildcards are matched component by component, as ap_process_fnmatch_configs does it, so that the
// message names the directory in which nothing fits.
#include "stack/apache/include.hpp"

#include "stack/apache/foreign.hpp"
#include "stack/in_parallel.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>

namespace stackaudit::stack::apache {
namespace {

constexpr std::size_t kMaxFiles = 20'000;

constexpr std::size_t kSiteLimit = 1U << 20U;
constexpr std::string_view kNull = "/dev/null";  // by this name Apache takes it

// What editors, packages and people put beside a site to keep it out.
bool is_leftover(std::string_view name) {
  static constexpr std::array<std::string_view, 12> kEnds{"~",     ".bak",    ".old", ".orig",
                                                          ".save", ".swp",    ".tmp", ".disabled",
                                                          ".off",  ".backup", ".txt", ".inactive"};
  return name.starts_with('.') || name.starts_with('#') ||
         name.find(".conf") != std::string_view::npos ||
         name.find(".dpkg-") != std::string_view::npos ||
         std::ranges::any_of(kEnds, [&](std::string_view end) { return name.ends_with(end); });
}

class Includes {
 public:
  Includes(Httpd& httpd, const Arg& arg, bool optional)
      : httpd_(httpd), arg_(arg), optional_(optional) {}

  std::vector<std::string> run() {
    std::string path = tree::join(httpd_.server_root, arg_.value);
    if (tree::has_wildcard(path)) {
      wildcard("/", std::string_view(path).substr(1));
      if (!failed_ && !found_.empty()) reference("found", path);
    } else {
      resource(tree::normalize(path), 0);
    }
    return std::move(found_);
  }

 private:
  void reference(std::string_view state, std::string_view resolved, std::string_view nearest = {}) {
    failed_ = failed_ || state != "found";
    facts::Reference row;
    static_cast<facts::Place&>(row) = httpd_.survey.place(arg_.span);
    row.service = "apache";
    row.kind = "include";
    row.as_written = httpd_.survey.sources.slice(arg_.span);
    row.resolved = resolved;
    row.state = state;
    row.required = !optional_;
    row.wanted = "file";
    row.nearest = nearest;
    if (!nearest.empty() && arg_.variable.empty() &&
        arg_.value == httpd_.survey.sources.slice(arg_.span))
      row.replacement = (arg_.value.starts_with('/') ? std::string(nearest) : relative(nearest)) +
                        std::string(tree::has_wildcard(nearest) ? "" : pattern_tail());
    row.effect = optional_ ? "what it holds is silently left out" : "Apache does not start";
    row.process = httpd_.parent.process;
    row.user = httpd_.parent.who.name;
    row.call = "openat";
    httpd_.survey.facts.add(std::move(row));
  }

  // "*.conf" for "*.cnf", where names end so; empty where the pattern may well fit nothing.
  static std::string likely(std::string_view component, const std::vector<std::string>& names) {
    const auto dot = component.rfind('.');
    if (dot == std::string_view::npos || tree::has_wildcard(component.substr(dot))) return {};
    for (const auto& name : names) {
      const auto end = name.rfind('.');
      if (end == std::string::npos || end == 0) continue;
      const auto suffix = std::string_view(name).substr(end);
      if (suffix != component.substr(dot) && suffix.size() > 3 &&
          text::edit_distance(suffix, component.substr(dot), 2) <= 2)
        return std::string(component.substr(0, dot)) + std::string(suffix);
    }
    return {};
  }

  // From the first component with a wildcard on: "/*.conf".
  [[nodiscard]] std::string_view pattern_tail() const {
    const auto wild = arg_.value.find_first_of("*?[");
    if (wild == std::string::npos) return {};
    const auto slash = arg_.value.rfind('/', wild);
    return slash == std::string::npos ? std::string_view{}
                                      : std::string_view(arg_.value).substr(slash);
  }

  [[nodiscard]] std::string relative(std::string_view path) const {
    const auto prefix = httpd_.server_root == "/" ? "/" : httpd_.server_root + "/";
    return path.starts_with(prefix) ? std::string(path.substr(prefix.size())) : std::string(path);
  }

  void open(tree::Operation operation, const std::string& path) {
    httpd_.survey.open(httpd_.parent, {operation, path, httpd_.survey.place(arg_.span),
                                       "configuration", "start", "Apache does not start", true});
  }

  // A file, or a directory and everything below it.
  void resource(const std::string& path, int depth) {
    if (found_.size() >= kMaxFiles) return;
    const auto end = tree::resolve(httpd_.survey.tree, path);
    if (is_device(end, path)) return device(path);
    if (tree::is_unseen(end.error)) {
      httpd_.incomplete = true;
      open(tree::Operation::read, path);
      return;
    }
    if (!end) {
      const bool dangling = !end.dangling.empty();
      return reference(dangling ? "dangling" : "missing", path,
                       dangling ? "" : httpd_.survey.nearest_path(path));
    }
    open(tree::Operation::read, path);
    if (end.stat.type != tree::FileType::directory) {
      if (!tree::has_wildcard(arg_.value)) reference("found", path);
      found_.push_back(path);
      return;
    }
    httpd_.survey.note_file(path, "apache", "configuration-directory");
    if (depth >= kMaxIncludeDepth) return;
    const auto names = tree::list_directory(httpd_.survey.tree, path);
    if (!names) return refused(path, names.error());
    for (const auto& name : *names) resource(tree::join(path, name), depth + 1);
  }

  // A part of a root has no /dev.
  [[nodiscard]] bool is_device(const tree::Resolution& end, const std::string& path) const {
    if (path == kNull) return false;
    if (end)
      return end.stat.type != tree::FileType::regular && end.stat.type != tree::FileType::directory;
    if (end.dangling.empty()) return false;
    const auto target = httpd_.survey.tree.readlink(end.dangling);
    return target && tree::normalize(tree::join(tree::dirname(end.dangling), *target)) == kNull;
  }

  void device(const std::string& path) {
    httpd_.survey.add_problem(
        Survey::whole_file(path),
        {.service = "apache",
         .language = "apache",
         .code = "parse",
         .severity = "error",
         .message = "Access to file " + path + " denied by server: not a regular file",
         .help = "remove it: what is not to be read has no name that " + arg_.value + " matches"});
  }

  void refused(const std::string& directory, int error) {
    httpd_.incomplete = true;
    httpd_.survey.blind(Survey::whole_file(directory), "directive", directory,
                        tree::errno_words(error), true);
  }

  // The rest of the pattern below a directory that is reached.
  void wildcard(const std::string& directory, std::string_view rest) {
    while (rest.starts_with('/')) rest.remove_prefix(1);
    const auto slash = std::min(rest.find('/'), rest.size());
    const auto component = rest.substr(0, slash);
    const auto after = rest.substr(std::min(slash + 1, rest.size()));
    if (!tree::has_wildcard(component)) {
      const auto next = tree::join(directory, component);
      if (after.empty()) return resource(tree::normalize(next), 0);
      return wildcard(next, after);
    }
    const auto end = tree::resolve(httpd_.survey.tree, directory);
    if (!end && !tree::is_unseen(end.error))
      return reference(end.dangling.empty() ? "missing" : "dangling", directory,
                       httpd_.survey.nearest_path(directory));
    open(tree::Operation::read, directory);
    if (!end) {
      httpd_.incomplete = true;
      return;
    }
    httpd_.survey.note_file(directory, "apache", "configuration-directory");
    const auto names = tree::list_directory(httpd_.survey.tree, directory);
    if (!names)
      return names.error() == ENOTDIR ? reference("missing", directory)
                                      : refused(directory, names.error());
    std::vector<std::string> matching;
    for (const auto& name : *names)
      if (tree::matches(component, name)) matching.push_back(name);
    if (after.empty()) left_out(directory, component, *names, matching);
    if (matching.empty()) {
      const auto meant = likely(component, *names);
      if (!optional_ || !meant.empty())
        reference("missing", tree::join(directory, component),
                  meant.empty() ? "" : tree::join(directory, meant));
      return;
    }
    // The tree remembers what it was asked: several are looked up at a time.
    in_parallel(0, matching.size(), 128, [&](std::size_t i) {
      static_cast<void>(tree::resolve(httpd_.survey.tree, tree::join(directory, matching[i])));
    });
    for (const auto& name : matching) {
      const auto path = tree::normalize(tree::join(directory, name));
      if (after.empty()) {
        resource(path, 0);
      } else if (const auto next = tree::resolve(httpd_.survey.tree, path);
                 next && next.stat.type == tree::FileType::directory) {
        wildcard(path, after);
      }
    }
  }

  // A site enabled under a name that "*.conf" does not match: since Apache 2.4 it is passed over.
  void left_out(const std::string& directory, std::string_view component,
                const std::vector<std::string>& names, const std::vector<std::string>& matching) {
    if (component != "*.conf" || tree::basename(directory) != "sites-enabled") return;
    std::set<std::string> included;
    for (const auto& name : matching)
      included.insert(tree::resolve(httpd_.survey.tree, tree::join(directory, name)).path);
    for (const auto& name : names) {
      if (is_leftover(name)) continue;
      const auto path = tree::join(directory, name);
      const auto end = tree::resolve(httpd_.survey.tree, path);
      if (!end || end.stat.type != tree::FileType::regular || included.contains(end.path)) continue;
      const auto text = tree::read_file(httpd_.survey.tree, end.path, kSiteLimit);
      if (!text || lower(*text).find("<virtualhost") == std::string::npos) continue;
      httpd_.survey.add_problem(
          Survey::whole_file(path),
          {.service = "apache",
           .language = "apache",
           .code = "site-left-out",
           .severity = "warning",
           .message = "nothing includes " + name + ": " + arg_.value + " does not match it",
           .help = "name it " + name + ".conf, or remove it"});
    }
  }

  Httpd& httpd_;
  const Arg& arg_;
  bool optional_;
  bool failed_ = false;
  std::vector<std::string> found_;
};

bool server_is_installed(const Httpd& httpd) {
  static constexpr std::array<std::string_view, 5> kPrograms{
      "/usr/sbin/apache2", "/usr/sbin/httpd", "/usr/local/apache2/bin/httpd",
      "/usr/local/bin/httpd", "/usr/bin/httpd"};
  return std::ranges::any_of(kPrograms, [&](std::string_view program) {
    return static_cast<bool>(tree::resolve(httpd.survey.tree, program));
  });
}

// "mod_wsgi.so" is mod_wsgi.c most of the time, "libphp7.so" is mod_php7.c.
std::string guessed_source(std::string_view file) {
  auto stem = std::string(file.substr(0, file.find('.')));
  if (stem.starts_with("libphp"))
    return stem == "libphp7" ? "mod_php7.c" : stem == "libphp5" ? "mod_php5.c" : "mod_php.c";
  if (stem.starts_with("lib")) stem = "mod_" + stem.substr(3);
  return stem + ".c";
}

void check_module(Httpd& httpd, text::Span span, const Arg& identifier, const Arg& file,
                  const Module* by_file) {
  const auto path = httpd.path_of(file.value);
  const bool lacks = by_file == nullptr ? lacks_symbol(httpd.survey.tree, path, identifier.value)
                                        : by_file->identifier != identifier.value;
  if (lacks) {
    const auto own = std::string(by_file == nullptr ? "" : by_file->identifier);
    report(httpd, {identifier.span, "bad-value", true,
                   "Can't locate API module structure `" + identifier.value + "' in file " + path +
                       ": undefined symbol: " + identifier.value,
                   own.empty() ? "write the name that this module's documentation gives"
                               : "the module in that file is " + own,
                   own});
    return;
  }
  if (by_file == nullptr || by_file->needs.empty()) return;
  if (httpd.has_module(by_file->needs).value_or(true)) return;
  const auto* needed = httpd.knowledge.by_source(by_file->needs);
  const auto name = std::string(needed == nullptr ? by_file->needs : needed->identifier);
  report(httpd, {span,
                 "module-needed",
                 true,
                 "Cannot load " + file.value + " into server: it needs " + name +
                     ", which is not loaded before it",
                 "load " + name + " before " + identifier.value,
                 {}});
}

}  // namespace

std::vector<std::string> included_files(Httpd& httpd, const Arg& arg, bool optional) {
  return Includes(httpd, arg, optional).run();
}

void load(Httpd& httpd, text::Span span, const Arg& identifier, const Arg& file) {
  if (std::ranges::any_of(httpd.modules,
                          [&](const auto& m) { return m.identifier == identifier.value; })) {
    report(httpd, {span,
                   "doubtful",
                   false,
                   "module " + identifier.value + " is already loaded, skipping",
                   "remove one of the two LoadModule lines",
                   {}});
    return;
  }
  httpd.module_answers.clear();
  const auto path = httpd.path_of(file.value);
  const auto directory = std::string(tree::dirname(path));
  if (tree::resolve(httpd.survey.tree, directory)) {
    httpd.module_directories.insert(directory);
    httpd.modules_certain = true;
  }
  auto state = httpd.survey.state_of(path, "file");
  if (state == "missing" && !httpd.module_directories.contains(directory) &&
      !server_is_installed(httpd))
    state = "unseen";
  const auto* module = httpd.knowledge.by_file(tree::basename(path));
  const auto* named = httpd.knowledge.by_identifier(identifier.value);
  if (module == nullptr && named != nullptr && named->identifier == "php_module") module = named;
  if (module == nullptr && named == nullptr) {
    httpd.foreign = true;
    httpd.foreign_modules.add(path);
  }
  facts::Reference row;
  static_cast<facts::Place&>(row) = httpd.survey.place(file.span);
  row.service = "apache";
  row.kind = "module";
  row.as_written = file.value;
  row.resolved = path;
  row.state = file.known ? state : "dynamic";
  row.wanted = "file";
  if (state == "missing") row.nearest = httpd.survey.nearest_path(path);
  if (!row.nearest.empty() && file.value.starts_with('/')) row.replacement = row.nearest;
  row.effect = "Apache does not start";
  row.process = httpd.parent.process;
  row.user = httpd.parent.who.name;
  row.call = "openat";
  httpd.survey.facts.add(std::move(row));
  if (state == "found") {
    check_module(httpd, span, identifier, file, module);
    httpd.survey.open(httpd.parent, {tree::Operation::read, path, httpd.survey.place(file.span),
                                     "configuration", "start", "Apache does not start", true});
  }
  const auto* third = httpd.knowledge.third_party(identifier.value);
  const auto source = module != nullptr  ? std::string(module->source)
                      : named != nullptr ? std::string(named->source)
                      : third != nullptr ? std::string(third->source)
                                         : guessed_source(tree::basename(path));
  httpd.modules.push_back({source, identifier.value, span});
  httpd.module_answers.clear();
}

}  // namespace stackaudit::stack::apache
