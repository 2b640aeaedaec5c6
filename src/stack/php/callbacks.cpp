// The functions of PHP and WordPress that are handed other functions.
#include "stack/php/types.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stackaudit::stack::php {

using namespace syntax::php;

namespace {

// Functions that take a callback, and which of the arguments it is.
constexpr auto kTakers =
    std::to_array<std::pair<std::string_view, std::size_t>>({{"add_action", 1},
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
                                                             {"register_shutdown_function", 0}});

// Keys of what WordPress is told of routes, blocks and settings.
constexpr auto kKeys =
    std::to_array<std::string_view>({"permission_callback", "render_callback", "sanitize_callback",
                                     "validate_callback", "active_callback"});

}  // namespace

NodeId callback_of(const Ast& ast, const Node& call, std::string_view text) {
  if (call.kind == NodeKind::array_item && call.first != 0) {
    const auto& key = ast[call.first];
    const auto words = text.substr(key.begin, key.end - key.begin);
    const bool named = key.kind == NodeKind::string && words.size() > 2 &&
                       std::ranges::find(kKeys, words.substr(1, words.size() - 2)) != kKeys.end();
    return named ? key.next : 0;
  }
  const auto& callee = ast[call.first];
  if (call.kind != NodeKind::call || callee.kind != NodeKind::name) return 0;
  const auto name = text.substr(callee.begin, callee.end - callee.begin);
  const auto found = std::ranges::find(kTakers, name.starts_with('\\') ? name.substr(1) : name,
                                       &std::pair<std::string_view, std::size_t>::first);
  if (found == kTakers.end()) return 0;
  auto argument = callee.next;
  for (std::size_t i = 0; i < found->second && argument != 0; ++i) argument = ast[argument].next;
  return argument != 0 && ast[argument].op == kEnd ? ast[argument].first : 0;
}

}  // namespace stackaudit::stack::php
