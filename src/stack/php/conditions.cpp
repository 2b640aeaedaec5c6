// Conditions: what can be told of them now, and which of them ask for alternatives.
#include "stack/php/conditions.hpp"

#include "stack/php/misnamed.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Tests for a file, and what they want.
struct Existence {
  std::string_view call, wanted;

  [[nodiscard]] constexpr std::string_view name() const { return call.substr(0, call.size() - 1); }
};
constexpr auto kExistence = std::to_array<Existence>({{"file_exists(", "any"},
                                                      {"is_file(", "file"},
                                                      {"is_readable(", "any"},
                                                      {"is_dir(", "directory"},
                                                      {"realpath(", "any"},
                                                      {"stream_resolve_include_path(", "file"},
                                                      {"filesize(", "file"},
                                                      {"filemtime(", "any"},
                                                      {"is_executable(", "any"},
                                                      {"is_writable(", "any"},
                                                      {"stat(", "any"}});

// Tests for what the program, its extensions or its plugins bring along.
constexpr auto kAlternatives = std::to_array<std::string_view>({"function_exists",
                                                                "class_exists",
                                                                "interface_exists",
                                                                "trait_exists",
                                                                "enum_exists",
                                                                "method_exists",
                                                                "is_callable",
                                                                "extension_loaded",
                                                                "version_compare",
                                                                "php_sapi_name",
                                                                "phpversion",
                                                                "is_wp_version_compatible",
                                                                "is_php_version_compatible",
                                                                "wp_get_environment_type",
                                                                "is_plugin_active",
                                                                "is_plugin_inactive",
                                                                "did_action",
                                                                "has_action",
                                                                "has_filter",
                                                                "is_plugin_active_for_network",
                                                                "validate_file",
                                                                "current_theme_supports",
                                                                "is_child_theme",
                                                                "property_exists",
                                                                "in_array",
                                                                "array_key_exists",
                                                                "getenv",
                                                                "ini_get",
                                                                "get_option",
                                                                "get_site_option",
                                                                "get_theme_mod",
                                                                "get_template",
                                                                "get_stylesheet",
                                                                "wp_get_theme",
                                                                "get_locale",
                                                                "determine_locale",
                                                                "get_user_locale",
                                                                "is_rtl",
                                                                "wp_installing",
                                                                "debug_backtrace",
                                                                "gethostname",
                                                                "get_included_files",
                                                                "apply_filters",
                                                                "glob"});

// Of these, those that ask what a file declares.
constexpr auto kDeclared = std::to_array<std::string_view>(
    {"function_exists", "class_exists", "interface_exists", "trait_exists", "enum_exists"});

// Streams that a command has from the beginning.
constexpr std::array<std::string_view, 3> kOfCommands{"STDIN", "STDOUT", "STDERR"};

// What is_multisite() looks for.
constexpr std::array<std::string_view, 4> kOfNetwork{"MULTISITE", "SUBDOMAIN_INSTALL", "VHOST",
                                                     "SUNRISE"};

}  // namespace

