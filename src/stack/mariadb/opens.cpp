// Files that came back from a backup as root's, directories that were made by hand: InnoDB and Aria
// stop at the first of their own files that they may not write, and the server with them.
#include "stack/mariadb/opens.hpp"

#include "stack/mariadb/path_options.hpp"
#include "stack/runtime_places.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::mariadb {
namespace {

constexpr std::string_view kDataDirectory = "/var/lib/mysql";
constexpr std::size_t kMaxSchemas = 500, kMaxFiles = 5000;

// Without one of these the server does not come up.
bool is_engine_file(std::string_view name) {
  return name.starts_with("ibdata") || name.starts_with("ib_logfile") ||
         name == "aria_log_control" || name.starts_with("aria_log.");
}

class Opens {
 public:
  Opens(Survey& survey, const Options& options, Actor actor)
      : survey_(survey), options_(options), actor_(std::move(actor)) {}

  void run() {
    for (const auto& path : options_.server_files)
      open(tree::Operation::read, path, Survey::whole_file(path), "configuration", false,
           "the server passes the file over");
    const auto* set = options_.find("datadir");
    data_ = set == nullptr ? std::string(kDataDirectory) : tree::normalize(set->value);
    if (survey_.state_of(data_, "directory") == "found")
      data(set == nullptr ? Survey::whole_file(data_) : set->place);
    for (const auto& each : kPathOptions) {
      const auto* option = each.filled ? options_.find(each.name) : nullptr;
      if (option != nullptr && (each.only_with.empty() || options_.is_on(each.only_with)))
        directory(each, *option);
    }
  }

 private:
  tree::Verdict open(tree::Operation operation, const std::string& path, facts::Place place,
                     std::string purpose, bool required, std::string_view effect) {
    return survey_.open(actor_, {operation, path, std::move(place), std::move(purpose), "start",
                                 std::string(effect), required});
  }

  void data(const facts::Place& place) {
    const auto verdict =
        open(tree::Operation::create, data_ + "/.new", place, "data", true, kNoStart);
    const auto names = survey_.tree.list(data_);
    if (!names || verdict.error != 0) return;
    std::size_t schemas = 0;
    for (const auto& name : *names) {
      const auto path = tree::join(data_, name);
      const auto end = tree::resolve(survey_.tree, path);
      if (!end) continue;
      if (end.stat.type == tree::FileType::directory) {
        if (name[0] != '#' && name[0] != '.' && name != "lost+found" && ++schemas < kMaxSchemas)
          schema(path, name);
      } else if (is_engine_file(name)) {
        open(tree::Operation::write, path, Survey::whole_file(path), "data", true, kNoStart);
      }
    }
  }

  // A directory that somebody put there by hand is no schema without files of the server.
  void schema(const std::string& path, const std::string& name) {
    const auto names = survey_.tree.list(path);
    if (!names || std::ranges::none_of(*names, is_table_file)) return;
    const auto verdict = open(tree::Operation::create, path + "/.new", Survey::whole_file(path),
                              "data", true, "every query of the schema " + name + " fails");
    if (verdict.error != 0) return;
    for (const auto& file : *names) {
      if (!is_table_file(file) || ++files_ > kMaxFiles) continue;
      const auto table = tree::join(path, file);
      if (tree::may(survey_.tree, survey_.accounts, actor_.who, tree::Operation::write, table))
        continue;
      open(tree::Operation::write, table, Survey::whole_file(table), "data", true,
           "the table cannot be opened");
    }
  }

  static bool is_table_file(std::string_view name) {
    static constexpr std::array<std::string_view, 7> kEnds{".frm", ".ibd", ".MYD",  ".MYI",
                                                           ".MAD", ".MAI", "db.opt"};
    return std::ranges::any_of(kEnds, [&](std::string_view end) { return name.ends_with(end); });
  }

  // A relative file lies in the data directory.
  void directory(const PathOption& each, const Option& option) {
    if (option.value.empty() || option.value.find(':') != std::string::npos) return;
    auto path = tree::normalize(tree::join(data_, option.value));
    if (each.what == PathOption::What::parent) path = tree::dirname(path);
    if (is_made_at_run_time(path) || path == data_) return;
    if (survey_.state_of(path, "directory") != "found") return;
    open(tree::Operation::create, path + "/.new", option.place, each.is_fatal() ? "data" : "log",
         each.is_fatal(), each.effect);
  }

  Survey& survey_;
  const Options& options_;
  Actor actor_;
  std::string data_;
  std::size_t files_ = 0;
};

}  // namespace

void record_opens(Survey& survey, const Options& options, const ServiceUnit* unit,
                  const std::string& user) {
  for (const auto& path : options.files) survey.note_file(path, "mariadb", "configuration");
  const auto* account = survey.accounts.user(user);
  if (account == nullptr) return;
  Actor actor{"mariadb", "mariadbd", survey.accounts.become(*account)};
  if (unit != nullptr) {
    if (unit->user && *unit->user == user)
      if (const auto who = Systemd::identity(*unit, survey.accounts)) actor.who = *who;
    actor.fences = &unit->fences;
  }
  if (actor.who.uid != 0) Opens(survey, options, std::move(actor)).run();
}

}  // namespace stackaudit::stack::mariadb
