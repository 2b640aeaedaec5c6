// mod_ext_filter and mod_log_debug: arguments in the form name=value, in any order.
#include "stack/apache/judge.hpp"
#include "stack/apache/value_table.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

using text::equal_ignoring_case;

// The value behind "name="; none where the argument is another.
std::optional<std::string_view> value_of(std::string_view arg, std::string_view name) {
  if (arg.size() <= name.size() || arg[name.size()] != '=' ||
      !equal_ignoring_case(arg.substr(0, name.size()), name))
    return std::nullopt;
  return arg.substr(name.size() + 1);
}

// A command in quotes goes on over blanks: the number of its last word, or what is wrong.
Bad command(const Args& args, std::size_t& at) {
  auto text = *value_of(args[at].value, "cmd");
  if (!text.starts_with('"')) return std::nullopt;
  text.remove_prefix(1);
  if (text.starts_with('"')) return bad("Invalid cmd= parameter", static_cast<int>(at));
  const auto begin = static_cast<int>(at);
  while (text.find('"') == std::string_view::npos) {
    if (++at == args.size()) return bad("Expected cmd= delimiter", begin);
    text = args[at].value;
  }
  return std::nullopt;
}

// ExtFilterDefine NAME mode=output cmd="/bin/sed s/a/b/"
Bad external_filter(const Httpd&, const Args& args, const Context&) {
  constexpr std::array<std::string_view, 5> kTexts{"intype", "outtype", "ftype", "enableenv",
                                                   "disableenv"};
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string_view arg = args[i].value;
    const auto at = static_cast<int>(i);
    if (const auto mode = value_of(arg, "mode")) {
      if (!equal_ignoring_case(*mode, "output") && !equal_ignoring_case(*mode, "input"))
        return bad("Invalid mode: `" + std::string(*mode) + "'", at);
    } else if (value_of(arg, "cmd")) {
      if (auto wrong = command(args, i)) return wrong;
    } else if (value_of(arg, "PreservesContentLength")) {
      return bad("mangled argument `" + args[i].value + "'", at);
    } else if (!equal_ignoring_case(arg, "PreservesContentLength") &&
               std::ranges::none_of(kTexts,
                                    [&](auto name) { return value_of(arg, name).has_value(); })) {
      return bad("Unexpected parameter: `" + args[i].value + "'", at);
    }
  }
  return std::nullopt;
}

// LogMessage "text with %{variables}" [hook=NAME] [expr=EXPRESSION]
Bad log_message(const Httpd& httpd, const Args& args, const Context&) {
  constexpr auto kHooks = std::to_array<std::string_view>(
      {"all", "log_transaction", "quick_handler", "handler", "pre_translate_name", "translate_name",
       "map_to_storage", "fixups", "type_checker", "check_access", "check_access_ex", "check_authn",
       "check_authz", "insert_filter"});
  if (args.empty()) return std::nullopt;
  if (const auto error = bad_expression(httpd, args[0].value, true); !error.empty())
    return bad("Could not parse message expression '" + args[0].value + "': " + error, 0);
  for (std::size_t i = 1; i < args.size(); ++i) {
    const std::string_view arg = args[i].value;
    const auto at = static_cast<int>(i);
    if (const auto hook = value_of(arg, "hook")) {
      if (std::ranges::none_of(kHooks, [&](auto name) { return equal_ignoring_case(name, *hook); }))
        return bad("Invalid hook name: " + std::string(*hook), at);
    } else if (const auto expression = value_of(arg, "expr")) {
      if (const auto error = bad_expression(httpd, *expression); !error.empty())
        return bad("Could not parse expression '" + std::string(*expression) + "': " + error, at);
    } else {
      return bad("Invalid argument " + args[i].value, at);
    }
  }
  return std::nullopt;
}

constexpr std::array kJudges{ValueJudge{"extfilterdefine", external_filter},
                             ValueJudge{"logmessage", log_message}};

}  // namespace

std::span<const ValueJudge> program_judges() {
  return kJudges;
}

}  // namespace stackaudit::stack::apache
