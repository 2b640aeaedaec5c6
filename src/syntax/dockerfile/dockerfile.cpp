// A line is read at a time; what belongs to one instruction is gathered first, words come after.
#include "syntax/dockerfile/dockerfile.hpp"

#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace stackaudit::syntax::dockerfile {
namespace {

constexpr std::array<std::string_view, 18> kNames{
    "ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
    "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

// A character of an instruction and where it stands: comment lines between are gone.
struct Piece {
  char c = 0;
  std::uint32_t at = 0;
};
using Pieces = std::vector<Piece>;

class Reader {
 public:
  Reader(std::string_view text, text::FileId file) : text_(text), file_(file) {}

  Document run() {
    directives();
    while (at_ < text_.size()) {
      auto pieces = instruction();
      if (!pieces.empty()) add(pieces);
    }
    check();
    if (is_template_) return {};
    return std::move(document_);
  }

 private:
  [[nodiscard]] std::string_view line_at(std::size_t at) const {
    return text_.substr(at, std::min(text_.find('\n', at), text_.size()) - at);
  }

  // "# escape=`" before everything else.
  void directives() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto line = line_at(at);
      if (!line.starts_with('#') || line.find('=') == std::string_view::npos) return;
      if (line.find("escape=`") != std::string_view::npos) escape_ = '`';
      at += line.size() + 1;
    }
  }

  Pieces instruction() {
    Pieces pieces;
    bool more = true;
    while (more && at_ < text_.size()) {
      const auto line = line_at(at_);
      const auto begin = at_;
      at_ += line.size() + 1;
      const auto first = line.find_first_not_of(" \t\r");
      const bool nothing = first == std::string_view::npos || line[first] == '#';
      if (nothing && pieces.empty()) return pieces;
      if (nothing) continue;
      const auto last = line.find_last_not_of(" \t\r");
      more = line[last] == escape_;
      for (auto i = first; i < (more ? last : last + 1); ++i)
        pieces.push_back({line[i], static_cast<std::uint32_t>(begin + i)});
      if (more) pieces.push_back({' ', static_cast<std::uint32_t>(begin + last)});
    }
    return pieces;
  }

  [[nodiscard]] text::Span span(const Pieces& pieces, std::size_t begin, std::size_t end) const {
    return {file_, pieces[begin].at, pieces[end - 1].at + 1};
  }

  void add(const Pieces& pieces) {
    Instruction result;
    auto at = skip(pieces, 0);
    const auto begin = at;
    if (at == pieces.size()) return;  // lines with nothing but the sign that they go on
    while (at < pieces.size() && !is_blank(pieces[at].c)) {
      result.name += static_cast<char>(std::toupper(static_cast<unsigned char>(pieces[at].c)));
      ++at;
    }
    result.span = span(pieces, begin, at);
    is_template_ = is_template_ || result.name.starts_with('{');
    if (std::ranges::find(kNames, result.name) == kNames.end()) {
      const auto near = text::nearest(result.name, kNames);
      problem(result.span, "unknown instruction: " + result.name,
              near ? "did you mean " + *near + "?" : std::string{});
    }
    const bool files = result.name == "COPY" || result.name == "ADD" || result.name == "RUN" ||
                       result.name == "FROM" || result.name == "HEALTHCHECK";
    while (files) {
      const auto from = skip(pieces, at);
      if (from + 1 >= pieces.size() || pieces[from].c != '-' || pieces[from + 1].c != '-') break;
      at = from;
      result.flags.push_back(word(pieces, at));
    }
    at = skip(pieces, at);
    for (auto i = at; i < pieces.size(); ++i) result.text += pieces[i].c;
    if (result.text.starts_with('[') && json(pieces, at, result)) result.json = true;
    if (!result.json) {
      result.words.clear();
      while ((at = skip(pieces, at)) < pieces.size()) result.words.push_back(word(pieces, at));
    }
    if (files) here_documents(result);
    document_.instructions.push_back(std::move(result));
  }

  static std::size_t skip(const Pieces& pieces, std::size_t at) {
    while (at < pieces.size() && is_blank(pieces[at].c)) ++at;
    return at;
  }

