// Names and words of errno values, straight from the C library's untranslated tables.
#include "tree/result.hpp"

#include "tree/unmounted_tree.hpp"

#include <cctype>
#include <cstring>

namespace stackaudit::tree {

bool is_unseen(int code) {
  return code == EACCES || code == EPERM || code == kNotInFragment || code == kNotMounted;
}

std::string errno_name(int code) {
  const char* name = strerrorname_np(code);
  return name != nullptr ? name : "errno " + std::to_string(code);
}

std::string errno_words(int code) {
  if (code == kNotInFragment) return "not in this part of a root";
  if (code == kNotMounted) return "on a file system that is not mounted here";
  const char* words = strerrordesc_np(code);
  if (words == nullptr) return "error " + std::to_string(code);
  std::string text = words;
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

}  // namespace stackaudit::tree
