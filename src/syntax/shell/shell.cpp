// Recursive descent over the tokens; nesting is bounded, and what is not understood up to its end
// (esac, done, a function's brace) becomes one unknown statement with the names it assigns.
#include "syntax/shell/shell.hpp"

#include "syntax/shell/words.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::shell {
namespace {

using Kind = Statement::Kind;

class Parser {
 public:
  Parser(std::vector<Token> tokens, Parsed& parsed) : tokens_(std::move(tokens)), parsed_(parsed) {}

  void run() {
    while (!at_end()) {
      list(parsed_.statements, 0);
      if (at_end()) return;
      // A word that only makes sense inside a compound, such as a lone "fi".
      problem(here().span, "Syntax error: \"" + word_at(at_) + "\" unexpected",
              text::Severity::error);
      ++at_;
    }
  }

 private:
  [[nodiscard]] const Token& here() const { return tokens_[at_]; }
  [[nodiscard]] bool at_end() const { return here().kind == Token::Kind::end; }
  [[nodiscard]] bool is_op(std::string_view op) const {
    return here().kind == Token::Kind::op && here().op == op;
  }
  [[nodiscard]] const std::string& word_at(std::size_t at) const {
    return tokens_[at].kind == Token::Kind::op ? tokens_[at].op : tokens_[at].plain;
  }
  [[nodiscard]] bool is_word(std::string_view word) const {
    return here().kind == Token::Kind::word && here().plain == word;
  }

  void problem(text::Span span, std::string message, text::Severity severity) {
    parsed_.problems.push_back({span, std::move(message), severity, {}, {}});
  }

  [[nodiscard]] bool ends_list() const {
    static constexpr std::array<std::string_view, 7> kEnds{"then", "else", "elif", "fi",
                                                           "done", "esac", "}"};
    if (at_end() || is_op(")") || is_op(";;")) return true;
    return here().kind == Token::Kind::word &&
           std::ranges::find(kEnds, here().plain) != kEnds.end() && !here().plain.empty();
  }

  // Statements up to a word that ends the enclosing compound.
  void list(std::vector<Statement>& out, int depth) {
    while (!ends_list()) {
      const auto before = at_;
      if (here().kind == Token::Kind::newline || is_op(";") || is_op("&")) {
        ++at_;
      } else {
        and_or(out, depth);
      }
      if (at_ == before) ++at_;
    }
  }

  // a && b: b is done only if a succeeds; a || b: only if it fails.
  void and_or(std::vector<Statement>& out, int depth) {
    statement(out, depth);
    while (is_op("&&") || is_op("||")) {
      const bool both = is_op("&&");
      ++at_;
      while (here().kind == Token::Kind::newline) ++at_;
      Statement condition;
      condition.kind = Kind::condition;
      if (!out.empty() && out.back().kind == Kind::command) {
        condition.words = std::move(out.back().words);
        condition.span = out.back().span;
        out.pop_back();
      } else {
        condition.span = here().span;
      }
      auto& part = both ? condition.then_part : condition.else_part;
      if (!ends_list()) statement(part, depth);
      out.push_back(std::move(condition));
    }
  }

  void statement(std::vector<Statement>& out, int depth) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kBlocks{
        {{"case", "esac"}, {"for", "done"}, {"while", "done"}, {"until", "done"}}};
    if (is_word("if") && depth < kMaxDepth) return if_statement(out, depth);
    if (is_word("if")) return skip_block(out, "if", "fi");
    for (const auto& [begin, end] : kBlocks)
      if (is_word(begin)) return skip_block(out, begin, end);
    if (is_word("{") || (at_ + 2 < tokens_.size() && word_at(at_ + 1) == "(" &&
                         tokens_[at_ + 1].kind == Token::Kind::op))
      return skip_block(out, "{", "}");
    if (is_op("(")) return skip_parentheses();
    simple(out);
  }

  // Between two words of an "if": the shell wants a command there.
  void part(std::vector<Statement>& out, int depth) {
    const auto begin = at_;
    list(out, depth + 1);
    const bool empty = std::all_of(tokens_.begin() + static_cast<std::ptrdiff_t>(begin),
                                   tokens_.begin() + static_cast<std::ptrdiff_t>(at_),
                                   [](auto& t) { return t.kind == Token::Kind::newline; });
    if (empty && !at_end())
      problem(here().span, "Syntax error: \"" + word_at(at_) + "\" unexpected",
              text::Severity::error);
  }

  void if_statement(std::vector<Statement>& out, int depth) {
    const auto begin = here().span;
    ++at_;
    Statement condition;
    condition.kind = Kind::condition;
    condition.span = begin;
    std::vector<Statement> tests;
    part(tests, depth);
    if (tests.size() == 1 && tests[0].kind == Kind::command) {
      condition.words = std::move(tests[0].words);
      condition.span = tests[0].span;
    }
    if (is_word("then")) {
      ++at_;
      part(condition.then_part, depth);
    } else {
      problem(here().span, "Syntax error: \"then\" expected", text::Severity::error);
    }
    bool closed = true;
    if (is_word("elif")) {
      if (depth + 1 < kMaxDepth) {
        if_statement(condition.else_part, depth + 1);
      } else {
        skip_block(condition.else_part, "if", "fi");
      }
      closed = false;  // the innermost took the "fi"
    } else if (is_word("else")) {
      ++at_;
      part(condition.else_part, depth);
    }
    if (closed && is_word("fi")) {
      ++at_;
    } else if (closed) {
      problem(begin, "Syntax error: end of file unexpected (expecting \"fi\")",
              text::Severity::error);
    }
    out.push_back(std::move(condition));
  }

