// A survey over a tree in memory, and compact dumps of what readers recorded, for tests.
#pragma once

#include "stack/survey.hpp"
#include "tree/memory_tree.hpp"

#include <string>

namespace stackaudit::stack {

struct MemorySurvey {
  tree::MemoryTree tree;
  text::SourceMap sources;
  facts::Store facts;

  MemorySurvey& file(std::string_view line, std::string_view content = {}) {
    tree.add(line, content);
    return *this;
  }
  // The accounts are read here: add /etc/passwd before.
  [[nodiscard]] Survey open() { return Survey(tree, sources, facts); }
};

inline std::string where(const facts::Place& place) {
  return place.path + (place.line ? ":" + std::to_string(*place.line) : "");
}

inline std::string dump_references(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::Reference>())
    out += where(row) + " " + row.kind + " " + row.as_written + " " + row.state +
           (row.required ? "" : " optional") + (row.nearest.empty() ? "" : " ~" + row.nearest) +
           "\n";
  return out;
}

inline std::string dump_problems(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::SyntaxProblem>())
    out += where(row) + " " + row.severity + " " + row.message +
           (row.replacement.empty() ? "" : " ~" + row.replacement) + "\n";
  return out;
}

inline std::string dump_blind(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::BlindSpot>())
    out += where(row) + " " + row.table_name + " " + row.subject + ": " + row.reason +
           (row.needed ? " (needed)" : "") + "\n";
  return out;
}

inline std::string dump_listeners(const facts::Store& facts) {
  std::string out;
  for (const auto& row : facts.rows<facts::Listener>()) {
    out += where(row) + " " + row.service + " " + row.family + " ";
    out += row.family == "unix" ? row.socket + " " + row.socket_user + ":" + row.socket_group
                                : row.address + ":" + std::to_string(row.port.value_or(0)) +
                                      (row.on_inet ? " 4" : "") + (row.on_inet6 ? " 6" : "");
    out += "\n";
  }
  return out;
}

}  // namespace stackaudit::stack
