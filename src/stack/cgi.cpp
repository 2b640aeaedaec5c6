// Programs of ScriptAlias directories: may the worker execute them, is their interpreter there, who
// could change them. suEXEC: they run as somebody else, and only where they belong to him.
#include "stack/crossing.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kProgramLimit = 4U << 20U, kMostPrograms = 256;
constexpr std::array<std::string_view, 4> kModules{"cgi_module ", "cgid_module ", "fcgid_module ",
                                                   "fastcgi_module "};
constexpr std::array<std::string_view, 4> kPath{"/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"};

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

  // The kernel takes the line's end for a part of the name: "/bin/sh\r".
  void interpreter(const std::string& path, std::string_view content) {
    auto line = content.substr(2, content.find('\n') - 2);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    std::string program(line.substr(0, end));
    if (!program.starts_with('/')) return;
    const bool crlf = program.ends_with('\r');
    if (survey_.state_of(program, "file") == "found") {
      if (!program.ends_with("/env")) return;
      auto name = line.substr(end);
      name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
      program = name.substr(0, name.find_first_of(" \t"));
      if (program.empty() || program.starts_with('-') || program.find('=') != program.npos) return;
      if (std::ranges::any_of(kPath, [&](std::string_view directory) {
            return survey_.state_of(tree::join(directory, program), "file") == "found";
          }))
        return;
    }
    facts::Reference row;
    const auto file = survey_.load(path, "reference");
    if (!file) return;
    static_cast<facts::Place&>(row) = survey_.place({*file, 0, 2});
    row.service = "apache";
    row.kind = "program";
    row.as_written = program;
    row.resolved =
        crlf ? program.substr(0, program.size() - 1) + " with a carriage return" : program;
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
    if (!survey_.apache_child) return;
    const auto& who = survey_.apache_child->who;
    const auto acl = survey_.tree.acl(end.path);
    const bool root_may = who.uid == 0 && (end.stat.mode & 0111U) != 0;
    if (root_may || (tree::rights_of(who, end.stat, acl ? *acl : tree::Acl{}) & 1U) != 0) return;
    facts::Access row;
    static_cast<facts::Place&>(row) = alias;
    row.service = "apache";
    row.process = "apache child";
    row.user = who.name;
    row.uid = who.uid;
    row.operation = "execute";
    row.purpose = "cgi";
    row.target = row.component = end.path;
    row.allowed = false;
    row.error = "EACCES";
    row.component_type = "file";
    row.component_mode = end.stat.mode;
    row.component_owner = survey_.accounts.user_name(end.stat.uid);
    row.component_group = survey_.accounts.group_name(end.stat.gid);
    row.why = who.name + " needs x (" + row.component_owner + ":" + row.component_group + ")";
    row.moment = "request";
    row.effect = "HTTP 500";
    row.grant = "chmod 0755 " + end.path;
    row.grant_kind = "mode";
    row.grant_mode = 0755;
    survey_.facts.add(std::move(row));
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
