// Programs of ScriptAlias directories: may the worker execute them, is their interpreter there, who
// could change them. suEXEC: they run as somebody else, and only where they belong to him.
#include "stack/rights/execution.hpp"
#include "stack/users/users.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kProgramLimit = 4U << 20U, kMostPrograms = 256;
constexpr std::array<std::string_view, 4> kModules{"cgi_module ", "cgid_module ", "fcgid_module ",
                                                   "fastcgi_module "};

class Cgi {
 public:
  explicit Cgi(Survey& survey) : survey_(survey) {
    for (const auto& row : survey.facts.rows<facts::Directive>()) {
      if (row.service != "apache") continue;
      if (row.name == "scriptalias") aliases_.push_back(row);
      if (row.name != "loadmodule") continue;
      any_module_ = true;
      loaded_ = loaded_ || std::ranges::any_of(kModules, [&](std::string_view module) {
                  return row.args.starts_with(module);
                });
    }
  }

  void run() {
    if (any_module_ && !loaded_) return;
    for (const auto& alias : aliases_) {
      const auto words = text::words(alias.args);
      if (words.size() != 2 || !words[1].starts_with('/')) continue;
      const auto end = tree::resolve(survey_.tree, words[1]);
      if (!end) continue;
      if (end.stat.type == tree::FileType::regular) {
        program(end.path, alias);
      } else if (const auto names = survey_.tree.list(end.path)) {
        survey_.note_file(end.path, "apache", "document-root");
        for (std::size_t i = 0; i < std::min(names->size(), kMostPrograms); ++i)
          program(tree::join(end.path, (*names)[i]), alias);
      }
    }
  }

 private:
  void program(const std::string& path, const facts::Directive& alias) {
    const auto end = tree::resolve(survey_.tree, path);
    if (!end || end.stat.type != tree::FileType::regular) return;
    if (tree::basename(path).starts_with('.') || !seen_.insert(end.path).second) return;
    const auto content = tree::read_file(survey_.tree, end.path, kProgramLimit);
    const bool script = content && content->starts_with("#!");
    const bool executable = (end.stat.mode & 0111U) != 0;
    if (!script && !executable) return;  // a README, data of the programs
    survey_.note_file(end.path, "apache", "php");
    if (script && executable) interpreter(end.path, *content);
    execute(end, alias);
    if (script) read(end.path, alias);
  }

  void interpreter(const std::string& path, std::string_view content) {
    const auto missing = missing_interpreter(survey_, content);
    const auto file = missing ? survey_.load(path, "reference") : std::nullopt;
    if (!file) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = survey_.place({*file, 0, 2});
    row.service = "apache";
    row.kind = "program";
    row.as_written = missing->name;
    row.resolved = missing->described();
    row.state = "missing";
    row.wanted = "file";
    row.required = true;
    row.process = "apache child";
    row.user = worker().who.name;
    row.call = "execve";
    row.effect = "HTTP 500";
    survey_.facts.add(std::move(row));
  }

  [[nodiscard]] Actor worker() const {
    return survey_.apache_child ? *survey_.apache_child : Actor{"apache", "apache child", {}};
  }

  void execute(const tree::Resolution& end, const facts::Directive& alias) {
    if (!survey_.apache_child || may_execute(survey_.tree, survey_.apache_child->who, end)) return;
    record_refused_execution(
        survey_, *survey_.apache_child, end,
        {tree::Operation::stat, end.path, alias, "cgi", "request", "HTTP 500", true});
  }

  void read(const std::string& path, const facts::Directive& alias) {
    if (survey_.apache_child)
      survey_.open(*survey_.apache_child,
                   {tree::Operation::read, path, alias, "cgi", "request", "HTTP 500", true});
  }

  Survey& survey_;
  std::vector<facts::Directive> aliases_;
  std::set<std::string> seen_;
  bool any_module_ = false, loaded_ = false;
};

}  // namespace

void find_cgi(Survey& survey) {
  Cgi(survey).run();
}

}  // namespace stackaudit::stack
