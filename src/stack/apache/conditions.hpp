// The sections that httpd takes or leaves while it reads: IfModule, IfDefine, IfFile, IfVersion,
// IfDirective, IfSection.
#pragma once

#include "stack/apache/httpd.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::apache {

// Reports what httpd refuses while it reads; htaccess: the line is of a .htaccess file, whose codes
// begin with "htaccess-".
void refuse(Httpd& httpd, bool htaccess, text::Span span, std::string_view code,
            std::string message, std::string help = {});

// Whether "<ifmodule", the name of a section in lower case behind its bracket, is one of them.
[[nodiscard]] bool is_condition(std::string_view section);

// Whether the section's lines count; none where httpd refuses the section, which is reported. What
// cannot be known here is a blind spot and taken one way or the other.
[[nodiscard]] std::optional<bool> condition_holds(Httpd& httpd, bool htaccess,
                                                  const syntax::apache::Directive& section);

}  // namespace stackaudit::stack::apache
