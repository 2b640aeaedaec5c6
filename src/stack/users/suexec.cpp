// suEXEC refuses a script by its own rules, whatever Apache allows: each was asked of Debian's
// suexec-pristine 2.4, which logs its reason in suexec.log and lets the request answer 500.
#include "stack/users/users.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kDocumentRoot = "/var/www";  // built in, suexec -V
constexpr std::array<std::string_view, 3> kPrograms{
    "/usr/lib/apache2/suexec", "/usr/lib/apache2/suexec-pristine", "/usr/sbin/suexec"};
constexpr std::string_view kServer = "/usr/sbin/apache2";  // Debian's, which asks for the first
constexpr std::string_view kCustom = "/usr/lib/apache2/suexec-custom";  // has settings of its own
constexpr std::uint32_t kLeast = 100;                                   // uid and gid
constexpr std::size_t kMostScripts = 500;

class Suexec {
 public:
  explicit Suexec(Survey& survey) : survey_(survey) {}

  void run() {
    const auto& rows = survey_.facts.rows<facts::Directive>();
    bool loaded = false;
    for (const auto& row : rows)
      loaded = loaded || (row.service == "apache" && row.name == "loadmodule" &&
                          row.args.starts_with("suexec_module "));
    if (loaded && exists(kServer) && !exists(kPrograms[0])) return not_installed();
    if (!loaded || !installed()) return;
    for (const auto& row : rows)
      if (row.service == "apache" && row.name == "suexecusergroup")
        for (const auto& alias : rows)
          if (alias.service == "apache" && alias.name == "scriptalias" &&
              alias.parent == row.parent)
            scripts(row, alias);
  }

 private:
  [[nodiscard]] bool exists(std::string_view path) const {
    return static_cast<bool>(tree::resolve(survey_.tree, path));
  }
  [[nodiscard]] bool installed() const {
    return std::ranges::any_of(kPrograms, [&](auto path) { return exists(path); });
  }

  // mod_suexec is loaded all the same, and refuses its directive.
  void not_installed() {
    for (const auto& row : survey_.facts.rows<facts::Directive>())
      if (row.service == "apache" && row.name == "suexecusergroup")
        survey_.add_problem(
            row, {.service = "apache",
                  .language = "apache",
                  .code = "bad-value",
                  .severity = "error",
                  .message = "SuexecUserGroup configured, but suEXEC is disabled: Missing suexec "
                             "binary " +
                             std::string(kPrograms[0]),
                  .help = "install apache2-suexec-pristine, or a2dismod suexec and guard the line "
                          "with <IfModule mod_suexec.c>"});
  }

  void scripts(const facts::Directive& assigned, const facts::Directive& alias) {
    const auto account = text::words(assigned.args);
    const auto target = text::words(alias.args);
    if (account.size() != 2 || target.size() != 2 || !target[1].starts_with('/')) return;
    user_ = survey_.accounts.user(account[0]);
    group_ = survey_.accounts.group(account[1]);
    const auto directory = tree::resolve(survey_.tree, target[1]);
    if (user_ == nullptr || group_ == nullptr || !directory ||
        directory.stat.type != tree::FileType::directory)
      return;
    assigned_ = &assigned;
    const auto names = survey_.tree.list(directory.path);
    std::size_t seen = 0;
    if (names)
      for (const auto& name : *names)
        if (++seen < kMostScripts) script(tree::join(directory.path, name), directory);
  }

  void script(const std::string& path, const tree::Resolution& directory) {
    const auto file = survey_.tree.lstat(path);
    if (!file || file->type != tree::FileType::regular || (file->mode & 0111U) == 0) return;
    if (user_->uid < kLeast || group_->gid < kLeast)
      return tell(*assigned_, "cannot run as forbidden uid or gid (" + user_->name + ":" +
                                  group_->name + "): below 100");
    if (!exists(kCustom) && !tree::is_within(path, kDocumentRoot))
      return tell(Survey::whole_file(directory.path), "command not in docroot (" + path +
                                                          "): suEXEC runs what is below " +
                                                          std::string(kDocumentRoot) + " alone");
    if ((directory.stat.mode & 022U) != 0)
      return tell(Survey::whole_file(directory.path),
                  "directory is writable by others: (" + directory.path + ")");
    if ((file->mode & 022U) != 0)
      return tell(Survey::whole_file(path), "file is writable by others: (" + path + ")");
    const auto other = [&](const tree::Stat& stat) {
      return stat.uid != user_->uid || stat.gid != group_->gid;
    };
    if (other(directory.stat) || other(*file))
      tell(Survey::whole_file(other(directory.stat) ? directory.path : path),
           "target uid/gid (" + user_->name + ":" + group_->name +
               ") mismatch with directory or program: both must belong to them");
  }

  void tell(const facts::Place& place, const std::string& message) {
    if (!told_.insert(place.path + message).second) return;
    auto& row = survey_.add_problem(
        place, {.service = "apache",
                .language = "apache",
                .code = "suexec",
                .severity = "error",
                .message = "suEXEC: " + message,
                .help = "give the directory and its scripts to the user and group of "
                        "SuexecUserGroup, mode 0755, below /var/www"});
    Survey::relate(row, *assigned_, "the account is named here");
  }

  Survey& survey_;
  const tree::User* user_ = nullptr;
  const tree::Group* group_ = nullptr;
  const facts::Directive* assigned_ = nullptr;
  std::set<std::string> told_;
};

}  // namespace

void check_suexec(Survey& survey) {
  Suexec(survey).run();
}

}  // namespace stackaudit::stack
