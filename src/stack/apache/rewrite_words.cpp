// Quotes hold blanks together, and so does a backslash before one.
#include "stack/apache/rewrite_words.hpp"

namespace stackaudit::stack::apache {

std::vector<syntax::Word> rewrite_words(const syntax::apache::Directive& source) {
  const bool alone = source.words.size() == 1 && source.words[0].quote != 0;
  if (source.args.find('\\') == std::string::npos && source.words.size() <= 3 && !alone)
    return source.words;
  std::vector<syntax::Word> words;
  const std::string_view text = source.args;
  std::size_t at = 0;
  while (at < text.size() && words.size() < 3) {
    syntax::Word word{{}, source.span, 0};
    const char quote = text[at] == '"' || text[at] == '\'' ? text[at++] : '\0';
    while (at < text.size() &&
           (quote != 0 ? text[at] != quote : text[at] != ' ' && text[at] != '\t')) {
      const bool blank = at + 1 < text.size() && (text[at + 1] == ' ' || text[at + 1] == '\t');
      if (text[at] == '\\' && blank) word.value += text[at++];
      word.value += text[at++];
    }
    if (quote != 0 && at < text.size()) ++at;
    while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    const auto i = words.size();
    if (i < source.words.size() && source.words[i].value == word.value)
      word.span = source.words[i].span;
    words.push_back(std::move(word));
  }
  if (alone && words.size() == 1) words.push_back({{}, source.span, 0});
  return words;
}

}  // namespace stackaudit::stack::apache
