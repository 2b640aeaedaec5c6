// Who gets which file, and which status page: the real nginx and the real Apache are asked for a
// URL, and stackaudit must have said from the files alone whether it is served.
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace stackaudit::stack {
namespace {

const std::vector<std::string> kFiles{".env",
                                      ".git/config",
                                      "wp-config.php~",
                                      "wp-config.php.bak",
                                      "backup.sql",
                                      "inc/settings.php~",
                                      "sub/wp-config.old",
                                      "data.sqlite",
                                      ".htpasswd",
                                      "private/dump-2024-01-31.sql",
                                      "site.key",
                                      ".svn/entries"};

std::string content_of(const std::string& name) {
  if (name.ends_with(".sqlite")) return "SQLite format 3";
  if (name.ends_with(".sql")) return "INSERT INTO wp_users VALUES (1);";
  if (name.ends_with(".key")) return "-----BEGIN PRIVATE KEY-----";
  return "<?php define('DB_PASSWORD', 'x'); $password = 'x';";
}

// What stands in the server block, or in the virtual host; "@" is the document root.
const std::vector<std::string> kNginx{
    "",
    "location ~ /\\. { deny all; }",
    "location ~ /\\.(?!well-known) { return 404; }",
    "location ~* \\.(sql|bak|old|sqlite)$ { deny all; }\nlocation ~ ~$ { deny all; }",
    "location ^~ /private/ { internal; }",
    "location /private { auth_basic x; auth_basic_user_file @/.htpasswd; }",
    "location = /backup.sql { return 403; }",
    "deny all;",
    "location / { allow 10.0.0.0/8; deny all; }",
    "location / { try_files $uri $uri/ =404; }\nlocation ~ /\\.git { deny all; }",
    "location ~ \\.php { deny all; }",
    "location /sub { return 444; }\nlocation ~ \\.key$ { return 403; }",
    "location /sub { deny 10.0.0.1; }",
    "if ($uri ~ \"\\.sql$\") { return 403; }",
    "rewrite ^/private - last;\nlocation = - { return 404; }",
    "location ~ \\.(sql|key)$ { rewrite ^ /nothing break; }",
    "location /private { alias /nonexistent; }",
    "location / { location ~ /\\. { deny all; } }",
    "satisfy any;\nallow 10.0.0.1;\ndeny all;"};
const std::vector<std::string> kApache{
    "",
    "<FilesMatch \"^\\.\">\nRequire all denied\n</FilesMatch>",
    "<DirectoryMatch \"/\\.git\">\nRequire all denied\n</DirectoryMatch>",
    "<Files \"*.sql\">\nRequire all denied\n</Files>",
    "<Directory @/private>\nRequire all denied\n</Directory>",
    "<Location /private>\nRequire all denied\n</Location>",
    "<LocationMatch \"\\.(bak|old|sqlite)$\">\nRequire all denied\n</LocationMatch>",
    "RedirectMatch 404 \"/\\.(git|svn)\"",
    "RedirectMatch gone \"~$\"",
    "RewriteEngine On\nRewriteRule \"\\.sql$\" - [F]",
    "RemoveType sql es\n",
    "<Directory ~ \"/\\.(git|svn)\">\nRequire all denied\n</Directory>",
    "<Directory \"@\">\n<Files \"wp-config*\">\nRequire all denied\n</Files>\n</Directory>",
    "<Directory \"@\">\nRequire ip 10.0.0.1\n</Directory>",
    "<Directory \"@/sub\">\n<RequireAll>\nRequire all granted\nRequire not ip "
    "10.0.0.1\n</RequireAll>\n</Directory>",
    "<FilesMatch \"~$\">\nOrder allow,deny\nDeny from all\n</FilesMatch>",
    "Redirect 404 /.git\nRedirect 404 /private",
    "RedirectMatch 403 \"^/\\.\"",
    "RewriteEngine On\nRewriteCond %{REQUEST_URI} \"^/private\"\nRewriteRule ^ - [F,L]",
    "Alias /private /nonexistent",
    "<FilesMatch \"\\.(env|key)$\">\nRequire all denied\n</FilesMatch>\nRemoveType es"};

// What is too clever for stackaudit: it may say less than is given, never more.
const std::vector<std::string> kTooClever{
    "<If \"%{REQUEST_URI} =~ /sql/\">\nRequire all denied\n</If>",
    "<Files \"*.sql\">\n<RequireAll>\nRequire all granted\n<RequireNone>\nRequire local\n"
    "</RequireNone>\n</RequireAll>\n</Files>",
    "ProxyPass /private http://127.0.0.1:1/", "AliasMatch \"^/sub/(.*)\" \"/nonexistent/$1\""};

std::string filled(std::string text, const std::string& with) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + with.size()))
    text.replace(at, 1, with);
  return text;
}

