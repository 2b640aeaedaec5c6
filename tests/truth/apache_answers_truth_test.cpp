// httpd is started, alone in a network namespace, and asked for a page: where it does not start, or
// answers an error, the audit must have said so beforehand, and only there. None of this is seen by
// its configuration test.
#include "support/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace stackaudit {
namespace {

struct Page {
  std::string name;
  std::string text;  // behind a small main configuration; @ is the directory of the files
  std::vector<std::string> files;
  std::string url;     // of port 8099, or a whole one
  std::string status;  // of HTTP; 000: no answer
  std::string rule;    // that tells it beforehand; empty: none of those asked about
};

constexpr std::array<std::string_view, 12> kRules{"apache-balancer-empty",
                                                  "apache-refuses-everybody",
                                                  "apache-index-missing",
                                                  "apache-alias-missing",
                                                  "apache-include-nothing",
                                                  "apache-pid-directory-missing",
                                                  "port-443-plain",
                                                  "tls-file-refused",
                                                  "apache-log-program-missing",
                                                  "apache-file-missing",
                                                  "apache-syntax",
                                                  "apache-htaccess-refused"};

const std::string kGranted =
    "<Directory @>\nRequire all granted\nAllowOverride All\n</Directory>\n";
const std::string kSite = kGranted + "DocumentRoot @/www\n";
const std::string kTls =
    "LoadModule socache_shmcb_module modules/mod_socache_shmcb.so\n"
    "LoadModule ssl_module modules/mod_ssl.so\nListen 443\n";

const std::string kBalancer =
    "LoadModule proxy_module modules/mod_proxy.so\n"
    "LoadModule proxy_http_module modules/mod_proxy_http.so\n"
    "LoadModule proxy_balancer_module modules/mod_proxy_balancer.so\n";
const std::string kSlots = "LoadModule slotmem_shm_module modules/mod_slotmem_shm.so\n";
const std::string kMethod =
    "LoadModule lbmethod_byrequests_module modules/mod_lbmethod_byrequests.so\n";
const std::string kMembers =
    "<Proxy balancer://one>\nBalancerMember http://127.0.0.1:8098\n</Proxy>\n";

std::string host(const std::string& text) {
  return "<VirtualHost *:443>\nServerName b\nDocumentRoot @/www\n" + text + "</VirtualHost>\n";
}

// A page below a .htaccess file, under an AllowOverride.
Page htaccess(const std::string& name, const std::string& allowed, const std::string& text,
              bool refused) {
  return {name,
          "DocumentRoot @/www\n<Directory @/www>\nRequire all granted\nAllowOverride " + allowed +
              "\n</Directory>\n",
          {"www/index.html", "www/.htaccess=" + text},
          "/index.html",
          refused ? "500" : "200",
          refused ? "apache-htaccess-refused" : ""};
}

const std::vector<Page>& pages() {
  static const std::vector<Page> list{
      {"Index", kSite, {"www/index.html"}, "/", "200", ""},
      {"IndexOfAnotherName",
       kSite + "DirectoryIndex home.php\n",
       {"www/index.html"},
       "/",
       "404",
       "apache-index-missing"},
      {"IndexOfDirectoryReplacesTheServers",
       kSite + "DirectoryIndex index.html\n<Directory @/www>\nDirectoryIndex "
               "start.html\n</Directory>\n",
       {"www/index.html"},
       "/",
       "404",
       "apache-index-missing"},
      {"IndexAddedInTheSameSection",
       kSite + "DirectoryIndex start.html\nDirectoryIndex index.html\n",
       {"www/index.html"},
       "/",
       "200",
       ""},
      {"IndexOfHtaccess",
       kSite,
       {"www/index.html", "www/.htaccess=DirectoryIndex none.html"},
       "/",
       "404",
       "apache-index-missing"},
      {"IndexByRewriting",
       kSite + "LoadModule rewrite_module modules/mod_rewrite.so\n",
       {"www/a.html", "www/.htaccess=RewriteEngine on\nRewriteRule ^$ a.html"},
       "/",
       "200",
       ""},
      {"IndexBesideRulesThatChangeNothing",
       kSite + "LoadModule rewrite_module modules/mod_rewrite.so\n"
               "<FilesMatch \\.x$>\nSetHandler x\n</FilesMatch>\n",
       {"www/a.html",
        "www/.htaccess=RewriteEngine on\nRewriteRule .* - [E=A:b]\n"
        "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteRule . /a.html [L]"},
       "/",
       "404",
       "apache-index-missing"},
      {"IndexByFallback", kSite + "FallbackResource /a.html\n", {"www/a.html"}, "/", "200", ""},
      {"Listing",
       kSite + "LoadModule autoindex_module modules/mod_autoindex.so\n<Directory @/www>\n"
               "Options Indexes\n</Directory>\n",
       {"www/a.html"},
       "/",
       "200",
       ""},
      {"NoListing",
       kSite + "LoadModule autoindex_module modules/mod_autoindex.so\nOptions FollowSymLinks\n",
       {"www/a.html"},
       "/",
       "403",
       "apache-index-missing"},
      {"Alias",
       kSite + "Alias /d @/docs\n",
       {"www/index.html", "docs/a.html"},
       "/d/a.html",
       "200",
       ""},
      {"AliasToNothing",
       kSite + "Alias /d @/doc\n",
       {"www/index.html", "docs/a.html"},
       "/d/a.html",
       "404",
       "apache-alias-missing"},
      {"OptionalInclude",
       "IncludeOptional @/sites/*.conf\n",
       {"sites/a.conf=Alias /d @/docs", "docs/a.html"},
       "/d/a.html",
       "200",
       ""},
      {"OptionalIncludeOfAnotherEnding",
       kGranted + "IncludeOptional @/sites/*.cnf\n",
       {"sites/a.conf=Alias /d @/docs", "docs/a.html"},
       "/d/a.html",
       "404",
       "apache-include-nothing"},
      {"PidDirectory", "PidFile @/none/a.pid\n", {}, "/", "000", "apache-pid-directory-missing"},
      {"Plain443",
       kTls + host(""),
       {"www/index.html"},
       "https://127.0.0.1/",
       "000",
       "port-443-plain"},
      {"Plain443EngineOff",
       kTls + host("SSLEngine off\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"),
       {},
       "https://127.0.0.1/",
       "000",
       "port-443-plain"},
      {"CertificateAt443",
       kGranted + kTls + host("SSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"),
       {"www/index.html"},
       "https://127.0.0.1/",
       "200",
       ""},
      {"Pair",
       kGranted + kTls +
           host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"),
       {"www/index.html"},
       "https://127.0.0.1/",
       "200",
       ""},
      {"KeyOfAnother",
       kTls + host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/o.pem\n"),
       {},
       "https://127.0.0.1/",
       "000",
       "tls-file-refused"},
      {"CertificateIsNoPem",
       kTls + host("SSLEngine on\nSSLCertificateFile @/x.pem\nSSLCertificateKeyFile @/k.pem\n"),
       {"x.pem"},
       "https://127.0.0.1/",
       "000",
       "tls-file-refused"},
      {"KeyIsNoPem",
       kTls + host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/x.pem\n"),
       {"x.pem"},
       "https://127.0.0.1/",
       "000",
       "tls-file-refused"},
      {"Ciphers",
       kTls + "SSLCipherSuite FOO\n" +
           host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"),
       {},
       "https://127.0.0.1/",
       "000",
       "apache-syntax"},
      {"LogProgramThatNobodyMayRun",
       "ErrorLog \"|@/tolog\"\n",
       {"tolog"},
       "/",
       "000",
       "apache-log-program-missing"},
      {"NoTypes",
       "LoadModule mime_module modules/mod_mime.so\n",
       {},
       "/",
       "000",
       "apache-file-missing"},
      {"TypesBelowTheRoot",
       kSite + "LoadModule mime_module modules/mod_mime.so\n",
       {"mime.types=# none", "www/index.html"},
       "/",
       "200",
       ""},
      htaccess("NotAllowedOptions", "AuthConfig", "Options -Indexes", true),
      htaccess("NotAllowedErrorDocument", "Indexes", "ErrorDocument 404 /x", true),
      htaccess("NotAllowedOption", "Options=Indexes", "Options +FollowSymLinks", true),
      htaccess("NotAllowedOfServers", "All", "DocumentRoot /srv", true),
      htaccess("NotAllowedDirectory", "All", "<Directory /srv>\n</Directory>", true),
      htaccess("NotAllowedAllowOverride", "All", "AllowOverride None", true),
      htaccess("NotAllowedByList", "None\nAllowOverrideList ErrorDocument", "DirectoryIndex a",
               true),
      htaccess("AllowedByList", "None\nAllowOverrideList ErrorDocument", "ErrorDocument 404 /x",
               false),
      htaccess("AllowedOption", "Options=Indexes", "Options -Indexes", false),
      htaccess("NotReadAtAll", "None", "Nonsense on", false),
      htaccess("NonfatalOverride", "Nonfatal=Override AuthConfig", "Options -Indexes", false),
      {"BalancerWithoutSharedMemory",
       kSite + kBalancer,
       {"www/index.html"},
       "/",
       "000",
       "apache-syntax"},
      {"BalancerWithoutItsMethod",
       kSite + kBalancer + kSlots + kMembers,
       {"www/index.html"},
       "/",
       "000",
       "apache-syntax"},
      {"BalancerWithoutMember",
       kSite + kBalancer + kSlots + kMethod + "ProxyPass /s balancer://two/\n",
       {"www/index.html"},
       "/s/",
       "503",
       "apache-balancer-empty"},
      {"BalancerWithMember",
       kSite + kBalancer + kSlots + kMethod + kMembers + "ProxyPass /s balancer://ONE/\n",
       {"www/index.html"},
       "/",
       "200",
       ""},
      {"FilesCloseTheFrontPage",
       kSite + "DirectoryIndex index.html\n<FilesMatch \"\\.(inc|html)$\">\nRequire all "
               "denied\n</FilesMatch>\n",
       {"www/index.html"},
       "/",
       "403",
       "apache-refuses-everybody"},
      {"FilesCloseOthers",
       kSite + "DirectoryIndex index.html\n<Files *.inc>\nRequire all denied\n</Files>\n",
       {"www/index.html"},
       "/",
       "200",
       ""},
      {"FallbackNotThere",
       kSite + "FallbackResource /front.html\n",
       {"www/index.html"},
       "/none",
       "500",
       "apache-index-missing"},
      {"FallbackThere",
       kSite + "FallbackResource /index.html\n",
       {"www/index.html"},
       "/none",
       "200",
       ""},
      {"AuthorityIsAKey",
       kSite + kTls +
           host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"
                "SSLCACertificateFile @/k.pem\n"),
       {"www/index.html"},
       "/",
       "000",
       "tls-file-refused"},
      {"RevokedIsAKey",
       kSite + kTls +
           host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"
                "SSLCACertificateFile @/c.pem\nSSLCARevocationCheck chain\n"
                "SSLCARevocationFile @/k.pem\n"),
       {"www/index.html"},
       "/",
       "000",
       "tls-file-refused"},
      {"RevokedIsLoadedUnasked",
       kSite + kTls +
           host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"
                "SSLCACertificateFile @/c.pem\nSSLCARevocationFile @/k.pem\n"),
       {"www/index.html"},
       "/",
       "000",
       "tls-file-refused"},
      {"TicketKeyTooShort",
       kSite + kTls +
           host("SSLEngine on\nSSLCertificateFile @/c.pem\nSSLCertificateKeyFile @/k.pem\n"
                "SSLSessionTicketKeyFile @/ticket\n"),
       {"www/index.html", "ticket"},
       "/",
       "000",
       "apache-syntax"},
      {"SessionCacheNowhere",
       kSite + kTls +
           "LoadModule socache_dbm_module "
           "modules/mod_socache_dbm.so\n"
           "SSLSessionCache dbm:@/none/cache\n",
       {"www/index.html"},
       "/",
       "000",
       "apache-file-missing"},
      htaccess("NonfatalUnknown", "All Nonfatal=Unknown", "Nonsense on", false),
      htaccess("PhpValueWithoutPhp", "All", "php_value memory_limit 64M", true),
      htaccess("PhpFlagInFiles", "All", "<Files x>\nphp_flag display_errors off\n</Files>", true),
      htaccess("PhpValueBehindTheWrongGuard", "All",
               "<IfModule !mod_php5.c>\nphp_value a b\n</IfModule>", true),
      htaccess("PhpValueGuarded", "All",
               "<IfModule mod_php.c>\nphp_value a b\n</IfModule>\n<IfModule php_module>\nphp_value "
               "a b\n</IfModule>",
               false),
      htaccess("FilesUnclosed", "All", "<Files x>\nRequire all denied", true),
      htaccess("FilesMatchClosedByAnother", "All", "<FilesMatch x>\nRequire all denied\n</Files>",
               true),
      htaccess("ClosedButNeverOpened", "All", "Require all granted\n</Files>", true),
      htaccess("IfUnclosed", "All", "<If \"true\">\nRequire all granted", true),
      htaccess("IfModuleUnclosed", "All", "<IfModule mod_alias.c>\nRequire all granted", false),
      htaccess("UnclosedInWhatIsSkipped", "All", "<IfModule mod_none.c>\n<Files x>\n</IfModule>",
               true),
      htaccess("RewriteEngineWithoutModule", "All", "RewriteEngine on", true),
      htaccess("RewriteRuleWithoutModule", "All", "RewriteRule ^a$ /b [L]", true),
      htaccess("RewriteCondBehindTheWrongGuard", "All",
               "<IfModule mod_alias.c>\nRewriteCond %{HTTPS} off\n</IfModule>", true),
      htaccess("RewriteGuarded", "All",
               "<IfModule mod_rewrite.c>\nRewriteEngine on\n</IfModule>\n<IfModule "
               "rewrite_module>\nRewriteRule a b\n</IfModule>",
               false),
  };
  return list;
}

