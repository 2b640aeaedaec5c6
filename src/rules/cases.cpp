// A line reader over the part of the page below "## Cases": headings start cases, fences fill them.
#include "rules/cases.hpp"

#include "rules/toml.hpp"
#include "text/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace stackaudit::rules {
namespace {

constexpr std::string_view kSection = "## Cases";

struct Prefix {
  std::string_view words;
  Case::Kind kind;
};
constexpr std::array kPrefixes{Prefix{"Fires:", Case::Kind::fires},
                               Prefix{"Silent, healthy:", Case::Kind::healthy},
                               Prefix{"Silent:", Case::Kind::silent}};

constexpr std::array<std::string_view, 4> kFences{"file", "tree", "policy", "finds"};

struct Line {
  std::string_view text;  // without the line ending
  text::Span span;
};

class Lines {
 public:
  Lines(text::FileId file, std::string_view content) : file_(file), content_(content) {}

  [[nodiscard]] text::FileId file() const { return file_; }

  [[nodiscard]] std::optional<Line> next() {
    if (at_ >= content_.size()) return std::nullopt;
    const auto begin = at_;
    const auto end = std::min(content_.find('\n', begin), content_.size());
    at_ = end + 1;
    auto text = content_.substr(begin, end - begin);
    if (text.ends_with('\r')) text.remove_suffix(1);
    return Line{text, {file_, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)}};
  }

 private:
  text::FileId file_;
  std::string_view content_;
  std::size_t at_ = 0;
};

// How many backticks open a fence; 0 where the line opens none.
std::size_t fence_width(std::string_view line) {
  const auto width = std::min(line.find_first_not_of('`'), line.size());
  return width >= 3 ? width : 0;
}

bool closes(std::string_view line, std::size_t width) {
  return fence_width(line) >= width && line.find_first_not_of('`') == std::string_view::npos;
}

std::optional<std::int64_t> line_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && number > 0 ? std::optional(number) : std::nullopt;
}

class Parser {
 public:
  Parser(text::FileId page, const text::SourceMap& texts) : lines_(page, texts.content(page)) {}

  ParsedCases run() {
    bool inside = false;
    while (const auto line = lines_.next()) {
      if (const auto width = fence_width(line->text)) {
        read_fence(*line, width, inside);
      } else if (line->text.starts_with("## ")) {
        inside = text::trimmed(line->text) == kSection;
      } else if (inside && line->text.starts_with("### ")) {
        start_case(*line);
      }
    }
    finish();
    return std::move(parsed_);
  }

 private:
  void start_case(const Line& line) {
    const auto heading = text::trimmed(line.text.substr(4));
    const auto it = std::ranges::find_if(
        kPrefixes, [&](const Prefix& prefix) { return heading.starts_with(prefix.words); });
    Case added;
    added.heading = line.span;
    if (it == kPrefixes.end()) {
      problem(line.span,
              "a case is headed \"Fires: ...\", \"Silent: ...\" or \"Silent, healthy: ...\"");
      added.title = heading;
    } else {
      added.kind = it->kind;
      added.title = text::trimmed(heading.substr(it->words.size()));
    }
    parsed_.cases.push_back(std::move(added));
  }

  void read_fence(const Line& opening, std::size_t width, bool inside) {
    std::vector<Line> body;
    bool closed = false;
    while (const auto line = lines_.next()) {
      closed = closes(line->text, width);
      if (closed) break;
      body.push_back(*line);
    }
    if (!closed) problem(opening.span, "this fence is never closed");
    if (!inside) return;
    const auto info = text::trimmed(opening.text.substr(width));
    const auto kind = info.substr(0, info.find(' '));
    if (parsed_.cases.empty())
      return problem(opening.span, "a fence before the first \"### Fires: ...\" heading");
    if (std::ranges::find(kFences, kind) == kFences.end())
      return problem(opening.span, fmt::format("unknown fence {}", kind),
                     suggestion(kind, kFences));
    fill(parsed_.cases.back(), kind, info, opening, body);
  }

  void fill(Case& into, std::string_view kind, std::string_view info, const Line& opening,
            const std::vector<Line>& body) {
    if (kind == "file") {
      into.tree.push_back(
          {std::string(text::trimmed(info.substr(kind.size()))), joined(body), opening.span});
    } else if (kind == "policy") {
      into.policy = joined(body);
    } else {
      for (const auto& line : body) {
        const auto text = text::trimmed(line.text);
        if (text.empty() || text.starts_with('#')) continue;
        if (kind == "tree")
          into.tree.push_back({std::string(text), {}, line.span});
        else
          expect(into, text, line.span);
      }
    }
  }

  void expect(Case& into, std::string_view text, text::Span span) {
    if (!text.starts_with('/')) return problem(span, "a finding is PATH or PATH:LINE");
    const auto colon = text.rfind(':');
    const auto number =
        colon == std::string_view::npos ? std::nullopt : line_number(text.substr(colon + 1));
    into.finds.push_back({std::string(number ? text.substr(0, colon) : text), number});
  }

  static std::string joined(const std::vector<Line>& body) {
    std::string out;
    for (const auto& line : body) out.append(line.text).append("\n");
    return out;
  }

  void finish() {
    bool fires = false;
    bool silent = false;
    for (const auto& one : parsed_.cases) {
      const bool must_fire = one.kind == Case::Kind::fires;
      (must_fire ? fires : silent) = true;
      if (must_fire && one.finds.empty())
        problem(one.heading, "a firing case without a finds list");
      if (!must_fire && !one.finds.empty()) problem(one.heading, "a silent case with a finds list");
      if (one.tree.empty()) problem(one.heading, "a case without a file");
    }
    const text::Span top{lines_.file(), 0, 0};
    if (!fires) problem(top, "the page has no case that fires");
    if (!silent) problem(top, "the page has no case that stays silent");
  }

  void problem(text::Span span, std::string message, std::string help = {}) {
    parsed_.problems.push_back(
        {span, std::move(message), text::Severity::warning, {}, std::move(help)});
  }

  Lines lines_;
  ParsedCases parsed_;
};

}  // namespace

ParsedCases parse_cases(text::FileId page, const text::SourceMap& texts) {
  return Parser(page, texts).run();
}

std::string_view explanation(std::string_view markdown) {
  for (std::size_t at = 0; at < markdown.size();) {
    const auto end = std::min(markdown.find('\n', at), markdown.size());
    if (markdown.substr(at, end - at) == kSection) return markdown.substr(0, at);
    at = end + 1;
  }
  return markdown;
}

}  // namespace stackaudit::rules
