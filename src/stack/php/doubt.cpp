// What speaks against a missing file being a fault: the code makes it, or can do without it.
#include "stack/php/not_installed.hpp"
#include "stack/php/resolve.hpp"
#include "syntax/php/lexer.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::array<std::string_view, 6> kTests{"tests", "test",     "Tests",
                                                 "Test",  "fixtures", "phpunit"};

// What is taken away once a program is installed.
constexpr auto kInstallers = std::to_array<std::string_view>(
    {"install", "installer", "installation", "_install", "setup", "upgrade", "upgrades"});

// What only those who pay for it get.
constexpr auto kEditions =
    std::to_array<std::string_view>({"pro", "premium", "enterprise", "commercial", "paid", "Pro"});

// Whether the path leads through a directory of such a name, which is not there while the one
// around it is.
bool lies_in_absent(const Corpus& corpus, const std::string& path,
                    std::span<const std::string_view> names) {
  for (auto slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const auto directory = path.substr(0, slash);
    if (std::ranges::find(names, tree::basename(directory)) != names.end())
      return corpus.survey().state_of(directory, "directory") == "missing" &&
             corpus.survey().state_of(tree::dirname(directory), "directory") == "found";
  }
  return false;
}

// Whether the code asks something before it loads the file.
bool is_conditional(const Include& include) {
  const auto& ast = include.unit->parsed.ast;
  const auto& node = ast[include.id];
  return std::ranges::any_of(ast.nodes, [&](const Node& each) {
    return each.kind == NodeKind::if_ && ast[each.first].end <= node.begin && node.end <= each.end;
  });
}

// The innermost function or method around the node; nullptr at the outermost level.
const Node* innermost_around(const Unit& unit, const Node& node) {
  const Node* innermost = nullptr;
  for (const auto& each : unit.parsed.ast.nodes) {
    if (each.kind != NodeKind::function && each.kind != NodeKind::method) continue;
    if (each.begin > node.begin || each.end < node.end) continue;
    if (innermost == nullptr || each.begin >= innermost->begin) innermost = &each;
  }
  return innermost;
}

// Its name; empty likewise.
std::string function_around(const Unit& unit, const Node& node) {
  const auto* innermost = innermost_around(unit, node);
  if (innermost == nullptr) return {};
  return std::string(Corpus::slice(unit, unit.parsed.ast[innermost->first]));
}

// Whether it only runs if something is asked first, or called.
bool is_elective(const Include& include) {
  const auto& unit = *include.unit;
  return is_conditional(include) || innermost_around(unit, unit.parsed.ast[include.id]) != nullptr;
}

// Whether the file is of a plugin of WordPress that is not there, and that the one at hand works
// with; a name near to another's is a slip.
bool lacks_plugin(const Corpus& corpus, const Unit& unit, const std::string& path) {
  constexpr std::string_view kPlugins = "/wp-content/plugins/";
  const auto at = path.find(kPlugins);
  const auto end = at == path.npos ? at : path.find('/', at + kPlugins.size());
  if (unit.wordpress.empty() || end == path.npos) return false;
  const auto plugin = path.substr(0, end);
  return !tree::is_within(unit.path, plugin) &&
         corpus.survey().state_of(plugin, "directory") == "missing" &&
         corpus.survey().nearest_path(plugin).empty();
}

// Whether the function says of itself that nobody is to call it any more.
bool is_deprecated(const Include& include) {
  const auto& unit = *include.unit;
  const auto* function = innermost_around(unit, unit.parsed.ast[include.id]);
  if (function == nullptr) return false;
  const auto body = Corpus::slice(unit, *function);
  return body.find("_deprecated_function(") != body.npos ||
         body.find("E_USER_DEPRECATED") != body.npos;
}

std::size_t times_named(std::string_view text, std::string_view word) {
  const auto in_word = [&](std::size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0 ||
                               text[i] == '_' || static_cast<unsigned char>(text[i]) >= 128);
  };
  std::size_t count = 0;
  for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if (!(at > 0 && in_word(at - 1)) && !in_word(at + word.size())) ++count;
  return count;
}

// How often the unit asks whether there is a function of that name.
std::size_t times_asked(const Unit& unit, std::string_view name) {
  const auto& ast = unit.parsed.ast;
  return static_cast<std::size_t>(std::ranges::count_if(ast.nodes, [&](const Node& node) {
    if (node.kind != NodeKind::call) return false;
    const auto given = ast[ast[node.first].next].first;
    return base_name(Corpus::slice(unit, ast[node.first])) == "function_exists" && given != 0 &&
           ast[given].kind == NodeKind::string && unquote(Corpus::slice(unit, ast[given])) == name;
  }));
}

