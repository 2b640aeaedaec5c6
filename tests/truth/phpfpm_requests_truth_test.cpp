// What a pool refuses although the rights of the files allow it: the real php-fpm gets the request
// that nginx would send, and stackaudit must have said so from the files alone.
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// "@" is the directory of the case. The request is for @/public/index.php, which requires
// @/lib/a.php; both are there. php-fpm itself has LIB=/none in its environment, where the script
// would look for it.
struct Case {
  const char* lines;  // of the pool
  bool answered;
  const char* script = "$document_root";
  const char* listen = "@/www.sock";
  const char* ini = "";
  const char* beside = "";  // public/.user.ini
};

constexpr std::array kTcp{"$document_root", "127.0.0.1:9321"};

const std::vector<Case> kCases{
    {"", true},
    {"php_admin_value[open_basedir] = @", true},
    {"php_admin_value[open_basedir] = @/public:@/lib", true},
    {"php_admin_value[open_basedir] = @/public/:@/lib/", true},
    {"php_admin_value[open_basedir] = \"@/lib:@/public\"", true},
    {"php_value[open_basedir] = none", true},
    {"php_admin_value[open_basedir] =", true},
    {"php_admin_value[open_basedir] = @/link", true},
    {"php_admin_value[open_basedir] = @/public", false},
    {"php_value[open_basedir] = @/public", false},
    {"php_admin_value[open_basedir] = @/lib", false},
    {"php_admin_value[open_basedir] = @/pub", false},
    {"php_admin_value[open_basedir] = /none", false},
    {"php_admin_value[open_basedir] = @/public,@/lib", false},
    {"php_admin_value[open_basedir] = \"@/public @/lib\"", false},
    {"php_admin_value[open_basedir] = @/public: @/lib", false},
    {"php_admin_value[open_basedir] = @/public:@/lib\n"
     "php_admin_value[auto_prepend_file] = @/prepended.php",
     false},
    {"", false, "$document_root", "@/www.sock", "open_basedir = @/public\n"},
    {"php_admin_value[open_basedir] = @", true, "$document_root", "@/www.sock",
     "open_basedir = @/public\n"},
    {"php_admin_value[auto_prepend_file] = here.php", true},
    {"php_admin_value[auto_prepend_file] = prepended.php", false},
    {"php_value[auto_prepend_file] = ./here.php", true},
    {"php_value[auto_prepend_file] = ../prepended.php", true},
    {"php_value[auto_prepend_file] = lib/a.php", false},
    {"php_value[auto_prepend_file] = none", true},
    {"php_value[auto_prepend_file] = here.php\nphp_value[include_path] = /none", true},
    {"php_value[auto_prepend_file] = prepended.php\nphp_value[include_path] = @", true},
    {"php_value[auto_prepend_file] = ./prepended.php\nphp_value[include_path] = @", false},
    {"", false, "$document_root", "@/www.sock", "auto_prepend_file = prepended.php\n"},
    {"", true, "$document_root", "@/www.sock",
     "auto_prepend_file = prepended.php\ninclude_path = \".:@\"\n"},
    {"php_value[auto_prepend_file] = here.php", true, "$document_root", "@/www.sock",
     "auto_prepend_file = prepended.php\n"},
    {"", false, "$document_root", "@/www.sock", "", "open_basedir = @/public"},
    {"", true, "$document_root", "@/www.sock", "", "open_basedir = @"},
    {"php_admin_value[open_basedir] = @", true, "$document_root", "@/www.sock", "",
     "open_basedir = @/public"},
    {"", false, "$document_root", "@/www.sock", "", "auto_prepend_file = /none.php"},
    {"", true, "$document_root", "@/www.sock", "user_ini.filename =\n",
     "auto_prepend_file = /none.php"},
    {"", true, "$document_root", "@/www.sock", "user_ini.filename = .settings\n",
     "auto_prepend_file = /none.php"},
    {"env[LIB] = /none", false},
    {"env[LIB] = @/lib", true},
    {"clear_env = yes", true},
    {"clear_env = 1\nenv[OTHER] = /none", true},
    {"security.limit_extensions = .php", true},
    {"security.limit_extensions = .phtml .php", true},
    {"security.limit_extensions = .phtml, .php", true},
    {"security.limit_extensions = php", true},
    {"security.limit_extensions =", true},
    {"security.limit_extensions = FALSE", true},
    {"security.limit_extensions = .phtml", false},
    {"security.limit_extensions = .phtml,.php", false},
    {"security.limit_extensions = .PHP", false},
    {"security.limit_extensions = *", false},
    {"chroot = @", false},
    {"chroot = @\nchdir = /public", false},
    {"chroot = @", true, "/public"},
    {"chroot = /", true},
    {"chroot = @", false, "/pubic"},
    {"chroot = @\nphp_admin_value[open_basedir] = @", false, "/public"},
    {"chroot = @\nphp_admin_value[open_basedir] = /public:/lib", true, "/public"},
    {"", true, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = 127.0.0.1", true, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = 10.0.0.5,127.0.0.1", true, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = nonsense,127.0.0.1", true, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = 10.0.0.5", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = 10.0.0.5, 127.0.0.1", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients =", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = any", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = localhost", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = 127.0.0.0/8", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = ::1", false, kTcp[0], kTcp[1]},
    {"listen.allowed_clients = 10.0.0.5", true},
};

