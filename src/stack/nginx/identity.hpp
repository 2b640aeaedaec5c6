// As whom nginx runs: its master as the unit starts it, its workers as the `user` directive, the
// unit, or the build say.
#pragma once

#include "stack/nginx/reader.hpp"

namespace stackaudit::stack::nginx {

// Sets reader.master, from the unit alone.
void find_master(Reader& reader);

// Sets reader.worker from the configuration; fills `service`, `worker` and `reference` (user and
// group accounts).
void find_worker(Reader& reader);

// Whether `daemon` is what Type= of the unit waits for.
void check_start(Reader& reader);

}  // namespace stackaudit::stack::nginx
