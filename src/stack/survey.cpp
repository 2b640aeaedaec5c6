// What every reader asks of the tree and says in the facts.
#include "stack/survey.hpp"

#include "stack/in_parallel.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kFilesEach = 16;  // that a thread reads

// The errno of a reading auditor that says "I was not let", not "it is not there".
bool auditor_was_refused(int error) {
  return error != 0 && error != ENOENT && error != ENOTDIR && error != ELOOP;
}

}  // namespace

Survey::Survey(const tree::Tree& tree_in, text::SourceMap& sources_in, facts::Store& facts_in)
    : tree(tree_in),
      sources(sources_in),
      facts(facts_in),
      accounts(tree::Accounts::load(tree_in)) {}

std::optional<text::FileId> Survey::load(std::string_view path, std::string_view table,
                                         std::size_t limit) {
  if (const auto it = loaded_.find(path); it != loaded_.end()) return it->second;
  if (const auto it = ahead_.find(path); it != ahead_.end()) {
    const auto id = it->second;
    if (sources.content(id).size() <= limit) {
      ++files_read;
      loaded_.insert(ahead_.extract(it));
      return id;
    }
  }
  auto content = tree::read_file(tree, path, limit);
  if (!content) {
    if (auditor_was_refused(content.error())) {
      const auto reason = content.error() == EFBIG
                              ? "larger than " + std::to_string(limit >> 20U) + " MiB"
                              : tree::errno_words(content.error());
      blind(whole_file(path), table, path, reason, true);
    }
    return std::nullopt;
  }
  ++files_read;
  const auto id = sources.add(std::string(path), *std::move(content));
  loaded_.emplace(path, id);
  return id;
}

std::vector<text::FileId> Survey::read_ahead(std::span<const std::string> paths) {
  std::vector<std::optional<std::string>> contents(paths.size());
  in_parallel(0, paths.size(), kFilesEach, [&](std::size_t i) {
    if (loaded_.contains(paths[i]) || ahead_.contains(paths[i])) return;
    if (auto content = tree::read_file(tree, paths[i])) contents[i] = *std::move(content);
  });
  std::vector<text::FileId> files;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!contents[i]) continue;
    files.push_back(sources.add(paths[i], *std::move(contents[i])));
    ahead_.insert_or_assign(paths[i], files.back());
  }
  return files;
}

facts::Place Survey::place(text::Span span) const {
  const auto where = sources.locate(span);
  return {std::string(where.path), where.line, where.column, span.begin, span.end};
}

facts::Place Survey::whole_file(std::string_view path) {
  return {std::string(path), {}, {}, {}, {}};
}

void Survey::blind(facts::Place place, std::string_view table, std::string_view subject,
                   std::string_view reason, bool needed) {
  facts::BlindSpot row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.table_name = table;
  row.subject = subject;
  row.reason = reason;
  row.needed = needed;
  facts.add(std::move(row));
}

facts::SyntaxProblem Survey::problem_row(facts::Place place, Problem problem) {
  facts::SyntaxProblem row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.service = problem.service;
  row.language = problem.language;
  row.code = problem.code;
  row.severity = problem.severity;
  row.message = std::move(problem.message);
  row.help = std::move(problem.help);
  row.replacement = std::move(problem.replacement);
  return row;
}

facts::SyntaxProblem& Survey::add_problem(facts::Place place, Problem problem) {
  return facts.add(problem_row(std::move(place), std::move(problem)));
}

void Survey::relate(facts::SyntaxProblem& row, const facts::Place& place, std::string message) {
  row.related_path = place.path;
  row.related_line = place.line;
  row.related_message = std::move(message);
}

void Survey::add_problems(const std::vector<text::Diagnostic>& problems, std::string_view service,
                          std::string_view language, std::string_view code) {
  for (const auto& problem : problems) {
    if (problem.severity == text::Severity::info) continue;
    auto& row =
        add_problem(place(problem.span),
                    {.service = service,
                     .language = language,
                     .code = code,
                     .severity = problem.severity == text::Severity::error ? "error" : "warning",
                     .message = problem.message,
                     .help = problem.help});
    if (!problem.related.empty())
      relate(row, place(problem.related[0].span), problem.related[0].message);
  }
}

const Blocks& Survey::blocks(std::string_view service) {
  const auto rows = facts.rows<facts::Directive>().size();
  auto it = blocks_.find(service);
  if (it == blocks_.end() || it->second.first != rows)
    it = blocks_.insert_or_assign(std::string(service), std::pair(rows, Blocks(facts, service)))
             .first;
  return it->second.second;
}

const IniValues& Survey::ini_of(const std::string& directory) const {
  static const IniValues kNone;
  const auto it = php_ini.find(directory);
  return it == php_ini.end() ? kNone : it->second;
}

bool Survey::knows_accounts() const {
  return std::ranges::none_of(tree::kAccountFiles,
                              [&](auto file) { return state_of(file, "file") == "unseen"; });
}

std::string Survey::state_of(std::string_view path, std::string_view wanted) const {
  if (!brought.empty())
    for (auto part = tree::normalize(path); part.size() > 1; part = tree::dirname(part))
      if (brought.contains(part)) return "unseen";
  const auto end = tree::resolve(tree, path);
  if (tree::is_unseen(end.error)) return "unseen";
  if (end.error == ELOOP) return "dangling";  // links that lead to each other lead nowhere
  if (!end) return end.dangling.empty() ? "missing" : "dangling";
  const bool is_directory = end.stat.type == tree::FileType::directory;
  // A socket cannot be opened and a FIFO waits for a writer that never comes.
  if (wanted == "file" &&
      (end.stat.type == tree::FileType::fifo || end.stat.type == tree::FileType::socket))
    return "wrong-type";
  return (wanted == "directory") == is_directory ? "found" : "wrong-type";
}

std::string Survey::nearest_path(std::string_view missing) const {
  // Descends as long as names exist; the first that does not is replaced by its nearest neighbour,
  // and the rest must then lead somewhere.
  const std::string wanted = tree::normalize(missing);
  std::string done;
  std::size_t at = 1;
  while (at <= wanted.size()) {
    const auto slash = std::min(wanted.find('/', at), wanted.size());
    const auto name = std::string_view(wanted).substr(at, slash - at);
    const auto rest = std::string_view(wanted).substr(slash);
    const std::string candidate = done + "/" + std::string(name);
    if (!tree::resolve(tree, candidate)) {
      const auto names = tree::list_directory(tree, done.empty() ? "/" : done);
      if (!names) return {};
      std::vector<std::string> fitting;
      for (const auto& other : *names)
        if (tree::resolve(tree, done + "/" + other + std::string(rest))) fitting.push_back(other);
      const auto near = text::nearest(name, fitting);
      return near ? done + "/" + *near + std::string(rest) : std::string{};
    }
    done = candidate;
    at = slash + 1;
  }
  return {};
}

}  // namespace stackaudit::stack
