// Names that are used and that nobody declares: functions that PHP gave up, extensions that are not
// loaded, typing errors. Only what another name explains is told: code that was not seen may
// declare anything.
#include "stack/php/data_source.hpp"
#include "stack/php/known_types.hpp"
#include "stack/php/loaded_extensions.hpp"
#include "stack/php/names.hpp"
#include "stack/php/near_names.hpp"
#include "stack/php/read_again.hpp"
#include "stack/php/rows.hpp"
#include "stack/php/slips.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;

// Families of constants that went with their extensions.
constexpr std::array<std::string_view, 4> kGone{"MCRYPT", "MYSQL", "MSSQL", "SQLITE"};

// Libraries, which choose among what is there by means of their own.
constexpr std::array<std::string_view, 4> kLibraries{"/vendor/", "/node_modules/", "/tests/",
                                                     "/usr/share/php/"};

// Functions of WordPress that hardly a plugin or theme does without.
constexpr auto kOfHost =
    std::to_array<std::string_view>({"add_action", "add_filter", "get_header"});

// Of which version data/php-names.tsv tells the names.
constexpr int kNamesOf = 802;

class Judge {
 public:
  Judge(const Corpus& corpus, const Definitions& definitions, const PhpNames& names,
        std::size_t application, const Closed& closed, const std::set<const Unit*>& run)
      : corpus_(corpus),
        names_(names),
        front_units_(closed.front),
        run_(run),
        application_(application),
        functions_closed_(closed.functions),
        classes_closed_(closed.classes),
        front_(corpus, closed.front),
        extensions_(corpus, corpus.applications[application], names) {
    // A host that serves a directory inside of another's runs the same code.
    const auto is_near = [&](std::size_t other) {
      return overlap(corpus.applications[application], corpus.applications[other]) ||
             closed.lenders.contains(other);
    };
    for (const auto& unit : corpus.units) {
      if (!is_near(unit.application)) continue;
      declared_.insert(unit.symbols.declared.begin(), unit.symbols.declared.end());
      for (const auto& type : unit.symbols.types) types_.declare(type.name);
      asked_.insert(unit.symbols.asked.begin(), unit.symbols.asked.end());
      finals_.insert(unit.symbols.final.begin(), unit.symbols.final.end());
      if (!is_library(unit))
        made_.insert(unit.symbols.defined_beginning.begin(), unit.symbols.defined_beginning.end());
      for (const auto& symbol : unit.symbols.functions) functions_.push_back(symbol.name);
    }
    for (const auto& [name, list] : definitions.constants()) {
      const bool own = std::ranges::any_of(
          *list, [&](const Definition& d) { return is_near(d.unit->application); });
      if (own) constants_.push_back(name);
      if (own) declared_.insert(hash_of(kConstantName, name));
    }
    for (const auto* word : {"true", "false", "null"}) constants_.emplace_back(word);
    const bool guest = is_guest();
    near_.emplace(names, guest);
    if (!extensions_.known() || guest) functions_closed_ = classes_closed_ = false;
    for (const auto& [name, of] : names.functions)
      if (!extensions_.lacks(of) && !names.since.contains(name) && !is_disabled(name))
        declared_.insert(hash_of(kFunctionName, name));
    for (const auto& [name, of] : names.constants) declared_.insert(hash_of(kConstantName, name));
  }

  void judge(const Unit& unit) {
    declares_again(unit);
    declares_built_in(unit);
    const auto strange = [&](const std::vector<NameHash>& used) {
      return std::ranges::any_of(used, [&](NameHash h) { return !declared_.contains(h); });
    };
    const auto& symbols = unit.symbols;
    const bool front = front_.runs(unit) || front_.shows(unit);
    if (!strange(symbols.called) && !strange(symbols.constants) &&
        !((extensions_.seen() || classes_closed_ || front) && strange(symbols.made)) &&
        !builds_on(unit) && !(front && uses_late(unit)) &&
        (!classes_closed_ || symbols.made.empty()))
      return;
    const ReadAgain code(corpus_, unit);
    if (!code.there()) return;
    examine(unit, code);
    bases(unit, code);
  }

