// Files that directives name: a table says which argument is a path, who opens it, when, and what
// is seen when it is not there.
#include "stack/apache/file_rows.hpp"
#include "stack/apache/parts.hpp"
#include "stack/rights/execution.hpp"
#include "stack/runtime_places.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

enum class Who : std::uint8_t { parent, child, child_looks };  // looks: stat(2) alone

struct FileDirective {
  std::string_view name;
  std::size_t argument;
  std::string_view kind;    // of the reference, and the purpose of the open
  std::string_view wanted;  // file or directory
  Who who;
  bool required;
  std::string_view effect;
};
constexpr std::array kFiles{
    FileDirective{"sslcertificatefile", 0, "certificate", "file", Who::parent, true, kNoStart},
    FileDirective{"sslcertificatekeyfile", 0, "key", "file", Who::parent, true, kNoStart},
    FileDirective{"sslcertificatechainfile", 0, "certificate", "file", Who::parent, true, kNoStart},
    FileDirective{"sslcacertificatefile", 0, "certificate", "file", Who::parent, true, kNoStart},
    FileDirective{"sslcacertificatepath", 0, "certificate", "directory", Who::parent, true,
                  kNoStart},
    FileDirective{"sslcarevocationfile", 0, "certificate", "file", Who::parent, true, kNoStart},
    FileDirective{"sslproxymachinecertificatefile", 0, "certificate", "file", Who::parent, true,
                  kNoStart},
    FileDirective{"sslproxycacertificatefile", 0, "certificate", "file", Who::parent, true,
                  kNoStart},
    FileDirective{"sslcadnrequestfile", 0, "certificate", "file", Who::parent, true, kNoStart},
    FileDirective{"sslcadnrequestpath", 0, "certificate", "directory", Who::parent, true, kNoStart},
    FileDirective{"sslcarevocationpath", 0, "certificate", "directory", Who::parent, true,
                  kNoStart},
    FileDirective{"sslproxycacertificatepath", 0, "certificate", "directory", Who::parent, true,
                  kNoStart},
    FileDirective{"sslproxycarevocationfile", 0, "certificate", "file", Who::parent, true,
                  kNoStart},
    FileDirective{"sslproxycarevocationpath", 0, "certificate", "directory", Who::parent, true,
                  kNoStart},
    FileDirective{"sslproxymachinecertificatepath", 0, "certificate", "directory", Who::parent,
                  true, kNoStart},
    FileDirective{"sslproxymachinecertificatechainfile", 0, "certificate", "file", Who::parent,
                  true, kNoStart},
    FileDirective{"sslocsprespondercertificatefile", 0, "certificate", "file", Who::parent, true,
                  kNoStart},
    FileDirective{"sslsrpverifierfile", 0, "certificate", "file", Who::parent, true, kNoStart},
    FileDirective{"sslsessionticketkeyfile", 0, "key", "file", Who::parent, true, kNoStart},
    FileDirective{"sessioncryptopassphrasefile", 0, "key", "file", Who::parent, true, kNoStart},
    FileDirective{"remoteipinternalproxylist", 0, "configuration", "file", Who::parent, true,
                  kNoStart},
    FileDirective{"remoteiptrustedproxylist", 0, "configuration", "file", Who::parent, true,
                  kNoStart},
    FileDirective{"coredumpdirectory", 0, "working-directory", "directory", Who::parent, true,
                  kNoStart},
    FileDirective{"chrootdir", 0, "configuration", "directory", Who::parent, true, kNoStart},
    FileDirective{"mimemagicfile", 0, "configuration", "file", Who::parent, false, ""},
    FileDirective{"typesconfig", 0, "configuration", "file", Who::parent, true, kNoStart},
    FileDirective{"authuserfile", 0, "password-file", "file", Who::child, true, "HTTP 500"},
    FileDirective{"authgroupfile", 0, "group-file", "file", Who::child, true, "HTTP 500"},
    FileDirective{"authdbmuserfile", 0, "password-file", "dbm", Who::child, true, "HTTP 500"},
    FileDirective{"authdbmgroupfile", 0, "group-file", "dbm", Who::child, true, "HTTP 500"},
    FileDirective{"alias", 1, "alias", "any", Who::child, false, "HTTP 404"},
    FileDirective{"scriptalias", 1, "alias", "any", Who::child, false, "HTTP 404"},
    FileDirective{"wsgiscriptalias", 1, "alias", "any", Who::child_looks, false, "HTTP 404"},
    FileDirective{"wsgipythonhome", 0, "configuration", "directory", Who::parent, true,
                  "each child of Apache ends when it starts Python"},
    FileDirective{"jkworkersfile", 0, "configuration", "file", Who::parent, true, kNoStart},
    FileDirective{"secunicodemapfile", 0, "configuration", "file", Who::parent, true, kNoStart},
    FileDirective{"mellonspprivatekeyfile", 0, "key", "file", Who::parent, true, kNoStart},
    FileDirective{"passengerroot", 0, "configuration", "any", Who::parent, true,
                  "Passenger starts no application"},
    FileDirective{"svnpath", 0, "configuration", "directory", Who::child, true, "HTTP 500"},
    FileDirective{"loadfile", 0, "module", "file", Who::parent, true, kNoStart},
    FileDirective{"phpinidir", 0, "configuration", "directory", Who::parent, false, ""}};
