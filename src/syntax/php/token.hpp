// The tokens of PHP, named as token_get_all() names them. A token that PHP writes as one character
// has that character as its kind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stackaudit::syntax::php {

enum Kind : std::uint16_t {
  kEnd = 0,  // after the last token
  // 1 to 255: the character itself
  kFirstNamed = 256,
  kLnumber = kFirstNamed,
  kDnumber,
  kString,
  kNameFullyQualified,
  kNameRelative,
  kNameQualified,
  kVariable,
  kInlineHtml,
  kEncapsedAndWhitespace,
  kConstantEncapsedString,
  kStringVarname,
  kNumString,
  kInclude,
  kIncludeOnce,
  kEval,
  kRequire,
  kRequireOnce,
  kLogicalOr,
  kLogicalXor,
  kLogicalAnd,
  kPrint,
  kYield,
  kYieldFrom,
  kInstanceof,
  kNew,
  kClone,
  kExit,
  kIf,
  kElseif,
  kElse,
  kEndif,
  kEcho,
  kDo,
  kWhile,
  kEndwhile,
  kFor,
  kEndfor,
  kForeach,
  kEndforeach,
  kDeclare,
  kEnddeclare,
  kAs,
  kSwitch,
  kEndswitch,
  kCase,
  kDefault,
  kMatch,
  kBreak,
  kContinue,
  kGoto,
  kFunction,
  kFn,
  kConst,
  kReturn,
  kTry,
  kCatch,
  kFinally,
  kThrow,
  kUse,
  kInsteadof,
  kGlobal,
  kStatic,
  kAbstract,
  kFinal,
  kPrivate,
  kProtected,
  kPublic,
  kReadonly,
  kVar,
  kUnset,
  kIsset,
  kEmpty,
  kHaltCompiler,
  kClass,
  kTrait,
  kInterface,
  kEnum,
  kExtends,
  kImplements,
  kNamespace,
  kList,
  kArray,
  kCallable,
  kLine,
  kFile,
  kDir,
  kClassC,
  kTraitC,
  kMethodC,
  kFuncC,
  kNsC,
  kAttribute,
  kPlusEqual,
  kMinusEqual,
  kMulEqual,
  kDivEqual,
  kConcatEqual,
  kModEqual,
  kAndEqual,
  kOrEqual,
  kXorEqual,
  kSlEqual,
  kSrEqual,
  kPowEqual,
  kCoalesceEqual,
  kBooleanOr,
  kBooleanAnd,
  kIsEqual,
  kIsNotEqual,
  kIsIdentical,
  kIsNotIdentical,
  kIsSmallerOrEqual,
  kIsGreaterOrEqual,
  kSpaceship,
  kSl,
  kSr,
  kInc,
  kDec,
  kIntCast,
  kDoubleCast,
  kStringCast,
  kArrayCast,
  kObjectCast,
  kBoolCast,
  kUnsetCast,
  kObjectOperator,
  kNullsafeObjectOperator,
  kDoubleArrow,
  kComment,
  kDocComment,
  kOpenTag,
  kOpenTagWithEcho,
  kCloseTag,
  kWhitespace,
  kStartHeredoc,
  kEndHeredoc,
  kDollarOpenCurlyBraces,
  kCurlyOpen,
  kDoubleColon,
  kNsSeparator,
  kEllipsis,
  kCoalesce,
  kPow,
  kAmpersandFollowedByVarOrVararg,
  kAmpersandNotFollowedByVarOrVararg,
  kBadCharacter,
  kLastNamed = kBadCharacter
};

// The kind of a token that is one character.
constexpr Kind op(char c) {
  return static_cast<Kind>(static_cast<unsigned char>(c));
}

struct Token {
  std::uint32_t begin = 0;  // bytes of the text
  std::uint32_t end = 0;
  Kind kind = kEnd;

  friend bool operator==(const Token&, const Token&) = default;
};

// "T_STRING", or the character itself.
[[nodiscard]] std::string token_name(Kind kind);

// Reserved words, which are names all the same after ->, :: and in some declarations.
[[nodiscard]] constexpr bool is_keyword(Kind kind) {
  return kind >= kInclude && kind <= kNsC;
}

[[nodiscard]] constexpr bool is_cast(Kind kind) {
  return kind >= kIntCast && kind <= kUnsetCast;
}

// Assignments that combine, from += to ??=.
[[nodiscard]] constexpr bool is_compound_assignment(Kind kind) {
  return kind >= kPlusEqual && kind <= kCoalesceEqual;
}

// "$_GET" and its kin, which are one variable everywhere.
[[nodiscard]] bool is_super_global(std::string_view variable);

[[nodiscard]] constexpr bool is_trivia(Kind kind) {
  return kind == kWhitespace || kind == kComment || kind == kDocComment || kind == kOpenTag;
}

// The keyword or magic constant that this word is, letter case ignored; kString for none.
[[nodiscard]] Kind keyword(std::string_view word);

}  // namespace stackaudit::syntax::php
