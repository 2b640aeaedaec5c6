// A page that is neither handed on nor made: nginx looks for a file.
#include "stack/dials/nginx_choice.hpp"
#include "stack/dials/status.hpp"
#include "stack/nginx/locations.hpp"
#include "stack/runtime_places.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace stackaudit::stack {
namespace {

constexpr int kMaxNesting = 8;
// Where nothing says root: "html" below the prefix, which is the build's own.
constexpr std::array<std::string_view, 4> kDefaultRoots{
    "/usr/share/nginx/html", "/etc/nginx/html", "/usr/local/nginx/html", "/var/lib/nginx/html"};

// What the blocks on the way to the location say about the file.
struct Handling {
  std::string root;     // as root or alias has it
  std::string prefix;   // of the URL that alias replaces
  std::string tries;    // the arguments of try_files
  bool clever = false;  // something decides that is not followed here
};

// error_page 404 =200 /ok.html: the answer is another page's.
bool replaces_answers(const facts::Directive& row) {
  return row.name == "error_page" && row.args.find('=') != std::string::npos;
}

bool is_clever(const facts::Directive& row) {
  static constexpr std::array<std::string_view, 9> kNames{
      "rewrite", "if", "stub_status", "perl", "empty_gif", "return", "internal", "api", "mirror"};
  return row.name.ends_with("_pass") || row.name.find("_by_lua") != std::string::npos ||
         replaces_answers(row) || std::ranges::find(kNames, row.name) != kNames.end();
}

void take(const Blocks::Rows& rows, const facts::Directive& block, Handling& handling) {
  handling.tries.clear();  // not handed down to a location
  for (const auto* row : rows) {
    handling.clever = handling.clever || is_clever(*row);
    if (row->name == "root" || row->name == "alias") {
      handling.root = row->args;
      handling.prefix = row->name == "alias" ? block.args : std::string{};
    }
    if (row->name == "try_files") handling.tries = row->args;
  }
}

bool is_there(const Survey& survey, const std::string& path) {
  return survey.state_of(path, "file") != "missing" || is_made_at_run_time(path);
}

// What is looked for below `root`, if neither that nor another entry of try_files is there; else
// empty, as where some other page answers.
std::string file_missing(const Survey& survey, const Handling& handling, std::string_view root,
                         const std::string& url) {
  if (!url.starts_with(handling.prefix)) return {};
  const auto wanted = tree::normalize(std::string(root) + "/" + url.substr(handling.prefix.size()));
  if (handling.tries.empty()) return is_there(survey, wanted) ? std::string{} : wanted;
  const auto entries = text::words(handling.tries);
  for (const auto entry : std::span(entries).first(entries.size() - 1)) {
    if (!entry.starts_with("$uri")) return {};
    const auto rest = entry.substr(4);
    if (rest.find('$') != rest.npos || is_there(survey, wanted + std::string(rest))) return {};
  }
  return entries.back().starts_with("=4") ? wanted : std::string{};
}

std::string file_missing(const Survey& survey, const Handling& handling, const std::string& url) {
  if (handling.root.empty()) {
    std::string missing;
    for (const auto root : kDefaultRoots) {
      missing = file_missing(survey, handling, root, url);
      if (missing.empty()) return {};
    }
    return url;
  }
  const bool fixed = handling.root.starts_with('/') && handling.root.find('$') == std::string::npos;
  return fixed && survey.state_of(handling.root, "directory") == "found"
             ? file_missing(survey, handling, handling.root, url)
             : std::string{};
}

// "404" of `return 404;` where nothing in the block may answer otherwise.
std::string_view refusal_in(const Blocks::Rows& rows) {
  if (std::ranges::any_of(rows, [](const auto* row) { return replaces_answers(*row); })) return {};
  static constexpr std::array<std::string_view, 4> kRefusals{"403", "404", "410", "444"};
  for (const auto* row : rows) {
    if (!is_clever(*row)) continue;
    const auto code = std::string_view(row->args).substr(0, row->args.find(' '));
    const bool refuses = row->name == "return" && text::is_one_of(code, kRefusals);
    return refuses ? code : std::string_view{};
  }
  return {};
}

}  // namespace

StatusAnswer nginx_page(const Survey& survey, const Blocks& nginx, const facts::Dial& dial,
                        const facts::Listener& listener) {
  const auto* block = nginx_server_for(survey.facts, nginx, dial, listener);
  const auto url = dial.url_path.substr(0, dial.url_path.find_first_of("?#"));
  if (block == nullptr || !url.starts_with('/') || url.ends_with('/') ||
      url.find('%') != std::string::npos)
    return {};
  Handling handling;
  if (block->parent) take(nginx.children(*block->parent), *block, handling);
  for (int depth = 0; depth < kMaxNesting; ++depth) {
    const auto& rows = nginx.children(block->id);
    const bool certain = !handling.clever;
    take(rows, *block, handling);
    const auto next = nginx::location_for(rows, url);
    const bool last = block->name == "server" || (next.known && next.row == nullptr);
    if (const auto code = refusal_in(rows); certain && last && !code.empty())
      return {std::nullopt,
              (block->name == "location" ? "location " + block->args : "the server") + " answers " +
                  url + " with return " + std::string(code),
              false};
    if (!next.known || handling.clever) return {};
    if (next.row == nullptr) break;
    block = next.row;
  }
  const bool plain =
      block->name == "server" || block->args.find_first_of("~=^") == std::string::npos;
  if (!handling.prefix.empty() && !plain) return {};
  const auto missing = file_missing(survey, handling, url);
  if (missing.empty()) return {};
  const auto where = block->name == "location" ? "location " + block->args : "the server";
  return {std::nullopt, where + " takes " + url + ", and there is no " + missing, false};
}

}  // namespace stackaudit::stack
