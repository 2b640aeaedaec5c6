// "use function Acme\Util\slug": what the call of slug() then means, and no namespace has.
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <unordered_set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;

class Imports {
 public:
  Imports(const Corpus& corpus, std::size_t application, const Closed& closed)
      : corpus_(corpus), closed_(closed.functions) {
    for (const auto& unit : corpus.units) {
      if (!overlap(corpus.applications[application], corpus.applications[unit.application]) &&
          !closed.lenders.contains(unit.application))
        continue;
      whole_.insert(unit.symbols.in_spaces.begin(), unit.symbols.in_spaces.end());
      if (!unit.symbols.in_spaces.empty())
        declared_.insert(unit.symbols.declared.begin(), unit.symbols.declared.end());
      asked_.insert(unit.symbols.asked.begin(), unit.symbols.asked.end());
    }
  }

  void judge(const Unit& unit) {
    for (const auto& node : unit.parsed.ast.nodes)
      if (node.kind == NodeKind::use && told_ < kMostTold) judge(unit, node);
  }

 private:
  // One name alone: "use function A\b;", "use function A\b as c;".
  void judge(const Unit& unit, const Node& use) {
    auto words = text::words(Corpus::slice(unit, use), " \t\r\n;");
    if ((words.size() != 3 && words.size() != 5) || text::lower(words[0]) != "use" ||
        text::lower(words[1]) != "function" || words[2].find_first_of(",{") != words[2].npos)
      return;
    auto whole = words[2];
    if (whole.starts_with('\\')) whole.remove_prefix(1);
    const auto name = base_name(whole);
    if (name.size() == whole.size() || whole_.contains(hash_of(kFunctionName, whole)) ||
        asked_.contains(hash_of(kAskedName, name)))
      return;
    const bool namesake = declared_.contains(hash_of(kFunctionName, name));
    const auto calls = called(unit, words.size() == 5 ? words[4] : name);
    if (calls == Calls::none || (!closed_ && !namesake)) return;
    ++told_;
    tell_undefined(corpus_, {unit.file, use.begin, use.end}, closed_ && calls == Calls::always,
                   "undefined function " + std::string(whole) +
                       (namesake ? "(): those of that name are in other namespaces"
                                 : "(): no file that the application loads declares it"),
                   "import it from the namespace that has it");
  }

  enum class Calls : std::uint8_t { none, maybe, always };

  static Calls called(const Unit& unit, std::string_view alias) {
    auto found = Calls::none;
    for (const auto& use : uses_of(unit.parsed.ast, unit.text)) {
      if (use.kind != kFunctionName ||
          !text::equal_ignoring_case(Corpus::slice(unit, unit.parsed.ast[use.id]), alias))
        continue;
      if (use.certain) return Calls::always;
      found = Calls::maybe;
    }
    return found;
  }

  const Corpus& corpus_;
  bool closed_;
  std::unordered_set<NameHash> whole_, declared_, asked_;
  std::size_t told_ = 0;
};

}  // namespace

void add_imported_functions(const Corpus& corpus, const std::vector<Closed>& closed) {
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    Imports imports(corpus, i, closed[i]);
    for (const auto& unit : corpus.units)
      if (unit.application == i && unit.reached && !unit.inactive &&
          unit.symbols.imports_functions && !is_library(unit))
        imports.judge(unit);
  }
}

}  // namespace stackaudit::stack::php
