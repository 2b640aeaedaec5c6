// What a child meets on its way to content: .htaccess in every directory from the one where
// AllowOverride is on, and files and directories that it may not open.
#include "stack/apache/parts.hpp"
#include "stack/apache/sections.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <cerrno>

namespace stackaudit::stack::apache {
namespace {

constexpr int kMaxWalkDepth = 48;
constexpr std::size_t kMaxNames = 60'000;  // names looked at below one document root

class ContentWalk {
 public:
  ContentWalk(Httpd& httpd, int server, text::Span named, bool mod_php)
      : httpd_(httpd), server_(server), named_(named), mod_php_(mod_php) {
    const auto* names = find_setting(httpd, "accessfilename", server);
    if (names != nullptr)
      for (const auto& arg : names->args) names_.push_back(arg.value);
    if (names_.empty()) names_.emplace_back(".htaccess");
  }

  void run(const std::string& root) {
    root_ = root;
    auto state = base_in_force(httpd_, server_);
    std::size_t at = 0;
    while (at < root.size()) {  // the directories above the root
      const auto directory = at == 0 ? std::string("/") : root.substr(0, at);
      enter_directory(httpd_, server_, directory, state);
      for (const auto& name : names_) htaccess(directory, name, state);
      at = std::min(root.find('/', at + 1), root.size());
    }
    if (root_is_open(root)) walk(root, std::move(state));
  }

 private:
  struct Pending {
    std::string path;
    InForce state;
    int depth = 0;
  };

  // Where everything is passed on or sent elsewhere, or the directory itself is closed to all.
  [[nodiscard]] bool is_never_entered(const std::string& root) const {
    const auto state = in_force_at(httpd_, server_, root);
    if (state.grant == Grant::denied && !state.uncertain && state.grant_directory == root)
      return !has_section_below(root);
    bool everything = false, but = false;
    for (const std::string_view name : {"proxypass", "redirect", "redirectpermanent"})
      for (const auto number : named(httpd_, server_, name)) {
        const auto& args = httpd_.settings[number].args;
        if (httpd_.settings[number].section >= 0 || args.size() < 2) continue;
        if (name == "proxypass") but = but || args[1].value == "!";
        everything = everything || args[name == "proxypass" ? 0 : args.size() - 2].value == "/";
      }
    return everything && !but;
  }

  // Which may grant what the directory above does not.
  [[nodiscard]] bool has_section_below(const std::string& root) const {
    return std::ranges::any_of(httpd_.sections, [&](const Section& section) {
      if (!section.kind.starts_with("directory") || section.args.empty() ||
          (section.server != 0 && section.server != server_))
        return false;
      const auto path = tree::normalize(section.args[0].value);
      return is_regex(section) || (path != root && tree::is_within(path, root));
    });
  }

  bool root_is_open(const std::string& root) {
    if (!httpd_.identities_known) return true;
    if (is_never_entered(root))
      return tree::may(httpd_.survey.tree, httpd_.survey.accounts, httpd_.child.who,
                       tree::Operation::search, root)
                 .error == 0;
    const auto verdict = httpd_.survey.open(
        httpd_.child, {tree::Operation::search, root, httpd_.survey.place(named_), "content",
                       "request", "HTTP 403", true});
    return verdict.error == 0;
  }

  void walk(const std::string& root, InForce state) {
    std::vector<Pending> pending;
    pending.push_back({root, std::move(state), 0});
    while (!pending.empty()) {
      auto next = std::move(pending.back());
      pending.pop_back();
      const auto names = tree::list_directory(httpd_.survey.tree, next.path);
      if (!names) {
        httpd_.survey.blind(Survey::whole_file(next.path), "access", next.path,
                            "directory not walked: " + tree::errno_words(names.error()), true);
        continue;
      }
      enter_directory(httpd_, server_, next.path, next.state);
      for (const auto& name : names_)
        if (std::ranges::binary_search(*names, name)) htaccess(next.path, name, next.state);
      check_links(next.path, next.state);
      for (const auto& name : *names) {
        if (++looked_ > kMaxNames) return too_many(root);
        look_at(tree::join(next.path, name), name, next, pending);
      }
    }
  }

