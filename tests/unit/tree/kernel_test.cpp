// The access model against the kernel: random trees on disk, and a child that has really taken on
// the ids, groups and capabilities, inside the tree by chroot. Needs root. The sysctls
// fs.protected_* are taken as this kernel has them. KERNEL_TREES=10000 asks about more trees than
// the suite does, KERNEL_SEED about others.
#include "kernel_calls.hpp"
#include "support/process.hpp"
#include "tree/access.hpp"
#include "tree/host_tree.hpp"
#include "tree/memory_tree.hpp"

#include <gtest/gtest.h>

#include <acl/libacl.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <sys/acl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace stackaudit::tree {
namespace {

constexpr unsigned kFirstSeed = 1, kTrees = 400, kQuestions = 60;

// One file, as a MemoryTree line and as what the disk gets.
struct Spec {
  std::string path, target, acl, default_acl;
  FileType type = FileType::regular;
  unsigned mode = 0, uid = 0, gid = 0;

  [[nodiscard]] std::string line() const {
    const auto owner = std::to_string(uid) + ":" + std::to_string(gid);
    if (type == FileType::symlink) return path + " 0777 " + owner + " -> " + target;
    char octal[8];
    std::snprintf(octal, sizeof octal, "%04o", mode);
    return path + " " + octal + " " + owner +
           (type == FileType::directory ? " dir"
            : type == FileType::socket  ? " socket"
                                        : "") +
           (acl.empty() ? "" : " acl " + acl);
  }
};

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  unsigned below(unsigned n) { return static_cast<unsigned>(engine_() % n); }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <class T>
  T one_of(std::initializer_list<T> items) {
    return items.begin()[below(static_cast<unsigned>(items.size()))];
  }
  unsigned uid() { return one_of({0U, 1001U, 1002U, 1003U}); }
  unsigned gid() { return one_of({0U, 2001U, 2002U, 2003U}); }

 private:
  std::mt19937 engine_;
};

std::string rwx(unsigned bits) {
  return {(bits & 4U) != 0 ? 'r' : '-', (bits & 2U) != 0 ? 'w' : '-', (bits & 1U) != 0 ? 'x' : '-'};
}

unsigned random_mode(Dice& dice, bool directory) {
  if (dice.chance(30)) return directory ? 0755 : 0644;
  unsigned mode = dice.below(01000);
  if (directory && dice.chance(60)) mode |= dice.one_of({0111U, 0011U, 0010U, 0001U, 0100U});
  if (directory && dice.chance(25)) mode |= 01000U;
  if (dice.chance(5)) mode |= 02000U;
  return mode;
}

std::string random_acl(Dice& dice, unsigned mode) {
  std::string text = "u::" + rwx(mode >> 6U) + ",g::" + rwx(dice.below(8));
  for (unsigned id = 1001; id <= 1003; ++id)
    if (dice.chance(35)) text += ",u:" + std::to_string(id) + ":" + rwx(dice.below(8));
  for (unsigned id = 2001; id <= 2003; ++id)
    if (dice.chance(35)) text += ",g:" + std::to_string(id) + ":" + rwx(dice.below(8));
  return text + ",m::" + rwx(dice.below(8)) + ",o::" + rwx(mode);
}

std::string random_path(Dice& dice, bool odd) {
  std::string path;
  for (auto n = 1 + dice.below(4); n > 0; --n) {
    path += "/";
    path += odd && dice.chance(12) ? dice.one_of<const char*>({"..", ".", ""})
                                   : dice.one_of<const char*>({"a", "b", "c", "d"});
  }
  return odd && dice.chance(5) ? path + "/" : path;
}

void add_below(Dice& dice, const std::string& directory, unsigned depth, std::vector<Spec>& specs) {
  for (const char* name : {"a", "b", "c", "d"}) {
    if (dice.chance(20)) continue;
    Spec spec;
    spec.path = directory + "/" + name;
    spec.uid = dice.uid();
    spec.gid = dice.gid();
    const auto kind = dice.below(10);
    if (kind < 5 && depth < 3) {
      spec.type = FileType::directory;
    } else if (kind == 5 || kind == 6) {
      spec.type = FileType::symlink;
      spec.target = dice.chance(50) ? random_path(dice, true) : random_path(dice, true).substr(1);
      if (spec.target.empty()) spec.target = ".";
    } else if (kind == 7) {
      spec.type = FileType::socket;
    }
    spec.mode = random_mode(dice, spec.type == FileType::directory);
    if (spec.type != FileType::symlink && dice.chance(35)) spec.acl = random_acl(dice, spec.mode);
    if (spec.type == FileType::directory && dice.chance(15))
      spec.default_acl = random_acl(dice, dice.below(01000));
    specs.push_back(spec);
    if (spec.type == FileType::directory) add_below(dice, spec.path, depth + 1, specs);
  }
}

int set_acl(const std::string& path, const std::string& text, acl_type_t type) {
  const acl_t acl = ::acl_from_text(text.c_str());
  const int result = acl == nullptr ? -1 : ::acl_set_file(path.c_str(), type, acl);
  ::acl_free(acl);
  return result;
}

