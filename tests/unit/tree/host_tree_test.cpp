// The real file system below a root, by both lookups, and every way out of it that was thought of.
#include "tree/host_tree.hpp"

#include "support/process.hpp"
#include "tree/caching_tree.hpp"
#include "tree/magic.hpp"
#include "tree/resolve.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace stackaudit::tree {
namespace {

namespace fs = std::filesystem;

class Host : public testing::TestWithParam<HostTree::Lookup> {
 protected:
  Host() : root_(directory_.path() / "root") {
    fs::create_directories(root_ / "etc/nginx");
    directory_.write("secret", "outside");
    directory_.write("root/etc/nginx/nginx.conf", "user www-data;\n");
    tree_ = *HostTree::open(root_.string(), GetParam());
  }
  void link(const std::string& name, const std::string& target) {
    fs::create_symlink(target, root_ / name);
  }
  test::TempDir directory_;
  fs::path root_;
  std::unique_ptr<HostTree> tree_;
};

INSTANTIATE_TEST_SUITE_P(Lookups, Host,
                         testing::Values(HostTree::Lookup::automatic,
                                         HostTree::Lookup::component_walk));

TEST_P(Host, ReadsListsAndStats) {
  EXPECT_EQ(*tree_->read("/etc/nginx/nginx.conf", 100), "user www-data;\n");
  EXPECT_EQ(*tree_->read("/etc/nginx/nginx.conf", 15), "user www-data;\n");
  EXPECT_EQ(tree_->read("/etc/nginx/nginx.conf", 14).error(), EFBIG);
  EXPECT_EQ(tree_->read("/etc", 100).error(), EISDIR);
  EXPECT_EQ(tree_->read("/etc/none", 100).error(), ENOENT);
  EXPECT_EQ(tree_->read("/etc/nginx/nginx.conf/x", 100).error(), ENOTDIR);
  EXPECT_EQ(*tree_->list("/"), std::vector<std::string>{"etc"});
  EXPECT_EQ(tree_->list("/etc/nginx/nginx.conf").error(), ENOTDIR);
  ::chmod((root_ / "etc/nginx/nginx.conf").c_str(), 02640);
  const auto stat = *tree_->lstat("/etc/nginx/nginx.conf");
  EXPECT_EQ(stat.type, FileType::regular);
  EXPECT_EQ(stat.mode, 02640U);
  EXPECT_EQ(stat.size, 15U);
  EXPECT_EQ(tree_->lstat("/")->type, FileType::directory);
  EXPECT_TRUE(tree_->acl("/etc/nginx/nginx.conf")->empty());
}

TEST_P(Host, NamesMayHoldAnyByte) {
  directory_.write("root/etc/two\nlines", "x");
  directory_.write("root/etc/\x1b[31m\xff", "y");
  EXPECT_EQ(*tree_->list("/etc"),
            (std::vector<std::string>{"\x1b[31m\xff", "nginx", "two\nlines"}));
  EXPECT_EQ(*tree_->read("/etc/two\nlines", 10), "x");
}

TEST_P(Host, PathsThatAreNotCanonicalLeadNowhere) {
  using namespace std::string_literals;
  for (const auto& path : {"/../secret"s, "/etc/../etc"s, "/etc//nginx"s, "/etc/"s, "etc"s, ""s,
                           "/./etc"s, "/etc\0/x"s, "//"s})
    EXPECT_EQ(tree_->lstat(path).error(), ENOENT) << path;
  EXPECT_EQ(tree_->lstat("/" + std::string(5000, 'a')).error(), ENAMETOOLONG);
  EXPECT_EQ(tree_->lstat("/" + std::string(300, 'a')).error(), ENAMETOOLONG);
}

TEST_P(Host, LinksAreNotFollowedByTheTreeItself) {
  link("etc/out", directory_.path().string());
  link("etc/nginx/file", "nginx.conf");
  EXPECT_EQ(tree_->lstat("/etc/out")->type, FileType::symlink);
  EXPECT_EQ(*tree_->readlink("/etc/nginx/file"), "nginx.conf");
  EXPECT_EQ(tree_->readlink("/etc/nginx").error(), EINVAL);
  EXPECT_EQ(tree_->read("/etc/nginx/file", 10).error(), ELOOP);
  EXPECT_EQ(tree_->read("/etc/out/secret", 10).error(), ELOOP);
  EXPECT_EQ(tree_->list("/etc/out").error(), ENOTDIR);
  EXPECT_TRUE(tree_->acl("/etc/out")->empty());
}

TEST_P(Host, NothingLeadsOutOfTheRoot) {
  link("absolute", (directory_.path() / "secret").string());
  link("relative", "../secret");
  link("far", "../../../../../../../../etc/passwd");
  link("etc/proc", "/proc/self/root");
  link("etc/up", "../..");
  link("loop", "/loop");
  fs::create_directories(root_ / "proc/self");
  link("proc2", "/proc/self/cwd/../secret");
  EXPECT_EQ(read_file(*tree_, "/absolute").error(), ENOENT);
  EXPECT_EQ(read_file(*tree_, "/relative").error(), ENOENT);
  EXPECT_EQ(read_file(*tree_, "/far").error(), ENOENT);
  EXPECT_EQ(read_file(*tree_, "/etc/proc/secret").error(), ENOENT);
  EXPECT_EQ(read_file(*tree_, "/proc2").error(), ENOENT);
  EXPECT_EQ(read_file(*tree_, "/etc/up/../../secret").error(), ENOENT);
  EXPECT_EQ(*read_file(*tree_, "/etc/up/etc/nginx/nginx.conf"), "user www-data;\n");
  EXPECT_EQ(read_file(*tree_, "/loop").error(), ELOOP);
}

TEST_P(Host, OpensNothingButRegularFiles) {
  ASSERT_EQ(::mkfifo((root_ / "fifo").c_str(), 0600), 0);
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (root_ / "socket").string().copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(tree_->read("/fifo", 10).error(), ENXIO);
  EXPECT_EQ(tree_->read("/socket", 10).error(), ENXIO);
  EXPECT_EQ(tree_->lstat("/socket")->type, FileType::socket);
  EXPECT_TRUE(tree_->acl("/socket")->empty());
  ::close(fd);
}

TEST_P(Host, HugeFilesAreRefusedBySize) {
  directory_.write("root/huge", "");
  ASSERT_EQ(::truncate((root_ / "huge").c_str(), off_t{1} << 30), 0);
  EXPECT_EQ(tree_->read("/huge", kReadLimit).error(), EFBIG);
}

TEST_P(Host, KernelInterfacesLookEmpty) {
  const auto machine = *HostTree::open("/", GetParam());
  EXPECT_EQ(machine->read("/proc/version", 1000).error(), ENXIO);
  EXPECT_EQ(*machine->list("/proc"), std::vector<std::string>{});
  EXPECT_EQ(machine->read("/dev/null", 10).error(), ENXIO);
  EXPECT_EQ(machine->read("/proc/self/root/etc/passwd", 10).error(), ELOOP);
}

TEST_P(Host, ReadsAcls) {
  const auto file = (root_ / "etc/nginx/nginx.conf").string();
  ::chmod(file.c_str(), 0640);
  const auto set = test::run({"setfacl", "-m", "u:33:r,g:50:rwx,m::r", file});
  if (set.status != 0) GTEST_SKIP() << "setfacl: " << set.err;
  using Tag = AclEntry::Tag;
  const Acl expected{{Tag::user_owner, 0, 6}, {Tag::user, 33, 4}, {Tag::group_owner, 0, 4},
                     {Tag::group, 50, 7},     {Tag::mask, 0, 4},  {Tag::other, 0, 0}};
  EXPECT_EQ(*tree_->acl("/etc/nginx/nginx.conf"), expected);
  EXPECT_EQ(*tree_->acl("/etc/nginx"), Acl{});
  EXPECT_EQ(tree_->acl("/etc/nginx/absent").error(), ENOENT);
  std::filesystem::create_symlink("nginx.conf", root_ / "etc/nginx/link");
  EXPECT_EQ(*tree_->acl("/etc/nginx/link"), Acl{});
}

TEST(HostTree, NeedsADirectory) {
  EXPECT_EQ(HostTree::open("/nowhere/at/all").error(), ENOENT);
  EXPECT_EQ(HostTree::open("/etc/passwd").error(), ENOTDIR);
}

TEST(CachingTree, AsksOnce) {
  const test::TempDir directory;
  directory.write("a", "x");
  const auto host = *HostTree::open(directory.path().string());
  const CachingTree cached(*host);
  EXPECT_EQ(cached.lstat("/a")->size, 1U);
  EXPECT_EQ(cached.lstat("/b").error(), ENOENT);
  EXPECT_EQ(*cached.list("/"), std::vector<std::string>{"a"});
  directory.write("b", "yy");
  fs::remove(directory.path() / "a");
  EXPECT_EQ(cached.lstat("/a")->size, 1U);
  EXPECT_EQ(cached.lstat("/b").error(), ENOENT);
  EXPECT_EQ(*cached.list("/"), std::vector<std::string>{"a"});
  EXPECT_EQ(cached.read("/a", 10).error(), ENOENT);
  EXPECT_EQ(cached.readlink("/b").error(), EINVAL);
}

TEST(Magic, TellsTextFromBytes) {
  using namespace std::string_literals;
  EXPECT_TRUE(identify("user www-data;\n").is_text());
  EXPECT_EQ(identify("user www-data;\n").encoding, "us-ascii");
  EXPECT_EQ(identify("\xff\xfeu\0s\0e\0r\0\n\0"s).encoding, "utf-16le");
  EXPECT_FALSE(identify("\x7f"
                        "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0"s)
                   .is_text());
  EXPECT_EQ(identify(std::string(100, '\0')).encoding, "binary");
}

}  // namespace
}  // namespace stackaudit::tree
