// The questions that are put to the model once it is complete; each fills its tables.
#pragma once

#include "stack/apache/httpd.hpp"

namespace stackaudit::stack::apache {

// start.cpp: unit, environment, -D flags, the parent's identity; before anything is read.
void prepare_start(Httpd& httpd, const Systemd& systemd);
// identity.cpp: User and Group; service and worker; decides httpd.child.
void decide_identity(Httpd& httpd);
// start.cpp: the MPM, PHP's module, and how the unit waits.
void check_modules(Httpd& httpd);

// mod_mpm_itk is called an MPM and is none: it changes the user of prefork's children.
inline constexpr std::string_view kItk = "mpm_itk_module";
[[nodiscard]] bool is_mpm(std::string_view identifier);

// checks.cpp: what is only wrong once everything is read.
void check_settings(Httpd& httpd);

// balancers.cpp: what mod_proxy_balancer wants at the start, and balancers without a member.
void check_balancers(Httpd& httpd);
// closed.cpp: sections that let in nobody.
void check_closed(Httpd& httpd);

// AH00558: neither ServerName nor /etc/hosts gives the server a full name. server_name.cpp
void check_server_name(Httpd& httpd);
// The same for the authentication that one section or .htaccess file asks for.
void check_authentication(Httpd& httpd, const std::vector<const Setting*>& settings, int server);

// certificates.cpp: certificates, keys and ciphers as mod_ssl loads them.
void check_tls_files(Httpd& httpd);

// front_page.cpp: whether the document root has a page of DirectoryIndex; after its .htaccess
// files.
void check_front_page(Httpd& httpd, int server, const Setting& root_setting,
                      const std::string& root);

// front_page.cpp: the page of FallbackResource and the program of Action. After decide_identity.
void check_answering_pages(Httpd& httpd);
// The same for one line.
void check_fallback(Httpd& httpd, const Setting& setting);
// A row for a file that a child looks for when a request comes, and does not find. front_page.cpp
void add_absent_page(Httpd& httpd, const Arg& arg, std::string_view kind, std::string path,
                     std::string_view effect);
// htaccess_checks.cpp: what one .htaccess file leads requests to, or keeps them from. own: those of
// its settings that no section for files stands around.
void check_htaccess(Httpd& httpd, int server, const std::string& path,
                    const std::vector<Setting>& settings, const std::vector<const Setting*>& own);

// directories.cpp: what Options and the links in a served directory make of requests for it.
void check_served_directory(Httpd& httpd, int server, const std::string& directory);
// directories.cpp: an Alias of which one part ends in a slash and the other does not.
void check_alias_slash(Httpd& httpd, const Setting& setting);
// alias_grant.cpp: an Alias to a directory that no section opens.
void check_alias_grant(Httpd& httpd, const Setting& setting, const std::string& directory);
// Whether a directive may answer for a URL before any Alias is asked for it.
[[nodiscard]] bool answers_before_alias(const Httpd& httpd);

// listeners.cpp: Listen, and the virtual hosts that none of them serves.
void read_listeners(Httpd& httpd);

// sites.cpp: the virtual hosts as sites, their document roots and what runs PHP there.
void read_sites(Httpd& httpd);

// php_handlers.cpp: a directory of content, and the URL that leads to it.
struct Content {
  std::string path;
  std::string url{};  // as DocumentRoot::url
  std::string php{};  // as facts::Site::php
};
[[nodiscard]] std::string php_of(const Httpd& httpd, int server, const Content& content);
// Directories below it that something else than its `php` runs.
[[nodiscard]] std::map<std::string, std::string> php_of_parts(const Httpd& httpd, int server,
                                                              const Content& content);

// cgi_handlers.cpp: directories whose scripts a handler is to run, and Options do not let it; once
// .htaccess files are read.
void check_cgi_handlers(Httpd& httpd);

// files.cpp: logs, certificates, password files, aliases of the settings given.
void read_files(Httpd& httpd, const std::vector<Setting>& settings);

// writes.cpp: directories that clients may change through mod_dav, and its lock database.
void read_writes(Httpd& httpd);

// dials.cpp: ProxyPass, BalancerMember, SetHandler "proxy:...".
void read_dials(Httpd& httpd);
// "unix:/run/x.sock", "tcp:127.0.0.1:9000" for a proxied PHP handler; empty for anything else.
[[nodiscard]] std::string php_backend(std::string_view url);

// htaccess.cpp: along and below a content root, as a DocumentRoot or an Alias names it: .htaccess
// files, and content that the child cannot open.
void walk_content(Httpd& httpd, int server, const Arg& root, bool mod_php);

// The last setting of that name outside sections, of the server or else of the main server.
[[nodiscard]] const Setting* find_setting(const Httpd& httpd, std::string_view name, int server);

}  // namespace stackaudit::stack::apache
