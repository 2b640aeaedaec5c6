// Files that a theme asks WordPress for by name: get_template_part(), load_template(),
// get_header() and get_footer() look in the theme, then in its parent.
#include "stack/php/rows.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

enum class Kind : std::uint8_t { part, path, fixed, located };
struct Loader {
  std::string_view function;
  Kind kind;
  std::string_view file, effect;
};
constexpr std::string_view kOld = "what WordPress keeps for themes without one is shown";
constexpr auto kLoaders =
    std::to_array<Loader>({{"get_template_part", Kind::part, "", "nothing is shown in its place"},
                           {"load_template", Kind::path, "", "PHP ends in the middle of the page"},
                           {"locate_template", Kind::located, "", "nothing is loaded"},
                           {"get_header", Kind::fixed, "header", kOld},
                           {"get_footer", Kind::fixed, "footer", kOld}});

class Templates {
 public:
  Templates(const Evaluator& evaluator, const Unit& unit, const std::string& theme)
      : evaluator_(evaluator),
        unit_(unit),
        ast_(unit.parsed.ast),
        directories_{theme, evaluator.parent_theme(theme)} {
    scope_.unit = &unit;
  }

  // What the filters of a plugin return.
  void run_filters() const {
    for (NodeId id = 1; id < ast_.nodes.size(); ++id)
      if (ast_[id].kind == NodeKind::call &&
          evaluator_.source(unit_, ast_[id].first) == "add_filter")
        filter(evaluator_.arguments(unit_, id));
  }

