// libacl's entries, which are asked for one by one, as values.
#include "tree/posix_acl.hpp"

#include <acl/libacl.h>
#include <cerrno>
#include <cstdint>
#include <sys/acl.h>

namespace stackaudit::tree {
namespace {

std::uint8_t rights_of(acl_entry_t entry) {
  acl_permset_t set = nullptr;
  unsigned rights = 0;
  if (::acl_get_permset(entry, &set) != 0) return 0;
  if (::acl_get_perm(set, ACL_READ) == 1) rights |= 4U;
  if (::acl_get_perm(set, ACL_WRITE) == 1) rights |= 2U;
  if (::acl_get_perm(set, ACL_EXECUTE) == 1) rights |= 1U;
  return static_cast<std::uint8_t>(rights);
}

AclEntry to_entry(acl_entry_t entry) {
  AclEntry out;
  acl_tag_t tag = ACL_UNDEFINED_TAG;
  ::acl_get_tag_type(entry, &tag);
  switch (tag) {
    case ACL_USER_OBJ:
      out.tag = AclEntry::Tag::user_owner;
      break;
    case ACL_USER:
      out.tag = AclEntry::Tag::user;
      break;
    case ACL_GROUP_OBJ:
      out.tag = AclEntry::Tag::group_owner;
      break;
    case ACL_GROUP:
      out.tag = AclEntry::Tag::group;
      break;
    case ACL_MASK:
      out.tag = AclEntry::Tag::mask;
      break;
    default:
      break;
  }
  if (tag == ACL_USER || tag == ACL_GROUP) {
    void* qualifier = ::acl_get_qualifier(entry);
    if (qualifier != nullptr) out.id = *static_cast<std::uint32_t*>(qualifier);
    ::acl_free(qualifier);
  }
  out.rights = rights_of(entry);
  return out;
}

Acl to_acl(acl_t acl) {
  Acl out;
  acl_entry_t entry = nullptr;
  for (int which = ACL_FIRST_ENTRY; ::acl_get_entry(acl, which, &entry) == 1;
       which = ACL_NEXT_ENTRY)
    out.push_back(to_entry(entry));
  return out;
}

Result<Acl> acl_of(acl_t acl) {
  if (acl == nullptr) {
    if (errno == ENOTSUP || errno == ENODATA) return Acl{};
    return Error{errno};
  }
  auto entries = to_acl(acl);
  ::acl_free(acl);
  // Three entries are the mode bits: a directory of which only the default ACL says more.
  if (entries.size() <= 3) return Acl{};
  return entries;
}

}  // namespace

Result<Acl> acl_by_name(const std::string& name) {
  const int extended = ::acl_extended_file(name.c_str());
  if (extended == 0 || (extended < 0 && errno == ENOTSUP)) return Acl{};
  if (extended < 0) return Error{errno};
  return acl_of(::acl_get_file(name.c_str(), ACL_TYPE_ACCESS));
}

Result<Acl> acl_of_open(int fd) {
  if (::acl_extended_fd(fd) != 1) return Acl{};
  return acl_of(::acl_get_fd(fd));
}

}  // namespace stackaudit::tree
