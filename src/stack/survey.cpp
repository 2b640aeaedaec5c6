// The services that readers share, and the order in which the systems are read: each needs what
// the ones before it handed over.
#include "stack/survey.hpp"

#include "stack/apache/apache.hpp"
#include "stack/container/compose.hpp"
#include "stack/container/container.hpp"
#include "stack/crossing.hpp"
#include "stack/dials/claims.hpp"
#include "stack/dials/families.hpp"
#include "stack/dials/fpm_public.hpp"
#include "stack/dials/proxy_protocol.hpp"
#include "stack/dials/redirects.hpp"
#include "stack/entries.hpp"
#include "stack/grant.hpp"
#include "stack/limits/limits.hpp"
#include "stack/mariadb/mariadb.hpp"
#include "stack/monitoring/monitoring.hpp"
#include "stack/nginx/nginx.hpp"
#include "stack/php/php.hpp"
#include "stack/phpfpm/phpfpm.hpp"
#include "stack/prepended.hpp"
#include "stack/runtime_places.hpp"
#include "stack/served/served.hpp"
#include "stack/systemd/systemd.hpp"
#include "stack/wordpress/wordpress.hpp"
#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <tbb/parallel_for.h>
#include <utility>

namespace stackaudit::stack {
namespace {

std::string_view type_word(tree::FileType type) {
  switch (type) {
    case tree::FileType::directory:
      return "directory";
    case tree::FileType::socket:
      return "socket";
    default:
      return "file";
  }
}

constexpr std::array<std::string_view, 2> kAccountFiles{"/etc/passwd", "/etc/group"};

// The errno of a reading auditor that says "I was not let", not "it is not there".
bool auditor_was_refused(int error) {
  return error != 0 && error != ENOENT && error != ENOTDIR && error != ELOOP;
}

}  // namespace

Survey::Survey(const tree::Tree& tree_in, text::SourceMap& sources_in, facts::Store& facts_in)
    : tree(tree_in),
      sources(sources_in),
      facts(facts_in),
      accounts(tree::Accounts::load(tree_in)) {}

std::optional<text::FileId> Survey::load(std::string_view path, std::string_view table,
                                         std::size_t limit) {
  if (const auto it = loaded_.find(path); it != loaded_.end()) return it->second;
  if (const auto it = ahead_.find(path); it != ahead_.end()) {
    const auto id = it->second;
    if (sources.content(id).size() <= limit) {
      ++files_read;
      loaded_.insert(ahead_.extract(it));
      return id;
    }
  }
  auto content = tree::read_file(tree, path, limit);
  if (!content) {
    if (auditor_was_refused(content.error())) {
      const auto reason = content.error() == EFBIG
                              ? "larger than " + std::to_string(limit >> 20U) + " MiB"
                              : tree::errno_words(content.error());
      blind(whole_file(path), table, path, reason, true);
    }
    return std::nullopt;
  }
  ++files_read;
  const auto id = sources.add(std::string(path), *std::move(content));
  loaded_.emplace(path, id);
  return id;
}

std::vector<text::FileId> Survey::read_ahead(std::span<const std::string> paths) {
  std::vector<std::optional<std::string>> contents(paths.size());
  tbb::parallel_for(std::size_t{0}, paths.size(), [&](std::size_t i) {
    if (loaded_.contains(paths[i]) || ahead_.contains(paths[i])) return;
    if (auto content = tree::read_file(tree, paths[i])) contents[i] = *std::move(content);
  });
  std::vector<text::FileId> files;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    if (!contents[i]) continue;
    files.push_back(sources.add(paths[i], *std::move(contents[i])));
    ahead_.insert_or_assign(paths[i], files.back());
  }
  return files;
}

