// Whether this nginx has a directive at all: the tables know many modules and versions, the program
// in the tree decides where there is one.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

enum class Known : std::uint8_t {
  yes,      // nginx's own, in this build: the table holds
  foreign,  // a module brings it: nothing more is known about it
  no,       // refused for certain
  doubtful  // nothing in the tree decides
};

struct Availability {
  Known known = Known::yes;
  std::string why;  // for people, where it is `no` or `doubtful`; may be empty
};

[[nodiscard]] Availability availability(const Reader& reader, std::string_view directive,
                                        Context context);

}  // namespace stackaudit::stack::nginx
