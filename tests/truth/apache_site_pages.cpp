// What httpd answers for a configuration.
#include "truth/apache_pages.hpp"

namespace stackaudit {
namespace {

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

}  // namespace

std::vector<ApachePage> apache_site_pages() {
  return {
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
  };
}

}  // namespace stackaudit
