// The order is httpd's own (ap_walk_config_sub, invoke_cmd): is the command known, is its class in
// force, is the number of arguments right, does the section refuse it, are the values right.
#include "stack/apache/judge.hpp"

#include "text/suggest.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

using Directive = syntax::apache::Directive;

// "1" is {1, 1}, "1-2" is {1, 2}; the words are httpd's.
struct Arity {
  std::string_view word;
  std::size_t least, most;
  std::string_view message;
};
constexpr std::size_t kMany = 1'000'000;
constexpr std::array kArities{Arity{"0", 0, 0, " takes no arguments"},
                              Arity{"1", 1, 1, " takes one argument"},
                              Arity{"2", 2, 2, " takes two arguments"},
                              Arity{"3", 3, 3, " takes three arguments"},
                              Arity{"1-2", 1, 2, " takes 1-2 arguments"},
                              Arity{"2-3", 2, 3, " takes two or three arguments"},
                              Arity{"1-3", 1, 3, " takes one, two or three arguments"},
                              Arity{"1|3", 1, 3, " takes one or three arguments"},
                              Arity{"each", 1, kMany, " requires at least one argument"},
                              Arity{"each2", 2, kMany, " requires at least two arguments"}};

std::string code_of(const Context& context, std::string_view code) {
  return context.htaccess != nullptr ? "htaccess-" + std::string(code) : std::string(code);
}

std::string shown(const Directive& directive) {
  return (directive.section ? "<" : "") + directive.name;
}

// Of httpd 2.2: where no program says which httpd it is, the file may be for that one.
constexpr std::array<std::string_view, 12> kOldDirectives{"acceptmutex",
                                                          "authauthoritative",
                                                          "authdefaultauthoritative",
                                                          "authzdefaultauthoritative",
                                                          "authzldapauthoritative",
                                                          "cookielog",
                                                          "lockfile",
                                                          "rewritelock",
                                                          "rewritelog",
                                                          "rewriteloglevel",
                                                          "sslmutex",
                                                          "authzownerauthoritative"};

bool may_be_of_old_httpd(const Httpd& httpd, const Directive& directive) {
  return !httpd.survey.knows_accounts() &&
         std::ranges::count(kOldDirectives, lower(directive.name)) > 0;
}

void blind(Httpd& httpd, const Directive& directive, const std::string& why) {
  httpd.survey.blind(httpd.survey.place(directive.name_span), "syntax_problem", directive.name,
                     why + ", and others may be loaded");
}

void unknown(Httpd& httpd, const Directive& directive, const Context& context) {
  std::vector<std::string_view> names;
  const std::string prefix = directive.section ? "<" : "";
  for (const auto& command : httpd.knowledge.commands())
    if (command.name.starts_with('<') == directive.section &&
        httpd.has_module(command.module).value_or(true))
      names.push_back(command.name);
  const auto near = text::nearest(prefix + directive.name, names);
  const bool modules_unseen = httpd.incomplete && !httpd.modules_certain;
  const auto theirs = httpd.foreign_modules.has(httpd.survey.tree, directive.name);
  const bool foreign = theirs.value_or(true);
  if (((foreign || modules_unseen) && !near) || theirs.value_or(false)) {
    blind(httpd, directive, "a directive of none of httpd's own modules");
    return;
  }
  const bool certain = !foreign && !may_be_of_old_httpd(httpd, directive) &&
                       !(context.htaccess && context.htaccess->nonfatal_unknown);
  std::string help = near ? "write " + near->substr(prefix.size()) : "";
  std::string replacement = near && !directive.section ? *near : "";
  if (near && directive.section) replacement = *near;
  report(httpd, {directive.name_span, code_of(context, "unknown-directive"), certain,
                 "Invalid command '" + shown(directive) +
                     "', perhaps misspelled or defined by a module not included in the server "
                     "configuration",
                 std::move(help), std::move(replacement)});
}

// Modules that others publish share names: TKTAuthLoginURL is of mod_auth_tkt and mod_auth_pubtkt.
bool may_be_of_another(const Httpd& httpd, const Directive& directive, const Command& command) {
  return httpd.knowledge.by_source(command.module) == nullptr &&
         httpd.foreign_modules.may_have(httpd.survey.tree, directive.name);
}

void not_loaded(Httpd& httpd, const Directive& directive, const Command& command,
                const Context& context) {
  const auto* module = httpd.knowledge.by_source(command.module);
  const auto* third = httpd.knowledge.third_party(command.module);
  const std::string identifier(module != nullptr  ? module->identifier
                               : third != nullptr ? third->identifier
                                                  : command.module);
  auto name = identifier.substr(0, identifier.find("_module"));
  // A module that others publish takes no name of httpd's own.
  const bool certain = !(context.htaccess && context.htaccess->nonfatal_unknown);
  report(httpd,
         {directive.name_span,
          code_of(context, "module-not-loaded"),
          certain,
          "Invalid command '" + shown(directive) +
              "', perhaps misspelled or defined by a module not included in the server "
              "configuration",
          "it is a directive of " + identifier + ", which is not loaded: enable it (a2enmod " +
              name + ") or put the line inside <IfModule " + identifier + ">",
          {}});
}

