// Looks only into arguments that nginx certainly compiles as text with variables.
#include "stack/nginx/variables.hpp"

#include "stack/embedded.hpp"
#include "stack/nginx/each_directive.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using Names = std::set<std::string, std::less<>>;

// Directives whose arguments, from the index on, are compiled; the others are left alone.
struct Compiled {
  std::string_view name;
  std::size_t from;
};
constexpr auto kCompiled = std::to_array<Compiled>({
    {"access_log", 0},
    {"add_header", 1},
    {"add_trailer", 1},
    {"alias", 0},
    {"auth_basic", 0},
    {"auth_basic_user_file", 0},
    {"auth_request_set", 1},
    {"charset", 0},
    {"error_page", 1},
    {"expires", 0},
    {"fastcgi_bind", 0},
    {"fastcgi_cache", 0},
    {"fastcgi_cache_bypass", 0},
    {"fastcgi_cache_key", 0},
    {"fastcgi_no_cache", 0},
    {"fastcgi_param", 1},
    {"fastcgi_pass", 0},
    {"fastcgi_store", 0},
    {"grpc_bind", 0},
    {"grpc_pass", 0},
    {"grpc_set_header", 1},
    {"grpc_ssl_certificate", 0},
    {"grpc_ssl_certificate_key", 0},
    {"grpc_ssl_name", 0},
    {"hash", 0},
    {"http2_push", 0},
    {"index", 0},
    {"limit_conn_zone", 0},
    {"limit_rate", 0},
    {"limit_rate_after", 0},
    {"limit_req_zone", 0},
    {"log_format", 1},
    {"memcached_bind", 0},
    {"proxy_bind", 0},
    {"proxy_cache", 0},
    {"proxy_cache_bypass", 0},
    {"proxy_cache_key", 0},
    {"proxy_cookie_domain", 0},
    {"proxy_cookie_flags", 0},
    {"proxy_cookie_path", 0},
    {"proxy_method", 0},
    {"proxy_no_cache", 0},
    {"proxy_pass", 0},
    {"proxy_redirect", 0},
    {"proxy_set_body", 0},
    {"proxy_set_header", 1},
    {"proxy_ssl_certificate", 0},
    {"proxy_ssl_certificate_key", 0},
    {"proxy_ssl_name", 0},
    {"proxy_store", 0},
    {"return", 0},
    {"rewrite", 1},
    {"root", 0},
    {"scgi_bind", 0},
    {"scgi_cache", 0},
    {"scgi_cache_bypass", 0},
    {"scgi_cache_key", 0},
    {"scgi_no_cache", 0},
    {"scgi_param", 1},
    {"scgi_pass", 0},
    {"scgi_store", 0},
    {"secure_link", 0},
    {"secure_link_md5", 0},
    {"set", 1},
    {"source_charset", 0},
    {"split_clients", 0},
    {"ssl_certificate", 0},
    {"ssl_certificate_key", 0},
    {"sub_filter", 0},
    {"try_files", 0},
    {"uwsgi_bind", 0},
    {"uwsgi_cache", 0},
    {"uwsgi_cache_bypass", 0},
    {"uwsgi_cache_key", 0},
    {"uwsgi_no_cache", 0},
    {"uwsgi_param", 1},
    {"uwsgi_pass", 0},
    {"uwsgi_ssl_certificate", 0},
    {"uwsgi_ssl_certificate_key", 0},
    {"uwsgi_ssl_name", 0},
    {"uwsgi_store", 0},
});
const Compiled* compiled_as(std::string_view directive) {
  const auto* found = std::ranges::lower_bound(kCompiled, directive, {}, &Compiled::name);
  return found != kCompiled.end() && found->name == directive ? found : nullptr;
}

// Compiled where a location inherits them, that is, at the level of http only with a server.
constexpr auto kOfLocations =
    std::to_array<std::string_view>({"fastcgi_param", "uwsgi_param", "scgi_param",
                                     "proxy_set_header", "grpc_set_header", "proxy_set_body"});

using text::lower;

// The names of the variables in a text; numbered captures left out.
std::vector<std::string> variables_in(std::string_view text) {
  std::vector<std::string> names;
  for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
    ++at;
    if (at < text.size() && text[at] == '{') ++at;
    const auto begin = at;
    while (at < text.size() && is_name_character(text[at])) ++at;
    if (at > begin && (text[begin] < '0' || text[begin] > '9'))
      names.push_back(lower(text.substr(begin, at - begin)));
  }
  return names;
}

// (?<name>, (?P<name>, (?'name' in regular expressions.
void add_named_captures(std::string_view text, Names& names) {
  for (auto at = text.find("(?"); at != std::string_view::npos; at = text.find("(?", at)) {
    at += 2;
    if (at < text.size() && text[at] == 'P') ++at;
    if (at >= text.size() || (text[at] != '<' && text[at] != '\'')) continue;
    const auto begin = ++at;
    while (at < text.size() && is_name_character(text[at])) ++at;
    names.insert(lower(text.substr(begin, at - begin)));
  }
}