namespace {

// "drwxr-x--- root www-data", as namei -l has it.
std::string rights_words(const tree::Stat& stat, const tree::Accounts& accounts) {
  static constexpr std::string_view kTypes = "-dlspcb";
  std::string text(1, kTypes[static_cast<std::size_t>(stat.type)]);
  for (unsigned i = 0; i < 9; ++i) text += ((stat.mode >> (8 - i)) & 1U) != 0 ? "rwx"[i % 3] : '-';
  const auto special = [&](std::size_t at, unsigned bit, char set) {
    if ((stat.mode & bit) == 0) return;
    text[at] = text[at] == 'x' ? set : static_cast<char>(set - 'a' + 'A');
  };
  special(3, 04000U, 's');
  special(6, 02000U, 's');
  special(9, 01000U, 't');
  return text + " " + accounts.user_name(stat.uid) + " " + accounts.group_name(stat.gid);
}

std::string acl_words(const tree::Acl& acl, const tree::Accounts& accounts) {
  using Tag = tree::AclEntry::Tag;
  std::string text;
  for (const auto& entry : acl) {
    std::string name;
    if (entry.tag == Tag::user) name = "u:" + accounts.user_name(entry.id);
    if (entry.tag == Tag::group) name = "g:" + accounts.group_name(entry.id);
    if (entry.tag == Tag::group_owner) name = "g:";
    if (entry.tag == Tag::mask) name = "m:";
    if (name.empty()) continue;
    text += (text.empty() ? " acl " : ",") + name + ":";
    for (unsigned i = 0; i < 3; ++i) text += ((entry.rights >> (2 - i)) & 1U) != 0 ? "rwx"[i] : '-';
  }
  return text;
}

// Each component once, in the order of the walk, the refusing one marked.
std::string way_words(const tree::Tree& tree, const tree::Accounts& accounts,
                      const tree::Verdict& verdict) {
  std::string text;
  std::set<std::string_view> said;
  for (const auto& step : verdict.steps) {
    if (!said.insert(step.path).second) continue;
    text += (text.empty() ? "" : "\n") + step.path + "\t" + rights_words(step.stat, accounts);
    if (step.stat.type == tree::FileType::symlink) continue;
    if (const auto acl = tree.acl(step.path); acl && !acl->empty())
      text += acl_words(*acl, accounts);
    if (step.path == verdict.component) text += "  <- refuses";
  }
  return text;
}

// The fence that the path lies behind: the one with the longest path decides.
const Fence* fence_of(const Actor& actor, std::string_view path) {
  const Fence* found = nullptr;
  if (actor.fences == nullptr) return found;
  for (const auto& fence : *actor.fences)
    if (tree::is_within(path, fence.path) &&
        (found == nullptr || fence.path.size() >= found->path.size()))
      found = &fence;
  return found;
}

bool writes(tree::Operation operation) {
  return operation == tree::Operation::append || operation == tree::Operation::create ||
         operation == tree::Operation::write || operation == tree::Operation::replace;
}

// Records that the unit's own settings refuse what the files would allow.
void keep_out(const Actor& actor, const Open& open, const tree::Verdict& verdict,
              facts::Access& row) {
  const auto* fence = fence_of(actor, verdict.path.empty() ? open.path : verdict.path);
  if (fence == nullptr || fence->kind == Fence::Kind::writable) return;
  const bool hidden = fence->kind == Fence::Kind::hidden;
  if (!hidden && !writes(open.operation)) return;
  // What is mounted there is empty, root's, and not read-only unless that is said.
  const bool fresh = fence->setting.starts_with("TemporaryFileSystem=") &&
                     !fence->setting.ends_with(":ro") && actor.who.uid == 0;
  const auto target = verdict.path.empty() ? std::string_view(open.path) : verdict.path;
  const bool made =
      open.operation == tree::Operation::append || open.operation == tree::Operation::create;
  if (fresh && made && tree::dirname(target) == fence->path) return;
  row.allowed = false;
  const bool empty = actor.who.uid == 0 || fence->setting.starts_with("TemporaryFileSystem");
  row.error = !hidden ? "EROFS" : empty ? "ENOENT" : "EACCES";
  row.component = fence->path;
  row.why = fence->setting + (hidden ? " hides " : " makes read-only ") + fence->path;
  row.fence_path = fence->place.path;
  row.fence_line = fence->place.line;
}

}  // namespace

