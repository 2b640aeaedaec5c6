// The parts of a survey that run in threads of their own and how they become one again, and the
// notes of files, of which each is made once by whatever part.
#include "stack/in_parallel.hpp"
#include "stack/survey.hpp"
#include "tree/resolve.hpp"

#include <deque>
#include <iterator>
#include <utility>

namespace stackaudit::stack {

Survey::Survey(const Survey& whole, facts::Store& rows)
    : tree(whole.tree),
      sources(whole.sources),
      facts(rows),
      accounts(whole.accounts),
      brought(whole.brought) {}

void Survey::take_in(Survey& part) {
  // A file that others noted already is not noted again.
  auto files = std::exchange(part.facts.rows<facts::File>(), {});
  for (auto& row : files)
    if (noted_.insert(note_key(row.path, row.service, row.role)).second) facts.add(std::move(row));
  facts.merge(std::move(part.facts));
  document_roots.insert(document_roots.end(), std::make_move_iterator(part.document_roots.begin()),
                        std::make_move_iterator(part.document_roots.end()));
}

void run_beside(Survey& survey, std::span<const std::function<void(Survey&)>> parts,
                std::size_t directives) {
  constexpr std::size_t kFew = 2000;  // of so many a part takes less than a thread's start
  std::vector<facts::Store> rows(parts.size());
  std::deque<Survey> surveys;
  for (auto& own : rows) surveys.emplace_back(survey, own);
  in_parallel(0, parts.size(), directives < kFew ? parts.size() : 1,
              [&](std::size_t i) { parts[i](surveys[i]); });
  for (std::size_t i = 0; i < parts.size(); ++i) {
    survey.take_in(surveys[i]);
    rows[i] = {};
  }
}

// A key of noted_.
std::string Survey::note_key(std::string_view path, std::string_view service,
                             std::string_view role) {
  std::string key(path);
  return key.append("\n").append(service).append("\n").append(role);
}

void Survey::note_file(std::string_view path, std::string_view service, std::string_view role) {
  auto key = note_key(path, service, role);
  if (noted_.contains(key) || noted_as_.contains(key)) return;
  const auto end = tree::resolve(tree, path);
  if (!end) return;
  if (end.path != path) {
    noted_as_.insert(std::exchange(key, note_key(end.path, service, role)));
    if (noted_.contains(key)) return;
  }
  noted_.insert(std::move(key));
  facts::File row;
  row.path = end.path;
  row.service = service;
  row.role = role;
  row.owner = accounts.user_name(end.stat.uid);
  row.uid = end.stat.uid;
  row.owner_group = accounts.group_name(end.stat.gid);
  row.gid = end.stat.gid;
  row.mode = end.stat.mode;
  facts.add(std::move(row));
}

}  // namespace stackaudit::stack
