// What every reader of this layer shares: the tree, the texts read so far, the facts gathered so
// far, and the few models that one system hands to another. Readers add rows, they never judge.
#pragma once

#include "facts/store.hpp"
#include "stack/blocks.hpp"
#include "stack/pools/ini_values.hpp"
#include "syntax/syntax.hpp"
#include "text/hash.hpp"
#include "text/source_map.hpp"
#include "tree/access.hpp"
#include "tree/accounts.hpp"
#include "tree/glob.hpp"
#include "tree/tree.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack {

// What the mount namespace of a unit changes about a path and everything below it, systemd.exec(5).
struct Fence {
  enum class Kind : std::uint8_t { writable, read_only, hidden };
  std::string path;
  Kind kind = Kind::read_only;
  std::string setting;  // "ProtectSystem=strict"
  facts::Place place;
};

// A process that opens files: which service, which of its processes, as whom, behind which fences.
struct Actor {
  std::string service;  // "nginx", "apache", "php-fpm", "php"
  std::string process;  // "nginx master", "apache child", "php-fpm pool www"
  tree::Principal who;
  const std::vector<Fence>* fences = nullptr;  // of its unit; none: the whole tree is open
};

// An open (connect, bind, chdir, ...) that will happen.
struct Open {
  tree::Operation operation = tree::Operation::read;
  std::string path;              // absolute, as the process would spell it
  facts::Place place;            // the words that name it; path alone where no line does
  std::string purpose;           // as facts::Access::purpose
  std::string moment = "start";  // start, request, reload
  std::string effect;            // what is seen when it fails: "nginx does not start", "HTTP 403"
  bool required = true;
};

// A directory that is served, and how PHP below it runs. The site reader fills it; PHP reads it.
struct DocumentRoot {
  std::string path;     // canonical and existing
  std::string service;  // "nginx" or "apache"
  facts::Place place;
  std::string php;  // as facts::Site::php; empty: PHP files here are only ever downloaded
  std::int64_t site = 0;
  std::string url{};  // "/cacti" where an Alias leads here; empty: the root of the site
};

// A php-fpm pool that was read.
struct Pool {
  std::string name;
  std::string listen;  // as facts::Site::php has it: "unix:/run/php/app.sock", "tcp:127.0.0.1:9000"
  Actor worker;
  std::string directory;      // chdir of the pool; empty: the script's directory
  std::string ini_directory;  // "/etc/php/8.2/fpm": php.ini and conf.d of its master
  facts::Place place;         // the [pool] line
  IniValues php_values{};     // php_value[...] and php_admin_value[...]
  IniValues settings{};       // of php-fpm itself: chroot, security.limit_extensions, ...
  IniValues environment{};    // env[...], where the value is written there
  bool inherits = false;      // some variable is php-fpm's own: env[HOME] = $HOME
  std::string chroot{};       // absolute; empty: none
};

struct ServiceUnit;

class Survey {
 public:
  Survey(const tree::Tree& tree, text::SourceMap& sources, facts::Store& facts);

  // A part of it, for another thread: the same tree, texts and accounts, rows of its own. It may
  // judge, open, note and hand over document roots, not load files; take_in() ends it.
  Survey(const Survey& whole, facts::Store& rows);

  // Adds what a part recorded.
  void take_in(Survey& part);

  const tree::Tree& tree;
  text::SourceMap& sources;
  facts::Store& facts;
  tree::Accounts accounts;

  // Handed from system to system, in the order that order.cpp has.
  std::vector<DocumentRoot> document_roots;
  std::vector<Pool> pools;
  std::optional<Actor> apache_child;         // whom mod_php runs as; none: no Apache here
  std::map<std::string, IniValues> php_ini;  // by directory: "/etc/php/8.2/fpm"
  std::shared_ptr<const std::vector<ServiceUnit>> own_units;  // of own_units(), once asked for
  std::set<std::string, std::less<>> brought;  // paths that a server's unit puts something at
  std::int64_t next_site = 1;                  // for facts::Site::id
  std::int64_t files_read = 0;

  // The directives of a server as a tree, one for all who ask; made anew once rows were added.
  [[nodiscard]] const Blocks& blocks(std::string_view service);

  // php_ini of a directory; nothing of one that was not read.
  [[nodiscard]] const IniValues& ini_of(const std::string& directory) const;

  // Whether /etc/passwd and /etc/group are there to say who is who; a part of a root may lack them.
  [[nodiscard]] bool knows_accounts() const;

