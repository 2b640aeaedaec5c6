// The shell runs the lines of jobs over scripts that note that they ran: those must be the files
// that the audit takes for run by root.
#include "stack/jobs/commands.hpp"
#include "support/process.hpp"
#include "tree/host_tree.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace stackaudit::stack {
namespace {

namespace fs = std::filesystem;

// @ is the root. Each runs in @/home.
const std::vector<std::string>& lines() {
  static const std::vector<std::string> list{
      "@/bin/a.sh",
      "cd @/bin && ./a.sh; cd @ && bin/b.sh",
      "sh @/bin/a.sh; bash -n @/bin/b.sh",
      "sh -c '@/bin/a.sh; @/bin/b.sh'",
      "sh -ec \"cd @/bin; ./a.sh\"; ./a.sh",
      ". @/bin/a.sh",
      "nice -n 10 cp @/bin/b.sh @/copy; nice -n 10 @/bin/a.sh",
      "timeout 5 @/bin/a.sh; env A=1 B=2 @/bin/b.sh",
      "flock -n @/lock @/bin/a.sh; flock @/lock -c '@/bin/b.sh'",
      "A=1 nohup @/bin/a.sh </dev/null >@/out 2>&1",
      "exec @/bin/a.sh",
      "if false; then :; elif grep -q nothing @/bin/b.sh; then :; else @/bin/a.sh; fi",
      "while ! cmp -s @/bin/a.sh @/bin/b.sh; do @/bin/a.sh; break; done",
      "case x in x) @/bin/a.sh;; *) cp @/bin/b.sh @/copy;; esac",
      "{ cp @/bin/b.sh @/copy; @/bin/a.sh; }; ( @/bin/b.sh )",
      "cp -p \\\n  @/bin/b.sh \\\n  @/copy\n@/bin/a.sh",
      "cat <<END > @/out\n@/bin/b.sh\nEND\n@/bin/a.sh # @/bin/b.sh",
      "grep x 2>/dev/null @/bin/b.sh; @/bin/a.sh 2>&1",
      "echo \"$(@/bin/a.sh) @/bin/b.sh\"; x=`@/bin/b.sh`",
      "echo '$(@/bin/b.sh)'; echo $((1 + 2)); @/bin/a.sh",
      "P=@/bin/a.sh; $P; D=@/bin; \"${D}/b.sh\"; cp \"$P\" @/copy",
      "[ -x @/bin/b.sh ] && @/bin/a.sh",
      "for f in @/data/*; do wc -l \"$f\"; done; for f in @/parts/*; do sh \"$f\"; done",
      "find @/data -type f -exec wc -l {} +; find @/parts -name '*.sh' -exec sh {} \\;",
      "find @/parts -type f -exec {} \\;",
      "printf x | xargs @/bin/a.sh; printf @/bin/b.sh | xargs -n 1 wc -l",
      "trap '@/bin/a.sh' EXIT; @/bin/b.sh",
      "ls @/bin | head -1 && setsid -w @/bin/a.sh",
      "echo \"run ; @/bin/b.sh\"; echo 'then (@/bin/b.sh)'; @/bin/a.sh",
      "awk '{print}' @/bin/b.sh >/dev/null; sed -n 1p @/bin/b.sh; @/bin/a.sh",
      "su -s /bin/sh nobody -c '@/bin/b.sh'; @/bin/a.sh",
      "su -c '@/bin/a.sh'; runuser -u root -- @/bin/b.sh",
      "cd @/bin || exit 1\n./a.sh || true\nexit 0"};
  return list;
}

std::string with(std::string text, const std::string& root) {
  for (auto at = text.find('@'); at != std::string::npos; at = text.find('@', at + root.size()))
    text.replace(at, 1, root);
  return text;
}

void write_script(const test::TempDir& directory, const std::string& name,
                  const std::string& root) {
  const auto path = directory.write(
      name, "#!/bin/sh\necho " + root + "/" + name + " >> " + root + "/log 2>/dev/null\n:\n");
  fs::permissions(path, fs::perms{0755});
}

std::set<std::string> words_of(const std::string& path) {
  std::ifstream file(path);
  std::set<std::string> words;
  for (std::string word; file >> word;) words.insert(word);
  return words;
}

// Of a directory all that it has.
std::set<std::string> foretold(const std::string& text, const std::string& root) {
  const auto tree = tree::HostTree::open("/");
  if (!tree) return {};
  std::set<std::string> found;
  for (const auto& run : run_by(**tree, text, {root + "/home", {}})) {
    if (!run.executed || !run.path.starts_with(root)) continue;
    if (!run.directory) found.insert(run.path);
    if (run.directory)
      for (const auto& entry : fs::directory_iterator(run.path)) found.insert(entry.path());
  }
  return found;
}

TEST(CommandsTruth, TheShellRunsWhatIsForetold) {
  if (!test::installed("bash") || !test::installed("flock"))
    GTEST_SKIP() << "bash or flock is not installed";
  for (const auto& line : lines()) {
    const test::TempDir directory;
    const auto root = fs::canonical(directory.path()).string();
    fs::permissions(root, fs::perms{0755});
    for (const auto* name : {"bin/a.sh", "bin/b.sh", "parts/one.sh", "parts/two.sh"})
      write_script(directory, name, root);
    directory.write("data/x.txt", "x\n");
    directory.write("home/.keep", "");
    const auto text = with(line, root);
    const auto said =
        test::run({"sh", "-c", "cd \"$0\" && exec sh -c \"$1\"", root + "/home", text});
    EXPECT_EQ(foretold(text, root), words_of(root + "/log")) << line << "\n" << said.both();
  }
}

}  // namespace
}  // namespace stackaudit::stack
