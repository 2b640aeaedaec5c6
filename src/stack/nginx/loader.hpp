// Reads nginx's files: includes followed where they stand, glob patterns sorted, each fragment read
// in the context that includes it.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Fills reader.config from the -g option of the unit and from reader.conf_path; adds `reference`
// rows of kind include, `access`, `file`, and `syntax_problem` of what the tokenizer refuses.
void load_config(Reader& reader);

// The words of -g, as spans of the unit file where it has them literally. For tests.
[[nodiscard]] std::optional<std::string_view> command_line_option(const ServiceUnit& unit,
                                                                  std::string_view option);

}  // namespace stackaudit::stack::nginx