tree::Verdict Survey::open(const Actor& actor, const Open& open) {
  auto verdict = tree::may(tree, accounts, actor.who, open.operation, open.path);
  if (verdict.blind) {
    blind(open.place, "access", open.path,
          "cannot be looked at: " + tree::errno_words(verdict.error), true);
    return verdict;
  }
  facts::Access row;
  static_cast<facts::Place&>(row) = open.place;
  row.service = actor.service;
  row.process = actor.process;
  row.user = actor.who.name;
  row.uid = actor.who.uid;
  row.operation = tree::operation_name(open.operation);
  row.purpose = open.purpose;
  row.target = verdict.path.empty() ? open.path : verdict.path;
  row.allowed = verdict.error == 0;
  row.required = open.required;
  row.moment = open.moment;
  row.effect = open.effect;
  if (verdict.error != 0) {
    row.error = tree::errno_name(verdict.error);
    row.component = verdict.component;
    row.why = verdict.why;
  }
  if (verdict.error == EACCES || verdict.error == EPERM) {
    row.component_type = type_word(verdict.component_stat.type);
    row.component_mode = verdict.component_stat.mode;
    row.component_owner = accounts.user_name(verdict.component_stat.uid);
    row.component_group = accounts.group_name(verdict.component_stat.gid);
    auto grant = smallest_grant(tree, accounts, actor.who, open.operation, verdict);
    row.grant = std::move(grant.words);
    row.grant_kind = grant.kind;
    row.grant_mode = grant.mode;
    row.grant_group = std::move(grant.group);
    row.grant_acl = std::move(grant.acl);
    row.grant_gains = std::move(grant.gains);
    row.way = way_words(tree, accounts, verdict);
  }
  // What the boot makes is not here to be looked at; a fence around it is.
  if (verdict.error == 0 || (verdict.error == ENOENT && is_made_at_run_time(open.path)))
    keep_out(actor, open, verdict, row);
  facts.add(std::move(row));
  return verdict;
}

facts::Place Survey::place(text::Span span) const {
  const auto where = sources.locate(span);
  return {std::string(where.path), where.line, where.column, span.begin, span.end};
}

facts::Place Survey::whole_file(std::string_view path) {
  return {std::string(path), {}, {}, {}, {}};
}

void Survey::blind(facts::Place place, std::string_view table, std::string_view subject,
                   std::string_view reason, bool needed) {
  facts::BlindSpot row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.table_name = table;
  row.subject = subject;
  row.reason = reason;
  row.needed = needed;
  facts.add(std::move(row));
}

facts::SyntaxProblem Survey::problem_row(facts::Place place, Problem problem) {
  facts::SyntaxProblem row;
  static_cast<facts::Place&>(row) = std::move(place);
  row.service = problem.service;
  row.language = problem.language;
  row.code = problem.code;
  row.severity = problem.severity;
  row.message = std::move(problem.message);
  row.help = std::move(problem.help);
  row.replacement = std::move(problem.replacement);
  return row;
}

facts::SyntaxProblem& Survey::add_problem(facts::Place place, Problem problem) {
  return facts.add(problem_row(std::move(place), std::move(problem)));
}

void Survey::open_new_in(const Actor& actor, Open open) {
  if (state_of(open.path, "directory") != "found") return;
  open.operation = tree::Operation::create;
  open.path += "/.new";
  this->open(actor, open);
}

void Survey::add_problems(const std::vector<text::Diagnostic>& problems, std::string_view service,
                          std::string_view language, std::string_view code) {
  for (const auto& problem : problems) {
    if (problem.severity == text::Severity::info) continue;
    auto& row =
        add_problem(place(problem.span),
                    {.service = service,
                     .language = language,
                     .code = code,
                     .severity = problem.severity == text::Severity::error ? "error" : "warning",
                     .message = problem.message,
                     .help = problem.help});
    if (!problem.related.empty() && problem.related[0].span.file == problem.span.file) {
      row.related_line = sources.locate(problem.related[0].span).line;
      row.related_message = problem.related[0].message;
    }
  }
}

bool Survey::knows_accounts() const {
  return std::ranges::none_of(kAccountFiles,
                              [&](auto file) { return state_of(file, "file") == "unseen"; });
}

