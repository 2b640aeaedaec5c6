// For tests that run programs: a temporary directory, and a child process with its output.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::test {

// A text with `directory` for each @ in it.
[[nodiscard]] std::string placed(const std::string& text, const std::string& directory);

// A directory of its own below the system's temporary directory, removed at the end. Mode 0755.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  // Writes a file below it, parents made; gives its absolute path.
  std::string write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

struct Output {
  int status = -1;  // exit status; 128 + signal
  std::string out, err;

  [[nodiscard]] std::string both() const { return out + err; }
};

// Runs a program found along PATH to its end, standard input empty. Throws std::runtime_error when
// it cannot be started or needs longer than a minute.
[[nodiscard]] Output run(const std::vector<std::string>& command);

// The same inside a network namespace of its own (unshare -n with loopback up) where the caller is
// root: for servers, which must never meet the machine's own ports.
[[nodiscard]] Output run_isolated(const std::vector<std::string>& command);

// Whether a program is on PATH. Truth tests fail, they do not skip, where a server is missing.
[[nodiscard]] bool installed(std::string_view program);

}  // namespace stackaudit::test
