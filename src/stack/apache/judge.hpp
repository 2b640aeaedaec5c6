// Would httpd obey this directive here, with these arguments? The answers are in httpd's words.
#pragma once

#include "stack/apache/httpd.hpp"

#include <span>

namespace stackaudit::stack::apache {

// Where a directive stands.
struct Context {
  unsigned where = kServer | kOptions | kFileInfo | kIndexes;  // classes in force
  unsigned within = 0;                                         // of Within: enclosing sections
  std::string section;                 // innermost section's name, as written; empty outside
  std::string proxy;                   // URL of the innermost <Proxy>; empty: none that is known
  std::string authorize;               // innermost Require container in lower case
  bool after_if = false;               // an <If> or <ElseIf> precedes in this scope
  const Override* htaccess = nullptr;  // the file is a .htaccess file
};

// Reports what httpd would refuse and says whether the directive is obeyed.
bool judge(Httpd& httpd, const syntax::apache::Directive& directive, const std::vector<Arg>& args,
           const Context& context);

// What is wrong with the arguments of the directives whose values are known; empty where nothing
// is.
struct BadValue {
  std::string message;
  int at = -1;  // the argument meant, -1 for the whole line
  std::string replacement;
  bool error = true;
};

// What the judges of values take and give; at: as BadValue's.
using Args = std::vector<Arg>;
using Bad = std::optional<BadValue>;
[[nodiscard]] inline Bad bad(std::string message, int at = -1) {
  return BadValue{std::move(message), at, {}, true};
}

// values.cpp: a status that httpd has a line for.
[[nodiscard]] bool is_status(std::string_view code);

[[nodiscard]] std::optional<BadValue> bad_value(const Httpd& httpd, std::string_view name,
                                                const std::vector<Arg>& args,
                                                const Context& context);

// A directive whose arguments have a grammar of their own; name in lower case, with its '<'.
struct ValueJudge {
  std::string_view name;
  std::optional<BadValue> (*judge)(const Httpd&, const std::vector<Arg>&, const Context&);
};
[[nodiscard]] std::span<const ValueJudge> rewrite_judges();  // values_rewrite.cpp
[[nodiscard]] std::span<const ValueJudge> module_judges();   // values_modules.cpp
[[nodiscard]] std::span<const ValueJudge> proxy_judges();    // values_proxy.cpp
[[nodiscard]] std::span<const ValueJudge> access_judges();   // values_access.cpp
[[nodiscard]] std::span<const ValueJudge> program_judges();  // values_programs.cpp

}  // namespace stackaudit::stack::apache
