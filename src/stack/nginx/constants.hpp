// Variables that are constants: one `set` of the server or of the location gives them a text, and
// nothing else does.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Puts the text in the place of the variable where nginx looks for files of the server: in root,
// alias, auth_basic_user_file and fastcgi_param; and where it makes a numeric address of what a
// request is passed to. Only after the list of directives is whole.
void settle_constants(Config& config);

}  // namespace stackaudit::stack::nginx