 private:
  // A plugin or a theme alone, as it lies in its repository: what it calls is WordPress's.
  [[nodiscard]] bool is_guest() const {
    return std::ranges::any_of(corpus_.units, [&](const Unit& unit) {
      return unit.application == application_ && unit.wordpress.empty() &&
             std::ranges::any_of(kOfHost, [&](std::string_view name) {
               const auto hash = hash_of(kFunctionName, name);
               return !declared_.contains(hash) &&
                      std::ranges::find(unit.symbols.called, hash) != unit.symbols.called.end();
             });
    });
  }

  [[nodiscard]] bool is_disabled(std::string_view name) const {
    const auto& disabled = corpus_.applications[application_].disabled_functions;
    return !disabled.empty() && disabled.contains(name);
  }

  [[nodiscard]] bool asked(std::string_view name) const {
    return asked_.contains(hash_of(kAskedName, name));
  }

  void examine(const Unit& unit, const ReadAgain& read) {
    const auto& ast = read.ast();
    const auto code = read.text();
    std::set<std::string> told;
    const bool in_namespace = std::ranges::any_of(
        ast.nodes, [](const Node& node) { return node.kind == NodeKind::namespace_; });
    const Names names(ast, code);
    auto uses = uses_of(ast, code, finals_);
    // Each name is told of once.
    std::stable_partition(uses.begin(), uses.end(), [](const Use& use) { return use.certain; });
    for (const auto& use : uses) {
      if (told_ >= kMostTold) return;
      const auto& node = ast[use.id];
      const auto written = code.substr(node.begin, node.end - node.begin);
      const bool elsewhere = in_namespace && !written.starts_with('\\');
      const bool calls_back = use.kind == kCallbackName;
      const std::string name(
          base_name(calls_back ? written.substr(1, written.size() - 2) : written));
      std::string said, help;
      bool certain = use.certain;
      if (calls_back)
        said = function(text::lower(name), help, true);
      else if (use.kind == kFunctionName && !unit.symbols.imports_functions)
        said = function(text::lower(name), help, !use.conditional);
      else if (use.kind == kClassName && names.whole(written).find('\\') != std::string::npos)
        said = spaced_class(names.whole(written), !use.conditional, help);
      else if (use.kind == kClassName && !elsewhere && !use.conditional)
        said = class_name(text::lower(name), help);
      else if (use.kind == kConstantName && !unit.symbols.imports_functions)
        said = constant(name, help, certain);
      if (said.empty() && use.kind == kClassName && text::lower(name) == "pdo")
        said = driver(ast, code, use.id, help);
      if (said.empty() && (!elsewhere || calls_back))
        said = at_front(unit, use, name, certain, help);
      if (said.empty() || (!certain && doubtful_ >= kMostTold) || !told.insert(name).second)
        continue;
      ++(certain ? told_ : doubtful_);
      tell(read, node.begin, node.end, certain, std::move(said), std::move(help));
    }
  }

  // What WordPress has not loaded when a plugin or theme uses it, or has nowhere.
  [[nodiscard]] std::string at_front(const Unit& unit, const Use& use, const std::string& name,
                                     bool& certain, std::string& help) const {
    const bool calls_back = use.kind == kCallbackName;
    const bool runs = front_.runs(unit);
    if ((!runs && !front_.shows(unit)) || (!use.certain && !calls_back) ||
        use.kind == kConstantName)
      return {};
    const bool of_class = use.kind == kClassName;
    const auto key = text::lower(name);
    if (of_class && is_relative(key)) return {};
    const auto hash = hash_of(of_class ? kClassName : kFunctionName, key);
    const auto what = std::string(of_class ? "class " : "function ") + key + (of_class ? "" : "()");
    const auto* late = calls_back ? nullptr : front_.late(unit, hash);
    if (late != nullptr && !asks_itself(unit, key)) {
      help = "load " + late->path + " before, or use it later: from a function that a hook runs";
      return "undefined " + what + ": " + late->path + " declares it, which is not loaded here";
    }
    const auto& built_in = of_class ? names_.classes : names_.functions;
    const bool known =
        declared_.contains(hash) || built_in.contains(key) || names_.gone.contains(key);
    if (known || !extensions_.known() || !front_.all_seen() || names_.since.contains(key))
      return {};
    certain = certain && runs && front_.certain();
    help = "ask whether it is there first, or bring back the plugin that declares it";
    return "undefined " + what + ": no file of this WordPress declares it";
  }

