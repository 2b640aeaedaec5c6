// The functions of PHP and WordPress that are handed other functions.
#include "stack/php/types.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

struct Taker {
  std::string_view name;
  std::size_t argument;   // which one is the callback
  bool of_class = false;  // or the name of a class
};
constexpr auto kTakers = std::to_array<Taker>({{"add_action", 1},
                                               {"add_filter", 1},
                                               {"add_shortcode", 1},
                                               {"register_activation_hook", 1},
                                               {"register_deactivation_hook", 1},
                                               {"register_uninstall_hook", 1},
                                               {"add_meta_box", 2},
                                               {"add_menu_page", 4},
                                               {"add_submenu_page", 5},
                                               {"add_options_page", 4},
                                               {"add_settings_section", 2},
                                               {"add_settings_field", 2},
                                               {"array_reduce", 1},
                                               {"array_map", 0},
                                               {"array_walk", 1},
                                               {"array_filter", 1},
                                               {"usort", 1},
                                               {"uasort", 1},
                                               {"uksort", 1},
                                               {"call_user_func", 0},
                                               {"call_user_func_array", 0},
                                               {"preg_replace_callback", 1},
                                               {"set_error_handler", 0},
                                               {"set_exception_handler", 0},
                                               {"spl_autoload_register", 0},
                                               {"register_shutdown_function", 0},
                                               {"register_widget", 0, true}});

// Most names are told to be none of these by their length and first letter.
constexpr std::size_t kLongest = 32;
constexpr auto kBeginnings = [] {
  std::array<std::array<bool, kLongest>, 128> all{};
  for (const auto& taker : kTakers)
    all[static_cast<unsigned char>(taker.name[0])][taker.name.size()] = true;
  return all;
}();

const Taker* taker_of(std::string_view name) {
  if (name.starts_with('\\')) name.remove_prefix(1);
  if (name.empty() || name.size() >= kLongest || (name[0] & 0x80) != 0 ||
      !kBeginnings[static_cast<unsigned char>(name[0])][name.size()])
    return nullptr;
  const auto* found = std::ranges::find(kTakers, name, &Taker::name);
  return found == kTakers.end() ? nullptr : found;
}

// Keys of what WordPress is told of routes, blocks and settings.
constexpr auto kKeys =
    std::to_array<std::string_view>({"permission_callback", "render_callback", "sanitize_callback",
                                     "validate_callback", "active_callback"});

// Whether the words at `place` stand in the brackets of a call of register_rest_route().
bool tells_of_route(std::string_view text, std::uint32_t place) {
  constexpr std::string_view kRegisters = "register_rest_route";
  constexpr std::size_t kFarthest = 4000;
  const auto before = text.substr(0, place);
  const auto at = before.rfind(kRegisters);
  if (at == std::string_view::npos || place - at > kFarthest) return false;
  int depth = 0;
  for (const char c : before.substr(at + kRegisters.size())) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth < 1) return false;
  }
  return true;
}

}  // namespace

HandedOver handed_over(const Ast& ast, const Node& call, std::string_view text) {
  if (call.kind == NodeKind::array_item && call.first != 0) {
    const auto& key = ast[call.first];
    const auto words = text.substr(key.begin, key.end - key.begin);
    if (key.kind != NodeKind::string || words.size() < 3) return {};
    const auto name = words.substr(1, words.size() - 2);
    const bool named = std::ranges::find(kKeys, name) != kKeys.end() ||
                       (name == "callback" && tells_of_route(text, key.begin));
    return {named ? key.next : 0, false};
  }
  const auto& callee = ast[call.first];
  if (call.kind != NodeKind::call || callee.kind != NodeKind::name) return {};
  const auto* taker = taker_of(text.substr(callee.begin, callee.end - callee.begin));
  if (taker == nullptr) return {};
  auto argument = callee.next;
  for (std::size_t i = 0; i < taker->argument && argument != 0; ++i) argument = ast[argument].next;
  const bool given = argument != 0 && ast[argument].op == kEnd;
  return {given ? ast[argument].first : 0, taker->of_class};
}

std::pair<NodeId, std::string_view> class_handed_over(const Ast& ast, const HandedOver& handed,
                                                      std::string_view text) {
  auto given = handed.given;
  const bool pair = given != 0 && ast[given].kind == NodeKind::array && ast.child_count(given) == 2;
  if (pair) given = ast[ast[given].first].first;
  if (given == 0 || ast[given].kind != NodeKind::string) return {};
  auto name = text.substr(ast[given].begin + 1, ast[given].end - ast[given].begin - 2);
  const auto colon = name.find("::");
  if (!pair && !handed.of_class && colon == std::string_view::npos) return {};
  name = name.substr(0, colon);
  if (name.starts_with('\\')) name.remove_prefix(1);
  const bool plain = !name.empty() && name.find_first_of(" $:{\\") == std::string_view::npos;
  return plain ? std::pair(given, name) : std::pair(NodeId{0}, std::string_view{});
}

}  // namespace stackaudit::stack::php
