// Each check is a function in a table by directive; what newer versions might take is let pass.
#include "stack/nginx/arguments.hpp"

#include "stack/nginx/address.hpp"
#include "stack/nginx/blocks.hpp"
#include "stack/nginx/charsets.hpp"
#include "stack/nginx/hostnames.hpp"
#include "stack/nginx/location_arguments.hpp"
#include "stack/nginx/logs.hpp"
#include "stack/nginx/parameters.hpp"
#include "stack/nginx/regexes.hpp"
#include "stack/nginx/settings.hpp"
#include "stack/nginx/values.hpp"

#include <array>

namespace stackaudit::stack::nginx {
namespace {

// "10.0.0.0/8", "::1", "all", "unix:".
Answer access_rule(const Config&, const Node& node) {
  const auto value = node.arg(0);
  if (value == "all" || value == "unix:") return {};
  const auto slash = value.find('/');
  const auto address = numeric_address(value.substr(0, slash));
  bool fine = address.has_value();
  if (fine && slash != std::string_view::npos) {
    const auto bits = parse_number(value.substr(slash + 1));
    fine = bits && *bits <= (address->family == "inet" ? 32 : 128);
  }
  return fine ? Answer{} : Refusal{0, "invalid parameter " + quoted(value)};
}

Answer return_code(const Config&, const Node& node) {
  const auto value = node.arg(0);
  if (node.context == Context::stream_server) return {};
  const auto code = parse_number(value);
  constexpr std::array<std::string_view, 3> kUrls{"http://", "https://", "$scheme"};
  const bool url = node.args.size() == 1 && starts_with_one_of(value, kUrls);
  if ((code && *code <= 999) || url) return {};
  return Refusal{0, "invalid return code " + quoted(value)};
}

Answer rewrite_flag(const Config&, const Node& node) {
  if (node.arg(1).empty()) return Refusal{1, "empty replacement"};
  const Words known{"last", "break", "redirect", "permanent"};
  if (node.args.size() < 3 || is_one_of(node.arg(2), known)) return {};
  return invalid_parameter(node, 2, known);
}

Answer header_flag(const Config&, const Node& node) {
  if (node.args.size() < 3 || node.arg(2) == "always") return {};
  return invalid_parameter(node, 2, {"always"});
}

Answer fallback_code(const Config&, const Node& node) {
  const auto last = node.arg(node.args.size() - 1);
  if (!last.starts_with('=') || has_variable(last)) return {};
  const auto code = parse_number(last.substr(1));
  if (code && *code <= 999) return {};
  return Refusal{node.args.size() - 1, "invalid code " + quoted(last)};
}

Answer error_page(const Config&, const Node& node) {
  for (std::size_t i = 0; i + 1 < node.args.size(); ++i) {
    const auto word = node.arg(i);
    if (word.starts_with('=') && i > 0 && i + 2 == node.args.size()) {
      if (word.size() == 1 || parse_number(word.substr(1))) continue;
      return Refusal{i, "invalid value " + quoted(word)};
    }
    const auto code = parse_number(word);
    if (!code || *code == 499) return Refusal{i, "invalid value " + quoted(word)};
    if (*code < 300 || *code > 599)
      return Refusal{i, "value " + quoted(word) + " must be between 300 and 599"};
  }
  return {};
}

Answer keepalive(const Config&, const Node& node) {
  const auto number = parse_number(node.arg(0));
  if (number && *number > 0) return {};
  return Refusal{0, "invalid value " + quoted(node.arg(0)) + " in \"keepalive\" directive"};
}

// if ( $variable ), if ( $variable = text ), if ( -f file ).
Answer condition(const Config&, const Node& node) {
  if (!node.arg(0).starts_with('(')) return Refusal{0, "invalid condition " + quoted(node.arg(0))};
  const auto last_index = node.args.size() - 1;
  if (!node.arg(last_index).ends_with(')'))
    return Refusal{last_index, "invalid condition " + quoted(node.arg(last_index))};
  Words words;
  for (std::size_t i = 0; i <= last_index; ++i) words.push_back(node.arg(i));
  words.front().remove_prefix(1);
  if (!words.back().empty()) words.back().remove_suffix(1);
  const std::size_t first = words.front().empty() ? 1 : 0;
  if (words.front().empty()) words.erase(words.begin());
  if (!words.empty() && words.back().empty()) words.pop_back();
  if (words.empty())
    return Refusal{last_index, "invalid condition " + quoted(node.arg(last_index))};
  if (words[0].size() > 1 && words[0].starts_with('$')) {
    if (words.size() != 1 && words.size() != 3)
      return Refusal{first, "invalid condition " + quoted(words[0])};
    constexpr std::array<std::string_view, 6> kOperators{"=", "!=", "~", "~*", "!~", "!~*"};
    if (words.size() == 3 && !is_one_of(words[1], kOperators))
      return Refusal{first + 1, "unexpected " + quoted(words[1]) + " in condition",
                     words[1] == "==" ? "=" : ""};
    return {};
  }
  constexpr std::array<std::string_view, 8> kTests{"-f",  "-d",  "-e",  "-x",
                                                   "!-f", "!-d", "!-e", "!-x"};
  if (words.size() == 2 && is_one_of(words[0], kTests)) return {};
  return Refusal{first, "invalid condition " + quoted(words[0])};
}

// "a" of limit_req zone=a.
std::string_view zone_of(const Node& node) {
  for (const auto& arg : node.args)
    if (arg.value.starts_with("zone=")) return std::string_view(arg.value).substr(5);
  return {};
}

// set $name, auth_request_set $name, split_clients: what is defined begins with "$".
Answer defined_name(const Config&, const Node& node) {
  if (node.arg(0).size() > 1 && node.arg(0).starts_with('$')) return {};
  return Refusal{0, "invalid variable name " + quoted(node.arg(0)),
                 node.arg(0).starts_with('$') ? "" : '$' + std::string(node.arg(0))};
}

// "proxy_redirect default" is made of the proxy_pass above it.
Answer default_redirect(const Config& config, const Node& node) {
  if (node.arg(0) != "default" || node.args.size() != 1) return {};
  const Node* pass = nullptr;
  for (const auto child : config.named(node.parent, "proxy_pass"))
    if (&config.nodes[child] < &node) pass = &config.nodes[child];
  if (pass == nullptr)
    return Refusal{
        0, "\"proxy_redirect default\" should be placed after the \"proxy_pass\" directive"};
  if (!has_variable(pass->arg(0))) return {};
  return Refusal{0,
                 "\"proxy_redirect default\" cannot be used with \"proxy_pass\" directive with "
                 "variables"};
}

// "off" beside others, and one limit for one zone.
Answer repeated(const Config& config, const Node& node) {
  for (const auto child : config.named(node.parent, node.name.value)) {
    const auto& other = config.nodes[child];
    if (&other == &node) return {};
    const bool limit = node.is("limit_conn") || node.is("limit_req");
    const bool off = other.arg(0) == "off" || node.arg(0) == "off";
    const bool same =
        node.is("limit_req") ? zone_of(other) == zone_of(node) : other.arg(0) == node.arg(0);
    if (limit ? same : off) return directive_refuses(node, 0, "is duplicate");
  }
  return {};
}

Answer log_name(const Config& config, const Node& node) {
  if (node.arg(1).starts_with("escape=") &&
      !is_one_of(node.arg(1).substr(7), Words{"default", "json", "none"}))
    return Refusal{1, "unknown log format escaping " + quoted(node.arg(1).substr(7))};
  if (node.arg(0) == "combined" && node.context == Context::http)
    return Refusal{0, "duplicate \"log_format\" name \"combined\""};
  for (const auto& other : config.nodes) {
    if (&other == &node) break;
    if (other.is("log_format") && other.context == node.context && other.arg(0) == node.arg(0))
      return Refusal{0, "duplicate \"log_format\" name " + quoted(node.arg(0))};
  }
  return {};
}

Answer log_file(const Config&, const Node& node) {
  return check_log(node);
}

Answer names(const Config&, const Node& node) {
  return check_hostnames(node);
}

// ngx_http_secure_link_module has two ways, and a block may take one of them.
Answer secure_link(const Config& config, const Node& node) {
  for (const std::string_view other : {"secure_link", "secure_link_md5"})
    if (config.own(node.parent, other) != nullptr)
      return Refusal{
          0, R"("secure_link_secret" cannot be mixed with "secure_link" and "secure_link_md5")"};
  return {};
}

struct Check {
  std::string_view directive;
  Answer (*run)(const Config& config, const Node& node);
};
constexpr auto kChecks = std::to_array<Check>({
    {"allow", access_rule},
    {"deny", access_rule},
    {"return", return_code},
    {"rewrite", rewrite_flag},
    {"add_header", header_flag},
    {"add_trailer", header_flag},
    {"try_files", fallback_code},
    {"error_log", log_file},
    {"access_log", log_file},
    {"log_format", log_name},
    {"error_page", error_page},
    {"keepalive", keepalive},
    {"if", condition},
    {"location", nested_location},
    {"proxy_pass", passed_uri},
    {"set", defined_name},
    {"auth_request_set", defined_name},
    {"root", root_or_alias},
    {"alias", root_or_alias},
    {"proxy_redirect", default_redirect},
    {"proxy_redirect", repeated},
    {"proxy_cookie_domain", repeated},
    {"proxy_cookie_path", repeated},
    {"mirror", repeated},
    {"limit_conn", repeated},
    {"limit_req", repeated},
    {"secure_link_secret", secure_link},
    {"server_name", names},
    {"valid_referers", names},
});

// Only directives that stand where they may and have as many arguments as they must.
bool is_well_formed(const Node& node) {
  const auto* form = Directives::known().find(node.name.value, node.context);
  return form != nullptr && !form->foreign && form->block == node.block && !node.args.empty() &&
         form->takes(node.args.size());
}

}  // namespace

void check_arguments(Reader& reader) {
  const auto report = [&](const Node& node, const Refusal& refused) {
    const auto arg = std::min(refused.arg, node.args.size() - 1);
    reader.problem(node.args[arg].span, "bad-value", text::Severity::error, refused.message, {},
                   refused.replacement);
  };
  for (const auto& node : reader.config.nodes) {
    if (node.context == Context::data || node.context == Context::foreign) continue;
    if (!is_well_formed(node)) continue;
    for (const auto& check : kChecks)
      if (node.is(check.directive))
        if (const auto refused = check.run(reader.config, node)) report(node, *refused);
    if (const auto refused = check_setting(reader, node)) report(node, *refused);
    for (const auto& refused : check_parameters(reader.build, node)) report(node, refused);
  }
  check_blocks(reader);
  check_charsets(reader);
  check_regexes(reader);
}

}  // namespace stackaudit::stack::nginx
