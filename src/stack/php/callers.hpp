// Who calls the functions that load files, and with what: their parameters are then known, and the
// properties that a constructor fills with its own.
#pragma once

#include "stack/php/definitions.hpp"
#include "stack/php/value.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

// A function, method, constructor or closure with parameters, in a file with includes.
struct Callee {
  const Unit* unit = nullptr;
  syntax::php::NodeId id = 0;
  auto operator<=>(const Callee&) const = default;
};

// The calls in one file that lead to such functions, by their node.
using CallSites = std::unordered_map<syntax::php::NodeId, Callee>;

using Variables = std::map<std::string, Value, std::less<>>;

// What a call hands over.
struct Arguments {
  Callee function;
  std::vector<Value> values;  // by position
  Variables named;            // f(path: 'x'), with the $ of the parameter
  bool operator==(const Arguments&) const = default;
};

// function f(...$names)
[[nodiscard]] bool is_variadic(const Unit& unit, const syntax::php::Node& parameter);

// function f(&$list)
[[nodiscard]] bool takes_references(const Unit& unit, syntax::php::NodeId function);

// What a call of array_map() and its kin hands over to be called; 0: it is none.
[[nodiscard]] syntax::php::NodeId callback_of(const Unit& unit, const syntax::php::Node& call);

class Callers {
 public:
  Callers() = default;
  // Finds the calls, but those of tests: of functions, methods and constructors whose name one
  // declaration of the application alone has, of methods of common names by their own class, and
  // of closures that are kept in a variable of their file.
  Callers(const Corpus& corpus, const Definitions& definitions);

  // What define('X', $value) gave to the constant, where the variable was changed on the way there.
  [[nodiscard]] std::optional<Value> settled(const Unit& unit, syntax::php::NodeId value) const;

  // What define() gave to a constant of the application whose name it was told at run time:
  // by application and name.
  using Made = std::pair<std::size_t, std::string>;
  [[nodiscard]] std::optional<Value> made(const Made& constant) const;
  // The constants that were given something else than in the other.
  [[nodiscard]] std::vector<Made> made_otherwise(const Callers& other) const;

  // Of the nth unit of the corpus.
  [[nodiscard]] const CallSites& sites(std::size_t unit) const { return sites_[unit]; }
  // What the calls there hand over, which must outlive this.
  void add(const std::vector<Arguments>& found);
  void forget_calls() {
    given_.clear();
    made_.clear();
  }
  // The units in which a function hands on what it is given, as in
  // function part($name) { load(__DIR__, $name); }: their calls tell more once its own are known.
  [[nodiscard]] const std::set<std::size_t>& relays() const { return relays_; }
  // Functions of which not only calls are known that are seen: in one of both alone.
  [[nodiscard]] std::vector<Callee> differences(const Callers& other) const;

  // For each call of the function that was seen its parameters, by name; none where too many were.
  [[nodiscard]] std::vector<Variables> bindings(const Unit& unit,
                                                syntax::php::NodeId function) const;
  // The constructor, or another method that fills properties, that the node stands in; 0: none.
  [[nodiscard]] syntax::php::NodeId constructor_around(const Unit& unit,
                                                       const syntax::php::Node& node) const;
  // Those constructors and methods of a file.
  [[nodiscard]] std::vector<syntax::php::NodeId> constructors_in(const Unit& unit) const {
    std::vector<syntax::php::NodeId> found;
    const auto [begin, end] = constructors_.equal_range(&unit);
    for (auto it = begin; it != end; ++it) found.push_back(it->second);
    return found;
  }
  // Its parameters: what any object may have been given.
  [[nodiscard]] Variables constructed(const Unit& unit, syntax::php::NodeId constructor) const;

  // Whether calls of the constructor were seen, and none hands over the parameter of that name.
  [[nodiscard]] bool leaves_out(const Unit& unit, syntax::php::NodeId constructor,
                                std::string_view parameter) const;

 private:
  // Looks for those that hand on to the functions known so far. Whether there are any.
  bool relay(const Corpus& corpus, const Definitions& definitions, std::set<Callee>& loaders);

  std::vector<CallSites> sites_;
  std::set<std::size_t> relays_;
  std::map<Callee, std::vector<const Arguments*>> given_;
  std::map<Made, Value> made_;
  std::multimap<const Unit*, syntax::php::NodeId, InOrder> constructors_;
  std::set<Callee> others_;  // methods of a common name: calls from elsewhere are not known
};

}  // namespace stackaudit::stack::php
