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

// Whether the parser says of a section that it does not close, or that nothing opened it.
[[nodiscard]] bool is_unmatched(const text::Diagnostic& problem);
[[nodiscard]] bool has_unmatched(const std::vector<text::Diagnostic>& problems);

// Whether lines of the file, or of a macro that it defines or uses, close a section that others
// opened.
[[nodiscard]] bool closes_for_others(const Httpd& httpd, const syntax::apache::Parsed& parsed);

// Whether the directives define or use a macro whose lines open or close a section for others.
[[nodiscard]] bool uses_unbalanced(const Httpd& httpd,
                                   const std::vector<syntax::apache::Directive>& directives);

}  // namespace stackaudit::stack::apache
