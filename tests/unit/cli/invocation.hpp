// Runs the command line inside the test, over roots that the test writes.
#pragma once

#include "cli/cli.hpp"
#include "support/process.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace stackaudit::cli {

using Words = std::vector<std::string>;

inline test::Output invoke(const Words& args) {
  std::ostringstream out;
  std::ostringstream err;
  test::Output result;
  result.status = run(args, out, err);
  result.out = out.str();
  result.err = err.str();
  return result;
}

// An empty server: accounts, and a configuration of nginx where one is given.
class ServerRoot {
 public:
  explicit ServerRoot(const std::string& nginx_conf = {}) {
    write("etc/passwd",
          "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/false\n"
          "nobody:x:65534:65534::/:/bin/false\n");
    write("etc/group", "root:x:0:\nadm:x:4:\nwww-data:x:33:\nnogroup:x:65534:\n");
    for (const char* directory : {"var/log/nginx", "run", "var/lib/nginx", "usr/share/nginx/html"})
      std::filesystem::create_directories(dir_.path() / directory);
    if (!nginx_conf.empty()) write("etc/nginx/nginx.conf", nginx_conf);
  }

  std::string write(const std::string& name, const std::string& content) const {
    return dir_.write(name, content);
  }
  [[nodiscard]] std::string path() const { return dir_.path().string(); }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (dir_.path() / name).string();
  }

  // The audit of /etc, or of what else the arguments name.
  [[nodiscard]] test::Output audit(Words args = {}) const {
    args.insert(args.begin(), {"--root", path()});
    return invoke(args);
  }

 private:
  test::TempDir dir_;
};

inline constexpr const char* kNginx =
    "user www-data;\nevents {}\nhttp {\n  include conf.d/*.conf;\n"
    "  server { listen 80; root /usr/share/nginx/html; }\n}\n";

}  // namespace stackaudit::cli
