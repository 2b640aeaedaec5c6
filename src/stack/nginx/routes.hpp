// Where nginx takes a URL inside one server: the innermost location, and the directory it serves.
#pragma once

#include "stack/nginx/reader.hpp"

#include <optional>
#include <string>

namespace stackaudit::stack::nginx {

// The innermost block that takes the URL: a location, or the server itself. None: it is not known,
// since an expression could not be decided. url: the decoded path.
[[nodiscard]] std::optional<std::size_t> block_for(const Config& config, std::size_t server,
                                                   const std::string& url);

// The root or alias that holds in the block; nullptr: nginx's default.
[[nodiscard]] const Node* root_of(const Config& config, std::size_t block);

// The file that the block has for the URL, as an absolute path, by its root or alias. None where a
// variable or an expression decides.
[[nodiscard]] std::optional<std::string> file_for(const Reader& reader, std::size_t block,
                                                  const std::string& url);

// All directives of this name in the nearest block that has one.
[[nodiscard]] std::vector<const Node*> list_of(const Config& config,
                                               std::optional<std::size_t> block,
                                               std::string_view name);

// Whether something other than the block's files answers, or may: a pass, return, rewrite, if, a
// directive of a module that is not nginx's own. `apart`: a directive that is passed over.
[[nodiscard]] bool answers_otherwise(const Config& config, std::size_t block,
                                     std::string_view apart = {});

}  // namespace stackaudit::stack::nginx
