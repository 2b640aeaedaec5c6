// Only what can be followed from the text and the tree is judged: a variable, an expression or a
// directive of another module on the way ends it.
#include "stack/nginx/pages.hpp"

#include "stack/nginx/locations.hpp"
#include "stack/nginx/refusal.hpp"
#include "stack/nginx/routes.hpp"
#include "tree/resolve.hpp"

#include <array>
#include <set>

namespace stackaudit::stack::nginx {
namespace {

constexpr auto kPageSuffixes =
    std::to_array<std::string_view>({".html", ".htm", ".php", ".xhtml", ".shtml", ".phtml"});
constexpr std::string_view kScript = "SCRIPT_FILENAME";

class Pages {
 public:
  Pages(Reader& reader, const Upstreams& upstreams)
      : reader_(reader), config_(reader.config), upstreams_(upstreams) {}

  void run() {
    for (std::size_t i = 0; i < config_.nodes.size(); ++i) {
      const auto& node = config_.nodes[i];
      if (node.is("server") && node.block && node.context == Context::http) server(i);
      if (node.is("fastcgi_pass") && node.parent && node.context == Context::location) script(node);
    }
  }

 private:
  void server(std::size_t server) {
    if (answers_otherwise(config_, server)) return;
    index(server, "/");
    blocks(server, server);
  }

  // Depth is that of the parser.
  void blocks(std::size_t server, std::size_t block) {
    for (const auto child : config_.nodes[block].children) {
      const auto& node = config_.nodes[child];
      if (node.is("try_files") && node.args.size() > 1)
        fallback(server, block, node, node.args.back());
      if (node.is("error_page") && node.args.size() > 2 && node.arg(node.args.size() - 2) == "=")
        fallback(server, block, node, node.args.back());
      if (node.is("error_page") && node.args.size() > 1) error_page(server, node);
      if (node.is("auth_request") && !node.args.empty()) asked_first(server, node);
      if (node.is("location") && node.block) location(server, child);
    }
  }

  // The page of "error_page 404 /404.html": nginx has one of its own where it is not there, and
  // then the code is 404 whatever happened.
  void error_page(std::size_t server, const Node& node) {
    const auto& word = node.args.back();
    const auto url = word.value.substr(0, word.value.find('?'));
    if (!url.starts_with('/') || url.ends_with('/') || has_variable(url) ||
        node.arg(node.args.size() - 2) == "=" || !told_.insert(&node).second)
      return;
    const auto target = block_for(config_, server, url);
    if (!target || answers_otherwise(config_, *target, "internal")) return;
    const auto* files = config_.inherited(*target, "try_files");
    if (files != nullptr && (files->args.empty() || !files->args.back().value.starts_with('=')))
      return;
    const auto path = file_for(reader_, *target, url);
    if (!path || reader_.survey.state_of(*path, "file") != "missing") return;
    auto row = reader_.reference(word.span, "error-page", word.value, "file");
    row.resolved = tree::normalize(*path);
    row.state = "missing";
    row.required = false;
    if (const auto* root = root_of(config_, *target); root != nullptr && root->is("root"))
      suggest(row, reader_.prefix_relative(root->arg(0)), word.value);
    as_worker(row, "HTTP 404 with nginx's own page, whatever the code was");
    reader_.survey.facts.add(std::move(row));
  }

  // The subrequest of auth_request that finds nothing: its 404 is neither a yes nor a no.
  void asked_first(std::size_t server, const Node& node) {
    const std::string url(node.arg(0).substr(0, node.arg(0).find('?')));
    if (!url.starts_with('/') || has_variable(url)) return;
    const auto target = block_for(config_, server, url);
    if (!target || answers_otherwise(config_, *target)) return;
    const auto* files = config_.inherited(*target, "try_files");
    if (files != nullptr && (files->args.empty() || files->args.back().value != "=404")) return;
    const auto path = file_for(reader_, *target, url);
    if (!path || reader_.survey.state_of(*path, "file") != "missing") return;
    auto row = reader_.reference(node.args[0].span, "named-location", url, "location");
    row.state = "missing";
    row.call.clear();
    as_worker(row, "HTTP 500: auth request unexpected status: 404");
    reader_.survey.facts.add(std::move(row));
  }

  void location(std::size_t server, std::size_t block) {
    const auto& node = config_.nodes[block];
    const auto [modifier, name] = location_name(node.arg(0), node.arg(1));
    const bool own = config_.own(block, "index") != nullptr ||
                     config_.own(block, "root") != nullptr ||
                     config_.own(block, "alias") != nullptr;
    if (own && (modifier.empty() || modifier == "^~") && name.size() > 1 && name.ends_with('/'))
      index(server, std::string(name));
    blocks(server, block);
  }

  [[nodiscard]] bool is_file(const std::string& path) const {
    const auto state = reader_.survey.state_of(path, "file");
    return state == "found" || state == "unseen";
  }

