// Asks another tree each question once: one lstat, readlink, list and acl per path and audit,
// and where a directory's path leads.
// Contents are not kept; SourceMap does that.
#pragma once

#include "tree/tree.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace stackaudit::tree {

class CachingTree final : public Tree {
 public:
  explicit CachingTree(const Tree& under);
  ~CachingTree() override;

  Result<Stat> lstat(std::string_view path) const override;
  Result<std::string> read(std::string_view path, std::size_t limit) const override;
  Result<std::string> readlink(std::string_view path) const override;
  Result<std::vector<std::string>> list(std::string_view path) const override;
  Result<std::string> directory(std::string_view path) const override;
  Result<Acl> acl(std::string_view path) const override;
  Result<std::uint64_t> file_capabilities(std::string_view path) const override;

 private:
  struct Cache;
  const Tree& under_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace stackaudit::tree
