// Only what another name explains is told, unless all code was seen: what was not may declare
// anything.
#include "stack/php/application_names.hpp"

#include "stack/php/data_source.hpp"
#include "stack/php/slips.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

// Families of constants that went with their extensions.
constexpr std::array<std::string_view, 4> kGone{"MCRYPT", "MYSQL", "MSSQL", "SQLITE"};

// Functions of WordPress that hardly a plugin or theme does without.
constexpr auto kOfHost =
    std::to_array<std::string_view>({"add_action", "add_filter", "get_header"});

// "PHP 8.2" of 802.
std::string version_words(int version) {
  return "PHP " + std::to_string(version / 100) + "." + std::to_string(version % 100);
}

// Whether composer.json requires packages, which have a slash in their names, and none is there.
bool lacks_packages(const Corpus& corpus, std::string_view root) {
  using Json = nlohmann::json;
  const auto& tree = corpus.survey().tree;
  const auto content = tree::read_file(tree, tree::join(root, "composer.json"), tree::kReadLimit);
  const auto composer = content ? Json::parse(*content, nullptr, false) : Json{};
  const auto member = [](const Json& object, const char* key) {
    return object.is_object() ? object.value(key, Json{}) : Json{};
  };
  const auto vendor = member(member(composer, "config"), "vendor-dir");
  if (tree.lstat(tree::join(root, vendor.is_string() ? vendor.get<std::string>() : "vendor")))
    return false;
  const auto required = member(composer, "require");
  return required.is_object() && std::ranges::any_of(required.items(), [](const auto& package) {
           return text::contains(package.key(), "/");
         });
}

}  // namespace

bool is_relative(std::string_view name) {
  return name == "self" || name == "static" || name == "parent";
}

ApplicationNames::ApplicationNames(const Corpus& corpus, const Definitions& definitions,
                                   std::size_t application, const Closed& closed)
    : corpus_(corpus),
      application_(application),
      functions_closed_(closed.functions),
      classes_closed_(closed.classes),
      extensions_(corpus, corpus.applications[application]) {
  // A host that serves a directory inside of another's runs the same code.
  const auto is_near = [&](std::size_t other) {
    return overlap(corpus.applications[application], corpus.applications[other]) ||
           closed.lenders.contains(other);
  };
  for (const auto& unit : corpus.units) {
    if (!is_near(unit.application)) continue;
    declared_.insert(unit.symbols.declared.begin(), unit.symbols.declared.end());
    if (!unit.symbols.spaced)
      global_.insert(unit.symbols.declared.begin(), unit.symbols.declared.end());
    for (const auto& type : unit.symbols.types) types_.declare(type.spelled);
    makes_classes_ =
        makes_classes_ || unit.symbols.makes_names ||
        tree::basename(unit.path) == "autoload_real.php";  // Composer's is judged by its maps
    asked_.insert(unit.symbols.asked.begin(), unit.symbols.asked.end());
    finals_.insert(unit.symbols.final.begin(), unit.symbols.final.end());
    if (!is_library(unit)) {
      made_.insert(unit.symbols.defined_beginning.begin(), unit.symbols.defined_beginning.end());
      asked_here_.insert(unit.symbols.asked.begin(), unit.symbols.asked.end());
    }
    for (const auto& symbol : unit.symbols.functions) functions_.push_back(symbol.name);
  }
  for (const auto& [name, list] : definitions.constants()) {
    const bool own = std::ranges::any_of(
        *list, [&](const Definition& d) { return is_near(d.unit->application); });
    if (own) constants_.push_back(name);
    if (own) declared_.insert(hash_of(kConstantName, name));
  }
  for (const auto* word : {"true", "false", "null"}) constants_.emplace_back(word);
  for (const auto& each : definitions.of("@eval"))
    makes_classes_ = makes_classes_ || (is_near(each.unit->application) && each.unit->reached);
  guest_ = is_guest();
  makes_classes_ = makes_classes_ || guest_ || !extensions_.known();
  near_.emplace(corpus.names, guest_);
  if (!extensions_.known() || guest_) functions_closed_ = classes_closed_ = false;
  for (const auto& [name, of] : corpus.names.functions)
    if (!extensions_.lacks(of) && !corpus.names.since.contains(name) && !is_disabled(name))
      for (auto* names_here : {&declared_, &global_})
        names_here->insert(hash_of(kFunctionName, name));
  for (const auto& [name, of] : corpus.names.constants)
    declared_.insert(hash_of(kConstantName, name));
}

