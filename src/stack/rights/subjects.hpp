// The files whose keeping matters: settings, units, scripts, document roots, keys; gathered from
// the facts of every system.
#pragma once

#include "stack/jobs/jobs.hpp"

#include <string>
#include <vector>

namespace stackaudit::stack {

struct Subject {
  std::string spelled;      // the path as its reader spells it, links not yet followed
  std::string kind;         // as facts::Writable::kind
  std::string service;      // who reads it
  bool privileged = false;  // by a process of root
};

// Each path and kind once, in the order of path and kind; with what root runs on its own.
[[nodiscard]] std::vector<Subject> subjects(const Survey& survey,
                                            const std::vector<RootFile>& of_root);

}  // namespace stackaudit::stack
