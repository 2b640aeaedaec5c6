// What PHP's compiler refuses of names: two imports of one name, classes that cannot be what they
// extend or implement, as far as the same file declares both.
#include "syntax/php/compilation.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace stackaudit::syntax::php {
namespace {

using text::lower;

// A class, and what it declares itself: read once another asks for it.
struct Declared {
  const ClassHead* head = nullptr;
  bool has_traits = false;  // which may bring any method
  bool is_read = false;
  std::set<std::string_view> methods, open;  // open: without a body

  // Whether nothing else is inherited.
  [[nodiscard]] bool is_plain() const {
    return !has_traits && (head->kind == "interface" || head->parents.empty());
  }
};

struct Contract {
  std::string_view name, lower;
  std::vector<std::string_view> methods;
};

// Interfaces of PHP itself, and what they ask for.
const std::vector<Contract>& contracts_of_php() {
  static const std::vector<Contract> kContracts{
      {"Countable", "countable", {"count"}},
      {"IteratorAggregate", "iteratoraggregate", {"getIterator"}},
      {"Iterator", "iterator", {"current", "next", "key", "valid", "rewind"}},
      {"ArrayAccess", "arrayaccess", {"offsetExists", "offsetGet", "offsetSet", "offsetUnset"}},
      {"JsonSerializable", "jsonserializable", {"jsonSerialize"}}};
  return kContracts;
}

class Names {
 public:
  explicit Names(const Compilation& with) : with_(with) {}

  void block(NodeId id) {
    with_.each(id, [&](const Node& found, NodeId at) {
      if (found.kind == NodeKind::use) return imports(found);
      if (found.kind == NodeKind::class_declaration) return declared(at);
      if (found.kind != NodeKind::namespace_) return;
      imported_.clear();
      classes_.clear();
      space_ = with_.node(found.first).kind == NodeKind::name
                   ? lower(with_.slice(found.first)) + '\\'
                   : std::string();
      named_space_ = with_.node(found.first).kind == NodeKind::name;
      const auto body = with_.ast().last_child(at);
      if (body != 0 && with_.node(body).kind == NodeKind::block) block(body);
    });
  }

 private:
  // "use A\{B, C as D}, function E\f": each name ends in what it is called from here on.
  void imports(const Node& use) {
    const auto all = words(with_.text, use.begin, use.end);
    std::string kind, own, prefix, name, alias;
    const auto end = [&] {
      if (!alias.empty()) import(use, own.empty() ? kind : own, prefix + name, alias);
      name.clear();
      alias.clear();
      own.clear();
    };
    for (std::size_t i = 1; i < all.size(); ++i) {
      const auto& word = all[i];
      const bool typed = word == "function" || word == "const";
      if (word == "{")
        prefix = std::exchange(name, {}), alias.clear();
      else if (word == "," || word == ";" || word == "}")
        end();
      else if (typed && name.empty() && i == 1)
        kind = word;
      else if (typed && name.empty())
        own = word;
      else if (word == "as" && i + 1 < all.size())
        alias = all[++i];
      else
        name += word, alias = word.substr(word.rfind('\\') + 1);
    }
  }

  void import(const Node& use, const std::string& kind, const std::string& name,
              const std::string& alias) {
    if (alias.empty() || kind == "const") return;  // constants differ by letter case
    if (imported_.emplace(kind + " " + alias, name).second) return;
    const auto words = std::string(with_.slice(use));
    const auto as_written = [&](const std::string& word) {
      const auto at = lower(words).rfind(word);
      return at == std::string::npos ? word : words.substr(at, word.size());
    };
    with_.refuse(use, "Cannot use " + (kind.empty() ? "" : kind + " ") + as_written(name) + " as " +
                          as_written(alias) + " because the name is already in use");
  }

  Declared& read(Declared& found) const {
    if (std::exchange(found.is_read, true)) return found;
    with_.each(found.head->id, [&](const Node& member, NodeId at) {
      if (member.kind != NodeKind::method) return;
      const auto& method = with_.heads.of_function(at);
      if (!method.has_body) found.open.insert(method.name);
      found.methods.insert(method.name);
    });
    return found;
  }

  void declared(NodeId id) {
    const auto& head = with_.heads.of_class(id);
    if (head.name == 0) return;
    const auto& name = with_.node(head.name);
    const auto own = lower(head.called);
    if (const auto other = imported_.find(" " + own); other != imported_.end() &&
                                                      other->second != space_ + own &&
                                                      other->second != '\\' + space_ + own)
      with_.refuse(name, "Cannot declare " + head.kind + " " + head.called +
                             " because the name is already in use");
    for (const auto& parent : head.parents) extends(name, head, parent);
    for (const auto& contract : head.contracts) implements(name, head, contract);
    Declared found;
    found.head = &head;
    with_.each(id, [&](const Node& member, NodeId) {
      found.has_traits = found.has_traits || member.kind == NodeKind::trait_use;
    });
    if (head.kind == "class" && !has(head.modifiers, "abstract")) missing(name, found);
    if (found.has_traits)
      with_.each(id, [&](const Node& member, NodeId) {
        if (member.kind == NodeKind::trait_use) collisions(name, member, found);
      });
    classes_.emplace(own, std::move(found));
  }

  void extends(const Node& name, const ClassHead& head, const std::string& parent) const {
    const auto it = classes_.find(parent);
    if (it == classes_.end() || head.kind != "class") return;
    const auto& is = *it->second.head;
    const auto said = "Class " + head.called + " cannot extend ";
    if (is.kind != "class")
      with_.refuse(name, said + is.kind + " " + is.called);
    else if (has(is.modifiers, "final"))
      with_.refuse(name, said + "final class " + is.called);
    else if (const bool own = has(head.modifiers, "readonly"); own != has(is.modifiers, "readonly"))
      with_.refuse(name, std::string(own ? "Readonly class " : "Non-readonly class ") +
                             head.called + " cannot extend " + (own ? "non-readonly" : "readonly") +
                             " class " + is.called);
  }

