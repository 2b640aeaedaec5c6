// PHP's and WordPress's functions that make paths.
#include "stack/php/functions.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::stack::php {

using syntax::php::NodeId;

namespace {

Text without_leading(Text text, std::string_view characters) {
  const auto begin = std::min(text.value.find_first_not_of(characters), text.value.size());
  if (begin == 0) return text;
  text.value.erase(0, begin);
  for (auto& piece : text.pieces) {
    piece.begin = piece.begin > begin ? piece.begin - begin : 0;
    piece.end = piece.end > begin ? piece.end - begin : 0;
  }
  return text;
}

Text without_trailing(Text text, std::string_view characters) {
  auto end = text.value.size();
  while (end > 0 && characters.find(text.value[end - 1]) != std::string_view::npos) --end;
  return cut(std::move(text), end);
}

Text with_slash(Text text) {
  text = without_trailing(std::move(text), "/\\");
  text.value += '/';
  return text;
}

Value dirname(const Call& call) {
  std::size_t levels = 1;
  const auto written = call.text(1, "1");
  std::from_chars(written.data(), written.data() + written.size(), levels);
  levels = std::clamp<std::size_t>(levels, 1, 64);
  return map(call.argument(0), [&](Text text) { return parent(std::move(text), levels); });
}

// The text is kept as it is written, with its literals, where the kernel makes the same of it.
Value realpath(const Call& call) {
  return map(call.argument(0), [&](Text text) {
    if (!text.known()) return rewritten(text, {kHole});
    if (!text.value.starts_with('/')) {
      const auto start = call.evaluator.start_of(call.scope);
      if (start.empty() || text.value.empty() || !call.scope.outermost)
        return rewritten(text, {kHole});
      text = rewritten(text, tree::normalize(tree::join(start, text.value)));
    }
    const auto end = tree::resolve(call.evaluator.corpus().survey().tree, text.value);
    text.absent = !end && (end.error == ENOENT || end.error == ENOTDIR);
    if (end && end.path != without_trailing(text, "/").value) return rewritten(text, end.path);
    return without_trailing(std::move(text), "/");
  });
}

Value rtrim(const Call& call) {
  const auto characters = call.text(1, " \t\n\r\v");
  return map(call.argument(0),
             [&](Text text) { return without_trailing(std::move(text), characters); });
}

Value trim(const Call& call) {
  const auto characters = call.text(1, " \t\n\r\v");
  return map(call.argument(0), [&](Text text) {
    return without_trailing(without_leading(std::move(text), characters), characters);
  });
}

Value ltrim(const Call& call) {
  const auto characters = call.text(1, " \t\n\r\v");
  return map(call.argument(0),
             [&](Text text) { return without_leading(std::move(text), characters); });
}

Value trailing_slash(const Call& call) {
  return map(call.argument(0), with_slash);
}

Value no_trailing_slash(const Call& call) {
  return map(call.argument(0), [](Text text) { return without_trailing(std::move(text), "/\\"); });
}

Value plugin_dir_path(const Call& call) {
  return map(call.argument(0), [](Text text) { return with_slash(parent(std::move(text), 1)); });
}

Value basename(const Call& call) {
  const auto suffix = call.text(1, "");
  return map(call.argument(0), [&](Text text) {
    text = without_trailing(std::move(text), "/");
    const auto slash = text.value.rfind('/');
    if (!text.known()) return rewritten(text, {kHole});
    auto name = slash == std::string::npos ? text.value : text.value.substr(slash + 1);
    if (!suffix.empty() && name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    return rewritten(text, name);
  });
}

// The name itself, which an include looks for in the same places: false where nothing is found.
Value along_include_path(const Call& call) {
  auto found = call.argument(0);
  for (auto& text : found.texts) text.absent = true;
  return found;
}

Value unchanged(const Call& call) {
  return call.argument(0);
}

Value path_join(const Call& call) {
  const auto name = call.argument(1);
  if (name.single() != nullptr && name.single()->starts_with('/')) return name;
  return concat(trailing_slash(call), name);
}

Value implode(const Call& call) {
  auto list = call.argument(1);
  auto separator = call.argument(0);
  if (separator.is_array) std::swap(list, separator);
  if (!list.is_array) return Value::unknown();
  auto result = Value::text({});
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    if (i > 0) result = concat(result, separator);
    result = concat(result, list.items[i].value);
  }
  return result;
}

Value constant(const Call& call) {
  const auto name = call.argument(0);
  return name.single() == nullptr ? Value::unknown()
                                  : call.evaluator.constant(call.scope, *name.single());
}

// What the pool sets with env[...]; a command has another environment.
Value environment(const Call& call) {
  const auto name = call.argument(0);
  const auto& unit = call.evaluator.reached(*call.scope.unit);
  const auto& known = call.evaluator.corpus().applications[unit.application].environment;
  const bool run = unit.reached && unit.reached->run != nullptr;
  const auto found = name.single() == nullptr ? known.end() : known.find(*name.single());
  if (run || name.single() == nullptr || unit.text.find("putenv") != std::string_view::npos)
    return Value::unknown();
  if (found != known.end()) return Value::text(found->second);
  return call.evaluator.has_no(unit, *name.single())
             ? Value::text("")
             : call.evaluator.parameter(unit, *name.single());
}

Value get_include_path(const Call& call) {
  const auto& corpus = call.evaluator.corpus();
  return Value::text(corpus.applications[call.scope.unit->application].include_path);
}

Value template_directory(const Call& call) {
  const auto theme = theme_of(*call.scope.unit);
  return theme.empty() ? Value::unknown() : Value::text(call.evaluator.parent_theme(theme));
}

// In a parent theme's file the stylesheet may be any child's.
Value stylesheet_directory(const Call& call) {
  const auto theme = theme_of(*call.scope.unit);
  if (theme.empty()) return Value::unknown();
  auto result = Value::text(theme);
  const auto& survey = call.evaluator.corpus().survey();
  const std::string themes(tree::dirname(theme));
  if (const auto others = survey.tree.list(themes))
    for (const auto& other : *others)
      if (const auto path = themes + "/" + other;
          path != theme && call.evaluator.parent_theme(path) == theme)
        result = either(std::move(result), Value::text(path));
  return result;
}

Value below(const Value& directory, const Call& call) {
  if (call.arguments.empty()) return directory;
  const auto inside = [](Text text) { return without_leading(std::move(text), "/"); };
  return concat(concat(directory, Value::text("/")), map(call.argument(0), inside));
}

Value parent_theme_file_path(const Call& call) {
  return below(template_directory(call), call);
}

Value theme_file_path(const Call& call) {
  return either(below(stylesheet_directory(call), call), below(template_directory(call), call));
}

// The file of the stylesheet's theme, else of its parent: '' where neither has it.
Value locate_template(const Call& call) {
  if (call.arguments.size() != 1 || call.argument(0).is_array) return Value::unknown();
  const auto& survey = call.evaluator.corpus().survey();
  auto result = theme_file_path(call);
  const bool there = std::ranges::any_of(result.texts, [&](const Text& text) {
    return !text.known() || survey.state_of(text.value, "file") != "missing";
  });
  for (auto& text : result.texts) text.absent = !there;
  return result;
}

// The beginning of a URL of this site, whose name is not known.
Value url_of_site(const Call&) {
  return Value::text(std::string("http://") + kHole + "/");
}

// get_bloginfo('template_directory') and its kin: URLs, whatever their names say.
Value site_information(const Call& call) {
  constexpr auto kUrls =
      std::to_array<std::string_view>({"home", "siteurl", "url", "wpurl", "template_directory",
                                       "template_url", "stylesheet_directory", "stylesheet_url"});
  const auto asked = call.argument(0);
  const bool is_url =
      asked.single() != nullptr && std::ranges::find(kUrls, *asked.single()) != kUrls.end();
  return is_url ? url_of_site(call) : Value::unknown();
}

struct Function {
  std::string_view name;
  Value (*evaluate)(const Call&);
};

constexpr auto kFunctions = std::to_array<Function>({
    {"dirname", dirname},
    {"realpath", realpath},
    {"rtrim", rtrim},
    {"chop", rtrim},
    {"ltrim", ltrim},
    {"trim", trim},
    {"basename", basename},
    {"implode", implode},
    {"join", implode},
    {"constant", constant},
    {"strval", unchanged},
    {"stream_resolve_include_path", along_include_path},
    {"get_include_path", get_include_path},
    {"getenv", environment},
    {"trailingslashit", trailing_slash},
    {"untrailingslashit", no_trailing_slash},
    {"plugin_dir_path", plugin_dir_path},
    {"plugin_dir_url", url_of_site},
    {"plugins_url", url_of_site},
    {"content_url", url_of_site},
    {"includes_url", url_of_site},
    {"site_url", url_of_site},
    {"home_url", url_of_site},
    {"get_site_url", url_of_site},
    {"get_home_url", url_of_site},
    {"get_bloginfo", site_information},
    {"get_template_directory_uri", url_of_site},
    {"get_stylesheet_directory_uri", url_of_site},
    {"get_theme_file_uri", url_of_site},
    {"get_parent_theme_file_uri", url_of_site},
    {"wp_normalize_path", unchanged},
    {"path_join", path_join},
    {"get_template_directory", template_directory},
    {"get_stylesheet_directory", stylesheet_directory},
    {"get_theme_file_path", theme_file_path},
    {"get_parent_theme_file_path", parent_theme_file_path},
    {"locate_template", locate_template},
});

}  // namespace

