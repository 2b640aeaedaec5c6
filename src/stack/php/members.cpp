// Methods and constants that code asks of classes which do not have them: of a class that one file
// alone declares, and of which all that it builds upon is known.
#include "stack/php/names.hpp"
#include "stack/php/rows.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <unordered_set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostTold = 20;
constexpr int kDeepest = 32;

enum class Has : std::uint8_t { no, yes, unknown };

struct Declared {
  const Unit* unit = nullptr;
  const Type* type = nullptr;
};

std::string words_for(MemberKind kind) {
  if (kind == MemberKind::property) return "static property ";
  return kind == MemberKind::method ? "method " : "constant ";
}

bool holds(const std::vector<NameHash>& sorted, NameHash hash) {
  return std::ranges::binary_search(sorted, hash);
}

class Members {
 public:
  Members(const Corpus& corpus, std::size_t application, const Closed& closed)
      : corpus_(corpus), closed_(closed.classes) {
    for (const auto& unit : corpus.units) {
      if (!overlap(corpus.applications[application], corpus.applications[unit.application]) &&
          !closed.lenders.contains(unit.application))
        continue;
      if (unit.specimen) continue;
      for (const auto& type : unit.symbols.types) {
        if (!unit.reached && !is_named_after(unit, type))
          stubs_.insert(hash_of(kClassName, type.name));
        types_.emplace(hash_of(kClassName, type.name), Declared{&unit, &type});
        if (const auto last = base_name(type.name); last.size() != type.name.size())
          spaces_.emplace(hash_of(kClassName, last), &type);
        for (const auto& base : type.bases) heirs_.emplace(hash_of(kClassName, base.name), &type);
      }
      asked_.insert(unit.symbols.asked.begin(), unit.symbols.asked.end());
    }
  }

  void judge(const Unit& unit) {
    const bool any = std::ranges::any_of(unit.symbols.members, [&](const Asked& asked) {
      if (asked.lost) return true;
      const bool there = types_.contains(asked.type);
      if (!there && (spaces_.contains(asked.last) || (asked.made && asked.type != asked.last)))
        return true;
      const auto* of = only(asked.type);
      if (asked.made) return of != nullptr && is_refused(*of->type, asked.given);
      return of != nullptr && (has(*of->type, asked.member, 0) == Has::no ||
                               (asked.statically && is_plain(*of->type, asked.member)) ||
                               (asked.outside && is_hidden(*of->type, asked.member)));
    });
    if (!any || told_ >= kMostTold) return;
    auto uses = member_uses(unit.parsed.ast, unit.text);
    std::vector<NodeId> ids;
    for (const auto& use : uses) ids.push_back(use.id);
    const auto runs = runs_of(unit.parsed.ast, unit.text, ids);
    for (std::size_t i = 0; i < uses.size() && told_ < kMostTold; ++i)
      if (runs[i] != Runs::excused) look(unit, uses[i], runs[i] == Runs::always);
  }

 private:
  // What nobody loads stands in for the class, in an editor, say.
  static bool is_named_after(const Unit& unit, const Type& type) {
    const auto file = text::lower(tree::basename(unit.path));
    auto name = std::string(base_name(type.name));
    if (file.find(name) != std::string::npos) return true;
    std::ranges::replace(name, '_', '-');
    return file.find(name) != std::string::npos;
  }

  [[nodiscard]] const Declared* only(NameHash type) const {
    if (stubs_.contains(type)) return nullptr;
    const auto [first, last] = types_.equal_range(type);
    return first != last && std::next(first) == last ? &first->second : nullptr;
  }

  [[nodiscard]] Has has(const Type& type, NameHash member, int depth) const {
    if (holds(type.named, member)) return Has::yes;
    if (type.answers || depth > kDeepest) return Has::unknown;
    auto found = Has::no;
    for (const auto& base : type.bases) {
      const auto* of = only(hash_of(kClassName, base.name));
      const auto next = of == nullptr ? Has::unknown : has(*of->type, member, depth + 1);
      if (next == Has::yes) return next;
      if (next == Has::unknown) found = next;
    }
    return found;
  }

  [[nodiscard]] bool has_heir(const Type& type, NameHash member, int depth) const {
    const auto [first, last] = heirs_.equal_range(hash_of(kClassName, type.name));
    return std::any_of(first, last, [&](const auto& heir) {
      return depth > kDeepest || has(*heir.second, member, kDeepest) != Has::no ||
             has_heir(*heir.second, member, depth + 1);
    });
  }

