// The language of Apache's configuration files and of .htaccess: lines, continuations, quoting and
// sections as httpd reads them (server/util.c, ap_cfg_getline and ap_getword_conf; server/config.c,
// ap_build_config_sub). What directives mean, and which exist, is not known here.
#pragma once

#include "syntax/syntax.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace stackaudit::syntax::apache {

struct Directive {
  std::string name;  // as written, without '<' and '>'
  text::Span span;   // the whole line, continuation lines included
  text::Span name_span;
  std::string args;  // the rest of the line, continuations joined; of a section up to its last '>'
  std::vector<Word> words;  // args taken apart; ${NAME} is not resolved
  bool section = false;
  bool bracket = true;       // a section's line has its closing '>'
  bool closed = true;        // a section has its closing line
  bool closed_alone = true;  // and nothing follows on that line (which only </IfModule> minds)
  text::Span body;           // of a <Macro>, whose lines are kept as they are written: all of them
  std::vector<Directive> children;
};

struct Parsed {
  std::vector<Directive> directives;
  // Closing lines without a section, in the wrong order or missing, in httpd's words. A missing
  // </IfModule> (or another section that httpd judges while it reads) is not among them: httpd
  // takes the end of the file for it unless it skips the section. The reader must say so: `closed`.
  std::vector<text::Diagnostic> problems;
};

[[nodiscard]] Parsed parse(std::string_view text, text::FileId file);

// Whether httpd judges the section while it reads: <IfModule>, <IfDefine>, <IfVersion>, <IfFile>,
// <IfDirective>, <IfSection>, <Macro>.
[[nodiscard]] bool judged_while_reading(std::string_view section_name);

// "KeepAlive[On]; <VirtualHost>[*:80]{ ServerName[a] }": for tests.
[[nodiscard]] std::string dump(const std::vector<Directive>& directives);

}  // namespace stackaudit::syntax::apache