// Opened at the start; ScriptLog is not: a script's process opens it, and goes on without.
// A DBM is one file of that name or, by its type, one or two with a suffix.
std::string dbm_file(const Httpd& httpd, const std::string& path) {
  for (const std::string_view suffix : {"", ".pag", ".db", ".dat"})
    if (httpd.survey.state_of(path + std::string(suffix), "file") != "missing")
      return path + std::string(suffix);
  return path;
}

void read_file_directive(Httpd& httpd, const Setting& setting, const FileDirective& directive) {
  const auto& arg = setting.args[directive.argument];
  if (arg.value.empty() || arg.value.find("://") != std::string::npos || arg.value.starts_with('|'))
    return;
  const bool parent = directive.who == Who::parent;
  const auto& actor = parent ? httpd.parent : httpd.child;
  auto row = reference_of(httpd, arg, actor);
  const bool dbm = directive.wanted == "dbm";
  const auto path = dbm ? dbm_file(httpd, httpd.path_of(arg.value)) : httpd.path_of(arg.value);
  const auto wanted = dbm ? std::string_view("file") : directive.wanted;
  row.kind = directive.kind;
  row.resolved = path;
  row.wanted = wanted == "any" ? "" : wanted;
  row.required = directive.required;
  row.effect = directive.effect;
  row.call = "openat";
  row.state = httpd.survey.state_of(path, wanted == "any" ? "file" : wanted);
  if (wanted == "any" && row.state == "wrong-type") row.state = "found";
  if (!arg.known || arg.value.find("%{") != std::string::npos) row.state = "dynamic";
  if (row.state == "missing")
    replace_with(row, arg, row.as_written, httpd.survey.nearest_path(path));
  const bool found = row.state == "found";
  httpd.survey.facts.add(std::move(row));
  if (directive.kind == "key" && found) httpd.survey.note_file(path, "apache", "key");
  if (!found || (!parent && !httpd.identities_known)) return;
  const bool enters =
      directive.kind == "alias" && httpd.survey.state_of(path, "directory") == "found";
  const auto operation = directive.who == Who::child_looks ? tree::Operation::stat
                         : enters                          ? tree::Operation::search
                                                           : tree::Operation::read;
  httpd.survey.open(
      actor, {operation, path, httpd.survey.place(arg.span), std::string(directive.kind),
              parent ? "start" : "request", std::string(directive.effect), directive.required});
}