  void too_many(const std::string& root) {
    httpd_.survey.blind(
        Survey::whole_file(root), "access", root,
        "more than " + std::to_string(kMaxNames) + " names: the rest was not walked");
  }

  void look_at(const std::string& path, const std::string& name, const Pending& in,
               std::vector<Pending>& pending) {
    const auto stat = httpd_.survey.tree.lstat(path);
    if (!stat || name.starts_with('.')) return;
    if (stat->type == tree::FileType::symlink) {
      if (tree::resolve(httpd_.survey.tree, path)) (void)allowed(tree::Operation::read, path);
      return;
    }
    if (stat->type == tree::FileType::directory) {
      if (in.depth >= kMaxWalkDepth || !allowed(tree::Operation::search, path)) return;
      pending.push_back({path, in.state, in.depth + 1});
    } else if (stat->type == tree::FileType::regular && !(mod_php_ && is_php(name))) {
      (void)allowed(tree::Operation::read, path);
    }
  }

  static bool is_php(std::string_view name) {
    return name.ends_with(".php") || name.ends_with(".phtml") || name.ends_with(".phar") ||
           name.ends_with(".inc");
  }

  bool allowed(tree::Operation operation, const std::string& path) {
    if (!httpd_.identities_known) return true;
    return httpd_.survey
               .open(httpd_.child, {operation, path, Survey::whole_file(path), "content", "request",
                                    "HTTP 403", false})
               .error == 0;
  }

  void htaccess(const std::string& directory, const std::string& name, InForce& state) {
    if (state.override.where == 0 && state.override.list.empty())
      return not_read(directory, name, state);
    const auto path = tree::normalize(tree::join(directory, name));
    if (!httpd_.survey.tree.lstat(path)) return;
    const auto end = tree::resolve(httpd_.survey.tree, path);
    if (end.error == ENOENT || end.error == ELOOP) return dangling(path, directory, end);
    if (end && end.stat.type != tree::FileType::regular) return not_regular(path);
    if (httpd_.identities_known) {
      const auto verdict = httpd_.survey.open(
          httpd_.child, {tree::Operation::read, path, Survey::whole_file(path), "htaccess",
                         "request", "HTTP 403 for everything in " + directory, true});
      if (verdict.error != 0) return;
    }
    const auto file = httpd_.survey.load(path, "directive");
    if (!file) return;
    httpd_.survey.note_file(path, "apache", "htaccess");
    apply(path, *file, state);
  }

  void apply(const std::string& path, text::FileId file, InForce& state) {
    auto& settings = httpd_.htaccess_settings[{path, server_}];
    const auto key = path + '\n' + std::to_string(state.override.where);
    const bool first = httpd_.htaccess_judged.insert(key).second;
    auto problems = httpd_.survey.facts.rows<facts::SyntaxProblem>().size();
    auto directives = httpd_.survey.facts.rows<facts::Directive>().size();
    auto blind = httpd_.survey.facts.rows<facts::BlindSpot>().size();
    auto nodes = read_htaccess(httpd_, file, state.override);
    settings = walk_htaccess(httpd_, nodes, state.override, server_);
    if (first) {
      read_files(httpd_, settings);
      check_rewrite(path, file);
    } else {  // another virtual host judged the same file under the same rules
      httpd_.survey.facts.rows<facts::SyntaxProblem>().resize(problems);
      httpd_.survey.facts.rows<facts::Directive>().resize(directives);
      httpd_.survey.facts.rows<facts::BlindSpot>().resize(blind);
    }
    std::vector<const Setting*> own;
    for (const auto& setting : settings)
      if (per_directory_section(httpd_, setting.section) < 0) own.push_back(&setting);
    if (first) check_authentication(httpd_, own, server_);
    if (first) check_htaccess(httpd_, server_, path, settings, own);
    const bool rewrite = state.rewrite;
    add_settings(httpd_, own, state);
    if (state.rewrite && !rewrite) rewrite_in_ = path;
  }

