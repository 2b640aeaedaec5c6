// Names that are used and that nobody declares: functions that PHP gave up, extensions that are not
// loaded, typing errors, what WordPress has not loaded yet.
#include "stack/php/application_names.hpp"
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "stack/php/slips.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20, kMostSlips = 4;

// Libraries, which choose among what is there by means of their own.
constexpr std::array<std::string_view, 4> kLibraries{"/vendor/", "/node_modules/", "/tests/",
                                                     "/usr/share/php/"};

// Constants that WordPress has for some requests, or that are its command line's.
constexpr auto kOfSomeRequests = std::to_array<std::string_view>(
    {"WP_CLI", "DOING_CRON", "DOING_AJAX", "DOING_AUTOSAVE", "REST_REQUEST", "XMLRPC_REQUEST",
     "WP_ADMIN", "WP_NETWORK_ADMIN", "WP_INSTALLING", "WP_UNINSTALL_PLUGIN", "IFRAME_REQUEST",
     "WP_IMPORTING", "MULTISITE"});

// Where the class is, if classes lie as the unit's own does: of App\Mail\Sender in
// src/Mail/Sender.php the other App\Text\Slug is in src/Text/Slug.php.
std::string file_beside(const Unit& unit, std::string_view whole) {
  for (const auto& type : unit.symbols.types) {
    std::string_view name = type.spelled, path = unit.path;
    if (!path.ends_with(".php")) return {};
    path.remove_suffix(4);
    while (!name.empty() && base_name(name) == tree::basename(path)) {
      const auto last = base_name(name).size();
      name.remove_suffix(std::min(name.size(), last + 1));
      path.remove_suffix(last + 1);
    }
    const bool lies_so =
        path.size() + 4 < unit.path.size() && type.name.find('\\') != type.name.npos;
    if (!lies_so || !(name.empty() || (whole.starts_with(name) && whole[name.size()] == '\\')))
      continue;
    auto rest = std::string(whole.substr(name.empty() ? 0 : name.size() + 1));
    std::ranges::replace(rest, '\\', '/');
    return std::string(path) + "/" + rest + ".php";
  }
  return {};
}

// Where the classes of a namespace lie that are called as their files are, of one plugin or theme;
// empty: in several directories.
using Homes = std::map<std::pair<std::string_view, std::string>, std::string_view>;

Homes homes_of(const Corpus& corpus, std::size_t application) {
  Homes homes;
  for (const auto& unit : corpus.units) {
    if (unit.application != application || unit.inactive) continue;
    for (const auto& type : unit.symbols.types) {
      const std::string_view name = base_name(type.spelled);
      if (name.size() == type.spelled.size() ||
          tree::basename(unit.path) != std::string(name) + ".php")
        continue;
      auto space = type.spelled.substr(0, type.spelled.size() - name.size() - 1);
      const auto [it, fresh] = homes.try_emplace({unit.part, std::move(space)}, unit.directory);
      if (!fresh && it->second != unit.directory) it->second = {};
    }
  }
  return homes;
}

class Judge {
 public:
  Judge(const Corpus& corpus, const Definitions& definitions, std::size_t application,
        const Closed& closed)
      : corpus_(corpus),
        own_(corpus, definitions, application, closed),
        front_(corpus, closed.front) {
    for (const auto& each : definitions.of("@autoload"))
      if (each.unit->application == application) loaders_.push_back(each.unit);
    if (!loaders_.empty()) homes_ = homes_of(corpus, application);
  }

  void judge(const Unit& unit) {
    const auto strange = [&](const std::vector<NameHash>& used) {
      return std::ranges::any_of(used, [&](NameHash h) { return !own_.declares(h); });
    };
    const auto& symbols = unit.symbols;
    const bool spaced =
        std::ranges::any_of(symbols.called, [&](NameHash h) { return own_.only_in_spaces(h); });
    const bool front = front_.runs(unit) || front_.shows(unit);
    if (!spaced && !strange(symbols.called) && !strange(symbols.constants) &&
        !((own_.extensions().seen() || own_.all_classes() || is_spaced(unit) || !homes_.empty() ||
           front) &&
          strange(symbols.made)) &&
        !builds_on(unit) && !(front && uses_late(unit)) &&
        (!own_.all_classes() || symbols.made.empty()))
      return;
    barred_ = std::ranges::any_of(barriers(unit.parsed.ast, unit.text), [&](std::string_view name) {
      return !own_.declares(hash_of(kConstantName, name)) ||
             std::ranges::find(kOfSomeRequests, name) != kOfSomeRequests.end();
    });
    const auto settings = tree::basename(unit.path) == "wp-config.php"
                              ? unit.text.rfind("wp-settings.php")
                              : std::string_view::npos;
    loads_wordpress_ = static_cast<std::uint32_t>(std::min<std::size_t>(settings, UINT32_MAX));
    examine(unit);
    bases(unit);
  }