// What precedes the name of a file in an argument, and what it is then; "around" is the directory
// in which the file is made.
struct Prefixed {
  std::string_view directive;
  std::size_t argument;
  std::string_view prefix, kind, wanted;
};
constexpr std::array kPrefixed{
    Prefixed{"mutex", 0, "file:", "lock-directory", "directory"},
    Prefixed{"mutex", 0, "flock:", "lock-directory", "directory"},
    Prefixed{"mutex", 0, "fcntl:", "lock-directory", "directory"},
    Prefixed{"sslsessioncache", 0, "dbm:", "lock-directory", "around"},
    Prefixed{"sslstaplingcache", 0, "dbm:", "lock-directory", "around"},
    Prefixed{"defaultruntimedir", 0, "", "runtime-directory", "directory"},
    Prefixed{"rewritemap", 1, "txt:", "rewrite-map", "any"},
    Prefixed{"rewritemap", 1, "rnd:", "rewrite-map", "any"},
    Prefixed{"rewritemap", 1, "prg:", "rewrite-map", "file"},
    Prefixed{"rewritemap", 1, "dbm:", "rewrite-map", "dbm"},
    Prefixed{"rewritemap", 1, "dbm=", "rewrite-map", "dbm"},
    Prefixed{"rewritemap", 1, "", "rewrite-map", "any"},
    Prefixed{"sslrandomseed", 1, "file:", "configuration", "any"},
    Prefixed{"sslrandomseed", 1, "/", "configuration", "any"},
    Prefixed{"fcgidwrapper", 0, "/", "program", "file"},
    Prefixed{"sslpassphrasedialog", 0, "exec:", "program", "file"}};

void read_pid_file(Httpd& httpd, const Setting& setting) {
  const auto& arg = setting.args[0];
  const auto directory = std::string(tree::dirname(httpd.path_of(arg.value)));
  if (!arg.known || arg.value.find("${") != std::string::npos) return;
  // A root parent may write wherever its unit lets it.
  if (httpd.parent.who.uid == 0 && httpd.parent.fences != nullptr &&
      !httpd.parent.fences->empty()) {
    const bool there = httpd.survey.state_of(directory, "directory") == "found";
    httpd.survey.open(httpd.parent,
                      {there ? tree::Operation::append : tree::Operation::create,
                       there ? httpd.path_of(arg.value) : directory, decider(httpd, arg), "pid",
                       "start", std::string(kNoStart), true});
  }
  if (made_at_start(httpd, directory)) return;
  auto row = reference_of(httpd, arg, httpd.parent);
  static_cast<facts::Place&>(row) = decider(httpd, arg);
  row.kind = "pid-directory";
  row.resolved = directory;
  row.wanted = "directory";
  row.effect = kNoStart;
  row.call = "openat";
  row.state = httpd.survey.state_of(directory, "directory");
  if (row.state == "missing") row.nearest = httpd.survey.nearest_path(directory);
  httpd.survey.facts.add(std::move(row));
}

// mod_mime does not start without its list; where nothing names one it looks below ServerRoot.
void check_default_types(Httpd& httpd) {
  const auto module = std::ranges::find(httpd.modules, "mod_mime.c", &LoadedModule::source);
  if (module == httpd.modules.end() || find_setting(httpd, "typesconfig", 0) != nullptr) return;
  for (const std::string_view name : {"mime.types", "conf/mime.types"})
    if (httpd.survey.state_of(httpd.path_of(name), "file") != "missing") return;
  const Arg arg{{}, module->span, true, {}};
  auto row = reference_of(httpd, arg, httpd.parent);
  row.kind = "configuration";
  row.resolved = httpd.path_of("mime.types");
  row.wanted = "file";
  row.state = "missing";
  row.effect = kNoStart;
  row.call = "openat";
  httpd.survey.facts.add(std::move(row));
}

// A <Directory> whose name is nearly that of a document root, or of what is around or below it,
// which exists: what it says holds for nothing.
void check_directory_sections(Httpd& httpd) {
  std::vector<std::string> roots;
  for (const auto& setting : httpd.settings)
    if (setting.name == "documentroot" && !setting.args.empty() && setting.args[0].known)
      roots.push_back(httpd.path_of(setting.args[0].value));
  for (const auto& section : httpd.sections) {
    if (section.kind != "directory" || section.args.size() != 1 || !section.args[0].known) continue;
    const auto& arg = section.args[0];
    if (!arg.value.starts_with('/') || tree::has_wildcard(arg.value)) continue;
    const auto path = tree::normalize(arg.value);
    if (httpd.survey.state_of(path, "directory") != "missing") continue;
    auto row = missing_directory(httpd, arg, path);
    const auto& near = row.nearest;
    const bool of_site = std::ranges::any_of(roots, [&](const std::string& root) {
      return tree::is_within(root, near) || tree::is_within(near, root);
    });
    if (near.size() < 2 || !of_site || httpd.survey.state_of(near, "directory") != "found")
      continue;
    row.kind = "directory-section";
    row.required = false;
    if (row.as_written == arg.value) row.replacement = near;
    row.effect = "what the section says holds for nothing";
    row.call = "stat";
    httpd.survey.facts.add(std::move(row));
  }
}

