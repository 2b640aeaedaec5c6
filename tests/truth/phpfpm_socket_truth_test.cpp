// Who may connect to a pool's socket with entries of an ACL: php-fpm makes it, www-data tries, and
// the audit says the same.
#include "stack/survey.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace stackaudit::stack {
namespace {

class AclSocket {
 public:
  explicit AclSocket(const std::string& lines) : home_(directory_.path().string()) {
    directory_.write(
        "php-fpm.conf",
        "[global]\nerror_log = " + home_ +
            "/log\n[www]\nuser = daemon\npm = ondemand\npm.max_children = 1\nlisten = " + home_ +
            "/www.sock\n" + lines + "\n");
    directory_.write("nginx.conf",
                     "user www-data;\nevents {}\nhttp {\nserver {\nlisten 80;\nlocation / {\n"
                     "fastcgi_pass unix:" +
                         home_ + "/www.sock;\n}\n}\n}\n");
  }

  [[nodiscard]] bool connects() const {
    const auto client =
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do "
        "[ -S " +
        home_ +
        "/www.sock ] && break; sleep 0.1; done; sleep 0.2; "
        "setpriv --reuid www-data --regid www-data --init-groups php -n -r "
        "'echo @stream_socket_client(\"unix://" +
        home_ + "/www.sock\") ? \"connected\" : \"refused\";'";
    return test::run_isolated({"sh", "-c",
                               "php-fpm8.2 -F -y " + home_ + "/php-fpm.conf -n 2>/dev/null & " +
                                   client + "; kill -QUIT $!; wait"})
               .out.find("connected") != std::string::npos;
  }

  [[nodiscard]] bool foretold() const {
    const auto tree = tree::HostTree::open("/");
    text::SourceMap sources;
    facts::Store facts;
    Survey survey(**tree, sources, facts);
    (void)stack::survey(survey, {{home_ + "/nginx.conf", home_ + "/php-fpm.conf"}, ""});
    return std::ranges::none_of(facts.rows<facts::Access>(), [&](const facts::Access& row) {
      return row.operation == "connect" && !row.allowed && row.target.starts_with(home_);
    });
  }

 private:
  test::TempDir directory_;
  std::string home_;
};

TEST(PhpFpmTruth, EntriesOfAnAclOnTheSocket) {
  if (!test::installed("php-fpm8.2") || !test::installed("setpriv"))
    GTEST_SKIP() << "php-fpm is not installed";
  for (const auto* lines :
       {"listen.acl_users = www-data\nlisten.mode = 0600",
        "listen.acl_groups = www-data\nlisten.mode = 0600",
        "listen.acl_users = daemon,www-data\nlisten.mode = 0600",
        "listen.acl_groups = www-data\nlisten.mode = 0606",
        "listen.acl_users = daemon\nlisten.mode = 0600", "listen.acl_users = daemon",
        "listen.acl_groups = daemon\nlisten.mode = 0660",
        "listen.acl_users = daemon\nlisten.mode = 0666",
        "listen.owner = www-data\nlisten.acl_users = daemon\nlisten.mode = 0600"}) {
    const AclSocket socket(lines);
    EXPECT_EQ(socket.connects(), socket.foretold()) << lines;
  }
}

}  // namespace
}  // namespace stackaudit::stack