  static bool asks_itself(const Unit& unit, const std::string& name) {
    return std::ranges::binary_search(unit.symbols.asked, hash_of(kAskedName, name));
  }

  [[nodiscard]] bool is_declared(const Base& base) const {
    const auto name = base_name(base.name);
    if (classes_closed_ && name.size() < base.name.size())
      return types_.may_have(base.name) || names_.classes.contains(base.name) || asked(name);
    return base.name.empty() || declared_.contains(hash_of(kClassName, name)) ||
           names_.classes.contains(name) || asked(name);
  }

  [[nodiscard]] bool builds_on(const Unit& unit) const {
    return std::ranges::any_of(unit.symbols.types, [&](const Type& type) {
      return std::ranges::any_of(type.bases, [&](const Base& base) {
        return !is_declared(base) ||
               front_.late(unit, hash_of(kClassName, base_name(base.name))) != nullptr;
      });
    });
  }

  [[nodiscard]] bool uses_late(const Unit& unit) const {
    const auto late = [&](NameHash hash) { return front_.late(unit, hash) != nullptr; };
    return std::ranges::any_of(unit.symbols.called, late) ||
           std::ranges::any_of(unit.symbols.made, late);
  }

  // A function of wp-includes/pluggable.php in a theme: plugins alone come before it.
  void declares_again(const Unit& unit) {
    for (const auto& symbol : unit.symbols.functions) {
      if (!front_.declares_again(unit, hash_of(kFunctionName, symbol.name))) continue;
      const ReadAgain read(corpus_, unit);
      if (!read.there()) return;
      corpus_.survey().add_problem(read.place(symbol.begin, symbol.end),
                                   {.service = "php",
                                    .language = "php",
                                    .code = "redeclared",
                                    .severity = "error",
                                    .message = "Cannot redeclare " + symbol.name +
                                               "(), which wp-includes/pluggable.php declares "
                                               "before the theme is loaded",
                                    .help = "declare it in a plugin, which is loaded before"});
    }
  }

  // What PHP itself declares: a polyfill of an older PHP that does not ask.
  void declares_built_in(const Unit& unit) {
    if (!extensions_.known() || corpus_.applications[application_].version < kNamesOf ||
        (!run_.contains(&unit) && !front_units_.units.contains(&unit)))
      return;
    const auto own = [&](const auto& known, const Symbol& symbol) {
      const auto it = known.find(symbol.name);
      return it != known.end() && !names_.since.contains(symbol.name) &&
             !is_disabled(symbol.name) && extensions_.is_everywhere(it->second);
    };
    const auto tell = [&](const Symbol& symbol, const std::string& said) {
      const ReadAgain read(corpus_, unit);
      if (!read.there() || told_++ >= kMostTold) return;
      corpus_.survey().add_problem(read.place(symbol.begin, symbol.end),
                                   {.service = "php",
                                    .language = "php",
                                    .code = "redeclared",
                                    .severity = "error",
                                    .message = said + ", which PHP itself has",
                                    .help = "take it out, or ask first whether it is there"});
    };
    for (const auto& symbol : unit.symbols.functions)
      if (own(names_.functions, symbol)) tell(symbol, "Cannot redeclare " + symbol.name + "()");
    for (const auto& symbol : unit.symbols.classes)
      if (own(names_.classes, symbol)) tell(symbol, "Cannot declare class " + symbol.name);
  }

