// Files that PHP reads under names that the code tells, where no condition decides whether it does:
// file_get_contents, parse_ini_file; and directories that it writes to. Without them PHP goes on
// with a warning. Only of a served application, and of files in it or of settings in /etc: what a
// checkout lacks may be made later.
#include "stack/php/rows.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

struct Reader {
  std::string_view name, call;  // as texts have it
};
constexpr std::string_view kWriter = "file_put_contents";
constexpr auto kReaders = std::to_array<Reader>({{"file_get_contents", "file_get_contents("},
                                                 {"readfile", "readfile("},
                                                 {"file", " file("},
                                                 {"parse_ini_file", "parse_ini_file("},
                                                 {"simplexml_load_file", "simplexml_load_file("},
                                                 {"filemtime", "filemtime("},
                                                 {"filesize", "filesize("},
                                                 {"md5_file", "md5_file("},
                                                 {kWriter, "file_put_contents("}});
constexpr std::string_view kLost = "a warning, and what the file holds is missing";
constexpr auto kQuestions = std::to_array<std::string_view>(
    {"file_exists", "is_file", "is_readable", "realpath", "is_dir"});
// Calls that make files.
constexpr auto kMakers = std::to_array<std::string_view>(
    {"file_put_contents(", "fopen(", "copy(", "rename(", "touch(", "symlink(", "link(",
     "move_uploaded_file(", "save(", "write(", "exec("});
// What a build makes: in an installed WordPress it is made already.
constexpr std::array<std::string_view, 2> kBuilt{"build", "dist"};
// Directories of what comes and goes.
constexpr auto kPassing = std::to_array<std::string_view>(
    {"cache",  "tmp",   "temp",    "var",     "log",    "logs",    "data",      "storage",
     "upload", "files", "uploads", "session", "backup", "backups", "generated", "runtime",
     "state",  "build", "dist",    "spool",   "queue",  "sessions"});

// What stands around a call for whom its failure is no surprise.
bool is_test(const Node& node) {
  switch (node.kind) {
    case NodeKind::silence:
    case NodeKind::ternary:
    case NodeKind::if_:
    case NodeKind::while_:
    case NodeKind::isset:
    case NodeKind::empty:
    case NodeKind::unary:
    case NodeKind::match:
      return true;
    case NodeKind::binary:
      return node.op != op('.');
    default:
      return false;
  }
}

std::size_t times(std::string_view text, std::string_view word) {
  std::size_t count = 0;
  for (auto at = text.find(word); at != text.npos; at = text.find(word, at + word.size())) ++count;
  return count;
}

class Reads {
 public:
  Reads(const Evaluator& evaluator, const Unit& unit)
      : evaluator_(evaluator), corpus_(evaluator.corpus()), unit_(unit), ast_(unit.parsed.ast) {}

  void run() {
    const auto calls = calls_by_name(ast_);
    for (const auto& use : uses_of(ast_, unit_.text)) {
      const auto call = calls.find(use.id);
      if (use.kind != kFunctionName || use.conditional || call == calls.end()) continue;
      const auto name = base_name(evaluator_.source(unit_, use.id));
      const auto given = evaluator_.arguments(unit_, call->second);
      if (given.empty() || std::ranges::find(kReaders, name, &Reader::name) == kReaders.end() ||
          ++looked_at_ > kMostCalls || is_handled(ast_[call->second], given[0]))
        continue;
      if (name == kWriter)
        judge_written(given[0]);
      else
        judge(given[0]);
    }
  }

 private:
  [[nodiscard]] bool stands_in_function(const Node& node) const {
    return std::ranges::any_of(ast_.nodes, [&](const Node& around) {
      return (around.kind == NodeKind::function || around.kind == NodeKind::method ||
              around.kind == NodeKind::closure || around.kind == NodeKind::arrow_function) &&
             around.begin <= node.begin && node.end <= around.end;
    });
  }

  // Whether the code asks for the file, or tests what it was given.
  [[nodiscard]] bool is_handled(const Node& call, NodeId argument) const {
    const auto asked = evaluator_.source(unit_, argument);
    std::string_view variable;
    for (const auto& node : ast_.nodes) {
      const bool around = node.begin <= call.begin && call.end <= node.end;
      if (around && is_test(node)) return true;
      if (around && node.kind == NodeKind::assign)
        variable = Corpus::slice(unit_, ast_[node.first]);
      if (node.kind == NodeKind::call && ast_[ast_[node.first].next].first != 0 &&
          std::ranges::find(kQuestions, Corpus::slice(unit_, ast_[node.first])) !=
              kQuestions.end() &&
          Corpus::slice(unit_, ast_[ast_[node.first].next]) == asked)
        return true;
    }
    return !variable.empty() && std::ranges::any_of(ast_.nodes, [&](const Node& node) {
      return is_test(node) && node.begin > call.end &&
             Corpus::slice(unit_, ast_[node.first]).find(variable) != std::string_view::npos;
    });
  }

  // The absolute path that is named; nullopt: it is not known.
  [[nodiscard]] std::optional<Text> path_of(NodeId argument) const {
    Scope scope;
    scope.unit = &unit_;
    scope.outermost = !stands_in_function(ast_[argument]);
    auto value = evaluator_.value(scope, argument);
    const auto* path = value.single();
    if (path == nullptr || !path->starts_with('/')) return std::nullopt;
    return std::move(value.texts[0]);
  }

