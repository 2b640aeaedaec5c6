// The walker behind walk(): only its own files include this.
#pragma once

#include "stack/php/branches.hpp"
#include "stack/php/walk.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stackaudit::stack::php {

using syntax::php::Ast;
using syntax::php::NodeId;
using syntax::php::NodeKind;

inline constexpr int kDeepestWalk = 600;
// Among the variables: where chdir() went.
inline constexpr std::string_view kWorkingDirectory = "@chdir";
// Among what a call hands over: what the caller catches, "errors" or only other exceptions.
inline constexpr std::string_view kCaught = "@caught";
inline constexpr const char* kErrors = "errors";

// Whether what follows is run; ends: nothing of the script is, not even what loads the file.
enum class Flow : std::uint8_t { goes_on, stops, ends };

// What becomes of an expression's result.
struct Context {
  bool silenced = false;  // @ in front
  bool handled = false;   // it is tested
  bool fatal = false;     // and where it is false the script ends
};

class Walker {
 public:
  Walker(const Evaluator& evaluator, const Unit& unit, const CallSites* sites, Walk& out);
  void run();

 private:
  Flow sequence(Scope& scope, NodeId first);
  Flow statement(Scope& scope, NodeId id);
  Flow if_chain(Scope& scope, NodeId id);
  // What a condition holds a variable to, and when: where it is true, or where it is not.
  struct Choice {
    std::string_view name;
    Value value;
    bool when = true;
  };
  [[nodiscard]] std::optional<Choice> choice(const Scope& scope, NodeId test) const;
  [[nodiscard]] bool is_singled_out(std::string_view word) const;
  void loop(Scope& scope, NodeId id);
  bool takes_items(Scope& scope, NodeId id);
  bool counts(Scope& scope, NodeId id);
  bool counts_up(Scope& scope, NodeId id);
  [[nodiscard]] bool never_runs(const Scope& scope, NodeId id) const;
  void foreach (Scope& scope, NodeId id);
  void each_item(Scope& scope, NodeId id, const Value& list);
  [[nodiscard]] bool by_reference(NodeId item) const;
  void in_turn(std::size_t rounds, const std::function<void(std::size_t)>& round);
  [[nodiscard]] bool may_take(std::size_t rounds) const;
  [[nodiscard]] Truth case_holds(const Scope& scope, NodeId subject, NodeId test) const;
  [[nodiscard]] NodeId decided_case(const Scope& scope, NodeId subject) const;
  Flow switch_statement(Scope& scope, NodeId id);
  Flow try_statement(Scope& scope, NodeId id);
  [[nodiscard]] bool catches_errors(NodeId id) const;
  void members(const Scope& scope, NodeId first);
  void function(NodeId id, Scope inner);
  void body(NodeId id, Scope inner, const Variables* given);
  [[nodiscard]] std::vector<Variables> calls_with(NodeId id,
                                                  const std::vector<Value>& values) const;
  [[nodiscard]] std::vector<Variables> loaded_classes(NodeId id, const Value& classes) const;
  void probe(NodeId id, Scope inner);
  [[nodiscard]] bool looks_up(NodeId id) const;