class Site {
 public:
  Site() : home_(directory_.path().string()) {
    for (const auto& name : kFiles) directory_.write("site/" + name, content_of(name));
    directory_.write("site/index.html", "hello");
  }

  std::string nginx(const std::string& lines) const {
    return directory_.write(
        "nginx.conf", filled("user www-data;\npid @/pid;\nerror_log @/log;\nevents {}\nhttp {\n"
                             "access_log off;\nserver {\nlisten 127.0.0.1:8321;\n",
                             home_) +
                          "root " + home_ + "/site;\n" + filled(lines, home_ + "/site") +
                          "\n}\n}\n");
  }

  std::string apache(const std::string& lines) const {
    std::string modules;
    for (const auto* name : {"mpm_event", "authz_core", "authz_host", "alias", "rewrite", "mime",
                             "dir", "status", "access_compat", "proxy", "proxy_http"})
      modules += "LoadModule " + std::string(name) + "_module /usr/lib/apache2/modules/mod_" +
                 name + ".so\n";
    return directory_.write(
        "apache2.conf",
        modules +
            filled("ServerRoot @\nServerName localhost\nPidFile @/pid\nErrorLog @/log\n"
                   "User www-data\nGroup www-data\nTypesConfig /etc/mime.types\n"
                   "Mutex file:@ default\nListen 127.0.0.1:8321\n",
                   home_) +
            "<VirtualHost 127.0.0.1:8321>\nServerName localhost\nDocumentRoot " + home_ +
            "/site\n<Directory " + home_ + "/site>\nRequire all granted\n</Directory>\n" +
            filled(lines, home_ + "/site") + "\n</VirtualHost>\n");
  }

  // The names of `wanted` that the server gives with their whole content, sorted.
  [[nodiscard]] std::vector<std::string> given(const std::string& start,
                                               const std::vector<std::string>& wanted) const {
    std::string list;
    for (const auto& name : wanted) list += name + "\n";
    directory_.write("wanted", list);
    directory_.write("ask.php", R"(<?php
for ($i = 0; $i < 50 && !($socket = @fsockopen('127.0.0.1', 8321)); ++$i) usleep(100000);
foreach (file($argv[1], FILE_IGNORE_NEW_LINES) as $name)
  if (@file_get_contents('http://127.0.0.1:8321/' . $name) !== false) echo $name, "\n";
)");
    const auto asked = test::run_isolated({"sh", "-c",
                                           start + " 2>/dev/null & php -n " + home_ + "/ask.php " +
                                               home_ + "/wanted; kill $!; wait"});
    std::vector<std::string> names;
    std::istringstream lines(asked.out);
    for (std::string line; std::getline(lines, line);) names.push_back(line);
    std::ranges::sort(names);
    return names;
  }

  // As stackaudit foretells it. A repository stands for each of its files.
  [[nodiscard]] std::vector<std::string> foretold(const std::string& config) const {
    const auto tree = tree::HostTree::open("/");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(**tree, sources, facts);
    (void)stack::survey(survey, {{config}, ""});
    std::vector<std::string> names;
    for (const auto& row : facts.rows<facts::ServedFile>())
      if (row.path.starts_with(home_)) names.push_back(row.url.substr(1));
    std::ranges::sort(names);
    return names;
  }

  [[nodiscard]] const std::string& home() const { return home_; }

 private:
  test::TempDir directory_;
  std::string home_;
};

const std::string kNginxServer = "nginx -g 'daemon off;' -c ";
const std::string kApacheServer = "apache2 -DFOREGROUND -f ";

TEST(ServedTruth, NginxGivesTheFilesThatAreForetold) {
  for (const auto& lines : kNginx) {
    const Site site;
    const auto config = site.nginx(lines);
    EXPECT_EQ(site.given(kNginxServer + config, kFiles), site.foretold(config)) << lines;
  }
}

