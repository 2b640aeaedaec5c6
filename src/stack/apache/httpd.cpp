// Questions to the model, and the resolution of ${NAME} as ap_resolve_env does it.
#include "stack/apache/httpd.hpp"

#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

const Variable* find_variable(const Httpd& httpd, std::string_view name) {
  if (const auto it = httpd.definitions.find(name); it != httpd.definitions.end())
    return &it->second;
  if (const auto it = httpd.environment.find(name);
      it != httpd.environment.end() && it->second.exported)
    return &it->second;
  return nullptr;
}

void undefined(Httpd& httpd, const syntax::Word& word, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [each, variable] : httpd.definitions) names.push_back(each);
  for (const auto& [each, variable] : httpd.environment)
    if (variable.exported) names.push_back(each);
  const auto near = text::nearest(name, names);
  std::string replacement;
  if (near) {
    replacement = httpd.survey.sources.slice(word.span);
    const auto at = replacement.find("${" + name + "}");
    replacement = at == std::string::npos ? "" : replacement.replace(at + 2, name.size(), *near);
  }
  std::string help = near ? "write ${" + *near + "}" : "Define it, or set it in the envvars file";
  if (const auto it = httpd.environment.find(name);
      it != httpd.environment.end() && it->second.place.line)
    help = it->second.place.path + ':' + std::to_string(*it->second.place.line) +
           " sets it for the shell alone: write export " + name + " there";
  report(httpd, {word.span, "undefined-variable", false,
                 "Config variable ${" + name + "} is not defined", help, replacement});
}

std::optional<bool> decide(const Httpd& httpd, std::string_view source) {
  const auto& modules = httpd.modules;
  if (std::ranges::any_of(modules, [&](const auto& m) { return m.source == source; })) return true;
  const auto* module = httpd.knowledge.by_source(source);
  if (module != nullptr && module->file.empty()) return true;
  if (!httpd.modules_certain) return std::nullopt;
  if (module == nullptr) return false;
  const bool mpm = module->identifier.starts_with("mpm_");
  if (!module->may_be_static && !mpm) return false;
  const bool is_file =
      std::ranges::any_of(httpd.module_directories, [&](const std::string& directory) {
        return static_cast<bool>(
            tree::resolve(httpd.survey.tree, tree::join(directory, module->file)));
      });
  if (is_file) return false;
  return mpm ? std::nullopt : std::optional(true);
}

}  // namespace

std::optional<bool> Httpd::has_module(std::string_view source) const {
  if (const auto known = module_answers.find(source); known != module_answers.end())
    return known->second;
  return module_answers[std::string(source)] = decide(*this, source);
}

std::string Httpd::path_of(std::string_view name) const {
  return tree::normalize(tree::join(server_root, name));
}

void report(Httpd& httpd, const Problem& problem) {
  // Which section a line stands in is not known then.
  if (httpd.unbalanced && (problem.code == "wrong-context" || problem.code == "bad-value")) return;
  httpd.survey.add_problem(httpd.survey.place(problem.span),
                           {.service = "apache",
                            .language = "apache",
                            .code = problem.code,
                            .severity = problem.error ? "error" : "warning",
                            .message = problem.message,
                            .help = problem.help,
                            .replacement = problem.replacement});
}

Arg resolve(Httpd& httpd, const syntax::Word& word) {
  Arg arg{{}, word.span, true, {}};
  const std::string_view text = word.value;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto begin = text.find("${", at);
    const auto end = begin == std::string_view::npos ? begin : text.find('}', begin);
    if (end == std::string_view::npos) break;
    arg.value += text.substr(at, begin - at);
    const std::string name(text.substr(begin + 2, end - begin - 2));
    const auto* variable = find_variable(httpd, name);
    if (variable != nullptr && variable->known) {
      arg.value += variable->value;
      if (begin == 0 && end + 1 == text.size()) arg.variable = name;
    } else {
      arg.value += text.substr(begin, end + 1 - begin);
      const bool map = name.find(':') != std::string::npos;  // ${map:key} of mod_rewrite
      if (!map) arg.known = variable == nullptr && httpd.environment_known;
      if (!map && arg.known) undefined(httpd, word, name);
    }
    at = end + 1;
  }
  arg.value += text.substr(std::min(at, text.size()));
  return arg;
}

std::vector<Arg> resolve_all(Httpd& httpd, const std::vector<syntax::Word>& words) {
  std::vector<Arg> args;
  args.reserve(words.size());
  for (const auto& word : words) {
    auto arg = resolve(httpd, word);
    const bool splits = word.quote == 0 && arg.value.size() != word.value.size() &&
                        arg.value.find_first_of(" \t") != std::string::npos;
    if (!splits) {
      args.push_back(std::move(arg));
      continue;
    }
    for (std::size_t at = 0; at < arg.value.size();) {  // a value with blanks becomes more words
      const auto end = std::min(arg.value.find_first_of(" \t", at), arg.value.size());
      if (end > at) args.push_back({arg.value.substr(at, end - at), arg.span, arg.known, {}});
      at = end + 1;
    }
  }
  return args;
}

facts::Place decider(const Httpd& httpd, const Arg& arg) {
  if (!arg.variable.empty()) {
    const auto* variable = find_variable(httpd, arg.variable);
    if (variable != nullptr && !variable->place.path.empty()) return variable->place;
  }
  return httpd.survey.place(arg.span);
}

}  // namespace stackaudit::stack::apache
