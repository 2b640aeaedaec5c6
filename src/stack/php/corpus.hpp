// The PHP files of an audit, each read and parsed once, in parallel, and the applications that they
// belong to.
#pragma once

#include "stack/php/script_runs.hpp"
#include "stack/php/symbols.hpp"
#include "stack/survey.hpp"
#include "syntax/php/php.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stackaudit::stack::php {

// A directory that is served, or that the user named.
struct Application {
  std::string root;           // canonical
  bool served = false;        // it is a document root
  std::vector<Actor> actors;  // who runs its PHP; none: not known
  std::vector<std::int64_t> sites;
  facts::Place place;                             // what names it
  int version = 0;                                // of PHP, as syntax::php::Options
  std::string include_path = ".:/usr/share/php";  // or the paths that it may be, one after another
  std::optional<bool> short_open_tag;             // none: not known
  bool loads_urls = false;                        // allow_url_include
  bool env_is_empty = false;                      // variables_order fills no $_ENV, in any PHP
  std::map<std::string, std::string, std::less<>> environment;  // of its only pool
  bool bare = false;  // which gives PHP no other variables than these and the server's
  // That the server hands over with each request; empty: it may be one of several.
  std::map<std::string, std::string, std::less<>> parameters;
  std::set<std::string, std::less<>> disabled_functions;  // by each PHP that runs it
  bool short_tags_seen = false;                           // some PHP's setting was looked at
  std::vector<std::string> sapis;                         // of its PHP: fpm, apache2
  bool named_file = false;                                // the user named one file: `entry`
  std::string entry;
  std::set<std::string> prepended;  // files that PHP loads around each script, canonical
  bool command = false;             // PHP's command line program alone runs it: `entry`
  bool settings_read = false;       // of that program
};

// Whether a file puts names of others together, as in return "{$this->root}/config/{$name}.php";:
// includes elsewhere may ask for them.
[[nodiscard]] bool makes_paths(std::string_view text);

// Whether the directory of one lies in the other's: they are served twice, and may be one code.
[[nodiscard]] bool overlap(const Application& one, const Application& other);

// How a file comes to be run.
struct Reached {
  std::string entry;   // the front controller
  facts::Place place;  // of the words that lead here
  bool by_require = false;
  const ScriptRun* run = nullptr;  // the command that runs the entry, where no request does
};

// Of how many directories of entry points a file's are noted.
inline constexpr std::size_t kMostStarts = 8;

struct Unit {
  Unit(const syntax::php::Parsed& parsed_in, const Symbols& symbols_in)
      : parsed(parsed_in), symbols(symbols_in) {}

  std::size_t number = 0;  // in the corpus
  std::string path;        // canonical
  std::string directory;   // of it
  std::size_t application = 0;
  std::string wordpress;  // root of the installation that it belongs to, or empty
  text::FileId file = text::FileId::none;
  std::string_view text;
  const syntax::php::Parsed& parsed;  // shared by files of the same content
  const Symbols& symbols;             // likewise
  std::vector<std::string> classes;   // that it declares, in lower case
  std::string_view part;              // its plugin's, theme's or library's directory, or empty
  bool plugin = false;                // a plugin's main file
  bool specimen = false;              // a test, or a sample: no request runs it
  bool declares_only = false;         // nothing runs but declarations
  bool keeps_paths = false;           // it puts a path into a property
  bool inactive = false;              // of a plugin or theme that WordPress does not load
  bool active = false;                // of one that it loads; neither: not known
  std::uint64_t together = ~std::uint64_t{0};  // two with a common bit were active at one time
  std::optional<Reached> reached;              // none: as far as can be seen nothing loads it
  std::vector<const ScriptRun*> commands;      // that load it as well, where requests do
  std::set<std::string> starts;                // directories of the entry points that load it
  std::size_t loaders = 0;                     // files that may load it
  std::size_t loaders_by_name = 0;             // of them those whose names for it are known whole
  bool cut_short = false;  // each request for it certainly ends in it, or in what it loads

