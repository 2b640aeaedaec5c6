// The model of one Apache that the parts of this reader share: what was read, which modules are
// loaded, which servers and sections there are, and as whom its processes run.
#pragma once

#include "stack/apache/directives.hpp"
#include "stack/apache/envvars.hpp"
#include "stack/apache/foreign.hpp"
#include "stack/entries/entries.hpp"
#include "stack/systemd/systemd.hpp"
#include "syntax/apache/apache.hpp"
#include "text/regex.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace stackaudit::stack::apache {

// An argument with its ${NAME}s resolved.
struct Arg {
  std::string value;
  text::Span span;
  bool known = true;     // false: it has a variable whose value is not known here
  std::string variable;  // NAME where the argument is ${NAME} and nothing else
};

// A directive that httpd obeys: includes and conditions are resolved, their content is spliced in.
struct Node {
  const syntax::apache::Directive* source = nullptr;
  std::vector<Arg> args;  // resolved when the line was read
  std::vector<Node> children;
};

// <Directory>, <Location>, <Files>, <Limit>, <RequireAll>, ...; not <VirtualHost>.
struct Section {
  std::string kind;  // in lower case
  std::vector<Arg> args;
  int parent = -1;  // index of the enclosing section
  int server = 0;   // index of the server
  text::Span span;  // of its opening line
};

struct Setting {
  std::string name;  // in lower case
  std::vector<Arg> args;
  text::Span span;  // the whole line
  text::Span name_span;
  int server = 0;    // index of the server
  int section = -1;  // index of the innermost section
};

struct Server {  // the first is the main server
  text::Span span;
  std::vector<Arg> addresses;
};

// Where settings and sections are, so that a question about one server or one directory does not
// look at all of them. Numbers are indices into Httpd::settings and Httpd::sections.
struct Index {
  using Numbers = std::vector<std::uint32_t>;
  struct OfServer {
    Numbers settings, by_name;  // in their order; by name, and in their order
    std::unordered_map<std::string, Numbers> directories;  // by path, without its trailing slash
    Numbers wildcards, regexes;                            // <Directory> with a pattern
  };
  std::vector<OfServer> servers;
  std::vector<Numbers> of_section;  // settings by their innermost per-directory section
};

struct LoadedModule {
  std::string source;  // "mod_rewrite.c"; of a module not known here guessed from its file
  std::string identifier;
  text::Span span;
};

struct Macro {       // what <Macro> keeps, until Use asks for it
  std::string name;  // in lower case
  std::vector<std::string> parameters;
  text::Span span;       // of its opening line
  text::Span body;       // of its lines
  bool balanced = true;  // every section that it opens it closes, and no other
};

struct Httpd {
  Survey& survey;
  const Entry& entry;
  const ServiceUnit* unit = nullptr;
  const Systemd* systemd = nullptr;
  Knowledge knowledge{};

  // Where it starts.
  std::string server_root{};
  bool root_known = false;  // ServerRoot, or a distribution's known place
  Environment environment{};
  bool environment_known = false;              // what is not in it is not defined
  Environment definitions{};                   // Define
  std::set<std::string, std::less<>> flags{};  // -D and Define

  // What was read.
  std::deque<syntax::apache::Parsed> texts{};  // a deque: nodes point into it
  std::vector<Node> tree{};
  std::map<std::string, Macro, std::less<>> macros{};
  std::vector<LoadedModule> modules{};
  std::set<std::string> module_directories{};
  bool modules_certain = false;  // module files are there: what is not loaded is not there
  bool foreign = false;          // a module that is not in our tables is loaded
  ForeignModules foreign_modules{};
  bool incomplete = false;      // something that could hold directives was not followed
  bool unbalanced = false;      // a macro opens or closes a section for the lines around it
  std::int64_t directives = 0;  // rows of the directive table so far
  std::map<std::pair<std::string, int>, std::vector<Setting>>
      htaccess_settings{};                  // by path, server
  std::set<std::string> htaccess_judged{};  // path and classes in force

  // What it says.
  std::vector<Server> servers{};
  std::vector<Section> sections{};
  std::vector<Setting> settings{};
  Index index{};                                   // once the configuration is walked
  std::set<std::string, std::less<>> providers{};  // of <AuthzProviderAlias>, <AuthnProviderAlias>

  Actor parent{};
  Actor child{};
  bool identities_known = true;  // both are accounts that exist

  // Whether a module is in the server; nullopt where that cannot be known here.
  [[nodiscard]] std::optional<bool> has_module(std::string_view source) const;
  mutable std::map<std::string, std::optional<bool>, std::less<>>
      module_answers{};  // of has_module, until another module is loaded
  mutable std::map<std::string_view, text::Regex>
      patterns{};  // of value checks, compiled when they are first asked
  [[nodiscard]] bool loaded(std::string_view source) const {
    return has_module(source).value_or(false);
  }
  // A path as httpd takes it: relative ones below ServerRoot.
  [[nodiscard]] std::string path_of(std::string_view name) const;
};

struct Problem {
  text::Span span;
  std::string_view code;
  bool error = true;
  std::string message;
  std::string help;
  std::string replacement;
};
// Records it in syntax_problem.
void report(Httpd& httpd, const Problem& problem);

// Resolves ${NAME}; an undefined one stays as it is written and is reported once a place.
[[nodiscard]] Arg resolve(Httpd& httpd, const syntax::Word& word);
[[nodiscard]] std::vector<Arg> resolve_all(Httpd& httpd, const std::vector<syntax::Word>& words);
// The place that decides a value: of the variable's assignment where the argument is one.
[[nodiscard]] facts::Place decider(const Httpd& httpd, const Arg& arg);

// read_configuration.cpp: from the main file on, everything that httpd does while it reads.
void read_configuration(Httpd& httpd);
// What a .htaccess file may do.
struct Override {
  unsigned where = 0;  // of Where; 0: the file is not read
  bool nonfatal_override = false;
  bool nonfatal_unknown = false;
  std::optional<std::set<std::string>> options;  // Options=...: in lower case; none: all of them
  std::set<std::string> list;                    // AllowOverrideList, in lower case
};

// The same for one .htaccess file, where Include and its kin do not exist.
[[nodiscard]] std::vector<Node> read_htaccess(Httpd& httpd, text::FileId file,
                                              const Override& override);

// walk.cpp: judges each directive, and fills servers, sections, settings and the directive table;
// the tree and its texts are gone then.
void walk_configuration(Httpd& httpd);

// sections.cpp: fills httpd.index.
void index_configuration(Httpd& httpd);
// The settings of one server, 0 for what is said outside of all, that have this name: in their
// order. Of sections as well.
[[nodiscard]] std::span<const std::uint32_t> named(const Httpd& httpd, int server,
                                                   std::string_view name);

// Judges the nodes of a .htaccess file, whose arguments it takes; its settings are returned,
// section is -1 or an index into httpd.sections, where the file's own sections are added.
[[nodiscard]] std::vector<Setting> walk_htaccess(Httpd& httpd, std::vector<Node>& nodes,
                                                 const Override& override, int server);

}  // namespace stackaudit::stack::apache
