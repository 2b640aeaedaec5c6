// Small configurations that the real apache2 -t judged, and we: both must refuse, or neither.
#include "support/audit.hpp"
#include "support/process.hpp"
#include "text/words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace stackaudit::test {
namespace {

struct Question {
  std::string name;
  std::string text;  // below a common head; @ stands for the directory of the modules
};

void PrintTo(const Question& question, std::ostream* out) {
  *out << question.name;
}

std::string replaced(std::string text, char mark, std::string_view with) {
  for (std::size_t at = text.find(mark); at != std::string::npos;
       at = text.find(mark, at + with.size()))
    text.replace(at, 1, with);
  return text;
}

class ApacheTruth : public testing::TestWithParam<Question> {};

TEST_P(ApacheTruth, WeRefuseWhatApacheRefuses) {
  ASSERT_TRUE(installed("apache2"));
  const TempDir dir;
  const auto root = dir.path().string();
  const std::string head = "ServerRoot " + root + "\nDefaultRuntimeDir " + root + "\nPidFile " +
                           root + "/pid\nServerName x\nErrorLog " + root + "/error.log\n" +
                           "Listen 9999\n"
                           "LoadModule mpm_prefork_module @mod_mpm_prefork.so\n"
                           "LoadModule authz_core_module @mod_authz_core.so\n"
                           "LoadModule rewrite_module @mod_rewrite.so\n";
  const auto file =
      dir.write("apache2.conf", replaced(head + GetParam().text, '@', "/usr/lib/apache2/modules/"));
  (void)dir.write("envvars", "");
  (void)dir.write("ports.conf", "Listen 9997\n");
  const auto real = run_isolated({"apache2", "-t", "-f", file});
  // Without User the server starts, and serves with the rights of root.
  const auto ours =
      run({STACKAUDIT_BINARY, file, "--kind", "apache", "--select",
           "syntax,missing-reference,privilege,port", "--ignore", "apache-user-absent"});
  EXPECT_EQ(ours.status, real.status == 0 ? 0 : 1)
      << GetParam().text << "\napache2 -t: " << real.both() << "\nwe: " << ours.both();
}

INSTANTIATE_TEST_SUITE_P(
    Configurations, ApacheTruth,
    testing::Values(
        Question{"Nothing", ""}, Question{"Unknown", "Docmentroot /usr/share/apache2/icons\n"},
        Question{"UnknownSection", "<Directry /x>\n</Directry>\n"},
        Question{"CaseAndQuotes", "dOCUMENTrOOT \\\n \"/usr/share/apache2/icons\"\n"},
        Question{"CommentGoesOn", "# a \\\nBogus\nKeepAlive On\n"},
        Question{"NotClosed", "<Directory /x>\n"},
        Question{"ClosedTwice", "<Directory /x>\n</Directory>\n</Directory>\n"},
        Question{"WrongOrder", "<VirtualHost *:9999>\n<Directory /x>\n</VirtualHost>\n"},
        Question{"NoBracket", "<Directory /x\n</Directory>\n"},
        Question{"IfModuleTrueNotClosed", "<IfModule mod_so.c>\nKeepAlive On\n"},
        Question{"IfModuleFalseNotClosed", "<IfModule mod_none.c>\nKeepAlive On\n"},
        Question{"IfModuleFalseHidesNonsense", "<IfModule mod_none.c>\nBogus\n</IfModule>\n"},
        Question{"IfModuleFalseStillNests", "<IfModule mod_none.c>\n<A>\n</IfModule>\n"},
        Question{"IfModuleWithComment", "<IfModule mod_so.c>\n</IfModule> # end\n"},
        Question{"IfModuleIdentifier", "<IfModule authz_core_module>\nBogus\n</IfModule>\n"},
        Question{"IfVersionOld", "<IfVersion < 2.4>\nBogus\n</IfVersion>\n"},
        Question{"IfVersionAtLeast", "<IfVersion >= 2.4>\nBogus\n</IfVersion>\n"},
        Question{"IfDefine", "Define X\n<IfDefine !X>\nBogus\n</IfDefine>\n"},
        Question{"DefineLater", "DocumentRoot ${P}\nDefine P /usr/share/apache2/icons\n"},
        Question{"DefineBefore", "Define P /usr/share/apache2/icons\nDocumentRoot ${P}\n"},
        Question{"NamedByVariable", "Define N DocumentRoot\n${N} /usr/share/apache2/icons\n"},
        Question{"PartlyNamedByVariable", "Define N Document\n${N}Rot /usr/share/apache2/icons\n"},
        Question{"SectionNamedByVariable",
                 "Define S Directory\n<${S} /tmp>\nRequire all grantd\n</${S}>\n"},
        Question{"ValueForAName", "Define P /usr/share\n${P} DocumentRoot\n"},
        Question{"DefineSplits", "Define P \"a b\"\nServerAdmin ${P}\n"},
        Question{"TooFew", "ServerAdmin\n"}, Question{"TooMany", "ServerAdmin a b\n"},
        Question{"Flag", "KeepAlive yes\n"},
        Question{"OptionsMixed", "Options +Indexes FollowSymLinks\n"},
        Question{"OptionsUnknown", "Options Index\n"},
        Question{"RequireOutside", "Require all granted\n"},
        Question{"RequireTypo", "<Directory /x>\nRequire all grant\n</Directory>\n"},
        Question{"RequireProvider", "<Directory /x>\nRequire valid-user\n</Directory>\n"},
        Question{"RequireNotAlone",
                 "<Directory /x>\nRequire all granted\nRequire not env x\n</Directory>\n"},
        Question{"AllowOverrideTypo", "<Directory /x>\nAllowOverride Al\n</Directory>\n"},
        Question{"UserInVirtualHost", "<VirtualHost *:80>\nUser www-data\n</VirtualHost>\n"},
        Question{"UserMissing", "User nosuchuser\nUser www-data\n"},
        Question{"UserRootOverridden", "User root\nUser www-data\n"},
        Question{"UserRoot", "User #0\n"}, Question{"ListenTwice", "Listen 9998\nListen *:9998\n"},
        Question{"ListenWithoutPort", "Listen 127.0.0.1\n"},
        Question{"ListenReadOnce", "Include ports.conf\n"},
        Question{"ListenReadTwice", "Include ports.conf\nInclude ports.conf\n"},
        Question{"ListenFiveDigits", "Listen [00000::1]:9998\n"},
        Question{"VirtualHostFiveDigits", "<VirtualHost [00000::1]:9999>\n</VirtualHost>\n"},
        Question{"VirtualHostTooLarge", "<VirtualHost [12345::1]:9999>\n</VirtualHost>\n"},
        Question{"BesideForeignModule", "LoadModule mpm_itk_module @mpm_itk.so\nBogus On\n"},
        Question{"LetterBesideForeignModule", "LoadModule mpm_itk_module @mpm_itk.so\nH\n"},
        Question{"ProviderBesideForeignModule",
                 "LoadModule mpm_itk_module @mpm_itk.so\n<Directory /x>\nRequire granted\n"
                 "</Directory>\n"},
        Question{"VariableBesideForeignModule",
                 "LoadModule mpm_itk_module @mpm_itk.so\n<If \"%{HTTP_HOSTt} == 'a'\">\n</If>\n"},
        Question{"NotLoadedBesideForeignModule",
                 "LoadModule mpm_itk_module @mpm_itk.so\n<Macro x>\n</Macro>\n"},
        Question{"MacroOpensCondition",
                 "LoadModule macro_module @mod_macro.so\n<Macro O>\n<IfModule mod_so.c>\n"
                 "ServerSignature Off\n</Macro>\nUse O\n</IfModule>\n"},
        Question{"MacroOpensDirectory",
                 "LoadModule macro_module @mod_macro.so\n<Macro O>\n<Directory /tmp>\n</Macro>\n"
                 "Use O\nAllowOverride None\n</Directory>\n"},
        Question{"MacroOpensForNobody",
                 "LoadModule macro_module @mod_macro.so\n<Macro O>\n<Directory /tmp>\n</Macro>\n"
                 "Use O\nAllowOverride None\n"},
        Question{"MacrosOpenAndClose",
                 "LoadModule macro_module @mod_macro.so\n<Macro O>\n<Directory /tmp>\n</Macro>\n"
                 "<Macro C>\n</Directory>\n</Macro>\nUse O\nUse C\n"},
        Question{"MacroOpensConditionForNobody",
                 "LoadModule macro_module @mod_macro.so\n<Macro O>\n<IfModule mod_so.c>\n"
                 "ServerSignature Off\n</Macro>\nUse O\n"},
        Question{"RuntimeDirMissing", "DefaultRuntimeDir none\n"},
        Question{"RuntimeDirUndefined", "DefaultRuntimeDir ${NONE}\n"},
        Question{"RuntimeDirIsFile", "DefaultRuntimeDir /etc/passwd\n"},
        Question{"OfForeignModule", "LoadModule mpm_itk_module @mpm_itk.so\nMaxClientsVHost 5\n"},
        Question{"IncludeMissing", "Include none.conf\n"},
        Question{"IncludeNoMatch", "Include *.none\n"},
        Question{"IncludeOptional", "IncludeOptional none/*.conf\nIncludeOptional none.conf\n"},
        Question{"IncludeItself", "Include apache2.conf\n"},
        Question{"ModuleMissing", "LoadModule env_module @mod_none.so\n"},
        Question{"ModuleIdentifier", "LoadModule foo_module @mod_env.so\n"},
        Question{"IdentifierOfForeignModule", "LoadModule itk_module @mpm_itk.so\n"},
        Question{"ModuleNeedsAnother", "LoadModule proxy_http_module @mod_proxy_http.so\n"},
        Question{"ModuleNotLoaded", "Header set A b\n"},
        Question{"TwoMpms", "LoadModule mpm_event_module @mod_mpm_event.so\n"},
        Question{"SuexecAsInstalled",
                 "LoadModule suexec_module @mod_suexec.so\nSuexecUserGroup www-data www-data\n"},
        Question{"LogDirectoryMissing", "<VirtualHost *:9999>\nErrorLog none/x\n</VirtualHost>\n"},
        Question{"RewriteEscapedBlank", "RewriteRule ^a\\ b$ /c [L]\n"},
        Question{"RewriteRegex", "RewriteRule ( /c\n"},
        Question{"RewriteFlag", "RewriteRule a /c [LL]\n"},
        Question{"MapMissing", "RewriteMap a dbm:/none\n"},
        Question{"MapOfTypeMissing", "RewriteMap a dbm=sdbm:/none\n"},
        Question{"CoreDirectoryMissing", "CoreDumpDirectory /none\n"},
        Question{"CoreDirectory", "CoreDumpDirectory /tmp\n"},
        Question{"CertificateMissing",
                 "LoadModule ssl_module @mod_ssl.so\nSSLCertificateFile /none\n"}),
    [](const auto& each) { return each.param.name; });

// A configuration of nothing but one of Debian's modules, in a directory of its own.
struct Alone {
  explicit Alone(const std::string& name) : base("/etc/apache2/mods-available/" + name) {
    const auto root = dir.path().string();
    main =
        dir.write("apache2.conf",
                  "ServerRoot " + root + "\nDefaultRuntimeDir " + root + "\nPidFile " + root +
                      "/pid\nServerName x\nErrorLog " + root + "/error.log\nListen 9999\n" +
                      "LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so\n"
                      "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n" +
                      "Include " + base + ".load\nIncludeOptional " + base + ".conf\n");
    envvars = dir.write("envvars", "export APACHE_LOG_DIR=" + root + " APACHE_RUN_DIR=" + root +
                                       " APACHE_LOCK_DIR=" + root + "\n");
  }

