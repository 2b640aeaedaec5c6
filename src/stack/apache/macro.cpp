// Substitution is mod_macro's own (substitute_macro_args): the first parameter that occurs in the
// line, of several at one place the longest, then on behind what was put in.
#include "stack/apache/macro.hpp"

#include "syntax/apache/lines.hpp"

#include <algorithm>

namespace stackaudit::stack::apache {
namespace {

using syntax::apache::Directive;

// From `at` of the expanded text on, its bytes come from a file's `source` on, or are an argument.
struct Piece {
  std::uint32_t at = 0;
  text::FileId file = text::FileId::none;
  std::uint32_t source = 0;
  std::uint32_t length = 0;
  bool argument = false;
};

class Expansion {
 public:
  Expansion(const Macro& macro, const std::vector<Arg>& arguments)
      : macro_(macro), arguments_(arguments) {}

  syntax::apache::Parsed run(std::string_view body) {
    syntax::apache::Lines lines(body);
    syntax::apache::Line line;
    while (lines.next(line)) add(line);
    auto parsed = syntax::apache::parse(text_, macro_.body.file);
    for (auto& directive : parsed.directives) place(directive);
    for (auto& problem : parsed.problems) {
      problem.span = placed(problem.span);
      for (auto& label : problem.related) label.span = placed(label.span);
    }
    return parsed;
  }

 private:
  void add(const syntax::apache::Line& line) {
    std::size_t at = 0;
    while (true) {
      std::size_t found = std::string::npos;
      std::size_t which = 0;
      for (std::size_t i = 0; i < macro_.parameters.size(); ++i) {
        const auto here = line.text.find(macro_.parameters[i], at);
        const bool longer = here == found && found != std::string::npos &&
                            macro_.parameters[i].size() > macro_.parameters[which].size();
        if (here < found || longer) {
          found = here;
          which = i;
        }
      }
      literal(line, at, std::min(found, line.text.size()));
      if (found == std::string::npos) break;
      const auto& argument = arguments_[which];
      if (!argument.value.empty())
        pieces_.push_back({position(), argument.span.file, argument.span.begin,
                           argument.span.end - argument.span.begin, true});
      text_ += argument.value;
      at = found + macro_.parameters[which].size();
    }
    text_ += '\n';
  }

  void literal(const syntax::apache::Line& line, std::size_t begin, std::size_t end) {
    for (std::size_t i = 0; i < line.pieces.size() && begin < end; ++i) {
      const std::size_t next =
          i + 1 < line.pieces.size() ? line.pieces[i + 1].at : line.text.size();
      if (next <= begin) continue;
      const auto length = std::min(next, end) - begin;
      const auto source = line.span(macro_.body.file, begin, begin + length);
      pieces_.push_back({position(), macro_.body.file, macro_.body.begin + source.begin,
                         static_cast<std::uint32_t>(length), false});
      text_ += std::string_view(line.text).substr(begin, length);
      begin += length;
    }
  }

  [[nodiscard]] std::uint32_t position() const { return static_cast<std::uint32_t>(text_.size()); }

  [[nodiscard]] const Piece& piece_of(std::uint32_t at) const {
    const auto next = std::ranges::upper_bound(pieces_, at, {}, &Piece::at);
    return next == pieces_.begin() ? *next : *std::prev(next);
  }

  [[nodiscard]] text::Span placed(text::Span span) const {
    if (pieces_.empty()) return macro_.span;
    const auto& first = piece_of(span.begin);
    const auto& last = piece_of(span.end > span.begin ? span.end - 1 : span.begin);
    if (first.argument) return {first.file, first.source, first.source + first.length};
    const auto begin = first.source + (span.begin - first.at);
    if (last.argument || last.file != first.file)
      return {first.file, begin, std::max(begin, first.source + first.length)};
    const auto end = last.source + (span.end - last.at);
    return {first.file, begin, std::max(begin, std::min(end, last.source + last.length))};
  }

  void place(Directive& directive) {
    directive.span = placed(directive.span);
    directive.name_span = placed(directive.name_span);
    for (auto& word : directive.words) word.span = placed(word.span);
    if (directive.body.begin < directive.body.end) directive.body = placed(directive.body);
    for (auto& child : directive.children) place(child);
  }