  void skip_block(std::vector<Statement>& out, std::string_view open, std::string_view close) {
    Statement statement;
    statement.kind = Kind::unknown;
    statement.span = here().span;
    int level = 0;
    for (; !at_end(); ++at_) {
      if (!here().assigned.empty()) statement.names.push_back(here().assigned);
      const bool loop = close == "done" && (is_word("for") || is_word("while") || is_word("until"));
      if (is_word(open) || (loop && level > 0)) ++level;
      if (is_word(close) && --level <= 0) {
        ++at_;
        break;
      }
    }
    problem(statement.span, "not followed: " + std::string(open) + " ... " + std::string(close),
            text::Severity::info);
    out.push_back(std::move(statement));
  }

  void skip_parentheses() {  // a subshell cannot change our variables
    int level = 0;
    for (; !at_end(); ++at_) {
      if (is_op("(")) ++level;
      if (is_op(")") && --level == 0) {
        ++at_;
        return;
      }
    }
  }

  void simple(std::vector<Statement>& out) {
    std::vector<const Token*> words;
    const auto begin = here().span;
    auto end = begin;
    while (here().kind == Token::Kind::word ||
           (is_op("<") || is_op(">") || is_op(">>") || is_op(">&"))) {
      if (here().kind == Token::Kind::op) {
        ++at_;  // a redirection and its target are no words of the command
        if (here().kind == Token::Kind::word) ++at_;
        continue;
      }
      words.push_back(&here());
      end = here().span;
      ++at_;
    }
    while (is_op("|")) {  // the rest of a pipeline runs in subshells
      ++at_;
      while (here().kind == Token::Kind::word) ++at_;
    }
    if (words.empty()) return;
    emit(out, words, text::cover(begin, end));
  }

  void emit(std::vector<Statement>& out, const std::vector<const Token*>& words, text::Span span) {
    const bool all = std::ranges::all_of(words, [](auto* w) { return !w->assigned.empty(); });
    const auto& first = words[0]->plain;
    const bool exporting = first == "export" || first == "readonly" || first == "local";
    if (all || exporting) {
      for (std::size_t i = all ? 0 : 1; i < words.size(); ++i) {
        out.push_back(set(*words[i]));
        if (first == "export" && out.back().kind == Kind::assign)
          out.push_back(exported(*words[i]));
      }
    } else if (first == "unset") {
      for (std::size_t i = 1; i < words.size(); ++i) {
        out.push_back(set(*words[i]));
        out.back().kind = Kind::unset;
      }
    } else {
      Statement statement;
      statement.kind = first == "." || first == "source" ? Kind::source : Kind::command;
      if (first == "eval" || first == "read" || first == "set") {
        statement.kind = Kind::unknown;
        problem(span, "not followed: " + first, text::Severity::info);
      }
      statement.span = span;
      statement.name = first;
      for (const auto* word : words) statement.words.push_back(word->word);
      if (statement.kind == Kind::source) statement.words.erase(statement.words.begin());
      out.push_back(std::move(statement));
    }
  }

  static Statement exported(const Token& token) {
    Statement statement;
    statement.kind = Kind::exported;
    statement.span = token.span;
    const bool named = token.assigned.empty();
    statement.name = named ? token.plain : token.assigned;
    statement.name_span = named ? token.span : token.name_span;
    return statement;
  }

  static Statement set(const Token& token) {
    if (token.assigned.empty()) return exported(token);
    Statement statement;
    statement.span = token.span;
    statement.kind = Kind::assign;
    statement.name = token.assigned;
    statement.name_span = token.name_span;
    statement.words.push_back(token.word);
    return statement;
  }

  std::vector<Token> tokens_;
  Parsed& parsed_;
  std::size_t at_ = 0;
};

void dump_parts(const std::vector<Part>& parts, std::string& out) {
  for (const auto& part : parts) {
    if (part.kind == Part::Kind::text) {
      out += "'" + part.text + "'";
    } else if (part.kind == Part::Kind::unknown) {
      out += "?" + part.text + "?";
    } else if (part.op.empty()) {
      out += "$" + part.text;
    } else {
      out += "${" + part.text + part.op;
      dump_parts(part.operand, out);
      out += "}";
    }
  }
}

}  // namespace

Parsed parse(std::string_view text, text::FileId file) {
  Parsed parsed;
  auto all = tokens(text, file, parsed.problems);
  Parser(std::move(all), parsed).run();
  return parsed;
}

std::string dump(const ShellWord& word) {
  std::string out;
  dump_parts(word.parts, out);
  return out;
}

std::string dump(const std::vector<Statement>& statements) {
  static constexpr std::array<std::string_view, 7> kWords{"",    "export", "unset",  ".",
                                                          "run", "if",     "unknown"};
  std::string out;
  for (const auto& statement : statements) {
    if (!out.empty()) out += "; ";
    const auto word = kWords[static_cast<std::size_t>(statement.kind)];
    out += word;
    const bool named = statement.kind <= Kind::unset;
    if (named) out += (word.empty() ? "" : " ") + statement.name;
    for (const auto& each : statement.words) out += (named ? "=" : " ") + dump(each);
    for (const auto& name : statement.names) out += " " + name;
    if (statement.kind != Kind::condition) continue;
    out += " { " + dump(statement.then_part) + " }";
    if (!statement.else_part.empty()) out += " else { " + dump(statement.else_part) + " }";
  }
  return out;
}

}  // namespace stackaudit::syntax::shell