  // A .htaccess file that rewrites, at the document root or beside the front controller that its
  // rules lead to, where AllowOverride lets nothing in it count, and nothing else rewrites: what
  // relies on it answers 404.
  void not_read(const std::string& directory, const std::string& name, const InForce& state) {
    if (!tree::is_within(directory, root_) || rewrites_itself()) return;
    const auto path = tree::join(directory, name);
    const auto end = tree::resolve(httpd_.survey.tree, path);
    if (!end || end.stat.type != tree::FileType::regular) return;
    const auto file = httpd_.survey.load(path, "directive");
    if (!file || httpd_.survey.sources.content(*file).size() > kMaxIgnored) return;
    const auto rules = syntax::apache::parse(httpd_.survey.sources.content(*file), *file);
    if (!has_rules(rules.directives, directory != root_)) return;
    const bool off = httpd_.has_module("mod_rewrite.c") == false;
    httpd_.survey.add_problem(
        state.override_by == nullptr ? Survey::whole_file(path)
                                     : httpd_.survey.place(state.override_by->span),
        {.service = "apache",
         .language = "apache",
         .code = "htaccess-ignored",
         .severity = "warning",
         .message = path + " is not read (AllowOverride None" +
                    (state.override_by == nullptr ? " is the default" : "") +
                    (off ? "), and rewrite_module is not loaded" : ")") +
                    ": its rewrite rules do nothing, addresses that rely on them answer 404",
         .help = "AllowOverride All in <Directory " + directory + ">" +
                 (off ? " and a2enmod rewrite" : "") +
                 ", or the rules themselves in the virtual host"});
  }

  // Whether the virtual host brings addresses that are no files somewhere. Redirects to elsewhere
  // and rules that leave the address as it is do not.
  [[nodiscard]] bool rewrites_itself() const {
    const auto& numbers = httpd_.index.servers[static_cast<std::size_t>(server_)].settings;
    return std::ranges::any_of(numbers, [&](std::uint32_t number) {
      const auto& setting = httpd_.settings[number];
      const auto argument = [&](std::size_t i) {
        return i < setting.args.size() ? std::string_view(setting.args[i].value)
                                       : std::string_view{};
      };
      if (setting.name == "rewriterule")
        return argument(1) != "-" && argument(1).find("://") == std::string_view::npos;
      if (setting.name == "errordocument")
        return argument(0) == "404" && argument(1).starts_with('/');
      if (setting.name == "proxypass") return argument(0) == "/" || setting.args.size() < 2;
      return setting.name == "fallbackresource" || setting.name == "proxypassmatch";
    });
  }

  // `to_index`: only rules that lead to an index.php of the same directory count.
  static bool has_rules(const std::vector<syntax::apache::Directive>& directives, bool to_index) {
    return std::ranges::any_of(directives, [&](const syntax::apache::Directive& each) {
      if (!text::equal_ignoring_case(each.name, "RewriteRule"))
        return has_rules(each.children, to_index);
      return !to_index || (each.words.size() > 1 && each.words[1].value.ends_with("index.php"));
    });
  }

  // Links that lead to each other are no absent file to Apache: it refuses, observed with 2.4.
  void dangling(const std::string& path, const std::string& directory,
                const tree::Resolution& end) {
    facts::Reference row;
    static_cast<facts::Place&>(row) = Survey::whole_file(path);
    row.service = "apache";
    row.kind = "htaccess";
    row.as_written = path;
    row.resolved = end.path;
    row.state = "dangling";
    row.required = end.error == ELOOP;
    row.wanted = "file";
    row.effect = row.required ? "HTTP 403 for everything in " + directory
                              : "its directives are silently left out";
    row.process = httpd_.child.process;
    row.user = httpd_.child.who.name;
    row.call = "openat";
    httpd_.survey.facts.add(std::move(row));
  }

