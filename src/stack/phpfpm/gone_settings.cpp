// Settings that PHP gave up. One of them that is on keeps PHP from starting: "Directive 'safe_mode'
// is no longer available in PHP". php-fpm -t and php say so, apache2ctl -t does not. Observed with
// PHP 8.2; off they are passed over.
#include "stack/phpfpm/phpfpm.hpp"
#include "stack/pools/ini_values.hpp"
#include "tree/resolve.hpp"

#include <array>

namespace stackaudit::stack {
namespace {

struct Gone {
  std::string_view name, since;  // the version without it
};
constexpr auto kGone = std::to_array<Gone>({{"allow_call_time_pass_reference", "5.4"},
                                            {"asp_tags", "7.0"},
                                            {"define_syslog_variables", "5.4"},
                                            {"highlight.bg", "5.4"},
                                            {"magic_quotes_gpc", "5.4"},
                                            {"magic_quotes_runtime", "5.4"},
                                            {"magic_quotes_sybase", "5.4"},
                                            {"register_globals", "5.4"},
                                            {"register_long_arrays", "5.4"},
                                            {"safe_mode", "5.4"},
                                            {"safe_mode_allowed_env_vars", "5.4"},
                                            {"safe_mode_exec_dir", "5.4"},
                                            {"safe_mode_gid", "5.4"},
                                            {"safe_mode_include_dir", "5.4"},
                                            {"safe_mode_protected_env_vars", "5.4"},
                                            {"track_errors", "8.0"},
                                            {"zend.ze1_compatibility_mode", "5.4"}});

}  // namespace

void check_gone_settings(Survey& survey, const std::string& directory, std::string_view sapi) {
  const auto version = tree::basename(tree::dirname(directory));
  const auto& values = survey.php_ini[directory];
  for (const auto& [name, since] : kGone) {
    const auto* set = find(values, name);
    if (set == nullptr || !is_on(set->value) || version.size() != since.size() || version < since)
      continue;
    const std::string effect = sapi == "apache2" ? "Apache does not start"
                               : sapi == "fpm"   ? "php-fpm does not start"
                                                 : "PHP does not start";
    survey.add_problem(set->place, {.service = "php",
                                    .language = "ini",
                                    .code = "setting-gone",
                                    .severity = "error",
                                    .message = "Directive '" + std::string(name) +
                                               "' is no longer available in PHP: " + effect,
                                    .help = "take the line out"});
  }
}

}  // namespace stackaudit::stack