// Without comments.
std::size_t times_named_in_code(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (const auto& token : tokenize(text))
    if (token.end - token.begin >= word.size())
      count += times_named(text.substr(token.begin, token.end - token.begin), word);
  return count;
}

// A function that no file of the application names but to declare it.
bool is_never_named(const Corpus& corpus, const Include& include) {
  constexpr std::size_t kMostComments = 8;
  const auto& unit = *include.unit;
  const auto name = function_around(unit, unit.parsed.ast[include.id]);
  if (name.empty() || name.starts_with("__")) return false;
  std::size_t count = 0;
  const auto most = 1 + times_asked(unit, name);
  std::vector<std::string_view> naming;
  for (const auto& other : corpus.units) {
    const auto here = other.application == unit.application ? times_named(other.text, name) : 0;
    count += here;
    if (here > 0) naming.push_back(other.text);
    if (count > most + kMostComments) return false;
  }
  if (count <= most) return true;
  count = 0;
  for (const auto text : naming) count += times_named_in_code(text, name);
  return count <= most;
}

// Whether the left side of a ?? may be something: its variable is named more than once in the file,
// or anywhere in a file that is loaded before.
bool may_be_set(const Include& include, const text::Span& left) {
  const auto& unit = *include.unit;
  if (left.file != unit.file) return true;
  const auto name = unit.text.substr(left.begin, left.end - left.begin);
  const auto end =
      name.find_first_not_of("$_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
  const auto variable = name.substr(0, end);
  if (!variable.starts_with('$') || variable == "$this" || variable == "$argv" ||
      variable.starts_with("$_"))
    return true;
  if (times_named(unit.text, variable) > 1 || unit.loaders > 0) return true;
  if (times_named(unit.text, "extract") > 0) return true;
  const auto& nodes = unit.parsed.ast.nodes;
  return std::ranges::any_of(nodes, [&](const Node& node) {
    return node.kind == NodeKind::include && node.end <= left.begin;
  });
}

// A library behind a setting: the script ends before it where the setting is off, and nothing of
// the library is installed.
bool ends_before(const Include& include, const Target& target) {
  const auto& unit = *include.unit;
  const auto& ast = unit.parsed.ast;
  const auto& node = ast[include.id];
  if (target.base.empty() || target.text.value.find('/') == std::string::npos ||
      !function_around(unit, node).empty())
    return false;
  return std::ranges::any_of(ast.nodes, [&](const Node& each) {
    if (each.kind != NodeKind::if_ || each.end > node.begin) return false;
    const auto condition = Corpus::slice(unit, ast[each.first]);
    const bool exits = std::ranges::any_of(ast.nodes, [&](const Node& inner) {
      return inner.kind == NodeKind::exit && inner.begin >= each.begin && inner.end <= each.end;
    });
    return exits && condition.find('$') != std::string_view::npos &&
           function_around(unit, each).empty();
  });
}

// The hook of a method in a list, ['bp_init' => 'groups'], of which add_action($hook, ...) is done.
std::string listed_hook(const Unit& unit, std::string_view method) {
  const auto& ast = unit.parsed.ast;
  const bool lists = std::ranges::any_of(ast.nodes, [&](const Node& call) {
    if (call.kind != NodeKind::call) return false;
    const auto function = base_name(Corpus::slice(unit, ast[call.first]));
    return (function == "add_action" || function == "add_filter") &&
           ast[ast[ast[call.first].next].first].kind == NodeKind::variable;
  });
  std::string found;
  for (const auto& item : ast.nodes) {
    if (!lists || item.kind != NodeKind::array_item || item.first == 0) continue;
    const auto& key = ast[item.first];
    if (key.kind != NodeKind::string || key.next == 0 || ast[key.next].kind != NodeKind::string ||
        unquote(Corpus::slice(unit, ast[key.next])) != method)
      continue;
    if (!found.empty()) return {};
    found = unquote(Corpus::slice(unit, key));
  }
  return found;
}

// The hook of WordPress that runs the innermost function or closure around the node; empty where
// none in the file names it.
std::string hook_around(const Unit& unit, const Node& node) {
  const auto& ast = unit.parsed.ast;
  const auto name = function_around(unit, node);
  std::string found;
  std::uint32_t begin = 0;
  for (const auto& call : ast.nodes) {
    if (call.kind != NodeKind::call) continue;
    const auto function = base_name(Corpus::slice(unit, ast[call.first]));
    if (function != "add_action" && function != "add_filter") continue;
    const auto hook = ast[ast[call.first].next].first;
    const auto callback = ast[ast[call.first].next].next;
    if (hook == 0 || callback == 0 || ast[hook].kind != NodeKind::string) continue;
    const auto& given = ast[callback];
    const bool around = given.begin <= node.begin && node.end <= given.end;
    const bool named = !name.empty() && !around && begin == 0 &&
                       times_named(Corpus::slice(unit, given), name) == 1;
    if (!(around && given.begin >= begin) && !named) continue;
    if (around) begin = given.begin;
    found = unquote(Corpus::slice(unit, ast[hook]));
  }
  return found.empty() && !name.empty() ? listed_hook(unit, name) : found;
}

// Whether nothing of the installation fires the hook that the include waits for.
bool waits_in_vain(const Corpus& corpus, const Include& include) {
  const auto& unit = *include.unit;
  if (unit.wordpress.empty() || corpus.find(unit.wordpress + "/wp-includes/plugin.php") == nullptr)
    return false;
  const auto hook = hook_around(unit, unit.parsed.ast[include.id]);
  if (hook.empty()) return false;
  const auto hash = hash_of(kHookName, hook);
  return std::ranges::none_of(corpus.units, [&](const Unit& other) {
    return std::ranges::binary_search(other.symbols.fired, hash) ||
           std::ranges::any_of(other.symbols.fired_beginning,
                               [&](const std::string& words) { return hook.starts_with(words); });
  });
}

// Drop-ins of WordPress that wait for an hour which may never come.
constexpr auto kOfOtherHours = std::to_array<std::string_view>(
    {"db-error.php", "install.php", "maintenance.php", "php-error.php", "blog-deleted.php",
     "blog-inactive.php", "blog-suspended.php"});

bool is_of_another_hour(const Unit& unit) {
  constexpr std::string_view kContent = "/wp-content/";
  const auto rest = unit.wordpress.empty() ? std::string_view{} : unit.inside_wordpress();
  return rest.starts_with(kContent) &&
         std::ranges::find(kOfOtherHours, rest.substr(kContent.size())) != kOfOtherHours.end();
}

// Whether the include stands in a class whose parent nobody here declares: the class of a plugin
// that is not installed.
bool is_of_absent_parent(const Corpus& corpus, const Include& include) {
  const auto& unit = *include.unit;
  const auto& own = unit.parsed.ast[include.id];
  std::uint32_t begin = 0;
  for (const auto& node : unit.parsed.ast.nodes)
    if (node.kind == NodeKind::class_declaration && node.begin <= own.begin && own.end <= node.end)
      begin = std::max(begin, node.begin);
  const auto around = std::ranges::find(unit.symbols.types, begin, &Type::begin);
  if (begin == 0 || around == unit.symbols.types.end()) return false;
  return std::ranges::any_of(around->bases, [&](const Base& base) {
    return base.parent && is_class_of_nobody(corpus, std::string(base_name(base.name)));
  });
}

}  // namespace