// Of a map; what stands before another colon belongs to the file's name.
bool has_type(std::string_view map) {
  static constexpr auto kTypes = std::to_array<std::string_view>(
      {"txt:", "rnd:", "prg:", "dbm:", "dbm=", "dbd:", "fastdbd:", "int:"});
  const auto text = lower(map);
  return std::ranges::any_of(kTypes, [&](auto type) { return text.starts_with(type); });
}

// The parent starts the programs of maps, for servers in which rewriting is on.
void run_map_program(Httpd& httpd, const Setting& setting, const facts::Reference& map) {
  const auto program = tree::resolve(httpd.survey.tree, map.resolved);
  const auto* engine = find_setting(httpd, "rewriteengine", setting.server);
  const bool on = engine != nullptr && !engine->args.empty() &&
                  text::equal_ignoring_case(engine->args[0].value, "on");
  if (!on || !program || may_execute(httpd.survey.tree, httpd.parent.who, program)) return;
  record_refused_execution(httpd.survey, httpd.parent, program,
                           {tree::Operation::stat, map.resolved, map, "rewrite-map", "start",
                            std::string(kNoStart), true});
}

void read_prefixed(Httpd& httpd, const Setting& setting) {
  for (const auto& each : kPrefixed) {
    if (each.directive != setting.name || setting.args.size() <= each.argument) continue;
    const auto& arg = setting.args[each.argument];
    if (lower(arg.value.substr(0, each.prefix.size())) != each.prefix) continue;
    if (each.prefix.empty() && has_type(arg.value)) continue;
    auto name = arg.value.substr(each.prefix == "/" ? 0 : each.prefix.size());
    if (each.prefix == "dbm=") name.erase(0, std::min(name.find(':'), name.size() - 1) + 1);
    if (name.empty()) continue;
    if (each.prefix == "prg:" || each.kind == "program")
      name.resize(std::min(name.find(' '), name.size()));
    auto row = reference_of(httpd, arg, httpd.parent);
    row.kind = each.kind;
    const bool dbm = each.wanted == "dbm";
    row.resolved = dbm ? dbm_file(httpd, httpd.path_of(name)) : httpd.path_of(name);
    const bool around = each.wanted == "around";
    if (around) row.resolved = tree::dirname(row.resolved);
    if (is_kernels(row.resolved)) continue;
    if (each.kind.ends_with("-directory") && made_at_start(httpd, row.resolved)) continue;
    const bool any = each.wanted == "any" || dbm;
    const auto wanted = around ? std::string_view("directory") : each.wanted;
    row.wanted = any ? "" : wanted;
    row.effect = kNoStart;
    row.call = "stat";
    row.state = httpd.survey.state_of(row.resolved, any ? "file" : wanted);
    if (any && row.state == "wrong-type") row.state = "found";
    if (!arg.known) row.state = "dynamic";
    if (row.state == "missing") row.nearest = httpd.survey.nearest_path(row.resolved);
    if (row.state == "found" && arg.known && each.prefix == "prg:")
      run_map_program(httpd, setting, row);
    httpd.survey.facts.add(std::move(row));
  }
}

}  // namespace

void read_files(Httpd& httpd, const std::vector<Setting>& settings) {
  if (&settings == &httpd.settings) {
    check_default_types(httpd);
    check_directory_sections(httpd);
  }
  for (const auto& setting : settings) {
    if (!setting.args.empty()) read_log(httpd, setting);
    if (!setting.args.empty() && setting.name == "pidfile") read_pid_file(httpd, setting);
    read_prefixed(httpd, setting);
    for (const auto& directive : kFiles)
      if (directive.name == setting.name && setting.args.size() > directive.argument)
        read_file_directive(httpd, setting, directive);
  }
}

}  // namespace stackaudit::stack::apache
