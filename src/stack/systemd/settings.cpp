// All settings of a unit, over its fragment and drop-ins.
#include "stack/systemd/load.hpp"
#include "syntax/ini/ini.hpp"

namespace stackaudit::stack {

void for_each_setting(
    Survey& survey, const ServiceUnit& unit,
    const std::function<void(std::string_view section, const syntax::ini::Entry& entry)>& take) {
  const auto read = [&](const std::string& path) {
    const auto file = survey.load(path, "unit");
    if (!file) return;
    const auto document =
        syntax::ini::parse(survey.sources.content(*file), *file, syntax::ini::Dialect::systemd);
    for (const auto& section : document.sections)
      for (const auto& entry : section.entries) take(section.name.value, entry);
  };
  read(unit.path);
  for (const auto& path : unit.drop_ins) read(path);
}

}  // namespace stackaudit::stack