  void implements(const Node& name, const ClassHead& head, const std::string& contract) const {
    const auto it = classes_.find(contract);
    if (it == classes_.end() || it->second.head->kind == "interface") return;
    with_.refuse(name, head.called + " cannot implement " + it->second.head->called +
                           " - it is not an interface");
  }

  // In a namespace a name without a slash in front is another's.
  [[nodiscard]] const Contract* contract_of_php(std::string name) const {
    const bool rooted = name.starts_with('\\');
    if (!rooted && (named_space_ || imported_.contains(" " + name))) return nullptr;
    if (rooted) name.erase(0, 1);
    const auto it = std::ranges::find(contracts_of_php(), name, &Contract::lower);
    return it == contracts_of_php().end() ? nullptr : &*it;
  }

  // Traits of the same file that bring one method twice, which the class has not itself.
  void collisions(const Node& name, const Node& use, Declared& found) {
    const auto all = words(with_.text, use.begin, use.end);
    if (has(all, "{") || has(all, "\\")) return;
    std::map<std::string_view, std::string> brought;
    for (const auto& word : all) {
      const auto it = classes_.find(word);
      if (it == classes_.end() || it->second.head->kind != "trait") continue;
      const auto& called = it->second.head->called;
      const auto& trait = read(it->second);
      for (const auto method : trait.methods) {
        if (trait.open.contains(method) || read(found).methods.contains(method)) continue;
        const auto [first, fresh] = brought.emplace(method, called);
        if (fresh || first->second == called) continue;
        const auto said = "::" + std::string(method);
        with_.refuse(name, "Trait method " + called + said + " has not been applied as " +
                               found.head->called + said + ", because of collision with " +
                               first->second + said);
        return;
      }
    }
  }

  // Methods that a parent or an interface leaves to the class; only where both are known whole.
  void missing(const Node& name, Declared& found) {
    const auto& parents = found.head->parents;
    const auto& contracts = found.head->contracts;
    if (found.has_traits || (!parents.empty() && !contracts.empty())) return;
    const auto& inherits = parents.empty() ? contracts : parents;
    const bool whole = std::ranges::all_of(inherits, [&](const std::string& from) {
      const auto it = classes_.find(from);
      return it == classes_.end() ? contract_of_php(from) != nullptr : it->second.is_plain();
    });
    if (!whole) return;
    std::vector<std::string> lost;
    for (const auto& from : inherits) {
      const auto it = classes_.find(from);
      if (it == classes_.end()) {
        const auto* contract = contract_of_php(from);
        for (const auto method : contract->methods)
          if (!read(found).methods.contains(lower(method)))
            lost.push_back(std::string(contract->name) + "::" + std::string(method));
        continue;
      }
      for (const auto method : read(it->second).open)
        if (!read(found).methods.contains(method))
          lost.push_back(it->second.head->called + "::" + std::string(method));
    }
    if (lost.empty()) return;
    const bool one = lost.size() == 1;
    with_.refuse(name, "Class " + found.head->called + " contains " + std::to_string(lost.size()) +
                           " abstract method" + (one ? "" : "s") +
                           " and must therefore be declared abstract or implement the remaining "
                           "methods (" +
                           lost[0] + (one ? "" : ", ...") + ")");
  }

  const Compilation& with_;
  bool named_space_ = false;
  std::string space_;  // in lower case, with a slash behind it
  std::map<std::string, std::string> imported_;
  std::map<std::string, Declared> classes_;
};

// Namespaces with and without braces in one file, one in another, code outside of braces.
void check_spaces(const Compilation& with) {
  const auto braced = [&](NodeId id) {
    const auto body = with.ast().last_child(id);
    return body != 0 && with.node(body).kind == NodeKind::block;
  };
  bool any = false, braces = false;
  with.each(with.ast().root, [&](const Node& node, NodeId id) {
    if (node.kind == NodeKind::namespace_) {
      if (any && braces != braced(id))
        with.refuse(node,
                    "Cannot mix bracketed namespace declarations with unbracketed namespace "
                    "declarations");
      any = true;
      braces = braced(id);
      if (!braces) return;
      with.each(with.ast().last_child(id), [&](const Node& inner, NodeId) {
        if (inner.kind == NodeKind::namespace_)
          with.refuse(inner, "Namespace declarations cannot be nested");
      });
      return;
    }
    const bool nothing = node.kind == NodeKind::nop || node.kind == NodeKind::declare ||
                         node.kind == NodeKind::halt || node.kind == NodeKind::html;
    if (any && braces && !nothing) with.refuse(node, "No code may exist outside of namespace {}");
  });
}

// “ ” ‘ ’ of a text processor are letters to PHP: a constant that nobody defines.
void check_quotes(const Compilation& with) {
  for (const auto& node : with.ast().nodes) {
    if (node.kind != NodeKind::name) continue;
    const auto name = with.slice(node);
    if (!name.starts_with("\xe2\x80\x98") && !name.starts_with("\xe2\x80\x99") &&
        !name.starts_with("\xe2\x80\x9c") && !name.starts_with("\xe2\x80\x9d"))
      continue;
    with.refuse(
        node,
        "Undefined constant \"" + std::string(name) + "\": its quotation marks are none to PHP",
        "write ' or \"");
  }
}

}  // namespace

void check_names(const Compilation& with) {
  Names(with).block(with.ast().root);
  check_spaces(with);
  check_quotes(with);
}

}  // namespace stackaudit::syntax::php
