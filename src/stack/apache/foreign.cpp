// A command table (http_config.h) points at the names of its directives, C strings among the
// module's others. Linkers let a string begin in the middle of a longer one, so the end decides.
#include "stack/apache/foreign.hpp"

#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <elf.h>

namespace stackaudit::stack::apache {
namespace {

constexpr std::size_t kModuleLimit = 64U << 20U;
constexpr std::size_t kShortest = 3;  // name that a directive has: "Use"

// Of an ELF file; empty of any other.
std::string bytes_of(const tree::Tree& tree, const std::string& path) {
  auto bytes = tree::read_file(tree, path, kModuleLimit);
  if (!bytes || !bytes->starts_with(std::string_view(ELFMAG, SELFMAG))) return {};
  return std::move(*bytes);
}

std::string strings_of(const tree::Tree& tree, const std::vector<std::string>& paths) {
  std::string all;
  for (const auto& path : paths) {
    const auto bytes = bytes_of(tree, path);
    if (bytes.empty()) return {};
    all += text::lower(bytes);
  }
  return all;
}

}  // namespace

bool lacks_symbol(const tree::Tree& tree, const std::string& path, std::string_view name) {
  const auto bytes = bytes_of(tree, path);
  return !bytes.empty() && bytes.find('\0' + std::string(name) + '\0') == std::string::npos;
}

void ForeignModules::add(std::string path) {
  paths_.push_back(std::move(path));
  bytes_.reset();
  answers_.clear();
}

std::optional<bool> ForeignModules::has(const tree::Tree& tree, std::string_view directive) const {
  if (paths_.empty() || directive.size() < kShortest) return false;
  if (!bytes_) bytes_ = strings_of(tree, paths_);
  if (bytes_->empty()) return std::nullopt;
  auto name = text::lower(directive);
  name += '\0';
  const auto [it, fresh] = answers_.try_emplace(name, false);
  if (fresh) it->second = bytes_->find(name) != std::string::npos;
  return it->second;
}

}  // namespace stackaudit::stack::apache
