// Files that PHP writes under names that the code tells: file_put_contents, fopen for writing,
// mkdir, touch. Whether the code runs is not known, so that a refusal is in doubt, not certain.
#include "stack/php/rows.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

struct Writer {
  std::string_view call;  // of the function, with its bracket
  tree::Operation operation;
  std::size_t target = 0;  // which argument
  bool by_mode = false;    // the second argument says whether it writes

  [[nodiscard]] constexpr std::string_view name() const { return call.substr(0, call.size() - 1); }
};
constexpr std::array kWriters{Writer{"file_put_contents(", tree::Operation::append},
                              Writer{"touch(", tree::Operation::append},
                              Writer{"mkdir(", tree::Operation::create},
                              Writer{"fopen(", tree::Operation::append, 0, true}};
// Who asks first has an answer for the case that he may not.
constexpr std::array<std::string_view, 4> kGuards{"is_writable", "is_writeable", "access(",
                                                  "chmod("};
// Libraries and what only administrators do: their names tell nothing of this installation.
constexpr std::array<std::string_view, 5> kLeftOut{"/vendor/", "/wp-includes/", "/wp-admin/",
                                                   "/node_modules/", "/tests/"};

class Writes {
 public:
  Writes(const Evaluator& evaluator, const Unit& unit)
      : evaluator_(evaluator), unit_(unit), ast_(unit.parsed.ast) {
    scope_.unit = &unit;
    scope_.outermost = true;
  }

  void run() { visit(ast_.root, 0); }

 private:
  static constexpr int kMostNesting = 200;

  void visit(NodeId id, int depth) {
    if (id == 0 || depth > kMostNesting) return;
    const auto& node = ast_[id];
    if (node.kind == NodeKind::silence) return;
    if (node.kind == NodeKind::if_ && is_guarded(node.first)) return;
    if (node.kind == NodeKind::call) call(id);
    for (auto child = node.first; child != 0; child = ast_[child].next) visit(child, depth + 1);
  }

  [[nodiscard]] bool is_guarded(NodeId condition) const {
    const auto text = evaluator_.source(unit_, condition);
    return text::contains_any(text, kGuards);
  }

  void call(NodeId id) {
    auto name = evaluator_.source(unit_, ast_[id].first);
    if (name.starts_with('\\')) name.remove_prefix(1);
    const auto* writer = std::ranges::find(kWriters, name, &Writer::name);
    if (writer == kWriters.end()) return;
    const auto arguments = evaluator_.arguments(unit_, id);
    if (arguments.size() <= writer->target) return;
    if (writer->by_mode) {
      if (arguments.size() < 2) return;
      const auto mode = evaluator_.value(scope_, arguments[1]);
      if (mode.single() == nullptr || mode.single()->find_first_of("waxc") == std::string::npos)
        return;
    }
    const auto target = arguments[writer->target];
    const auto value = evaluator_.value(scope_, target);
    if (value.single() != nullptr && value.single()->starts_with('/'))
      open(*value.single(), writer->operation, target);
    else if (!value.is_array && value.texts.size() == 1 && !value.texts[0].unsure)
      open_somewhere(value.texts[0].value, target);
  }

  // "/srv/shop/pages/...html": of the name no more than its directory and its end is known. What is
  // there may be written to all the same.
  void open_somewhere(const std::string& path, NodeId named) {
    const auto hole = path.find(kHole);
    const auto slash = path.rfind('/', hole);
    const auto last = path.rfind(kHole) + 1;
    if (!path.starts_with('/') || hole == std::string::npos || slash == 0 ||
        path.find('/', last) != std::string::npos)
      return;
    const auto directory = tree::normalize(path.substr(0, slash));
    const auto end = std::string_view(path).substr(last);
    const auto names = tree::list_directory(evaluator_.corpus().survey().tree, directory);
    const auto is_such = [&](const std::string& name) { return name.ends_with(end); };
    if (names && (end.empty() ? names->empty() : std::ranges::none_of(*names, is_such)))
      open(directory + "/..." + std::string(end), tree::Operation::create, named);
  }

  void open(const std::string& path, tree::Operation operation, NodeId named) {
    auto& survey = evaluator_.corpus().survey();
    if (survey.state_of(tree::dirname(tree::normalize(path)), "directory") != "found") return;
    if (operation == tree::Operation::create && survey.state_of(path, "directory") == "found")
      return;
    const auto& application = evaluator_.corpus().applications[unit_.application];
    for (const auto& actor : application.actors) {
      if (!done_.insert(actor.process + '\n' + path).second) continue;
      Open request;
      request.operation = operation;
      request.path = path;
      request.place = survey.place({unit_.file, ast_[named].begin, ast_[named].end});
      request.purpose = "data";
      request.moment = "request";
      request.effect = "what the code would write is lost";
      request.required = false;
      auto php = actor;
      php.service = "php";
      survey.open(php, request);
    }
  }

  const Evaluator& evaluator_;
  const Unit& unit_;
  const Ast& ast_;
  Scope scope_;
  std::set<std::string> done_;
};

}  // namespace

bool may_write(std::string_view text) {
  return std::ranges::any_of(
      kWriters, [&](const Writer& writer) { return text::contains(text, writer.call); });
}

void add_writes(const Corpus& corpus, const Evaluator& evaluator) {
  for (const auto& unit : corpus.units) {
    if (!unit.reached || unit.text.empty()) continue;
    if (text::contains_any(unit.path, kLeftOut)) continue;
    if (may_write(unit.text)) Writes(evaluator, unit).run();
  }
}

}  // namespace stackaudit::stack::php
