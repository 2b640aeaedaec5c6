// The recursive-descent parser behind parse(); only the parser's own files include this.
// After a syntax error `failed_` is set: every function then returns at once, until the statement
// list finds a place to go on.
#pragma once

#include "syntax/php/php.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::php {

// How strongly an operator binds; the steps are those of PHP 8's grammar.
enum Power : int {
  kLowest = 0,
  kLogicalOrPower,
  kLogicalXorPower,
  kLogicalAndPower,
  kPrintPower,
  kYieldPower,
  kYieldFromPower,
  kAssignPower,
  kTernaryPower,
  kCoalescePower,
  kBooleanOrPower,
  kBooleanAndPower,
  kBitOrPower,
  kBitXorPower,
  kBitAndPower,
  kEqualityPower,
  kComparisonPower,
  kConcatPower,
  kShiftPower,
  kSumPower,
  kProductPower,
  kNotPower,
  kInstanceofPower,
  kUnaryPower,
  kExponentPower,
  kClonePower
};

// Children in the making.
struct NodeList {
  NodeId first = 0;
  NodeId last = 0;
};

class Parser {
 public:
  Parser(std::string_view text, text::FileId file, const Options& options, Parsed& out);
  void run();

 private:
  using List = NodeList;
  // Counts nesting while it lives.
  class Deeper {
   public:
    explicit Deeper(Parser& parser);
    ~Deeper() { --parser_.depth_; }
    Deeper(const Deeper&) = delete;
    Deeper& operator=(const Deeper&) = delete;

   private:
    Parser& parser_;
  };

  // Tokens.
  [[nodiscard]] const Token& token(std::size_t ahead = 0) const {
    const auto i = pos_ + ahead;
    return i < tokens_.size() ? tokens_[i] : end_token_;
  }
  [[nodiscard]] Kind peek(std::size_t ahead = 0) const { return token(ahead).kind; }
  [[nodiscard]] bool is(int kind, std::size_t ahead = 0) const { return peek(ahead) == kind; }
  [[nodiscard]] bool is_end() const { return pos_ >= tokens_.size(); }
  [[nodiscard]] bool is_identifier(std::size_t ahead = 0) const {
    return is(kString, ahead) || is_keyword(peek(ahead));
  }
  [[nodiscard]] bool is_name(std::size_t ahead = 0) const {
    return is(kString, ahead) || is(kNameQualified, ahead) || is(kNameFullyQualified, ahead) ||
           is(kNameRelative, ahead);
  }
  [[nodiscard]] bool is_ampersand(std::size_t ahead = 0) const {
    return is(kAmpersandFollowedByVarOrVararg, ahead) ||
           is(kAmpersandNotFollowedByVarOrVararg, ahead);
  }
  [[nodiscard]] std::string_view word(std::size_t ahead = 0) const { return slice(token(ahead)); }
  [[nodiscard]] std::string_view slice(const Token& t) const {
    return text_.substr(t.begin, t.end - t.begin);
  }
  void advance() {
    if (pos_ < tokens_.size()) ++pos_;
  }
  bool accept(int kind);
  bool expect(int kind);
  [[nodiscard]] bool at_least(int version) const {
    return options_.version == 0 || options_.version >= version;
  }

  // Nodes.
  [[nodiscard]] std::uint32_t begin() const { return token().begin; }
  NodeId make(NodeKind kind, std::uint32_t begin, List children = {}, Kind op = kEnd);
  NodeId leaf(NodeKind kind);
  void append(List& list, NodeId node);
  [[nodiscard]] List list(std::initializer_list<NodeId> nodes);
  [[nodiscard]] Node& node(NodeId id) { return out_.ast.nodes[id]; }

  // Problems (explain.cpp).
  NodeId unexpected(std::string_view expecting = {});
  NodeId refuse(text::Span span, std::string message, std::string help = {});
  void report(text::Diagnostic problem);
  void too_deep();
  void recover(std::size_t start);
  [[nodiscard]] text::Span span(const Token& t) const { return {file_, t.begin, t.end}; }
  [[nodiscard]] text::Span span(NodeId id) { return {file_, node(id).begin, node(id).end}; }
  [[nodiscard]] bool explain_conflict();
  [[nodiscard]] bool explain_brackets();
  [[nodiscard]] bool explain_string(const std::string& message);
  [[nodiscard]] bool explain_comment();
  [[nodiscard]] bool explain_semicolon(const std::string& message);
  [[nodiscard]] std::size_t unclosed_by_indentation(std::size_t innermost) const;

