// Nodes by canonical path in a sorted map, so that a directory's names lie side by side.
#include "tree/memory_tree.hpp"

#include "text/mode.hpp"
#include "tree/accounts.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <sstream>
#include <stdexcept>

namespace stackaudit::tree {
namespace {

constexpr std::string_view kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
constexpr std::string_view kGroup = "root:x:0:\ndaemon:x:1:\nwww-data:x:33:\nnogroup:x:65534:\n";

[[noreturn]] void refuse(std::string_view line, std::string_view why) {
  throw std::invalid_argument("tree line \"" + std::string(line) + "\": " + std::string(why));
}

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> user_id(const Accounts& accounts, std::string_view text) {
  if (const auto* user = accounts.user(text)) return user->uid;
  return number(text);
}

std::optional<std::uint32_t> group_id(const Accounts& accounts, std::string_view text) {
  if (const auto* group = accounts.group(text)) return group->gid;
  return number(text);
}

std::optional<FileType> type_of(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, FileType>, 6> kTypes{
      {{"file", FileType::regular},
       {"dir", FileType::directory},
       {"socket", FileType::socket},
       {"fifo", FileType::fifo},
       {"char", FileType::char_device},
       {"block", FileType::block_device}}};
  const auto* it = std::ranges::find(kTypes, word, [](const auto& type) { return type.first; });
  return it == kTypes.end() ? std::nullopt : std::optional{it->second};
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::uint8_t rights(std::string_view text, std::string_view line) {
  unsigned bits = 0;
  for (const char c : text) {
    if (c == 'r') {
      bits |= 4U;
    } else if (c == 'w') {
      bits |= 2U;
    } else if (c == 'x') {
      bits |= 1U;
    } else if (c != '-') {
      refuse(line, "rights are made of r, w, x and -");
    }
  }
  return static_cast<std::uint8_t>(bits);
}

AclEntry acl_entry(const std::string& text, const Accounts& accounts, std::string_view line) {
  using Tag = AclEntry::Tag;
  const auto parts = split(text, ':');
  if (parts.size() != 3) refuse(line, "an ACL entry is TAG:NAME:RIGHTS");
  const bool named = !parts[1].empty();
  AclEntry entry;
  entry.rights = rights(parts[2], line);
  std::optional<std::uint32_t> id = 0;
  if (parts[0] == "u" || parts[0] == "user") {
    entry.tag = named ? Tag::user : Tag::user_owner;
    if (named) id = user_id(accounts, parts[1]);
  } else if (parts[0] == "g" || parts[0] == "group") {
    entry.tag = named ? Tag::group : Tag::group_owner;
    if (named) id = group_id(accounts, parts[1]);
  } else if ((parts[0] == "m" || parts[0] == "mask") && !named) {
    entry.tag = Tag::mask;
  } else if ((parts[0] == "o" || parts[0] == "other") && !named) {
    entry.tag = Tag::other;
  } else {
    refuse(line, "an ACL entry starts with u, g, m or o");
  }
  if (!id) refuse(line, "no such account: " + parts[1]);
  entry.id = *id;
  return entry;
}

// Completes the entries as setfacl(1) does from the mode, and the mode from the entries.
Acl complete_acl(Acl acl, std::uint32_t& mode) {
  using Tag = AclEntry::Tag;
  const auto find = [&](Tag tag) { return std::ranges::find(acl, tag, &AclEntry::tag); };
  const auto add = [&](Tag tag, std::uint32_t bits) {
    if (find(tag) == acl.end()) acl.push_back({tag, 0, static_cast<std::uint8_t>(bits & 7U)});
  };
  add(Tag::user_owner, mode >> 6U);
  add(Tag::group_owner, mode >> 3U);
  add(Tag::other, mode);
  std::uint32_t group_class = 0;
  for (const auto& entry : acl)
    if (entry.tag == Tag::user || entry.tag == Tag::group || entry.tag == Tag::group_owner)
      group_class |= entry.rights;
  add(Tag::mask, group_class);
  std::ranges::stable_sort(acl, {}, [](const AclEntry& e) { return std::pair{e.tag, e.id}; });
  mode = (mode & 07000U) | static_cast<std::uint32_t>(find(Tag::user_owner)->rights << 6) |
         static_cast<std::uint32_t>(find(Tag::mask)->rights << 3) | find(Tag::other)->rights;
  return acl;
}

}  // namespace

MemoryTree::MemoryTree() {
  Node root;
  root.stat.type = FileType::directory;
  root.stat.mode = 0755;
  root.stat.inode = 1;
  nodes_.emplace("/", root);
  add("/etc/passwd 0644 0:0", kPasswd);
  add("/etc/group 0644 0:0", kGroup);
}

void MemoryTree::add(std::string_view line, std::string_view content) {
  const bool accounts_known = nodes_.contains("/etc/passwd") || nodes_.contains("/etc/group");
  const auto accounts = accounts_known ? Accounts::load(*this) : Accounts{};
  Node node;
  std::string path;
  if (const auto arrow = line.find(" -> "); arrow != std::string_view::npos) {
    path = line.substr(0, arrow);
    node.stat.type = FileType::symlink;
    node.stat.mode = 0777;
    node.content = line.substr(arrow + 4);
    if (const auto owned = path.find(" 0777 "); owned != std::string::npos) {
      const auto ids = split(path.substr(owned + 6), ':');
      const auto uid = ids.size() == 2 ? user_id(accounts, ids[0]) : std::nullopt;
      const auto gid = ids.size() == 2 ? group_id(accounts, ids[1]) : std::nullopt;
      if (!uid || !gid) refuse(line, "the owner is not USER:GROUP");
      node.stat.uid = *uid;
      node.stat.gid = *gid;
      path.resize(owned);
    }
  } else {
    std::istringstream words{std::string(line)};
    std::string mode, owner, word;
    if (!(words >> path >> mode >> owner)) refuse(line, "PATH MODE OWNER:GROUP are needed");
    const auto ids = split(owner, ':');
    const auto bits = text::read_octal(mode);
    if (!bits) refuse(line, "the mode is not octal");
    if (ids.size() != 2) refuse(line, "the owner is not USER:GROUP");
    const auto uid = user_id(accounts, ids[0]);
    const auto gid = group_id(accounts, ids[1]);
    if (!uid || !gid) refuse(line, "no such account: " + owner);
    node.stat.mode = *bits;
    node.stat.uid = *uid;
    node.stat.gid = *gid;
    node.content = content;
    while (words >> word) {
      if (word == "acl") {
        if (!(words >> word)) refuse(line, "acl needs its entries");
        Acl acl;
        for (const auto& entry : split(word, ',')) acl.push_back(acl_entry(entry, accounts, line));
        node.acl = complete_acl(std::move(acl), node.stat.mode);
      } else if (word == "caps") {
        if (!(words >> word)) refuse(line, "caps needs its numbers");
        for (const auto& bit : split(word, ',')) {
          const auto capability = number(bit);
          if (!capability || *capability > 63) refuse(line, "no such capability: " + bit);
          node.capabilities |= std::uint64_t{1} << *capability;
        }
      } else if (const auto type = type_of(word)) {
        node.stat.type = *type;
      } else {
        refuse(line, "unknown word " + word);
      }
    }
  }
  if (path.size() < 2 || normalize(path) != path) refuse(line, "the path is not canonical");
  if (node.stat.type == FileType::directory) node.content.clear();
  for (auto parent = dirname(path);; parent = dirname(parent)) {
    const auto it = nodes_.find(parent);
    if (it != nodes_.end() && it->second.stat.type != FileType::directory)
      refuse(line, "a parent is not a directory");
    if (it != nodes_.end()) break;
    Node directory;
    directory.stat.type = FileType::directory;
    directory.stat.mode = 0755;
    directory.stat.inode = nodes_.size() + 1;
    nodes_.emplace(parent, directory);
  }
  node.stat.size = node.content.size();
  node.stat.inode = nodes_.size() + 1;
  nodes_.insert_or_assign(path, std::move(node));
}

void MemoryTree::remove(std::string_view path) {
  std::erase_if(nodes_, [&](const auto& node) { return is_within(node.first, path); });
}

Result<Stat> MemoryTree::lstat(std::string_view path) const {
  if (const auto it = nodes_.find(path); it != nodes_.end()) return it->second.stat;
  for (auto parent = dirname(path); path.starts_with('/'); parent = dirname(parent)) {
    const auto it = nodes_.find(parent);
    if (it == nodes_.end()) continue;
    if (it->second.stat.type == FileType::directory) return Error{ENOENT};
    return Error{it->second.stat.type == FileType::symlink ? ELOOP : ENOTDIR};
  }
  return Error{ENOENT};
}

Result<std::string> MemoryTree::read(std::string_view path, std::size_t limit) const {
  const auto stat = lstat(path);
  if (!stat) return Error{stat.error()};
  if (stat->type == FileType::directory) return Error{EISDIR};
  if (stat->type == FileType::symlink) return Error{ELOOP};
  if (stat->type != FileType::regular) return Error{ENXIO};
  const auto& content = nodes_.find(path)->second.content;
  if (content.size() > limit) return Error{EFBIG};
  return content;
}

Result<std::string> MemoryTree::readlink(std::string_view path) const {
  const auto stat = lstat(path);
  if (!stat) return Error{stat.error()};
  if (stat->type != FileType::symlink) return Error{EINVAL};
  return nodes_.find(path)->second.content;
}

Result<std::vector<std::string>> MemoryTree::list(std::string_view path) const {
  const auto stat = lstat(path);
  if (!stat) return Error{stat.error()};
  if (stat->type != FileType::directory) return Error{ENOTDIR};
  const std::string prefix = path == "/" ? "/" : std::string(path) + "/";
  std::vector<std::string> names;
  for (auto it = nodes_.upper_bound(prefix); it != nodes_.end() && it->first.starts_with(prefix);
       ++it) {
    const auto name = std::string_view(it->first).substr(prefix.size());
    if (name.find('/') == std::string_view::npos) names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Result<Acl> MemoryTree::acl(std::string_view path) const {
  const auto it = nodes_.find(path);
  if (it == nodes_.end()) return Error{lstat(path).error()};
  return it->second.acl;
}

Result<std::uint64_t> MemoryTree::file_capabilities(std::string_view path) const {
  const auto it = nodes_.find(path);
  return it == nodes_.end() ? std::uint64_t{0} : it->second.capabilities;
}

}  // namespace stackaudit::tree
