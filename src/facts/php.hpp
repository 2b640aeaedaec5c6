// What PHP applications define.
#pragma once

#include "facts/table.hpp"

namespace stackaudit::facts {

struct PhpConstant : Place {
  std::string application;
  std::string name;
  std::optional<std::string> value;
};
template <>
struct Table<PhpConstant> {
  static constexpr std::string_view name = "php_constant",
                                    doc = "A constant that PHP code defines.";
  static constexpr auto columns =
      with_place(std::array{Column{"application", &PhpConstant::application,
                                   "Directory of the application.", Index::lookup},
                            Column{"name", &PhpConstant::name, "Name.", Index::lookup},
                            Column{"value", &PhpConstant::value,
                                   "Value as text; NULL where it is not known before run time."}});
};

struct Wordpress : Place {  // place: wp-settings.php of the installation
  std::string root;
  std::string version;
  std::string config;
  bool served = false;
  bool own_database = false;
};
template <>
struct Table<Wordpress> {
  static constexpr std::string_view name = "wordpress", doc = "A WordPress installation.";
  static constexpr auto columns = with_place(std::array{
      Column{"root", &Wordpress::root, "Directory of wp-settings.php.", Index::lookup},
      Column{"version", &Wordpress::version, "Version; empty where version.php does not say."},
      Column{"config", &Wordpress::config,
             "wp-config.php that it reads; empty where there is none."},
      Column{"served", &Wordpress::served, "A site's document root leads there."},
      Column{"own_database", &Wordpress::own_database,
             "wp-content/db.php takes the place of the database driver."}});
};

struct ServedFile : Place {  // place: the file; a line where one of its lines tells
  std::string kind;
  std::string service;
  std::string document_root;
  std::string url;
  std::string delivery;
  std::string detail;
};
template <>
struct Table<ServedFile> {
  static constexpr std::string_view name = "served_file",
                                    doc = "A file that visitors can fetch and that is no content.";
  static constexpr auto columns = with_place(std::array{
      Column{"kind", &ServedFile::kind,
             "config-copy, log, dump, archive, repository, environment, manifest, readme, "
             "php-source, php-as-text, upload-php, installer, phpinfo, sample.",
             Index::lookup},
      Column{"service", &ServedFile::service, "nginx or apache.", Index::lookup},
      Column{"document_root", &ServedFile::document_root, "Directory that is served."},
      Column{"url", &ServedFile::url, "Path of the URL, below the site."},
      Column{"delivery", &ServedFile::delivery, "text: as it is; run: PHP runs it."},
      Column{"detail", &ServedFile::detail, "What tells its kind; may be empty."}});
};

struct PhpExtension : Place {  // place: the php.ini line that loads it, else the ini directory
  std::string sapi;
  std::string name;
  bool loaded = false;
};
template <>
struct Table<PhpExtension> {
  static constexpr std::string_view name = "php_extension",
                                    doc = "An extension that a PHP would load.";
  static constexpr auto columns = with_place(
      std::array{Column{"sapi", &PhpExtension::sapi, "apache2, fpm or cli.", Index::lookup},
                 Column{"name", &PhpExtension::name, "Name without path and .so.", Index::lookup},
                 Column{"loaded", &PhpExtension::loaded, "Its shared object is there."}});
};

}  // namespace stackaudit::facts