 private:
  void examine(const Unit& unit) {
    const auto& ast = unit.parsed.ast;
    std::set<std::string> told;
    const bool in_namespace = std::ranges::any_of(
        ast.nodes, [](const Node& node) { return node.kind == NodeKind::namespace_; });
    const Names names(ast, unit.text);
    auto uses = uses_of(ast, unit.text, own_.finals());
    // Each name is told of once.
    std::stable_partition(uses.begin(), uses.end(), [](const Use& use) { return use.certain; });
    std::vector<std::pair<const Node*, Absence>> constants;  // that are near others
    for (const auto& use : uses) {
      if (told_ >= kMostTold) return;
      const auto& node = ast[use.id];
      const auto written = Corpus::slice(unit, node);
      const bool elsewhere = in_namespace && !written.starts_with('\\');
      const bool calls_back = is_callback(use);
      const std::string name(base_name(calls_back ? in_quotes(written) : written));
      Absence absence;
      if (use.kind == kCallbackClass)
        absence = use.conditional ? Absence{} : own_.class_name(name);
      else if (calls_back)
        absence = own_.function(name, true);
      else if (use.kind == kFunctionName && !unit.symbols.imports_functions)
        absence = own_.function(name, !use.conditional);
      else if (use.kind == kClassName && names.whole(written).find('\\') != std::string::npos)
        absence = spaced_class(unit, names.whole(written), !use.conditional);
      else if (use.kind == kClassName && !elsewhere && !use.conditional &&
               !names.whole(written).empty())
        absence = own_.class_name(name);
      else if (use.kind == kConstantName && !unit.symbols.imports_functions)
        absence = own_.constant(name);
      if (absence.empty() && is_global_function(use, written, in_namespace) &&
          (own_.all_functions() || front_.all_seen()) && !unit.symbols.imports_functions)
        absence = own_.global_function(name);
      if (absence.empty() && use.kind == kClassName && text::lower(name) == "pdo")
        absence = own_.driver(ast, unit.text, use.id);
      if (absence.empty() && (!elsewhere || calls_back))
        absence = at_front(unit, use, name, is_own_name(unit, written) ? node.begin : UINT32_MAX);
      if (absence.empty() && !elsewhere) absence = lost(unit, use, name);
      const bool certain = use.certain && absence.certain && !barred_;
      const auto& once = certain || absence.family.empty() ? name : absence.family;
      if (absence.empty() || (!certain && doubtful_ >= kMostTold) || !told.insert(once).second)
        continue;
      if (!certain && use.kind == kConstantName && !corpus_.names.gone_constants.contains(name)) {
        constants.emplace_back(&node, std::move(absence));
        continue;
      }
      ++(certain ? told_ : doubtful_);
      tell(unit, node.begin, node.end, certain, std::move(absence));
    }
    tell_slips(unit, std::move(constants));
  }

  // A slip is made once: many near names are a series that is made at run time.
  void tell_slips(const Unit& unit, std::vector<std::pair<const Node*, Absence>> names) {
    if (names.size() > kMostSlips) return;
    for (auto& [node, absence] : names) {
      ++doubtful_;
      tell(unit, node->begin, node->end, false, std::move(absence));
    }
  }

  static bool is_spaced(const Unit& unit) {
    return std::ranges::any_of(unit.symbols.types, [](const Type& type) {
      return type.name.find('\\') != std::string::npos;
    });
  }

  [[nodiscard]] Absence spaced_class(const Unit& unit, const std::string& whole, bool runs) const {
    auto absence = own_.spaced_class(whole, runs);
    if (!absence.empty() || !runs) return absence;
    auto file = file_beside(unit, whole);
    if (file.empty()) file = file_at_home(unit, whole);
    // Another loader may make what the first does not find.
    const auto loads = [&](const Unit* loader) { return loader->part == unit.part; };
    if (file.empty() || std::ranges::count_if(loaders_, loads) != 1 ||
        corpus_.survey().state_of(file, "file") != "missing" ||
        corpus_.survey().state_of(tree::dirname(file), "directory") != "found")
      return absence;
    return own_.lost_class(whole, file);
  }