std::string Survey::state_of(std::string_view path, std::string_view wanted) const {
  const auto end = tree::resolve(tree, path);
  if (tree::is_unseen(end.error)) return "unseen";
  if (end.error == ELOOP) return "dangling";  // links that lead to each other lead nowhere
  if (!end) return end.dangling.empty() ? "missing" : "dangling";
  const bool is_directory = end.stat.type == tree::FileType::directory;
  // A socket cannot be opened and a FIFO waits for a writer that never comes.
  if (wanted == "file" &&
      (end.stat.type == tree::FileType::fifo || end.stat.type == tree::FileType::socket))
    return "wrong-type";
  return (wanted == "directory") == is_directory ? "found" : "wrong-type";
}

std::string Survey::nearest_path(std::string_view missing) const {
  // Descends as long as names exist; the first that does not is replaced by its nearest neighbour,
  // and the rest must then lead somewhere.
  const std::string wanted = tree::normalize(missing);
  std::string done;
  std::size_t at = 1;
  while (at <= wanted.size()) {
    const auto slash = std::min(wanted.find('/', at), wanted.size());
    const auto name = std::string_view(wanted).substr(at, slash - at);
    const auto rest = std::string_view(wanted).substr(slash);
    const std::string candidate = done + "/" + std::string(name);
    if (!tree::resolve(tree, candidate)) {
      const auto names = tree::list_directory(tree, done.empty() ? "/" : done);
      if (!names) return {};
      std::vector<std::string> fitting;
      for (const auto& other : *names)
        if (tree::resolve(tree, done + "/" + other + std::string(rest))) fitting.push_back(other);
      const auto near = text::nearest(name, fitting);
      return near ? done + "/" + *near + std::string(rest) : std::string{};
    }
    done = candidate;
    at = slash + 1;
  }
  return {};
}

namespace {

// Without accounts nothing can be said of who may do what.
void need_accounts(Survey& survey) {
  for (const auto file : kAccountFiles) {
    const auto end = tree::resolve(survey.tree, file);
    if (tree::is_unseen(end.error))
      survey.blind(Survey::whole_file(file), "membership", file, tree::errno_words(end.error),
                   true);
  }
}

}  // namespace

std::vector<TargetError> survey(Survey& survey, const Targets& targets) {
  std::vector<TargetError> errors;
  need_accounts(survey);
  auto entries = find_entries(survey, targets, errors);
  const auto systemd = read_systemd(survey);
  add_started(survey, systemd, entries);
  add_enabled(survey, systemd, targets, entries);
  for (const auto& entry : entries)
    if (entry.kind == "nginx") read_nginx(survey, systemd, entry);
  for (const auto& entry : entries)
    if (entry.kind == "apache") read_apache(survey, systemd, entry);
  for (const auto& entry : entries)
    if (entry.kind == "php-fpm") read_phpfpm(survey, systemd, entry);
  read_apache_php_ini(survey, systemd);
  read_prepended(survey);
  read_php(survey, entries);
  read_wordpress_parts(survey);
  std::vector<Image> images;
  for (const auto& entry : entries)
    if (entry.kind == "container") images.push_back(read_container(survey, entry));
  tell_images_apart(survey, images);
  read_mariadb(survey, systemd, targets);
  for (const auto& entry : entries)
    if (entry.kind == "compose") images.push_back(read_compose(survey, entry));
  leave_to_images(survey, images, targets);
  read_other_claims(survey);
  read_monitoring(survey, entries);
  connect_dials(survey, systemd);
  check_families(survey, systemd);
  check_proxy_protocol(survey);
  check_redirects(survey);
  check_fpm_public(survey);
  check_limits(survey, systemd);
  find_pool_refusals(survey);
  find_open_basedir(survey);
  find_php_writes(survey);
  find_cgi(survey);
  find_job_names(survey);
  check_supervised(survey);
  find_root_code(survey);
  check_password_files(survey);
  find_assigned_users(survey);
  check_suexec(survey);
  find_exposed_files(survey);
  find_served_files(survey);
  return errors;
}

}  // namespace stackaudit::stack