TEST(ServedTruth, ApacheGivesTheFilesThatAreForetold) {
  for (const auto& lines : kApache) {
    const Site site;
    const auto config = site.apache(lines);
    EXPECT_EQ(site.given(kApacheServer + config, kFiles), site.foretold(config)) << lines;
  }
}

TEST(ServedTruth, NothingIsForetoldThatApacheKeeps) {
  for (const auto& lines : kTooClever) {
    const Site site;
    const auto config = site.apache(lines);
    const auto given = site.given(kApacheServer + config, kFiles);
    for (const auto& name : site.foretold(config))
      EXPECT_TRUE(std::ranges::binary_search(given, name)) << name << "\n" << lines;
    EXPECT_FALSE(given.empty()) << lines;
  }
}

// The page that an agent asks, and whether the server answers it with its status.
struct Status {
  const char* lines;
  const char* url;
};
const std::vector<Status> kNginxStatus{
    {"location = /nginx_status { stub_status; }", "nginx_status"},
    {"location /nginx_status { stub_status; allow 127.0.0.1; deny all; }", "nginx_status"},
    {"location /nginx_status { stub_status; deny all; }", "nginx_status"},
    {"location = /nginx_status { stub_status; }", "nginx_statu"},
    {"location = /nginx_status { stub_status; }", "nginx_status/"},
    {"location /status { stub_status; }", "nginx_status"},
    {"location ~ ^/nginx { stub_status; }", "nginx_status"},
    {"location ^~ /nginx { return 404; }\nlocation ~ status { stub_status; }", "nginx_status"},
    {"location /nginx_status { stub_status; }\nreturn 404;", "nginx_status"}};
const std::vector<Status> kApacheStatus{
    {"<Location /server-status>\nSetHandler server-status\n</Location>", "server-status"},
    {"<Location /server-status>\nSetHandler server-status\nRequire local\n</Location>",
     "server-status"},
    {"<Location /server-status>\nSetHandler server-status\nRequire ip 10.0.0.1\n</Location>",
     "server-status"},
    {"<Location /server-status>\nSetHandler server-status\nRequire all denied\n</Location>",
     "server-status"},
    {"<Location /status>\nSetHandler server-status\n</Location>", "server-status"},
    {"", "server-status"}};

// false where stackaudit says that the page is not served; true where it says so or does not know.
bool is_served(const Site& site, const std::string& config, const std::string& agent,
               const std::string& key, const std::string& url) {
  std::ofstream(site.home() + "/conf.yaml")
      << "instances:\n  - " + key + ": http://127.0.0.1:8321/" + url + "\n";
  std::filesystem::create_directories(site.home() + "/datadog-agent/conf.d/" + agent + ".d");
  std::filesystem::rename(site.home() + "/conf.yaml",
                          site.home() + "/datadog-agent/conf.d/" + agent + ".d/conf.yaml");
  std::ofstream(site.home() + "/datadog-agent/datadog.yaml") << "api_key: x\n";
  const auto tree = tree::HostTree::open("/");
  text::SourceMap sources;
  facts::Store facts;
  Survey survey(**tree, sources, facts);
  (void)stack::survey(survey, {{config, site.home() + "/datadog-agent"}, ""});
  bool any = false, served = true;
  for (const auto& row : facts.rows<facts::Monitor>()) {
    any = any || row.path.starts_with(site.home());
    if (row.path.starts_with(site.home()) && row.path_served == std::optional(false))
      served = false;
  }
  EXPECT_TRUE(any) << config;
  return served;
}

TEST(ServedTruth, StatusPagesOfNginx) {
  for (const auto& [lines, url] : kNginxStatus) {
    const Site site;
    const auto config = site.nginx(lines);
    const auto given = site.given(kNginxServer + config, {url});
    EXPECT_EQ(!given.empty(), is_served(site, config, "nginx", "nginx_status_url", url))
        << lines << " " << url;
  }
}

TEST(ServedTruth, StatusPagesOfApache) {
  for (const auto& [lines, url] : kApacheStatus) {
    const Site site;
    const auto config = site.apache(lines);
    const auto given = site.given(kApacheServer + config, {url});
    EXPECT_EQ(!given.empty(), is_served(site, config, "apache", "apache_status_url", url))
        << lines << " " << url;
  }
}

}  // namespace
}  // namespace stackaudit::stack