  // Arguments that the constructor cannot do without, its own or its parent's; -1: not known.
  [[nodiscard]] int wanted(const Type& type, int depth) const {
    if (type.wants >= 0 || depth > kDeepest) return type.wants;
    int most = -1;
    for (const auto& base : type.bases) {
      const auto* of = only(hash_of(kClassName, base.name));
      if (of == nullptr) return -1;
      most = std::max(most, wanted(*of->type, depth + 1));
    }
    return most;
  }

  [[nodiscard]] bool is_refused(const Type& type, int given) const {
    return type.unmade || (given >= 0 && wanted(type, 0) > given);
  }

  // new X of an abstract class, or with too few arguments.
  void make(const Unit& unit, const MemberUse& use, const Type& type, bool certain) {
    if (type.unmade)
      return tell(unit, use, certain, type.name + " is abstract: no object can be made of it",
                  "make one of a class that extends it");
    const auto wants = wanted(type, 0);
    tell(unit, use, certain,
         "too few arguments for the constructor of " + type.name + ": " +
             std::to_string(use.given) + " given, " + std::to_string(wants) + " wanted",
         "hand over what the constructor wants");
  }

  // A method of a list of the type that declares it.
  [[nodiscard]] bool is_among(std::vector<NameHash> Type::*methods, const Type& type,
                              NameHash member, int depth = 0) const {
    if (holds(type.named, member)) return holds(type.*methods, member);
    if (type.answers || depth > kDeepest) return false;
    return std::ranges::any_of(type.bases, [&](const Base& base) {
      const auto* of = only(hash_of(kClassName, base.name));
      return of != nullptr && is_among(methods, *of->type, member, depth + 1);
    });
  }

  // A method that wants an object.
  [[nodiscard]] bool is_plain(const Type& type, NameHash member) const {
    return is_among(&Type::plain, type, member);
  }

  // One that only the class itself may call; of others __call() is asked.
  [[nodiscard]] bool is_hidden(const Type& type, NameHash member) const {
    return !type.answers && is_among(&Type::hidden, type, member) &&
           has(type, hash_of(MemberKind::method, "__call"), 0) == Has::no;
  }

  void look(const Unit& unit, const MemberUse& use, bool certain) {
    if (use.kind == MemberKind::lost)
      return tell(
          unit, use, certain,
          "$this in the method " + std::string(use.member) +
              "(), which is static: PHP ends with \"Using $this when not in object context\"",
          "take static away, or use self::");
    const auto* of = only(hash_of(kClassName, use.type));
    if (of == nullptr && !misspelt_space(unit, use, certain)) lost_import(unit, use);
    if (of != nullptr && use.kind == MemberKind::object)
      return is_refused(*of->type, use.given) ? make(unit, use, *of->type, certain) : void();
    if (of == nullptr || asked_.contains(hash_of(kAskedName, use.member))) return;
    const auto member = hash_of(use.kind, use.member);
    const auto& type = *of->type;
    const auto name = std::string(use.member);
    if (has(type, member, 0) == Has::no) {
      if (use.own && has_heir(type, member, 0)) return;
      const auto near = nearest(*of, use);
      const std::string call(use.kind == MemberKind::method ? "()" : "");
      return tell(unit, use, certain,
                  "undefined " + words_for(use.kind) + name + call + " of " + type.spelled +
                      ", which " + of->unit->path + " declares",
                  near.empty() ? "" : "write " + near + call);
    }
    if (use.statically && is_plain(type, member))
      return tell(unit, use, certain,
                  "the method " + name + "() of " + type.spelled +
                      " is not static: it cannot be called without an object",
                  "declare it static, or make an object first");
    if (use.outside && is_hidden(type, member))
      tell(unit, use, certain,
           "the method " + name + "() of " + type.spelled +
               " is private or protected: it cannot be called from here",
           "declare it public, or call one that is");
  }

  // The whole name of the class as the code writes it; where that is nowhere near, in lower case.
  static std::string spelled(const Unit& unit, const MemberUse& use) {
    const Names names(unit.parsed.ast, unit.text);
    const auto expression = unit.text.substr(use.begin);
    for (const auto word : {Corpus::slice(unit, unit.parsed.ast[use.id]),
                            expression.substr(0, expression.find_first_of(":( \t\r\n"))})
      if (auto whole = names.whole(word); text::equal_ignoring_case(whole, use.type)) return whole;
    return use.type;
  }

