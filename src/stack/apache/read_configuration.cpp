// What httpd does while it reads: includes, conditions, macros, Define, LoadModule and ServerRoot.
// All else waits in the tree for walk.cpp, as it does in httpd.
#include "stack/apache/conditions.hpp"
#include "stack/apache/httpd.hpp"
#include "stack/apache/include.hpp"
#include "stack/apache/macro.hpp"
#include "stack/apache/rewrite_words.hpp"
#include "stack/placeholders.hpp"
#include "stack/read_ahead.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace stackaudit::stack::apache {
namespace {

using Directive = syntax::apache::Directive;

class Reader {
 public:
  // `override`: of a .htaccess file, what it may do.
  explicit Reader(Httpd& httpd, const Override* override = nullptr)
      : httpd_(httpd),
        htaccess_(override != nullptr),
        override_(override),
        ahead_(httpd.survey, syntax::apache::parse) {}

  void file(std::string_view path, std::vector<Node>& out, int depth) {
    const auto id = httpd_.survey.load(path, "directive");
    if (!id) return;
    httpd_.survey.note_file(path, "apache", "configuration");
    if (is_filled_in_later(httpd_.survey, path, httpd_.survey.sources.content(*id))) return;
    text(*id, out, depth);
  }

  void text(text::FileId id, std::vector<Node>& out, int depth) {
    httpd_.texts.push_back(ahead_.take(id));
    const auto& parsed = httpd_.texts.back();
    if (!htaccess_ && has_unmatched(parsed.problems) && uses_unbalanced(httpd_, parsed.directives))
      unbalanced(parsed.directives.front().span);
    add_problems(parsed.problems);
    const auto* around = std::exchange(file_, &parsed);
    each(parsed.directives, out, depth);
    file_ = around;
  }

 private:
  using Handler = void (Reader::*)(const Directive&, std::vector<Node>&, int);
  struct AtOnce {
    std::string_view name;
    Handler handler;
    bool in_htaccess;
  };

  // Lines of a macro take the place of Use: a section may begin in one and end in another. httpd
  // only warns of such macros (AH02795).
  void add_problems(std::vector<text::Diagnostic> problems) {
    if (httpd_.unbalanced) std::erase_if(problems, is_unmatched);
    httpd_.survey.add_problems(problems, "apache", "apache",
                               htaccess_ ? "htaccess-parse" : "parse");
  }

  void unbalanced(text::Span span) {
    if (!httpd_.unbalanced)
      httpd_.survey.blind(httpd_.survey.place(span), "directive", "Use",
                          "a macro opens or closes a section of the lines around it: which "
                          "directives are in it is not followed");
    httpd_.unbalanced = httpd_.incomplete = true;
  }

  void each(const std::vector<Directive>& directives, std::vector<Node>& out, int depth) {
    static constexpr std::array kAtOnceTable{AtOnce{"<macro", &Reader::macro, false},
                                             AtOnce{"use", &Reader::use, false},
                                             AtOnce{"undefmacro", &Reader::undefine_macro, false},
                                             AtOnce{"include", &Reader::include, false},
                                             AtOnce{"includeoptional", &Reader::include, false},
                                             AtOnce{"define", &Reader::define, false},
                                             AtOnce{"undefine", &Reader::undefine, false},
                                             AtOnce{"loadmodule", &Reader::load_module, false},
                                             AtOnce{"serverroot", &Reader::set_server_root, false},
                                             AtOnce{"error", &Reader::error, false}};
    for (const auto& directive : directives) {
      const auto* named = directive.name.find("${") == std::string::npos
                              ? &directive
                              : named_by_variable(directive);
      if (named == nullptr) continue;
      const auto key = (named->section ? "<" : "") + lower(named->name);
      const auto entry = std::ranges::find(kAtOnceTable, key, &AtOnce::name);
      if (is_condition(key)) {
        if (!may_ask(key, *named)) continue;
        if (const auto holds = condition_holds(httpd_, htaccess_, *named))
          take(*named, *holds, out, depth);
      } else if (entry != kAtOnceTable.end() && (!htaccess_ || entry->in_htaccess)) {
        (this->*entry->handler)(*named, out, depth);
      } else {
        Node node{named, arguments_of(*named), {}};
        each(named->children, node.children, depth);
        out.push_back(std::move(node));
      }
    }
  }

