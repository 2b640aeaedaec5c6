// Expressions: operators by binding power, assignments, ternaries, prefixes.
#include "syntax/php/parser.hpp"
#include "text/suggest.hpp"

#include <array>

namespace stackaudit::syntax::php {
namespace {

struct Binary {
  Kind kind;
  Power power;
  bool right = false;
  bool chains = true;  // a == b == c is refused
};

constexpr std::array kBinary = std::to_array<Binary>({
    {kLogicalOr, kLogicalOrPower},
    {kLogicalXor, kLogicalXorPower},
    {kLogicalAnd, kLogicalAndPower},
    {kCoalesce, kCoalescePower, true},
    {kBooleanOr, kBooleanOrPower},
    {kBooleanAnd, kBooleanAndPower},
    {op('|'), kBitOrPower},
    {op('^'), kBitXorPower},
    {kAmpersandFollowedByVarOrVararg, kBitAndPower},
    {kAmpersandNotFollowedByVarOrVararg, kBitAndPower},
    {kIsEqual, kEqualityPower, false, false},
    {kIsNotEqual, kEqualityPower, false, false},
    {kIsIdentical, kEqualityPower, false, false},
    {kIsNotIdentical, kEqualityPower, false, false},
    {kSpaceship, kEqualityPower, false, false},
    {op('<'), kComparisonPower, false, false},
    {kIsSmallerOrEqual, kComparisonPower, false, false},
    {op('>'), kComparisonPower, false, false},
    {kIsGreaterOrEqual, kComparisonPower, false, false},
    {op('.'), kConcatPower},
    {kSl, kShiftPower},
    {kSr, kShiftPower},
    {op('+'), kSumPower},
    {op('-'), kSumPower},
    {op('*'), kProductPower},
    {op('/'), kProductPower},
    {op('%'), kProductPower},
    {kInstanceof, kInstanceofPower},
    {kPow, kExponentPower, true},
});

// Indexed by kind: the place in kBinary and 1, or 0.
constexpr auto kBinaryIndex = [] {
  std::array<std::uint8_t, kLastNamed + 1> index{};
  for (std::size_t i = 0; i < kBinary.size(); ++i)
    index[kBinary[i].kind] = static_cast<std::uint8_t>(i + 1);
  return index;
}();

}  // namespace

NodeId Parser::expression(int power) {
  if (failed_) return 0;
  const Deeper deeper(*this);
  const auto left = prefix();
  return failed_ ? 0 : binary_tail(left, power);
}

NodeId Parser::binary_tail(NodeId left, int power) {
  while (!failed_) {
    const auto kind = peek();
    if (kind == '=' || is_compound_assignment(kind)) {
      const auto shape = out_.ast[left].kind;
      const bool destructures =
          kind == '=' && (shape == NodeKind::array || shape == NodeKind::list);
      if (!destructures && !assignable(left)) return left;
      left = assignment(left);
      continue;
    }
    if (kind == '?') {
      if (power > kTernaryPower) return left;
      left = ternary(left);
      continue;
    }
    const auto found = kBinaryIndex[kind];
    if (found == 0) return left;
    const auto& binary = kBinary[found - 1U];
    if (binary.power < power) return left;
    advance();
    const auto right = expression(binary.right ? binary.power : binary.power + 1);
    if (failed_) return 0;
    left = make(NodeKind::binary, node(left).begin, list({left, right}), kind);
    const auto next = kBinaryIndex[peek()];
    if (!binary.chains && next != 0 && kBinary[next - 1U].power == binary.power)
      return unexpected();
  }
  return 0;
}

NodeId Parser::assignment(NodeId target) {
  auto kind = peek();
  advance();
  if (kind == '=' && is_ampersand()) {
    kind = op('&');
    advance();
  }
  const auto value = expression(kAssignPower);
  return failed_ ? 0 : make(NodeKind::assign, node(target).begin, list({target, value}), kind);
}

NodeId Parser::ternary(NodeId condition) {
  const bool nested = node(condition).kind == NodeKind::ternary && condition != parenthesized_;
  const bool nested_short = nested && out_.ast.child_count(condition) == 2;
  advance();
  List parts = list({condition});
  const bool is_short = accept(':');
  if (!is_short) {
    append(parts, expression(kAssignPower));
    if (!expect(':')) return 0;
  }
  if (nested && !(nested_short && is_short) && at_least(800))
    return refuse(span(condition),
                  "Unparenthesized `a ? b : c ? d : e` is not supported. Use either `(a ? b : c) ? "
                  "d : e` or `a ? b : (c ? d : e)`",
                  "put one of the two ternaries in parentheses");
  append(parts, expression(kTernaryPower + 1));
  return failed_ ? 0 : make(NodeKind::ternary, node(condition).begin, parts);
}

NodeId Parser::prefix_operator(NodeKind kind, int power) {
  const auto start = begin();
  const auto op = peek();
  advance();
  const auto operand = expression(power);
  if (failed_) return 0;
  if ((op == kInc || op == kDec) && !assignable(operand)) return unexpected();
  return make(kind, start, list({operand}), op);
}

NodeId Parser::low_prefix(NodeKind kind, int power) {
  const auto start = begin();
  const auto op = peek();
  advance();
  const auto operand = expression(power);
  return failed_ ? 0 : make(kind, start, list({operand}), kind == NodeKind::include ? op : kEnd);
}

NodeId Parser::yield_expression() {
  const auto start = begin();
  if (accept(kYieldFrom)) {
    const auto value = expression(kYieldFromPower);
    return failed_ ? 0 : make(NodeKind::yield, start, list({value}), kYieldFrom);
  }
  advance();
  List parts;
  if (!is(';') && !is(')') && !is(',') && !is(']') && !is('}') && !is(kCloseTag) && !is_end()) {
    append(parts, expression(kYieldPower));
    if (accept(kDoubleArrow)) append(parts, expression(kYieldPower));
  }
  return failed_ ? 0 : make(NodeKind::yield, start, parts);
}

NodeId Parser::prefix() {
  switch (static_cast<int>(peek())) {
    case '!':
      return prefix_operator(NodeKind::unary, kNotPower);
    case '+':
    case '-':
    case '~':
    case kInc:
    case kDec:
      return prefix_operator(NodeKind::unary, kUnaryPower);
    case '@':
      return prefix_operator(NodeKind::silence, kUnaryPower);
    case kUnsetCast:
      if (at_least(800) && options_.version != 0)
        return refuse(span(token()), "The (unset) cast is no longer supported");
      return prefix_operator(NodeKind::cast, kUnaryPower);
    case kDoubleCast:
      if (at_least(800) && options_.version != 0 &&
          text::lower(text_.substr(token().begin, token().end - token().begin)).find("real") !=
              std::string::npos)
        return refuse(span(token()), "The (real) cast has been removed, use (float) instead");
      return prefix_operator(NodeKind::cast, kUnaryPower);
    case kIntCast:
    case kStringCast:
    case kArrayCast:
    case kObjectCast:
    case kBoolCast:
      return prefix_operator(NodeKind::cast, kUnaryPower);
    case kInclude:
    case kIncludeOnce:
    case kRequire:
    case kRequireOnce:
      return low_prefix(NodeKind::include, kLowest);
    case kPrint:
      return low_prefix(NodeKind::print, kPrintPower);
    case kThrow:
      return low_prefix(NodeKind::throw_, kLowest);
    case kClone:
      return low_prefix(NodeKind::clone, kClonePower);
    case kYield:
    case kYieldFrom:
      return yield_expression();
    default:
      break;
  }
  bool dereferencable = false;
  const auto base = primary(dereferencable);
  if (failed_) return 0;
  return increments(dereferencable ? postfix(base) : base);
}

NodeId Parser::increments(NodeId operand) {
  if (failed_ || !(is(kInc) || is(kDec)) || !assignable(operand)) return failed_ ? 0 : operand;
  const auto kind = peek();
  advance();
  return make(NodeKind::postfix, node(operand).begin, list({operand}), kind);
}

}  // namespace stackaudit::syntax::php
