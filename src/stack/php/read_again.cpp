// Reading a unit's file for what is told of it.
#include "stack/php/read_again.hpp"

#include <algorithm>

namespace stackaudit::stack::php {

ReadAgain::ReadAgain(const Corpus& corpus, const Unit& unit)
    : corpus_(corpus), unit_(unit), kept_(unit.file != text::FileId::none), there_(kept_) {
  if (kept_) return;
  auto read = corpus.survey().tree.read(unit.path, tree::kReadLimit);
  if (!read) return;
  text_ = *std::move(read);
  fresh_ = syntax::php::parse(*text_, text::FileId::none, {false, 0, false});
  there_ = true;
}

facts::Place ReadAgain::place(std::uint32_t begin, std::uint32_t end) const {
  if (kept_) return corpus_.survey().place({unit_.file, begin, end});
  const auto before = text().substr(0, begin);
  return {unit_.path,
          1 + std::ranges::count(before, '\n'),
          static_cast<std::int64_t>(before.size() - before.rfind('\n')),
          {},
          {}};
}

}  // namespace stackaudit::stack::php
