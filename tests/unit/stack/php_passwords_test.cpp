// Passwords in PHP settings, told from what only looks like them.
#include "stack/secrets/secret_values.hpp"

#include <gtest/gtest.h>

namespace stackaudit::stack {
namespace {

TEST(PhpPasswords, AreValuesThatStandThere) {
  EXPECT_TRUE(holds_php_password("return ['db_password' => 'k7-lantern'];"));
  EXPECT_TRUE(holds_php_password("$config[\"smtp_pass\"] = \"k7-lantern\";"));
  EXPECT_TRUE(holds_php_password("define('DB_PASS', 'k7-lantern');"));
  EXPECT_TRUE(holds_php_password("private string $dbPassword = 'k7-lantern';"));
}

TEST(PhpPasswords, AreNotTakenFromElsewhere) {
  EXPECT_FALSE(holds_php_password("'password' => env('DB_PASSWORD', '')"));
  EXPECT_FALSE(holds_php_password("'password' => ''"));
  EXPECT_FALSE(holds_php_password("'password' => 'Passwort'"));
  EXPECT_FALSE(holds_php_password("'password' => 'sha256'"));
  EXPECT_FALSE(holds_php_password("'password' => \"$password\""));
  EXPECT_FALSE(holds_php_password("'passwords' => 'users'"));
  EXPECT_FALSE(holds_php_password("'forgot-password' => 'forgot-password'"));
  EXPECT_FALSE(holds_php_password("$compass = 'north';"));
  EXPECT_FALSE(holds_php_password("if ($password == 'letmein') {}"));
}

TEST(PhpPasswords, SettingsAreKnownByTheirNameOrDirectory) {
  EXPECT_TRUE(is_settings_file("/srv/app/config/mail.php"));
  EXPECT_TRUE(is_settings_file("/srv/app/settings.php"));
  EXPECT_FALSE(is_settings_file("/srv/app/src/mail.php"));
  EXPECT_FALSE(is_settings_file("/srv/app/lang/de/settings.php"));
  EXPECT_FALSE(is_settings_file("/srv/app/config/app_local.example.php"));
  EXPECT_FALSE(is_settings_file("/srv/app/vendor/acme/config/mail.php"));
}

}  // namespace
}  // namespace stackaudit::stack
