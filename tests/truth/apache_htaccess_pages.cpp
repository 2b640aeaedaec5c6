// What httpd answers below a .htaccess file.
#include "truth/apache_pages.hpp"

namespace stackaudit {
namespace {

// A page below a .htaccess file, under an AllowOverride.
ApachePage htaccess(const std::string& name, const std::string& allowed, const std::string& text,
                    bool refused) {
  return {name,
          "DocumentRoot @/www\n<Directory @/www>\nRequire all granted\nAllowOverride " + allowed +
              "\n</Directory>\n",
          {"www/index.html", "www/.htaccess=" + text},
          "/index.html",
          refused ? "500" : "200",
          refused ? "apache-htaccess-refused" : ""};
}

// Rewriting under the Options of a directory and of <Location />.
ApachePage rewriting(const std::string& name, const std::string& directory,
                     const std::string& location, bool refused) {
  return {name,
          "LoadModule rewrite_module modules/mod_rewrite.so\nDocumentRoot @/www\n<Location />\n" +
              location + "\n</Location>\n<Directory @/www>\n" + directory +
              "\nRequire all granted\nAllowOverride All\n</Directory>\n",
          {"www/index.html", "www/.htaccess=RewriteEngine on\nRewriteRule ^a$ b"},
          "/index.html",
          refused ? "403" : "200",
          refused ? "apache-followsymlinks-off" : ""};
}

}  // namespace

std::vector<ApachePage> apache_htaccess_pages() {
  return {
      {"LinkToItself",
       "DocumentRoot @/www\n<Directory @/www>\nRequire all granted\nAllowOverride All\n"
       "</Directory>\n",
       {"www/index.html", "www/.htaccess->.htaccess"},
       "/index.html",
       "403",
       "apache-htaccess-dangling"},
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
      htaccess("ConditionNotInTheList", "None\nAllowOverrideList ErrorDocument",
               "<IfModule core.c>\nErrorDocument 404 /x\n</IfModule>", true),
      htaccess("ConditionInTheListWithoutItsBracket",
               "None\nAllowOverrideList ErrorDocument IfModule",
               "<IfModule core.c>\nErrorDocument 404 /x\n</IfModule>", true),
      htaccess("ConditionInTheList", "None\nAllowOverrideList ErrorDocument <IfModule",
               "<IfModule core.c>\nErrorDocument 404 /x\n</IfModule>", false),
      htaccess("ConditionBesideTheList", "Indexes\nAllowOverrideList ErrorDocument",
               "<IfModule core.c>\nErrorDocument 404 /x\n</IfModule>", false),
      htaccess("SectionInTheListWithoutItsBracket", "None\nAllowOverrideList ErrorDocument Files",
               "<Files x>\nErrorDocument 404 /x\n</Files>", true),
      htaccess("SectionInTheList", "None\nAllowOverrideList ErrorDocument <Files",
               "<Files x>\nErrorDocument 404 /x\n</Files>", false),
      htaccess("AllowedOption", "Options=Indexes", "Options -Indexes", false),
      htaccess("NotReadAtAll", "None", "Nonsense on", false),
      htaccess("NonfatalOverride", "Nonfatal=Override AuthConfig", "Options -Indexes", false),
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
      rewriting("RewritingWithoutLinks", "Options None", "", true),
      rewriting("RewritingWithoutLinksByLocation", "Options FollowSymLinks", "Options None", true),
      rewriting("RewritingWithLinksByLocation", "Options None", "Options +FollowSymLinks", false),
  };
}

}  // namespace stackaudit