  [[nodiscard]] bool is_of(const std::string& path) const {
    return path == main || path == base + ".load" || path == base + ".conf";
  }

  TempDir dir;
  std::string base, main, envvars;
};

// Whatever Debian's modules bring, alone: the same verdict.
TEST(ApacheTruth, EveryModuleOfDebianAlone) {
  const auto names = run({"sh", "-c", "cd /etc/apache2/mods-available && ls *.load"}).out;
  std::deque<Alone> all;
  std::vector<std::string> files;
  for (const auto line : text::words(names)) {
    if (line.starts_with("mpm_")) continue;
    all.emplace_back(std::string(line.substr(0, line.rfind('.'))));
    files.push_back(all.back().main);
  }
  EXPECT_GT(all.size(), 80U);
  const auto findings =
      audit(files, "apache", {"access", "privilege", "exposure", "port", "monitoring", "limits"});
  for (const auto& one : all) {
    const auto real =
        run_isolated({"sh", "-c", ". " + one.envvars + "; exec apache2 -t -f " + one.main});
    std::string errors;
    for (const auto& each : findings)
      if (each.severity == "error" && one.is_of(each.path)) errors += each.message + "\n";
    EXPECT_EQ(errors.empty(), real.status == 0)
        << one.base << "\napache2 -t: " << real.both() << "\nwe: " << errors;
  }
}

// mod_ssl asks of each file that it is there and not empty, whether TLS is spoken or not.
TEST(ApacheTruth, EmptyFilesOfTls) {
  for (const std::string name :
       {"SSLCertificateFile", "SSLCertificateKeyFile", "SSLCertificateChainFile",
        "SSLCACertificateFile", "SSLCADNRequestFile", "SSLCARevocationFile",
        "SSLProxyCACertificateFile", "SSLProxyCARevocationFile", "SSLProxyMachineCertificateFile",
        "SSLProxyMachineCertificateChainFile", "SSLSessionTicketKeyFile",
        "SSLOCSPResponderCertificateFile"}) {
    const TempDir dir;
    const auto file = dir.write("empty.pem", "");
    std::string modules;
    for (const std::string_view module : {"mpm_prefork", "authz_core", "socache_shmcb", "ssl"})
      modules += "LoadModule " + std::string(module) + "_module /usr/lib/apache2/modules/mod_" +
                 std::string(module) + ".so\n";
    const auto main = dir.write("apache2.conf", "ServerRoot " + dir.path().string() +
                                                    "\nPidFile pid\nListen 127.0.0.1:8099\n" +
                                                    modules + name + " " + file + "\n");
    const auto real = run_isolated({"apache2", "-t", "-f", main});
    const auto words = name + ": file '" + file + "' does not exist or is empty";
    EXPECT_NE(real.both().find(words), std::string::npos) << real.both();
    EXPECT_TRUE(std::ranges::any_of(audit(main, "apache"), [&](const auto& one) {
      return one.severity == "error" && one.message == words;
    })) << name;
  }
}

// A root with these two files of Apache. Gives the path of envvars.
std::string write_root(const TempDir& dir, const std::string& envvars, const std::string& conf) {
  dir.write("etc/apache2/apache2.conf", conf);
  dir.write("usr/sbin/apache2", "");
  dir.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
  dir.write("etc/group", "root:x:0:\n");
  return dir.write("etc/apache2/envvars", envvars);
}

auto audit_root(const TempDir& dir, const std::string& rule) {
  return run({STACKAUDIT_BINARY, "--root", dir.path().string(), "--allow-incomplete", "--select",
              rule, "/etc"});
}

// A file that envvars reads with "." and that is not there ends the shell of apachectl.
TEST(ApacheTruth, EnvvarsThatReadsNothingEndsApachectl) {
  for (const std::string line : {". /nope/local", "[ -f /nope/local ] && . /nope/local",
                                 "if [ -r /nope/local ]; then . /nope/local; fi"}) {
    const TempDir dir;
    const auto envvars = write_root(dir, line + "\ntrue\n", "Listen 9999\n");
    const auto real = run({"sh", "-c", ". " + envvars + "; echo on"});
    const auto ours = audit_root(dir, "apache-file-missing");
    EXPECT_EQ(ours.status, real.out == "on\n" ? 0 : 1) << line << ours.both();
  }
}

// What the shell refuses ends apachectl; what it does not export httpd does not get.
TEST(ApacheTruth, EnvvarsAreReadByAShell) {
  for (const std::string text :
       {"export P=9998\n", "P=9998\n", "P=9998\nexport P\n", "set -a\nP=9998\n", ": ${P:=9998}\n",
        ": ${P:=9998}; export P\n", "export P=9997; P=9998\n", "export P=9998; unset P\n",
        "if true; then export P=9998; fi\n", "export P=9998\nif true; then\nfi\n",
        "export P=9998\nif true; then\nelse\n:\nfi\n", "export P=9998\nif true; then :; else\nfi\n",
        "export P=9998\nif true; then (:); fi\n"}) {
    const TempDir dir;
    const auto envvars = write_root(dir, text, "Listen ${P}\n");
    const auto real = run({"sh", "-c", ". " + envvars + "; exec printenv P"});
    const auto ours = audit_root(dir, "apache-syntax");
    EXPECT_EQ(ours.status, real.out == "9998\n" ? 0 : 1) << text << real.err << ours.both();
  }
}

// Without one of the two lines the children stay what the parent is.
TEST(ApacheTruth, WithoutUserOrGroupRootServesRequests) {
  for (const std::string lines :
       {"", "User www-data\n", "Group www-data\n", "User www-data\nGroup www-data\n"}) {
    const TempDir dir;
    const auto at = dir.path().string();
    const auto conf = dir.write(
        "apache2.conf",
        placed(
            "ServerRoot @\nServerName a\nDefaultRuntimeDir @\nPidFile @/a.pid\nErrorLog @/a.log\n"
            "LoadModule mpm_prefork_module /usr/lib/apache2/modules/mod_mpm_prefork.so\n"
            "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
            "Listen 8099\n" +
                lines,
            at));
    const auto real = run_isolated(
        {"sh", "-c",
         placed(
             "apache2 -f @/apache2.conf && for i in $(seq 30); do test -e @/a.pid && break; sleep "
             "0.1; done; sleep 0.3; ps -o user= --ppid $(cat @/a.pid) | sort -u; kill $(cat "
             "@/a.pid)",
             at)});
    const auto findings = audit(conf, "apache");
    const bool told = std::ranges::any_of(
        findings, [](const auto& one) { return one.rule == "apache-user-absent"; });
    EXPECT_EQ(real.out, told ? "root\n" : "www-data\n") << lines << real.err;
  }
}

}  // namespace
}  // namespace stackaudit::test
