// Answers by path in maps that are divided among locks, for readers that run in parallel. An
// answer is asked for outside the lock: two threads may ask once each, never wait for the disk.
#include "tree/caching_tree.hpp"

#include "tree/resolve.hpp"

#include <array>
#include <cerrno>
#include <functional>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace stackaudit::tree {
namespace {

constexpr std::size_t kShards = 16;

// A path with its hash, which is computed once for the choice of the lock and of the bucket.
struct Question {
  std::string_view path;
  std::size_t hash;
};
struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view path) const {
    return std::hash<std::string_view>{}(path);
  }
  std::size_t operator()(const Question& question) const { return question.hash; }
};
struct Equal {
  using is_transparent = void;
  bool operator()(std::string_view a, std::string_view b) const { return a == b; }
  bool operator()(const Question& a, std::string_view b) const { return a.path == b; }
  bool operator()(std::string_view a, const Question& b) const { return a == b.path; }
};

template <class T>
class Answers {
 public:
  template <class Ask>
  Result<T> get(std::string_view path, Ask ask) {
    const Question question{path, Hash{}(path)};
    auto& shard = shards_[question.hash >> 7U & (kShards - 1)];
    {
      const std::lock_guard lock(shard.mutex);
      if (const auto it = shard.known.find(question); it != shard.known.end()) return it->second;
    }
    Result<T> answer = ask();
    const std::lock_guard lock(shard.mutex);
    return shard.known.emplace(std::string(path), std::move(answer)).first->second;
  }

 private:
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, Result<T>, Hash, Equal> known;
  };
  std::array<Shard, kShards> shards_;
};

}  // namespace

struct CachingTree::Cache {
  Answers<Stat> stats;
  Answers<std::string> links;
  Answers<std::vector<std::string>> lists;
  Answers<std::string> directories;
  Answers<Acl> acls;
};

CachingTree::CachingTree(const Tree& under) : under_(under), cache_(std::make_unique<Cache>()) {}
CachingTree::~CachingTree() = default;

Result<Stat> CachingTree::lstat(std::string_view path) const {
  return cache_->stats.get(path, [&] { return under_.lstat(path); });
}

Result<std::string> CachingTree::read(std::string_view path, std::size_t limit) const {
  return under_.read(path, limit);
}

Result<std::string> CachingTree::readlink(std::string_view path) const {
  return cache_->links.get(path, [&] { return under_.readlink(path); });
}

Result<std::vector<std::string>> CachingTree::list(std::string_view path) const {
  return cache_->lists.get(path, [&] { return under_.list(path); });
}

Result<std::string> CachingTree::directory(std::string_view path) const {
  return cache_->directories.get(path, [&]() -> Result<std::string> {
    auto end = walk(*this, path);
    if (!end) return Error{end.error};
    if (end.stat.type != FileType::directory) return Error{ENOTDIR};
    return std::move(end.path);
  });
}

Result<Acl> CachingTree::acl(std::string_view path) const {
  return cache_->acls.get(path, [&] { return under_.acl(path); });
}

Result<std::uint64_t> CachingTree::file_capabilities(std::string_view path) const {
  return under_.file_capabilities(path);
}

}  // namespace stackaudit::tree
