// Looks only into arguments that nginx certainly compiles as text with variables.
#include "stack/nginx/variables.hpp"

#include "stack/embedded.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

using Names = std::set<std::string, std::less<>>;

// Directives whose arguments, from the index on, are compiled; the others are left alone.
struct Compiled {
  std::string_view name;
  std::size_t from;
};
constexpr std::array<Compiled, 24> kCompiled{{
    {"add_header", 1},
    {"add_trailer", 1},
    {"alias", 0},
    {"fastcgi_cache_key", 0},
    {"fastcgi_param", 1},
    {"fastcgi_pass", 0},
    {"grpc_set_header", 1},
    {"limit_conn_zone", 0},
    {"limit_req_zone", 0},
    {"log_format", 1},
    {"proxy_cache_key", 0},
    {"proxy_pass", 0},
    {"proxy_set_body", 0},
    {"proxy_set_header", 1},
    {"return", 0},
    {"rewrite", 1},
    {"root", 0},
    {"scgi_param", 1},
    {"set", 1},
    {"split_clients", 0},
    {"try_files", 0},
    {"uwsgi_param", 1},
    {"uwsgi_pass", 0},
    {"access_log", 0},
}};

bool is_name_character(char ch) {
  return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
         ch == '_';
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (auto& ch : out)
    if (ch >= 'A' && ch <= 'Z') ch = static_cast<char>(ch - 'A' + 'a');
  return out;
}

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
  Names names;     // of http and stream together: what one lacks is rare
  Names prefixes;  // "http_"

  [[nodiscard]] bool has(std::string_view name) const {
    return names.contains(name) || std::ranges::any_of(prefixes, [&](const auto& prefix) {
             return name.starts_with(prefix);
           });
  }
};

Known built_in() {
  Known known;
  for (const auto& file : embedded_files()) {
    if (file.name != "nginx-variables.tsv") continue;
    for (auto text = file.text; !text.empty();) {
      const auto end = std::min(text.find('\n'), text.size());
      const auto name = text.substr(0, std::min(text.find('\t'), end));
      if (!name.starts_with('#'))
        (name.ends_with('_') ? known.prefixes : known.names).emplace(name);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }
  return known;
}

bool is_core(const Node& node) {
  const auto forms = Directives::known().find(node.name.value);
  return std::ranges::any_of(forms, [](const Form& form) { return !form.foreign; });
}

void add_defined(const Config& config, Known& known) {
  constexpr std::array<std::string_view, 8> kDefine{
      "set", "map", "geo", "auth_request_set", "split_clients", "perl_set", "js_set", "js_var"};
  for (const auto& node : config.nodes) {
    for (const auto& arg : node.args) add_named_captures(arg.value, known.names);
    add_named_captures(node.name.value, known.names);
    const bool foreign = node.context == Context::foreign || !is_core(node);
    const bool defines = std::ranges::find(kDefine, node.name.value) != kDefine.end();
    if (foreign && node.context != Context::data) {
      for (const auto& arg : node.args)
        for (auto& name : variables_in(arg.value)) known.names.insert(std::move(name));
      for (auto& name : variables_in(node.name.value)) known.names.insert(std::move(name));
    } else if (defines && !node.args.empty()) {
      const bool first = node.is("set") || node.is("auth_request_set") || node.is("perl_set");
      const auto& arg = first ? node.args.front() : node.args.back();
      for (auto& name : variables_in(arg.value)) known.names.insert(std::move(name));
    }
  }
}

class Checker {
 public:
  explicit Checker(Reader& reader) : reader_(reader), known_(built_in()) {
    add_defined(reader.config, known_);
  }

  void run() {
    for (const auto& node : reader_.config.nodes) {
      if (node.context == Context::data || node.context == Context::foreign) continue;
      if (node.is("if") && !node.args.empty()) check(node.args[0]);
      if (node.is("map") && !node.args.empty()) check(node.args[0]);
      for (const auto& compiled : kCompiled)
        if (node.is(compiled.name))
          for (auto i = compiled.from; i < node.args.size(); ++i) check(node.args[i]);
    }
  }

 private:
  void check(const syntax::Word& word) {
    for (const auto& name : variables_in(word.value))
      if (!known_.has(name)) unknown(word, name);
  }

  void unknown(const syntax::Word& word, const std::string& name) {
    const bool program = !reader_.build.declared.empty();
    const auto& declared = reader_.build.declared;
    if (program && (declared.exact() || !reader_.build.is_plain()) && declared.may_know(name))
      return;
    for (const auto& [path, module] : reader_.modules)
      if (module.may_know(name)) return;
    const auto near = text::nearest(name, known_.names);
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
  Known known_;
};

}  // namespace

void check_variables(Reader& reader) {
  Checker(reader).run();
}

}  // namespace stackaudit::stack::nginx
