// How this nginx was built: its paths, its default account, the modules in it. Read from the
// program itself where the tree has it (the words that `nginx -V` prints are a string in it), else
// Debian's.
#pragma once

#include "stack/nginx/declared.hpp"
#include "tree/tree.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::nginx {

struct Build {
  std::string program;  // path of the binary; empty: it is not in the tree
  Declared declared;    // empty: not readable, nothing is known for certain
  std::string version;  // "1.22.1"; empty: not known
  std::string prefix = "/usr/share/nginx";
  std::string conf_path = "/etc/nginx/nginx.conf";
  std::string pid_path = "/run/nginx.pid";
  std::string error_log = "stderr";
  std::string http_log = "/var/log/nginx/access.log";
  std::string user = "nobody";
  std::string group = "nogroup";
  // Created at every start with an http block: client body, proxy, fastcgi, uwsgi, scgi.
  std::vector<std::string> temp_paths = {"/var/lib/nginx/body", "/var/lib/nginx/proxy",
                                         "/var/lib/nginx/fastcgi", "/var/lib/nginx/uwsgi",
                                         "/var/lib/nginx/scgi"};
  std::vector<std::string> options;  // "--with-stream=dynamic", ...

  // Whether the tables of this program know all that is in it: nginx itself, of a version that they
  // cover, without further modules compiled in.
  [[nodiscard]] bool is_plain() const;
  // Whether this is certainly an nginx without what came with the version ("1.25.0"; "plus": the
  // commercial one). false where nothing is known.
  [[nodiscard]] bool lacks(std::string_view since) const;
  [[nodiscard]] bool has_option(std::string_view option) const;
};

// `program` is the path that a unit starts; where it is empty the usual places are tried.
[[nodiscard]] Build read_build(const tree::Tree& tree, std::string_view program);

// Its conf_path alone, for a tenth of the work.
[[nodiscard]] std::string compiled_conf_path(const tree::Tree& tree, std::string_view program);

}  // namespace stackaudit::stack::nginx