// The command that the server would run: of a module that is loaded, or may be.
const Command* find_command(Httpd& httpd, const Directive& directive, const Context& context) {
  const auto commands = httpd.knowledge.find(directive.name, directive.section);
  if (commands.empty()) {
    unknown(httpd, directive, context);
    return nullptr;
  }
  const Command* possible = nullptr;
  for (const auto& command : commands) {
    const auto has = httpd.has_module(command.module);
    if (has.value_or(false)) return &command;
    if (!has) possible = &command;
  }
  if (possible != nullptr) return possible;
  if (may_be_of_another(httpd, directive, commands[0]))
    blind(httpd, directive, "a directive of " + std::string(commands[0].module));
  else
    not_loaded(httpd, directive, commands[0], context);
  return nullptr;
}

bool allowed_here(Httpd& httpd, const Directive& directive, const Command& command,
                  const Context& context) {
  const auto* htaccess = context.htaccess;
  if (htaccess == nullptr && (command.where & kAtOnce) != 0) return true;
  const bool listed = htaccess != nullptr && htaccess->list.contains(lower(shown(directive)));
  if (!listed && (command.where & context.where) == 0) {
    const bool certain = !(htaccess != nullptr && htaccess->nonfatal_override);
    const bool override_decides = htaccess != nullptr && (command.where & kAllOverrides) != 0;
    report(httpd, {directive.name_span,
                   code_of(context, override_decides ? "not-allowed" : "wrong-context"),
                   certain,
                   shown(directive) + (context.section.empty() || htaccess != nullptr
                                           ? " not allowed here"
                                           : " not allowed in <" + context.section + "> context"),
                   override_decides ? "AllowOverride of this directory does not include it" : "",
                   {}});
    return false;
  }
  struct Name {
    unsigned bit;
    std::string_view section;
  };
  static constexpr std::array kNames{Name{kInVirtualHost, "VirtualHost"},
                                     Name{kInDirectory, "Directory"}, Name{kInLocation, "Location"},
                                     Name{kInFiles, "Files"}};
  for (const auto& [bit, section] : kNames) {
    if ((command.not_within & context.within & bit) == 0) continue;
    if (directive.section && bit == kInLocation && (context.within & kInProxy) != 0) continue;
    report(httpd, {directive.name_span,
                   code_of(context, "wrong-context"),
                   true,
                   shown(directive) + (directive.section ? ">" : "") + " cannot occur within <" +
                       std::string(section) + "> section",
                   "",
                   {}});
    return false;
  }
  return true;
}

bool count_is_right(Httpd& httpd, const Directive& directive, const Command& command,
                    const std::vector<Arg>& args, const Context& context) {
  const auto refuse = [&](std::string message, std::string_view code, text::Span span) {
    report(httpd, {span, code_of(context, code), true, std::move(message), "", {}});
    return false;
  };
  if (directive.section) {
    if (!directive.bracket)
      return refuse("<" + directive.name + "> directive missing closing '>'", "parse",
                    directive.span);
    if (args.empty() && command.arguments == "raw" && command.module == "core.c" &&
        lower(directive.name) != "else")
      return refuse("<" + directive.name + "> directive requires additional arguments",
                    "wrong-arguments", directive.span);
    return true;
  }
  if (command.arguments == "flag") {
    if (!args.empty() && !args[0].known) return true;
    const bool flag = !args.empty() && (text::equal_ignoring_case(args[0].value, "on") ||
                                        text::equal_ignoring_case(args[0].value, "off"));
    return flag || refuse(directive.name + " must be On or Off", "bad-value",
                          args.empty() ? directive.span : args[0].span);
  }
  const auto arity = std::ranges::find(kArities, command.arguments, &Arity::word);
  if (arity == kArities.end()) return true;
  const auto least = std::min(args.size(), arity->least);
  const bool empty = std::any_of(args.begin(), args.begin() + static_cast<std::ptrdiff_t>(least),
                                 [](const Arg& arg) { return arg.value.empty(); });
  const bool odd = command.arguments == "1|3" && args.size() == 2;
  if (args.size() >= arity->least && args.size() <= arity->most && !empty && !odd) return true;
  const auto span = args.size() > arity->most
                        ? text::cover(args[arity->most].span, args.back().span)
                        : directive.span;
  return refuse(directive.name + std::string(arity->message), "wrong-arguments", span);
}

}  // namespace

bool judge(Httpd& httpd, const Directive& directive, const std::vector<Arg>& args,
           const Context& context) {
  const auto* command = find_command(httpd, directive, context);
  if (command == nullptr) return false;
  if (command->unsure) {
    httpd.survey.blind(httpd.survey.place(directive.name_span), "directive", directive.name,
                       "only some releases of httpd know this directive");
    return true;
  }
  if (!allowed_here(httpd, directive, *command, context)) return false;
  if (!count_is_right(httpd, directive, *command, args, context)) return false;
  const bool known = std::ranges::all_of(args, &Arg::known);
  if (!known) return true;
  const auto bad =
      bad_value(httpd, (directive.section ? "<" : "") + lower(directive.name), args, context);
  if (!bad) return true;
  const bool whole = bad->at < 0 || static_cast<std::size_t>(bad->at) >= args.size();
  report(httpd, {whole ? directive.span : args[static_cast<std::size_t>(bad->at)].span,
                 code_of(context, "bad-value"), bad->error, bad->message,
                 bad->replacement.empty() ? "" : "write " + bad->replacement,
                 whole ? "" : bad->replacement});
  return !bad->error;
}

}  // namespace stackaudit::stack::apache
