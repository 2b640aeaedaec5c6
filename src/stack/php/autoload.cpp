// Who loads classes by their names, and which names there are.
#include "stack/php/autoload.hpp"

#include "stack/php/names.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostClasses = 48, kMostProbes = 256;

// How the names of PHP's and its extensions' classes begin, in lower case.
constexpr auto kBeginnings = std::to_array<std::string_view>(
    {"spl",          "reflect",   "recursive",  "phar",        "pdo",
     "date",         "session",   "sqlite",     "zip",         "xml",
     "dom",          "soap",      "intl",       "imagick",     "redis",
     "memcache",     "mongo",     "gmagick",    "mysqli",      "curl",
     "gd",           "ldap",      "openssl",    "weak",        "simplexml",
     "xsl",          "tidy",      "gmp",        "apcu",        "yaml",
     "amqp",         "swoole",    "snmp",       "collator",    "number",
     "message",      "locale",    "normalizer", "resource",    "transliterator",
     "array",        "closure",   "generator",  "std",         "stringable",
     "iterator",     "attribute", "fiber",      "ffi",         "finfo",
     "hash",         "json",      "lib",        "random",      "socket",
     "sysv",         "imap",      "ftp",        "pspell",      "odbc",
     "oci",          "ev",        "uuid",       "solr",        "directory",
     "php",          "internal",  "countable",  "traversable", "throwable",
     "serializable", "geoip",     "gearman",    "http",        "oauth",
     "ssh2",         "stomp",     "v8",         "zmq",         "rrd",
     "rar",          "ds",        "sodium",     "shmop",       "deflate",
     "inflate",      "enchant",   "com",        "variant",     "dba",
     "address",      "append",    "caching",    "callback",    "empty",
     "filesystem",   "filter",    "glob",       "infinite",    "limit",
     "multiple",     "norewind",  "outer",      "parent",      "regex",
     "seekable",     "self",      "static",     "unitenum",    "backedenum"});
constexpr auto kEndings = std::to_array<std::string_view>({"exception", "error", "iterator"});

bool may_be_built_in(std::string_view name) {
  return std::ranges::any_of(kBeginnings, [&](auto word) { return name.starts_with(word); }) ||
         std::ranges::any_of(kEndings, [&](auto word) { return name.ends_with(word); });
}

// The class that a node makes or asks by name; 0 for none.
NodeId class_of(const Ast& ast, const Node& node) {
  if (node.kind != NodeKind::new_object && node.kind != NodeKind::static_call &&
      node.kind != NodeKind::class_constant && node.kind != NodeKind::static_property)
    return 0;
  return node.first != 0 && ast[node.first].kind == NodeKind::name ? node.first : 0;
}

// X::class is a word, no use.
bool is_word(const Ast& ast, std::string_view text, const Node& node) {
  const auto& name = ast[ast[node.first].next];
  return node.kind == NodeKind::class_constant &&
         text::equal_ignoring_case(text.substr(name.begin, name.end - name.begin), "class");
}

}  // namespace

std::vector<std::string> autoloaders(const Evaluator& evaluator, const Unit& unit) {
  std::vector<std::string> names;
  for (const auto& each : evaluator.definitions_of("@autoload")) {
    if (each.unit->application != unit.application) continue;
    const auto& ast = each.unit->parsed.ast;
    auto at = each.value;
    if (at != 0 && ast[at].kind == NodeKind::array) at = ast[ast.last_child(at)].first;
    const bool named = at != 0 && ast[at].kind == NodeKind::string;
    auto name = named ? lower(unquote(Corpus::slice(*each.unit, ast[at]))) : std::string{};
    if (const auto colon = name.rfind(':'); colon != std::string::npos) name.erase(0, colon + 1);
    names.push_back(std::string(base_name(name)));
  }
  return names;
}

