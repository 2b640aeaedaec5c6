// Methods against those of parents that other files declare: since PHP 8 a class that does not
// agree ends the request where it is loaded. syntax/php/compile_contracts.cpp compares those of one
// file.
#include "stack/php/rows.hpp"
#include "stack/php/symbols.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;
// Constants that are there whenever WordPress is: `defined('ABSPATH') || exit` keeps no request
// out.
constexpr std::array<std::string_view, 2> kOfEveryRequest{"ABSPATH", "WPINC"};
constexpr int kDeepest = 32;  // parents above each other

struct Declared {
  const Unit* unit = nullptr;
  const Type* type = nullptr;
};

bool agree(const Shape& own, const Shape& above) {
  if (own.required > above.required || (above.variadic && !own.variadic)) return false;
  if (own.total < above.total && !own.variadic) return false;
  const auto common = std::min<std::size_t>({own.total, above.total, 63});
  const auto mask = (std::uint64_t{1} << common) - 1;
  return (own.references & mask) == (above.references & mask);
}

class Contracts {
 public:
  // signatures: whether PHP ends where they do not agree.
  Contracts(const Corpus& corpus, std::size_t application, bool signatures)
      : corpus_(corpus), signatures_(signatures) {
    for (const auto& unit : corpus.units) {
      const bool near =
          overlap(corpus.applications[application], corpus.applications[unit.application]);
      if (!near || unit.specimen) continue;
      for (const auto& type : unit.symbols.types)
        types_.emplace(hash_of(kClassName, type.name), Declared{&unit, &type});
    }
  }

  void judge(const Unit& unit) {
    for (const auto& type : unit.symbols.types) {
      if (!type.top_level || type.name.empty() || type.bases.empty()) continue;
      if (only(type.name) == nullptr) continue;
      for (const auto& base : type.bases) compare(unit, type, base);
      for (const auto& base : type.bases) implement(unit, type, base);
      for (const auto method : type.hidden) narrow(unit, type, method);
      for (const auto& shape : type.shapes) bind(unit, type, shape.name);
      if (!signatures_) continue;
      for (const auto& shape : type.shapes) compare(unit, type, shape);
    }
  }

 private:
  [[nodiscard]] const Declared* only(const std::string& name) const {
    const auto [first, last] = types_.equal_range(hash_of(kClassName, name));
    return first != last && std::next(first) == last ? &first->second : nullptr;
  }

  [[nodiscard]] const Declared* parent(const Type& type) const {
    const auto base = std::ranges::find(type.bases, true, &Base::parent);
    return base == type.bases.end() ? nullptr : only(base->name);
  }

  // What may not be taken so, in the words of PHP; empty: it may.
  static std::string refusal(const Type& type, const Base& base, const Type& other) {
    if (base.trait)
      return other.sort == Sort::trait
                 ? ""
                 : type.spelled + " cannot use " + other.spelled + " - it is not a trait";
    if (!base.parent || type.sort == Sort::interface)
      return other.sort == Sort::interface ? ""
                                           : type.spelled + " cannot implement " + other.spelled +
                                                 " - it is not an interface";
    const auto extends = "Class " + type.spelled + " cannot extend ";
    if (other.sort == Sort::interface) return extends + "interface " + other.spelled;
    if (other.sort == Sort::trait) return extends + "trait " + other.spelled;
    if (other.final) return extends + "final class " + other.spelled;
    if (type.readonly == other.readonly) return "";
    return (type.readonly ? "Readonly class " : "Non-readonly class ") + type.spelled +
           " cannot extend " + (other.readonly ? "readonly" : "non-readonly") + " class " +
           other.spelled;
  }

  void compare(const Unit& unit, const Type& type, const Base& base) {
    const auto* of = only(base.name);
    if (of == nullptr || of->unit == &unit) return;
    if (auto said = refusal(type, base, *of->type); !said.empty()) {
      if (told_ < kMostTold && !is_barred(unit))
        problem({unit.file, base.begin, base.end}, std::move(said),
                of->unit->path + " declares it");
    }
  }

  // Whether the file ends before, for want of a constant.
  static bool is_barred(const Unit& unit) {
    return std::ranges::any_of(barriers(unit.parsed.ast, unit.text), [](std::string_view name) {
      return !text::is_one_of(name, kOfEveryRequest);
    });
  }

  void problem(const text::Span& words, std::string said, std::string help) {
    ++told_;
    corpus_.survey().add_problem(corpus_.survey().place(words), {.service = "php",
                                                                 .language = "php",
                                                                 .code = "parse",
                                                                 .severity = "error",
                                                                 .message = std::move(said),
                                                                 .help = std::move(help)});
  }

  // Interfaces of PHP itself that only its own classes may have.
  void implement(const Unit& unit, const Type& type, const Base& base) {
    const bool alone = std::ranges::none_of(type.bases, &Base::parent);
    if (base.parent || base.trait || base.name != "throwable" || !alone ||
        (type.sort != Sort::plain && type.sort != Sort::enumeration) ||
        only(base.name) != nullptr || told_ >= kMostTold || is_barred(unit))
      return;
    problem({unit.file, base.begin, base.end},
            "Class " + type.spelled +
                " cannot implement interface Throwable, extend Exception or Error instead",
            "extend Exception");
  }

