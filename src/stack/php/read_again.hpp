// The text and the tree of a file that is told of, read once more where the corpus dropped them.
#pragma once

#include "stack/php/corpus.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace stackaudit::stack::php {

class ReadAgain {
 public:
  ReadAgain(const Corpus& corpus, const Unit& unit);
  ReadAgain(const ReadAgain&) = delete;
  ReadAgain& operator=(const ReadAgain&) = delete;

  // False where the file cannot be read any more.
  [[nodiscard]] bool there() const { return there_; }
  [[nodiscard]] const syntax::php::Ast& ast() const {
    return kept_ ? unit_.parsed.ast : fresh_.ast;
  }
  [[nodiscard]] std::string_view text() const { return kept_ ? unit_.text : *text_; }
  [[nodiscard]] std::string_view slice(const syntax::php::Node& node) const {
    return text().substr(node.begin, node.end - node.begin);
  }
  [[nodiscard]] facts::Place place(std::uint32_t begin, std::uint32_t end) const;

 private:
  const Corpus& corpus_;
  const Unit& unit_;
  bool kept_ = false, there_ = false;
  std::optional<std::string> text_;
  syntax::php::Parsed fresh_;
};

}  // namespace stackaudit::stack::php
