// php.ini and the files of its scan directory, as far as extensions and prepended files go.
#include "stack/phpfpm/phpfpm.hpp"
#include "stack/phpfpm/quantity.hpp"
#include "stack/pools/prepended.hpp"
#include "syntax/ini/ini.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

// Debian's extension_dir is /usr/lib/php/ and the API number of the version.
struct Api {
  std::string_view version, number;
};
constexpr std::array kApis{Api{"7.0", "20151012"}, Api{"7.1", "20160303"}, Api{"7.2", "20170718"},
                           Api{"7.3", "20180731"}, Api{"7.4", "20190902"}, Api{"8.0", "20200930"},
                           Api{"8.1", "20210902"}, Api{"8.2", "20220829"}, Api{"8.3", "20230831"},
                           Api{"8.4", "20240924"}, Api{"8.5", "20250925"}};

// Extensions that use functions of others, which are to be loaded before: "undefined symbol".
struct Need {
  std::string_view extension, needed;
};
constexpr auto kNeeds = std::to_array<Need>({{"mysqli", "mysqlnd"},
                                             {"pdo_mysql", "mysqlnd"},
                                             {"pdo_mysql", "pdo"},
                                             {"pdo_pgsql", "pdo"},
                                             {"pdo_sqlite", "pdo"},
                                             {"xmlreader", "dom"},
                                             {"xsl", "dom"}});

// Extensions that Debian packages and that are none of the engine's.
constexpr auto kOrdinary = std::to_array<std::string_view>(
    {"apcu",      "bcmath",    "bz2",        "calendar",  "ctype",   "curl",      "dba",
     "dom",       "exif",      "ffi",        "fileinfo",  "ftp",     "gd",        "gettext",
     "gmp",       "iconv",     "igbinary",   "imagick",   "imap",    "intl",      "ldap",
     "mbstring",  "memcached", "msgpack",    "mysqli",    "mysqlnd", "odbc",      "pdo",
     "pdo_mysql", "pdo_pgsql", "pdo_sqlite", "pgsql",     "phar",    "posix",     "readline",
     "redis",     "shmop",     "simplexml",  "soap",      "sockets", "sqlite3",   "sysvmsg",
     "sysvsem",   "sysvshm",   "tidy",       "tokenizer", "xml",     "xmlreader", "xmlwriter",
     "xsl",       "zip"});

std::string default_directory(std::string_view directory) {
  const auto version = tree::basename(tree::dirname(directory));
  const auto* api = std::ranges::find(kApis, version, &Api::version);
  return api == kApis.end() ? std::string{} : "/usr/lib/php/" + std::string(api->number);
}

class IniReader {
 public:
  IniReader(Survey& survey, std::string_view sapi, std::string_view directory, const Actor& reader)
      : survey_(survey),
        reader_(reader),
        sapi_(sapi),
        directory_(directory),
        extension_directory_(default_directory(directory)) {}

  void read() {
    read_file(directory_ + "/php.ini");
    const auto scan = directory_ + "/conf.d";
    if (survey_.state_of(scan, "directory") == "found") {
      open(scan);
      survey_.note_file(scan, service(), "configuration-directory");
    }
    const auto found = tree::glob(survey_.tree, scan + "/*.ini");
    for (const auto& [path, error] : found.unreadable)
      survey_.blind(Survey::whole_file(path), "php_extension", path, tree::errno_words(error),
                    true);
    for (const auto& path : found.paths) read_file(path);
    for (const auto& [value, place, zend] : extensions_) extension(value, place, zend);
    if (sapi_ == "fpm") pool_extensions();
    if (const auto* opcache = loads_opcache(); opcache != nullptr && sapi_ != "cli") {
      if (sapi_ == "fpm") check_preload(survey_, directory_, reader_);
      check_opcache_lock(survey_, directory_, reader_, *opcache);
    }
    check_gone_settings(survey_, directory_, sapi_);
    own_directory();
    browsers();
    for (const auto& [name, last] : prepended_)
      add_prepended(survey_, name, last.first, last.second, scripts());
  }

