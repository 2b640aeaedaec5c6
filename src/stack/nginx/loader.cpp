// Recursion here is bounded by the parser's depth times the depth of includes, and the number of
// directives by kMaxNodes.
#include "stack/nginx/loader.hpp"

#include "stack/nginx/modules.hpp"
#include "stack/nginx/swallowed.hpp"
#include "stack/placeholders.hpp"
#include "stack/read_ahead.hpp"
#include "syntax/nginx/nginx.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>
#include <span>
#include <utility>

namespace stackaudit::stack::nginx {
namespace {

using syntax::nginx::Directive;

constexpr std::size_t kMaxNodes = 500'000;
constexpr std::size_t kMaxIncludeDepth = 40;
constexpr std::string_view kStartFails = "nginx does not start";

class Loader {
 public:
  explicit Loader(Reader& reader)
      : reader_(reader), survey_(reader.survey), ahead_(reader.survey, syntax::nginx::parse) {}

  void command_line(const ServiceUnit& unit) {
    const auto option = command_line_option(unit, "g");
    if (!option || unit.exec_start.empty()) return;
    const auto& place = unit.exec_start.back().place;
    auto parsed = parse_option(*option, place);
    survey_.add_problems(parsed.problems, "nginx", "nginx");
    for (auto& directive : parsed.directives) {
      if (directive.block) continue;
      add_node(std::move(directive), std::nullopt, Context::main);
      reader_.config.nodes.back().command_line = true;
    }
  }

  void main_file() { file(reader_.conf_path, {}, std::nullopt, Context::main); }

 private:
  syntax::nginx::Parsed parse_option(std::string_view option, const facts::Place& place) {
    const auto unit = survey_.load(place.path, "unit");
    const auto from = static_cast<std::size_t>(place.span_begin.value_or(0));
    if (unit) {
      const auto at = survey_.sources.content(*unit).find(option, from);
      if (at != std::string_view::npos)
        return syntax::nginx::parse_parameter(option, *unit, static_cast<std::uint32_t>(at));
    }
    // Written with escapes: every span is the whole value.
    const auto id = survey_.sources.add(place.path + " (ExecStart)", std::string(option));
    auto parsed = syntax::nginx::parse_parameter(survey_.sources.content(id), id, 0);
    if (!unit) return parsed;
    const text::Span whole{
        *unit, static_cast<std::uint32_t>(from),
        static_cast<std::uint32_t>(place.span_end.value_or(place.span_begin.value_or(0)))};
    for (auto& directive : parsed.directives) {
      directive.span = directive.name.span = directive.end = whole;
      for (auto& arg : directive.args) arg.span = whole;
    }
    for (auto& problem : parsed.problems) problem.span = whole, problem.related.clear();
    return parsed;
  }

  // from: the words of the include; none for the main file.
  void file(const std::string& path, std::optional<text::Span> from,
            std::optional<std::size_t> parent, Context context) {
    const auto place = from ? survey_.place(*from) : Survey::whole_file(path);
    if (reader_.master)
      survey_.open(*reader_.master, {tree::Operation::read, path, place, "configuration", "start",
                                     std::string(kStartFails)});
    const auto end = tree::resolve(survey_.tree, path);
    if (end && end.stat.type != tree::FileType::regular) {
      if (!from) not_a_file(path, {});  // as a container makes it for a file that is not mounted
      return;
    }
    if (std::ranges::find(open_files_, end.path) != open_files_.end() ||
        open_files_.size() >= kMaxIncludeDepth) {
      if (from)
        reader_.problem(*from, "include-cycle", text::Severity::error,
                        "\"" + path + "\" includes itself: nginx reads it until it crashes");
      return;
    }
    const auto id = survey_.load(path, "directive");
    if (!id) return;
    survey_.note_file(path, "nginx", "configuration");
    note_directory(tree::dirname(path));
    if (end) note_directory(tree::dirname(end.path));
    const auto text = survey_.sources.content(*id);
    if (!is_text(path, *id, text) || is_filled_in_later(survey_, path, text)) return;
    auto parsed = ahead_.take(*id);
    add_problems(parsed.problems);
    open_files_.push_back(end.path);
    add_all(std::move(parsed.directives), parent, context);
    open_files_.pop_back();
  }

  // Thousands of files of one directory follow each other.
  void note_directory(std::string_view directory) {
    if (directory == noted_directory_) return;
    noted_directory_ = directory;
    survey_.note_file(directory, "nginx", "configuration-directory");
  }