  void expression(Scope& scope, NodeId id, Context context = {});
  void children(Scope& scope, NodeId id, Context context);
  void lazily(Scope& scope, NodeId id, Condition condition, bool runs_when, Context context);
  void assign(Scope& scope, NodeId id);
  [[nodiscard]] Value* item(const Scope& scope, Value& root, NodeId target, bool holds_items);
  void forget_shared(Scope& scope, NodeId closure);
  void assign_item(Scope& scope, NodeId target, NodeId value);
  void assign_list(Scope& scope, NodeId target, const Value& list);
  void match(Scope& scope, NodeId id, Context context);
  [[nodiscard]] NodeId decided_arm(const Scope& scope, NodeId subject) const;
  void include(Scope& scope, NodeId id, Context context);
  void call(Scope& scope, NodeId id);
  void record(const Scope& scope, NodeId id);
  void record_callback(const Scope& scope, NodeId id, const Callee& function);
  [[nodiscard]] std::string name_of_argument(NodeId id) const;
  void take_item(Scope& scope, std::string_view function, const std::vector<NodeId>& given);
  void extract(Scope& scope, const std::vector<NodeId>& given);
  void forget_changed(Scope& scope, std::string_view function, const std::vector<NodeId>& given);
  void take_away(Scope& scope, NodeId place);
  void hush(const Scope& scope, std::string_view function, const std::vector<NodeId>& given);
  void set(Scope& scope, std::string_view name, Value value);
  void step(Scope& scope, NodeId id);
  void forget_assigned(Scope& scope, NodeId id);
  void guarded(Scope& scope, NodeId body, const Condition& condition);
  [[nodiscard]] bool visitor_chooses(NodeId subject);
  [[nodiscard]] syntax::php::NodeId asked_file(syntax::php::NodeId call) const;
  [[nodiscard]] bool complains(syntax::php::NodeId branch) const;
  void demanded(Scope& scope, NodeId statement);
  [[nodiscard]] NodeId include_of(NodeId statement) const;
  [[nodiscard]] bool is_final(NodeId statement) const;
  [[nodiscard]] bool ends_script(NodeId expression) const;
  [[nodiscard]] bool ends_here(const Scope& scope, NodeId expression) const;
  [[nodiscard]] bool ends(NodeId branch) const;
  [[nodiscard]] bool asks_for_failure(NodeId test) const;
  [[nodiscard]] bool asks_for_commands(NodeId test) const;
  [[nodiscard]] bool is_autoloader(NodeId function) const;
  // Functions run where the script that declares them went before.
  [[nodiscard]] Scope function_scope() const {
    Scope scope;
    scope.unit = &unit_;
    if (moved_) scope.variables.emplace(kWorkingDirectory, *moved_);
    return scope;
  }
  [[nodiscard]] bool holds_include(NodeId id) const {
    const auto it = std::ranges::lower_bound(includes_, ast_[id].begin);
    return it != includes_.end() && *it < ast_[id].end;
  }
  // Whether one begins in the statement or after it, in the function that is walked.
  [[nodiscard]] bool includes_follow(NodeId id) const {
    const auto it = std::ranges::lower_bound(includes_, ast_[id].begin);
    return it != includes_.end() && *it < end_;
  }
  [[nodiscard]] std::string_view source(NodeId id) const { return evaluator_.source(unit_, id); }

  // Counts nesting and, where asked, doubtful conditions.
  struct Level {
    Level(Walker& walker, bool alternative = false) : walker_(walker), alternative_(alternative) {
      ++walker_.depth_;
      walker_.alternatives_ += alternative_ ? 1 : 0;
    }
    ~Level() {
      --walker_.depth_;
      walker_.alternatives_ -= alternative_ ? 1 : 0;
    }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    Walker& walker_;
    bool alternative_;
  };

  // Inside of a try block.
  struct Catching {
    Catching(Walker& walker, bool exceptions, bool errors)
        : walker_(walker), exceptions_(exceptions ? 1 : 0), errors_(errors ? 1 : 0) {
      walker_.caught_ += exceptions_;
      walker_.errors_caught_ += errors_;
    }
    ~Catching() {
      walker_.caught_ -= exceptions_;
      walker_.errors_caught_ -= errors_;
    }
    Catching(const Catching&) = delete;
    Catching& operator=(const Catching&) = delete;

   private:
    Walker& walker_;
    int exceptions_, errors_;
  };

  const Evaluator& evaluator_;
  const Unit& unit_;
  const Ast& ast_;
  const CallSites* sites_;
  Walk& out_;
  // Variables that are given the visitor's words, once somebody asks.
  std::optional<std::set<std::string_view>> visitors_;
  std::vector<std::uint32_t> includes_;   // where includes, and calls that lead them, begin
  std::uint32_t end_ = 0;                 // of the function, or of the file
  std::vector<std::string> autoloaders_;  // of the application
  NodeId autoloader_ = 0;                 // a closure that is one
  NodeId mapped_ = 0;                     // a closure that is called for each of a list
  std::vector<Value> mapped_over_;        // the list's values
  std::optional<Value> moved_;            // where the script's own chdir() went
  bool autoloads_ = false;                // inside of one
  bool registered_ = false;               // inside a function that is one, perhaps of several
  bool probes_ = false;                   // for files that are misnamed
  bool follows_ = false;                  // likewise for files of classes that are declared
  bool hushed_ = false;                   // warnings are switched off, or a handler takes them
  bool lists_ = false;                    // of an autoloader with a list of its own
  std::size_t rounds_ = 1;                // of all loops around, multiplied
  int depth_ = 0;
  int alternatives_ = 0;
  int caught_ = 0;         // try blocks around, whose exceptions are caught
  int errors_caught_ = 0;  // likewise, and what includes that fail throw, too
};

}  // namespace stackaudit::stack::php
