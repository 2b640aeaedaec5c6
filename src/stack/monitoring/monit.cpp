// Monit: words of a test that it does not know, services it is told to wait for, files and
// programs it looks at, and whether anybody is told. monit(1).
#include "stack/monitoring/monit.hpp"

#include "stack/monitoring/agent_text.hpp"
#include "stack/monitoring/commands.hpp"
#include "stack/monitoring/watch.hpp"
#include "text/suggest.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <set>

namespace stackaudit::stack {
namespace {

constexpr std::string_view kMonit = "monit";
constexpr std::array<std::string_view, 2> kMain{"/etc/monit/monitrc", "/etc/monitrc"};
constexpr std::array<std::string_view, 3> kParts{"/etc/monit/conf.d/*", "/etc/monit/conf-enabled/*",
                                                 "/etc/monit.d/*"};
constexpr std::size_t kMostFiles = 1000;
constexpr std::array<std::string_view, 2> kFailed{"failed", "succeeded"};

struct Service {
  const AgentText* file = nullptr;
  AgentLine line;
  std::string type, name;
};

class Monit {
 public:
  explicit Monit(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto pattern : kMain) take(pattern);
    const bool main = !files_.empty();
    for (std::size_t i = 0; i < files_.size() && i < kMostFiles; ++i)
      for (const auto& line : files_[i].lines())
        if (const auto pattern = value_of(line.text, "include"); pattern.starts_with('/'))
          take(pattern);
    for (const auto pattern : kParts) main ? left_out(pattern) : take(pattern);
    for (const auto& file : files_)
      for (const auto& line : file.lines()) statement(file, line);
    for (const auto& service : services_) looks_at(service);
    nobody();
  }

 private:
  void take(std::string_view pattern) {
    for (const auto& path : tree::glob(survey_.tree, pattern).paths)
      if (!path.ends_with('~') && seen_.insert(path).second)
        services(files_.emplace_back(survey_, path));
  }

  // A directory of checks by its name, which no include of the main file takes in.
  void left_out(std::string_view pattern) {
    for (const auto& path : tree::glob(survey_.tree, pattern).paths) {
      if (path.ends_with('~') || seen_.contains(path)) continue;
      const AgentText file(survey_, path);
      const auto check = std::ranges::find_if(
          file.lines(), [](const AgentLine& line) { return line.text.starts_with("check "); });
      if (check != file.lines().end())
        tell_idle(
            survey_, file.place(*check, check->text), kMonit,
            "monit does not read this file: no include of " + files_.front().path() + " names it",
            "include " + std::string(pattern));
    }
  }

  void services(const AgentText& file) {
    for (const auto& line : file.lines()) {
      const auto words = text::words(line.text);
      if (words[0] != "check" || words.size() < 3) continue;
      std::string name(words[2]);
      std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
      names_.insert(name);
      services_.push_back({&file, line, std::string(words[1]), std::move(name)});
    }
  }

  void statement(const AgentText& file, const AgentLine& line) {
    const auto words = text::words(line.text);
    told_ = told_ || (words.size() > 1 && words[0] == "set" && words[1] == "alert") ||
            words[0] == "alert" || words[0] == "alert:" ||
            line.text.find("exec \"") != line.text.npos ||
            line.text.find("exec \'") != line.text.npos ||
            (words.size() > 1 && words[0] == "set" && words[1] == "mmonit");
    if (words.size() > 1 && words[1] == "program")
      for (const std::string_view key : {"start program", "restart program"})
        watch_command(survey_, kMonit, file, line, value_of(line.text, key));
    alerts_ = alerts_ || line.text.find("then alert") != line.text.npos;
    if (words[0] == "depends") return depends(file, line, words);
    if (words[0] != "if" || words.size() < 2) return;
    if (const auto near = text::nearest(words[1], kFailed);
        near && std::ranges::find(kFailed, words[1]) == kFailed.end())
      tell_undefined(survey_, file.place(line, words[1]), kMonit,
                     "monit does not start: syntax error '" + std::string(words[1]) + "'", near);
  }

  void depends(const AgentText& file, const AgentLine& line,
               const std::vector<std::string_view>& words) {
    for (std::size_t i = 1; i < words.size(); ++i) {
      auto word = words[i];
      while (word.ends_with(',')) word.remove_suffix(1);
      std::string name(word);
      std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
      if (name == "on" || name.empty() || names_.contains(name) || name.find('$') != name.npos)
        continue;
      tell_undefined(survey_, file.place(line, word), kMonit,
                     "monit does not start: the depend service '" + name + "' is not defined",
                     text::nearest(name, names_));
      return;
    }
  }

  // check program x with path "/usr/local/bin/x", check file y with path /var/log/nginx/y
  void looks_at(const Service& service) {
    const auto at = service.line.text.find(" path ");
    if (at == std::string_view::npos) return;
    auto path = service.line.text.substr(at + 6);
    path.remove_prefix(std::min(path.find_first_not_of(" \t\"'"), path.size()));
    path = path.substr(0, path.find_first_of(" \t\"'"));
    const auto place = service.file->place(service.line, path);
    if (service.type == "file" && path.starts_with("/var/log/") && !service_in(path).empty())
      watch_log(survey_, kMonit, place, path);
    if (service.type == "program" && !path.starts_with("/bin/") && !path.starts_with("/usr/bin/"))
      run_program(survey_, kMonit, place, path);
  }

  // Debian's monitrc has all of it commented out, and no check of its own.
  void nobody() {
    if (told_ || !alerts_) return;
    for (const auto& file : files_)
      if (text::is_one_of(file.path(), kMain))
        return tell_idle(survey_, Survey::whole_file(file.path()), kMonit,
                         "there is no \"set alert\": nobody is told of any failure",
                         "set alert ADDRESS");
  }

  Survey& survey_;
  std::deque<AgentText> files_;
  std::vector<Service> services_;
  std::set<std::string, std::less<>> names_, seen_;
  bool told_ = false, alerts_ = false;
};

}  // namespace

void read_monit(Survey& survey) {
  Monit(survey).run();
}

}  // namespace stackaudit::stack
