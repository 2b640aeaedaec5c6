// libmagic behind one lock: its handle is not safe to share.
#include "tree/magic.hpp"

#include <magic.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>

namespace stackaudit::tree {
namespace {

constexpr std::size_t kLookAt = 64U << 10U;

struct Close {
  void operator()(magic_t cookie) const { magic_close(cookie); }
};

class Library {
 public:
  Library() : cookie_(magic_open(MAGIC_MIME)) {
    if (cookie_ && magic_load(cookie_.get(), nullptr) != 0) cookie_.reset();
  }

  std::optional<std::string> ask(std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (!cookie_) return std::nullopt;
    const char* answer = magic_buffer(cookie_.get(), bytes.data(), bytes.size());
    return answer != nullptr ? std::optional<std::string>(answer) : std::nullopt;
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<magic_set, Close> cookie_;
};

}  // namespace

Content identify(std::string_view bytes) {
  static Library library;
  bytes = bytes.substr(0, kLookAt);
  constexpr std::string_view kCharset = "; charset=";
  if (const auto answer = library.ask(bytes)) {
    const auto at = answer->find(kCharset);
    if (at != std::string::npos)
      return {answer->substr(0, at), answer->substr(at + kCharset.size())};
  }
  const bool binary = std::ranges::find(bytes, '\0') != bytes.end();
  return {"application/octet-stream", binary ? "binary" : "unknown-8bit"};
}

}  // namespace stackaudit::tree
