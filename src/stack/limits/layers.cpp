// Which location leads to which PHP, by the dials that were decided.
#include "stack/limits/layers.hpp"

#include "stack/pools/pools.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <charconv>

namespace stackaudit::stack::limits {
namespace {

// "http://backend/x" and "backend": the name of a group of servers.
std::string_view group_of(std::string_view args) {
  if (const auto slashes = args.find("://"); slashes != std::string_view::npos)
    args.remove_prefix(slashes + 3);
  return args.substr(0, args.find('/'));
}

// Where nginx's directives lead: thousands of sites may have one each.
class Dials {
 public:
  explicit Dials(const Survey& survey) {
    for (const auto& dial : survey.facts.rows<facts::Dial>()) {
      if (dial.service != "nginx") continue;
      if (!dial.upstream.empty())
        of_group_.emplace(dial.upstream, &dial);
      else
        of_line_.emplace(std::pair(std::string_view(dial.path), dial.line), &dial);
    }
  }

  [[nodiscard]] std::vector<const facts::Dial*> of(const facts::Directive& pass) const {
    std::vector<const facts::Dial*> found;
    const auto take = [&](const auto& range) {
      for (auto it = range.first; it != range.second; ++it) found.push_back(it->second);
    };
    take(of_group_.equal_range(group_of(pass.args)));
    take(of_line_.equal_range(std::pair(std::string_view(pass.path), pass.line)));
    return found;
  }

 private:
  std::multimap<std::string_view, const facts::Dial*> of_group_;
  std::multimap<std::pair<std::string_view, std::optional<std::int64_t>>, const facts::Dial*>
      of_line_;
};

// As facts::Site::php writes it.
std::string php_of(const facts::Dial& dial) {
  if (!dial.socket.empty()) return "unix:" + dial.socket;
  return dial.port ? "tcp:" + dial.address + ":" + std::to_string(*dial.port) : std::string{};
}

// php_value and php_admin_value of Apache's own files.
IniValues apache_values(const Survey& survey) {
  IniValues values;
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (row.service != "apache" || (row.name != "php_value" && row.name != "php_admin_value"))
      continue;
    const auto blank = row.args.find(' ');
    if (blank == std::string::npos) continue;
    values[row.args.substr(0, blank)] = {row.args.substr(blank + 1), row};
  }
  return values;
}

bool runs_mod_php(const Survey& survey) {
  const auto sites = survey.facts.rows<facts::Site>();
  return survey.apache_child && std::ranges::any_of(sites, [](const facts::Site& site) {
           return site.service == "apache" && site.php == "mod_php";
         });
}

}  // namespace

std::string words(std::string_view name, const Limit& limit) {
  auto text = std::string(name) + " " + limit.written;
  if (!limit.set) return text + " (the default)";
  text += " in " + limit.place.path;
  return limit.place.line ? text + ":" + std::to_string(*limit.place.line) : text;
}

const IniValue* Php::find(const Survey& survey, std::string_view name) const {
  const auto* value = stack::find(own, name);
  return value != nullptr ? value : stack::find(survey.ini_of(ini_directory), name);
}

std::vector<Php> all_php(const Survey& survey) {
  std::vector<Php> all;
  for (const auto& pool : survey.pools)
    all.push_back({&pool, pool.ini_directory, pool.php_values, {}});
  if (runs_mod_php(survey)) {
    Php php{nullptr, {}, apache_values(survey), {}};
    for (const auto& [directory, values] : survey.php_ini)
      if (tree::basename(directory) == "apache2") php.ini_directory = directory;
    all.push_back(std::move(php));
  }
  if (all.empty()) return all;
  const Dials dials(survey);
  for (const auto& row : survey.facts.rows<facts::Directive>()) {
    if (row.service != "nginx" || (row.name != "fastcgi_pass" && row.name != "proxy_pass"))
      continue;
    for (const auto* dial : dials.of(row)) {
      const auto* pool = dial->answered_by == "php-fpm" ? pool_for(survey, php_of(*dial)) : nullptr;
      if (pool == nullptr && dial->answered_by != "apache") continue;
      const auto php = std::ranges::find(all, pool, &Php::pool);
      if (php == all.end()) continue;
      if (php->passes.empty() || php->passes.back() != &row) php->passes.push_back(&row);
    }
  }
  return all;
}

const facts::Directive* directive(const Survey& survey, std::string_view service,
                                  std::string_view name) {
  const facts::Directive* found = nullptr;
  for (const auto& row : survey.facts.rows<facts::Directive>())
    if (row.service == service && row.name == name) found = &row;
  return found;
}

std::optional<std::int64_t> number(std::string_view text) {
  text = text::trimmed(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void report(Survey& survey, std::string_view service, std::string_view code, const Limit& at,
            std::string message, std::string help, const Limit& other) {
  for (const auto& row : survey.facts.rows<facts::SyntaxProblem>())
    if (row.code == code && row.path == at.place.path && row.line == at.place.line) return;
  auto& row = survey.add_problem(at.place, {.service = service,
                                            .language = "limits",
                                            .code = code,
                                            .severity = "warning",
                                            .message = std::move(message),
                                            .help = std::move(help)});
  if (!other.set) return;
  Survey::relate(row, other.place, "the other limit");
}

}  // namespace stackaudit::stack::limits
