// Each check is a function in a table by directive; what newer versions might take is let pass.
#include "stack/nginx/arguments.hpp"

#include "stack/nginx/address.hpp"
#include "stack/nginx/values.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using Words = std::vector<std::string_view>;

struct Refusal {
  std::size_t arg = 0;
  std::string message;
  std::string replacement{};
};
using Answer = std::optional<Refusal>;

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

bool is_one_of(std::string_view word, const auto& words) {
  return std::ranges::find(words, word) != std::ranges::end(words);
}

bool starts_with_one_of(std::string_view word, const auto& prefixes) {
  return std::ranges::any_of(prefixes, [&](auto prefix) { return word.starts_with(prefix); });
}

Refusal invalid_parameter(const Node& node, std::size_t arg, const Words& known) {
  return {arg, "invalid parameter " + quoted(node.arg(arg)),
          text::nearest(node.arg(arg), known).value_or("")};
}

// "10.0.0.0/8", "::1", "all", "unix:".
Answer access_rule(const Config&, const Node& node) {
  const auto value = node.arg(0);
  if (value == "all" || value == "unix:") return {};
  const auto slash = value.find('/');
  const auto address = numeric_address(value.substr(0, slash));
  bool fine = address.has_value();
  if (fine && slash != std::string_view::npos) {
    const auto bits = parse_number(value.substr(slash + 1));
    const bool mask = address->family == "inet" && numeric_address(value.substr(slash + 1));
    fine = mask || (bits && *bits <= (address->family == "inet" ? 32 : 128));
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

Answer log_level(const Config&, const Node& node) {
  const Words known{"emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"};
  for (std::size_t i = 1; i < node.args.size(); ++i)
    if (!is_one_of(node.arg(i), known) && !node.arg(i).starts_with("debug_"))
      return Refusal{i, "invalid log level " + quoted(node.arg(i)),
                     text::nearest(node.arg(i), known).value_or("")};
  return {};
}

Answer upstream_server(const Config&, const Node& node) {
  constexpr std::array<std::string_view, 7> kSettings{
      "weight=", "max_conns=", "max_fails=", "fail_timeout=", "slow_start=", "service=", "route="};
  const Words known{"backup", "down", "resolve", "drain"};
  for (std::size_t i = 1; i < node.args.size(); ++i) {
    const auto word = node.arg(i);
    const auto value = word.substr(std::min(word.find('=') + 1, word.size()));
    bool fine = is_one_of(word, known) || starts_with_one_of(word, kSettings);
    if (word.starts_with("weight=") || word.starts_with("max_"))
      fine = parse_number(value).has_value();
    if (word.starts_with("fail_timeout=")) fine = is_time(value, true);
    if (!fine) return invalid_parameter(node, i, known);
  }
  return {};
}

Answer error_page(const Config&, const Node& node) {
  for (std::size_t i = 0; i + 1 < node.args.size(); ++i) {
    const auto word = node.arg(i);
    if (word.starts_with('=') && i + 2 == node.args.size()) {
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
  if (words.empty()) return {};
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

struct LocationName {
  std::string_view modifier, name;
  [[nodiscard]] bool regex() const { return modifier.starts_with('~'); }
};

LocationName location_name(const Node& node) {
  if (node.args.size() == 2) return {node.arg(0), node.arg(1)};
  const auto name = node.arg(0);
  for (const std::string_view modifier : {"~*", "^~", "=", "~"})
    if (name.starts_with(modifier)) return {modifier, name.substr(modifier.size())};
  return {{}, name};
}

Answer nested_location(const Config& config, const Node& node) {
  if (node.context != Context::location || !node.parent) return {};
  const auto inner = location_name(node);
  const auto outer = location_name(config.nodes[*node.parent]);
  const auto last = node.args.size() - 1;
  if (outer.modifier == "=" || outer.name.starts_with('@'))
    return Refusal{last, "location " + quoted(inner.name) + " cannot be inside the " +
                             (outer.modifier == "=" ? "exact" : "named") + " location " +
                             quoted(outer.name)};
  if (inner.name.starts_with('@'))
    return Refusal{last,
                   "named location " + quoted(inner.name) + " can be on the server level only"};
  if (!inner.regex() && !inner.name.starts_with(outer.name))
    return Refusal{last,
                   "location " + quoted(inner.name) + " is outside location " + quoted(outer.name)};
  return {};
}

// Inside a regular expression, a named location or an "if", the URI cannot be replaced.
Answer passed_uri(const Config& config, const Node& node) {
  if (has_variable(node.arg(0)) || !node.parent || node.context == Context::stream_server)
    return {};
  const auto scheme = node.arg(0).find("://");
  if (scheme == std::string_view::npos) return {};
  const auto address = node.arg(0).substr(scheme + 3);
  const bool uri = address.starts_with("unix:")
                       ? address.find(':', 5) != std::string_view::npos
                       : address.find_first_of("/?") != std::string_view::npos;
  if (!uri) return {};
  const auto& block = config.nodes[*node.parent];
  const auto name = block.is("location") ? location_name(block) : LocationName{};
  if (block.is("location") && !name.regex() && !name.name.starts_with('@')) return {};
  return Refusal{0,
                 "\"proxy_pass\" cannot have URI part in location given by regular expression, or "
                 "inside named location, or inside \"if\" statement, or inside \"limit_except\" "
                 "block"};
}

Answer needs_zone(const Config&, const Node& node) {
  const std::string_view wanted = node.name.value.ends_with("_cache_path") ? "keys_zone" : "zone";
  for (const auto& arg : node.args)
    if (arg.value.starts_with(std::string(wanted) + '=')) return {};
  return Refusal{0, quoted(node.name.value) + " must have " + quoted(wanted) + " parameter"};
}

struct Check {
  std::string_view directive;
  Answer (*run)(const Config& config, const Node& node);
};
constexpr std::array<Check, 19> kChecks{{
    {"allow", access_rule},           {"deny", access_rule},
    {"return", return_code},          {"rewrite", rewrite_flag},
    {"add_header", header_flag},      {"add_trailer", header_flag},
    {"try_files", fallback_code},     {"error_log", log_level},
    {"server", upstream_server},      {"error_page", error_page},
    {"keepalive", keepalive},         {"if", condition},
    {"location", nested_location},    {"proxy_pass", passed_uri},
    {"limit_req_zone", needs_zone},   {"limit_conn_zone", needs_zone},
    {"proxy_cache_path", needs_zone}, {"fastcgi_cache_path", needs_zone},
    {"uwsgi_cache_path", needs_zone},
}};

// Only directives that stand where they may and have as many arguments as they must.
bool is_well_formed(const Node& node) {
  const auto* form = Directives::known().find(node.name.value, node.context);
  return form != nullptr && !form->foreign && form->block == node.block && !node.args.empty() &&
         form->takes(node.args.size());
}

class MapLines {
 public:
  explicit MapLines(Reader& reader) : reader_(reader) {}

  void check(const Node& map) {
    const bool plain = std::ranges::none_of(
        map.children, [&](auto child) { return reader_.config.nodes[child].is("hostnames"); });
    std::set<std::string> keys;
    for (const auto child : map.children) {
      const auto& line = reader_.config.nodes[child];
      if (line.block || line.is("include")) continue;
      if (line.args.empty() && (line.is("hostnames") || line.is("volatile"))) continue;
      if (line.args.size() != 1) {
        report(line, "invalid number of the map parameters");
        continue;
      }
      if (!plain || line.name.value.starts_with('~')) continue;
      std::string key = line.name.value;
      for (auto& ch : key)
        if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch - 'A' + 'a');
      if (keys.insert(key).second) continue;
      report(line, line.is("default") ? "duplicate default map parameter"
                                      : "conflicting parameter " + quoted(line.name.value));
    }
  }

 private:
  void report(const Node& line, std::string message) {
    reader_.problem(line.span, "bad-value", text::Severity::error, std::move(message));
  }

  Reader& reader_;
};

}  // namespace

void check_arguments(Reader& reader) {
  MapLines maps(reader);
  for (const auto& node : reader.config.nodes) {
    if (node.context == Context::data || node.context == Context::foreign) continue;
    if (!is_well_formed(node)) continue;
    if (node.is("map")) maps.check(node);
    if (node.is("server") && node.context != Context::upstream) continue;
    for (const auto& check : kChecks) {
      if (!node.is(check.directive)) continue;
      const auto refused = check.run(reader.config, node);
      if (!refused) continue;
      const auto arg = std::min(refused->arg, node.args.size() - 1);
      reader.problem(node.args[arg].span, "bad-value", text::Severity::error, refused->message, {},
                     refused->replacement);
    }
  }
}

}  // namespace stackaudit::stack::nginx
