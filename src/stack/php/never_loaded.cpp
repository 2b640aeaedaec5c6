// A plugin that was given a new class has its file, and uses it from the function of a hook; the
// line that loads the file was forgotten. Or functions.php uses at once what a hook loads later.
#include "stack/php/never_loaded.hpp"

#include "stack/php/application_names.hpp"
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;

// Hooks that run when plugins and the theme are loaded.
constexpr auto kLaterHooks = std::to_array<std::string_view>(
    {"after_setup_theme", "init", "widgets_init", "wp_loaded", "wp", "template_redirect",
     "wp_enqueue_scripts", "wp_head", "wp_footer", "rest_api_init", "admin_init", "admin_menu"});

// Whether the node stands in the closure of add_action('init', function () { ... }).
bool waits_for_hook(const Unit& unit, const Node& node) {
  const auto& ast = unit.parsed.ast;
  return std::ranges::any_of(ast.nodes, [&](const Node& call) {
    if (call.kind != NodeKind::call || call.begin >= node.begin || call.end < node.end ||
        Corpus::slice(unit, ast[call.first]) != "add_action")
      return false;
    const auto hook = ast[call.first].next;
    const auto callback = hook == 0 ? 0 : ast[hook].next;
    if (callback == 0) return false;
    const auto name = Corpus::slice(unit, ast[hook]);
    const auto& closure = ast[ast[callback].first];
    return name.size() > 2 && text::is_one_of(name.substr(1, name.size() - 2), kLaterHooks) &&
           closure.kind == NodeKind::closure && closure.begin < node.begin &&
           node.end <= closure.end;
  });
}

class NeverLoaded {
 public:
  NeverLoaded(const Corpus& corpus, const Definitions& definitions, const std::vector<Link>& links)
      : corpus_(corpus) {
    for (const auto* key : {"@autoload", "@eval"})
      for (const auto& each : definitions.of(key)) open_.insert(each.unit->path);
    for (const auto& link : links) {
      if (is_open(link)) open_.insert(link.include.unit->path);
      const auto& unit = *link.include.unit;
      const bool later = link.include.inside && !unit.part.empty() &&
                         waits_for_hook(unit, unit.parsed.ast[link.include.id]);
      for (const auto& target : link.targets)
        if (const auto* to = corpus.find(target.canonical); to != nullptr)
          (later ? later_ : at_once_).insert(to);
    }
    for (const auto& unit : corpus.units) {
      if (unit.symbols.makes_names) open_.insert(unit.path);
      for (const auto name : unit.symbols.declared) {
        const auto [it, fresh] = declared_.emplace(name, &unit);
        if (!fresh && it->second != &unit) it->second = nullptr;
      }
    }
  }

  void run() {
    for (const auto& unit : corpus_.units)
      if (!unit.wordpress.empty() && !unit.part.empty() && unit.reached && !unit.inactive &&
          !is_library(unit) && !unit.symbols.imports_functions && uses_any(unit) &&
          is_closed(unit.part))
        judge(unit);
  }

 private:
  // The file of the same plugin or theme that alone declares the name, and that nothing loads.
  [[nodiscard]] const Unit* only_in(const Unit& unit, NameHash name) const {
    const auto it = declared_.find(name);
    const auto* file = it == declared_.end() ? nullptr : it->second;
    const bool found = file != nullptr && file != &unit && file->part == unit.part &&
                       (file->loaders == 0 || is_late(*file)) && !file->plugin && !file->specimen;
    return found ? file : nullptr;
  }

  // Whether hooks alone load the file.
  [[nodiscard]] bool is_late(const Unit& file) const {
    return later_.contains(&file) && !at_once_.contains(&file);
  }

  // Whether the file runs when the plugins and the theme are loaded.
  [[nodiscard]] bool is_early(const Unit& unit) const {
    const auto name = tree::basename(unit.path);
    const bool theme = name == "functions.php" && tree::dirname(unit.path) == unit.part;
    return (unit.plugin || theme) && !is_late(unit);
  }

  [[nodiscard]] bool uses_any(const Unit& unit) const {
    const auto is_lost = [&](NameHash name) { return only_in(unit, name) != nullptr; };
    return std::ranges::any_of(unit.symbols.called, is_lost) ||
           std::ranges::any_of(unit.symbols.made, is_lost);
  }

  [[nodiscard]] bool is_closed(std::string_view part) {
    const auto [it, fresh] = closed_.try_emplace(part, true);
    if (fresh)
      it->second = std::ranges::none_of(
          open_, [&](std::string_view path) { return tree::is_within(path, part); });
    return it->second;
  }

  void judge(const Unit& unit) {
    const Names names(unit.parsed.ast, unit.text);
    std::set<std::string> done;
    for (const auto& use : uses_of(unit.parsed.ast, unit.text)) {
      const bool of_class = use.kind == kClassName;
      if (use.conditional || (!of_class && use.kind != kFunctionName)) continue;
      const auto& node = unit.parsed.ast[use.id];
      const auto whole = of_class ? names.whole(Corpus::slice(unit, node))
                                  : std::string(Corpus::slice(unit, node));
      const auto name = text::lower(base_name(whole));
      const auto* file = only_in(unit, hash_of(use.kind, name));
      const auto& built_in = of_class ? corpus_.names.classes : corpus_.names.functions;
      if (file == nullptr || is_relative(name) || built_in.contains(name) ||
          std::ranges::binary_search(unit.symbols.asked, hash_of(kAskedName, name)) ||
          (file->loaders > 0 && !(use.certain && is_early(unit))) || !done.insert(name).second ||
          ++told_ > kMostTold)
        continue;
      tell_undefined(corpus_, {unit.file, node.begin, node.end}, false,
                     "undefined " + std::string(of_class ? "class " : "function ") + whole +
                         (of_class ? "" : "()") + ": only " + file->path + " declares it, which " +
                         (file->loaders > 0 ? "a hook loads later" : "nothing loads"),
                     "load " + file->path + " before");
    }
  }

  const Corpus& corpus_;
  std::set<std::string_view> open_;  // files that may load others which are not known
  std::map<std::string_view, bool> closed_;
  std::set<const Unit*> later_, at_once_;  // files that a hook loads; that anything else does
  std::unordered_map<NameHash, const Unit*> declared_;  // nullptr: by several files
  std::size_t told_ = 0;
};

}  // namespace

void add_never_loaded(const Corpus& corpus, const Definitions& definitions,
                      const std::vector<Link>& links) {
  NeverLoaded(corpus, definitions, links).run();
}

}  // namespace stackaudit::stack::php
