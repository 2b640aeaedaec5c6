// Status pages behind every kind of lock: the real servers are asked for the page as an agent asks,
// without a password and from this machine, and the audit must say what they answer.
#include "support/process.hpp"

#include <gtest/gtest.h>

namespace stackaudit::test {
namespace {

struct Lock {
  std::string name;
  std::string around;    // in the server, the virtual host
  std::string location;  // in the section of the page
};

void PrintTo(const Lock& lock, std::ostream* out) {
  *out << lock.name;
}

std::string replaced(std::string text, std::string_view mark, std::string_view with) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
    text.replace(at, mark.size(), with);
  return text;
}

// "200" of curl against "1" of the audit.
void compare(const TempDir& root, const std::string& start, const std::string& agent) {
  (void)root.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  (void)root.write("etc/group", "root:x:0:\n");
  (void)root.write("etc/datadog-agent/conf.d/" + agent + ".d/conf.yaml",
                   "instances:\n  - " + agent + "_status_url: http://127.0.0.1:9998/page\n");
  const auto real = run_isolated(
      {"bash", "-c",
       start + " & server=$!; for i in $(seq 50); do code=$(curl -s -o /dev/null -w '%{http_code}' "
               "http://127.0.0.1:9998/page); [ \"$code\" != 000 ] && break; sleep 0.1; done; "
               "kill $server; wait $server 2>/dev/null; printf %s \"$code\""});
  const auto ours = run({STACKAUDIT_BINARY, "query", "--root", root.path().string(),
                         "select 'served=' || coalesce(path_served, 'unknown') from monitor"});
  const bool served = real.out == "200";
  EXPECT_NE(real.out, "000") << real.err;
  EXPECT_NE(ours.out.find(served ? "served=1" : "served=0"), std::string::npos)
      << "the server: " << real.out << "\nwe: " << ours.both();
}

class NginxStatusTruth : public testing::TestWithParam<Lock> {};

TEST_P(NginxStatusTruth, TheAgentGetsWhatIsSaid) {
  ASSERT_TRUE(installed("nginx") && installed("curl"));
  const TempDir root;
  const auto base = root.path().string();
  const auto words = root.write("etc/nginx/words", "a:{PLAIN}a\n");
  const auto file =
      root.write("etc/nginx/nginx.conf",
                 "user root;\nevents { }\nhttp {\n  server {\n    listen 9998;\n" +
                     replaced(GetParam().around, "@", "/etc/nginx/words") +
                     "\n    location /page {\n      stub_status;\n" +
                     replaced(GetParam().location, "@", "/etc/nginx/words") + "\n    }\n  }\n}\n");
  // The server that runs knows nothing of the root: it reads a copy with the real paths.
  const auto copy = root.write(
      "nginx.conf",
      "user root;\nevents { }\nhttp {\n  access_log off;\n  server {\n listen 9998;\n" +
          replaced(GetParam().around, "@", words) + "\n location /page {\n stub_status;\n" +
          replaced(GetParam().location, "@", words) + "\n }\n }\n}\n");
  (void)file;
  compare(
      root,
      "nginx -c " + copy + " -g 'daemon off; error_log " + base + "/log; pid " + base + "/pid;'",
      "nginx");
}

INSTANTIATE_TEST_SUITE_P(
    Locks, NginxStatusTruth,
    testing::Values(
        Lock{"Open", "", ""}, Lock{"Local", "", "allow 127.0.0.1; deny all;"},
        Lock{"Network", "", "allow 127.0.0.0/8; deny all;"},
        Lock{"Elsewhere", "", "allow 10.0.0.0/8; deny all;"},
        Lock{"OnlyTheOtherFamily", "", "allow ::1; deny all;"},
        Lock{"DenyFirst", "", "deny all; allow 127.0.0.1;"},
        Lock{"FromAbove", "allow 10.0.0.0/8; deny all;", ""},
        Lock{"OwnListReplacesIt", "deny all;", "allow 10.0.0.0/8;"},
        Lock{"Password", "", "auth_basic x; auth_basic_user_file @;"},
        Lock{"PasswordFromAbove", "auth_basic x; auth_basic_user_file @;",
             "allow 127.0.0.1; deny all;"},
        Lock{"PasswordSwitchedOff", "auth_basic x; auth_basic_user_file @;", "auth_basic off;"},
        Lock{"Either", "auth_basic x; auth_basic_user_file @;",
             "satisfy any; allow 127.0.0.1; deny all;"},
        Lock{"EitherFromAbove", "satisfy any; auth_basic x; auth_basic_user_file @;",
             "allow 127.0.0.1; deny all;"},
        Lock{"NeitherOfBoth", "auth_basic x; auth_basic_user_file @;", "satisfy any; deny all;"},
        Lock{"Internal", "", "internal;"}, Lock{"Return", "return 403;", ""}),
    [](const auto& one) { return one.param.name; });

// Pages that are none of status: nginx is asked, and 404 must have been told of.
class NginxPageTruth : public testing::TestWithParam<Lock> {};

TEST_P(NginxPageTruth, OnlyWhatIsMissingIsTold) {
  ASSERT_TRUE(installed("nginx") && installed("curl"));
  const TempDir root;
  const auto base = root.path().string();
  const auto conf = [&](const std::string& www) {
    return "user root;\nevents { }\nhttp {\n  access_log off;\n  server {\n    listen 9998;\n" +
           replaced(GetParam().around, "@", www) + "\n  }\n}\n";
  };
  (void)root.write("www/there.txt", "x");
  (void)root.write("www/sub/page.html", "x");
  (void)root.write("www/index.html", "x");
  (void)root.write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
  (void)root.write("etc/group", "root:x:0:\n");
  (void)root.write("etc/nginx/nginx.conf", conf("/www"));
  const auto url = "http://127.0.0.1:9998" + GetParam().location;
  (void)root.write("etc/datadog-agent/conf.d/http_check.d/conf.yaml",
                   "instances:\n  - name: x\n    url: " + url + "\n");
  const auto copy = root.write("nginx.conf", conf(base + "/www"));
  const auto real = run_isolated(
      {"bash", "-c",
       "nginx -c " + copy + " -g 'daemon off; error_log " + base + "/log; pid " + base +
           "/pid;' & server=$!; for i in $(seq 50); do code=$(curl -s -o /dev/null -w "
           "'%{http_code}' " +
           url +
           "); [ \"$code\" != 000 ] && break; sleep 0.1; done; "
           "kill $server; wait $server 2>/dev/null; printf %s \"$code\""});
  const auto ours = run({STACKAUDIT_BINARY, "query", "--root", base,
                         "select 'problem=' || (path_problem <> '') from monitor"});
  EXPECT_NE(real.out, "000") << real.err;
  EXPECT_NE(ours.out.find(real.out == "404" ? "problem=1" : "problem=0"), std::string::npos)
      << "the server: " << real.out << "\nwe: " << ours.both();
}

INSTANTIATE_TEST_SUITE_P(
    Pages, NginxPageTruth,
    testing::Values(
        Lock{"Missing", "root @;", "/health"}, Lock{"There", "root @;", "/there.txt"},
        Lock{"TriedMissing", "root @; location / { try_files $uri $uri/ =404; }", "/health"},
        Lock{"TriedThere", "root @; location / { try_files $uri $uri.html =404; }", "/sub/page"},
        Lock{"Directory", "root @;", "/sub"},
        Lock{"FrontController", "root @; location / { try_files $uri /index.html; }", "/health"},
        Lock{"Return", "root @; location = /health { return 200; }", "/health"},
        Lock{"ReturnMissing", "root @; location = /health { return 404; }", "/health"},
        Lock{"ReturnForAll", "root @; location / { return 404; }", "/there.txt"},
        Lock{"ReturnOfServer", "root @; return 404;", "/there.txt"},
        Lock{"ReturnBehindIf", "root @; if ($remote_addr = 127.0.0.1) { return 204; } return 404;",
             "/there.txt"},
        Lock{"ReturnAround", "location / { return 404; location /sub/ { root @; } }",
             "/sub/page.html"},
        Lock{"Alias", "location /a/ { alias @/sub/; }", "/a/page.html"},
        Lock{"AliasMissing", "location /a/ { alias @/sub/; }", "/a/health"},
        Lock{"ErrorPageWithOk", "root @; error_page 404 =200 /index.html;", "/health"},
        Lock{"ErrorPage", "root @; error_page 404 /index.html;", "/health"},
        Lock{"Rewritten", "root @; rewrite ^/health$ /there.txt last;", "/health"},
        Lock{"OwnRoot", "root /nothing; location /sub/ { root @; }", "/sub/page.html"},
        Lock{"Query", "root @;", "/there.txt?x=1"}),
    [](const auto& one) { return one.param.name; });

class ApacheStatusTruth : public testing::TestWithParam<Lock> {};

TEST_P(ApacheStatusTruth, TheAgentGetsWhatIsSaid) {
  ASSERT_TRUE(installed("apache2") && installed("curl"));
  const TempDir root;
  const auto base = root.path().string();
  const auto words = root.write("etc/apache2/words", "a:a\n");
  const auto text = [&](const std::string& directory, const std::string& password_file) {
    std::string modules;
    for (const auto* name :
         {"mpm_prefork", "authz_core", "authz_host", "authz_user", "access_compat", "auth_basic",
          "authn_core", "authn_file", "status", "rewrite", "alias", "proxy", "proxy_http"})
      modules += "LoadModule " + std::string(name) + "_module /usr/lib/apache2/modules/mod_" +
                 name + ".so\n";
    return "ServerRoot " + directory + "\nDefaultRuntimeDir " + directory + "\nPidFile " +
           directory + "/pid\nServerName x\nErrorLog " + directory + "/error.log\nListen 9998\n" +
           modules + "User www-data\nGroup www-data\n<Location /page>\nSetHandler server-status\n" +
           replaced(GetParam().location, "@", password_file) +
           "\n</Location>\n<VirtualHost *:9998>\n" +
           replaced(GetParam().around, "@", password_file) + "\n</VirtualHost>\n";
  };
  (void)root.write("etc/apache2/apache2.conf", text("/etc/apache2", "/etc/apache2/words"));
  const auto copy = root.write("apache2.conf", text(base, words));
  compare(root, "apache2 -X -f " + copy, "apache");
}

INSTANTIATE_TEST_SUITE_P(
    Locks, ApacheStatusTruth,
    testing::Values(
        Lock{"Open", "", ""}, Lock{"Local", "", "Require local"},
        Lock{"Address", "", "Require ip 127.0.0.1"}, Lock{"Network", "", "Require ip 127"},
        Lock{"Elsewhere", "", "Require ip 10.0.0.0/8"}, Lock{"Nobody", "", "Require all denied"},
        Lock{"OneOfTwo", "", "Require ip 10.0.0.1\nRequire local"},
        Lock{"Password", "", "AuthType Basic\nAuthName x\nAuthUserFile @\nRequire valid-user"},
        Lock{"PasswordOrHere", "",
             "AuthType Basic\nAuthName x\nAuthUserFile @\nRequire valid-user\nRequire local"},
        Lock{"DeniedLater", "<Location /page>\nRequire all denied\n</Location>", "Require local"},
        Lock{"GrantedLater", "<Location /page>\nRequire local\n</Location>", "Require all denied"},
        Lock{"LaterAtTheRoot", "<Location />\nRequire all denied\n</Location>", "Require local"},
        Lock{"LaterElsewhere", "<Location /pages>\nRequire all denied\n</Location>",
             "Require local"},
        Lock{"DeniedByExpression", "<LocationMatch \"^/pa\">\nRequire all denied\n</LocationMatch>",
             "Require local"},
        Lock{"ExpressionElsewhere",
             "<LocationMatch \"^/other\">\nRequire all denied\n</LocationMatch>", "Require local"},
        Lock{"ForbiddenByRewrite", "RewriteEngine On\nRewriteRule ^/pa - [F]", ""},
        Lock{"GoneByRewrite", "RewriteEngine On\nRewriteRule \"^/p(.*)$\" - [L,G]", ""},
        Lock{"RewriteOff", "RewriteRule ^/pa - [F]", ""},
        Lock{"RewriteElsewhere", "RewriteEngine On\nRewriteRule ^/other - [F]", ""},
        Lock{"RewriteOfOthers",
             "RewriteEngine On\nRewriteCond %{REMOTE_ADDR} !^127\nRewriteRule ^/pa - [F]", ""},
        Lock{"RedirectedByExpression", "RedirectMatch 301 ^/p(age|ath) http://other.test/", ""},
        Lock{"RedirectOfTheRest", "RedirectMatch ^/(?!page)(.*)$ http://other.test/$1", ""},
        Lock{"RedirectInTheMiddle", "RedirectMatch 404 \"\\.git|ag\"", ""},
        Lock{"RedirectByWord", "Redirect permanent /page http://other.test/", ""},
        Lock{"RedirectElsewhere", "Redirect 302 /pages http://other.test/", ""},
        Lock{"RedirectedByRewrite",
             "RewriteEngine On\nRewriteCond %{HTTPS} !=on\nRewriteRule ^/?(.*) https://x/$1 [R]",
             ""},
        Lock{"RedirectedForOthers",
             "RewriteEngine On\nRewriteCond %{HTTPS} on\nRewriteRule ^ http://x/ [R=302,L]", ""},
        Lock{"ProxiedByRewrite",
             "RewriteEngine On\nRewriteRule .* - [E=A:b]\nRewriteRule ^/(.*) http://127.0.0.1:1/$1 "
             "[P]",
             ""},
        Lock{"RewriteEndsForUs",
             "RewriteEngine On\nRewriteCond %{REMOTE_ADDR} =127.0.0.1\nRewriteRule ^ - [END]\n"
             "RewriteRule ^ - [F]",
             ""},
        Lock{"Proxied", "ProxyPass / http://127.0.0.1:1/", ""},
        Lock{"ProxiedByExpression", "ProxyPassMatch ^/p(.*) http://127.0.0.1:1/$1", ""},
        Lock{"ProxyKeepsIt", "ProxyPass /page !\nProxyPass / http://127.0.0.1:1/", ""},
        Lock{"ProxyElsewhere", "ProxyPass /pages http://127.0.0.1:1/", ""},
        Lock{"OldDeny", "", "Order deny,allow\nDeny from all"},
        Lock{"OldAllowHere", "", "Order deny,allow\nDeny from all\nAllow from 127.0.0.1"},
        Lock{"OldDefaultIsNo", "", "Order allow,deny"},
        Lock{"OldDenyWins", "", "Order allow,deny\nAllow from all\nDeny from 127.0.0.1"},
        Lock{"OldElsewhere", "", "Order deny,allow\nDeny from 10.0.0.1"}),
    [](const auto& one) { return one.param.name; });

// Rules in the .htaccess of the document root, after which the page is still mod_status's or not.
class ApacheFrontTruth : public testing::TestWithParam<Lock> {};

TEST_P(ApacheFrontTruth, TheAgentGetsWhatIsSaid) {
  ASSERT_TRUE(installed("apache2") && installed("curl"));
  const TempDir root;
  const auto base = root.path().string();
  (void)root.write("www/.htaccess", "RewriteEngine On\n" + GetParam().around);
  (void)root.write("www/other.txt", "x");
  const auto text = [&](const std::string& directory, const std::string& www) {
    std::string modules;
    for (const auto* name : {"mpm_prefork", "authz_core", "status", "rewrite"})
      modules += "LoadModule " + std::string(name) + "_module /usr/lib/apache2/modules/mod_" +
                 name + ".so\n";
    return "ServerRoot " + directory + "\nDefaultRuntimeDir " + directory + "\nPidFile " +
           directory + "/pid\nServerName x\nErrorLog " + directory + "/error.log\nListen 9998\n" +
           modules + "User www-data\nGroup www-data\n<Location /page>\nSetHandler server-status\n" +
           "</Location>\nDocumentRoot " + www + "\n<Directory " + www +
           ">\nAllowOverride All\nOptions FollowSymLinks\n</Directory>\n";
  };
  (void)root.write("etc/apache2/apache2.conf", text("/etc/apache2", "/www"));
  const auto copy = root.write("apache2.conf", text(base, base + "/www"));
  compare(root, "chmod -R a+rX " + base + "; apache2 -X -f " + copy, "apache");
}

constexpr const char* kFront =
    "RewriteCond %{REQUEST_FILENAME} !-f\nRewriteCond %{REQUEST_FILENAME} !-d\n"
    "RewriteRule . /index.php [L]\n";

INSTANTIATE_TEST_SUITE_P(
    Rules, ApacheFrontTruth,
    testing::Values(
        Lock{"Swallowed", kFront, ""},
        Lock{"SparedByName", std::string("RewriteCond %{REQUEST_URI} !=/page\n") + kFront, ""},
        Lock{"SparedByExpression",
             std::string("RewriteCond %{REQUEST_URI} !^/(server-info|PAGE)$ [NC]\n") + kFront, ""},
        Lock{"SparedByRule", std::string("RewriteRule ^page$ - [L]\n") + kFront, ""},
        Lock{"RuleOfAnother", std::string("RewriteRule ^server-status$ - [L]\n") + kFront, ""},
        Lock{"ConditionOfAnother",
             std::string("RewriteCond %{REQUEST_URI} !=/server-status\n") + kFront, ""},
        Lock{"GoesOn", std::string("RewriteRule .* - [E=A:b]\n") + kFront, ""},
        Lock{"OnlyPosts", std::string("RewriteCond %{REQUEST_METHOD} =POST\n") + kFront, ""},
        Lock{"OnlyNames", std::string("RewriteCond %{HTTP_HOST} ^www\\.\n") + kFront, ""}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace stackaudit::test