  // The words that name the last directory of the path.
  [[nodiscard]] text::Span directory_in(const Text& path, NodeId argument) const {
    const auto slash = path.value.rfind('/');
    for (const auto& piece : path.pieces)
      if (piece.begin < slash && slash <= piece.end) return piece.span;
    return span_of(argument);
  }

  [[nodiscard]] text::Span span_of(NodeId argument) const {
    return {unit_.file, ast_[argument].begin, ast_[argument].end};
  }

  // What is written makes its file, but not the directory: some code of the application may.
  void judge_written(NodeId argument) {
    const auto& root = corpus_.applications[unit_.application].root;
    const auto named = path_of(argument);
    if (!named) return;
    const auto directory = std::string(tree::dirname(tree::normalize(named->value)));
    const auto makes = [&](const Unit& other) {
      return other.application == unit_.application && text::contains(other.text, "mkdir");
    };
    if (!unit_.wordpress.empty() || !tree::is_within(directory, tree::dirname(root)) ||
        corpus_.survey().state_of(directory, "directory") != "missing" ||
        corpus_.survey().state_of(tree::dirname(directory), "directory") != "found" ||
        std::ranges::any_of(corpus_.units, makes))
      return;
    add(argument, directory_in(*named, argument), directory, "directory",
        "a warning, and what is written is lost");
  }

  void judge(NodeId argument) {
    const auto named = path_of(argument);
    if (!named) return;
    const auto path = tree::normalize(named->value);
    const auto& application = corpus_.applications[unit_.application];
    const auto& survey = corpus_.survey();
    const auto inside = std::string_view(path).substr(
        std::min(path.size(), tree::dirname(application.root).size()));
    const auto is_passing = [&](std::string_view word) {
      return text::is_one_of(word, kPassing) &&
             (unit_.wordpress.empty() || !text::is_one_of(word, kBuilt));
    };
    const bool settings = path.starts_with("/etc/") && may_hold_settings(named->value);
    if (survey.state_of(path, "file") == "found") return open(argument, path);
    if ((!tree::is_within(path, tree::dirname(application.root)) && !settings) ||
        std::ranges::any_of(text::words(inside, "/"), is_passing) ||
        survey.state_of(path, "file") != "missing" ||
        (unit_.wordpress.empty() && !settings &&
         survey.state_of(tree::dirname(path), "directory") != "found") ||
        may_be_made(argument, tree::basename(path)))
      return;
    add(argument, span_of(argument), path, "file", kLost);
  }

  // Whoever answers requests reads it.
  void open(NodeId argument, const std::string& path) const {
    if (unit_.reached->run != nullptr) return;
    auto& survey = corpus_.survey();
    const auto place = survey.place(span_of(argument));
    for (const auto& actor : corpus_.applications[unit_.application].actors)
      survey.open(
          actor, {tree::Operation::read, path, place, "php", "request", std::string(kLost), false});
  }

  // A file of settings: /etc/shop/database.json.
  static bool may_hold_settings(std::string_view path) {
    constexpr auto kSettings = std::to_array<std::string_view>(
        {".json", ".ini", ".conf", ".cnf", ".env", ".yaml", ".yml", ".xml"});
    return std::ranges::any_of(kSettings,
                               [&](std::string_view end) { return path.ends_with(end); });
  }

  // Whether code that makes files names this one, too, by its name or as it is named here.
  [[nodiscard]] bool may_be_made(NodeId argument, std::string_view name) const {
    const auto written = evaluator_.source(unit_, argument);
    return std::ranges::any_of(corpus_.units, [&](const Unit& other) {
      if (other.application != unit_.application || !text::contains_any(other.text, kMakers))
        return false;
      const std::size_t own = &other == &unit_ ? 1 : 0;
      return times(other.text, name) > own || times(other.text, written) > own;
    });
  }

  void add(NodeId argument, const text::Span& span, const std::string& path,
           std::string_view wanted, std::string_view effect) {
    const auto& application = corpus_.applications[unit_.application];
    auto& survey = corpus_.survey();
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey.place(span);
    row.service = "php";
    row.kind = "data";
    row.as_written = evaluator_.source(unit_, argument);
    row.resolved = path;
    row.state = "missing";
    row.required = false;
    row.wanted = wanted;
    row.nearest = survey.nearest_path(path);
    row.call = "openat";
    row.effect = effect;
    row.process = application.actors.empty() ? "php" : application.actors[0].process;
    row.user = application.actors.empty() ? "" : application.actors[0].who.name;
    row.reached_from = unit_.reached->entry;
    survey.facts.add(std::move(row));
  }

  static constexpr std::size_t kMostCalls = 200;  // of one file

  const Evaluator& evaluator_;
  const Corpus& corpus_;
  const Unit& unit_;
  const Ast& ast_;
  std::size_t looked_at_ = 0;
};

}  // namespace

bool may_read(std::string_view text) {
  return std::ranges::any_of(
      kReaders, [&](const Reader& reader) { return text::contains(text, reader.call); });
}

void add_reads(const Corpus& corpus, const Evaluator& evaluator) {
  for (const auto& unit : corpus.units)
    if (unit.reached && !unit.inactive && !unit.specimen && !unit.text.empty() &&
        corpus.applications[unit.application].served && !is_library(unit) && may_read(unit.text))
      Reads(evaluator, unit).run();
}

}  // namespace stackaudit::stack::php
