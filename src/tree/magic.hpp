// What a file really is, by its content (libmagic), asked only where a name is not enough.
#pragma once

#include <string>
#include <string_view>

namespace stackaudit::tree {

struct Content {
  std::string mime;      // "text/plain"; "application/octet-stream" when nothing is known
  std::string encoding;  // "us-ascii", "utf-8", "utf-16le", "binary", ...

  [[nodiscard]] bool is_text() const { return encoding != "binary"; }
};

// Looks at the first 64 KiB. Safe from several threads. Never fails: without libmagic's database
// the mime type is "application/octet-stream" and the encoding is judged by NUL bytes alone.
[[nodiscard]] Content identify(std::string_view bytes);

}  // namespace stackaudit::tree