  // Reads a file once and gives its text's id; the path is kept in the spelling given (links are
  // followed by resolve). On failure adds a needed blind spot for `table` when it is the *auditor*
  // who may not read (EACCES, EPERM, EFBIG, EIO), and nothing when the file is simply not there.
  std::optional<text::FileId> load(std::string_view path, std::string_view table,
                                   std::size_t limit = tree::kReadLimit);

  // Reads files that will be loaded, several at a time; load() then has them at hand. Gives the
  // texts of those that could be read and were not loaded before.
  std::vector<text::FileId> read_ahead(std::span<const std::string> paths);

  // What is known of an open before it is decided: who, why, when.
  [[nodiscard]] static facts::Access access_row(const Actor& actor, const Open& open);

  // Decides the open by tree::may and records it in `access`; the verdict for the reader's own use.
  // survey_open.cpp
  tree::Verdict open(const Actor& actor, const Open& open);
  // The same for a new file in the directory `open.path`, whatever its name; nothing where that is
  // no directory.
  void open_new_in(const Actor& actor, Open open);

  // The place of a span; the whole file.
  [[nodiscard]] facts::Place place(text::Span span) const;
  [[nodiscard]] static facts::Place whole_file(std::string_view path);

  // Records something that could not be read or evaluated. needed: the audit is incomplete by it.
  void blind(facts::Place place, std::string_view table, std::string_view subject,
             std::string_view reason, bool needed = false);

  // What syntax_problem says of a place; the names are those of its columns.
  struct Problem {
    std::string_view service;
    std::string_view language;
    std::string_view code;
    std::string_view severity;  // "error", "warning", "info"
    std::string message;
    std::string help{};
    std::string replacement{};
  };

  // Records a problem. The row is the caller's to complete, by relate() say, until the next one is
  // recorded.
  facts::SyntaxProblem& add_problem(facts::Place place, Problem problem);

  // Names the one other place that explains a problem, and what is there.
  static void relate(facts::SyntaxProblem& row, const facts::Place& place, std::string message);

  // The same row, not recorded.
  [[nodiscard]] static facts::SyntaxProblem problem_row(facts::Place place, Problem problem);

  // Copies a parser's problems into syntax_problem. Info diagnostics are left out.
  void add_problems(const std::vector<text::Diagnostic>& problems, std::string_view service,
                    std::string_view language, std::string_view code = "parse");

  // state of facts::Reference for a path that must be a file or directory, without recording it:
  // "found", "missing", "dangling", "wrong-type", "unseen" (which a credential is, that the start
  // of a unit brings).
  [[nodiscard]] std::string state_of(std::string_view path, std::string_view wanted) const;

  // The existing path that was probably meant instead of a missing one: the nearest name in the
  // deepest directory that exists, letter case, extensions and neighbour directories considered.
  // Empty where nothing is near.
  [[nodiscard]] std::string nearest_path(std::string_view missing) const;

  // Records how a configuration file or directory is owned, in `file`, once for each path and role.
  void note_file(std::string_view path, std::string_view service, std::string_view role);

 private:
  static std::string note_key(std::string_view path, std::string_view service,
                              std::string_view role);

  std::map<std::string, std::pair<std::size_t, Blocks>, std::less<>> blocks_;  // of so many rows
  text::HashMap<text::FileId> loaded_;
  text::HashMap<text::FileId> ahead_;  // read, and not loaded yet
  text::HashSet noted_;                // path, service and role of the rows of `file`
  text::HashSet noted_as_;             // the same in the spelling that was asked for
};

// Runs the parts of a reader, several at a time where there are many directives to judge, each with
// a Survey of its own. What they record stands in the order of the parts.
void run_beside(Survey& survey, std::span<const std::function<void(Survey&)>> parts,
                std::size_t directives);

// What the user of the program asks to be looked at.
struct Targets {
  std::vector<std::string> paths;  // absolute, inside the root
  std::string kind;                // --kind: nginx, apache, php-fpm, php, systemd; empty: recognise
};

struct TargetError {
  std::string path;
  std::string message;  // "no such file or directory"
};

// Fills the facts from everything that the targets lead to: entry points below them are found,
// then each system is read, then what crosses systems is decided. Returns the targets that cannot
// be looked at; the rest has been read all the same. order.cpp
std::vector<TargetError> survey(Survey& survey, const Targets& targets);

}  // namespace stackaudit::stack
