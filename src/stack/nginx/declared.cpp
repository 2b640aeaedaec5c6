// nginx's tables are arrays of structures that begin with an ngx_str_t: a length and a pointer to
// as many characters. In a shared object or a position-independent program the pointers stand in
// the relocations, elsewhere in the data itself; both are looked at. The word behind the name is,
// of a command, its type: contexts above, arguments below (ngx_conf_file.h).
#include "stack/nginx/declared.hpp"

#include <algorithm>
#include <cstring>
#include <elf.h>
#include <map>
#include <optional>
#include <vector>

namespace stackaudit::stack::nginx {
namespace {

constexpr std::uint64_t kContexts = 0xff000000, kArguments = 0x1fff, kDirect = 0x00010000;
constexpr std::size_t kLongestName = 64, kShortestSignature = 24;

template <class T>
std::optional<T> at(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// A 64-bit ELF file as its addresses see it.
class Image {
 public:
  explicit Image(std::string_view bytes) : bytes_(bytes) {
    const auto header = at<Elf64_Ehdr>(bytes, 0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB)
      return;
    for (std::uint64_t i = 0; i < header->e_phnum; ++i)
      if (const auto segment =
              at<Elf64_Phdr>(bytes, header->e_phoff + i * std::uint64_t{header->e_phentsize});
          segment && segment->p_type == PT_LOAD)
        segments_.push_back(*segment);
    for (std::uint64_t i = 0; i < header->e_shnum; ++i)
      if (const auto section =
              at<Elf64_Shdr>(bytes, header->e_shoff + i * std::uint64_t{header->e_shentsize}))
        take(*section);
  }

  // Address of a pointer to the address that it holds.
  [[nodiscard]] const std::map<std::uint64_t, std::uint64_t>& pointers() const { return pointers_; }

  [[nodiscard]] std::optional<std::uint64_t> word(std::uint64_t address) const {
    const auto offset = offset_of(address);
    return offset ? at<std::uint64_t>(bytes_, *offset) : std::nullopt;
  }

  // The C string at the address.
  [[nodiscard]] std::string_view text(std::uint64_t address) const {
    const auto offset = offset_of(address);
    if (!offset || *offset > bytes_.size()) return {};  // of a file that was cut off
    const auto rest = bytes_.substr(*offset, kLongestName * 4);
    return rest.substr(0, std::min(rest.find('\0'), rest.size()));
  }

 private:
  [[nodiscard]] std::optional<std::uint64_t> offset_of(std::uint64_t address) const {
    for (const auto& segment : segments_)
      if (address >= segment.p_vaddr && address - segment.p_vaddr < segment.p_filesz)
        return segment.p_offset + (address - segment.p_vaddr);
    return std::nullopt;
  }

  void take(const Elf64_Shdr& section) {
    if (section.sh_offset > bytes_.size() || section.sh_size > bytes_.size() - section.sh_offset)
      return;
    if (section.sh_type == SHT_RELA) {
      for (std::uint64_t i = 0; i + sizeof(Elf64_Rela) <= section.sh_size; i += sizeof(Elf64_Rela))
        if (const auto entry = at<Elf64_Rela>(bytes_, section.sh_offset + i);
            entry && ELF64_R_SYM(entry->r_info) == 0 && entry->r_addend > 0)
          pointers_[entry->r_offset] = static_cast<std::uint64_t>(entry->r_addend);
    } else if (section.sh_type == SHT_PROGBITS && (section.sh_flags & SHF_WRITE) != 0) {
      for (std::uint64_t i = 0; i + 8 <= section.sh_size; i += 8)
        if (const auto value = at<std::uint64_t>(bytes_, section.sh_offset + i);
            value && *value != 0 && offset_of(*value))
          pointers_.try_emplace(section.sh_addr + i, *value);
    }
  }

  std::string_view bytes_;
  std::vector<Elf64_Phdr> segments_;
  std::map<std::uint64_t, std::uint64_t> pointers_;
};

bool is_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char ch) {
    return (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '_';
  });
}

bool is_command_type(std::uint64_t type) {
  return (type & ~(kContexts | kArguments | kDirect)) == 0 && (type & kContexts) != 0 &&
         (type & kArguments) != 0;
}

// "8,4,8,0111010111001110101111000110": sizes and features.
bool is_signature(std::string_view text) {
  return text.size() >= kShortestSignature && text.starts_with("8,") &&
         text.find_first_not_of("0123456789,") == std::string_view::npos;
}

bool holds_string(std::string_view bytes, std::string_view name) {
  std::string wanted(name);
  wanted += '\0';
  return bytes.find(wanted) != std::string_view::npos;
}

}  // namespace

Declared::Declared(std::string bytes) : bytes_(std::move(bytes)) {
  read_tables();
  if (exact()) std::string().swap(bytes_);
}

void Declared::read_tables() {
  const Image image(bytes_);
  for (const auto& [address, target] : image.pointers()) {
    const auto text = image.text(target);
    if (is_signature(text)) {
      signature_ = text;
      version_ = static_cast<std::int64_t>(image.word(address - 8).value_or(0));
      continue;
    }
    const auto length = image.word(address - 8).value_or(0);
    if (length == 0 || length > kLongestName || text.size() < length) continue;
    const auto name = text.substr(0, length);
    if (!is_name(name)) continue;
    const bool command = !image.pointers().contains(address + 8) &&
                         is_command_type(image.word(address + 8).value_or(0));
    (command ? directives_ : names_).emplace(name);
  }
  if (directives_.empty()) names_.clear();
}

bool Declared::may_know(std::string_view name) const {
  if (exact()) return names_.contains(name) || directives_.contains(name);
  if (bytes_.empty()) return true;
  const std::lock_guard lock(asked_->mutex);
  const auto [it, fresh] = asked_->answers.try_emplace(std::string(name), false);
  if (fresh) it->second = holds_string(bytes_, name);
  return it->second;
}

bool Declared::may_define(std::string_view variable) const {
  return exact() ? names_.contains(variable) : may_know(variable);
}

bool Declared::has_directive(std::string_view name) const {
  if (exact()) return directives_.contains(name);
  std::string wanted(1, '\0');
  wanted += name;
  return holds_string(bytes_, wanted);
}

}  // namespace stackaudit::stack::nginx