std::string doubt_about(const Corpus& corpus, const Include& include, const Target& target) {
  if (include.unit->inactive) return "its plugin or theme is not active";
  if (is_only_a_sample(corpus, *include.unit)) return "its file is a sample that is copied first";
  if (include.alternative && !has_no_alternative(corpus, include, target))
    return "only a condition that asks for alternatives leads there";
  if (!target.doubt.empty()) return target.doubt;
  if (auto made = made_at_installation(corpus, *include.unit, target); !made.empty()) return made;
  if (target.text.unless.file != text::FileId::none && may_be_set(include, target.text.unless))
    return "another name may take its place";
  if (is_made_by_code(corpus, include, target))
    return "the code around names the file, too, and may make it";
  if (lies_in_absent(corpus, target.path, kTests)) return "no tests are installed";
  if (lies_in_absent(corpus, target.path, kInstallers) && is_conditional(include))
    return "its installer was taken away, as after the installation";
  if (lies_in_absent(corpus, target.path, kEditions) && is_elective(include))
    return "its edition of the program is not installed";
  if (is_elective(include) && lacks_plugin(corpus, *include.unit, target.path))
    return "its plugin is not installed";
  if (ends_before(include, target)) return "the script may end before it, where a setting is off";
  if (is_of_another_hour(*include.unit)) return "WordPress rarely loads the file";
  if (is_of_absent_parent(corpus, include)) return "no code here declares the parent of its class";
  if (waits_in_vain(corpus, include)) return "no code here fires the hook that runs it";
  if (is_deprecated(include)) return "its function is deprecated, and may have lost what it loads";
  if (is_conditional(include) && is_of_optional_part(corpus, *include.unit, target))
    return "the code asks elsewhere whether that directory has a file";
  if (is_never_named(corpus, include)) return "no code names the function that loads it";
  return {};
}

}  // namespace stackaudit::stack::php