  // The directive with the name that the variable holds; one that is not defined stays as it is
  // written. nullptr where that is not known.
  const Directive* named_by_variable(const Directive& directive) {
    auto name = resolve(httpd_, {directive.name, directive.name_span});
    if (!name.known || name.value.find_first_of(" \t") != std::string::npos) {
      httpd_.incomplete = true;
      httpd_.survey.blind(httpd_.survey.place(directive.name_span), "directive", directive.name,
                          "a directive whose name is a variable is not followed");
      return nullptr;
    }
    auto& copy = httpd_.texts.emplace_back().directives.emplace_back(directive);
    copy.name = std::move(name.value);
    return &copy;
  }

  // Where AllowOverride says None, AllowOverrideList must name even the conditions, with their
  // bracket.
  bool may_ask(const std::string& key, const Directive& condition) {
    if (override_ == nullptr || (override_->where & kAllOverrides) != 0 ||
        override_->list.contains(key))
      return true;
    problem(condition.name_span, "not-allowed", "<" + condition.name + " not allowed here",
            "name it in AllowOverrideList: <" + condition.name);
    return false;
  }

  // Variables are resolved as they are at this moment, before the line is split into words.
  std::vector<Arg> arguments_of(const Directive& directive) {
    const auto name = lower(directive.name);
    const bool rewrite = name == "rewriterule" || name == "rewritecond";
    return resolve_all(httpd_, rewrite ? rewrite_words(directive) : directive.words);
  }

  void problem(text::Span span, std::string_view code, std::string message, std::string help = {}) {
    refuse(httpd_, htaccess_, span, code, std::move(message), std::move(help));
  }

  void take(const Directive& section, bool holds, std::vector<Node>& out, int depth) {
    if (!holds) {
      if (!section.closed && using_.empty())
        problem(section.span, "parse",
                "Expected </" + section.name + "> before end of configuration",
                "write </" + section.name + "> where the section ends");
      return;
    }
    if (section.closed && !section.closed_alone)
      problem(section.span, "parse",
              "</" + section.name + "> without matching <" + section.name + "> section",
              "nothing may follow </" + section.name + "> on its line");
    each(section.children, out, depth);
  }

  // Without mod_macro these are unknown like any other.
  bool no_macros(const Directive& directive, std::vector<Node>& out) {
    if (httpd_.has_module("mod_macro.c").value_or(true)) return false;
    out.push_back({&directive, {}, {}});
    return true;
  }

  void macro(const Directive& section, std::vector<Node>& out, int) {
    if (no_macros(section, out)) return;
    if (auto macro = define_macro(httpd_, section)) {
      auto name = macro->name;
      httpd_.macros.insert_or_assign(std::move(name), *std::move(macro));
    }
  }

  void undefine_macro(const Directive& directive, std::vector<Node>& out, int) {
    if (no_macros(directive, out)) return;
    const auto name = directive.words.empty() ? "" : lower(directive.words[0].value);
    if (httpd_.macros.erase(name) == 0)
      problem(directive.span, "bad-value", "macro '" + name + "' undefined");
  }

  void use(const Directive& directive, std::vector<Node>& out, int depth) {
    if (no_macros(directive, out)) return;
    auto args = resolve_all(httpd_, directive.words);
    const auto name = args.empty() ? std::string{} : lower(args[0].value);
    const auto found = httpd_.macros.find(name);
    if (found == httpd_.macros.end()) return unknown_macro(directive, args, name);
    if (std::ranges::find(using_, name) != using_.end())
      return problem(directive.span, "bad-value",
                     "recursive use of macro '" + name + "' is invalid");
    args.erase(args.begin());
    const auto& macro = found->second;
    if (args.size() != macro.parameters.size())
      return problem(directive.span, "wrong-arguments",
                     "macro '" + name + "' used with " + std::to_string(args.size()) +
                         " arguments instead of " + std::to_string(macro.parameters.size()));
    expanded_ += macro.body.end - macro.body.begin;
    if (expanded_ > kMaxExpanded || ++uses_ > kMaxUses || using_.size() >= kMaxIncludeDepth) {
      httpd_.incomplete = true;
      return httpd_.survey.blind(httpd_.survey.place(directive.span), "directive", name,
                                 "macros nested too deeply or used too often: not expanded");
    }
    httpd_.texts.push_back(expand(httpd_, macro, args));
    const auto& parsed = httpd_.texts.back();
    if (!macro.balanced && (file_ == nullptr || closes_for_others(httpd_, *file_)))
      unbalanced(directive.span);
    add_problems(parsed.problems);
    using_.push_back(name);
    each(parsed.directives, out, depth);
    using_.pop_back();
  }