// A plugin or a theme alone, as it lies in its repository: what it calls is WordPress's. Before
// "composer install" it may be a package's.
bool ApplicationNames::is_guest() const {
  return lacks_packages(corpus_, corpus_.applications[application_].root) ||
         std::ranges::any_of(corpus_.units, [&](const Unit& unit) {
           return unit.application == application_ && unit.wordpress.empty() &&
                  std::ranges::any_of(kOfHost, [&](std::string_view name) {
                    const auto hash = hash_of(kFunctionName, name);
                    return !declared_.contains(hash) &&
                           std::ranges::find(unit.symbols.called, hash) !=
                               unit.symbols.called.end();
                  });
         });
}

// A slip is made once: what several files call is of the host, however near the name is to another.
bool ApplicationNames::is_of_host(std::string_view name) const {
  const auto hash = hash_of(kFunctionName, name);
  return guest_ &&
         std::ranges::count_if(corpus_.units, [&](const Unit& unit) {
           return unit.application == application_ &&
                  std::ranges::find(unit.symbols.called, hash) != unit.symbols.called.end();
         }) > 1;
}

bool ApplicationNames::is_disabled(std::string_view name) const {
  const auto& disabled = corpus_.applications[application_].disabled_functions;
  return !disabled.empty() && disabled.contains(name);
}

bool ApplicationNames::is_declared(const Base& base) const {
  const auto name = base_name(base.name);
  if (classes_closed_ && name.size() < base.name.size())
    return types_.may_have(base.name) || corpus_.names.classes.contains(base.name) || asked(name);
  return base.name.empty() || declared_.contains(hash_of(kClassName, name)) ||
         corpus_.names.classes.contains(name) || asked(name);
}

Absence ApplicationNames::absent(std::string_view what, std::string_view extension) const {
  if (!extensions_.lacks(extension) || asks_for(what.substr(0, what.find('(')), extension))
    return {};
  return {std::string(what) + " is of the extension " + std::string(extension) +
              ", which this PHP does not load",
          "load the extension " + std::string(extension) + " (phpenmod), or ask for it first", true,
          std::string(extension)};
}

Absence ApplicationNames::function(const std::string& spelled, bool runs) const {
  const auto name = text::lower(spelled);
  if (declared_.contains(hash_of(kFunctionName, name)) || asked(name)) return {};
  const auto version = corpus_.applications[application_].version;
  if (const auto it = corpus_.names.gone.find(name); it != corpus_.names.gone.end()) {
    if (version == 0 || version < it->second || asked(family(name))) return {};
    return {"undefined function " + spelled + "(): " + version_words(it->second) + " gave it up",
            "write what took its place, or keep an older PHP", true, std::string(family(name))};
  }
  if (const auto it = corpus_.names.since.find(name); it != corpus_.names.since.end()) {
    if (!functions_closed_ || version >= it->second || asked(family(name))) return {};
    return {"undefined function " + spelled + "(): " + version_words(it->second) +
                " brings it, and this is " + version_words(version),
            "write what this PHP has, declare the function, or install a newer PHP"};
  }
  if (is_disabled(name)) {
    return {
        "undefined function " + spelled + "(): disable_functions of PHP's settings takes it away",
        "do without it, or take it out of disable_functions"};
  }
  if (const auto it = corpus_.names.functions.find(name); it != corpus_.names.functions.end())
    return absent(spelled + "()", it->second);
  auto near = near_->function(name, functions_);
  if (!near.empty() && is_of_host(name)) near.clear();
  if (near.empty() && functions_closed_ && runs)
    return {"undefined function " + spelled + "(): no file that the application loads declares it",
            {}};
  if (near.empty()) return {};
  return {"undefined function " + spelled + "(), but " + near + "() is there",
          "write " + near + "()"};
}

Absence ApplicationNames::global_function(const std::string& spelled) const {
  const auto name = text::lower(spelled);
  if (!only_in_spaces(hash_of(kFunctionName, name)) || asked(name) ||
      corpus_.names.functions.contains(name) || corpus_.names.gone.contains(name) ||
      corpus_.names.since.contains(name))
    return {};
  return {"undefined function " + spelled + "(): those of that name are in namespaces",
          "write its name with the namespace, or import it", functions_closed_};
}