  // One message for a file that nginx would misread from its first byte on.
  bool is_text(const std::string& path, text::FileId id, std::string_view text) {
    const bool utf16 = text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff");
    if (!utf16 && text.substr(0, 4096).find('\0') == std::string_view::npos) return true;
    const std::uint32_t size = std::min<std::uint32_t>(1, static_cast<std::uint32_t>(text.size()));
    reader_.problem({id, 0, size}, "not-text", text::Severity::error,
                    utf16 ? "\"" + path + "\" is UTF-16 text: nginx reads bytes"
                          : "\"" + path + "\" has NUL bytes: it is no text",
                    utf16 ? "save it as UTF-8 without a byte order mark" : "");
    return false;
  }

  void add_problems(const std::vector<text::Diagnostic>& problems) {
    for (const auto& problem : problems) {
      survey_.add_problems({problem}, "nginx", "nginx");
      auto& rows = survey_.facts.rows<facts::SyntaxProblem>();
      if (problem.help == "add \";\"" && !rows.empty()) rows.back().replacement = ";";
    }
  }

  void add_all(std::vector<Directive> directives, std::optional<std::size_t> parent,
               Context context) {
    const bool known = context != Context::data && context != Context::foreign;
    for (auto& directive : directives) {
      if (!known || is_on_one_line(directive)) {
        add(std::move(directive), parent, context);
        continue;
      }
      for (auto& piece : split_swallowed(reader_, std::move(directive), context))
        add(std::move(piece), parent, context);
    }
  }

  // In a part of a root: what a script fills in before nginx reads it cannot be judged.
  bool waits_for_a_value(const Directive& directive) {
    if (!is_part_ || directive.block) return false;
    for (const auto& arg : directive.args)
      if (const auto placeholder = placeholder_in(arg.value)) {
        survey_.blind(survey_.place(arg.span), "directive", directive.name.value,
                      std::string(*placeholder) + " is filled in before nginx reads it");
        return true;
      }
    return false;
  }

  // Such a directive has taken no line after it in.
  [[nodiscard]] bool is_on_one_line(const Directive& directive) const {
    const auto written = survey_.sources.slice(directive.span);
    return written.find('\n') == std::string_view::npos;
  }

  void add(Directive directive, std::optional<std::size_t> parent, Context context) {
    if (waits_for_a_value(directive)) return;
    auto children = std::move(directive.children);
    directive.children.clear();
    const bool enters = directive.block && !directive.raw;
    const auto index = add_node(std::move(directive), parent, context);
    if (!index) return;
    const std::string name = reader_.config.nodes[*index].name.value;
    reader_.config.nodes[*index].children.reserve(children.size());
    if (enters) add_all(std::move(children), index, inner_context(name, context));
    if (name == "include" && !enters) include(*index, parent, context);
    if (name == "load_module") load_module(reader_, reader_.config.nodes[*index]);
  }

  std::optional<std::size_t> add_node(Directive directive, std::optional<std::size_t> parent,
                                      Context context) {
    auto& nodes = reader_.config.nodes;
    if (nodes.size() >= kMaxNodes) {
      if (!std::exchange(full_, true))
        survey_.blind(survey_.place(directive.span), "directive", reader_.conf_path,
                      "more than " + std::to_string(kMaxNodes) + " directives", true);
      return std::nullopt;
    }
    Node node;
    node.name = std::move(directive.name);
    node.args = std::move(directive.args);
    node.span = directive.span;
    node.end = directive.end;
    node.parent = parent;
    node.context = context;
    node.block = directive.block;
    node.raw = directive.raw;
    nodes.push_back(std::move(node));
    const auto index = nodes.size() - 1;
    (parent ? nodes[*parent].children : reader_.config.top).push_back(index);
    return index;
  }

  void include(std::size_t index, std::optional<std::size_t> parent, Context context) {
    const auto node = reader_.config.nodes[index];  // a copy: the list grows
    if (node.args.size() != 1) return;
    const auto path = reader_.conf_relative(node.arg(0));
    if (node.arg(0).find_first_of("*?[") == std::string_view::npos)
      plain_include(node, path, parent, context);
    else
      glob_include(node, path, parent, context);
  }

  void plain_include(const Node& node, const std::string& path, std::optional<std::size_t> parent,
                     Context context) {
    auto row = reader_.reference(node.args[0].span, "include", node.arg(0), "file");
    row.resolved = path;
    row.state = survey_.state_of(path, "file");
    row.effect = kStartFails;
    const bool found = row.state == "found";
    if (!found && row.state != "unseen") suggest(row, node);
    survey_.facts.add(std::move(row));
    if (found) file(path, node.args[0].span, parent, context);
  }