  // Whether nothing but requests for it run it.
  [[nodiscard]] bool is_only_requested() const {
    return loaders == 0 && reached && reached->entry == path && reached->run == nullptr;
  }
  // Its path below the installation of WordPress; whole for a wp-config.php in the directory above.
  [[nodiscard]] std::string_view inside_wordpress() const {
    const std::string_view whole = path;
    return whole.starts_with(wordpress) ? whole.substr(wordpress.size()) : whole;
  }
};

// Units in the order of the corpus: in that of their addresses each run would go another way.
struct InOrder {
  bool operator()(const Unit* a, const Unit* b) const {
    return a == nullptr ? b != nullptr : b != nullptr && a->number < b->number;
  }
};
using UnitSet = std::set<const Unit*, InOrder>;
template <class T>
using UnitMap = std::map<const Unit*, T, InOrder>;

class Corpus {
 public:
  explicit Corpus(Survey& survey) : survey_(survey) {}

  // Reads what is not known yet of these canonical paths; files that cannot be read are recorded
  // as blind spots or left out.
  void load(std::vector<std::string> paths, std::size_t application);

  [[nodiscard]] Unit* find(std::string_view path);
  [[nodiscard]] const Unit* find(std::string_view path) const;
  [[nodiscard]] static std::string_view slice(const Unit& unit, const syntax::php::Node& node) {
    return unit.text.substr(node.begin, node.end - node.begin);
  }

  Survey& survey() const { return survey_; }

  // The command that hands the file to PHP; nullptr: none is known.
  [[nodiscard]] const ScriptRun* run_of(std::string_view path) const;

  PhpNames names;  // what PHP itself brings
  std::vector<Application> applications;
  std::vector<ScriptRun> runs;               // filled before the first file is loaded
  std::vector<std::string> wordpress_roots;  // of this audit, innermost first
  std::deque<Unit> units;                    // in the order of reading; they never move

 private:
  // A content, for all files that have it: of a farm of sites each file is parsed once.
  struct Content {
    std::size_t hash = 0;
    syntax::php::Options options;
    text::FileId file = text::FileId::none;  // the first that has it
    syntax::php::Parsed parsed;
    Symbols symbols;
    std::vector<std::string> classes;
    bool plugin = false, declares_only = false, keeps_paths = false;
  };
  struct Read;

  [[nodiscard]] const Content* known(std::string_view text, std::size_t hash,
                                     const syntax::php::Options& options) const;
  void add(const std::string& path, std::size_t application, const Content& content,
           text::FileId file);
  void add_fresh(const std::string& path, std::size_t application, Read& read);

  Survey& survey_;
  std::map<std::string, std::size_t, std::less<>> by_path_;
  std::deque<Content> contents_;
  std::unordered_multimap<std::size_t, const Content*> by_hash_;
};

// The directory of the theme that a file belongs to; empty outside of themes.
[[nodiscard]] std::string theme_of(const Unit& unit);

// Whether a text calls one of the functions by which files are written. writes.cpp
[[nodiscard]] bool may_write(std::string_view text);
// Likewise whether it reads files. reads.cpp
[[nodiscard]] bool may_read(std::string_view text);

// The PHP files below a directory, canonical, sorted. Links are followed, each directory is
// entered once.
[[nodiscard]] std::vector<std::string> php_files_below(Survey& survey, const std::string& root);

// The words of a file's name: "config-dist.php" has three.
[[nodiscard]] std::vector<std::string_view> name_words(std::string_view name);
// Whether a word of a file's name says that the file is copied before it counts: "config-dist.php".
[[nodiscard]] bool is_sample_word(std::string_view word);
// Whether the path has a component that holds no code of the running application: tests, fixtures;
// or nothing that a request runs by itself, such as libraries.
[[nodiscard]] bool is_test(std::string_view path, std::string_view root);
[[nodiscard]] bool is_aside(std::string_view path, std::string_view root);

}  // namespace stackaudit::stack::php
