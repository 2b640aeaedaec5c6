// Addresses like /2024/a-title/ are no files: Apache comes to index.php by rules in .htaccess,
// which WordPress writes when they are switched on. Copying "*" leaves that file behind.
#include "stack/php/wordpress.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::php {
namespace {

// Whatever else may lead a request to index.php, wherever it stands.
constexpr auto kLeaders = std::to_array<std::string_view>(
    {"rewriterule", "fallbackresource", "errordocument", "proxypass", "proxypassmatch",
     "scriptaliasmatch", "aliasmatch", "accessfilename", "rewriteoptions"});

bool is_led(const Survey& survey) {
  return std::ranges::any_of(survey.facts.rows<facts::Directive>(), [](const auto& row) {
    return row.service == "apache" && !row.context.starts_with("htaccess") &&
           std::ranges::find(kLeaders, row.name) != kLeaders.end() && row.args != ".htaccess" &&
           (row.name != "errordocument" || row.args.starts_with("404 /"));
  });
}

bool rewrites(const Survey& survey, const std::string& path) {
  const auto end = tree::resolve(survey.tree, path);
  if (end.error == ENOENT && end.dangling.empty()) return false;
  const auto text = tree::read_file(survey.tree, path);
  return !text || text::lower(*text).find("rewriterule") != std::string::npos ||
         text::lower(*text).find("fallbackresource") != std::string::npos;
}

const facts::Site* site_of(const Survey& survey, const std::string& root) {
  for (const auto& served : survey.document_roots) {
    if (served.path != root || served.service != "apache" || served.php.empty()) continue;
    for (const auto& site : survey.facts.rows<facts::Site>())
      if (site.id == served.site) return &site;
  }
  return nullptr;
}

}  // namespace

void add_permalinks(Survey& survey, const StoredOptions& options, const std::string& root) {
  const bool certain =
      !options.permalinks.empty() && std::ranges::all_of(options.permalinks, [](const auto& each) {
        return each.starts_with('/') && !each.starts_with("/index.php");
      });
  const auto path = tree::join(root, ".htaccess");
  if (!certain || site_of(survey, root) == nullptr || rewrites(survey, path) || is_led(survey))
    return;
  facts::Reference row;
  static_cast<facts::Place&>(row) = Survey::whole_file(path);
  row.service = "wordpress";
  row.kind = "wordpress-permalinks";
  row.as_written = *options.permalinks.begin();
  row.resolved = path;
  row.state = survey.state_of(path, "file");
  row.required = false;
  row.wanted = "file";
  row.process = "apache child";
  row.call = "openat";
  row.effect = "HTTP 404 for every page but the front page";
  survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack::php
