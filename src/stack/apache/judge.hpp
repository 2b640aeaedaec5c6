// Would httpd obey this directive here, with these arguments? The answers are in httpd's words.
#pragma once

#include "stack/apache/httpd.hpp"

namespace stackaudit::stack::apache {

// Where a directive stands.
struct Context {
  unsigned where = kServer | kOptions | kFileInfo | kIndexes;  // classes in force
  unsigned within = 0;                                         // of Within: enclosing sections
  std::string section;                 // innermost section's name, as written; empty outside
  std::string authorize;               // innermost Require container in lower case
  const Override* htaccess = nullptr;  // the file is a .htaccess file
};

// Reports what httpd would refuse and says whether the directive is obeyed.
bool judge(Httpd& httpd, const syntax::apache::Directive& directive, const std::vector<Arg>& args,
           const Context& context);

// values.cpp: what is wrong with the arguments of the directives whose values are known; empty
// where nothing is. at: the argument meant, -1 for the whole line.
struct BadValue {
  std::string message;
  int at = -1;
  std::string replacement;
  bool error = true;
};
[[nodiscard]] std::optional<BadValue> bad_value(const Httpd& httpd, std::string_view name,
                                                const std::vector<Arg>& args,
                                                const Context& context);

// values_modules.cpp: the part of it for modules.
[[nodiscard]] std::optional<BadValue> bad_module_value(std::string_view name,
                                                       const std::vector<Arg>& args,
                                                       const Context& context);

}  // namespace stackaudit::stack::apache
