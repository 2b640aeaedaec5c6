// A function for each kind of section, in a table by its name.
#include "stack/apache/conditions.hpp"

#include "text/regex.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace stackaudit::stack::apache {
namespace {

using Directive = syntax::apache::Directive;

class Conditions {
 public:
  Conditions(Httpd& httpd, bool htaccess) : httpd_(httpd), htaccess_(htaccess) {}

  using Holds = std::optional<bool> (Conditions::*)(const Directive&);
  struct Kind {
    std::string_view name;
    Holds holds;
  };
  static constexpr std::array<Kind, 6> kinds() {
    return {{{"<ifmodule", &Conditions::if_module},
             {"<ifdefine", &Conditions::if_define},
             {"<ifversion", &Conditions::if_version},
             {"<iffile", &Conditions::if_file},
             {"<ifdirective", &Conditions::if_directive},
             {"<ifsection", &Conditions::if_directive}}};
  }

 private:
  // The condition's words, or none where httpd refuses the section.
  std::optional<std::vector<Arg>> condition_args(const Directive& section) {
    if (!section.bracket) {
      refuse(httpd_, htaccess_, section.span, "parse",
             "<" + section.name + "> directive missing closing '>'");
      return std::nullopt;
    }
    if (section.words.empty()) {
      refuse(httpd_, htaccess_, section.span, "wrong-arguments",
             "<" + section.name + "> directive requires additional arguments");
      return std::nullopt;
    }
    return resolve_all(httpd_, section.words);
  }

  // "!x" is the opposite of "x".
  static bool strip_not(std::string& name) {
    const bool negated = name.starts_with('!');
    if (negated) name.erase(0, 1);
    return negated;
  }

  std::optional<bool> if_module(const Directive& section) {
    auto args = condition_args(section);
    if (!args) return std::nullopt;
    auto name = args->at(0).value;
    const bool negated = strip_not(name);
    const bool there = has(name);
    if (!there) doubt_module_name(section, name, args->at(0).span, negated);
    return there != negated;
  }

  bool has(std::string_view name) const {
    for (const auto& module : httpd_.modules)
      if (module.identifier == name) return true;
    const auto* module = httpd_.knowledge.by_identifier(name);
    return httpd_.loaded(module != nullptr ? module->source : name);
  }

  // A name that no module has, but for a typing error, hides its section without a word.
  void doubt_module_name(const Directive& section, std::string_view name, text::Span span,
                         bool negated) {
    const auto& knowledge = httpd_.knowledge;
    if (section.children.empty() || name.size() < 6 || knowledge.by_source(name) != nullptr ||
        knowledge.by_identifier(name) != nullptr || knowledge.third_party(name) != nullptr)
      return;
    for (const auto& module : knowledge.modules()) {
      for (const auto known : {module.source, module.identifier}) {
        const bool digit = std::ranges::any_of(name, [](char c) { return c >= '0' && c <= '9'; });
        if (digit || text::edit_distance(name, known, 2) > 2 || !httpd_.loaded(module.source))
          continue;
        report(httpd_,
               {span, htaccess_ ? "htaccess-doubtful" : "doubtful", false,
                "no module is called " + std::string(name) + ": this section is silently skipped",
                "write " + std::string(known), (negated ? "!" : "") + std::string(known)});
        return;
      }
    }
  }

  std::optional<bool> if_define(const Directive& section) {
    auto args = condition_args(section);
    if (!args) return std::nullopt;
    auto name = args->at(0).value;
    const bool negated = strip_not(name);
    return httpd_.flags.contains(name) != negated;
  }

  std::optional<bool> if_file(const Directive& section) {
    auto args = condition_args(section);
    if (!args) return std::nullopt;
    auto name = args->at(0).value;
    const bool negated = strip_not(name);
    const auto end = tree::resolve(httpd_.survey.tree, httpd_.path_of(name));
    if (tree::is_unseen(end.error) || !args->at(0).known) unknown_condition(section, name);
    return static_cast<bool>(end) != negated;
  }

  std::optional<bool> if_directive(const Directive& section) {
    auto args = condition_args(section);
    if (!args) return std::nullopt;
    auto name = args->at(0).value;
    const bool negated = strip_not(name);
    const auto commands = httpd_.knowledge.find(name, lower(section.name) == "ifsection");
    const bool there = std::ranges::any_of(
        commands, [&](const Command& command) { return httpd_.loaded(command.module); });
    return there != negated;
  }

  // All that is supported today is some 2.4; a third number cannot be decided and is taken as met.
  std::optional<bool> if_version(const Directive& section) {
    auto args = condition_args(section);
    if (!args) return std::nullopt;
    auto op = args->size() > 1 ? args->at(0).value : std::string("=");
    const auto& version = args->back().value;
    const bool negated = op.starts_with('!');
    if (negated) op.erase(0, 1);
    static constexpr std::array<std::string_view, 7> kOperators{
        "=", "==", ">", ">=", "<", "<=", "~"};
    if (std::ranges::find(kOperators, op) == kOperators.end()) {
      refuse(httpd_, htaccess_, section.span, "bad-value", "unrecognized operator '" + op + "'");
      return std::nullopt;
    }
    const bool pattern = op == "~" || version.starts_with('/');
    if (!pattern && text::Regex("^\\d+(\\.\\d+){0,2}$").matches(version) == false) {
      refuse(httpd_, htaccess_, section.span, "bad-value",
             "Version appears to be invalid. It must have the format major[.minor[.patch]] "
             "where major, minor and patch are numbers.");
      return std::nullopt;
    }
    std::array<int, 3> asked{0, 0, 0};  // what is not written counts as 0
    std::size_t count = 0;
    for (std::size_t at = 0; at < version.size() && count < asked.size(); ++count) {
      const auto [end, error] =
          std::from_chars(version.data() + at, version.data() + version.size(), asked[count]);
      if (error != std::errc{}) break;
      at = static_cast<std::size_t>(end - version.data()) + 1;
    }
    const bool same = asked[0] == 2 && asked[1] == 4;
    if (count == 0 || pattern || (same && asked[2] > 0)) unknown_condition(section, version);
    const bool newer = same || asked[0] < 2 || (asked[0] == 2 && asked[1] < 4);
    const bool holds = op == ">" || op == ">=" ? newer : op == "<" || op == "<=" ? !newer : pattern;
    return holds != negated;
  }

  void unknown_condition(const Directive& section, std::string_view what) {
    httpd_.survey.blind(httpd_.survey.place(section.span), "directive",
                        "<" + section.name + " " + std::string(what) + ">",
                        "the condition depends on what is not known here");
  }

  Httpd& httpd_;
  bool htaccess_;
};

constexpr auto kKinds = Conditions::kinds();

}  // namespace

void refuse(Httpd& httpd, bool htaccess, text::Span span, std::string_view code,
            std::string message, std::string help) {
  report(httpd, {span,
                 htaccess ? "htaccess-" + std::string(code) : std::string(code),
                 true,
                 std::move(message),
                 std::move(help),
                 {}});
}

bool is_condition(std::string_view section) {
  return std::ranges::find(kKinds, section, &Conditions::Kind::name) != kKinds.end();
}

std::optional<bool> condition_holds(Httpd& httpd, bool htaccess, const Directive& section) {
  const auto kind = std::ranges::find(kKinds, "<" + lower(section.name), &Conditions::Kind::name);
  if (kind == kKinds.end()) return std::nullopt;
  Conditions conditions(httpd, htaccess);
  return (conditions.*kind->holds)(section);
}

}  // namespace stackaudit::stack::apache