  void run() const {
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) {
      if (ast_[id].kind != NodeKind::call) continue;
      const auto name = evaluator_.source(unit_, ast_[id].first);
      if (name == "add_filter") filter(evaluator_.arguments(unit_, id));
      const auto* const loader = std::ranges::find(kLoaders, name, &Loader::function);
      if (loader == kLoaders.end()) continue;
      const auto given = evaluator_.arguments(unit_, id);
      if (loader->kind == Kind::path)
        path(*loader, given);
      else if (loader->kind == Kind::located)
        located(*loader, given);
      else
        part(*loader, id, given);
    }
  }

 private:
  [[nodiscard]] const Survey& survey() const { return evaluator_.corpus().survey(); }
  [[nodiscard]] bool there(const std::string& path) const {
    return survey().state_of(path, "file") != "missing";
  }
  [[nodiscard]] Value value(NodeId id) const { return evaluator_.value(scope_, id); }

  // Whether a directory has the file itself or, where the second part is not known, any variant.
  [[nodiscard]] bool has(const std::string& slug, const Value& variant) const {
    return std::ranges::any_of(directories_, [&](const std::string& directory) {
      const auto file = tree::join(directory, slug);
      if (there(file + ".php")) return true;
      if (const auto* name = variant.single(); name != nullptr)
        return !name->empty() && there(file + "-" + *name + ".php");
      const auto names = tree::list_directory(survey().tree, std::string(tree::dirname(file)));
      const auto beginning = std::string(tree::basename(file)) + "-";
      return names && std::ranges::any_of(*names, [&](const std::string& name) {
               return name.starts_with(beginning);
             });
    });
  }

  // if ( locate_template( 'parts/x.php' ) ) get_template_part( 'parts/x' );
  [[nodiscard]] bool is_asked_for(const std::string& slug) const {
    return asks(unit_.text) && unit_.text.find(slug + ".php") != std::string_view::npos;
  }

  void path(const Loader& loader, const std::vector<NodeId>& given) const {
    if (given.empty()) return;
    const auto named = value(given[0]);
    const bool fine = std::ranges::any_of(named.texts, [&](const Text& text) {
      return !text.known() || text.unsure || !text.value.starts_with('/') || there(text.value);
    });
    if (!fine && !named.texts.empty())
      tell(loader, given[0], tree::normalize(named.texts[0].value));
  }

  // locate_template( 'inc/x.php', true ): of names that the theme may have or not it tells nothing;
  // one that is a letter off is meant to be there.
  void located(const Loader& loader, const std::vector<NodeId>& given) const {
    if (given.size() < 2 || evaluator_.source(unit_, given[1]) != "true") return;
    const auto named = value(given[0]);
    const auto only = named.is_array && named.items.size() == 1 ? named.items[0].value : named;
    if (only.single() == nullptr || only.single()->empty()) return;
    for (const auto& directory : directories_)
      if (there(tree::join(directory, *only.single()))) return;
    const auto file = tree::join(directories_[0], *only.single());
    if (!survey().nearest_path(file).empty()) tell(loader, given[0], file);
  }

  void part(const Loader& loader, NodeId call, const std::vector<NodeId>& given) const {
    const bool fixed = loader.kind == Kind::fixed;
    if (!fixed && given.empty()) return;
    const auto slug = fixed ? Value::text(std::string(loader.file)) : value(given[0]);
    if (slug.single() == nullptr || slug.single()->empty()) return;
    const std::size_t second = fixed ? 0 : 1;
    const auto variant = second < given.size() ? value(given[second]) : Value::text({});
    if (!has(*slug.single(), variant) && !is_asked_for(*slug.single()))
      tell(loader, fixed ? call : given[0], tree::join(directories_[0], *slug.single()) + ".php");
  }

  void tell(const Loader& loader, NodeId at, const std::string& path) const {
    const auto& node = ast_[at];
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey().place({unit_.file, node.begin, node.end});
    row.service = "wordpress";
    row.kind = "wordpress-template";
    row.as_written = loader.function;
    row.resolved = path;
    row.state = "missing";
    row.required = loader.kind == Kind::path;
    row.wanted = "file";
    row.process = "php";
    row.call = "openat";
    row.reached_from = unit_.reached->entry;
    row.effect = loader.effect;
    row.nearest = survey().nearest_path(path);
    evaluator_.corpus().survey().facts.add(std::move(row));
  }

  // add_filter( 'template_include', function () { return ...; } ): what it returns is included.
  void filter(const std::vector<NodeId>& given) const {
    if (given.size() < 2) return;
    const auto hook = value(given[0]);
    if (hook.single() == nullptr || !is_template_hook(*hook.single())) return;
    const auto function = function_of(given[1]);
    const auto& callback = ast_[function];
    if (function == 0 || asks(evaluator_.source(unit_, function))) return;
    static constexpr Loader kFilter{"template_include", Kind::path, "", "an empty page"};
    if (callback.kind == NodeKind::arrow_function)
      return path(kFilter, {ast_.last_child(function)});
    for (const auto& node : ast_.nodes)
      if (node.kind == NodeKind::return_ && node.begin > callback.begin && node.end < callback.end)
        path(kFilter, {node.first});
  }

  // What a filter calls: a closure, or the only function or method of that name in the file, by
  // 'name', [$this, 'name'] or [__CLASS__, 'name']. 0: none of these.
  [[nodiscard]] NodeId function_of(NodeId callback) const {
    auto at = callback;
    const auto kind = ast_[at].kind;
    if (kind == NodeKind::closure || kind == NodeKind::arrow_function) return at;
    const bool of_object = kind == NodeKind::array;
    if (of_object) {
      const auto owner = evaluator_.source(unit_, ast_[ast_[at].first].first);
      const auto second = ast_[ast_[at].first].next;
      if ((owner != "$this" && owner != "__CLASS__" && owner != "self::class") || second == 0)
        return 0;
      at = ast_[second].first;
    }
    if (ast_[at].kind != NodeKind::string) return 0;
    const auto name = lower(unquote(evaluator_.source(unit_, at)));
    NodeId found = 0;
    for (NodeId id = 1; id < ast_.nodes.size(); ++id) {
      if (ast_[id].kind != (of_object ? NodeKind::method : NodeKind::function) ||
          lower(evaluator_.source(unit_, ast_[id].first)) != name)
        continue;
      if (found != 0) return 0;
      found = id;
    }
    return found;
  }

  static bool is_template_hook(std::string_view name) {
    return name == "template_include" || name == "page_template" || name == "single_template" ||
           name == "archive_template" || name == "404_template" || name == "home_template" ||
           name == "frontpage_template" || name == "search_template";
  }

  // Whether code looks for the file first.
  static bool asks(std::string_view code) {
    constexpr auto kQuestions = std::to_array<std::string_view>(
        {"file_exists", "is_file", "is_readable", "locate_template", "realpath", "glob("});
    return text::contains_any(code, kQuestions);
  }

  const Evaluator& evaluator_;
  const Unit& unit_;
  const Ast& ast_;
  std::vector<std::string> directories_;
  Scope scope_{};
};

}  // namespace

void add_templates(const Corpus& corpus, const Evaluator& evaluator) {
  for (const auto& unit : corpus.units) {
    if (unit.wordpress.empty() || !unit.reached || unit.inactive || is_library(unit)) continue;
    const auto theme = theme_of(unit);
    if (!theme.empty())
      Templates(evaluator, unit, theme).run();
    else if (!unit.part.empty() && text::contains(unit.text, "template") &&
             text::contains(unit.text, "add_filter"))
      Templates(evaluator, unit, std::string(unit.part)).run_filters();
  }
}

}  // namespace stackaudit::stack::php