  // The pages that lie directly in a directory.
  [[nodiscard]] std::vector<std::string> pages_in(const std::string& directory) const {
    std::vector<std::string> pages;
    const auto names = tree::list_directory(reader_.survey.tree, directory);
    if (!names) return pages;
    for (const auto& name : *names)
      if (std::ranges::any_of(kPageSuffixes, [&](auto end) { return name.ends_with(end); }))
        pages.push_back(name);
    return pages;
  }

  // Whether a request for the directory ends in the index: try_files asks for "$uri/" before
  // anything that is there.
  [[nodiscard]] bool reaches_index(std::size_t block, const std::string& directory) const {
    const auto* files = config_.own(block, "try_files");
    if (files == nullptr) return true;
    for (std::size_t i = 0; i + 1 < files->args.size(); ++i) {
      const auto name = files->arg(i);
      if (name == "$uri/") return true;
      if (name == "$uri") continue;
      if (!name.starts_with("$uri") || has_variable(name.substr(4))) return false;
      if (is_file(directory + std::string(name.substr(4)))) return false;
    }
    return false;
  }

  void index(std::size_t server, const std::string& url) {
    const auto block = block_for(config_, server, url);
    if (!block || answers_otherwise(config_, *block)) return;
    const auto* listing = config_.inherited(*block, "autoindex");
    if (listing != nullptr && listing->arg(0) == "on") return;
    if (closed(*block)) return;
    const auto directory = file_for(reader_, *block, url);
    if (!directory || reader_.survey.state_of(*directory, "directory") != "found") return;
    if (!reaches_index(*block, *directory)) return;
    const auto lines = list_of(config_, *block, "index");
    for (const auto* line : lines)
      for (const auto& word : line->args)
        if (has_variable(word.value) || word.value.starts_with('/') ||
            is_file(tree::join(*directory, word.value)))
          return;
    if (lines.empty() && is_file(tree::join(*directory, "index.html"))) return;
    const auto pages = pages_in(*directory);
    if (!pages.empty()) no_index(*block, lines, *directory, pages);
  }

  // Nobody is let in anyway.
  [[nodiscard]] bool closed(std::size_t block) const {
    for (const auto* line : list_of(config_, block, "deny"))
      if (line->arg(0) == "all") return true;
    return false;
  }

  void no_index(std::size_t block, const std::vector<const Node*>& lines,
                const std::string& directory, const std::vector<std::string>& pages) {
    const auto* line = lines.empty() ? root_of(config_, block) : lines.front();
    if (line == nullptr || line->args.empty() || !told_.insert(line).second) return;
    auto row = reader_.reference(line->args[0].span, "index",
                                 lines.empty() ? "index.html" : line->arg(0), "file");
    row.resolved = tree::join(directory, row.as_written);
    row.state = "missing";
    row.required = false;
    const bool among = std::ranges::find(pages, "index.php") != pages.end();
    row.nearest = text::nearest(row.as_written, pages).value_or(among ? "index.php" : "");
    if (!lines.empty()) row.replacement = row.nearest;
    as_worker(row,
              "HTTP 403: directory index of \"" + tree::normalize(directory) + "/\" is forbidden");
    reader_.survey.facts.add(std::move(row));
  }

  void as_worker(facts::Reference& row, std::string effect) const {
    row.process = "nginx worker";
    row.user = reader_.worker ? reader_.worker->who.name : "";
    row.effect = std::move(effect);
  }

  // The last word of try_files, and the page of "error_page 404 = /x": an internal redirect.
  void fallback(std::size_t server, std::size_t block, const Node& node, const syntax::Word& word) {
    const auto url = word.value.substr(0, word.value.find('?'));
    if (!url.starts_with('/') || has_variable(url) || url.ends_with('/')) return;
    const auto target = block_for(config_, server, url);
    if (!target) return;
    const auto* pass = config_.own(*target, "fastcgi_pass");
    if (pass == nullptr ? answers_otherwise(config_, *target) : !runs_root(*pass)) return;
    const auto path = file_for(reader_, *target, url);
    if (!path || is_file(*path)) return;
    const auto* root = root_of(config_, *target);
    const auto top = root == nullptr ? "" : reader_.prefix_relative(root->arg(0));
    const auto names = tree::list_directory(reader_.survey.tree, top);
    if (root == nullptr || !names || names->empty()) return;  // nothing is there yet
    auto row = reader_.reference(word.span, "front-controller", word.value, "file");
    row.resolved = tree::normalize(*path);
    row.state = "missing";
    row.required = pass != nullptr;
    suggest(row, top, word.value);
    as_worker(row, pass != nullptr ? "HTTP 404: Primary script unknown"
                   : *target == block && node.is("try_files")
                       ? "HTTP 500: rewrite or internal redirection cycle"
                       : "HTTP 404");
    reader_.survey.facts.add(std::move(row));
  }