  const Macro& macro_;
  const std::vector<Arg>& arguments_;
  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace

namespace {

bool all_closed(const std::vector<Directive>& directives) {
  return std::ranges::all_of(directives, [](const Directive& directive) {
    return (!directive.section || directive.closed) && all_closed(directive.children);
  });
}

bool is_balanced(const Httpd& httpd, text::Span body) {
  if (body.begin >= body.end) return true;
  const auto parsed = syntax::apache::parse(httpd.survey.sources.slice(body), body.file);
  return !has_unmatched(parsed.problems) && all_closed(parsed.directives);
}

bool has_unopened(const std::vector<text::Diagnostic>& problems) {
  return std::ranges::any_of(problems, [](const text::Diagnostic& problem) {
    return problem.message.find("without matching") != std::string::npos;
  });
}

bool closes(const Httpd& httpd, text::Span body) {
  if (body.begin >= body.end) return false;
  return has_unopened(syntax::apache::parse(httpd.survey.sources.slice(body), body.file).problems);
}

// Whether one of the macros that the directives define or use is unbalanced and has lines that fit.
// Depth is that of the parser.
template <class Fits>
bool any_unbalanced(const Httpd& httpd, const std::vector<Directive>& directives, Fits fits) {
  return std::ranges::any_of(directives, [&](const Directive& directive) {
    const auto name = lower(directive.name);
    if (directive.section && name == "macro" && !is_balanced(httpd, directive.body) &&
        fits(directive.body))
      return true;
    if (name == "use" && !directive.words.empty()) {
      const auto found = httpd.macros.find(lower(directive.words[0].value));
      if (found != httpd.macros.end() && !found->second.balanced && fits(found->second.body))
        return true;
    }
    return any_unbalanced(httpd, directive.children, fits);
  });
}

}  // namespace

bool is_unmatched(const text::Diagnostic& problem) {
  return problem.message.find("was not closed") != std::string::npos ||
         problem.message.find("without matching") != std::string::npos;
}

bool has_unmatched(const std::vector<text::Diagnostic>& problems) {
  return std::ranges::any_of(problems, is_unmatched);
}

bool closes_for_others(const Httpd& httpd, const syntax::apache::Parsed& parsed) {
  return has_unopened(parsed.problems) ||
         any_unbalanced(httpd, parsed.directives,
                        [&](const text::Span& body) { return closes(httpd, body); });
}

bool uses_unbalanced(const Httpd& httpd, const std::vector<Directive>& directives) {
  return any_unbalanced(httpd, directives, [](const text::Span&) { return true; });
}

std::optional<Macro> define_macro(Httpd& httpd, const Directive& section) {
  const auto refuse = [&](std::string_view code, std::string message, std::string help = {}) {
    report(httpd, {section.span, code, true, std::move(message), std::move(help), {}});
    return std::nullopt;
  };
  if (!section.bracket) return refuse("parse", "<Macro> directive missing closing '>'");
  const auto words = resolve_all(httpd, section.words);
  if (words.empty()) return refuse("wrong-arguments", "<Macro macro definition: empty name");
  if (!section.closed)
    return refuse("parse", "contents error: expected token not found: </Macro>",
                  "write </Macro> where the macro ends");
  Macro macro{
      lower(words[0].value), {}, section.span, section.body, is_balanced(httpd, section.body)};
  for (auto word = words.begin() + 1; word != words.end(); ++word) {
    const auto same = std::ranges::find(macro.parameters, word->value);
    if (same != macro.parameters.end())
      return refuse("bad-value", "argument name conflict in macro '" + macro.name +
                                     "': argument '" + word->value + "': #" +
                                     std::to_string(same - macro.parameters.begin() + 1) +
                                     " and #" + std::to_string(macro.parameters.size() + 1) +
                                     ", change argument names!");
    if (word->value.empty())
      return refuse("bad-value", "macro '" + macro.name + "': empty argument #" +
                                     std::to_string(macro.parameters.size() + 1) + " name");
    macro.parameters.push_back(word->value);
  }
  return macro;
}

syntax::apache::Parsed expand(const Httpd& httpd, const Macro& macro,
                              const std::vector<Arg>& arguments) {
  return Expansion(macro, arguments).run(httpd.survey.sources.slice(macro.body));
}

}  // namespace stackaudit::stack::apache
