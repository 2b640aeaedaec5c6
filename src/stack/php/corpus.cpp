// Finding and reading PHP files.
#include "stack/php/corpus.hpp"

#include "stack/in_parallel.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>

namespace stackaudit::stack::php {
namespace {

namespace syntax = stackaudit::syntax::php;

constexpr std::size_t kMostFiles = 200'000;
constexpr int kDeepest = 48;

// Folders without PHP that a request could reach.
constexpr std::array<std::string_view, 4> kSkipped{".git", ".svn", ".hg", "node_modules"};

// Folders whose PHP files no request runs unless something names them.
constexpr auto kTests = std::to_array<std::string_view>(
    {"tests", "test", "Tests", "Test", "fixtures", "Fixtures", "stubs"});
constexpr auto kSamples = std::to_array<std::string_view>({"sample", "dist", "example"});
// Of files that tell an editor what there is.
constexpr auto kForEditors =
    std::to_array<std::string_view>({"autocomplete", "autocompletion", "stub", "stubs"});
constexpr auto kAside =
    std::to_array<std::string_view>({"vendor", "examples", "example", "samples", "tools", "bin",
                                     "build", "doc", "docs", "documentation", "user_guide_src"});

// Whether a directory between the root and the file has such a name.
template <class Fits>
bool any_directory(std::string_view path, std::string_view root, Fits fits) {
  auto rest = path.substr(std::min(path.size(), root.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto slash = std::min(rest.find('/'), rest.size());
    if (slash < rest.size() && fits(rest.substr(0, slash))) return true;
    rest.remove_prefix(slash);
  }
  return false;
}

// "config-sample.php", "dist-configure.php": settings that are copied before they count; and
// "config.docker-template.php".
bool is_sample(std::string_view name) {
  const auto words = name_words(name);
  const auto has = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  return (has("config") && has("template")) || std::ranges::any_of(words, [](auto word) {
           return is_sample_word(word) || std::ranges::find(kForEditors, word) != kForEditors.end();
         });
}

// The directory of the plugin, theme or library of Composer that a file belongs to; empty for the
// application's own, and for vendor/autoload.php.
std::string_view part_of(std::string_view path) {
  struct Kind {
    std::string_view folder;
    int names;  // of the part, behind the folder
  };
  static constexpr std::array<Kind, 4> kParts{{{"/wp-content/plugins/", 1},
                                               {"/wp-content/themes/", 1},
                                               {"/wp-content/mu-plugins/", 1},
                                               {"/vendor/", 2}}};
  std::size_t end = 0;
  for (const auto& [folder, names] : kParts) {
    auto at = path.rfind(folder);
    if (at == std::string_view::npos) continue;
    at += folder.size() - 1;
    for (int i = 0; i < names && at != path.npos; ++i)
      at = i + 1 == names ? std::min(path.find('/', at + 1), path.size()) : path.find('/', at + 1);
    if (at != path.npos) end = std::max(end, at);
  }
  return path.substr(0, end);
}

bool has_php_name(std::string_view name) {
  constexpr std::array<std::string_view, 4> kEndings{".php", ".phtml", ".php5", ".php7"};
  return std::ranges::any_of(kEndings, [&](auto ending) { return name.ends_with(ending); });
}

// Declarations and nothing that runs.
bool declares_only(const syntax::Ast& ast) {
  using syntax::NodeKind;
  for (auto id = ast[ast.root].first; id != 0; id = ast[id].next) {
    switch (ast[id].kind) {
      case NodeKind::function:
      case NodeKind::class_declaration:
      case NodeKind::namespace_:
      case NodeKind::use:
      case NodeKind::declare:
      case NodeKind::const_:
      case NodeKind::nop:
        continue;
      case NodeKind::html:
        if (ast[id].end - ast[id].begin < 3) continue;
        return false;
      default:
        return false;
    }
  }
  return true;
}

// Words of names that paths have.
constexpr auto kOfPaths =
    std::to_array<std::string_view>({"root", "dir", "path", "base", "folder", "location"});
constexpr auto kPromotes =
    std::to_array<std::string_view>({"public", "protected", "private", "readonly"});

// $this->dir = $root . '/lib'; and $this->root = $root; and __construct(public string $root).
bool keeps_path(const syntax::Ast& ast, std::string_view text, const syntax::Node& node) {
  using syntax::NodeKind;
  constexpr std::array<std::string_view, 4> kSlashes{"'/", "/'", "\"/", "/\""};
  const auto slice = [&](std::uint32_t begin, std::uint32_t end) {
    return text.substr(begin, end - begin);
  };
  const auto& target = ast[node.first];
  if (node.kind == NodeKind::parameter)
    return text::contains_any(slice(node.begin, target.begin), kPromotes) &&
           text::contains_any(text::lower(slice(target.begin, target.end)), kOfPaths);
  // self::$items[$key] = $value
  if (node.kind == NodeKind::assign && target.kind == NodeKind::index &&
      ast[target.first].kind == NodeKind::static_property)
    return ast[ast[target.first].next].kind == NodeKind::variable &&
           ast[target.next].kind == NodeKind::variable;
  if (node.kind != NodeKind::assign ||
      (target.kind != NodeKind::property && target.kind != NodeKind::static_property))
    return false;
  const auto& value = ast[target.next];
  if (value.kind == NodeKind::binary || value.kind == NodeKind::interpolated)
    return text::contains_any(slice(value.begin, value.end), kSlashes);
  return (value.kind == NodeKind::variable || value.kind == NodeKind::call) &&
         text::contains_any(text::lower(slice(target.begin, target.end)), kOfPaths);
}

bool keeps_paths(const syntax::Ast& ast, std::string_view text) {
  return std::ranges::any_of(ast.nodes,
                             [&](const syntax::Node& node) { return keeps_path(ast, text, node); });
}

std::vector<std::string> classes_of(const syntax::Ast& ast, std::string_view text) {
  std::vector<std::string> names;
  for (const auto& node : ast.nodes) {
    const auto& name = ast[node.first];
    if (node.kind == syntax::NodeKind::class_declaration && name.kind == syntax::NodeKind::name)
      names.push_back(text::lower(text.substr(name.begin, name.end - name.begin)));
  }
  return names;
}

bool is_plugin(std::string_view text) {
  return text.substr(0, 8192).find("Plugin Name:") != std::string_view::npos;
}

}  // namespace

std::string theme_of(const Unit& unit) {
  constexpr std::string_view kThemes = "/wp-content/themes/";
  const auto at = unit.path.find(kThemes);
  const auto slash = at == std::string::npos ? at : unit.path.find('/', at + kThemes.size());
  return slash == std::string::npos ? std::string{} : unit.path.substr(0, slash);
}

bool overlap(const Application& one, const Application& other) {
  return tree::is_within(one.root, other.root) || tree::is_within(other.root, one.root);
}

std::vector<std::string_view> name_words(std::string_view name) {
  return text::words(name, "-_.");
}

bool is_sample_word(std::string_view word) {
  return std::ranges::find(kSamples, word) != kSamples.end();
}

bool is_test(std::string_view path, std::string_view root) {
  return any_directory(path, root, [](std::string_view name) {
    return name.starts_with('.') || text::is_one_of(name, kTests);
  });
}

bool is_aside(std::string_view path, std::string_view root) {
  return is_test(path, root) || any_directory(path, root, [](std::string_view name) {
           return text::is_one_of(name, kAside);
         });
}

std::vector<std::string> php_files_below(Survey& survey, const std::string& root) {
  struct Directory {
    std::string path;
    int depth;
  };
  std::vector<std::string> files;
  std::vector<Directory> waiting{{root, 0}};
  std::set<std::string> entered{root};
  while (!waiting.empty() && files.size() < kMostFiles) {
    const auto at = std::move(waiting.back());
    waiting.pop_back();
    const auto names = survey.tree.list(at.path);
    if (!names) {
      if (names.error() != ENOENT)
        survey.blind(Survey::whole_file(at.path), "reference", at.path,
                     tree::errno_words(names.error()), names.error() == EACCES);
      continue;
    }
    for (const auto& name : *names) {
      if (std::ranges::find(kSkipped, name) != kSkipped.end()) continue;
      if (name.starts_with('.') && has_php_name(name)) continue;  // what only an editor reads
      if (name.ends_with(".blade.php")) continue;  // Laravel makes another file of it
      const auto path = tree::join(at.path, name);
      auto stat = survey.tree.lstat(path);
      std::string canonical = path;
      if (stat && stat->type == tree::FileType::symlink) {
        const auto end = tree::resolve(survey.tree, path);
        if (!end) continue;
        stat = end.stat;
        canonical = end.path;
      }
      if (!stat) continue;
      if (stat->type == tree::FileType::directory) {
        if (at.depth < kDeepest && entered.insert(canonical).second)
          waiting.push_back({canonical, at.depth + 1});
      } else if (stat->type == tree::FileType::regular && has_php_name(name)) {
        files.push_back(canonical);
      }
    }
  }
  std::ranges::sort(files);
  files.erase(std::unique(files.begin(), files.end()), files.end());
  return files;
}

// One file before it is a unit: its content is one that is known, or a fresh one.
struct Corpus::Read {
  const Content* known = nullptr;
  std::string text;
  Content fresh;
  int error = 0;
};

const Corpus::Content* Corpus::known(std::string_view text, std::size_t hash,
                                     const syntax::Options& options) const {
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const auto& content = *it->second;
    if (survey_.sources.content(content.file) == text && content.options == options)
      return &content;
  }
  return nullptr;
}

void Corpus::add(const std::string& path, std::size_t application, const Content& content,
                 text::FileId file) {
  ++survey_.files_read;
  by_path_.emplace(path, units.size());
  auto& unit = units.emplace_back(content.parsed, content.symbols);
  unit.number = units.size() - 1;
  unit.path = path;
  unit.directory = tree::dirname(unit.path);
  unit.application = application;
  unit.part = part_of(unit.path);
  unit.specimen = is_test(path, applications[application].root) || is_sample(tree::basename(path));
  unit.classes = content.classes;
  unit.plugin = content.plugin;
  unit.declares_only = content.declares_only;
  unit.keeps_paths = content.keeps_paths;
  for (const auto& root : wordpress_roots)
    if (unit.wordpress.empty() && tree::is_within(unit.path, root)) unit.wordpress = root;
  unit.file = file;
  unit.text = survey_.sources.content(file);
}

void Corpus::add_fresh(const std::string& path, std::size_t application, Read& read) {
  auto& content = contents_.emplace_back(std::move(read.fresh));
  content.file = survey_.sources.add(path, std::move(read.text));
  for (auto& problem : content.parsed.problems) {
    problem.span.file = content.file;
    for (auto& label : problem.related) label.span.file = content.file;
  }
  add(path, application, content, content.file);
  // Problems name their file.
  if (content.parsed.problems.empty()) by_hash_.emplace(content.hash, &content);
}

bool makes_paths(std::string_view text) {
  constexpr std::array<std::string_view, 3> kEnds{"'.php'", "\".php\"", "}.php\""};
  return text::contains_any(text, kEnds);
}

void Corpus::load(std::vector<std::string> paths, std::size_t application) {
  std::erase_if(paths, [&](const std::string& path) { return by_path_.contains(path); });
  std::vector<Read> all(paths.size());
  const auto& settings = applications[application];
  const bool short_tags = settings.short_open_tag.value_or(false);
  const syntax::Options options{short_tags, settings.version,
                                settings.short_open_tag.has_value() && !short_tags};
  in_parallel(0, paths.size(), 4, [&](std::size_t i) {
    auto& read = all[i];
    auto text = survey_.tree.read(paths[i], tree::kReadLimit);
    read.error = text.error();
    if (!text) return;
    const auto hash = std::hash<std::string_view>{}(*text);
    read.known = known(*text, hash, options);
    if (read.known != nullptr) return;
    read.text = *std::move(text);
    auto& parsed = read.fresh.parsed;
    parsed = syntax::parse(read.text, text::FileId::none, options);
    read.fresh.keeps_paths = keeps_paths(parsed.ast, read.text);
    read.fresh.hash = hash;
    read.fresh.options = options;
    read.fresh.symbols = symbols_of(parsed.ast, read.text);
    read.fresh.classes = classes_of(parsed.ast, read.text);
    read.fresh.plugin = is_plugin(read.text);
    read.fresh.declares_only = declares_only(parsed.ast);
  });
  for (std::size_t i = 0; i < paths.size(); ++i) {
    auto& read = all[i];
    if (read.error != 0) {
      if (read.error != ENOENT && read.error != ENOTDIR)
        survey_.blind(Survey::whole_file(paths[i]), "reference", paths[i],
                      read.error == EFBIG ? "too large" : tree::errno_words(read.error), true);
      continue;
    }
    if (read.known == nullptr) {
      add_fresh(paths[i], application, read);
      continue;
    }
    add(paths[i], application, *read.known, survey_.sources.add_copy(paths[i], read.known->file));
  }
}

Unit* Corpus::find(std::string_view path) {
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? nullptr : &units[it->second];
}

const Unit* Corpus::find(std::string_view path) const {
  const auto it = by_path_.find(path);
  return it == by_path_.end() ? nullptr : &units[it->second];
}

const ScriptRun* Corpus::run_of(std::string_view path) const {
  const auto it = std::ranges::find(runs, path, &ScriptRun::canonical);
  return it == runs.end() ? nullptr : &*it;
}

}  // namespace stackaudit::stack::php