  // Parents, interfaces and traits that nobody declares.
  void bases(const Unit& unit, const ReadAgain& read) {
    for (const auto& type : unit.symbols.types)
      for (const auto& base : type.bases) {
        const std::string name(base_name(base.name));
        const Use use{0, kClassName, type.top_level};
        std::string said, help;
        bool certain = type.top_level;
        if (!is_declared(base) && classes_closed_)
          said =
              "undefined class " + base.name + ": no file that the application loads declares it";
        else if (base.name == name && type.top_level)
          said = at_front(unit, use, name, certain, help);
        if (said.empty() || told_ >= kMostTold) continue;
        ++told_;
        tell(read, base.begin, base.end, certain, std::move(said), std::move(help));
      }
  }

  [[nodiscard]] std::string absent(std::string_view what, std::string_view extension,
                                   std::string& help) const {
    if (!extensions_.lacks(extension) || asks_for(what.substr(0, what.find('(')), extension))
      return {};
    help = "load the extension " + std::string(extension) + " (phpenmod), or ask for it first";
    return std::string(what) + " is of the extension " + std::string(extension) +
           ", which this PHP does not load";
  }

  [[nodiscard]] std::string function(const std::string& name, std::string& help, bool runs) const {
    if (declared_.contains(hash_of(kFunctionName, name)) || asked(name)) return {};
    const auto version = corpus_.applications[application_].version;
    if (const auto it = names_.gone.find(name); it != names_.gone.end()) {
      if (version == 0 || version < it->second || asked(family(name))) return {};
      help = "write what took its place, or keep an older PHP";
      return "undefined function " + name + "(): PHP " + std::to_string(it->second / 100) + "." +
             std::to_string(it->second % 100) + " gave it up";
    }
    if (const auto it = names_.since.find(name); it != names_.since.end()) {
      if (!functions_closed_ || version >= it->second || asked(family(name))) return {};
      help = "write what this PHP has, declare the function, or install a newer PHP";
      return "undefined function " + name + "(): PHP " + std::to_string(it->second / 100) + "." +
             std::to_string(it->second % 100) + " brings it, and this is PHP " +
             std::to_string(version / 100) + "." + std::to_string(version % 100);
    }
    if (is_disabled(name)) {
      help = "do without it, or take it out of disable_functions";
      return "undefined function " + name + "(): disable_functions of PHP's settings takes it away";
    }
    if (const auto it = names_.functions.find(name); it != names_.functions.end())
      return absent(name + "()", it->second, help);
    const auto near = near_->function(name, functions_);
    if (near.empty() && functions_closed_ && runs)
      return "undefined function " + name + "(): no file that the application loads declares it";
    if (near.empty()) return {};
    help = "write " + near + "()";
    return "undefined function " + name + "(), but " + near + "() is there";
  }

  // new PDO('pgsql:host=...'): each kind of database is an extension of its own.
  [[nodiscard]] std::string driver(const Ast& ast, std::string_view code, NodeId name,
                                   std::string& help) const {
    const auto kind = database_kind(ast, code, name);
    if (kind.empty() || asked("pdo_" + kind)) return {};
    return absent("the PDO driver " + kind, "pdo_" + kind, help);
  }

  [[nodiscard]] std::string class_name(const std::string& name, std::string& help) const {
    const auto it = names_.classes.find(name);
    if (declared_.contains(hash_of(kClassName, name)) || asked(name)) return {};
    if (it == names_.classes.end())
      return classes_closed_ && !is_relative(name)
                 ? "undefined class " + name + ": no file that the application loads declares it"
                 : std::string{};
    return absent("class " + name, it->second, help);
  }

  // A class of a namespace, by its whole name. Where a condition decides only a name that was
  // probably meant is told of.
  [[nodiscard]] std::string spaced_class(const std::string& whole, bool runs,
                                         std::string& help) const {
    const auto key = text::lower(whole);
    const auto last = std::string(base_name(key));
    if (!classes_closed_ || is_relative(last) || asked(last) || types_.may_have(key) ||
        names_.classes.contains(key))
      return {};
    auto near = names_.classes.contains(last) ? "\\" + std::string(base_name(whole))
                                              : types_.namesake(last);
    if (near.empty() && !runs) return {};
    const auto said = "undefined class " + whole;
    if (near.empty()) return said + ": no file that the application loads declares it";
    help = "write " + near + ", or import that";
    return said + ", but " + near + " is there";
  }

