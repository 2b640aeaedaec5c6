// Code of a web site that root runs on its own: cron jobs, timers and services without an account.
// What a visitor or a plugin may leave in such an application is then run by root.
#include "stack/jobs/commands.hpp"
#include "stack/jobs/job_files.hpp"
#include "stack/jobs/jobs.hpp"
#include "stack/rights/memberships.hpp"
#include "stack/systemd/own_units.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

// Words that let somebody else do the work.
constexpr std::array<std::string_view, 6> kChange{"su",      "sudo",      "runuser",
                                                  "setpriv", "setuidgid", "chpst"};

bool has_word(std::string_view command, auto&& fits) {
  return std::ranges::any_of(text::words(command),
                             [&](std::string_view word) { return fits(tree::basename(word)); });
}

class RootCode {
 public:
  explicit RootCode(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto& table : cron_tables(survey_))
      for (const auto& job : table.jobs) {
        auto place = Survey::whole_file(table.path);
        place.line = job.line;
        if (is_root(job.user)) judge(job.command, {job.home, job.search_path}, place);
      }
    for (const auto& unit : own_units(survey_)) service(unit);
  }

 private:
  void service(const ServiceUnit& unit) {
    if (unit.user && !is_root(*unit.user)) return;
    if (unit.dynamic_user || !unit.started) return;
    CommandContext context;
    if (unit.working_directory) context.directory = unit.working_directory->path;
    for (const auto& [each, starts] : commands_of(unit))
      if (const auto line = written(survey_, each))
        judge(std::string(line->text), context, each.place);
  }

  void judge(const std::string& command, CommandContext context, const facts::Place& place) {
    if (has_word(command, [](std::string_view word) {
          return std::ranges::find(kChange, word) != kChange.end();
        }))
      return;
    const bool wp = command.find("--allow-root") != std::string::npos &&
                    has_word(command, [](std::string_view word) {
                      return word == "wp" || word == "wp-cli.phar";
                    });
    std::string code = wp ? "WordPress and its plugins, by wp --allow-root," : "";
    for (const auto& each : run_by(survey_.tree, command, std::move(context)))
      if (code.empty() && each.path.ends_with(".php") && is_served(each.path)) code = each.path;
    if (code.empty()) return;
    survey_.add_problem(place, {.service = "jobs",
                                .language = "shell",
                                .code = "root-code",
                                .severity = "warning",
                                .message = code + " is code of a web site, and root runs it here",
                                .help = "run it as the account that the site runs as"});
  }

  [[nodiscard]] bool is_root(const std::string& user) const {
    return user == "0" || names_root(survey_.accounts, user);
  }

  [[nodiscard]] bool is_served(std::string_view path) const {
    const auto end = tree::resolve(survey_.tree, path).path;
    return std::ranges::any_of(survey_.document_roots, [&](const DocumentRoot& root) {
      return !root.php.empty() && tree::is_within(end, root.path);
    });
  }

  Survey& survey_;
};

}  // namespace

void find_root_code(Survey& survey) {
  RootCode(survey).run();
}

}  // namespace stackaudit::stack