  void suggest(facts::Reference& row, const std::string& top, const std::string& written) const {
    row.nearest = reader_.survey.nearest_path(row.resolved);
    const auto root = tree::normalize(top);
    if (!row.nearest.starts_with(root + '/')) return;
    const auto query = written.find('?');
    row.replacement =
        row.nearest.substr(root.size()) + (query == std::string::npos ? "" : written.substr(query));
  }

  // PHP of this machine, told to run the file that the URL names below the root.
  [[nodiscard]] bool runs_root(const Node& pass) const {
    if (!is_local(pass)) return false;
    const auto* value = script_of(pass);
    return value != nullptr && (value->arg(1) == "$document_root$fastcgi_script_name" ||
                                value->arg(1) == "$realpath_root$fastcgi_script_name" ||
                                value->arg(1) == "$request_filename");
  }

  [[nodiscard]] bool is_local(const Node& pass) const {
    const auto handler = upstreams_.handler(pass);
    return handler.starts_with("unix:") || handler.starts_with("tcp:127.") ||
           handler.starts_with("tcp:[::1]");
  }

  // Of several, php-fpm takes the last.
  [[nodiscard]] const Node* script_of(const Node& pass) const {
    const Node* last = nullptr;
    for (const auto* line : list_of(config_, pass.parent, "fastcgi_param"))
      if (line->arg(0) == kScript && line->args.size() > 1) last = line;
    return last;
  }

  void script(const Node& pass) {
    const auto* line = script_of(pass);
    if (line == nullptr || !is_local(pass)) return;
    const auto value = line->arg(1);
    const bool of_root = value.starts_with("$document_root") || value.starts_with("$realpath_root");
    if (!of_root && !value.starts_with('/')) return;
    if (of_root && root_of(config_, *pass.parent) == nullptr) return no_root(pass, *line);
    auto rest = value.substr(of_root ? std::string_view("$document_root").size() : 0);
    const auto variable = std::min(rest.find('$'), rest.size());
    const bool by_url = rest.substr(variable) == "$fastcgi_script_name";
    if (variable < rest.size() && !by_url) return;
    std::string base;
    if (of_root) {
      const auto top = file_for(reader_, *pass.parent, "");
      if (!top || reader_.survey.state_of(*top, "directory") != "found") return;
      base = *top;
    }
    base += rest.substr(0, variable);
    if (base.empty() || !told_.insert(line).second) return;
    const auto state = reader_.survey.state_of(base, by_url ? "directory" : "file");
    if (state == "found" && by_url && !of_root) return other_directory(pass, *line, base);
    if (state == "found" || state == "unseen") return;
    add_script(*line, base, true);
  }

  void add_script(const Node& line, const std::string& path, bool certain) {
    auto row = reader_.reference(line.args[1].span, "script", line.arg(1), "directory");
    row.resolved = tree::normalize(path);
    row.state = "missing";
    row.required = certain;
    row.nearest = reader_.survey.nearest_path(row.resolved);
    if (!row.nearest.empty() && line.arg(1).starts_with(row.resolved))
      row.replacement = row.nearest + std::string(line.arg(1).substr(row.resolved.size()));
    as_worker(row, "HTTP 404: Primary script unknown");
    reader_.survey.facts.add(std::move(row));
  }

  // It exists, but none of the scripts that the root has is in it.
  void other_directory(const Node& pass, const Node& line, const std::string& directory) {
    const auto top = file_for(reader_, *pass.parent, "");
    if (!top) return;
    bool any = false;
    for (const auto& page : pages_in(*top)) {
      if (!page.ends_with(".php")) continue;
      if (is_file(tree::join(directory, page))) return;
      any = true;
    }
    if (any) add_script(line, directory, false);
  }

  // The root stands in other locations only: here it is the one of the build.
  void no_root(const Node& pass, const Node& line) {
    const auto server = config_.enclosing(*pass.parent, "server", Context::http);
    if (!server || !told_.insert(&pass).second) return;
    const auto html = reader_.prefix_relative("html");
    const bool elsewhere = std::ranges::any_of(config_.nodes[*server].children, [&](auto child) {
      const auto* root = config_.nodes[child].is("location") ? config_.own(child, "root") : nullptr;
      return root != nullptr && !has_variable(root->arg(0)) &&
             !pages_in(reader_.prefix_relative(root->arg(0))).empty();
    });
    const auto pages = pages_in(html);
    if (!elsewhere ||
        std::ranges::any_of(pages, [](const auto& page) { return page.ends_with(".php"); }))
      return;
    auto row = reader_.reference(pass.args[0].span, "script", line.arg(1), "directory");
    row.resolved = html;
    row.state = "missing";
    as_worker(row, "HTTP 404: Primary script unknown");
    reader_.survey.facts.add(std::move(row));
  }

  Reader& reader_;
  const Config& config_;
  const Upstreams& upstreams_;
  std::set<const Node*> told_;
};

}  // namespace

void check_pages(Reader& reader, const Upstreams& upstreams) {
  Pages(reader, upstreams).run();
}

}  // namespace stackaudit::stack::nginx
