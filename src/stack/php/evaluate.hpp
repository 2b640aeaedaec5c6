// What expressions are worth: constants, variables, paths, the functions that make paths. Never
// guesses: what the text does not tell is a hole in the value.
#pragma once

#include "stack/php/callers.hpp"
#include "stack/php/definitions.hpp"
#include "stack/php/questions.hpp"
#include "stack/php/value.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::stack::php {

// Variables with what they were before, or became; nothing: there is none of that name.
using Changed = std::map<std::string, std::optional<Value>, std::less<>>;

// Where a branch notes what it changes: a copy of the scope is no part of it.
struct Notes {
  Notes() = default;
  Notes(const Notes&) noexcept {}
  Notes& operator=(const Notes&) noexcept { return *this; }  // NOLINT: keeps its own

  Changed* in = nullptr;
};

// Where an expression stands: its file and the variables known there.
struct Scope {
  const Unit* unit = nullptr;
  Variables variables;     // with their $
  bool outermost = false;  // of a file: what other files define there is visible
  std::string loading{};   // the class that an autoloader is asked for; empty: in none
  mutable int depth = 0;   // of nested evaluations
  Notes notes{};
};

// Among the variables: which case of an enumeration $this is.
inline constexpr const char* kCaseName = "@case";
inline constexpr const char* kCaseValue = "@value";
// And what func_get_args() gives.
inline constexpr const char* kAllArguments = "@arguments";

// Evaluations that are nested deeper go into no function and no definition any more.
inline constexpr int kDeepestCall = 50;
// Of one name, that are all evaluated.
inline constexpr std::size_t kMostDefinitions = 32;

// Counts nested evaluations while it lives.
class Nested {
 public:
  explicit Nested(const Scope& scope) : depth_(scope.depth) { ++depth_; }
  ~Nested() { --depth_; }
  Nested(const Nested&) = delete;
  Nested& operator=(const Nested&) = delete;

 private:
  int& depth_;
};

enum class Truth : std::uint8_t { no, yes, unknown };

// A condition, and whether it asks what only the running server knows of the code itself: is this
// function there, this extension, this constant. Code under such a condition may never run.
struct Condition {
  Truth truth = Truth::unknown;
  bool alternative = false;
};
// What PHP makes of it: "1" or nothing; where that is not known, Text::absent says whether the
// condition asks for alternatives.
[[nodiscard]] Value answer(const Condition& condition);
// One of them, of which there is one at least, by a condition that asks for alternatives: of
// "class_exists('X') ? true : false" the answer, which is carried on.
[[nodiscard]] Value elected(std::vector<Value> values);

class Evaluator {
 public:
  // Without callers the parameters of functions are not known. What is asked is noted in `asked`.
  Evaluator(const Corpus& corpus, const Definitions& definitions, const Callers* callers = nullptr,
            Questions* asked = nullptr)
      : corpus_(corpus), definitions_(definitions), callers_(callers), asked_(asked) {}

