// The open sections are a stack of indices into the tree that grows, so that nesting costs no
// recursion; a closing line that fits none of them is reported and dropped.
#include "syntax/apache/apache.hpp"

#include "syntax/apache/lines.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::apache {
namespace {

using text::equal_ignoring_case;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

// One word from `at` on, as ap_getword_conf takes it: a quote only opens at the start of a word,
// its end also ends the word, and a quote that is never closed takes the rest of the line.
Word take_word(const Line& line, std::size_t& at, std::size_t end, text::FileId file) {
  const std::string_view text = std::string_view(line.text).substr(0, end);
  Word word;
  const std::size_t begin = at;
  if (text[at] == '"' || text[at] == '\'') word.quote = text[at++];
  while (at < end && (word.quote != 0 ? text[at] != word.quote : !is_space(text[at]))) {
    const bool escape = text[at] == '\\' && at + 1 < end &&
                        (text[at + 1] == '\\' || (word.quote != 0 && text[at + 1] == word.quote));
    if (escape) ++at;
    word.value += text[at++];
  }
  if (word.quote != 0 && at < end) ++at;
  word.span = line.span(file, begin, at);
  while (at < end && is_space(text[at])) ++at;
  return word;
}

class Builder {
 public:
  explicit Builder(text::FileId file) : file_(file) {}

  void add(const Line& line) {
    std::size_t at = 0;
    const auto name = take_word(line, at, line.text.size(), file_);
    if (macros_ > 0 && !closes_macro(line, name)) return;
    if (name.value.starts_with("</")) {
      close(line, name);
    } else {
      open(line, name, at);
    }
  }

  Parsed finish(std::uint32_t end) {
    if (macros_ > 0) stack_.back().body.end = end;
    while (!stack_.empty()) {
      const auto& section = stack_.back();
      if (!judged_while_reading(section.name))
        problem(section.span, "<" + section.name + "> was not closed", "",
                "write </" + section.name + "> where the section ends");
      pop(false);
    }
    return std::move(parsed_);
  }

 private:
  void open(const Line& line, const Word& name, std::size_t at) {
    Directive directive;
    directive.name = name.value;
    directive.span = line.span(file_, 0, line.text.size());
    directive.name_span = name.span;
    directive.section = name.value.starts_with('<');
    std::size_t end = line.text.size();
    if (directive.section) {
      directive.name.erase(0, 1);
      const bool whole = directive.name.ends_with('>');  // "<Else>": then nothing may follow
      if (whole) directive.name.pop_back();
      const auto bracket = line.text.rfind('>');
      directive.bracket = (whole && at >= end) || (bracket != std::string::npos && bracket >= at);
      if (directive.bracket && at < end) end = bracket;
    }
    directive.args = line.text.substr(std::min(at, end), end - std::min(at, end));
    while (at < end) directive.words.push_back(take_word(line, at, end, file_));
    if (!directive.section) return siblings().push_back(std::move(directive));
    if (stack_.size() < static_cast<std::size_t>(kMaxDepth)) {
      if (directive.bracket && equal_ignoring_case(directive.name, "Macro")) {
        macros_ = 1;
        directive.body = {file_, directive.span.end, directive.span.end};
      }
      stack_.push_back(std::move(directive));
      return;
    }
    if (skipped_++ == 0)
      problem(directive.span, "sections nested deeper than " + std::to_string(kMaxDepth) +
                                  " levels are not followed");
  }

  // Inside <Macro>: whether this line closes it; macros may define macros.
  bool closes_macro(const Line& line, const Word& name) {
    if (equal_ignoring_case(name.value, "<Macro")) ++macros_;
    if (!equal_ignoring_case(name.value, "</Macro>") || --macros_ > 0) return false;
    stack_.back().body.end = line.span(file_, 0, 1).begin;
    return true;
  }

  void close(const Line& line, const Word& word) {
    const auto span = line.span(file_, 0, line.text.size());
    std::string name = word.value.substr(2);
    bool bracket = name.ends_with('>');
    if (bracket) name.pop_back();
    // "</Files >" is a closing line whose first word lacks its bracket, as httpd sees it.
    if (!bracket)
      problem(span, "</" + name + "> directive missing closing '>'", "",
              "write </" + name + "> without blanks");
    if (skipped_ > 0) {
      --skipped_;
      return;
    }
    if (stack_.empty()) {
      problem(span, "</" + name + "> without matching <" + name + "> section");
      return;
    }
    if (equal_ignoring_case(name, stack_.back().name)) {
      stack_.back().closed_alone = word.span.end == span.end;
      return pop(true);
    }
    auto& open = stack_.back();
    problem(span, "Expected </" + open.name + "> but saw </" + name + ">",
            "<" + open.name + "> was opened here");
    const bool known = std::ranges::any_of(
        stack_, [&](const Directive& d) { return equal_ignoring_case(d.name, name); });
    if (!known) {
      // A misspelt closing line most probably meant the section that is open.
      if (text::edit_distance(name, open.name, 3) <= text::typo_limit(open.name)) pop(true);
      return;
    }
    while (!equal_ignoring_case(stack_.back().name, name)) pop(true);
    pop(true);
  }

  void pop(bool closed) {
    auto section = std::move(stack_.back());
    stack_.pop_back();
    section.closed = closed;
    siblings().push_back(std::move(section));
  }

  std::vector<Directive>& siblings() {
    return stack_.empty() ? parsed_.directives : stack_.back().children;
  }

  void problem(text::Span span, std::string message, std::string opened = {},
               std::string help = {}) {
    text::Diagnostic diagnostic{
        span, std::move(message), text::Severity::error, {}, std::move(help)};
    if (!opened.empty()) diagnostic.related.push_back({stack_.back().name_span, std::move(opened)});
    parsed_.problems.push_back(std::move(diagnostic));
  }

  text::FileId file_;
  Parsed parsed_;
  std::vector<Directive> stack_;
  int skipped_ = 0;
  int macros_ = 0;  // <Macro> sections that are open
};

void dump_into(const std::vector<Directive>& directives, std::string& out) {
  for (const auto& directive : directives) {
    if (!out.empty() && out.back() != ' ') out += "; ";
    out += directive.section ? "<" + directive.name + ">" : directive.name;
    if (!directive.bracket) out += "(no bracket)";
    for (const auto& word : directive.words) out += "[" + word.value + "]";
    if (!directive.section) continue;
    out += "{ ";
    dump_into(directive.children, out);
    out += directive.closed ? " }" : " ...";
  }
}

}  // namespace

bool judged_while_reading(std::string_view section_name) {
  static constexpr std::array<std::string_view, 7> kNames{
      "IfModule", "IfDefine", "IfVersion", "IfFile", "IfDirective", "IfSection", "Macro"};
  return std::ranges::any_of(
      kNames, [&](std::string_view name) { return equal_ignoring_case(name, section_name); });
}

Parsed parse(std::string_view text, text::FileId file) {
  Builder builder(file);
  Lines lines(text);
  Line line;
  while (lines.next(line)) builder.add(line);
  return builder.finish(static_cast<std::uint32_t>(text.size()));
}

std::string dump(const std::vector<Directive>& directives) {
  std::string out;
  dump_into(directives, out);
  return out;
}

}  // namespace stackaudit::syntax::apache
