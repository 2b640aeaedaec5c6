// WordPress as far as its files tell.
#include "stack/php/wordpress.hpp"

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace stackaudit::stack::php {
namespace {

// What people write instead of the names that WordPress asks for.
constexpr std::array<std::pair<std::string_view, std::array<std::string_view, 6>>, 2> kLogin{
    {{"DB_USER", {"DB_USERNAME", "DB_USR", "DB_LOGIN", "DB_USERS", "DBUSER", "DB_NAME_USER"}},
     {"DB_PASSWORD",
      {"DB_PASS", "DB_PASSWD", "DB_PASWORD", "DB_PASSWORT", "DB_PWD", "DBPASSWORD"}}}};

constexpr std::string_view kDefaultSocket = "/run/mysqld/mysqld.sock";

std::string version_of(const Corpus& corpus, const Definitions& definitions,
                       const Evaluator& evaluator, const std::string& root) {
  const auto* unit = corpus.find(root + "/wp-includes/version.php");
  if (unit != nullptr)
    for (const auto& definition : definitions.of("$wp_version")) {
      if (definition.unit != unit) continue;
      Scope scope;
      scope.unit = unit;
      const auto value = evaluator.value(scope, definition.value);
      if (value.single() != nullptr) return *value.single();
    }
  // A version file without constants or includes keeps no tree: read the line itself.
  const auto text = tree::read_file(corpus.survey().tree, root + "/wp-includes/version.php");
  if (!text) return {};
  const auto at = text->find("$wp_version =");
  if (at == std::string::npos) return {};
  const auto quote = text->find_first_of("'\"", at);
  const auto end = quote == std::string::npos ? quote : text->find((*text)[quote], quote + 1);
  return end == std::string::npos ? std::string{} : text->substr(quote + 1, end - quote - 1);
}

std::optional<std::int64_t> port_of(std::string_view text) {
  std::int64_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_numeric_address(std::string_view host) {
  return host.find(':') != std::string_view::npos ||
         (!host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

// "host", "host:3306", "host:/socket", ":/socket", "[::1]:3306"; localhost means the socket.
void parse_host(std::string_view written, std::string_view default_socket, facts::Dial& dial) {
  auto rest = written;
  if (rest.starts_with('[')) {
    const auto close = std::min(rest.find(']'), rest.size());
    dial.host = rest.substr(1, close - 1);
    rest.remove_prefix(std::min(close + 1, rest.size()));
  } else {
    const auto colon = rest.find(':');
    const bool bare_inet6 =
        std::ranges::count(rest, ':') > 1 && rest.find('/') == std::string::npos;
    const auto end = bare_inet6 ? rest.size() : std::min(colon, rest.size());
    dial.host = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  if (rest.starts_with(':')) rest.remove_prefix(1);
  if (rest.starts_with('/'))
    dial.socket = rest;
  else if (const auto colon = rest.find(":/"); colon != std::string_view::npos)
    dial.socket = rest.substr(colon + 1);
  else
    dial.port = port_of(rest);
  if (dial.socket.empty() && (dial.host == "localhost" || dial.host.empty())) {
    dial.socket = default_socket;
    dial.port.reset();
  }
  if (!dial.socket.empty()) {
    dial.family = "unix";
    dial.local = true;
    return;
  }
  if (!dial.port) dial.port = 3306;
  if (!is_numeric_address(dial.host)) return;
  dial.address = dial.host;
  dial.family = dial.host.find(':') == std::string::npos ? "inet" : "inet6";
  dial.local = dial.host.starts_with("127.") || dial.host == "::1";
}

// mysqli.default_socket of the PHP that runs it, the last that is said; null: PHP's own.
const facts::Directive* default_socket(const Survey& survey, const std::string& root) {
  const facts::Directive* last = nullptr;
  for (const auto& served : survey.document_roots) {
    if (!tree::is_within(root, served.path) || served.php.empty()) continue;
    const std::string_view sapi = served.php == "mod_php" ? "apache2" : "fpm";
    for (const auto& row : survey.facts.rows<facts::Directive>())
      if (row.service == "php" && row.name == "mysqli.default_socket" && row.context == sapi)
        last = &row;
  }
  return last;
}

// Where wp-config.php leaves the socket to PHP, the address is what php.ini says, and stands there.
void parse_host(const facts::Directive* setting, facts::Dial& dial) {
  parse_host(dial.as_written, setting == nullptr ? kDefaultSocket : setting->args, dial);
  if (setting == nullptr || dial.socket != setting->args ||
      dial.as_written.find(setting->args) != std::string::npos)
    return;
  static_cast<facts::Place&>(dial) = *setting;
  dial.as_written = setting->args;
}

void add_database(const Corpus& corpus, const Definitions& definitions, const Evaluator& evaluator,
                  const std::string& config, const std::string& root) {
  auto& survey = corpus.survey();
  for (const auto& definition : definitions.of("DB_HOST")) {
    if (definition.unit->path != config) continue;
    const auto& unit = *definition.unit;
    const auto& node = unit.parsed.ast[definition.value];
    Scope scope;
    scope.unit = &unit;
    scope.outermost = true;
    const auto value = evaluator.value(scope, definition.value);
    const auto place = survey.place({unit.file, node.begin, node.end});
    if (value.single() == nullptr) {
      survey.blind(place, "dial", "DB_HOST", "known only at run time");
      continue;
    }
    facts::Dial dial;
    static_cast<facts::Place&>(dial) = place;
    dial.service = "wordpress";
    dial.purpose = "DB_HOST";
    dial.as_written = *value.single();
    dial.scheme = "mysql";
    dial.expects = "mariadb";
    parse_host(default_socket(survey, root), dial);
    survey.facts.add(std::move(dial));
  }
}

// Text outside of PHP in wp-config.php goes to the visitor before any header can.
void add_output(Survey& survey, const std::string& config) {
  const auto file = survey.load(config, "syntax_problem");
  if (!file) return;
  const auto text = survey.sources.content(*file);
  const auto open = std::min(text.find("<?"), text.size());
  const auto close = text.rfind("?>");
  std::uint32_t begin = 0, end = static_cast<std::uint32_t>(open);
  if (open == 0 && close != std::string_view::npos && close > text.rfind("<?")) {
    auto rest = text.substr(close + 2);
    rest.remove_prefix(rest.starts_with("\r\n") ? 2 : rest.starts_with("\n") ? 1 : 0);
    begin = static_cast<std::uint32_t>(text.size() - rest.size());
    end = static_cast<std::uint32_t>(text.size());
  }
  if (begin == end || open == text.size()) return;
  const bool mark = begin == 0 && text.starts_with("\xef\xbb\xbf");
  survey.add_problem(
      survey.place({*file, begin, end}),
      {.service = "wordpress",
       .language = "php",
       .code = "output",
       .severity = "warning",
       .message = mark         ? "wp-config.php begins with a byte order mark"
                  : begin == 0 ? "wp-config.php has text before <?php"
                               : "wp-config.php has text, if only blank, behind ?>",
       .help = mark ? "save it as UTF-8 without a byte order mark" : "take the text out"});
}

// wp-config.php ends in the require of wp-settings.php, which is all that loads WordPress: a file
// that a full disk left empty, or whose end was lost, defines a few constants and no more.
void check_ending(const Corpus& corpus, const std::string& config) {
  auto& survey = corpus.survey();
  const auto* unit = corpus.find(config);
  if (unit == nullptr || !unit->parsed.problems.empty()) return;
  if (std::ranges::any_of(unit->parsed.ast.nodes, [](const auto& node) {
        using syntax::php::NodeKind;
        return node.kind == NodeKind::include || node.kind == NodeKind::eval;
      }))
    return;
  survey.add_problem(Survey::whole_file(config),
                     {.service = "wordpress",
                      .language = "php",
                      .code = "settings-not-loaded",
                      .severity = "error",
                      .message = "wp-config.php does not load wp-settings.php",
                      .help = "bring the file back from a backup; its last line is require_once "
                              "ABSPATH . 'wp-settings.php';"});
}

// The account's name or password under a name that WordPress does not ask for: DB_USERNAME. What
// nobody names may be meant so: the socket lets its owner in.
void check_login(const Corpus& corpus, const Definitions& definitions, const Unit& unit) {
  for (const auto& [name, others] : kLogin) {
    const bool defined = std::ranges::any_of(definitions.of(name), [&](const Definition& each) {
      const auto file = tree::basename(each.unit->path);
      return file != "wp-config-sample.php" && file != "setup-config.php" &&
             (each.unit == &unit || tree::is_within(each.unit->path, unit.directory));
    });
    if (defined) continue;
    for (const auto other : others)
      for (const auto& each : definitions.of(other)) {
        if (each.unit != &unit) continue;
        const auto& node = unit.parsed.ast[each.name];
        corpus.survey().add_problem(corpus.survey().place({unit.file, node.begin, node.end}),
                                    {.service = "wordpress",
                                     .language = "php",
                                     .code = "database-unnamed",
                                     .severity = "error",
                                     .message = "nothing defines " + std::string(name) + ", but " +
                                                std::string(other) + " is defined",
                                     .help = "write " + std::string(name)});
      }
  }
}

// wp-config.php without the database's name: WordPress asks for an empty one. (An empty user may be
// let in by the socket.) Where constants come from elsewhere, or names are made, nothing is said.
void check_name(const Corpus& corpus, const Definitions& definitions, const std::string& config,
                const std::string& root) {
  using syntax::php::NodeKind;
  auto& survey = corpus.survey();
  const auto* unit = corpus.find(config);
  if (unit == nullptr || !unit->parsed.problems.empty() || !unit->symbols.defined_beginning.empty())
    return;
  if (!loads_wordpress_alone(*unit)) return;
  check_login(corpus, definitions, *unit);
  const std::string name = "DB_NAME";
  const bool defined = std::ranges::any_of(definitions.of(name), [&](const Definition& each) {
    const auto file = tree::basename(each.unit->path);
    return file != "wp-config-sample.php" && file != "setup-config.php" &&
           (each.unit->path == config || tree::is_within(each.unit->path, root));
  });
  if (defined) return;
  survey.add_problem(place_of_word(survey, *unit, name),
                     {.service = "wordpress",
                      .language = "php",
                      .code = "database-unnamed",
                      .severity = "error",
                      .message = "nothing defines " + name,
                      .help = "define( '" + name + "', ... ); in " + config});
}

// wp-config.php is a link that leads nowhere: WordPress finds none.
void add_dangling_config(Survey& survey, const std::string& root) {
  const auto path = tree::join(root, "wp-config.php");
  const auto end = tree::resolve(survey.tree, path);
  if (end || end.error != ENOENT || !survey.tree.lstat(path)) return;
  facts::Reference row;
  static_cast<facts::Place&>(row) = Survey::whole_file(path);
  row.service = "wordpress";
  row.kind = "wordpress-config";
  row.as_written = path;
  row.resolved = end.path;
  row.state = "dangling";
  row.required = true;
  row.wanted = "file";
  row.process = "php";
  row.call = "openat";
  row.effect = "HTTP 302 to wp-admin/setup-config.php";
  row.nearest = survey.nearest_path(end.path);
  survey.facts.add(std::move(row));
}

// The active theme, where no directory that it may have is there.
void add_theme(const Corpus& corpus, const StoredOptions& options, const std::string& root) {
  auto& survey = corpus.survey();
  const auto themes = root + "/wp-content/themes";
  for (const auto* names : {&options.themes, &options.parents}) {
    const auto there = [&](const std::string& name) {
      return survey.state_of(tree::join(themes, name), "directory") != "missing";
    };
    const bool whole = survey.state_of(themes, "directory") == "found";
    if (!whole || names->empty() || std::ranges::any_of(*names, there)) continue;
    const auto& name = *std::ranges::max_element(*names, {}, &std::string::size);
    facts::Reference row;
    static_cast<facts::Place&>(row) = Survey::whole_file(tree::join(themes, name));
    row.service = "wordpress";
    row.kind = "wordpress-theme";
    row.as_written = name;
    row.resolved = row.path;
    row.state = "missing";
    row.wanted = "directory";
    row.process = "php";
    row.call = "openat";
    row.nearest = tree::basename(survey.nearest_path(row.path));
    row.effect = "a blank page";
    survey.facts.add(std::move(row));
    return;
  }
}

}  // namespace

facts::Place place_of_word(const Survey& survey, const Unit& unit, std::string_view word) {
  const auto at = unit.text.find(word);
  if (at == std::string_view::npos) return Survey::whole_file(unit.path);
  const auto begin = static_cast<std::uint32_t>(at);
  return survey.place({unit.file, begin, static_cast<std::uint32_t>(begin + word.size())});
}

bool loads_wordpress_alone(const Unit& config) {
  using syntax::php::NodeKind;
  return std::ranges::count_if(config.parsed.ast.nodes, [](const auto& node) {
           return node.kind == NodeKind::include || node.kind == NodeKind::eval;
         }) == 1;
}

std::vector<std::string> wordpress_roots(const std::vector<std::string>& files) {
  std::set<std::string> roots;
  for (const std::string_view file : files) {
    constexpr std::string_view kVersion = "/wp-includes/version.php";
    if (tree::basename(file) == "wp-settings.php") roots.insert(std::string(tree::dirname(file)));
    if (file.ends_with(kVersion))
      roots.insert(std::string(file.substr(0, file.size() - kVersion.size())));
  }
  std::vector<std::string> sorted(roots.begin(), roots.end());
  std::ranges::stable_sort(sorted, std::ranges::greater{}, &std::string::size);
  return sorted;
}

std::string wordpress_config(const Survey& survey, const std::string& root) {
  const auto there = [&](const std::string& path) {
    const auto state = survey.state_of(path, "file");
    return state == "found" || state == "unseen" || state == "wrong-type";  // as file_exists() does
  };
  if (there(root + "/wp-config.php")) return root + "/wp-config.php";
  const std::string above(tree::dirname(root));
  const auto outer = (above == "/" ? "" : above) + "/wp-config.php";
  const auto settings = (above == "/" ? "" : above) + "/wp-settings.php";
  return there(outer) && !there(settings) ? outer : std::string{};
}

void add_wordpress(Corpus& corpus, const Definitions& definitions, const Evaluator& evaluator) {
  auto& survey = corpus.survey();
  for (const auto& root : corpus.wordpress_roots) {
    facts::Wordpress row;
    static_cast<facts::Place&>(row) = Survey::whole_file(root + "/wp-settings.php");
    row.root = root;
    row.version = version_of(corpus, definitions, evaluator, root);
    row.config = wordpress_config(survey, root);
    row.own_database = survey.state_of(root + "/wp-content/db.php", "file") != "missing";
    for (const auto& application : corpus.applications) {
      if (!application.served || !tree::is_within(root, application.root)) continue;
      row.served = true;
      for (auto& site : survey.facts.rows<facts::Site>())
        if (std::ranges::find(application.sites, site.id) != application.sites.end())
          site.wordpress = true;
    }
    if (row.config.empty()) add_dangling_config(survey, root);
    if (!row.config.empty()) {
      add_output(survey, row.config);
      if (const auto end = tree::resolve(survey.tree, row.config)) {
        add_database(corpus, definitions, evaluator, end.path, root);
        add_prefix(corpus, definitions, evaluator, end.path, root);
        check_ending(corpus, end.path);
        check_prefix(corpus, end.path);
        if (!row.own_database) check_name(corpus, definitions, end.path, root);
      }
    }
    survey.facts.add(std::move(row));
    const auto options = options_of(corpus, definitions, root);
    add_theme(corpus, options, root);
    add_permalinks(survey, options, root);
  }
}

}  // namespace stackaudit::stack::php
