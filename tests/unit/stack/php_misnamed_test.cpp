// Files of classes under almost the right name.
#include "memory_survey.hpp"
#include "stack/php/misnamed.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack::php {
namespace {

std::string found(const std::string& file, const std::string& content, const std::string& missing,
                  const std::string& name) {
  MemorySurvey memory;
  memory.file(file + " 0644 root:root", content);
  return misnamed(memory.open(), missing, name);
}

TEST(Misnamed, LetterCaseEndingsAndSlips) {
  EXPECT_EQ(found("/a/mailer.php", "<?php class Mailer {}", "/a/Mailer.php", "Mailer"),
            "/a/mailer.php");
  EXPECT_EQ(found("/a/Mailer.class.php", "<?php final class Mailer{", "/a/Mailer.php", "Mailer"),
            "/a/Mailer.class.php");
  EXPECT_EQ(found("/a/class-acme-mial.php", "<?php class Acme_Mail {}", "/a/class-acme-mail.php",
                  "Acme_Mail"),
            "/a/class-acme-mial.php");
  EXPECT_EQ(found("/a/http/Kernel.php", "<?php namespace App\\Http; class Kernel {}",
                  "/a/Http/Kernel.php", "App\\Http\\Kernel"),
            "/a/http/Kernel.php");
  EXPECT_EQ(found("/a/status.php", "<?php enum Status {}", "/a/Status.php", "Status"),
            "/a/status.php");
}

TEST(Misnamed, TheContentDecides) {
  EXPECT_EQ(found("/a/mailer.php", "<?php class Postman {}", "/a/Mailer.php", "Mailer"), "");
  EXPECT_EQ(
      found("/a/mailer.php", "<?php namespace B; class Mailer {}", "/a/Mailer.php", "A\\Mailer"),
      "");
  EXPECT_EQ(found("/a/mailer.php", "<?php subclass Mailer;", "/a/Mailer.php", "Mailer"), "");
  EXPECT_EQ(found("/a/mailer.php", "", "/a/Mailer.php", "Mailer"), "");
}

TEST(Misnamed, DirectoriesWithASlip) {
  EXPECT_EQ(found("/a/Healt/Probe.php", "<?php class Acme_Health_Probe {}", "/a/Health/Probe.php",
                  "Acme_Health_Probe"),
            "/a/Healt/Probe.php");
  EXPECT_EQ(found("/a/services/mail/Box.php", "<?php namespace A\\Services\\Mail; class Box {}",
                  "/a/Services/Mail/Box.php", "A\\Services\\Mail\\Box"),
            "/a/services/mail/Box.php");
  EXPECT_EQ(found("/a/Healt/Probe.php", "<?php class Other {}", "/a/Health/Probe.php",
                  "Acme_Health_Probe"),
            "");
}

TEST(Misnamed, NothingToCompareWith) {
  EXPECT_EQ(found("/a/x.php", "<?php class X {}", "/b/c/X.php", "X"), "");
  EXPECT_EQ(found("/a/x.php", "<?php class X {}", "/a/X.php", ""), "");
  EXPECT_EQ(found("/a/x.php", "<?php class X {}", "X.php", "X"), "");
  EXPECT_EQ(found("/a/x.php", "<?php class X {}", "/a/X", "X"), "");
}

}  // namespace
}  // namespace stackaudit::stack::php