  // Statements.
  List statements(std::initializer_list<int> ends, bool top = false);
  NodeId top_statement();
  NodeId statement();
  NodeId substatement();
  NodeId block();
  NodeId simple_statement(NodeKind kind);
  bool end_of_statement();
  NodeId if_statement();
  NodeId if_tail(std::uint32_t start, bool alternative);
  NodeId while_statement();
  NodeId do_statement();
  NodeId for_statement();
  NodeId for_part(int end);
  NodeId foreach_statement();
  NodeId foreach_target();
  NodeId body(int end_keyword);
  NodeId switch_statement();
  NodeId case_clause();
  NodeId jump_statement();
  NodeId check_levels(NodeId id, NodeId count, const std::string& said);
  NodeId echo_statement();
  NodeId variables_statement(NodeKind kind);
  bool initialized_variable(List& parts);
  NodeId static_statement();
  NodeId declare_statement();
  NodeId try_statement();
  NodeId label_or_goto();
  NodeId html();
  void no_code();
  void no_blank(std::uint32_t begin, std::uint32_t end);
  NodeId expression_statement();

  // Declarations.
  NodeId namespace_statement();
  NodeId use_statement();
  bool use_clause(bool group);
  NodeId const_statement();
  NodeId halt_statement();
  NodeId function_declaration();
  NodeId class_declaration();
  NodeId class_body(std::uint32_t start, NodeId name);
  NodeId member();
  NodeId class_constant(std::uint32_t start);
  NodeId method(std::uint32_t start);
  NodeId properties(std::uint32_t start);
  bool property_hooks();
  NodeId trait_use();
  bool trait_adaptations();
  bool trait_alias();
  NodeId enum_case();
  bool name_list();
  bool skip_name();
  void attributes();
  bool modifiers();
  bool lexical_variables(const NodeList& parameters);
  bool parameters(List& into);
  NodeId parameter();
  bool type(bool returned = false);
  bool return_type();
  [[nodiscard]] bool starts_declaration() const;

  // Expressions.
  NodeId expression(int power = kLowest);
  NodeId binary_tail(NodeId left, int power);
  NodeId assignment(NodeId target);
  NodeId ternary(NodeId condition);
  NodeId prefix();
  NodeId prefix_operator(NodeKind kind, int power);
  NodeId low_prefix(NodeKind kind, int power);
  NodeId yield_expression();
  NodeId primary(bool& dereferencable);
  NodeId scalar(bool& dereferencable);
  NodeId postfix(NodeId base);
  [[nodiscard]] bool takes_braces(NodeKind base) const;
  NodeId member_access(NodeId object);
  NodeId static_access(NodeId scope);
  NodeId index_access(NodeId base);
  NodeId increments(NodeId operand);
  NodeId variable();
  NodeId name_expression(bool& dereferencable);
  NodeId parenthesized();
  NodeId array_literal(int close, NodeKind kind, std::uint32_t start);
  NodeId array_item();
  bool arguments(List& into);
  NodeId argument();
  NodeId function_like(NodeKind kind, std::uint32_t start);
  NodeId closure(std::uint32_t start);
  NodeId arrow_function(std::uint32_t start);
  NodeId new_expression(bool& dereferencable);
  NodeId new_class();
  NodeId match_expression();
  NodeId match_arm();
  NodeId listed(NodeKind kind);
  NodeId exit_expression();
  NodeId interpolated(int close, NodeKind kind);
  NodeId heredoc();
  NodeId endless(std::uint32_t start, std::string help);
  void check_indentation(const Token& close, NodeId first_part);
  void check_escapes(const Token& t);
  NodeId interpolated_part();
  NodeId interpolated_variable();
  NodeId interpolated_offset();
  NodeId number();
  [[nodiscard]] bool assignable(NodeId id) const;

  std::string_view text_;
  text::FileId file_;
  Options options_;
  Parsed& out_;
  std::vector<Token> tokens_;
  Token end_token_;
  std::size_t pos_ = 0;
  int depth_ = 0;
  int loops_ = 0;
  int in_isset_ = 0;  // or empty()
  bool failed_ = false;
  bool stop_ = false;        // nothing more is worth checking
  bool balanced_ = true;     // after an error: the brackets of the file match
  bool seen_code_ = false;   // a statement other than declare stands before this one
  bool namespaced_ = false;  // a namespace without braces began: others may follow anywhere
  NodeId parenthesized_ = 0;
};

}  // namespace stackaudit::syntax::php