  void unknown_macro(const Directive& directive, const std::vector<Arg>& args,
                     const std::string& name) {
    if (httpd_.macros.empty())
      return problem(directive.span, "bad-value", "no macro defined before Use");
    std::vector<std::string> names;
    for (const auto& [each, macro] : httpd_.macros) names.push_back(each);
    const auto near = text::nearest(name, names);
    report(httpd_,
           {args.empty() ? directive.span : args[0].span, "bad-value", true,
            "macro '" + name + "' undefined", near ? "write " + *near : "", near.value_or("")});
  }

  void error(const Directive& directive, std::vector<Node>&, int) {
    problem(directive.span, "bad-value",
            directive.words.empty() ? "Error" : directive.words[0].value);
  }

  void include(const Directive& directive, std::vector<Node>& out, int depth) {
    if (directive.words.size() != 1)
      return problem(directive.span, "wrong-arguments", directive.name + " takes one argument");
    const auto arg = resolve(httpd_, directive.words[0]);
    if (!arg.known) {
      httpd_.incomplete = true;
      return httpd_.survey.blind(httpd_.survey.place(arg.span), "directive", arg.value,
                                 "it has a variable whose value is not known");
    }
    if (depth >= kMaxIncludeDepth)
      return problem(directive.span, "parse",
                     "Exceeded maximum include depth of " + std::to_string(kMaxIncludeDepth) +
                         ", There appears to be a recursion");
    const bool optional = lower(directive.name) == "includeoptional";
    const auto paths = included_files(httpd_, arg, optional);
    ahead_.prepare(paths);
    for (const auto& path : paths) file(path, out, depth + 1);
  }

  void define(const Directive& directive, std::vector<Node>&, int) {
    const auto args = resolve_all(httpd_, directive.words);
    if (args.empty() || args.size() > 2)
      return problem(directive.span, "wrong-arguments", "Define takes 1-2 arguments");
    if (args[0].value.find(':') != std::string::npos)
      return problem(directive.span, "bad-value", "Variable name must not contain ':'");
    httpd_.flags.insert(args[0].value);
    if (args.size() == 2)
      httpd_.definitions[args[0].value] = {args[1].value, args[1].known,
                                           httpd_.survey.place(args[1].span)};
  }

  void undefine(const Directive& directive, std::vector<Node>&, int) {
    if (directive.words.size() != 1)
      return problem(directive.span, "wrong-arguments", "UnDefine takes one argument");
    for (const auto& word : directive.words) {
      httpd_.flags.erase(word.value);
      httpd_.definitions.erase(word.value);
    }
  }

  void set_server_root(const Directive& directive, std::vector<Node>& out, int) {
    out.push_back({&directive, arguments_of(directive), {}});
    if (directive.words.size() != 1) return;
    const auto arg = resolve(httpd_, directive.words[0]);
    if (!arg.known) return;
    if (!arg.value.starts_with('/'))
      return problem(directive.span, "bad-value", "ServerRoot must be a valid directory");
    httpd_.server_root = tree::normalize(arg.value);
    httpd_.root_known = true;
    const auto end = tree::resolve(httpd_.survey.tree, httpd_.server_root);
    if (!end && !tree::is_unseen(end.error))
      problem(directive.span, "bad-value", "ServerRoot must be a valid directory");
  }

  void load_module(const Directive& directive, std::vector<Node>& out, int) {
    out.push_back({&directive, arguments_of(directive), {}});
    const auto args = resolve_all(httpd_, directive.words);
    if (args.size() == 2) load(httpd_, directive.span, args[0], args[1]);
  }

  static constexpr std::size_t kMaxExpanded = std::size_t{64} << 20;
  static constexpr int kMaxUses = 20'000;

  Httpd& httpd_;
  bool htaccess_;
  const Override* override_;
  ReadAhead<syntax::apache::Parsed> ahead_;
  const syntax::apache::Parsed* file_ = nullptr;  // that is being read, the innermost
  std::vector<std::string> using_;                // macros that are being read, the innermost last
  int uses_ = 0;
  std::size_t expanded_ = 0;  // bytes of macros that were put in
};

}  // namespace

void read_configuration(Httpd& httpd) {
  const auto& path = httpd.entry.path;
  if (httpd.survey.state_of(path, "file") == "wrong-type") {
    httpd.incomplete = true;
    httpd.survey.add_problem(
        Survey::whole_file(path),
        {.service = "apache",
         .language = "apache",
         .code = "parse",
         .severity = "error",
         .message = "Access to file " + path + " denied by server: not a regular file"});
    return;
  }
  Reader(httpd).file(httpd.entry.path, httpd.tree, 0);
}

std::vector<Node> read_htaccess(Httpd& httpd, text::FileId file, const Override& override) {
  std::vector<Node> nodes;
  Reader(httpd, &override).text(file, nodes, 0);
  return nodes;
}

}  // namespace stackaudit::stack::apache
