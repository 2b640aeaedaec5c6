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

struct Declared {
  std::string kind;                                          // class, interface, trait, enum
  bool is_final = false, is_abstract = false, plain = true;  // plain: nothing else is inherited
  bool has_traits = false;                                   // which may bring any method
  std::vector<std::string> parents, contracts;               // extends, implements
  std::set<std::string> methods, open;                       // open: without a body
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
      if (found.kind == NodeKind::class_declaration) return declared(found, at);
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

  Declared read(const Node& node, const Node& name) const {
    Declared found;
    for (const auto& word : words(with_.text, node.begin, name.begin)) {
      found.is_final = found.is_final || word == "final";
      found.is_abstract = found.is_abstract || word == "abstract";
      if (word == "class" || word == "interface" || word == "trait" || word == "enum")
        found.kind = word;
    }
    const auto until = name.next != 0 ? with_.node(name.next).begin : node.end;
    auto* list = &found.parents;
    bool lists = false, name_before = false, slash_before = false;
    for (const auto& word : words(with_.text, name.end, until)) {
      if (word == "{") break;
      const bool keyword = word == "extends" || word == "implements";
      const bool slash = word == "\\";
      if (keyword) {
        list = word == "extends" ? &found.parents : &found.contracts;
        lists = true;
      } else if (lists && word != ",") {
        if (!(slash ? name_before : slash_before)) list->emplace_back();
        list->back() += word;
      }
      slash_before = slash;
      name_before = !slash && !keyword && word != ",";
    }
    for (auto at = name.next; at != 0; at = with_.node(at).next) {
      const auto& member = with_.node(at);
      found.has_traits = found.has_traits || member.kind == NodeKind::trait_use;
      if (member.kind != NodeKind::method) continue;
      auto called = lower(with_.slice(member.first));
      if (with_.node(with_.ast().last_child(at)).kind != NodeKind::block) found.open.insert(called);
      found.methods.insert(std::move(called));
    }
    found.plain = !found.has_traits && (found.kind == "interface" || found.parents.empty());
    return found;
  }

  void declared(const Node& node, NodeId) {
    if (node.first == 0 || with_.node(node.first).kind != NodeKind::name) return;
    const auto& name = with_.node(node.first);
    const auto found = read(node, name);
    const auto own = lower(with_.slice(name));
    if (const auto other = imported_.find(" " + own); other != imported_.end() &&
                                                      other->second != space_ + own &&
                                                      other->second != '\\' + space_ + own)
      with_.refuse(name, "Cannot declare " + found.kind + " " + std::string(with_.slice(name)) +
                             " because the name is already in use");
    for (const auto& parent : found.parents) extends(name, found, parent);
    for (const auto& contract : found.contracts) implements(name, found, contract);
    if (found.kind == "class" && !found.is_abstract) missing(name, found);
    for (auto at = name.next; at != 0; at = with_.node(at).next)
      if (with_.node(at).kind == NodeKind::trait_use) collisions(name, with_.node(at), found);
    classes_.emplace(own, std::pair(std::string(with_.slice(name)), found));
  }

  void extends(const Node& name, const Declared& found, const std::string& parent) {
    const auto it = classes_.find(parent);
    if (it == classes_.end() || found.kind != "class") return;
    const auto& [called, is] = it->second;
    const auto said = "Class " + std::string(with_.slice(name)) + " cannot extend ";
    if (is.kind != "class")
      with_.refuse(name, said + is.kind + " " + called);
    else if (is.is_final)
      with_.refuse(name, said + "final class " + called);
  }

  void implements(const Node& name, const Declared& found, const std::string& contract) {
    const auto it = classes_.find(contract);
    if (it == classes_.end() || it->second.second.kind == "interface") return;
    const auto& [called, is] = it->second;
    with_.refuse(name, std::string(with_.slice(name)) + " cannot implement " + called +
                           " - it is not an interface");
    (void)found;
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
  void collisions(const Node& name, const Node& use, const Declared& found) {
    const auto all = words(with_.text, use.begin, use.end);
    if (std::ranges::find(all, "{") != all.end() || std::ranges::find(all, "\\") != all.end())
      return;
    std::map<std::string, std::string> brought;
    for (const auto& word : all) {
      const auto it = classes_.find(word);
      if (it == classes_.end() || it->second.second.kind != "trait") continue;
      const auto& [called, trait] = it->second;
      for (const auto& method : trait.methods) {
        if (trait.open.contains(method) || found.methods.contains(method)) continue;
        const auto [first, fresh] = brought.emplace(method, called);
        if (fresh || first->second == called) continue;
        const auto own = std::string(with_.slice(name));
        with_.refuse(name, "Trait method " + called + "::" + method + " has not been applied as " +
                               own + "::" + method + ", because of collision with " +
                               first->second + "::" + method);
        return;
      }
    }
  }

  // Methods that a parent or an interface leaves to the class; only where both are known whole.
  void missing(const Node& name, const Declared& found) {
    std::vector<std::string> lost;
    auto inherits = found.contracts;
    inherits.insert(inherits.end(), found.parents.begin(), found.parents.end());
    const bool whole = std::ranges::all_of(inherits, [&](const std::string& from) {
      const auto it = classes_.find(from);
      return it == classes_.end() ? contract_of_php(from) != nullptr : it->second.second.plain;
    });
    if (!whole || found.has_traits || (!found.parents.empty() && !found.contracts.empty())) return;
    for (const auto& from : inherits) {
      const auto it = classes_.find(from);
      if (it == classes_.end()) {
        const auto* contract = contract_of_php(from);
        for (const auto method : contract->methods)
          if (!found.methods.contains(lower(method)))
            lost.push_back(std::string(contract->name) + "::" + std::string(method));
        continue;
      }
      const auto& [called, is] = it->second;
      for (const auto& method : is.open)
        if (!found.methods.contains(method)) lost.push_back(called + "::" + method);
    }
    if (lost.empty()) return;
    const bool one = lost.size() == 1;
    with_.refuse(name, "Class " + std::string(with_.slice(name)) + " contains " +
                           std::to_string(lost.size()) + " abstract method" + (one ? "" : "s") +
                           " and must therefore be declared abstract or implement the remaining "
                           "methods (" +
                           lost[0] + (one ? "" : ", ...") + ")");
  }

  const Compilation& with_;
  bool named_space_ = false;
  std::string space_;  // in lower case, with a slash behind it
  std::map<std::string, std::string> imported_;
  std::map<std::string, std::pair<std::string, Declared>> classes_;
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