  [[nodiscard]] Word word(const Pieces& pieces, std::size_t& at) const {
    Word result;
    const auto begin = at;
    while (at < pieces.size() && !is_blank(pieces[at].c)) result.value += pieces[at++].c;
    result.span = span(pieces, begin, at);
    return result;
  }

  // ["a", "b"] with double quotes; anything else is the shell's form.
  [[nodiscard]] bool json(const Pieces& pieces, std::size_t at, Instruction& result) const {
    ++at;
    bool comma = false;
    while ((at = skip(pieces, at)) < pieces.size()) {
      if (pieces[at].c == ']') return skip(pieces, at + 1) == pieces.size();
      if (!result.words.empty() && !comma) {
        if (pieces[at].c != ',') return false;
        comma = true;
        ++at;
        continue;
      }
      if (pieces[at].c != '"') return false;
      const auto begin = at;
      Word one;
      one.quote = '"';
      for (++at; at < pieces.size() && pieces[at].c != '"'; ++at) {
        if (pieces[at].c == '\\' && at + 1 < pieces.size()) ++at;
        one.value += pieces[at].c;
      }
      if (at == pieces.size()) return false;
      one.span = span(pieces, begin, ++at);
      result.words.push_back(std::move(one));
      comma = false;
    }
    return false;
  }

  // "<<EOF", "<<-'EOF'": what follows is text up to the line that is the word.
  void here_documents(Instruction& result) {
    for (const auto& one : result.words) {
      if (!one.value.starts_with("<<") || one.value.size() < 3) continue;
      std::string end;
      for (const char c : one.value.substr(2))
        if (c != '-' && c != '"' && c != '\'') end += c;
      if (end.empty() || std::isalpha(static_cast<unsigned char>(end[0])) == 0) continue;
      result.here_document = true;
      bool closed = false;
      while (!closed && at_ < text_.size()) {
        auto line = line_at(at_);
        at_ += line.size() + 1;
        result.text += "\n" + std::string(line);
        while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
        while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
        closed = line == end;
      }
      if (!closed) problem(one.span, "unterminated heredoc", "end it with a line " + end);
    }
  }

  void check() {
    const auto& all = document_.instructions;
    const auto first =
        std::ranges::find_if(all, [](const Instruction& one) { return one.name != "ARG"; });
    if (all.empty() && text_.find('#') != std::string_view::npos) return;
    if (first == all.end())
      return problem({file_, 0, static_cast<std::uint32_t>(std::min<std::size_t>(text_.size(), 1))},
                     "the file has no stages: no FROM", "");
    if (first->name != "FROM" && std::ranges::find(kNames, first->name) != kNames.end())
      problem(first->span, "no build stage in current context", "begin with FROM");
    for (const auto& one : all) {
      const bool copies = one.name == "COPY" || one.name == "ADD";
      if (copies && one.words.size() < 2 && !one.here_document)
        problem(one.span, one.name + " requires at least two arguments",
                "name sources and a place");
      if (one.name == "FROM" && one.words.empty())
        problem(one.span, "FROM requires either one or three arguments", "name an image");
    }
  }

  void problem(text::Span where, std::string message, std::string help) {
    document_.problems.push_back(
        {where, std::move(message), text::Severity::error, {}, std::move(help)});
  }

  std::string_view text_;
  text::FileId file_;
  std::size_t at_ = 0;
  char escape_ = '\\';
  bool is_template_ = false;  // a line begins with a bracket, "{%VOLUMES%}": a script fills it in
  Document document_;
};

}  // namespace

Document parse(std::string_view text, text::FileId file) {
  return Reader(text, file).run();
}

std::string flag(const Instruction& instruction, std::string_view name) {
  for (const auto& flag : instruction.flags)
    if (flag.value.starts_with(name)) return flag.value.substr(name.size());
  return {};
}

std::string dump(const Document& document) {
  std::string out;
  const auto list = [&](const std::vector<Word>& words) {
    out += '[';
    for (const auto& word : words) out += (&word == &words.front() ? "" : " ") + word.value;
    out += ']';
  };
  for (const auto& one : document.instructions) {
    out += (out.empty() ? "" : " ") + one.name;
    if (!one.flags.empty()) list(one.flags);
    list(one.words);
  }
  for (const auto& problem : document.problems) out += " !" + problem.message;
  return out;
}

}  // namespace stackaudit::syntax::dockerfile
