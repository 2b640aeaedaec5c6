// Prints what the project's PHP lexer or parser makes of files, a line each, for the comparisons
// with PHP itself (php_tokens, php_verdicts).
//
// usage: php_dump tokens|check < LIST. LIST names a file a line. `tokens` prints all tokens as
// NAME:LENGTH, `check` prints "ok" or the line and the words of each error.
#include "syntax/php/lexer.hpp"
#include "syntax/php/php.hpp"
#include "text/source_map.hpp"

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

using namespace stackaudit;

std::string content_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

std::string tokens_of(const std::string& text) {
  std::string out;
  for (const auto& token : syntax::php::tokenize(text, {false, true}))
    out +=
        syntax::php::token_name(token.kind) + ':' + std::to_string(token.end - token.begin) + ' ';
  return out;
}

std::string verdict_of(const std::string& path, std::string text, int version) {
  text::SourceMap sources;
  const auto file = sources.add(path, std::move(text));
  const auto parsed = syntax::php::parse(sources.content(file), file, {false, version, false});
  std::string out;
  for (const auto& problem : parsed.problems) {
    const auto at = sources.locate(problem.span);
    out += (out.empty() ? "" : "\t") + std::to_string(at.line) + ' ' + problem.message;
  }
  return out.empty() ? "ok" : out;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string mode = argc > 1 ? argv[1] : "";
  if (mode != "tokens" && mode != "check") {
    std::cerr << "usage: php_dump tokens|check [VERSION] < LIST\n";
    return 2;
  }
  const int version = argc > 2 ? std::stoi(argv[2]) : 0;
  std::ios::sync_with_stdio(false);
  for (std::string path; std::getline(std::cin, path);) {
    auto text = content_of(path);
    std::cout << (mode == "tokens" ? tokens_of(text) : verdict_of(path, std::move(text), version))
              << '\n';
  }
  return 0;
}
