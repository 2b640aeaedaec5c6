// Which includes of a small application lead nowhere.
#pragma once

#include "stack/php/php.hpp"
#include "tree/memory_tree.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace stackaudit::test {

// What is said of an application in /srv/www.
inline facts::Store read_www(const tree::Tree& tree) {
  text::SourceMap sources;
  facts::Store facts;
  stack::Survey survey(tree, sources, facts);
  stack::read_php(survey, {{"php", "/srv/www", false}});
  return facts;
}

// The files that its includes name and that are not there, in the order of the rows.
inline std::string missing_in_www(const tree::Tree& tree) {
  std::string out;
  const auto facts = read_www(tree);
  for (const auto& row : facts.rows<facts::Reference>())
    if (row.state == "missing") out += row.resolved + ' ';
  return out;
}

// "state name [guarded]" of what index.php, beside inc/a.php, loads and does not find.
inline std::string lost(const std::string& code, const std::string& of_other_entry = {}) {
  tree::MemoryTree tree;
  if (!of_other_entry.empty())
    tree.add("/srv/www/js/index.php 0644 root:root", "<?php\n" + of_other_entry);
  tree.add("/srv/www/index.php 0644 root:root", "<?php\n" + code);
  tree.add("/srv/www/inc/a.php 0644 root:root", "<?php\n");
  const auto facts = read_www(tree);
  std::vector<std::string> lines;
  for (const auto& row : facts.rows<facts::Reference>())
    if (row.state != "found")
      lines.push_back(row.state + " " +
                      row.resolved.substr(std::min<std::size_t>(9, row.resolved.size())) +
                      (row.guarded ? " guarded" : ""));
  std::ranges::sort(lines);
  std::string out;
  for (const auto& line : lines) out += (out.empty() ? "" : ", ") + line;
  return out;
}

}  // namespace stackaudit::test