std::optional<Value> builtin(const Evaluator& evaluator, const Scope& scope, std::string_view name,
                             const std::vector<NodeId>& arguments) {
  const auto found = std::ranges::find(kFunctions, name, &Function::name);
  if (found == kFunctions.end()) {
    auto text = text_function({evaluator, scope, arguments}, name);
    if (!text) text = list_function({evaluator, scope, arguments}, name);
    if (!text) text = regex_function({evaluator, scope, arguments}, name);
    if (!text) text = directory_function({evaluator, scope, arguments}, name);
    return text ? text : file_function({evaluator, scope, arguments}, name);
  }
  auto value = found->evaluate({evaluator, scope, arguments});
  // A setting that nobody here makes is asked for as a condition.
  if (name == "getenv" && !value.known()) return std::nullopt;
  return value;
}

std::optional<Value> theme_constant(const Evaluator& evaluator, const Scope& scope,
                                    std::string_view name) {
  if (name == "TEMPLATEPATH") return template_directory({evaluator, scope, {}});
  if (name == "STYLESHEETPATH") return stylesheet_directory({evaluator, scope, {}});
  return std::nullopt;
}

// By the "Template:" line of its style.css.
std::string Evaluator::parent_theme(const std::string& theme) const {
  const auto style = tree::read_file(corpus_.survey().tree, theme + "/style.css", 1U << 20U);
  if (!style) return theme;
  const auto head = std::string_view(*style).substr(0, 8192);
  constexpr std::string_view kField = "Template:";
  for (auto at = head.find(kField); at != std::string_view::npos; at = head.find(kField, at + 1)) {
    const auto line = head.rfind('\n', at);
    const auto before = head.substr(line == std::string_view::npos ? 0 : line + 1,
                                    at - (line == std::string_view::npos ? 0 : line + 1));
    if (before.find_first_not_of(" \t/*#@") != std::string_view::npos) continue;
    auto name = head.substr(at + kField.size());
    name = name.substr(0, name.find_first_of("\r\n"));
    const auto begin = name.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    name = name.substr(begin, name.find_last_not_of(" \t*/") - begin + 1);
    return std::string(tree::dirname(theme)) + "/" + std::string(name);
  }
  return theme;
}

}  // namespace stackaudit::stack::php
