// Who loads classes by their names, and which names there are.
#include "stack/php/autoload.hpp"

#include "text/suggest.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack::php {
namespace {

using namespace syntax::php;

constexpr std::size_t kMostClasses = 48;

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

bool is_namespaced(const Ast& ast) {
  return std::ranges::any_of(ast.nodes, [](const Node& node) {
    return node.kind == NodeKind::namespace_ || node.kind == NodeKind::use;
  });
}

}  // namespace

std::vector<std::string> autoloaders(const Corpus& corpus, const Definitions& definitions,
                                     const Unit& unit) {
  std::vector<std::string> names;
  for (const auto& each : definitions.of("@autoload")) {
    if (each.unit->application != unit.application) continue;
    const auto& ast = each.unit->parsed.ast;
    auto at = each.value;
    if (at != 0 && ast[at].kind == NodeKind::array) at = ast[ast.last_child(at)].first;
    const bool named = at != 0 && ast[at].kind == NodeKind::string;
    auto name = named ? lower(unquote(corpus.slice(*each.unit, ast[at]))) : std::string{};
    if (const auto colon = name.rfind(':'); colon != std::string::npos) name.erase(0, colon + 1);
    names.push_back(std::string(base_name(name)));
  }
  return names;
}

Value classes_to_load(const Corpus& corpus, const Unit& unit) {
  std::set<std::string> declared;
  for (const auto& other : corpus.units)
    if (other.application == unit.application)
      declared.insert(other.classes.begin(), other.classes.end());
  std::vector<Value> names;
  std::set<std::string> seen;
  for (const auto& other : corpus.units) {
    if (other.application != unit.application || other.file == text::FileId::none ||
        is_namespaced(other.parsed.ast))
      continue;
    for (const auto& node : other.parsed.ast.nodes) {
      const auto id = class_of(other.parsed.ast, node);
      if (id == 0) continue;
      const auto name = std::string(Corpus::slice(other, other.parsed.ast[id]));
      const auto key = lower(name);
      if (name.find('\\') != std::string::npos || declared.contains(key) || may_be_built_in(key) ||
          !seen.insert(key).second || names.size() >= kMostClasses)
        continue;
      names.push_back(Value::text(name));
    }
  }
  return names.empty() ? Value::unknown() : each(std::move(names));
}

}  // namespace stackaudit::stack::php
