// nginx is started, alone in a network namespace, and asked for a page: where the answer is an
// error, the audit must have said so, and only there. PHP is served by a real php-fpm.
#include "support/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit {
namespace {

struct Page {
  std::string name;
  std::string server;  // what stands in the server block; @ is the directory of the files
  std::vector<std::string> files;  // "a -> b": a link
  std::string url;
  std::string status;
  std::string rule;  // that tells it beforehand; empty: none of those asked about
};

const std::string kPhp =
    "location ~ \\.php$ { fastcgi_pass unix:@/fpm.sock; include /etc/nginx/fastcgi.conf; }";

const std::vector<Page>& pages() {
  static const std::vector<Page> list{
      {"Index", "root @/www;", {"www/index.html"}, "/", "200", ""},
      {"IndexOfAnotherName",
       "root @/www; index index.htm;",
       {"www/index.html"},
       "/",
       "403",
       "nginx-index-missing"},
      {"IndexBehindTryFiles",
       "root @/www; location / { try_files $uri $uri/ /index.php; } " + kPhp,
       {"www/index.php"},
       "/",
       "403",
       "nginx-index-missing"},
      {"FallbackBeforeIndex",
       "root @/www; location / { try_files $uri /index.php; } " + kPhp,
       {"www/index.php"},
       "/",
       "200",
       ""},
      {"IndexOfAlias",
       "location /d/ { alias @/docs/; index a.html; }",
       {"docs/b.html"},
       "/d/",
       "403",
       "nginx-index-missing"},
      {"IndexInGluedLocation",
       "root @/none; location ^~/d/ { root @/www; }",
       {"www/d/index.html", "none/index.html"},
       "/d/",
       "200",
       ""},
      {"AskedFirstOfNobody",
       "root @/www; location / { try_files $uri =404; } location /s/ { auth_request /_a; }",
       {"www/s/index.html"},
       "/s/",
       "500",
       "nginx-named-location-missing"},
      {"AskedFirst",
       "root @/www; location = /_a { internal; return 204; } location /s/ { auth_request /_a; }",
       {"www/s/index.html"},
       "/s/",
       "200",
       ""},
      {"Listing", "root @/www; autoindex on;", {"www/b.html"}, "/", "200", ""},
      {"FrontController",
       "root @/www; location / { try_files $uri /front.php?$args; } " + kPhp,
       {"www/index.php"},
       "/a",
       "404",
       "nginx-front-controller-missing"},
      {"FrontControllerOfErrorPage",
       "root @/www; error_page 404 = /front.php; " + kPhp,
       {"www/index.php", "www/index.html"},
       "/a",
       "404",
       "nginx-front-controller-missing"},
      {"FrontControllerThere",
       "root @/www; index index.php; location / { try_files $uri $uri/ /index.php; } " + kPhp,
       {"www/index.php"},
       "/a",
       "200",
       ""},
      {"FallbackThatLoops",
       "root @/www; index a.html; location / { try_files $uri /index.html; }",
       {"www/a.html"},
       "/x",
       "500",
       "nginx-fallback-missing"},
      {"FallbackElsewhere",
       "root @/www; index a.html; location /x/ { try_files $uri /none.html; }",
       {"www/a.html"},
       "/x/y",
       "404",
       "nginx-fallback-missing"},
      {"ScriptOfMissingDirectory",
       "root @/www; location ~ \\.php$ { fastcgi_pass unix:@/fpm.sock; include fastcgi_params;\n"
       "fastcgi_param SCRIPT_FILENAME @/ww$fastcgi_script_name; }",
       {"www/index.php", "www/index.html"},
       "/index.php",
       "404",
       "nginx-script-missing"},
      {"LaterScriptCounts",
       "root @/www; location ~ \\.php$ { fastcgi_pass unix:@/fpm.sock; include fastcgi.conf;\n"
       "fastcgi_param SCRIPT_FILENAME @/ww$fastcgi_script_name; }",
       {"www/index.php", "www/index.html"},
       "/index.php",
       "404",
       "nginx-script-missing"},
      {"ScriptOfOtherDirectory",
       "root @/www; location ~ \\.php$ { fastcgi_pass unix:@/fpm.sock; include fastcgi_params;\n"
       "fastcgi_param SCRIPT_FILENAME @/docs$fastcgi_script_name; }",
       {"www/index.php", "www/index.html", "docs/a.html"},
       "/index.php",
       "404",
       "nginx-script-doubtful"},
      {"LinkInTheSite",
       "root @/www; disable_symlinks on;",
       {"docs/a.html", "www/index.html", "www/d -> ../docs"},
       "/d/a.html",
       "404",
       "nginx-symlink-refused"},
      {"LinkOfTheSameOwner",
       "root @/www; disable_symlinks if_not_owner;",
       {"docs/a.html", "www/index.html", "www/d -> ../docs"},
       "/d/a.html",
       "200",
       ""},
      {"RootIsALink",
       "root @/now; disable_symlinks on;",
       {"www/index.html", "now -> www"},
       "/index.html",
       "404",
       "nginx-symlink-refused"},
      {"LooksFromTheRoot",
       "root @/now; disable_symlinks on from=$document_root;",
       {"www/index.html", "now -> www"},
       "/index.html",
       "200",
       ""},
      {"RootInOneLocation",
       "location / { root @/www; index index.php; } " + kPhp,
       {"www/index.php"},
       "/index.php",
       "404",
       "nginx-script-missing"},
      {"PrefixTakenByAnExpression",
       "root @/www; location /.a/ { root @/acme; } location ~ /\\. { deny all; }",
       {"acme/.a/t", "www/index.html"},
       "/.a/t",
       "403",
       "nginx-location-shadowed"},
      {"PrefixBeforeExpressions",
       "root @/www; location ^~ /.a/ { root @/acme; } location ~ /\\. { deny all; }",
       {"acme/.a/t", "www/index.html"},
       "/.a/t",
       "200",
       ""},
      {"NobodyIsLetIn",
       "server_name a; root @/www; deny all;",
       {"www/index.html"},
       "/",
       "403",
       "nginx-refuses-everybody"},
      {"CommaInTryFiles",
       "root @/www; location / { try_files $uri, =404; }",
       {"www/a.html"},
       "/a.html",
       "404",
       "nginx-directive-doubtful"},
      {"CommaOfAFilesName",
       "root @/www; location / { try_files /a,b.html =404; }",
       {"www/a,b.html"},
       "/a.html",
       "200",
       ""},
      {"CommaInServerName",
       "server_name 127.0.0.1, localhost; return 204; } server { listen 8099 default_server; "
       "return 403;",
       {},
       "/",
       "403",
       "nginx-directive-doubtful"},
      {"ErrorPageThatIsLost",
       "root @/www; error_page 503 /sorry.html; location /a { return 503; }",
       {"www/index.html"},
       "/a",
       "404",
       "nginx-error-page-missing"},
      {"ErrorPageOfItsOwnRoot",
       "root @/www; error_page 503 /sorry.html; location /a { return 503; } "
       "location = /sorry.html { internal; root @/pages; }",
       {"www/index.html", "pages/sorry.html"},
       "/a",
       "503",
       ""},
      {"RootOfAVariable",
       "set $base @/ww; root $base;",
       {"www/index.html"},
       "/",
       "404",
       "nginx-root-missing"},
      {"RootOfAVariableThatIsSetAgain",
       "set $base @/ww; if ($uri = /index.html) { set $base @/www; } root $base;",
       {"www/index.html"},
       "/index.html",
       "200",
       ""},
      {"RewrittenIntoItsOwnLocation",
       "root @/www; location /d/ { rewrite ^/d/(.*)$ /d/v2/$1 last; }",
       {"www/d/v2/index.html"},
       "/d/a",
       "500",
       "nginx-rewrite-loop"},
      {"RewrittenToAScriptOfNoLocation",
       "root @/www; location / { set $a b; rewrite ^ /index.html?p=$uri last; }",
       {"www/index.html"},
       "/a",
       "500",
       "nginx-rewrite-loop"},
      {"RewrittenOnce",
       "root @/www; location /d/ { rewrite ^/d/(?!v2/)(.*)$ /d/v2/$1 last; }",
       {"www/d/v2/a"},
       "/d/a",
       "200",
       ""},
      {"RewrittenWithBreak",
       "root @/www; location /d/ { rewrite ^/d/(.*)$ /d/v2/$1 break; }",
       {"www/d/v2/a"},
       "/d/a",
       "200",
       ""},
      {"RewrittenByTurns",
       "root @/www; location /d/ { rewrite ^/d/(.*)$ /e/$1 last; } location /e/ { rewrite "
       "^/e/a$ /d/b.html break; }",
       {"www/d/b.html"},
       "/d/a",
       "200",
       ""},
      {"PasswordsOfNobody",
       "root @/www; auth_basic off; auth_basic_user_file @/none;",
       {"www/index.html"},
       "/",
       "200",
       ""},
      {"PasswordsWithoutARealm",
       "root @/www; auth_basic_user_file @/none;",
       {"www/index.html"},
       "/",
       "200",
       ""},
      {"PasswordsThatAreLost",
       "root @/www; auth_basic staff; auth_basic_user_file @/none;",
       {"www/index.html"},
       "/",
       "401",
       "nginx-file-missing"},
      {"SomebodyIsLetIn",
       "server_name a; root @/www; allow 127.0.0.1; deny all;",
       {"www/index.html"},
       "/",
       "200",
       ""},
  };
  return list;
}

void PrintTo(const Page& page, std::ostream* out) {
  *out << page.name;
}

class NginxAnswers : public testing::TestWithParam<Page> {};

TEST_P(NginxAnswers, AreTold) {
  const auto& page = GetParam();
  const test::TempDir directory;
  const auto at = directory.path().string();
  for (const auto& file : page.files) {
    const auto arrow = file.find(" -> ");
    if (arrow == std::string::npos)
      directory.write(file, "<?php echo 'fine';\n");
    else
      (void)test::run({"ln", "-s", file.substr(arrow + 4), at + "/" + file.substr(0, arrow)});
  }
  for (const std::string_view file : {"fastcgi.conf", "fastcgi_params"})
    directory.write(file, test::run({"cat", "/etc/nginx/" + std::string(file)}).out);
  const auto conf = directory.write(
      "nginx.conf",
      test::placed("user www-data;\npid @/nginx.pid;\nerror_log @/error.log;\nevents { }\n"
                   "http { access_log off;\nserver { listen 8099;\n" +
                       page.server + "\n} }\n",
                   at));
  directory.write("fpm.conf",
                  test::placed("[global]\npid = @/fpm.pid\nerror_log = @/fpm.log\n[www]\n"
                               "user = www-data\nlisten = @/fpm.sock\nlisten.owner = www-data\n"
                               "pm = ondemand\npm.max_children = 2\n",
                               at));
  const auto script = test::placed(
      "php-fpm8.2 -n -y @/fpm.conf; nginx -c @/nginx.conf && "
      "curl -s -o @/answer -w '%{http_code}' 'http://127.0.0.1:8099" +
          page.url + "'; kill $(cat @/nginx.pid @/fpm.pid)",
      at);
  const auto answer = test::run_isolated({"sh", "-c", script});
  EXPECT_EQ(answer.out, page.status) << answer.err;
  std::string told;
  for (const auto& one : test::audit(conf, "nginx"))
    for (const std::string_view rule :
         {"symlink-refused", "index-missing", "front-controller-missing", "fallback-missing",
          "script-missing", "script-doubtful", "named-location-missing", "location-shadowed",
          "refuses-everybody", "directive-doubtful", "error-page-missing", "root-missing",
          "file-missing", "rewrite-loop"})
      if (one.rule == "nginx-" + std::string(rule)) told += (told.empty() ? "" : " ") + one.rule;
  EXPECT_EQ(told, page.rule);
}

INSTANTIATE_TEST_SUITE_P(Pages, NginxAnswers, testing::ValuesIn(pages()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stackaudit