struct Known {
  Names names;
  Names prefixes;  // "http_"
  Names fixed;     // no configuration may define them

  [[nodiscard]] bool has(std::string_view name) const {
    return names.contains(name) || std::ranges::any_of(prefixes, [&](const auto& prefix) {
             return name.starts_with(prefix);
           });
  }
};

std::string_view field(std::string_view line, std::size_t index) {
  for (; index > 0; --index)
    line.remove_prefix(std::min(std::min(line.find('\t'), line.size()) + 1, line.size()));
  return line.substr(0, line.find('\t'));
}

// Certainly of a module that is not loaded.
bool is_absent(const Reader& reader, std::string_view name) {
  return reader.build.declared.exact() && !reader.build.declared.may_define(name) &&
         std::ranges::none_of(reader.modules, [&](const auto& module) {
           return module.second.empty() || module.second.may_define(name);
         });
}

// Of http, or of stream.
Known built_in(const Reader& reader, std::string_view of) {
  const auto& build = reader.build;
  Known known;
  for (const auto& file : embedded_files()) {
    if (file.name != "nginx-variables.tsv") continue;
    for (auto text = file.text; !text.empty();) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      const auto name = field(line, 0);
      if (name.starts_with('#') || field(line, 1) != of) continue;
      if (field(line, 3) == "later" && build.lacks("1.23.0") && !build.declared.may_define(name))
        continue;
      if (field(line, 2).find("geoip") != std::string_view::npos && is_absent(reader, name))
        continue;
      (name.ends_with('_') ? known.prefixes : known.names).emplace(name);
      if (field(line, 4) == "fixed") known.fixed.emplace(name);
    }
  }
  return known;
}

bool is_stream(Context context) {
  return context == Context::stream || context == Context::stream_server ||
         context == Context::stream_upstream;
}

bool is_core(const Node& node) {
  const auto forms = Directives::known().find(node.name.value);
  return std::ranges::any_of(forms, [](const Form& form) { return !form.foreign; });
}

// The argument that names the variable which the directive defines; none: it defines none.
std::optional<std::size_t> defines(const Node& node) {
  if (node.args.empty()) return std::nullopt;
  for (const std::string_view name : {"set", "auth_request_set", "perl_set", "js_set", "js_var"})
    if (node.is(name)) return 0;
  for (const std::string_view name : {"map", "geo", "split_clients"})
    if (node.is(name) && node.block) return node.args.size() - 1;
  return std::nullopt;
}

class Checker {
 public:
  explicit Checker(Reader& reader)
      : reader_(reader), http_(built_in(reader, "http")), stream_(built_in(reader, "stream")) {
    for (const auto& node : reader.config.nodes) add_defined(node);
  }

  void run() {
    each_directive(
        reader_.config, [&](const Node& line, const Node& map) { check(map, line.args[0], true); },
        [&](const Node& node) { directive(node); });
  }

 private:
  void directive(const Node& node) {
    if (const auto arg = defines(node)) defined(node, node.args[*arg]);
    if (node.is("memcached_pass") && !http_.has("memcached_key"))
      refuse(node.name, "memcached_key");  // the program has the name: it looks for it
    if (node.is("if") && !node.args.empty()) condition(node);
    if (node.is("map") && !node.args.empty()) check(node, node.args[0], true);
    const auto* compiled = compiled_as(node.name.value);
    if (compiled == nullptr || is_unused(node)) return;
    for (auto i = compiled->from; i < node.args.size(); ++i) check(node, node.args[i], true);
  }

  [[nodiscard]] Known& known(Context context) { return is_stream(context) ? stream_ : http_; }

  void add_defined(const Node& node) {
    for (const auto& arg : node.args) {
      add_named_captures(arg.value, http_.names);
      add_named_captures(arg.value, stream_.names);
    }
    add_named_captures(node.name.value, http_.names);
    add_named_captures(node.name.value, stream_.names);
    if (node.context == Context::data) return;
    if (const auto arg = defines(node); arg && is_core(node)) {
      for (auto& name : variables_in(node.args[*arg].value))
        known(node.context).names.insert(std::move(name));
      return;
    }
    if (node.context != Context::foreign && is_core(node)) return;
    for (auto* scope : {&http_, &stream_}) {  // of a module that may define any of its words
      for (const auto& arg : node.args)
        for (auto& name : variables_in(arg.value)) scope->names.insert(std::move(name));
      for (auto& name : variables_in(node.name.value)) scope->names.insert(std::move(name));
    }
  }

  void defined(const Node& node, const syntax::Word& word) {
    const auto names = variables_in(word.value);
    if (names.size() != 1 || !is_core(node) || !known(node.context).fixed.contains(names[0]))
      return;
    reader_.problem(word.span, "duplicate-variable", text::Severity::error,
                    "the duplicate \"" + names[0] + "\" variable",
                    "nginx sets this variable itself; take another name");
  }

