// certbot's renewal files and hooks, certbot(1): what `certbot renew` is told to run and where it
// puts the answer to a challenge. A file in a directory of hooks that may not be executed is passed
// over without a word.
#include "stack/jobs/jobs.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;
constexpr std::array<std::string_view, 3> kHooks{"pre_hook", "post_hook", "renew_hook"};

struct Setting {
  std::string section, key, value;
  std::int64_t line = 0;
};

std::vector<Setting> settings_in(std::string_view content) {
  std::vector<Setting> found;
  std::string section;
  for (const auto& line : text::lines(content)) {
    const auto text = text::trimmed(line.text);
    if (text.starts_with('[')) section = text.substr(text.find_first_not_of('['));
    const auto equals = text.find('=');
    if (text.starts_with('#') || text.starts_with('[') || equals == text.npos) continue;
    found.push_back({section, std::string(text::trimmed(text.substr(0, equals))),
                     std::string(text::trimmed(text.substr(equals + 1))), line.number});
  }
  return found;
}

class Renewals {
 public:
  explicit Renewals(Survey& survey) : survey_(survey) {}

  void run() {
    for (const auto& path : tree::glob(survey_.tree, "/etc/letsencrypt/renewal/*.conf").paths)
      if (const auto content = tree::read_file(survey_.tree, path, kLimit))
        renewal(path, settings_in(*content));
    for (const auto& path : tree::glob(survey_.tree, "/etc/letsencrypt/renewal-hooks/*/*").paths)
      hook(path);
  }

 private:
  void renewal(const std::string& path, const std::vector<Setting>& settings) {
    const bool webroot = std::ranges::any_of(settings, [](const Setting& one) {
      return one.key == "authenticator" && one.value == "webroot";
    });
    for (const auto& one : settings) {
      if (text::is_one_of(one.key, kHooks)) command(path, one);
      if (!webroot) continue;
      if (one.key == "webroot_path")
        for (const auto folder : text::words(one.value, ", ")) challenge(path, one, folder);
      if (one.section.starts_with("webroot_map]")) challenge(path, one, one.value);
    }
  }

  // The program of a hook; what else a shell makes of the line is its author's own matter.
  void command(const std::string& path, const Setting& hook) {
    const auto words = text::words(hook.value);
    if (!words.empty()) look(path, hook, words[0], "file", "the hook is not run");
  }

  void challenge(const std::string& path, const Setting& setting, std::string_view folder) {
    look(path, setting, folder, "directory",
         "certbot puts the answer to the challenge where no server looks, and the certificate is "
         "not renewed");
  }

  void look(const std::string& path, const Setting& setting, std::string_view name,
            std::string_view wanted, std::string effect) {
    if (!name.starts_with('/') || name.find_first_of("$`\"'*?;&|<>()") != name.npos) return;
    facts::Reference row;
    static_cast<facts::Place&>(row) = Survey::whole_file(path);
    row.line = setting.line;
    row.service = row.process = "certbot";
    row.kind = "job-path";
    row.as_written = name;
    row.resolved = tree::normalize(name);
    row.wanted = wanted;
    row.state = survey_.state_of(row.resolved, wanted);
    if (row.state != "missing" && row.state != "dangling") return;
    row.nearest = survey_.nearest_path(row.resolved);
    row.required = true;
    row.user = "root";
    row.call = wanted == "directory" ? "chdir" : "execve";
    row.effect = std::move(effect);
    survey_.facts.add(std::move(row));
  }

  // certbot runs what may be executed and does not end in "~", whatever its name.
  void hook(const std::string& path) {
    const auto end = tree::resolve(survey_.tree, path);
    if (path.ends_with('~') || !end || end.stat.type != tree::FileType::regular ||
        (end.stat.mode & 0111U) != 0)
      return;
    const auto content = tree::read_file(survey_.tree, end.path, kLimit);
    if (!content || !content->starts_with("#!")) return;
    survey_.add_problem(Survey::whole_file(path),
                        {.service = "certbot",
                         .language = "text",
                         .code = "job-ignored",
                         .severity = "warning",
                         .message = "certbot passes over " + path + ": it is not executable",
                         .help = "chmod +x " + path});
  }

  Survey& survey_;
};

}  // namespace

void find_renewals(Survey& survey) {
  Renewals(survey).run();
}

}  // namespace stackaudit::stack