// A FastCGI client: one request, the answer as it comes.
constexpr std::string_view kClient = R"(<?php
function record($type, $content) { return pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content; }
function text($text) { return strlen($text) < 128 ? chr(strlen($text)) : pack('N', strlen($text) | 0x80000000); }
[, $address, $script] = $argv;
for ($i = 0; $i < 50 && !($socket = @stream_socket_client($address)); ++$i) usleep(100000);
$parameters = '';
foreach (['REQUEST_METHOD' => 'GET', 'SCRIPT_FILENAME' => $script, 'SCRIPT_NAME' => '/index.php', 'DOCUMENT_ROOT' => dirname($script)] as $name => $value)
  $parameters .= text($name) . text($value) . $name . $value;
fwrite($socket, record(1, pack('nCx5', 1, 0)) . record(4, $parameters) . record(4, '') . record(5, ''));
stream_set_timeout($socket, 5);
echo @stream_get_contents($socket);
)";

std::string filled(std::string text, const std::string& directory) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@'))
    text.replace(at, 1, directory);
  return text;
}

class Asked {
 public:
  explicit Asked(const Case& one) : case_(one), home_(directory_.path().string()) {
    directory_.write("public/index.php",
                     "<?php require (getenv('LIB') ?: __DIR__ . '/../lib') . '/a.php';");
    directory_.write("lib/a.php", "<?php echo 'all is well';");
    directory_.write("prepended.php", "<?php");
    directory_.write("public/here.php", "<?php");
    directory_.write("client.php", kClient);
    std::filesystem::create_directory_symlink(home_, directory_.path() / "link");
    directory_.write("php.ini", filled(one.ini, home_));
    directory_.write("public/.user.ini", filled(one.beside, home_));
    directory_.write("php-fpm.conf",
                     filled(std::string("[global]\nerror_log = @/log\n[www]\nuser = www-data\n"
                                        "listen.owner = www-data\npm = static\n"
                                        "pm.max_children = 1\nlisten = ") +
                                one.listen + "\n" + one.lines + "\n",
                            home_));
    const std::string unix = one.listen[0] == '@' ? "unix:" : "";
    directory_.write("nginx.conf",
                     filled("user www-data;\nevents {}\nhttp {\nserver {\nlisten 80;\nroot "
                            "@/public;\nlocation ~ \\.php$ {\nfastcgi_param SCRIPT_FILENAME " +
                                std::string(one.script) + "$fastcgi_script_name;\nfastcgi_pass " +
                                unix + one.listen + ";\n}\n}\n}\n",
                            home_));
  }

  [[nodiscard]] bool php_fpm() const {
    const std::string address = case_.listen[0] == '@' ? "unix://" : "tcp://";
    const std::string script(case_.script[0] == '$' ? "@/public" : case_.script);
    const auto command = filled(
        "LIB=/none php-fpm8.2 -F -y @/php-fpm.conf -c @/php.ini 2>/dev/null & "
        "php -n @/client.php " +
            address + case_.listen + " " + script + "/index.php; kill -QUIT $!; wait",
        home_);
    return test::run_isolated({"sh", "-c", command}).out.find("all is well") != std::string::npos;
  }

  [[nodiscard]] std::string ours() const {
    const auto tree = tree::HostTree::open("/");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(**tree, sources, facts);
    (void)stack::survey(survey, {{home_ + "/nginx.conf", home_ + "/php-fpm.conf"}, ""});
    static constexpr std::array<std::string_view, 4> kCodes{"open-basedir", "limit-extensions",
                                                            "chroot-script", "allowed-clients"};
    std::string told;
    for (const auto& row : facts.rows<facts::SyntaxProblem>())
      if (std::ranges::find(kCodes, row.code) != kCodes.end() && row.path.starts_with(home_))
        told += row.message + "\n";
    for (const auto& row : facts.rows<facts::Reference>())
      if ((row.kind == "auto_prepend_file" || (row.kind == "require" && !row.guarded)) &&
          row.state == "missing" && row.path.starts_with(home_))
        told += row.as_written + " is missing\n";
    return told;
  }

 private:
  const Case& case_;
  test::TempDir directory_;
  std::string home_;
};

TEST(PhpFpmTruth, RequestsThatAPoolRefusesAreForetold) {
  ASSERT_TRUE(test::installed("php-fpm8.2"));
  for (const auto& one : kCases) {
    const Asked asked(one);
    const auto words =
        std::string(one.lines) + " | " + one.script + " | " + one.ini + " | " + one.beside;
    EXPECT_EQ(asked.php_fpm(), one.answered) << words;
    EXPECT_EQ(asked.ours().empty(), one.answered) << words << "\n" << asked.ours();
  }
}

}  // namespace
}  // namespace stackaudit::stack