namespace {

// Which units' code is looked at, and which declarations of a class count; bases: what others
// extend, too.
template <class Looks, class Counts>
Value classes_used(const Corpus& corpus, const Unit& unit, std::size_t most, Looks looks,
                   Counts counts, bool bases = false) {
  std::set<std::string> declared;
  for (const auto& other : corpus.units)
    if (other.application == unit.application)
      for (const auto& name : other.classes)
        if (counts(other, name)) declared.insert(name);
  std::vector<Value> names;
  std::set<std::string> seen;
  for (const auto& other : corpus.units) {
    if (other.application != unit.application || !looks(other)) continue;
    std::optional<Names> meaning;
    const auto add = [&](std::uint32_t begin, std::uint32_t end) {
      if (!meaning) meaning.emplace(other.parsed.ast, other.text);
      const auto name = meaning->whole(other.text.substr(begin, end - begin));
      const auto key = lower(base_name(name));
      const bool own = bases && name.find('\\') != std::string::npos;
      if (!name.empty() && !declared.contains(key) && (own || !may_be_built_in(key)) &&
          seen.insert(lower(name)).second && names.size() < most)
        names.push_back(Value::text(name));
    };
    for (const auto& node : other.parsed.ast.nodes) {
      const auto id = class_of(other.parsed.ast, node);
      if (id == 0 || is_word(other.parsed.ast, other.text, node)) continue;
      add(other.parsed.ast[id].begin, other.parsed.ast[id].end);
    }
    if (!bases) continue;
    for (const auto& type : other.symbols.types)
      for (const auto& base : type.bases) add(base.begin, base.end);
  }
  return names.empty() ? Value::unknown() : each(std::move(names));
}

// Mailer.php of Mailer: the file that an autoloader finds by the class's name. Others may be found,
// too: that is asked then.
bool is_named_after(const Unit& unit, std::string_view class_name) {
  const auto name = tree::basename(unit.path);
  const auto stem = name.substr(0, name.find('.'));
  return lower(stem) == class_name && lower(stem) != stem;
}

}  // namespace

std::vector<ClassUse> class_uses(const Ast& ast, std::string_view text) {
  std::vector<ClassUse> uses;
  std::set<NodeId> certain;
  for (const auto& use : uses_of(ast, text))
    if (use.kind == kClassName && use.certain) certain.insert(use.id);
  const Names names(ast, text);
  for (const auto& node : ast.nodes) {
    const auto id = class_of(ast, node);
    if (id == 0 || is_word(ast, text, node)) continue;
    auto name = names.whole(text.substr(ast[id].begin, ast[id].end - ast[id].begin));
    if (!name.empty()) uses.push_back({std::move(name), id, certain.contains(id)});
  }
  return uses;
}

Value classes_to_load(const Corpus& corpus, const Unit& unit) {
  return classes_used(
      corpus, unit, kMostClasses, [](const Unit&) { return true; },
      [](const Unit&, std::string_view) { return true; });
}

namespace {

// Whose classes an autoloader is asked for: those around it, and what lies outside of the document
// root, which only an autoloader leads to.
class Around {
 public:
  Around(const Corpus& corpus, const Unit& unit)
      : root_(corpus.applications[unit.application].root),
        of_all_(unit.wordpress.empty() && !tree::is_within(unit.path, root_)) {
    const auto above = tree::dirname(unit.directory);
    directory_ = unit.plugin || !tree::is_within(above, root_) ? unit.directory : above;
  }
  bool operator()(const Unit& other) const {
    return of_all_ || tree::is_within(other.path, directory_) ||
           !tree::is_within(other.path, root_);
  }

 private:
  std::string_view root_, directory_;
  bool of_all_;  // it lies outside itself
};

}  // namespace

Value classes_to_probe(const Corpus& corpus, const Unit& unit) {
  return classes_used(corpus, unit, kMostProbes, Around(corpus, unit), is_named_after);
}

Value classes_to_follow(const Corpus& corpus, const Unit& unit) {
  return classes_used(
      corpus, unit, kMostProbes, Around(corpus, unit),
      [](const Unit&, std::string_view) { return false; }, true);
}

}  // namespace stackaudit::stack::php