  static bool is_relative(std::string_view name) {
    return name == "self" || name == "static" || name == "parent";
  }

  // define($prefix . 'NAME', ...) may define any constant.
  [[nodiscard]] std::string constant(const std::string& name, std::string& help,
                                     bool& certain) const {
    if (declared_.contains(hash_of(kConstantName, name)) || asked(name)) return {};
    for (const auto& beginning : made_) {
      if (!beginning.empty() && name.starts_with(beginning)) return {};
      certain = certain && !beginning.empty();
    }
    const auto small = text::lower(name);
    if (small == "true" || small == "false" || small == "null" ||
        std::ranges::find(kGone, family(name)) != kGone.end())
      return {};
    if (const auto it = names_.gone_constants.find(name); it != names_.gone_constants.end()) {
      if (corpus_.applications[application_].version < it->second) return {};
      help = "write what took its place";
      return "undefined constant " + name + ": PHP " + std::to_string(it->second / 100) + "." +
             std::to_string(it->second % 100) + " gave it up";
    }
    auto near = magic_constant(name);
    if (near.empty()) near = near_->constant(name, constants_);
    if (near.empty()) return {};
    help = "write " + near;
    return "undefined constant " + name + ", but " + near + " is there";
  }

  // Whether the code asks for any function of the family, or for the extension.
  [[nodiscard]] bool asks_for(std::string_view name, std::string_view extension) const {
    if (asked(name) || asked(extension) || asked(family(name))) return true;
    return std::ranges::any_of(names_.functions, [&](const auto& entry) {
      return entry.second == extension && asked(entry.first);
    });
  }

  void tell(const ReadAgain& read, std::uint32_t begin, std::uint32_t end, bool certain,
            std::string said, std::string help) {
    tell_undefined(corpus_, read.place(begin, end), certain, std::move(said), std::move(help));
  }

  const Corpus& corpus_;
  const PhpNames& names_;
  const Front& front_units_;
  const std::set<const Unit*>& run_;  // by every request for some page
  std::size_t application_;
  std::unordered_set<NameHash> declared_, asked_;
  Finals finals_;
  std::set<std::string_view> made_;  // how the names of constants begin that are made at run time
  std::vector<std::string_view> functions_, constants_;
  KnownTypes types_;
  bool functions_closed_, classes_closed_;
  FrontNames front_;
  LoadedExtensions extensions_;
  std::optional<NearNames> near_;
  std::size_t told_ = 0, doubtful_ = 0;
};

}  // namespace

void tell_undefined(const Corpus& corpus, const facts::Place& place, bool certain, std::string said,
                    std::string help) {
  corpus.survey().add_problem(place, {.service = "php",
                                      .language = "php",
                                      .code = "undefined",
                                      .severity = certain ? "error" : "warning",
                                      .message = std::move(said),
                                      .help = std::move(help)});
}

bool is_library(const Unit& unit) {
  if (!unit.wordpress.empty()) {
    const auto rest = std::string_view(unit.path).substr(unit.wordpress.size());
    if (rest.starts_with("/wp-includes/") || rest.starts_with("/wp-admin/")) return true;
  }
  return std::ranges::any_of(
      kLibraries, [&](std::string_view part) { return unit.path.find(part) != std::string::npos; });
}

void add_undefined(const Corpus& corpus, const Definitions& definitions,
                   const std::vector<Closed>& closed, const std::set<const Unit*>& run) {
  if (corpus.units.empty()) return;
  const auto names = php_names();
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    Judge judge(corpus, definitions, names, i, closed[i], run);
    for (const auto& unit : corpus.units)
      if (unit.application == i && unit.reached && !unit.inactive && !is_library(unit))
        judge.judge(unit);
  }
}

}  // namespace stackaudit::stack::php