  // The nearest parent in another file that declares the method, and not for itself alone.
  [[nodiscard]] const Declared* heir_of(const Unit& unit, const Type& type, NameHash method) const {
    const auto* above = parent(type);
    for (int depth = 0; above != nullptr && depth < kDeepest; ++depth) {
      if (std::ranges::find(above->type->shapes, method, &Shape::name) != above->type->shapes.end())
        return above->unit == &unit ? nullptr : above;
      if (std::ranges::binary_search(above->type->named, method)) return nullptr;
      above = parent(*above->type);
    }
    return nullptr;
  }

  // A method that is private or protected, where the parent's is seen by more.
  void narrow(const Unit& unit, const Type& type, NameHash method) {
    const auto* above = heir_of(unit, type, method);
    if (above == nullptr) return;
    const bool hidden = std::ranges::binary_search(above->type->hidden, method);
    const bool own = std::ranges::find(type.shapes, method, &Shape::name) == type.shapes.end();
    if (hidden && !own) return;
    const std::string wanted = hidden ? "protected" : "public";
    refuse(unit, type, method, [&](const std::string& name) {
      return "Access level to " + type.spelled + "::" + name + "() must be " + wanted +
             " (as in class " + above->type->spelled + ")" + (hidden ? " or weaker" : "");
    });
  }

  // A method that is static, or is not, unlike the parent's.
  void bind(const Unit& unit, const Type& type, NameHash method) {
    const auto* above = heir_of(unit, type, method);
    if (above == nullptr) return;
    const bool own = std::ranges::binary_search(type.plain, method);
    if (own == std::ranges::binary_search(above->type->plain, method)) return;
    refuse(unit, type, method, [&](const std::string& name) {
      return std::string("Cannot make ") + (own ? "static" : "non static") + " method " +
             above->type->spelled + "::" + name + "() " + (own ? "non static" : "static") +
             " in class " + type.spelled;
    });
  }

  template <class Words>
  void refuse(const Unit& unit, const Type& type, NameHash method, const Words& words) {
    const auto* name =
        told_ >= kMostTold || is_barred(unit) ? nullptr : name_of(unit, type, method);
    if (name != nullptr)
      problem({unit.file, name->begin, name->end}, words(std::string(Corpus::slice(unit, *name))),
              "declare it as the parent does");
  }

  // The nearest parent that has the method decides.
  void compare(const Unit& unit, const Type& type, const Shape& own) {
    const auto* above = parent(type);
    for (int depth = 0; above != nullptr && depth < kDeepest; ++depth) {
      const auto& shapes = above->type->shapes;
      const auto found = std::ranges::find(shapes, own.name, &Shape::name);
      if (found == shapes.end() && std::ranges::binary_search(above->type->named, own.name)) return;
      if (found != shapes.end()) {
        if (above->unit != &unit && !agree(own, *found)) tell(unit, type, own, *above);
        return;
      }
      above = parent(*above->type);
    }
  }

  void tell(const Unit& unit, const Type& type, const Shape& own, const Declared& above) {
    const auto* name =
        told_ >= kMostTold || is_barred(unit) ? nullptr : name_of(unit, type, own.name);
    if (name == nullptr) return;
    const auto method = std::string(Corpus::slice(unit, *name)) + "()";
    problem({unit.file, name->begin, name->end},
            "Declaration of " + type.spelled + "::" + method + " must be compatible with " +
                above.type->spelled + "::" + method + " in " + above.unit->path,
            "take the same parameters as the parent's method");
  }

  // Where the class names its method; nullptr: nowhere.
  static const Node* name_of(const Unit& unit, const Type& type, NameHash method) {
    const auto& ast = unit.parsed.ast;
    for (const auto& node : ast.nodes) {
      if (node.kind != NodeKind::class_declaration || node.begin != type.begin) continue;
      for (auto id = node.first; id != 0; id = ast[id].next) {
        const auto& name = ast[ast[id].first];
        if (ast[id].kind == NodeKind::method &&
            hash_of(MemberKind::method, Corpus::slice(unit, name)) == method)
          return &name;
      }
    }
    return nullptr;
  }

  const Corpus& corpus_;
  bool signatures_;
  std::unordered_multimap<NameHash, Declared> types_;
  std::size_t told_ = 0;
};

}  // namespace

void add_contracts(const Corpus& corpus) {
  constexpr int kRefused = 800;  // before, it was a warning
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    Contracts contracts(corpus, i, corpus.applications[i].version >= kRefused);
    for (const auto& unit : corpus.units)
      if (unit.application == i && unit.reached && !unit.inactive && !is_library(unit))
        contracts.judge(unit);
  }
}

}  // namespace stackaudit::stack::php
