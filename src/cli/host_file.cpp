// System calls instead of streams, because every failure has to be told with its errno.
#include "cli/host_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace stackaudit::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLimit = 4U << 20U;
constexpr int kAttempts = 100;  // to find a free name for the temporary file

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int close() {
    const int closed = ::close(fd_) == 0 ? 0 : errno;
    fd_ = -1;
    return closed;
  }

 private:
  int fd_;
};

int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const auto written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int write_new_file(const std::string& name, std::string_view content, int fd) {
  Descriptor file(fd);
  int error = write_all(file.get(), content);
  if (error == 0 && ::fsync(file.get()) != 0 && errno != EINVAL && errno != EROFS) error = errno;
  if (const int closed = file.close(); error == 0) error = closed;
  if (error != 0) ::unlink(name.c_str());
  return error;
}

int write_beside(const std::string& path, std::string_view content) {
  const auto stem = path + "." + std::to_string(::getpid());
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const auto name = stem + "." + std::to_string(attempt) + ".tmp";
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0 && errno == EEXIST) continue;
    if (fd < 0) return errno;
    if (const int error = write_new_file(name, content, fd); error != 0) return error;
    if (::rename(name.c_str(), path.c_str()) == 0) return 0;
    const int error = errno;
    ::unlink(name.c_str());
    return error;
  }
  return EEXIST;
}

tree::Result<rules::RuleSource> rule_at(const fs::path& toml) {
  rules::RuleSource source;
  source.name = toml.string();
  source.markdown_name = fs::path(toml).replace_extension(".md").string();
  auto text = read_host_file(source.name);
  if (!text) return tree::Error{text.error()};
  source.toml = *std::move(text);
  auto page = read_host_file(source.markdown_name);
  if (!page && page.error() != ENOENT) return tree::Error{page.error()};
  if (page) source.markdown = *std::move(page);
  return source;
}

}  // namespace

tree::Result<std::string> read_host_file(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return tree::Error{errno};
  std::string content;
  std::string buffer(1U << 16U, '\0');
  for (;;) {
    const auto got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tree::Error{errno};
    if (got == 0) return content;
    if (content.size() + static_cast<std::size_t>(got) > kLimit) return tree::Error{EFBIG};
    content.append(buffer, 0, static_cast<std::size_t>(got));
  }
}

tree::Result<std::vector<rules::RuleSource>> rules_in(const std::string& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  if (fs::is_regular_file(folder, error)) {
    files.emplace_back(folder);
  } else {
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error))
      if (it->path().extension() == ".toml" && it->path().filename() != "incidents.toml")
        files.push_back(it->path());
    if (error) return tree::Error{error.value()};
  }
  std::ranges::sort(files);
  std::vector<rules::RuleSource> sources;
  for (const auto& file : files) {
    auto source = rule_at(file);
    if (!source) return tree::Error{source.error()};
    sources.push_back(*std::move(source));
  }
  return sources;
}

int write_host_file(const std::string& path, std::string_view content) {
  struct stat what {};
  if (::stat(path.c_str(), &what) == 0 && !S_ISREG(what.st_mode)) {
    if (S_ISDIR(what.st_mode)) return EISDIR;
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) return errno;
    const int error = write_all(file.get(), content);
    const int closed = file.close();
    return error != 0 ? error : closed;
  }
  std::error_code error;
  const auto target =
      fs::is_symlink(path, error) ? fs::weakly_canonical(path, error).string() : path;
  return error ? error.value() : write_beside(target, content);
}

}  // namespace stackaudit::cli
