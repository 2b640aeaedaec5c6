// Chooses the dialect; the dump and the look-up that all share.
#include "syntax/ini/ini.hpp"

#include "syntax/ini/dialects.hpp"

namespace stackaudit::syntax::ini {

Document parse(std::string_view text, text::FileId file, Dialect dialect) {
  Document document;
  document.sections.push_back({{{}, {file, 0, 0}, 0}, {}});
  const Input in{text, file, document};
  switch (dialect) {
    case Dialect::systemd:
      parse_systemd(in);
      break;
    case Dialect::php_fpm:
      parse_php_fpm(in);
      break;
    case Dialect::php:
      parse_php(in);
      break;
    case Dialect::my_cnf:
      parse_my_cnf(in);
      break;
  }
  return document;
}

std::string dump(const Document& document) {
  std::string out;
  for (const auto& section : document.sections) {
    if (section.name.value.empty() && section.entries.empty()) continue;
    out += "[" + section.name.value + "]";
    const char* separator = " ";
    for (const auto& entry : section.entries) {
      out += separator + entry.key.value;
      if (entry.has_subkey) out += "[" + entry.subkey + "]";
      if (entry.has_value) out += "=" + entry.value.value;
      if (entry.dynamic) out += "(dynamic)";
      separator = "; ";
    }
    out += '\n';
  }
  return out;
}

const Entry* last(const Document& document, std::string_view section, std::string_view key) {
  const Entry* found = nullptr;
  for (const auto& candidate : document.sections)
    if (candidate.name.value == section)
      for (const auto& entry : candidate.entries)
        if (entry.key.value == key) found = &entry;
  return found;
}

}  // namespace stackaudit::syntax::ini