  [[nodiscard]] Value value(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Condition condition(const Scope& scope, syntax::php::NodeId id) const;
  // Whether two expressions are the same, where each is a literal or a constant that only this file
  // defines, once.
  [[nodiscard]] Truth same(const Scope& scope, syntax::php::NodeId a, syntax::php::NodeId b) const;

  // Whether a property, or what a short function or method gives, tells of a file that may not be
  // there.
  [[nodiscard]] bool tells_of_file(const Scope& scope, syntax::php::NodeId id) const;

  // What a closure gives for these values: one that is written here, or that a variable holds.
  [[nodiscard]] Value closure_call(const Scope& scope, syntax::php::NodeId callee,
                                   const std::vector<Value>& given) const;

  // Whether a call leads to a function of the program, the only one of its name, that ends the
  // script each time.
  [[nodiscard]] bool never_returns(const Unit& unit, syntax::php::NodeId call) const;

  // Arguments of a call node, in order.
  [[nodiscard]] std::vector<syntax::php::NodeId> arguments(const Unit& unit,
                                                           syntax::php::NodeId call) const;
  [[nodiscard]] std::string start_of(const Scope& scope) const;
  [[nodiscard]] Value constant(const Scope& scope, std::string_view name) const;
  // Any of these, evaluated where each stands.
  [[nodiscard]] Value any(const Scope& scope, const std::vector<Definition>& definitions) const;
  [[nodiscard]] std::string_view source(const Unit& unit, syntax::php::NodeId id) const;

  // What the server sets for every request that runs the file: in $_SERVER, and for getenv().
  [[nodiscard]] Value parameter(const Unit& unit, const std::string& name) const;

  // Whether $_ENV has nothing: PHP does not fill it, and the program does not.
  [[nodiscard]] bool env_is_empty(const Unit& unit) const;

  // Whether the server is known to set nothing of that name.
  [[nodiscard]] bool has_no(const Unit& unit, const std::string& variable) const;

  // The directory of a child theme's parent; of another theme its own.
  [[nodiscard]] std::string parent_theme(const std::string& theme) const;
  [[nodiscard]] const Corpus& corpus() const { return corpus_; }
  [[nodiscard]] const Definitions& definitions() const { return definitions_; }

  // As Definitions::of and Callers::bindings; the second gives nothing without callers.
  [[nodiscard]] const std::vector<Definition>& definitions_of(std::string_view key) const;
  [[nodiscard]] std::vector<Variables> bindings(const Unit& unit,
                                                syntax::php::NodeId function) const;
  // Whoever asks the corpus itself which files it has notes it here.
  void note_units() const {
    if (asked_ != nullptr) asked_->note_units();
  }
  // Likewise whoever asks by which entry points a file is reached.
  const Unit& reached(const Unit& unit) const {
    if (asked_ != nullptr) asked_->note_reach(unit);
    return unit;
  }
  [[nodiscard]] bool exists(std::string_view path, std::string_view wanted) const;

 private:
  [[nodiscard]] Value literal(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] std::optional<Value> registered(const Scope& scope, syntax::php::NodeId list,
                                                const std::string& key) const;
  [[nodiscard]] Value stepped(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value interpolated(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value variable(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value array(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value index(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] std::optional<Value> item_of_object(const Scope& scope, syntax::php::NodeId object,
                                                    std::string_view name) const;
  [[nodiscard]] Value member(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value together(Value left, const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value binary(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value ternary(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] bool is_of_nobody(const Scope& scope, syntax::php::NodeId test) const;
  [[nodiscard]] Value coalesce(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value in_place_of(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value match(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] std::optional<Truth> is_own_case(const Scope& scope, syntax::php::NodeId subject,
                                                 syntax::php::NodeId test) const;
  [[nodiscard]] Truth arm(const Scope& scope, syntax::php::NodeId subject, syntax::php::NodeId id,
                          bool& alternative) const;
  [[nodiscard]] Value included(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Value call(const Scope& scope, syntax::php::NodeId id) const;
  // `of`: the case of an enumeration, or the class, that a method is called of; 0: of none of
  // these.
  [[nodiscard]] Value user_function(const Scope& scope, const std::string& name,
                                    const std::vector<syntax::php::NodeId>& arguments, bool method,
                                    syntax::php::NodeId of) const;
  // A::B->value of an enumeration.
  [[nodiscard]] Value case_value(const Scope& scope, syntax::php::NodeId enum_case) const;
  // $this->value and $this->name in a method of an enumeration; nullopt anywhere else.
  [[nodiscard]] std::optional<Value> own_case(const Scope& scope, syntax::php::NodeId id,
                                              std::string_view name) const;
  // Gives the parameters these values.
  void bind(Scope& inner, syntax::php::NodeId function, const std::vector<Value>& given) const;
  // The values of a generator, in order.
  [[nodiscard]] Value yielded(const Scope& inner, syntax::php::NodeId block) const;
  [[nodiscard]] bool takes_yields(Scope& inner, syntax::php::NodeId statement, bool always,
                                  Value& list) const;
  // What a function or closure gives for these values.
  [[nodiscard]] Value result(Scope inner, syntax::php::NodeId function,
                             const std::vector<Value>& given) const;
  [[nodiscard]] bool takes(Scope& inner, syntax::php::NodeId statement,
                           const std::set<std::string_view>& unset) const;
  [[nodiscard]] bool fills(Scope& inner, syntax::php::NodeId test,
                           const std::set<std::string_view>& unset) const;
  [[nodiscard]] std::optional<Value> returned_by(const Scope& inner, syntax::php::NodeId statement,
                                                 std::vector<Value>& early) const;
  // What a function may have returned before, and its static variables before the first call.
  struct Returns {
    std::vector<Value> early;
    std::set<std::string_view> unset;
  };
  [[nodiscard]] Truth has_item(const Scope& scope, syntax::php::NodeId test) const;
  [[nodiscard]] std::optional<Value> returned_if(Scope& inner, syntax::php::NodeId statement,
                                                 Returns& before) const;
  [[nodiscard]] std::optional<Value> returned_in(Scope& inner, syntax::php::NodeId loop,
                                                 Returns& before) const;
  [[nodiscard]] Value returned(const Scope& inner, syntax::php::NodeId block) const;
  [[nodiscard]] Condition call_condition(const Scope& scope, syntax::php::NodeId id) const;
  // What a function of the program answers that does nothing but return.
  [[nodiscard]] Condition answered(const Scope& scope, syntax::php::NodeId call,
                                   const std::string& name) const;
  [[nodiscard]] bool tells_of_platform(const Scope& scope, syntax::php::NodeId call) const;
  [[nodiscard]] bool is_defined_before(const Scope& scope, syntax::php::NodeId call,
                                       const std::string& constant) const;
  [[nodiscard]] bool brings(const Scope& scope, syntax::php::NodeId call) const;
  [[nodiscard]] bool loads(const Scope& scope, syntax::php::NodeId include, const Unit& wanted,
                           int steps) const;
  [[nodiscard]] Condition is_loaded_before(const Scope& scope, syntax::php::NodeId call,
                                           const std::string& constant) const;
  [[nodiscard]] bool declares_later(const Scope& scope, syntax::php::NodeId call,
                                    const std::string& name) const;
  [[nodiscard]] bool brings_constant(const std::string& constant) const;
  [[nodiscard]] bool asks_unset(const Scope& scope, syntax::php::NodeId test) const;
  [[nodiscard]] std::optional<Value> object_item(const Scope& scope,
                                                 syntax::php::NodeId property) const;
  [[nodiscard]] bool is_for_commands(const Scope& scope, syntax::php::NodeId test) const;
  [[nodiscard]] bool is_of_setting(const Scope& scope, syntax::php::NodeId part) const;
  [[nodiscard]] bool is_off(const Scope& scope, syntax::php::NodeId item) const;
  [[nodiscard]] bool asks_for_lacking(const Scope& scope, syntax::php::NodeId test) const;
  [[nodiscard]] bool is_strange_type(const Scope& scope, syntax::php::NodeId call,
                                     const std::string& name) const;
  [[nodiscard]] bool is_network(const Scope& scope) const;
  [[nodiscard]] bool is_decided(const Scope& scope, syntax::php::NodeId call,
                                const std::string& name) const;
  [[nodiscard]] Truth is_listed(const Scope& scope, syntax::php::NodeId call) const;
  [[nodiscard]] Truth version_ordered(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Truth version_compared(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Truth ordered(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Condition loaded(const Scope& scope, syntax::php::NodeId include) const;
  [[nodiscard]] Condition comparison(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] bool is_always_on(const Scope& scope,
                                  const std::vector<Definition>& definitions) const;
  [[nodiscard]] bool holds_environment(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] bool is_switched_off_by_nobody(const Scope& scope, syntax::php::NodeId id) const;
  [[nodiscard]] Condition existence(const Scope& scope, syntax::php::NodeId id,
                                    std::string_view name) const;

  // The definitions of the key that concern the file; of its own part alone.
  [[nodiscard]] std::vector<Definition> meant(std::string_view key, const Unit& unit,
                                              bool part = false) const;
  // The constructor that the definition stands in; 0: none.
  [[nodiscard]] syntax::php::NodeId constructor_around(const Definition& definition) const;
  [[nodiscard]] Variables constructed(const Definition& definition) const;
  // Whether calls of the constructor were seen, and none hands over the parameter.
  [[nodiscard]] bool is_left_out(const Definition& parameter) const;
  // As Callers::made of the file's application.
  [[nodiscard]] std::optional<Value> made(const Unit& unit, std::string_view constant) const;
  [[nodiscard]] Value defined(const Scope& scope, const Definition& definition) const;
  // Of a literal, of what PHP itself or only this file defines, of functions on these.
  [[nodiscard]] Value fixed(const Scope& scope, syntax::php::NodeId id) const;

  const Corpus& corpus_;
  const Definitions& definitions_;
  const Callers* callers_ = nullptr;
  Questions* asked_ = nullptr;
  // Calls that one expression leads to, and how deep they are nested.
  mutable std::size_t results_ = 0;
  mutable int nested_results_ = 0;
  // What each definition is worth, unknown while it is being found out: a definition that leads
  // back to itself ends there. One evaluator serves one thread.
  mutable std::map<std::pair<const Unit*, syntax::php::NodeId>, Value> worth_;
};

// What a function, method or closure runs: a block, of an arrow function the expression; 0: an
// abstract method has none.
[[nodiscard]] syntax::php::NodeId body_of(const syntax::php::Ast& ast,
                                          syntax::php::NodeId function);

// Whether code of the file assigns something to $_SERVER['name'].
[[nodiscard]] bool sets_server_variable(std::string_view text, std::string_view name);

// Functions whose result can be told (functions.cpp): nullopt for a name that is not known.
[[nodiscard]] std::optional<Value> builtin(const Evaluator& evaluator, const Scope& scope,
                                           std::string_view name,
                                           const std::vector<syntax::php::NodeId>& arguments);

// Constants of PHP itself that are the same on every Debian: nullopt for others.
[[nodiscard]] std::optional<std::string_view> built_in_constant(std::string_view name);

// TEMPLATEPATH and STYLESHEETPATH, which are each theme's own: nullopt for any other name.
[[nodiscard]] std::optional<Value> theme_constant(const Evaluator& evaluator, const Scope& scope,
                                                  std::string_view name);

}  // namespace stackaudit::stack::php
