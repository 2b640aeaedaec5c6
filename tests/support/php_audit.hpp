// PHP applications in memory, audited.
#pragma once

#include "stack/php/php.hpp"
#include "tree/memory_tree.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace stackaudit::test {

struct File {
  std::string line;  // as MemoryTree::add
  std::string content;
};

// An audit of PHP files below /srv/app/public, run by www-data.
struct Audit {
  explicit Audit(const std::vector<File>& files, bool served = true) {
    for (const auto& file : files) tree.add(file.line, file.content);
    survey.emplace(tree, sources, facts);
    if (served) {
      const auto* user = survey->accounts.user("www-data");
      survey->apache_child = stack::Actor{"apache", "apache child", survey->accounts.become(*user)};
      survey->document_roots.push_back({"/srv/app/public", "apache",
                                        stack::Survey::whole_file("/etc/apache2/site.conf"),
                                        "mod_php", 1});
    }
    stack::read_php(*survey, served ? std::vector<stack::Entry>{}
                                    : std::vector<stack::Entry>{{"php", "/srv/app/public", false}});
  }

  // "path:line kind state resolved [guarded] [-> replacement]" of all that is not found.
  [[nodiscard]] std::string broken() const {
    std::vector<std::string> lines;
    for (const auto& row : facts.rows<facts::Reference>()) {
      if (row.state == "found") continue;
      lines.push_back(row.path + ":" + std::to_string(*row.line) + " " + row.kind + " " +
                      row.state + " " + row.resolved + (row.guarded ? " guarded" : "") +
                      (row.replacement.empty() ? "" : " -> " + row.replacement));
    }
    std::ranges::sort(lines);
    std::string out;
    for (const auto& line : lines) out += line + "\n";
    return out;
  }

  tree::MemoryTree tree;
  text::SourceMap sources;
  facts::Store facts;
  std::optional<stack::Survey> survey;
};

inline File file(const std::string& path, const std::string& code) {
  return {path + " 0644 root:root", "<?php\n" + code};
}

inline std::string missing_in(const Audit& audit) {
  std::string found;
  for (const auto& row : audit.facts.rows<facts::Reference>())
    if (row.state == "missing")
      found += row.as_written + ": " + row.doubt + ": " + row.nearest + "\n";
  return found;
}

}  // namespace stackaudit::test
