// mod_macro: <Macro> keeps its lines as they are written, Use puts its arguments into them and
// httpd reads the result as if it stood there.
#pragma once

#include "stack/apache/httpd.hpp"

namespace stackaudit::stack::apache {

// The macro that a <Macro> section defines, replacing one of the same name; reports what httpd
// refuses and gives nullopt then.
[[nodiscard]] std::optional<Macro> define_macro(Httpd& httpd,
                                                const syntax::apache::Directive& section);

// The lines of a macro with these arguments in the places of its parameters, which are as many,
// taken apart. Places are those of the macro's lines, or of the argument where a word is one.
[[nodiscard]] syntax::apache::Parsed expand(const Httpd& httpd, const Macro& macro,
                                            const std::vector<Arg>& arguments);

}  // namespace stackaudit::stack::apache
