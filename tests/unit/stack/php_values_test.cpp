// What expressions of PHP are worth: lists, functions, closures over lists, branches that constants
// decide, files that are asked for first.
#include "stack/php/php.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace stackaudit::stack {
namespace {

// "state name [guarded]" of what index.php, beside inc/a.php, loads and does not find.
std::string lost(const std::string& code) {
  tree::MemoryTree tree;
  tree.add("/srv/www/index.php 0644 root:root", "<?php\n" + code);
  tree.add("/srv/www/inc/a.php 0644 root:root", "<?php\n");
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(tree, sources, facts);
  read_php(survey, {{"php", "/srv/www", false}});
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

TEST(PhpValues, Lists) {
  EXPECT_EQ(lost("[$d, $f] = [__DIR__ . '/inc', 'b.php']; require \"$d/$f\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("['f' => $f] = ['f' => 'b.php']; require __DIR__ . \"/$f\";"), "missing b.php");
  EXPECT_EQ(lost("foreach (array_merge(['a'], ['b']) as $f) require __DIR__ . \"/inc/$f.php\";"),
            "missing inc/b.php");
  EXPECT_EQ(
      lost("foreach (array_keys(['a' => 1, 'b' => 2]) as $f) require __DIR__ . \"/inc/$f.php\";"),
      "missing inc/b.php");
  EXPECT_EQ(lost("foreach (explode(',', 'a,b') as $f) require __DIR__ . \"/inc/$f.php\";"),
            "missing inc/b.php");
  EXPECT_EQ(lost("array_map(function ($f) { require __DIR__ . \"/inc/$f.php\"; }, ['a', 'b']);"),
            "missing inc/b.php");
}

TEST(PhpValues, Functions) {
  EXPECT_EQ(lost("require __DIR__ . '/' . ucfirst('a') . '.php';"), "missing A.php");
  EXPECT_EQ(lost("require vsprintf('%s/%s.php', [__DIR__ . '/inc', 'b']);"), "missing inc/b.php");
  EXPECT_EQ(lost("enum P: string { case A = 'b'; } require __DIR__ . '/' . P::A->value . '.php';"),
            "missing b.php");
}

TEST(PhpValues, BranchesThatConstantsDecide) {
  const std::string driver = "const D = 'a'; ";
  EXPECT_EQ(lost(driver + "switch (D) { case 'b': require __DIR__ . '/b.php'; break; default: "
                          "require __DIR__ . '/inc/a.php'; }"),
            "");
  EXPECT_EQ(lost(driver + "if (D === 'b') require __DIR__ . '/b.php';"), "");
  EXPECT_EQ(lost(driver + "if (D !== 'b') require __DIR__ . '/b.php';"), "missing b.php");
  EXPECT_EQ(lost("switch ($_GET['d']) { case 'b': require __DIR__ . '/b.php'; }"), "missing b.php");
}

TEST(PhpValues, FilesThatAreAskedForFirst) {
  EXPECT_EQ(lost("foreach (['a', 'b'] as $n) { $f = __DIR__ . \"/inc/$n.php\"; if (!is_file($f)) "
                 "continue; require $f; }"),
            "missing inc/b.php guarded");
  EXPECT_EQ(lost("$f = realpath(__DIR__ . '/b.php'); if ($f !== false) require $f;"), "");
  EXPECT_EQ(lost("$f = realpath(__DIR__ . '/b.php'); if ($f) require $f;"), "");
  EXPECT_EQ(lost("require realpath(__DIR__ . '/b.php');"), "missing b.php");
  EXPECT_EQ(lost("if (!is_file(__DIR__ . '/b.php')) { require __DIR__ . '/b.php'; }"),
            "missing b.php");
}

TEST(PhpValues, FunctionsThatChooseAFile) {
  const std::string code =
      "function f($n) { global $c; if (@is_file($c . $n)) return $c . $n; return __DIR__ . "
      "'/inc/' . $n; } ";
  EXPECT_EQ(lost(code + "require f('a.php');"), "");
  EXPECT_EQ(lost("class C { function f($n) { return ''; } } function f($n) { if (is_file(__DIR__ . "
                 "'/x')) return 'x'; return __DIR__ . '/b/' . $n; } require f('a.php');"),
            "missing b/a.php");
}

TEST(PhpValues, NamesOfWhichOnlyTheEndIsWritten) {
  const auto nearest = [](const std::string& code) {
    tree::MemoryTree tree;
    tree.add("/srv/www/index.php 0644 root:root", "<?php\n" + code);
    tree.add("/srv/www/inc/settings.php 0644 root:root", "<?php\n");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(tree, sources, facts);
    read_php(survey, {{"php", "/srv/www", false}});
    std::string out;
    for (const auto& row : facts.rows<facts::Reference>()) out += row.state + " " + row.nearest;
    return out;
  };
  EXPECT_EQ(nearest("require $_GET['d'] . '/inc/settngs.php';"),
            "dynamic /srv/www/inc/settings.php");
  EXPECT_EQ(nearest("require $_GET['d'] . '/inc/settings.php';"), "dynamic ");
  EXPECT_EQ(nearest("require $_GET['d'] . '/other/thing.php';"), "dynamic ");
  EXPECT_EQ(nearest("@include $_GET['d'] . 'inc/settngs.php';"),
            "dynamic /srv/www/inc/settings.php");
}

}  // namespace
}  // namespace stackaudit::stack
