// What PHP's compiler refuses of imports and of classes that extend or implement others of the same
// file, in the words of php -l (8.2), and texts that hold no code.
#include "syntax/php/php.hpp"

#include <gtest/gtest.h>

namespace stackaudit::syntax::php {
namespace {

std::string said(std::string_view code, int version = 802) {
  std::string out;
  for (const auto& problem : parse(code, text::FileId::none, {false, version, false}).problems)
    out += problem.message + "\n";
  return out;
}

std::string refused(const std::string& code) {
  return said("<?php\n" + code);
}

TEST(PhpNames, Imports) {
  EXPECT_EQ(refused("use DateTime as Date;\nuse DateTimeImmutable as Date;"),
            "Cannot use DateTimeImmutable as Date because the name is already in use\n");
  EXPECT_EQ(refused("namespace A;\nuse B\\C;\nuse D\\C;"),
            "Cannot use D\\C as C because the name is already in use\n");
  EXPECT_EQ(refused("namespace A; use B\\{C, D as E, function C}; use function F\\G; use const "
                    "F\\G; use H\\G;"),
            "");
  EXPECT_EQ(refused("namespace A { use B\\C; } namespace D { use E\\C; }"), "");
  EXPECT_EQ(refused("use const A\\X, A\\x;"), "");
  EXPECT_EQ(refused("use A\\B, A\\C;\nclass X { use B, C; use B; }\n$f = function () use ($a) {};"),
            "");
}

TEST(PhpNames, Classes) {
  EXPECT_EQ(refused("final class A {}\nclass B extends A {}"),
            "Class B cannot extend final class A\n");
  EXPECT_EQ(refused("interface A {}\nclass B extends A {}"), "Class B cannot extend interface A\n");
  EXPECT_EQ(refused("class A {}\nclass B implements A {}"),
            "B cannot implement A - it is not an interface\n");
  EXPECT_EQ(
      refused("abstract class A { abstract function z(); function y() {} }\nclass B extends A {}"),
      "Class B contains 1 abstract method and must therefore be declared abstract or implement "
      "the remaining methods (A::z)\n");
  EXPECT_EQ(
      refused(
          "interface A { function z(); function y(); }\nclass B implements A { function Y() {} }"),
      "Class B contains 1 abstract method and must therefore be declared abstract or implement "
      "the remaining methods (A::z)\n");
}

TEST(PhpNames, ClassesThatMayBeWhole) {
  EXPECT_EQ(refused("interface A { function z(); }\nabstract class B implements A {}"), "");
  EXPECT_EQ(refused("interface A { function z(); }\nclass B implements A { use T; }"), "");
  EXPECT_EQ(refused("interface A { function z(); }\nclass B extends C implements A {}"), "");
  EXPECT_EQ(refused("abstract class A { abstract function z(); }\nclass B extends A { use T; }"),
            "");
  EXPECT_EQ(refused("final class A {}\nclass B extends \\X\\A {}\nclass C extends A\\X {}"), "");
  EXPECT_EQ(refused("interface A extends X { function z(); }\ninterface B extends A {}"), "");
  EXPECT_EQ(refused("if (X) { final class A {} }\nclass B extends A {}"), "");
}

TEST(PhpNames, CastsThatAreGone) {
  EXPECT_EQ(refused("$a = (real) $b;"), "The (real) cast has been removed, use (float) instead\n");
  EXPECT_EQ(said("<?php $a = (real) $b;", 704), "");
  EXPECT_EQ(refused("$a = (float) $b;"), "");
}

TEST(PhpNames, FunctionsThatPhpCalledItself) {
  const std::string gone =
      "__autoload() is no longer supported, use spl_autoload_register() instead\n";
  EXPECT_EQ(refused("function __autoload($c) {}"), gone);
  EXPECT_EQ(refused("namespace A; function __autoload($c) {}"), "");
  EXPECT_EQ(refused("if (X) { function __autoload($c) {} }"), gone);
  EXPECT_EQ(said("<?php function __autoload($c) {}", 704), "");
}

TEST(PhpNames, TypographicQuotes) {
  EXPECT_EQ(refused("f( ‘a’ );"),
            "Undefined constant \"‘a’\": its quotation marks are none to PHP\n");
  EXPECT_EQ(refused("f('‘a’'); // ‘a’\n$größe = GRÖSSE;"), "");
}

TEST(PhpNames, TextsWithoutCode) {
  EXPECT_EQ(said("<%\necho 1;\n%>"),
            "\"<%\" opens no PHP since version 7: the file is sent as text\n");
  EXPECT_EQ(said(std::string_view("\xff\xfe<\0?\0", 6)),
            "the file is UTF-16, of which PHP sees no code: it is sent as text\n");
  EXPECT_EQ(said("<?phpfunction f() {}"),
            "\"<?php\" without a blank behind it opens no PHP: the code is sent as text\n");
  EXPECT_EQ(said(std::string_view("\0\0\0", 3)),
            "the file holds zero bytes alone, as after a crash: it is sent as text\n");
  for (const std::string tag : {"<?pphp", "<?hpp", "<8?php", "?php", "<?p:hp", "<php", "<?ph"})
    EXPECT_EQ(said(tag + " echo 1;"), '"' + tag + "\" opens no PHP: the code is sent as text\n");
  for (const std::string code : {"require 'a.php';\n", "\n$a = 1;\n", "/** A */\n// b\nuse A\\B;\n",
                                 "final class A {\n}", "if ( ! defined( 'A' ) ) {\n}"})
    EXPECT_EQ(said(code), "no \"<?php\" stands before the code: it is sent as text\n");
  for (const std::string text :
       {"<?xml version=\"1.0\"?>\n<a/>;", "<p>a;</p>", "use it as you like", "require water;x",
        "$5 for all", "body {\n a: b;\n}", "# php;\n", "<@php a;", "<?= 1;",
        "/* a */ body { a: b; }"})
    EXPECT_EQ(said(text), "") << text;
  EXPECT_EQ(said(""), "");
  EXPECT_EQ(said("<?php"), "");
  EXPECT_EQ(said("<html>\n"), "");
  EXPECT_EQ(said("<% if (a) { %>\n<b><%= b %></b>\n<% } %>\n"), "");
  EXPECT_EQ(said("<% ?> <?php echo 1;"), "");
}

}  // namespace
}  // namespace stackaudit::syntax::php