  // Where the class is, if it lies where the others of its namespace do.
  [[nodiscard]] std::string file_at_home(const Unit& unit, const std::string& whole) const {
    const auto name = base_name(whole);
    if (name.size() == whole.size()) return {};
    const auto it = homes_.find({unit.part, whole.substr(0, whole.size() - name.size() - 1)});
    if (it == homes_.end() || it->second.empty()) return {};
    return tree::join(it->second, std::string(name) + ".php");
  }

  // Whether the words are all of the name: no other namespace is meant, nothing is imported.
  static bool is_own_name(const Unit& unit, std::string_view written) {
    return written.find('\\', 1) == std::string_view::npos && !unit.symbols.imports_functions;
  }

  static bool is_callback(const Use& use) {
    return use.kind == kCallbackName || use.kind == kCallbackClass;
  }

  // 'f', and the X of 'X::f'.
  static std::string_view in_quotes(std::string_view literal) {
    literal = literal.substr(1, literal.size() - 2);
    return literal.substr(0, literal.find("::"));
  }

  // A name without a namespace, where none stands around it: a callback's never has one around.
  static bool is_global_function(const Use& use, std::string_view written, bool in_namespace) {
    const bool plain = written.find('\\') == std::string_view::npos;
    return plain && (use.kind == kCallbackName || (use.kind == kFunctionName && !in_namespace));
  }

  // What WordPress has not loaded when a plugin or theme uses it, or has nowhere.
  [[nodiscard]] Absence at_front(const Unit& unit, const Use& use, const std::string& name,
                                 std::uint32_t place) const {
    const bool calls_back = is_callback(use);
    const bool runs = front_.runs(unit);
    if (barred_ || (!runs && !front_.shows(unit)) || (!use.certain && !calls_back) ||
        use.kind == kConstantName)
      return {};
    const bool of_class = use.kind == kClassName || use.kind == kCallbackClass;
    const auto key = text::lower(name);
    if ((of_class && is_relative(key)) || (calls_back && use.conditional && own_.asked(key)))
      return {};
    const auto hash = hash_of(of_class ? kClassName : kFunctionName, key);
    const auto what =
        std::string(of_class ? "class " : "function ") + name + (of_class ? "" : "()");
    const auto* late = calls_back ? nullptr : front_.late(unit, hash);
    if (late == nullptr && !of_class && !calls_back && place < loads_wordpress_ &&
        !corpus_.names.functions.contains(key))
      late = front_.later(unit, hash);
    if (late != nullptr && !asks_itself(unit, key)) {
      return {"undefined " + what + ": " + late->path + " declares it, which is not loaded here",
              "load " + late->path + " before, or use it later: from a function that a hook runs"};
    }
    const auto& built_in = of_class ? corpus_.names.classes : corpus_.names.functions;
    const bool known =
        own_.declares(hash) || built_in.contains(key) || corpus_.names.gone.contains(key);
    if (known || !own_.extensions().known() || !front_.all_seen() ||
        corpus_.names.since.contains(key))
      return {};
    return {"undefined " + what + ": no file of this WordPress declares it",
            "ask whether it is there first, or bring back the plugin that declares it",
            runs && front_.certain()};
  }

  // A function of the plugin's or theme's own family that no file has any more.
  [[nodiscard]] Absence lost(const Unit& unit, const Use& use, const std::string& spelled) const {
    const auto name = text::lower(spelled);
    if (use.kind != kFunctionName || use.conditional || barred_ || unit.wordpress.empty() ||
        own_.declares(hash_of(kFunctionName, name)) || own_.asked(name) ||
        corpus_.names.functions.contains(name) || corpus_.names.gone.contains(name) ||
        corpus_.names.since.contains(name) || !own_.extensions().known() || !front_.all_seen() ||
        !has_family(unit, family(name)))
      return {};
    return {"undefined function " + spelled + "(): no file of this WordPress declares it",
            "bring back the file that declared it", false};
  }