  void suggest(facts::Reference& row, const Node& node) {
    row.nearest = survey_.nearest_path(row.resolved);
    if (row.nearest == survey_.sources.path(node.span.file)) row.nearest.clear();
    if (row.nearest.empty()) return;
    const auto base = std::string(tree::dirname(reader_.conf_path)) + '/';
    const bool relative = !node.arg(0).starts_with('/') && row.nearest.starts_with(base);
    row.replacement = relative ? row.nearest.substr(base.size()) : row.nearest;
  }

  void glob_include(const Node& node, const std::string& pattern, std::optional<std::size_t> parent,
                    Context context) {
    const auto matches = tree::glob(survey_.tree, pattern);
    for (const auto& unreadable : matches.unreadable)
      survey_.blind(survey_.place(node.args[0].span), "directive", unreadable.path,
                    tree::errno_words(unreadable.error), true);
    if (matches.paths.empty()) note_unseen(node, pattern);
    std::vector<std::string> closed;
    for (const auto& directory : matches.listed) {
      survey_.note_file(directory, "nginx", "configuration-directory");
      if (!reader_.master) continue;
      const auto verdict = survey_.open(
          *reader_.master,
          {tree::Operation::read, directory, survey_.place(node.args[0].span), "configuration",
           "start", "nginx starts without the files of this directory, and nginx -t passes"});
      if (!verdict) closed.push_back(directory);
    }
    for (std::size_t i = 0; i < matches.paths.size(); ++i) {
      const auto& path = matches.paths[i];
      if (i % Ahead::kMost == 0)
        ahead_.prepare(std::span(matches.paths)
                           .subspan(i)
                           .first(std::min(Ahead::kMost, matches.paths.size() - i)));
      if (!closed.empty()) {
        const auto directory = tree::resolve(survey_.tree, tree::dirname(path));
        if (std::ranges::find(closed, directory.path) != closed.end()) continue;
      }
      matched(node, path, parent, context);
    }
  }

  // Nothing matches where the directory is not in the part of a root that is at hand.
  void note_unseen(const Node& node, const std::string& pattern) {
    const auto fixed = pattern.substr(0, pattern.find_first_of("*?["));
    if (survey_.state_of(tree::dirname(fixed + "x"), "directory") != "unseen") return;
    auto row = reader_.reference(node.args[0].span, "include", node.arg(0), "file");
    row.resolved = pattern;
    row.state = "unseen";
    survey_.facts.add(std::move(row));
  }

  void matched(const Node& node, const std::string& path, std::optional<std::size_t> parent,
               Context context) {
    if (survey_.state_of(path, "file") == "found")
      file(path, node.args[0].span, parent, context);
    else
      not_a_file(path, node.args[0].span);
  }

  void not_a_file(const std::string& path, std::optional<text::Span> from) {
    // The wrong name stands in the link (or is a directory), not in the pattern that matches it.
    const auto state = survey_.state_of(path, "file");
    const bool at_line = from && state == "unseen";
    auto row = reader_.reference(at_line ? survey_.place(*from) : Survey::whole_file(path),
                                 "include", path, "file");
    if (!at_line) {
      const auto link = tree::resolve(survey_.tree, path);
      row.as_written = link.dangling.empty() ? path : link.dangling;
      if (const auto target = survey_.tree.readlink(path)) row.as_written = *target;
      row.nearest = survey_.nearest_path(link.path);
    }
    row.resolved = path;
    row.state = state;
    row.effect = kStartFails;
    if (from) row.reached_from = std::string(survey_.sources.path(from->file));
    survey_.facts.add(std::move(row));
  }

  using Ahead = ReadAhead<syntax::nginx::Parsed>;

  Reader& reader_;
  Survey& survey_;
  Ahead ahead_;
  std::vector<std::string> open_files_;  // canonical, outermost first
  std::string noted_directory_;          // the last one
  bool is_part_ = !survey_.knows_accounts();
  bool full_ = false;
};

}  // namespace

std::optional<std::string_view> command_line_option(const ServiceUnit& unit,
                                                    std::string_view option) {
  std::optional<std::string_view> value;
  if (unit.exec_start.empty()) return value;
  const auto& args = unit.exec_start.back().args;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const std::string_view arg = args[i];
    if (!arg.starts_with('-')) continue;
    const auto with_value = arg.find_first_of("pecgs", 1);
    if (with_value == std::string_view::npos) continue;
    const auto letter = arg[with_value];
    std::string_view rest = arg.substr(with_value + 1);
    if (rest.empty() && i + 1 < args.size()) rest = args[++i];
    if (option == std::string_view(&letter, 1)) value = rest;
  }
  return value;
}

void load_config(Reader& reader) {
  Loader loader(reader);
  if (reader.unit != nullptr) loader.command_line(*reader.unit);
  loader.main_file();
  reader.config.index();
}

}  // namespace stackaudit::stack::nginx
