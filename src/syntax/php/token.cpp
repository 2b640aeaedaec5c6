// Names of tokens and the table of keywords, looked up by length and first letter.
#include "syntax/php/token.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::php {
namespace {

constexpr std::array<std::string_view, kLastNamed - kFirstNamed + 1> kNames{
    "T_LNUMBER",
    "T_DNUMBER",
    "T_STRING",
    "T_NAME_FULLY_QUALIFIED",
    "T_NAME_RELATIVE",
    "T_NAME_QUALIFIED",
    "T_VARIABLE",
    "T_INLINE_HTML",
    "T_ENCAPSED_AND_WHITESPACE",
    "T_CONSTANT_ENCAPSED_STRING",
    "T_STRING_VARNAME",
    "T_NUM_STRING",
    "T_INCLUDE",
    "T_INCLUDE_ONCE",
    "T_EVAL",
    "T_REQUIRE",
    "T_REQUIRE_ONCE",
    "T_LOGICAL_OR",
    "T_LOGICAL_XOR",
    "T_LOGICAL_AND",
    "T_PRINT",
    "T_YIELD",
    "T_YIELD_FROM",
    "T_INSTANCEOF",
    "T_NEW",
    "T_CLONE",
    "T_EXIT",
    "T_IF",
    "T_ELSEIF",
    "T_ELSE",
    "T_ENDIF",
    "T_ECHO",
    "T_DO",
    "T_WHILE",
    "T_ENDWHILE",
    "T_FOR",
    "T_ENDFOR",
    "T_FOREACH",
    "T_ENDFOREACH",
    "T_DECLARE",
    "T_ENDDECLARE",
    "T_AS",
    "T_SWITCH",
    "T_ENDSWITCH",
    "T_CASE",
    "T_DEFAULT",
    "T_MATCH",
    "T_BREAK",
    "T_CONTINUE",
    "T_GOTO",
    "T_FUNCTION",
    "T_FN",
    "T_CONST",
    "T_RETURN",
    "T_TRY",
    "T_CATCH",
    "T_FINALLY",
    "T_THROW",
    "T_USE",
    "T_INSTEADOF",
    "T_GLOBAL",
    "T_STATIC",
    "T_ABSTRACT",
    "T_FINAL",
    "T_PRIVATE",
    "T_PROTECTED",
    "T_PUBLIC",
    "T_READONLY",
    "T_VAR",
    "T_UNSET",
    "T_ISSET",
    "T_EMPTY",
    "T_HALT_COMPILER",
    "T_CLASS",
    "T_TRAIT",
    "T_INTERFACE",
    "T_ENUM",
    "T_EXTENDS",
    "T_IMPLEMENTS",
    "T_NAMESPACE",
    "T_LIST",
    "T_ARRAY",
    "T_CALLABLE",
    "T_LINE",
    "T_FILE",
    "T_DIR",
    "T_CLASS_C",
    "T_TRAIT_C",
    "T_METHOD_C",
    "T_FUNC_C",
    "T_NS_C",
    "T_ATTRIBUTE",
    "T_PLUS_EQUAL",
    "T_MINUS_EQUAL",
    "T_MUL_EQUAL",
    "T_DIV_EQUAL",
    "T_CONCAT_EQUAL",
    "T_MOD_EQUAL",
    "T_AND_EQUAL",
    "T_OR_EQUAL",
    "T_XOR_EQUAL",
    "T_SL_EQUAL",
    "T_SR_EQUAL",
    "T_POW_EQUAL",
    "T_COALESCE_EQUAL",
    "T_BOOLEAN_OR",
    "T_BOOLEAN_AND",
    "T_IS_EQUAL",
    "T_IS_NOT_EQUAL",
    "T_IS_IDENTICAL",
    "T_IS_NOT_IDENTICAL",
    "T_IS_SMALLER_OR_EQUAL",
    "T_IS_GREATER_OR_EQUAL",
    "T_SPACESHIP",
    "T_SL",
    "T_SR",
    "T_INC",
    "T_DEC",
    "T_INT_CAST",
    "T_DOUBLE_CAST",
    "T_STRING_CAST",
    "T_ARRAY_CAST",
    "T_OBJECT_CAST",
    "T_BOOL_CAST",
    "T_UNSET_CAST",
    "T_OBJECT_OPERATOR",
    "T_NULLSAFE_OBJECT_OPERATOR",
    "T_DOUBLE_ARROW",
    "T_COMMENT",
    "T_DOC_COMMENT",
    "T_OPEN_TAG",
    "T_OPEN_TAG_WITH_ECHO",
    "T_CLOSE_TAG",
    "T_WHITESPACE",
    "T_START_HEREDOC",
    "T_END_HEREDOC",
    "T_DOLLAR_OPEN_CURLY_BRACES",
    "T_CURLY_OPEN",
    "T_DOUBLE_COLON",
    "T_NS_SEPARATOR",
    "T_ELLIPSIS",
    "T_COALESCE",
    "T_POW",
    "T_AMPERSAND_FOLLOWED_BY_VAR_OR_VARARG",
    "T_AMPERSAND_NOT_FOLLOWED_BY_VAR_OR_VARARG",
    "T_BAD_CHARACTER"};

struct Keyword {
  std::string_view word;
  Kind kind;
};

// Sorted.
constexpr std::array kKeywords = std::to_array<Keyword>({{"__class__", kClassC},
                                                         {"__dir__", kDir},
                                                         {"__file__", kFile},
                                                         {"__function__", kFuncC},
                                                         {"__halt_compiler", kHaltCompiler},
                                                         {"__line__", kLine},
                                                         {"__method__", kMethodC},
                                                         {"__namespace__", kNsC},
                                                         {"__trait__", kTraitC},
                                                         {"abstract", kAbstract},
                                                         {"and", kLogicalAnd},
                                                         {"array", kArray},
                                                         {"as", kAs},
                                                         {"break", kBreak},
                                                         {"callable", kCallable},
                                                         {"case", kCase},
                                                         {"catch", kCatch},
                                                         {"class", kClass},
                                                         {"clone", kClone},
                                                         {"const", kConst},
                                                         {"continue", kContinue},
                                                         {"declare", kDeclare},
                                                         {"default", kDefault},
                                                         {"die", kExit},
                                                         {"do", kDo},
                                                         {"echo", kEcho},
                                                         {"else", kElse},
                                                         {"elseif", kElseif},
                                                         {"empty", kEmpty},
                                                         {"enddeclare", kEnddeclare},
                                                         {"endfor", kEndfor},
                                                         {"endforeach", kEndforeach},
                                                         {"endif", kEndif},
                                                         {"endswitch", kEndswitch},
                                                         {"endwhile", kEndwhile},
                                                         {"enum", kEnum},
                                                         {"eval", kEval},
                                                         {"exit", kExit},
                                                         {"extends", kExtends},
                                                         {"final", kFinal},
                                                         {"finally", kFinally},
                                                         {"fn", kFn},
                                                         {"for", kFor},
                                                         {"foreach", kForeach},
                                                         {"function", kFunction},
                                                         {"global", kGlobal},
                                                         {"goto", kGoto},
                                                         {"if", kIf},
                                                         {"implements", kImplements},
                                                         {"include", kInclude},
                                                         {"include_once", kIncludeOnce},
                                                         {"instanceof", kInstanceof},
                                                         {"insteadof", kInsteadof},
                                                         {"interface", kInterface},
                                                         {"isset", kIsset},
                                                         {"list", kList},
                                                         {"match", kMatch},
                                                         {"namespace", kNamespace},
                                                         {"new", kNew},
                                                         {"or", kLogicalOr},
                                                         {"print", kPrint},
                                                         {"private", kPrivate},
                                                         {"protected", kProtected},
                                                         {"public", kPublic},
                                                         {"readonly", kReadonly},
                                                         {"require", kRequire},
                                                         {"require_once", kRequireOnce},
                                                         {"return", kReturn},
                                                         {"static", kStatic},
                                                         {"switch", kSwitch},
                                                         {"throw", kThrow},
                                                         {"trait", kTrait},
                                                         {"try", kTry},
                                                         {"unset", kUnset},
                                                         {"use", kUse},
                                                         {"var", kVar},
                                                         {"while", kWhile},
                                                         {"xor", kLogicalXor},
                                                         {"yield", kYield}});
static_assert(std::ranges::is_sorted(kKeywords, {}, &Keyword::word));

constexpr std::size_t kLongest = 15;  // __halt_compiler
constexpr std::size_t kBuckets = 512;

constexpr std::size_t bucket(std::string_view lower) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(lower[i]) & 31U; };
  return (at(0) * 7 + at(1) * 3 + at(lower.size() - 1) * 11 + lower.size() * 5) % kBuckets;
}

