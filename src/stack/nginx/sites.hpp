// Virtual hosts: their names, the directories that they serve, and how PHP runs there.
#pragma once

#include "stack/nginx/reader.hpp"
#include "stack/nginx/upstreams.hpp"

namespace stackaudit::stack::nginx {

// A directory from which nginx itself may serve files.
struct ServedRoot {
  std::string path;  // canonical and existing
  text::Span span;   // the root or alias directive's argument
};

// Numbers the http server blocks: node of the block to site.id.
[[nodiscard]] std::map<std::size_t, std::int64_t> number_sites(Reader& reader);

// Fills `site`, `reference` of kind document-root and named-location, survey.document_roots.
std::vector<ServedRoot> read_sites(Reader& reader, const Upstreams& upstreams,
                                   const std::map<std::size_t, std::int64_t>& sites);

}  // namespace stackaudit::stack::nginx
