// The search path of systemd once more, for the units that are of no server's kind.
#include "stack/systemd/own_units.hpp"

#include "stack/systemd/load.hpp"
#include "stack/systemd/search.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kOwn = "/etc/systemd/system/";
constexpr std::string_view kPrefixes = "-+!@:";

// By a timer, a socket or a path of its name that boot starts or that the machine's keeper wrote.
bool is_triggered(const Survey& survey, const UnitSearch& search, std::string_view name) {
  const std::string stem(name.substr(0, name.rfind('.')));
  return std::ranges::any_of(std::array{".timer", ".socket", ".path"}, [&](const char* end) {
    return search.wanted_at_boot({stem + end}) ||
           survey.state_of(std::string(kOwn) + stem + end, "file") == "found";
  });
}

std::vector<ServiceUnit> read_own_units(Survey& survey, const UnitSearch& search,
                                        const std::set<std::string>& names) {
  std::vector<ServiceUnit> units;
  for (const auto& name : names) {
    const auto fragment = search.fragment(name);
    if (fragment.path.empty() || fragment.masked || fragment.dangling || !fragment.alias_of.empty())
      continue;
    ServiceUnit unit;
    unit.name = name;
    unit.path = fragment.path;
    unit.drop_ins = search.drop_ins({name});
    const auto is_own = [](std::string_view path) { return path.starts_with(kOwn); };
    if (!is_own(unit.path) && std::ranges::none_of(unit.drop_ins, is_own)) continue;
    unit.enabled = search.wanted_at_boot({name});
    unit.started = unit.enabled || is_triggered(survey, search, name);
    (void)load_unit(survey, unit);
    units.push_back(std::move(unit));
  }
  return units;
}

}  // namespace

const std::vector<ServiceUnit>& own_units(Survey& survey) {
  if (!survey.own_units) {
    const UnitSearch search(survey.tree);
    survey.own_units = std::make_shared<const std::vector<ServiceUnit>>(
        read_own_units(survey, search, search.service_names()));
  }
  return *survey.own_units;
}

std::vector<ServiceUnit> own_templates(Survey& survey) {
  const UnitSearch search(survey.tree);
  return read_own_units(survey, search, search.template_names());
}

std::optional<WrittenCommand> written(Survey& survey, const Command& command) {
  const auto& place = command.place;
  if (!place.span_begin || !place.span_end) return std::nullopt;
  const auto file = survey.load(place.path, "unit");
  if (!file) return std::nullopt;
  const auto content = survey.sources.content(*file);
  const auto begin = std::min(static_cast<std::size_t>(*place.span_begin), content.size());
  const auto end = std::min(static_cast<std::size_t>(*place.span_end), content.size());
  const auto text = content.substr(begin, end - begin);
  const auto prefix = std::min(text.find_first_not_of(kPrefixes), text.size());
  return WrittenCommand{*file, begin + prefix, text.substr(prefix)};
}

}  // namespace stackaudit::stack
