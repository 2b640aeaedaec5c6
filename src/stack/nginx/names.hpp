// Names that one directive defines and others use: log formats, shared memory zones, variables.
#pragma once

#include "stack/nginx/listeners.hpp"
#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills syntax_problem with uses of what nothing defines, as nginx refuses them.
void check_names(Reader& reader);

// The same for TLS: listeners without a certificate, certificates without a key.
void check_tls(Reader& reader, const std::vector<Claim>& claims);

}  // namespace stackaudit::stack::nginx
