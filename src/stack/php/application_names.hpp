// What an application and the PHP under it declare, and why a name that neither has is undefined.
#pragma once

#include "stack/php/known_types.hpp"
#include "stack/php/loaded_extensions.hpp"
#include "stack/php/near_names.hpp"
#include "stack/php/rows.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace stackaudit::stack::php {

// What there is to say of a name; nothing said: it is there, or code that was not seen may have it.
struct Absence {
  std::string said, help;
  bool certain = true;   // else something may define it that only run time knows
  std::string family{};  // or extension: what is in doubt is told of one of them in a file

  [[nodiscard]] bool empty() const { return said.empty(); }
};

class ApplicationNames {
 public:
  ApplicationNames(const Corpus& corpus, const Definitions& definitions, std::size_t application,
                   const Closed& closed);

  [[nodiscard]] bool declares(NameHash name) const { return declared_.contains(name); }
  // Whether some code asks first whether it is there.
  [[nodiscard]] bool asked(std::string_view name) const {
    return asked_.contains(hash_of(kAskedName, name));
  }
  // Whether all classes are known, so that another one is an error.
  [[nodiscard]] bool all_classes() const { return classes_closed_; }
  [[nodiscard]] bool all_functions() const { return functions_closed_; }
  [[nodiscard]] const LoadedExtensions& extensions() const { return extensions_; }
  [[nodiscard]] const Finals& finals() const { return finals_; }
  // A parent, an interface or a trait.
  [[nodiscard]] bool is_declared(const Base& base) const;

  // A class of an extension that is not loaded.
  [[nodiscard]] bool is_of_lacking(const Base& base) const {
    const auto it = corpus_.names.classes.find(base.name);
    return it != corpus_.names.classes.end() && extensions_.lacks(it->second);
  }

  // Names as the code writes them. runs: no condition decides whether it is called.
  [[nodiscard]] Absence function(const std::string& spelled, bool runs) const;
  // Whether functions of that name are declared, and all of them in namespaces.
  [[nodiscard]] bool only_in_spaces(NameHash name) const {
    return declared_.contains(name) && !global_.contains(name);
  }
  // A function outside of namespaces, of a name that others have in theirs.
  [[nodiscard]] Absence global_function(const std::string& spelled) const;
  // A class outside of namespaces.
  [[nodiscard]] Absence class_name(const std::string& spelled) const;
  // A class of a namespace, by its whole name. Where a condition decides, only a name that was
  // probably meant is told of.
  [[nodiscard]] Absence spaced_class(const std::string& whole, bool runs) const;
  [[nodiscard]] Absence lost_class(const std::string& whole, const std::string& file) const;
  [[nodiscard]] Absence constant(const std::string& name) const;
  // new PDO('pgsql:host=...'), by the node of its name: each kind of database is an extension.
  [[nodiscard]] Absence driver(const syntax::php::Ast& ast, std::string_view code,
                               syntax::php::NodeId name) const;

 private:
  [[nodiscard]] bool is_guest() const;
  [[nodiscard]] bool is_of_host(std::string_view name) const;
  [[nodiscard]] bool is_of_own_family(std::string_view name) const;
  [[nodiscard]] bool is_disabled(std::string_view name) const;
  [[nodiscard]] bool asks_for(std::string_view name, std::string_view extension) const;
  [[nodiscard]] Absence absent(std::string_view what, std::string_view extension) const;

  const Corpus& corpus_;
  std::size_t application_;
  std::unordered_set<NameHash> declared_, asked_,
      asked_here_,  // of asked_, what no library asks for
      global_;      // of declared_, what no namespace stands around
  Finals finals_;
  std::set<std::string_view> made_;  // how the names of constants begin that are made at run time
  std::vector<std::string_view> functions_, constants_;
  KnownTypes types_;
  bool functions_closed_, classes_closed_;
  bool makes_classes_ = false;  // or may bring some that were not seen
  bool guest_ = false;
  LoadedExtensions extensions_;
  std::optional<NearNames> near_;
};

// self, static and parent.
[[nodiscard]] bool is_relative(std::string_view class_name);

}  // namespace stackaudit::stack::php
