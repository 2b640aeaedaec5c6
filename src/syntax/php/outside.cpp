// Text outside of PHP, and code that is sent as text because nothing opens it.
#include "syntax/php/parser.hpp"
#include "text/suggest.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::syntax::php {

namespace {

// Templates for scripts of the browser have "<%" as well.
bool is_php(std::string_view code) {
  return code.find('$') != std::string_view::npos || code.find("echo ") != std::string_view::npos ||
         code.find("include") != std::string_view::npos ||
         code.find("require") != std::string_view::npos;
}

// "<?hpp", "<8?php", "?php": what was to open code at the head of the file; else empty, as of a
// template's "<@php".
std::string_view misspelt_tag(std::string_view text) {
  constexpr std::string_view kTag = "<?php";
  const auto word = text.substr(0, std::min(text.find_first_of(" \t\r\n"), text.size()));
  const bool looks = (word.find('?') != word.npos || word.find("php") != word.npos) &&
                     word.find_first_of("@%#${[") == word.npos;
  const bool close = word.size() <= kTag.size() + 2 && text::edit_distance(word, kTag, 2) <= 2;
  return looks && close && word.size() > 2 ? word : std::string_view{};
}

// Behind comments the first line of a text that was meant to be code: "namespace App;", "$a = 1;".
std::string_view first_line_of_code(std::string_view text) {
  for (;;) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    const auto end = text.starts_with("/*")   ? text.find("*/")
                     : text.starts_with("//") ? text.find('\n')
                                              : std::string_view::npos;
    if (end == std::string_view::npos) break;
    text.remove_prefix(std::min(end + (text[1] == '*' ? 2 : 1), text.size()));
  }
  constexpr auto kBeginnings = std::to_array<std::string_view>(
      {"namespace ", "use ", "require ", "require_once", "require(", "include ", "include_once",
       "define(", "define (", "defined(", "defined (", "declare(", "if (!defined", "if ( ! defined",
       "abstract class ", "final class ", "$"});
  const auto line = text.substr(0, std::min(text.find_first_of("\r\n"), text.size()));
  const auto last = line.find_last_not_of(" \t");
  const bool ends = last != line.npos && (line[last] == ';' || line[last] == '{');
  const bool begins = std::ranges::any_of(
      kBeginnings, [&](std::string_view word) { return line.starts_with(word); });
  return ends && begins ? line : std::string_view{};
}

}  // namespace

// A file that is text from its first byte to its last, although code was meant.
void Parser::no_code() {
  const auto begin = std::min(text_.find_first_not_of(" \t\r\n"), text_.size());
  const auto text = text_.substr(begin);
  const auto at = static_cast<std::uint32_t>(begin);
  const auto tell = [&](std::uint32_t length, std::string said, std::string help) {
    report({{file_, at, at + length}, std::move(said), text::Severity::error, {}, std::move(help)});
  };
  if (text.starts_with("<%") && is_php(text.substr(0, text.find("%>"))))
    tell(2, "\"<%\" opens no PHP since version 7: the file is sent as text", "write \"<?php\"");
  else if (text.starts_with("\xff\xfe<") || text.starts_with("\xfe\xff"))
    tell(2, "the file is UTF-16, of which PHP sees no code: it is sent as text",
         "save it as UTF-8 without a byte order mark");
  else if (const auto tag = misspelt_tag(text);
           !tag.empty() && text.find(';') != std::string_view::npos)
    tell(static_cast<std::uint32_t>(tag.size()),
         '"' + std::string(tag) + "\" opens no PHP: the code is sent as text", "write \"<?php\"");
  else if (const auto line = first_line_of_code(text);
           !line.empty() && text.find("<?") == std::string_view::npos)
    report({{file_, static_cast<std::uint32_t>(line.data() - text_.data()),
             static_cast<std::uint32_t>(line.data() + line.size() - text_.data())},
            "no \"<?php\" stands before the code: it is sent as text",
            text::Severity::error,
            {},
            "write \"<?php\" in the first line"});
  else if (text_.find_first_not_of('\0') == std::string_view::npos && !text_.empty())
    tell(1, "the file holds zero bytes alone, as after a crash: it is sent as text",
         "take it from the package or a backup");
}

// "<?phpnamespace": the blank is part of the tag.
void Parser::no_blank(std::uint32_t at, std::uint32_t end) {
  constexpr std::string_view kTag = "<?php";
  if (!text_.substr(at, end - at).starts_with(kTag) || end - at <= kTag.size()) return;
  report({{file_, at, static_cast<std::uint32_t>(at + kTag.size())},
          "\"<?php\" without a blank behind it opens no PHP: the code is sent as text",
          text::Severity::error,
          {},
          "write \"<?php \""});
}

namespace {

// "echo 1", "endif".
bool begins_statement(std::string_view code) {
  constexpr auto kWords = std::to_array<std::string_view>(
      {"echo", "print", "include", "include_once", "require", "require_once", "return", "else",
       "endif", "endforeach", "endwhile", "endfor", "endswitch", "break", "continue", "exit"});
  const auto begin = std::min(code.find_first_not_of(" \t\r\n"), code.size());
  const auto end = std::min(code.find_first_of(" \t\r\n", begin), code.size());
  return std::ranges::find(kWords, code.substr(begin, end - begin)) != kWords.end();
}

}  // namespace

// Text outside of PHP. The first "<?" in it that a setting keeps from being code is told.
NodeId Parser::html() {
  const auto& t = token();
  if (t.begin == 0 && t.end == text_.size()) {
    no_code();
    no_blank(t.begin, t.end);
  }
  for (auto at = t.begin; options_.tell_short_tags && at < t.end;) {
    const auto found = text_.substr(0, t.end).find("<?", at);
    if (found == std::string_view::npos) break;
    at = static_cast<std::uint32_t>(found) + 2;
    if (at < t.end && text_[at] != ' ' && text_[at] != '\t' && text_[at] != '\r' &&
        text_[at] != '\n')
      continue;
    // Of words alone nobody knows whether they were meant to be code.
    const auto code = text_.substr(at, std::min<std::size_t>(text_.find("?>", at), t.end) - at);
    if (code.find_first_of(";$(){}=:") == std::string_view::npos && !begins_statement(code))
      continue;
    options_.tell_short_tags = false;
    report({{file_, at - 2, at},
            "\"<?\" opens no PHP while short_open_tag is off: the code behind it is sent as text",
            text::Severity::error,
            {},
            "write \"<?php\""});
  }
  return leaf(NodeKind::html);
}

}  // namespace stackaudit::syntax::php