  // Acme_Tools\Box where Acme\Tools\Box is there.
  bool misspelt_space(const Unit& unit, const MemberUse& use, bool certain) {
    constexpr std::size_t kMostLetters = 1;
    // Where no autoloader is, undefined.cpp tells of it.
    if (use.kind == MemberKind::object && closed_) return false;
    if (types_.contains(hash_of(kClassName, use.type)) || use.own) return false;
    const auto last = base_name(use.type);
    const auto [begin, end] = spaces_.equal_range(hash_of(kClassName, last));
    for (auto it = begin; it != end; ++it) {
      if (text::edit_distance(use.type, it->second->name, kMostLetters) > kMostLetters) continue;
      const auto& name = it->second->spelled;
      tell(unit, use, certain,
           "undefined class " + spelled(unit, use) + ", but " + name + " is there",
           "write " + name);
      return true;
    }
    return false;
  }

  // new WP_Query in a namespace, without a slash or "use": a class of the namespace is meant.
  // Whoever imports a class says which one is meant.
  void lost_import(const Unit& unit, const MemberUse& use) {
    const auto last = std::string(base_name(use.type));
    if (!text::equal_ignoring_case(Corpus::slice(unit, unit.parsed.ast[use.id]), last)) return;
    if (use.kind != MemberKind::object || closed_ || use.own || last.size() == use.type.size() ||
        types_.contains(hash_of(kClassName, use.type)) ||
        corpus_.names.classes.contains(use.type) || asked_.contains(hash_of(kAskedName, last)) ||
        Corpus::slice(unit, unit.parsed.ast[use.id]).find('\\') != std::string_view::npos ||
        Names(unit.parsed.ast, unit.text).is_imported(last))
      return;
    const auto written = spelled(unit, use);
    const auto meant = "\\" + std::string(base_name(written));
    if (corpus_.names.classes.contains(last) || types_.contains(hash_of(kClassName, last)))
      tell(unit, use, false, "undefined class " + written + ", but " + meant + " is there",
           "write " + meant + ", or import it");
  }

  // The name that was probably meant, as the type itself writes it.
  [[nodiscard]] std::string nearest(const Declared& of, const MemberUse& use) const {
    const auto& unit = *of.unit;
    constexpr std::size_t kMostLetters = 2;
    std::string best;
    auto distance = std::min(kMostLetters + 1, use.member.size());
    const auto& ast = unit.parsed.ast;
    const auto offer = [&](NodeId id) {
      const auto other = Corpus::slice(unit, ast[id]);
      const auto d = text::edit_distance(use.member, other, kMostLetters);
      if (d >= distance) return;
      distance = d;
      best = other;
    };
    for (const auto& node : ast.nodes) {
      if (node.kind != NodeKind::class_declaration || node.begin != of.type->begin) continue;
      for (auto id = node.first; id != 0; id = ast[id].next) {
        const auto kind = ast[id].kind;
        const bool constant = use.kind == MemberKind::constant;
        if (use.kind == MemberKind::method && kind == NodeKind::method) offer(ast[id].first);
        if (constant && kind == NodeKind::enum_case) offer(ast[id].first);
        if (constant && kind == NodeKind::const_)
          for (auto at = ast[id].first; at != 0; at = ast[at].next) offer(ast[at].first);
        if (use.kind == MemberKind::property && kind == NodeKind::property_declaration)
          for (auto at = ast[id].first; at != 0; at = ast[at].next)
            offer(ast[at].kind == NodeKind::assign ? ast[at].first : at);
      }
    }
    return best;
  }

  void tell(const Unit& unit, const MemberUse& use, bool certain, std::string said,
            std::string help) {
    ++told_;
    const auto& node = unit.parsed.ast[use.id];
    tell_undefined(corpus_, {unit.file, node.begin, node.end}, certain, std::move(said),
                   std::move(help));
  }

  const Corpus& corpus_;
  bool closed_;
  std::unordered_multimap<NameHash, Declared> types_;
  std::unordered_multimap<NameHash, const Type*> heirs_;
  std::unordered_multimap<NameHash, const Type*> spaces_;  // of namespaces, by the last name
  std::unordered_set<NameHash> asked_, stubs_;
  std::size_t told_ = 0;
};

}  // namespace

void add_members(const Corpus& corpus, const std::vector<Closed>& closed) {
  for (std::size_t i = 0; i < corpus.applications.size(); ++i) {
    Members members(corpus, i, closed[i]);
    for (const auto& unit : corpus.units)
      if (unit.application == i && unit.reached && !unit.inactive && !is_library(unit))
        members.judge(unit);
  }
}

}  // namespace stackaudit::stack::php