Absence ApplicationNames::class_name(const std::string& spelled) const {
  const auto name = text::lower(spelled);
  const auto it = corpus_.names.classes.find(name);
  if (declared_.contains(hash_of(kClassName, name)) || asked(name)) return {};
  if (it != corpus_.names.classes.end()) return absent("class " + spelled, it->second);
  if (!classes_closed_ || is_relative(name)) return {};
  return {"undefined class " + spelled + ": no file that the application loads declares it", {}};
}

// A class that an autoloader is to find in this file, which is missing, and that no other declares.
Absence ApplicationNames::lost_class(const std::string& whole, const std::string& file) const {
  const auto key = text::lower(whole);
  const std::string last(base_name(key));
  if (makes_classes_ || is_relative(last) || asked(last) || declares(hash_of(kClassName, last)) ||
      types_.may_have(key) || corpus_.names.classes.contains(last))
    return {};
  return {"undefined class " + whole + ": " + file + " is not there",
          "bring " + file + " back, or correct the name", false};
}

Absence ApplicationNames::spaced_class(const std::string& whole, bool runs) const {
  const auto key = text::lower(whole);
  const auto last = std::string(base_name(key));
  if (!classes_closed_ || is_relative(last) || asked(last) || types_.may_have(key) ||
      corpus_.names.classes.contains(key))
    return {};
  auto near = corpus_.names.classes.contains(last) ? "\\" + std::string(base_name(whole))
                                                   : types_.namesake(last);
  if (near.empty() && !runs) return {};
  const auto said = "undefined class " + whole;
  if (near.empty()) return {said + ": no file that the application loads declares it", {}};
  return {said + ", but " + near + " is there", "write " + near + ", or import that"};
}

// Whether the application names constants of its own so: APP_TITLE beside APP_ROOT. Of a numbered
// series some may be in files that are chosen at run time.
bool ApplicationNames::is_of_own_family(std::string_view name) const {
  const auto own = family(name);
  const bool numbered = name.back() >= '0' && name.back() <= '9';
  return !own.empty() && !numbered &&
         name.find_first_of("abcdefghijklmnopqrstuvwxyz") == std::string_view::npos &&
         std::ranges::any_of(constants_,
                             [&](std::string_view other) { return family(other) == own; });
}

// define($prefix . 'NAME', ...) may define any constant.
Absence ApplicationNames::constant(const std::string& name) const {
  if (declared_.contains(hash_of(kConstantName, name)) || asked(name)) return {};
  bool certain = true;
  for (const auto& beginning : made_) {
    if (!beginning.empty() && name.starts_with(beginning)) return {};
    certain = certain && !beginning.empty();
  }
  const auto small = text::lower(name);
  if (small == "true" || small == "false" || small == "null" ||
      std::ranges::find(kGone, family(name)) != kGone.end())
    return {};
  if (const auto it = corpus_.names.gone_constants.find(name);
      it != corpus_.names.gone_constants.end()) {
    if (corpus_.applications[application_].version < it->second) return {};
    return {"undefined constant " + name + ": " + version_words(it->second) + " gave it up",
            "write what took its place", certain};
  }
  auto near = magic_constant(name);
  if (near.empty()) near = near_->constant(name, constants_);
  if (near.empty() && functions_closed_ && certain && is_of_own_family(name))
    return {"undefined constant " + name + ": no file that the application loads defines it", {}};
  if (near.empty()) return {};
  return {"undefined constant " + name + ", but " + near + " is there", "write " + near, certain};
}

// Whether the code asks for any function of the family, or for the extension.
bool ApplicationNames::asks_for(std::string_view name, std::string_view extension) const {
  // What a library asks for is for that library.
  const auto asked_here = [&](std::string_view what) {
    return asked_here_.contains(hash_of(kAskedName, what));
  };
  if (asked(name) || asked_here(extension) || asked_here(family(name))) return true;
  return std::ranges::any_of(corpus_.names.functions, [&](const auto& entry) {
    return entry.second == extension && asked_here(entry.first);
  });
}

Absence ApplicationNames::driver(const Ast& ast, std::string_view code, NodeId name) const {
  const auto kind = database_kind(ast, code, name);
  if (kind.empty() || asked("pdo_" + kind)) return {};
  return absent("the PDO driver " + kind, "pdo_" + kind);
}

}  // namespace stackaudit::stack::php