// The first keyword of each bucket, and for each keyword the next one of its bucket; 0 is none.
struct Index {
  std::array<std::uint8_t, kBuckets> first{};
  std::array<std::uint8_t, kKeywords.size() + 1> next{};
};

constexpr Index make_index() {
  Index index;
  for (std::size_t i = 0; i < kKeywords.size(); ++i) {
    auto& first = index.first[bucket(kKeywords[i].word)];
    index.next[i + 1] = first;
    first = static_cast<std::uint8_t>(i + 1);
  }
  return index;
}

constexpr Index kIndex = make_index();

}  // namespace

std::string token_name(Kind kind) {
  if (kind == kEnd) return "end";
  if (kind < kFirstNamed) return {static_cast<char>(kind)};
  return std::string(kNames[static_cast<std::size_t>(kind - kFirstNamed)]);
}

Kind keyword(std::string_view word) {
  if (word.size() < 2 || word.size() > kLongest) return kString;
  std::array<char, kLongest> lower;
  std::transform(word.begin(), word.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; });
  const std::string_view wanted(lower.data(), word.size());
  for (auto i = kIndex.first[bucket(wanted)]; i != 0; i = kIndex.next[i])
    if (kKeywords[i - 1U].word == wanted) return kKeywords[i - 1U].kind;
  return kString;
}

bool is_super_global(std::string_view variable) {
  constexpr auto kAll =
      std::to_array<std::string_view>({"$GLOBALS", "$_GET", "$_POST", "$_COOKIE", "$_FILES",
                                       "$_SERVER", "$_REQUEST", "$_ENV", "$_SESSION"});
  return std::ranges::find(kAll, variable) != kAll.end();
}

}  // namespace stackaudit::syntax::php