void PrintTo(const Page& page, std::ostream* out) {
  *out << page.name;
}

class ApacheAnswers : public testing::TestWithParam<Page> {};

TEST_P(ApacheAnswers, AreTold) {
  const auto& page = GetParam();
  const test::TempDir directory;
  const auto at = directory.path().string();
  for (const auto& file : page.files) {
    const auto equals = file.find('=');
    directory.write(file.substr(0, equals), equals == std::string::npos
                                                ? "text\n"
                                                : test::placed(file.substr(equals + 1), at) + "\n");
  }
  for (const std::string key : {"k", "o"})
    (void)test::run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
                     at + "/" + key + ".pem", "-out", at + "/" + (key == "k" ? "c.pem" : "d.pem"),
                     "-days", "90", "-subj", "/CN=b"});
  (void)test::run({"ln", "-s", "/usr/lib/apache2/modules", at + "/modules"});
  const auto conf = directory.write(
      "apache2.conf",
      test::placed(
          "ServerRoot @\nServerName a\nDefaultRuntimeDir @\nPidFile @/a.pid\nErrorLog @/a.log\n"
          "LoadModule mpm_prefork_module modules/mod_mpm_prefork.so\n"
          "LoadModule authz_core_module modules/mod_authz_core.so\n"
          "LoadModule dir_module modules/mod_dir.so\nLoadModule alias_module modules/mod_alias.so\n"
          "User www-data\nGroup www-data\nListen 8099\n" +
              page.text,
          at));
  const auto url = page.url.starts_with('/') ? "http://127.0.0.1:8099" + page.url : page.url;
  const auto answer = test::run_isolated(
      {"sh", "-c",
       test::placed("apache2 -f @/apache2.conf && for i in $(seq 30); do test -e @/a.pid && break; "
                    "sleep 0.1; done; curl -sk -o @/answer -w '%{http_code}' '" +
                        url + "'; test -e @/a.pid && kill $(cat @/a.pid)",
                    at)});
  EXPECT_EQ(answer.out, page.status) << answer.err;
  std::string told;
  for (const auto& one : test::audit(conf, "apache"))
    if (std::ranges::find(kRules, one.rule) != kRules.end() &&
        told.find(one.rule) == std::string::npos)
      told += (told.empty() ? "" : " ") + one.rule;
  EXPECT_EQ(told, page.rule);
}

INSTANTIATE_TEST_SUITE_P(Pages, ApacheAnswers, testing::ValuesIn(pages()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stackaudit