  // Whether the plugin or theme declares others of the family.
  [[nodiscard]] bool has_family(const Unit& unit, std::string_view wanted) const {
    constexpr std::size_t kShortest = 3;
    if (wanted.size() < kShortest || unit.part.empty()) return false;
    const auto is_of = [&](const Symbol& symbol) { return family(symbol.name) == wanted; };
    return std::ranges::any_of(corpus_.units, [&](const Unit& other) {
      return other.part == unit.part && (std::ranges::any_of(other.symbols.functions, is_of) ||
                                         std::ranges::any_of(other.symbols.classes, is_of));
    });
  }

  static bool asks_itself(const Unit& unit, const std::string& name) {
    return std::ranges::binary_search(unit.symbols.asked, hash_of(kAskedName, name));
  }

  [[nodiscard]] bool builds_on(const Unit& unit) const {
    return std::ranges::any_of(unit.symbols.types, [&](const Type& type) {
      return std::ranges::any_of(type.bases, [&](const Base& base) {
        return !own_.is_declared(base) || own_.is_of_lacking(base) ||
               front_.late(unit, hash_of(kClassName, base_name(base.name))) != nullptr;
      });
    });
  }

  [[nodiscard]] bool uses_late(const Unit& unit) const {
    const auto late = [&](NameHash hash) { return front_.late(unit, hash) != nullptr; };
    const auto later = [&](NameHash hash) { return front_.later(unit, hash) != nullptr; };
    return std::ranges::any_of(unit.symbols.called, late) ||
           std::ranges::any_of(unit.symbols.called, later) ||
           std::ranges::any_of(unit.symbols.made, late);
  }

  // Parents, interfaces and traits that nobody declares.
  void bases(const Unit& unit) {
    const Names names(unit.parsed.ast, unit.text);
    for (const auto& type : unit.symbols.types)
      for (const auto& base : type.bases) {
        const auto spelled = names.whole(unit.text.substr(base.begin, base.end - base.begin));
        const std::string name(base_name(spelled));
        const Use use{0, kClassName, type.top_level};
        Absence absence;
        if (!own_.is_declared(base) && own_.all_classes() && !barred_)
          absence.said =
              "undefined class " + spelled + ": no file that the application loads declares it";
        else if (spelled == name && type.top_level)
          absence = at_front(unit, use, name, base.begin);
        if (absence.empty() && !barred_) {
          absence = spelled == name ? own_.class_name(name) : spaced_class(unit, spelled, true);
          absence.certain = false;  // who asks for the file may know that it cannot be used
        }
        if (absence.empty() || told_ >= kMostTold) continue;
        ++told_;
        const bool certain = type.top_level && absence.certain;
        tell(unit, base.begin, base.end, certain, std::move(absence));
      }
  }

  void tell(const Unit& unit, std::uint32_t begin, std::uint32_t end, bool certain,
            Absence absence) {
    tell_undefined(corpus_, {unit.file, begin, end}, certain, std::move(absence.said),
                   std::move(absence.help));
  }

  const Corpus& corpus_;
  ApplicationNames own_;
  FrontNames front_;
  std::vector<const Unit*> loaders_;  // files that register autoloaders
  Homes homes_;
  std::size_t told_ = 0, doubtful_ = 0;
  bool barred_ = false;  // the file at hand ends at once, for want of a constant
  // Where the file at hand loads all of WordPress: what stands behind has everything.
  std::uint32_t loads_wordpress_ = 0;
};

}  // namespace

void tell_undefined(const Corpus& corpus, const text::Span& name, bool certain, std::string said,
                    std::string help) {
  if (help.empty()) help = "correct the name, or bring the code that defines it";
  corpus.survey().add_problem(corpus.survey().place(name),
                              {.service = "php",
                               .language = "php",
                               .code = "undefined",
                               .severity = certain ? "error" : "warning",
                               .message = std::move(said),
                               .help = std::move(help)});
}

bool is_library(const Unit& unit) {
  if (!unit.wordpress.empty()) {
    const auto rest = unit.inside_wordpress();
    if (rest.starts_with("/wp-includes/") || rest.starts_with("/wp-admin/")) return true;
  }
  return text::contains_any(unit.path, kLibraries);
}

void add_undefined(const Corpus& corpus, const Definitions& definitions,
                   const std::vector<Closed>& closed) {
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    Judge judge(corpus, definitions, i, closed[i]);
    for (const auto& unit : corpus.units)
      if (unit.application == i && unit.reached && !unit.inactive && !unit.cut_short &&
          !is_library(unit))
        judge.judge(unit);
  }
}

}  // namespace stackaudit::stack::php