 private:
  struct Line {
    std::string value;
    facts::Place place;
    bool zend = false;  // zend_extension
  };

  // Files are named by where they really are: that is where they are mended.
  void read_file(const std::string& path) {
    const auto end = tree::resolve(survey_.tree, path);
    if (!end) return;
    survey_.note_file(end.path, service(), "configuration");
    open(path);
    const auto file = survey_.load(end.path, "php_extension");
    if (!file) return;
    const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::php);
    survey_.add_problems(document.problems, "php", "ini");
    for (const auto& section : document.sections) {
      if (section.name.value.starts_with("PATH=") || section.name.value.starts_with("HOST="))
        continue;
      for (const auto& entry : section.entries) {
        const auto& key = entry.key.value;
        if (!entry.dynamic)
          survey_.php_ini[directory_][key] = {entry.value.value, survey_.place(entry.value.span)};
        if (!entry.dynamic)
          check_quantity(survey_, key, entry.value.value, survey_.place(entry.value.span));
        if (key == "extension_dir" && entry.value.value.starts_with('/')) set_directory(entry);
        if (key == "mysqli.default_socket" && !entry.value.value.empty()) setting(entry);
        if ((key == "extension" || key == "zend_extension") && !entry.dynamic)
          extensions_.push_back(
              {entry.value.value, survey_.place(entry.value.span), key == "zend_extension"});
        if (key == "auto_prepend_file" || key == "auto_append_file")
          prepended_[key] = {entry.dynamic ? "" : entry.value.value,
                             survey_.place(entry.value.span)};
      }
    }
  }

  // PHP passes over what it may not read, and runs with its defaults.
  void open(const std::string& path) {
    survey_.open(reader_, {tree::Operation::read, path, Survey::whole_file(path), "configuration",
                           "start", "PHP runs without these settings", true});
  }

  // Who runs scripts with this php.ini.
  [[nodiscard]] Actor scripts() const {
    if (sapi_ == "apache2" && survey_.apache_child) return *survey_.apache_child;
    const auto pool = std::ranges::find(survey_.pools, directory_, &Pool::ini_directory);
    return pool != survey_.pools.end() ? pool->worker : Actor{"php", "php", {}};
  }

  [[nodiscard]] std::string service() const { return sapi_ == "apache2" ? "apache" : "php-fpm"; }

  void setting(const ini::Entry& entry) {
    facts::Directive row;
    static_cast<facts::Place&>(row) = survey_.place(entry.value.span);
    row.service = "php";
    row.context = sapi_;
    row.name = entry.key.value;
    row.args = entry.value.value;
    survey_.facts.add(std::move(row));
  }

  // php_admin_value[extension] loads one for the workers of a pool alone.
  void pool_extensions() {
    const auto& rows = survey_.facts.rows<facts::Directive>();
    for (const auto& row : rows) {
      const bool extends =
          row.name == "php_admin_value[extension]" || row.name == "php_value[extension]";
      if (!extends || row.service != "php-fpm") continue;
      const auto pool = std::ranges::find(survey_.pools, row.context, &Pool::name);
      if (pool == survey_.pools.end() || pool->ini_directory != directory_) continue;
      if (!pool->chroot.empty()) continue;  // opened inside of it
      loaded_.clear();                      // each pool is a process of its own
      extension(row.args, row, false);
    }
  }

  // The line that does, or nullptr.
  [[nodiscard]] const facts::Place* loads_opcache() const {
    const auto line = std::ranges::find_if(extensions_, [](const auto& extension) {
      return extension.value.find("opcache") != std::string::npos;
    });
    return line == extensions_.end() ? nullptr : &line->place;
  }

  // PHP loads extensions once all files are read, from the directory that was named last.
  void set_directory(const ini::Entry& entry) {
    extension_directory_ = entry.value.value;
    directory_place_ = survey_.place(entry.value.span);
  }

  [[nodiscard]] bool directory_missing() const {
    return directory_place_ && survey_.state_of(extension_directory_, "directory") == "missing";
  }

  // One row for all that would have been loaded from it.
  void own_directory() {
    if (!directory_missing() || !wanted_from_directory_) return;
    auto row = reference(extension_directory_, *directory_place_, extension_directory_, "missing");
    row.kind = "extension-directory";
    row.wanted = "directory";
    row.nearest = default_directory(directory_);
    if (survey_.state_of(row.nearest, "directory") != "found")
      row.nearest = survey_.nearest_path(extension_directory_);
    row.replacement = row.nearest;
    row.effect = "PHP starts without its extensions: their functions and classes are not there";
    survey_.facts.add(std::move(row));
  }

  // The list of browsers, without which the standard module does not start, nor PHP.
  void browsers() {
    const auto& values = survey_.php_ini[directory_];
    const auto set = values.find("browscap");
    if (set == values.end() || !set->second.value.starts_with('/')) return;
    const auto& path = set->second.value;
    const auto state = survey_.state_of(path, "file");
    auto row = reference(path, set->second.place, path, state);
    row.kind = "browscap";
    row.required = true;
    row.process = sapi_ == "cli" ? "php" : reader_.process;
    row.user = reader_.who.name;
    row.effect = sapi_ == "apache2" ? "Apache does not start"
                 : sapi_ == "fpm"   ? "php-fpm does not start"
                                    : "PHP does not start";
    row.nearest = row.replacement = state == "missing" ? survey_.nearest_path(path) : "";
    const auto effect = row.effect;
    survey_.facts.add(std::move(row));
    if (state == "found")
      survey_.open(reader_, {tree::Operation::read, path, set->second.place, "configuration",
                             "start", effect, true});
  }

  // PHP warns: Module "curl" is already loaded.
  void note_twice(const facts::PhpExtension& extension, const std::string& path) {
    const auto [first, added] = loaded_.emplace(path, extension);
    if (added || (first->second.path == extension.path && first->second.line == extension.line))
      return;
    auto& row = survey_.add_problem(
        extension, {.service = "php",
                    .language = "ini",
                    .code = "extension-twice",
                    .severity = "warning",
                    .message = "Module \"" + extension.name + "\" is already loaded",
                    .help = "remove one of the two lines"});
    Survey::relate(row, first->second, "loaded here");
  }

  // Whether those that it needs were loaded before; of what is no file of its own nothing is told.
  bool has_needs(const facts::PhpExtension& extension) {
    for (const auto& [name, needed] : kNeeds) {
      const auto file = tree::join(extension_directory_, std::string(needed) + ".so");
      if (name != extension.name || names_.contains(needed) ||
          survey_.state_of(file, "file") != "found")
        continue;
      survey_.add_problem(
          extension, {.service = "php",
                      .language = "ini",
                      .code = "extension-needs",
                      .severity = "error",
                      .message = "the extension " + extension.name + " of " + sapi_ + " needs " +
                                 std::string(needed) + ", which is not loaded before it",
                      .help = "phpenmod -s " + sapi_ + " " + std::string(needed)});
      return false;
    }
    return true;
  }

  // opcache is an extension of the engine, what this lists is none: either setting refuses the
  // other's.
  bool has_kind(const facts::PhpExtension& extension, bool zend) {
    const bool engine = extension.name == "opcache";
    const bool ordinary = std::ranges::find(kOrdinary, extension.name) != kOrdinary.end();
    if (zend ? !ordinary : !engine) return true;
    survey_.add_problem(
        extension,
        {.service = "php",
         .language = "ini",
         .code = "extension-kind",
         .severity = "error",
         .message = zend ? extension.name + " doesn't appear to be a valid Zend extension"
                         : "Invalid library (appears to be a Zend Extension): " + extension.name,
         .help = std::string(zend ? "extension=" : "zend_extension=") + extension.name});
    return false;
  }

  void extension(const std::string& value, const facts::Place& place, bool zend) {
    auto name = value;
    if (name.empty()) return;
    facts::PhpExtension row;
    static_cast<facts::Place&>(row) = place;
    row.sapi = sapi_;
    row.name = tree::basename(name);
    if (row.name.ends_with(".so")) row.name.resize(row.name.size() - 3);
    const bool is_path = name.find('/') != std::string::npos;
    if (!is_path && extension_directory_.empty()) {
      survey_.blind(row, "php_extension", name, "the directory of extensions is not known");
      row.loaded = true;
      survey_.facts.add(std::move(row));
      return;
    }
    const auto state = find(name);
    row.loaded = state == "found" || state == "unseen";
    if (state == "found") note_twice(row, name);
    if (row.loaded) row.loaded = has_kind(row, zend) && (is_path || has_needs(row));
    if (row.loaded) names_.insert(row.name);
    if (state == "found" && is_path) survey_.note_file(name, service(), "module");
    survey_.facts.add(std::move(row));
    wanted_from_directory_ = wanted_from_directory_ || !is_path;
    if (is_path || !directory_missing()) survey_.facts.add(reference(value, place, name, state));
  }

  // "redis" is looked for as redis and as redis.so; gives the state and makes the name a path.
  std::string find(std::string& name) const {
    const auto path = tree::join(extension_directory_, name);
    name = path;
    auto state = survey_.state_of(path, "file");
    if (state == "found" || state == "unseen") return state;
    if (const auto with = survey_.state_of(path + ".so", "file");
        with == "found" || with == "unseen") {
      name += ".so";
      return with;
    }
    if (!name.ends_with(".so")) name += ".so";
    return state;
  }

  [[nodiscard]] facts::Reference reference(const std::string& value, const facts::Place& place,
                                           const std::string& path,
                                           const std::string& state) const {
    facts::Reference row;
    static_cast<facts::Place&>(row) = place;
    row.service = "php";
    row.kind = "extension";
    row.as_written = value;
    row.resolved = path;
    row.state = state;
    row.wanted = "file";
    row.process = sapi_ == "apache2" ? "apache parent" : "php-fpm master";
    row.user = "root";
    row.call = "openat";
    row.effect = "PHP starts without it: its functions and classes are not there";
    row.reached_from = directory_;
    if (state == "missing" || state == "dangling") {
      if (const auto near = survey_.nearest_path(path); near.ends_with(".so")) {
        row.nearest = tree::basename(near);
        row.replacement = row.nearest;
      }
    }
    return row;
  }

  Survey& survey_;
  const Actor& reader_;
  std::string sapi_, directory_, extension_directory_;
  std::optional<facts::Place> directory_place_;  // of extension_dir
  bool wanted_from_directory_ = false;
  std::vector<Line> extensions_;                // in the order of reading
  std::map<std::string, facts::Place> loaded_;  // by path
  std::set<std::string, std::less<>> names_;    // that are loaded
  std::map<std::string, std::pair<std::string, facts::Place>> prepended_;  // the last one counts
};

}  // namespace

void read_php_ini(Survey& survey, std::string_view sapi, std::string_view directory,
                  const Actor& reader) {
  IniReader(survey, sapi, directory, reader).read();
}

void read_apache_php_ini(Survey& survey, const Systemd& systemd) {
  Actor parent{"apache", "apache parent", tree::root_principal()};
  if (const auto* unit = systemd.find("apache"); unit != nullptr) {
    parent.fences = &unit->fences;
    if (auto who = Systemd::identity(*unit, survey.accounts)) parent.who = *std::move(who);
  }
  std::set<std::string> directories;
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (row.service != "apache" || row.name != "loadmodule") continue;
    const auto library = tree::basename(row.args);
    constexpr std::string_view start = "libphp", end = ".so";
    if (!library.starts_with(start) || !library.ends_with(end)) continue;
    const auto version = library.substr(start.size(), library.size() - start.size() - end.size());
    directories.insert("/etc/php/" + std::string(version) + "/apache2");
  }
  for (const auto& directory : directories) read_php_ini(survey, "apache2", directory, parent);
}

}  // namespace stackaudit::stack