  // At the level of http, with every server having its own.
  [[nodiscard]] bool is_unused(const Node& node) const {
    if (node.context != Context::http ||
        std::ranges::find(kOfLocations, node.name.value) == kOfLocations.end())
      return false;
    return std::ranges::none_of(reader_.config.named(node.parent, "server"), [&](auto sibling) {
      return reader_.config.nodes[sibling].block &&
             reader_.config.own(sibling, node.name.value) == nullptr;
    });
  }

  void check(const Node& node, const syntax::Word& word, bool whole) {
    if (!has_variable(word.value)) return;
    if (whole && !well_formed(node, word)) return;
    for (const auto& name : variables_in(word.value))
      if (!known(node.context).has(name)) unknown(node, word, name);
  }

  // "$" without a name, "${name" without its brace.
  bool well_formed(const Node& node, const syntax::Word& word) {
    const std::string_view text = word.value;
    for (auto at = text.find('$'); at != std::string_view::npos; at = text.find('$', at)) {
      ++at;
      const bool bracket = at < text.size() && text[at] == '{';
      if (bracket) ++at;
      const auto begin = at;
      while (at < text.size() && is_name_character(text[at])) ++at;
      if (bracket && at > begin && (at >= text.size() || text[at] != '}')) {
        malformed(word, "the closing bracket in \"" + std::string(text.substr(begin, at - begin)) +
                            "\" variable is missing");
        return false;
      }
      if (at == begin && !regex_end(node, text, at)) {
        malformed(word, node.is("log_format") ? "invalid parameter \"" + word.value + '"'
                                              : "invalid variable name");
        return false;
      }
    }
    return true;
  }

  // The "$" of an expression such as proxy_redirect ~^a$ is no variable.
  static bool regex_end(const Node& node, std::string_view text, std::size_t) {
    return (node.is("proxy_redirect") || node.is("error_page")) || text.starts_with('~');
  }

  void refuse(const syntax::Word& word, const std::string& name) {
    reader_.problem(word.span, "unknown-name", text::Severity::error,
                    "unknown \"" + name + "\" variable");
  }

  // What an expression has captured is no variable for the first word of a condition.
  void condition(const Node& node) {
    check(node, node.args[0], false);
    const auto& word = node.arg(0) == "(" && node.args.size() > 1 ? node.args[1] : node.args[0];
    std::string_view name = word.value;
    if (name.starts_with('(')) name.remove_prefix(1);
    if (name.ends_with(')')) name.remove_suffix(1);
    if (name.size() > 1 && name[0] == '$' &&
        name.find_first_not_of("0123456789", 1) == std::string_view::npos)
      refuse(word, std::string(name.substr(1)));
    right_side(node);
  }

  // What a condition compares with or looks for on the disk is a text with variables.
  void right_side(const Node& node) {
    static constexpr std::array<std::string_view, 10> kOperators{"-f",  "-d",  "-e",  "-x", "!-f",
                                                                 "!-d", "!-e", "!-x", "=",  "!="};
    auto count = node.args.size();
    if (count > 0 && node.arg(count - 1) == ")") --count;
    if (count < 2) return;
    auto before = node.arg(count - 2);
    if (before.starts_with('(')) before.remove_prefix(1);
    if (std::ranges::find(kOperators, before) != kOperators.end())
      check(node, node.args[count - 1], true);
  }

  void malformed(const syntax::Word& word, std::string message) {
    reader_.problem(word.span, "bad-value", text::Severity::error, std::move(message));
  }

  void unknown(const Node& node, const syntax::Word& word, const std::string& name) {
    const bool program = !reader_.build.declared.empty();
    const auto& declared = reader_.build.declared;
    const bool of_other = http_.has(name) || stream_.has(name);
    if (program && !of_other && (declared.exact() || !reader_.build.is_plain()) &&
        declared.may_define(name))
      return;
    for (const auto& [path, module] : reader_.modules)
      if (!of_other && module.may_define(name)) return;
    const auto near = text::nearest(name, known(node.context).names);
    const bool certain = program || (near && reader_.modules.empty());
    std::string replacement;
    if (const auto at = word.value.find(name); near && at != std::string::npos) {
      replacement = word.value;
      replacement.replace(at, name.size(), *near);
    }
    reader_.problem(word.span, certain ? "unknown-name" : "doubtful-directive",
                    certain ? text::Severity::error : text::Severity::warning,
                    "unknown \"" + name + "\" variable",
                    near ? "did you mean \"$" + *near + "\"?" : "", replacement);
  }

  Reader& reader_;
  Known http_, stream_;
};

}  // namespace

bool is_dynamic(const Node& node) {
  return has_variable(node.arg(0)) && compiled_as(node.name.value) != nullptr;
}

bool is_name_character(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
         ch == '_';
}

void check_variables(Reader& reader) {
  Checker(reader).run();
}

}  // namespace stackaudit::stack::nginx
