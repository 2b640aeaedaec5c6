// Statements become a tree. Open blocks are kept on a stack of our own; nothing recurses.
#include "syntax/nginx/lexer.hpp"
#include "syntax/nginx/nginx.hpp"

#include <optional>
#include <utility>

namespace stackaudit::syntax::nginx {
namespace {

class Parser {
 public:
  Parser(std::string_view text, text::FileId file, std::uint32_t base, bool parameter)
      : text_(text),
        file_(file),
        base_(base),
        parameter_(parameter),
        lexer_(text, file, base, parameter, parsed_.problems) {}

  Parsed run() {
    Statement statement;
    for (;;) {
      lexer_.next(statement);
      switch (statement.kind) {
        case Statement::Kind::directive:
          if (skipped_ == 0) add(make(statement, false));
          break;
        case Statement::Kind::block_start:
          open(statement);
          break;
        case Statement::Kind::block_end:
          close(statement.end);
          break;
        case Statement::Kind::end_of_file:
          finish();
          return std::move(parsed_);
      }
    }
  }

 private:
  // Where a block should have been closed, judged by indentation.
  struct Suspect {
    text::Span block;
    text::Span gap;
  };

  // Takes the words.
  static Directive make(Statement& statement, bool block) {
    Directive directive;
    directive.block = block;
    directive.end = statement.end;
    directive.span = statement.end;
    if (!statement.words.empty()) {
      directive.span = text::cover(statement.words.front().span, statement.end);
      directive.name = std::move(statement.words.front());
      directive.args.assign(std::make_move_iterator(statement.words.begin() + 1),
                            std::make_move_iterator(statement.words.end()));
    }
    return directive;
  }

  void add(Directive directive) {
    note_indentation(directive.span);
    auto& siblings = open_.empty() ? parsed_.directives : open_.back().children;
    siblings.push_back(std::move(directive));
  }

  void open(Statement& statement) {
    auto directive = make(statement, true);
    if (parameter_) report(directive.span, "block directives are not supported in -g option");
    if (skipped_ > 0 || open_.size() >= static_cast<std::size_t>(kMaxDepth)) {
      if (skipped_++ == 0)
        report(directive.span, "blocks nested deeper than " + std::to_string(kMaxDepth) + " levels",
               text::Severity::warning);
      return;
    }
    if (directive.name.value.ends_with("_by_lua_block")) {
      directive.raw = true;
      directive.end = lexer_.skip_lua();
      add(std::move(directive));
      return;
    }
    note_indentation(directive.span);
    open_.push_back(std::move(directive));
  }

  void close(text::Span brace) {
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    if (open_.empty()) {
      report(brace, "unexpected \"}\"");
      return;
    }
    note_indentation(brace);
    auto block = std::move(open_.back());
    open_.pop_back();
    block.end = brace;
    auto& siblings = open_.empty() ? parsed_.directives : open_.back().children;
    siblings.push_back(std::move(block));
  }

  void finish() {
    if (open_.empty()) return;
    const auto size = base_ + static_cast<std::uint32_t>(text_.size());
    const text::Span last{file_, size, size};
    text::Diagnostic problem{suspect_ ? suspect_->gap : last,
                             "unexpected end of file, expecting \"}\"",
                             text::Severity::error,
                             {},
                             "add \"}\""};
    problem.related.push_back({suspect_ ? suspect_->block : open_.back().span,
                               suspect_ ? "this block is not closed, to judge by the indentation"
                                        : "the block was opened here"});
    parsed_.problems.push_back(std::move(problem));
    while (!open_.empty()) close(last);
  }

  // Columns before the statement, if it is the first thing on its line.
  [[nodiscard]] std::optional<std::size_t> indentation(text::Span span) const {
    std::size_t at = span.begin - base_;
    std::size_t width = 0;
    while (at > 0 && width < 256 && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at, ++width;
    if (at > 0 && text_[at - 1] != '\n') return std::nullopt;
    return width;
  }

  // Inside a block everything but its own brace stands further right than the block's first word.
  void note_indentation(text::Span span) {
    if (suspect_ || open_.empty()) return;
    const auto mine = indentation(span);
    const auto block = indentation(open_.back().span);
    if (!mine || !block) return;
    const std::size_t at = span.begin - base_;
    const bool brace = at >= text_.size() || text_[at] == '}';
    if (brace ? *mine < *block : *mine <= *block && *block > 0)
      suspect_ = Suspect{open_.back().span, {file_, span.begin, span.begin}};
  }

  void report(text::Span span, std::string message,
              text::Severity severity = text::Severity::error) {
    parsed_.problems.push_back({span, std::move(message), severity, {}, {}});
  }

  std::string_view text_;
  text::FileId file_;
  std::uint32_t base_;
  bool parameter_;
  Parsed parsed_;
  Lexer lexer_;
  std::vector<Directive> open_;
  std::size_t skipped_ = 0;  // blocks open beyond the limit
  std::optional<Suspect> suspect_;
};

void dump_into(std::string& out, const std::vector<Directive>& directives) {
  // Bounded: the parser nests no deeper than kMaxDepth.
  for (const auto& directive : directives) {
    if (!out.empty() && out.back() != '{') out += ' ';
    out += directive.name.value;
    std::string args;
    for (const auto& arg : directive.args) args += (args.empty() ? "" : "|") + arg.value;
    if (!directive.args.empty()) out += '[' + args + ']';
    if (!directive.block) {
      out += ';';
      continue;
    }
    out += '{';
    if (directive.raw) out += "...";
    dump_into(out, directive.children);
    out += '}';
  }
}

}  // namespace

Parsed parse(std::string_view text, text::FileId file) {
  return Parser(text, file, 0, false).run();
}

Parsed parse_parameter(std::string_view text, text::FileId file, std::uint32_t base) {
  return Parser(text, file, base, true).run();
}

std::string dump(const Parsed& parsed) {
  std::string out;
  dump_into(out, parsed.directives);
  for (const auto& problem : parsed.problems)
    out += " !" + std::to_string(problem.span.begin) + "-" + std::to_string(problem.span.end) +
           " " + problem.message;
  return out;
}

}  // namespace stackaudit::syntax::nginx
