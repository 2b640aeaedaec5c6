// Golden tests: the program itself runs over small roots and says, to the byte, what is on file.
// UPDATE_GOLDEN=1 in the environment writes the files anew; read the difference before it is
// committed. A case is a folder:
//   root/       the files, 0644 root:root in directories 0755 root:root
//   modes       what differs, and what cannot be in version control; a line each:
//                 /etc/nginx/nginx.conf 0600 www-data:www-data
//                 /var/empty 0711 root:root dir
//                 /etc/nginx/huge.conf 0644 root:root sparse 1G
//                 /etc/nginx/sites-enabled/a -> ../sites-available/a
//   arguments   words for the program, one a line; @CASE@ is the folder; without the file: /etc
//   expected.txt, expected.json
#include "support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace stackaudit::test {
namespace {

namespace fs = std::filesystem;

fs::path cases() {
  return fs::path(STACKAUDIT_SOURCE_DIR) / "tests/golden";
}

std::string slurp(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(cases()))
    if (entry.is_directory()) names.push_back(entry.path().filename());
  std::ranges::sort(names);
  return names;
}

// The number of a name in the root's passwd or group: NAME:x:NUMBER:...
unsigned id_of(const fs::path& table, const std::string& name) {
  for (const auto& line : lines_of(table))
    if (line.starts_with(name + ":"))
      return static_cast<unsigned>(std::stoul(line.substr(line.find(':', name.size() + 1) + 1)));
  return static_cast<unsigned>(std::stoul(name));
}

class Root {
 public:
  explicit Root(const fs::path& folder) {
    fs::copy(folder / "root", path(),
             fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    for (const auto& entry : fs::recursive_directory_iterator(path())) {
      if (entry.is_symlink()) continue;
      ::chmod(entry.path().c_str(), entry.is_directory() ? 0755 : 0644);
      EXPECT_EQ(::lchown(entry.path().c_str(), 0, 0), 0);
    }
    for (const auto& line : lines_of(folder / "modes")) apply(line);
  }

  [[nodiscard]] fs::path path() const { return dir_.path(); }

 private:
  void apply(const std::string& line) {
    std::istringstream words(line);
    std::string name, mode, owners, type, size;
    words >> name >> mode >> owners >> type >> size;
    const auto file = path() / name.substr(1);
    fs::create_directories(file.parent_path());
    if (mode == "->") return fs::create_symlink(owners, file);
    if (type == "dir") fs::create_directories(file);
    if (type == "sparse") {
      std::ofstream(file).close();
      fs::resize_file(file, std::stoull(size) << 30U);
    }
    const auto colon = owners.find(':');
    EXPECT_EQ(::lchown(file.c_str(), id_of(path() / "etc/passwd", owners.substr(0, colon)),
                       id_of(path() / "etc/group", owners.substr(colon + 1))),
              0)
        << line;
    EXPECT_EQ(::chmod(file.c_str(), static_cast<mode_t>(std::stoul(mode, nullptr, 8))), 0) << line;
  }

  TempDir dir_;
};

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// Everything that a run shows, with what differs from machine to machine taken out.
std::string transcript(const fs::path& folder, const fs::path& root, const std::string& format) {
  std::vector<std::string> command{STACKAUDIT_BINARY, "--root", root, "--format", format};
  auto arguments = lines_of(folder / "arguments");
  if (arguments.empty()) arguments = {"/etc"};
  for (auto& word : arguments) {
    replace_all(word, "@CASE@", folder.string());
    command.push_back(word);
  }
  const auto output = run(command);
  auto text = output.out;
  if (!output.err.empty()) text += "--- standard error\n" + output.err;
  text += "--- exit status " + std::to_string(output.status) + "\n";
  auto version = run({STACKAUDIT_BINARY, "--version"}).out.substr(11);
  version.pop_back();
  replace_all(text, root.string(), "ROOT");
  replace_all(text, folder.string(), "CASE");
  replace_all(text, "\"version\": \"" + version + "\"", "\"version\": \"VERSION\"");
  return text;
}

// What the case's queries answer, a line of the file each, as a session in a terminal.
std::string answers(const fs::path& folder, const fs::path& root) {
  std::string text;
  for (const auto& query : lines_of(folder / "queries")) {
    const auto output = run({STACKAUDIT_BINARY, "query", query, "--root", root});
    text += (text.empty() ? "$ stackaudit query \"" : "\n$ stackaudit query \"") + query + "\"\n" +
            output.out + output.err;
  }
  return text;
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, SaysWhatIsOnFile) {
  if (::geteuid() != 0) GTEST_SKIP() << "the roots have owners, which only root can give";
  const auto folder = cases() / GetParam();
  const Root root(folder);
  for (const auto& [format, name] :
       {std::pair("text", "expected.txt"), std::pair("json", "expected.json")}) {
    const auto shown = transcript(folder, root.path(), format);
    if (std::getenv("UPDATE_GOLDEN") != nullptr)
      std::ofstream(folder / name, std::ios::binary) << shown;
    EXPECT_EQ(shown, slurp(folder / name)) << name;
    EXPECT_EQ(shown, transcript(folder, root.path(), format)) << "a second run differs";
  }
  if (!fs::exists(folder / "queries")) return;
  const auto shown = answers(folder, root.path());
  if (std::getenv("UPDATE_GOLDEN") != nullptr)
    std::ofstream(folder / "answers.txt", std::ios::binary) << shown;
  EXPECT_EQ(shown, slurp(folder / "answers.txt"));
}

std::string name_of(const testing::TestParamInfo<std::string>& test) {
  auto name = test.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(case_names()), name_of);

}  // namespace
}  // namespace stackaudit::test