// Throws where the disk refuses.
void put(const std::string& root, const Spec& spec) {
  const auto path = root + spec.path;
  const auto must = [&](int result) {
    if (result != 0) throw std::runtime_error(spec.line() + ": " + std::strerror(errno));
  };
  switch (spec.type) {
    case FileType::directory:
      must(::mkdir(path.c_str(), 0700));
      break;
    case FileType::symlink:
      must(::symlink(spec.target.c_str(), path.c_str()));
      return must(::lchown(path.c_str(), spec.uid, spec.gid));
    case FileType::socket:
      must(::mknod(path.c_str(), S_IFSOCK | 0600, 0));
      break;
    default:
      must(::mknod(path.c_str(), S_IFREG | 0600, 0));
  }
  must(::chown(path.c_str(), spec.uid, spec.gid));
  must(::chmod(path.c_str(), spec.mode));
  if (!spec.acl.empty()) must(set_acl(path, spec.acl, ACL_TYPE_ACCESS));
}

Principal random_principal(Dice& dice) {
  Principal who;
  who.uid = dice.one_of({1001U, 1002U, 1003U, 1001U, 1002U, 1003U, 0U});
  who.gid = dice.gid();
  for (unsigned id = 2001; id <= 2003; ++id)
    if (dice.chance(30)) who.groups.push_back(id);
  if (who.uid == 0 && dice.chance(70)) {
    who.capabilities = Capabilities::all();
    return who;
  }
  if (dice.chance(10)) who.capabilities.dac_read_search = true;
  if (dice.chance(10)) who.capabilities.dac_override = true;
  if (dice.chance(10)) who.capabilities.fowner = true;
  return who;
}

int sysctl(const char* name) {
  int value = 0;
  std::ifstream(std::string("/proc/sys/fs/protected_") + name) >> value;
  return value;
}

Protection protection_here() {
  return {sysctl("symlinks") != 0, sysctl("regular"), sysctl("fifos")};
}

unsigned from_environment(const char* name, unsigned otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : static_cast<unsigned>(std::atoi(value));
}

Question random_question(Dice& dice) {
  const auto operation = static_cast<Operation>(dice.below(8));
  const bool plain = operation == Operation::create || operation == Operation::replace;
  return {operation, random_path(dice, !plain), {}, dice.chance(40)};
}

// The questions asked about one tree; the answers differ nowhere, or the test has failed.
std::size_t compare(unsigned seed, const Protection& protection) {
  Dice dice(seed);
  std::vector<Spec> specs;
  add_below(dice, "", 0, specs);
  const test::TempDir directory;
  const auto root = directory.path().string();
  MemoryTree memory;
  memory.remove("/etc");
  std::string shown;
  for (const auto& spec : specs) {
    put(root, spec);
    memory.add(spec.line());
    shown += spec.line() + "\n";
  }
  // Only now: whatever is made in a directory with a default ACL would inherit it.
  for (const auto& spec : specs)
    if (!spec.default_acl.empty() && set_acl(root + spec.path, spec.default_acl, ACL_TYPE_DEFAULT))
      throw std::runtime_error("default ACL of " + spec.path + ": " + std::strerror(errno));
  const auto host = *HostTree::open(root);
  const auto who = random_principal(dice);
  const Accounts accounts;

  std::vector<Question> questions;
  std::vector<Verdict> verdicts;
  while (questions.size() < kQuestions) {
    auto question = random_question(dice);
    auto verdict = may(*host, accounts, who, question.operation, question.path, protection);
    const bool exists = host->lstat(verdict.path).error() == 0;
    const bool makes = question.operation == Operation::append && verdict && !exists;
    if (makes || question.operation == Operation::replace) question.made = verdict.path;
    // Renaming needs a file that is there, mkdir one that is not.
    if (question.operation == Operation::replace && !exists) continue;
    if (question.operation == Operation::create && exists) continue;
    if (question.operation == Operation::replace && question.other_call) {
      const auto stat = host->lstat(verdict.path);
      question.other_call = stat && stat->type != FileType::directory;
    }
    const auto twin = may(memory, accounts, who, question.operation, question.path, protection);
    EXPECT_EQ(twin.error, verdict.error) << question.path << "\n" << shown;
    EXPECT_EQ(twin.why, verdict.why) << question.path << "\n" << shown;
    questions.push_back(std::move(question));
    verdicts.push_back(std::move(verdict));
  }
  const auto answers = ask_kernel(root, who, questions);
  std::string groups;
  for (const auto gid : who.groups) groups += " " + std::to_string(gid);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(errno_name(verdicts[i].error), errno_name(answers[i]))
        << "model, then kernel: " << operation_name(questions[i].operation) << " "
        << questions[i].path << " as " << who.uid << ":" << who.gid << groups
        << " dac_override=" << who.capabilities.dac_override
        << " dac_read_search=" << who.capabilities.dac_read_search
        << " fowner=" << who.capabilities.fowner << "\n"
        << verdicts[i].component << ": " << verdicts[i].why << "\nseed " << seed << "\n"
        << shown;
  }
  return answers.size();
}

TEST(Kernel, AgreesAboutRandomTrees) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: the child takes on other users' ids";
  const auto first = from_environment("KERNEL_SEED", kFirstSeed);
  const auto trees = from_environment("KERNEL_TREES", kTrees);
  const auto protection = protection_here();
  std::size_t questions = 0;
  for (unsigned seed = first; seed < first + trees; ++seed) {
    questions += compare(seed, protection);
    if (testing::Test::HasFailure()) return;
  }
  std::printf("%u trees, %zu questions, no difference (protected_symlinks %d, _regular %d)\n",
              trees, questions, protection.symlinks ? 1 : 0, protection.regular);
}

}  // namespace
}  // namespace stackaudit::tree