  void not_regular(const std::string& path) {
    httpd_.survey.add_problem(
        Survey::whole_file(path),
        {.service = "apache",
         .language = "apache",
         .code = "htaccess-parse",
         .severity = "error",
         .message = "Access to file " + path + " denied by server: not a regular file"});
  }

  // Rewriting in per-directory context needs the right to follow links.
  void check_links(const std::string& directory, InForce state) {
    if (!state.rewrite) return;
    leave_to_patterns(httpd_, server_, directory, state);
    leave_to_location(httpd_, server_, state);
    const bool off = (state.options & (kFollowSymLinks | kSymLinksIfOwnerMatch)) == 0;
    if (!state.rewrite || !off || state.options_by.file == text::FileId::none) return;
    if (!httpd_.loaded("mod_rewrite.c") || !reported_.insert(state.options_by.begin).second) return;
    if (state.uncertain) {
      httpd_.survey.blind(httpd_.survey.place(state.options_by), "syntax_problem", directory,
                          "whether links may be followed depends on a regular expression");
      return;
    }
    const std::string options(httpd_.survey.sources.slice(state.options_by));
    report(httpd_, {state.options_by, "followsymlinks-off", true,
                    "Options FollowSymLinks and SymLinksIfOwnerMatch are both off, so the "
                    "RewriteRule directive" +
                        (rewrite_in_.empty() ? "" : " of " + rewrite_in_) +
                        " is also forbidden in " + directory,
                    "allow SymLinksIfOwnerMatch or FollowSymLinks here", mended(options)});
  }

  static std::string mended(const std::string& options) {
    auto text = lower(options);
    const auto at = text.find("-followsymlinks");
    if (at != std::string::npos) return options.substr(0, at) + "+" + options.substr(at + 1);
    if (text.ends_with(" none")) return options.substr(0, options.size() - 4) + "FollowSymLinks";
    const bool relative =
        text.find(" +") != std::string::npos || text.find(" -") != std::string::npos;
    return options + (relative ? " +FollowSymLinks" : " FollowSymLinks");
  }

  // Rules that stand inside <IfModule mod_rewrite.c> while the module is off: pretty addresses
  // answer 404, and nobody says why.
  void check_rewrite(const std::string& path, text::FileId file) {
    if (httpd_.has_module("mod_rewrite.c") != false) return;
    const auto parsed = syntax::apache::parse(httpd_.survey.sources.content(file), file);
    for (const auto& section : parsed.directives) {
      if (lower(section.name) != "ifmodule" || section.words.empty()) continue;
      const auto& name = section.words[0].value;
      if (name != "mod_rewrite.c" && name != "rewrite_module") continue;
      const bool rules = std::ranges::any_of(section.children, [](const auto& child) {
        return text::equal_ignoring_case(child.name, "RewriteRule");
      });
      if (!rules) continue;
      report(httpd_, {section.span,
                      "rewrite-off",
                      false,
                      "rewrite_module is not loaded: the rules in this section of " + path +
                          " are silently skipped, addresses that rely on them answer 404",
                      "enable it: a2enmod rewrite",
                      {}});
      return;
    }
  }

  Httpd& httpd_;
  int server_;
  text::Span named_;  // where the configuration names the root
  bool mod_php_;
  static constexpr std::size_t kMaxIgnored = std::size_t{1} << 20;

  std::string root_;
  std::vector<std::string> names_;
  std::set<std::uint32_t> reported_;
  std::string rewrite_in_;
  std::size_t looked_ = 0;
};

}  // namespace

void walk_content(Httpd& httpd, int server, const Arg& root, bool mod_php) {
  ContentWalk(httpd, server, root.span, mod_php).run(httpd.path_of(root.value));
}

}  // namespace stackaudit::stack::apache
