// Calls of the application's own functions with less than these cannot do without: PHP throws an
// ArgumentCountError where the line runs.
#include "stack/php/rows.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;

// All that declare a function of one name.
struct Declared {
  int wants = 0;  // the least of all
  std::size_t plain = 0, all = 0;
  const Unit* unit = nullptr;
};

class FewArguments {
 public:
  FewArguments(const Corpus& corpus, std::size_t application) : corpus_(corpus) {
    const auto is_near = [&](const Unit& unit) {
      return overlap(corpus.applications[application], corpus.applications[unit.application]);
    };
    for (const auto& unit : corpus.units)
      if (is_near(unit))
        for (const auto& symbol : unit.symbols.functions) declare(unit, symbol);
    for (const auto& unit : corpus.units)
      if (is_near(unit))
        for (const auto name : unit.symbols.declared)
          if (const auto it = declared_.find(name); it != declared_.end()) ++it->second.all;
  }

  void judge(const Unit& unit) {
    if (unit.symbols.imports_functions || told_ >= kMostTold ||
        std::ranges::none_of(unit.symbols.given, [&](const Given& given) {
          return wanted(given.name, given.count) != nullptr;
        }))
      return;
    const auto& ast = unit.parsed.ast;
    const auto calls = calls_by_name(ast);
    for (const auto& use : uses_of(ast, unit.text)) {
      const auto call = calls.find(use.id);
      if (use.kind != kFunctionName || call == calls.end()) continue;
      const auto name = std::string(base_name(Corpus::slice(unit, ast[use.id])));
      const auto given = given_to(ast, ast[call->second]);
      const auto* of = wanted(hash_of(kFunctionName, name), given);
      if (of != nullptr && !corpus_.names.functions.contains(text::lower(name)))
        tell(unit, ast[use.id], use.certain, name, given, *of);
    }
  }

 private:
  void declare(const Unit& unit, const Symbol& function) {
    auto& known = declared_[hash_of(kFunctionName, function.name)];
    known.wants = known.plain == 0 ? function.wants : std::min(known.wants, function.wants);
    ++known.plain;
    if (unit.reached && !unit.inactive) known.unit = &unit;
  }

  // Whose declarations all stand where no condition or namespace is around them.
  [[nodiscard]] const Declared* wanted(NameHash name, int given) const {
    const auto it = declared_.find(name);
    const bool known =
        it != declared_.end() && it->second.unit != nullptr && it->second.plain == it->second.all;
    return known && given >= 0 && given < it->second.wants ? &it->second : nullptr;
  }

  void tell(const Unit& unit, const Node& name, bool certain, const std::string& words, int given,
            const Declared& of) {
    if (++told_ > kMostTold) return;
    tell_undefined(corpus_, {unit.file, name.begin, name.end}, certain,
                   "too few arguments for " + words + "(), which " + of.unit->path + " declares: " +
                       std::to_string(given) + " given, " + std::to_string(of.wants) + " wanted",
                   "hand over what the function wants");
  }

  const Corpus& corpus_;
  std::unordered_map<NameHash, Declared> declared_;
  std::size_t told_ = 0;
};

}  // namespace

void add_few_arguments(const Corpus& corpus) {
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    FewArguments few(corpus, i);
    for (const auto& unit : corpus.units)
      if (unit.application == i && unit.reached && !unit.inactive && !is_library(unit))
        few.judge(unit);
  }
}

}  // namespace stackaudit::stack::php