Truth negated(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

bool asks_environment(std::string_view text) {
  return text::contains(text, "getenv(") || text::contains(text, "wp_get_environment_type(") ||
         names_environment(text);
}

bool asks_for_file(std::string_view text) {
  return std::ranges::any_of(
      kExistence, [&](const Existence& each) { return text::contains(text, each.call); });
}

Truth truth_of(std::string_view text) {
  return text.empty() || text == "0" ? Truth::no : Truth::yes;
}

namespace {

// SCRIPT_DEBUG and its kin, which WordPress itself defines where no settings do.
bool is_preset_of_core(const Definition& definition) {
  return definition.fallback && definition.inside && !definition.unit->wordpress.empty() &&
         definition.unit->path.find("/wp-includes/") != std::string::npos;
}

// What is known of a value, taken for a condition.
Condition of_value(const Value& known) {
  if (may_be_absent(known)) return {known.single() == nullptr ? Truth::unknown : Truth::no, true};
  if (known.single() == nullptr) return {};
  return {truth_of(*known.single()), false};
}

}  // namespace

Condition Evaluator::condition(const Scope& scope, NodeId id) const {
  const Nested nested(scope);
  if (id == 0 || scope.depth > 200) return {};
  const auto& ast = scope.unit->parsed.ast;
  const auto& node = ast[id];
  switch (node.kind) {
    case NodeKind::unary: {
      if (node.op != op('!')) return {};
      const auto inner = condition(scope, node.first);
      return {negated(inner.truth), inner.alternative};
    }
    case NodeKind::binary: {
      const bool both = node.op == kBooleanAnd || node.op == kLogicalAnd;
      const bool one = node.op == kBooleanOr || node.op == kLogicalOr;
      if (node.op == kCoalesce) return {Truth::unknown, asks_for_lacking(scope, node.first)};
      if (!both && !one) return comparison(scope, id);
      if (one && is_switched_off_by_nobody(scope, id)) return {};
      const auto left = condition(scope, node.first);
      const auto decides = both ? Truth::no : Truth::yes;
      if (left.truth == decides) return left;
      const auto right = condition(scope, ast[node.first].next);
      if (right.truth == decides) return right;
      const bool alternative = left.alternative || right.alternative;
      if (left.truth == Truth::unknown || right.truth == Truth::unknown)
        return {Truth::unknown, alternative};
      return {negated(decides), alternative};
    }
    case NodeKind::silence:
    case NodeKind::cast:
      return condition(scope, node.first);
    case NodeKind::assign: {
      const auto given = ast[node.first].next;
      const auto told = condition(scope, given);
      if (ast[given].kind != NodeKind::call || told.truth != Truth::unknown || told.alternative)
        return told;
      return of_value(value(scope, given));
    }
    case NodeKind::call: {
      const auto told = call_condition(scope, id);
      const bool open = told.truth == Truth::unknown && !told.alternative;
      return open ? Condition{told.truth, tells_of_file(scope, id)} : told;
    }
    case NodeKind::method_call:
    case NodeKind::static_call:
      return {Truth::unknown, tells_of_file(scope, id) || tells_of_platform(scope, id) ||
                                  is_of_setting(scope, id) || may_be_absent(value(scope, id))};
    case NodeKind::include:
      return loaded(scope, id);
    case NodeKind::property:
      if (const auto item = object_item(scope, id);
          item && item->single() != nullptr && truth_of(*item->single()) == Truth::no)
        return {Truth::no, false};
      [[fallthrough]];
    case NodeKind::static_property:
      return {Truth::unknown, tells_of_file(scope, id) || may_be_absent(value(scope, id))};
    case NodeKind::index:
      if (is_off(scope, id)) return {Truth::no, false};
      return {Truth::unknown, names_environment(source(*scope.unit, id)) ||
                                  asks_for_lacking(scope, id) || is_of_setting(scope, id)};
    case NodeKind::empty:
      if (ast[node.first].kind == NodeKind::index && is_off(scope, node.first))
        return {Truth::yes, false};
      [[fallthrough]];
    case NodeKind::isset:
      return {Truth::unknown, names_environment(source(*scope.unit, id)) ||
                                  asks_for_requests(source(*scope.unit, id)) ||
                                  asks_unset(scope, id) || asks_for_lacking(scope, id) ||
                                  is_of_setting(scope, node.first)};
    case NodeKind::number:
      return {truth_of(source(*scope.unit, id)), false};
    case NodeKind::name: {
      const auto name = source(*scope.unit, id);
      const auto fixed = lower(name);
      if (fixed == "true" || fixed == "false" || fixed == "null")
        return {fixed == "true" ? Truth::yes : Truth::no, false};
      const auto found = meant(base_name(name), *scope.unit);
      if (found.empty()) return {Truth::unknown, true};
      // Constants of a configuration file decide; others may differ between entry points.
      const bool configured = std::ranges::all_of(found, [](const Definition& d) {
        return d.fallback || tree::basename(d.unit->path).find("config") != std::string_view::npos;
      });
      const auto known = any(scope, found);
      const auto& only = found[0];
      // What one line alone sets is off for good; that it is on may be so for one entry point only.
      const bool sole = definitions_of(base_name(name)).size() == 1 && known.single() != nullptr;
      const bool alone = sole && !only.inside && !only.conditional;
      const bool here = only.unit == scope.unit && !only.fallback;
      const bool off = sole && truth_of(*known.single()) == Truth::no;
      if ((alone && (here || off)) || (off && !only.fallback))
        return {truth_of(*known.single()), false};
      if (is_always_on(scope, definitions_of(base_name(name)))) return {Truth::yes, false};
      if (!configured || known.single() == nullptr) {
        return {Truth::unknown,
                may_be_absent(known) || std::ranges::all_of(found, is_preset_of_core) ||
                    (found.size() == 1 && asks_system(source(*only.unit, only.value)))};
      }
      return {truth_of(*known.single()), false};
    }
    case NodeKind::variable: {
      const auto known = value(scope, id);
      const bool told = known.single() != nullptr || may_be_absent(known);
      return told ? of_value(known) : Condition{Truth::unknown, holds_environment(scope, id)};
    }
    default:
      return {};
  }
}

Condition Evaluator::call_condition(const Scope& scope, NodeId id) const {
  const auto& ast = scope.unit->parsed.ast;
  const auto name = lower(base_name(source(*scope.unit, ast[id].first)));
  if (name == "version_compare")
    if (const auto truth = version_compared(scope, id); truth != Truth::unknown)
      return {truth, false};
  if (std::ranges::find(kExistence, name, &Existence::name) != kExistence.end())
    return existence(scope, id, name);
  if (name == "defined") {
    const auto given = arguments(*scope.unit, id);
    const auto constant = given.empty() ? Value::unknown() : value(scope, given[0]);
    if (constant.single() == nullptr || text::is_one_of(*constant.single(), kOfCommands))
      return {Truth::unknown, true};
    if (is_defined_before(scope, id, *constant.single()) || brings_constant(*constant.single()))
      return {Truth::yes, false};
    if (const auto told = is_loaded_before(scope, id, *constant.single());
        told.truth == Truth::yes || told.alternative)
      return told;
    // What a function defines is there once somebody has called it.
    return {Truth::unknown, std::ranges::all_of(definitions_of(base_name(*constant.single())),
                                                &Definition::inside)};
  }
  if ((name == "is_multisite" || name == "is_network_admin") && !is_network(scope))
    return {Truth::unknown, true};
  if (name == "function_exists" && brings(scope, id)) return {Truth::yes, false};
  if (text::is_one_of(name, kDeclared) && declares_later(scope, id, name))
    return {Truth::no, false};
  if (name == "getenv")
    if (const auto told = builtin(*this, scope, name, arguments(*scope.unit, id));
        told && told->single() != nullptr)
      return {truth_of(*told->single()), false};
  if (name == "in_array")
    if (const auto truth = is_listed(scope, id); truth != Truth::unknown) return {truth, false};
  if (is_strange_type(scope, id, name)) return {Truth::unknown, true};
  if (is_plain_function(name))
    if (const auto told = fixed(scope, id); told.single() != nullptr)
      return {truth_of(*told.single()), false};
  if (const auto told = answered(scope, id, name); told.alternative) return told;
  const auto& own = definitions_of(name + "()");
  const bool alternative =
      std::ranges::find(kAlternatives, name) != kAlternatives.end() ||
      (own.size() == 1 && (asks_environment(source(*own[0].unit, own[0].value)) ||
                           asks_system(source(*own[0].unit, own[0].value)) ||
                           names_host_variable(source(*own[0].unit, own[0].value))));
  return {Truth::unknown, alternative || asks_system(source(*scope.unit, id)) ||
                              names_host_variable(source(*scope.unit, id)) ||
                              is_decided(scope, id, name)};
}

// Whether the settings make a WordPress one of many sites; what its core has is for that case.
bool Evaluator::is_network(const Scope& scope) const {
  const auto is_core = [](const Definition& d) {
    return d.unit->path.find("/wp-includes/") != std::string::npos ||
           d.unit->path.find("/wp-admin/") != std::string::npos ||
           tree::basename(d.unit->path) == "wp-settings.php";
  };
  return scope.unit->wordpress.empty() ||
         std::ranges::any_of(kOfNetwork, [&](std::string_view name) {
           return !std::ranges::all_of(definitions_of(name), is_core);
         });
}

// A function of PHP's on what is known, as preg_match('~/releases/~', __DIR__): what it gives is
// decided, and only not told here.
bool Evaluator::is_decided(const Scope& scope, NodeId call, const std::string& name) const {
  const auto given = arguments(*scope.unit, call);
  const bool decided = !given.empty() && definitions_of(name + "()").empty() &&
                       std::ranges::all_of(given, [&](NodeId argument) {
                         const auto known = value(scope, argument);
                         return known.single() != nullptr || known.is_array;
                       });
  if (!decided) return false;
  const auto told = builtin(*this, scope, name, given);  // what it gives is a name, or a list
  return !told || (!told->is_array && told->single() == nullptr);
}

Condition Evaluator::existence(const Scope& scope, NodeId id, std::string_view name) const {
  const auto given = arguments(*scope.unit, id);
  if (given.empty()) return {Truth::unknown, true};
  const auto wanted = std::ranges::find(kExistence, name, &Existence::name)->wanted;
  const auto path = value(scope, given[0]);
  std::optional<Truth> truth;
  for (const auto& text : path.texts) {
    const bool sure = text.known() && !text.unsure && text.unless.file == text::FileId::none;
    if (!sure || text.value.empty()) return {Truth::unknown, true};
    auto place = text.value;
    if (!place.starts_with('/')) {
      const auto start = scope.outermost ? start_of(scope) : std::string{};
      if (start.empty() || name == "stream_resolve_include_path") return {Truth::unknown, true};
      place = tree::join(start, place);
    }
    const auto& survey = corpus_.survey();
    auto state = survey.state_of(place, wanted == "directory" ? wanted : "file");
    if (state == "unseen") return {Truth::unknown, true};
    // A class's file under another name: the autoloader is followed as if it were there.
    if (state == "missing" && !misnamed(survey, place, scope.loading).empty()) state = "found";
    const bool there = state == "found" || (wanted == "any" && state == "wrong-type");
    const auto next = there ? Truth::yes : Truth::no;
    if (truth && *truth != next) return {Truth::unknown, true};
    truth = next;
  }
  return truth ? Condition{*truth, false} : Condition{Truth::unknown, true};
}

}  // namespace stackaudit::stack::php
