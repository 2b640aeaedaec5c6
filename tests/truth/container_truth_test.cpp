// buildah makes images from files for containers: where it finds no such account, the audit must
// have said so, and only there. The image that they start from has Debian's own accounts.
#include "support/audit.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace stackaudit {
namespace {

struct Build {
  std::string name, text;  // behind FROM
  bool fails;
};

const std::vector<Build>& builds() {
  static const std::vector<Build> list{
      {"NoOwner", "COPY file /x", false},
      {"OwnAccount", "COPY --chown=www-data:www-data file /x", false},
      {"UserAlone", "COPY --chown=www-data file /x", false},
      {"Numbers", "COPY --chown=4000:5000 file /x", false},
      {"GroupAlone", "COPY --chown=:staff file /x", false},
      {"AccountIsCopied", "COPY passwd group /etc/\nCOPY --chown=shop:shop file /x", false},
      {"NoSuchUser", "COPY --chown=shop file /x", true},
      {"NoSuchGroup", "COPY --chown=www-data:shop file /x", true},
      {"NoSuchGroupOfNumber", "COPY --chown=33:shop file /x", true},
      {"ComesTooLate", "COPY --chown=shop file /x\nCOPY passwd group /etc/", true},
      {"UserOfTheProcesses", "USER www-data", false},
      {"NoSuchUserOfTheProcesses", "USER shop", true},
  };
  return list;
}

void PrintTo(const Build& build, std::ostream* out) {
  *out << build.name;
}

class ContainerTruth : public testing::TestWithParam<Build> {
 protected:
  static void SetUpTestSuite() {
    store = std::make_unique<test::TempDir>();
    store->write("passwd", "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:/bin/sh\n");
    store->write("group", "root:x:0:\nwww-data:x:33:\nstaff:x:50:\n");
    store->write("Dockerfile", "FROM scratch\nCOPY passwd group /etc/\n");
    const auto base = buildah("bud -q --isolation chroot -t debian @");
    ASSERT_EQ(base.status, 0) << base.both();
  }
  static void TearDownTestSuite() { store.reset(); }

  // In the store's directory, @.
  static test::Output buildah(const std::string& command) {
    return test::run({"sh", "-c",
                      test::placed("exec buildah --root @/images --runroot @/run --storage-driver "
                                   "vfs " +
                                       command,
                                   store->path().string())});
  }

  static std::unique_ptr<test::TempDir> store;
};

std::unique_ptr<test::TempDir> ContainerTruth::store;

TEST_P(ContainerTruth, AccountsThatAreNotInTheImage) {
  ASSERT_TRUE(test::installed("buildah"));
  const auto& build = GetParam();
  const test::TempDir directory;
  directory.write("file", "text\n");
  directory.write("passwd", "root:x:0:0::/:/bin/sh\nshop:x:900:900::/:/bin/sh\n");
  directory.write("group", "root:x:0:\nshop:x:900:\n");
  const auto path = directory.write("Dockerfile", "FROM localhost/debian\n" + build.text + "\n");
  auto answer = buildah("bud -q --isolation chroot -t made " + directory.path().string());
  bool unknown = answer.err.find("unknown") != std::string::npos;
  if (answer.status == 0) {
    const auto started = buildah(
        "run --isolation chroot $(buildah --root @/images --runroot @/run --storage-driver vfs "
        "from "
        "made) -- /no-program");
    unknown = started.err.find("unknown user") != std::string::npos;
  }
  EXPECT_EQ(unknown, build.fails) << answer.both();
  const auto told = test::audit(path, "container");
  EXPECT_EQ(
      std::ranges::any_of(told, [](const auto& one) { return one.rule == "container-account"; }),
      build.fails);
}

INSTANTIATE_TEST_SUITE_P(Builds, ContainerTruth, testing::ValuesIn(builds()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace stackaudit
