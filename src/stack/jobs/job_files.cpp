// crontab(5) and supervisord's configuration, as far as they say what is started.
#include "stack/jobs/job_files.hpp"

#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kSmall = 1U << 20U;

// NAME=VALUE, quoted or not; none where the line is no setting.
std::optional<std::string> variable(std::string_view line, std::string_view name) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos || text::trimmed(line.substr(0, equals)) != name)
    return std::nullopt;
  std::string value(text::trimmed(line.substr(equals + 1)));
  std::erase_if(value, [](char c) { return c == '"' || c == '\''; });
  return value;
}

std::vector<std::string> directories(std::string_view path) {
  std::vector<std::string> result;
  while (!path.empty()) {
    const auto one = text::trimmed(path.substr(0, path.find(':')));
    if (one.starts_with('/')) result.emplace_back(one);
    path.remove_prefix(std::min(path.find(':'), path.size() - 1) + 1);
  }
  return result;
}

// A percent sign ends the command, unless a backslash is in front of it.
std::size_t end_of_command(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
    if (at == 0 || text[at - 1] != '\\') return at;
  return text.size();
}

// Five words of time, or one that begins with "@"; the user; the command.
std::optional<CronJob> job_in(std::string_view line, const std::string& owner) {
  auto rest = line;
  const auto next = [&] {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const auto word = rest.substr(0, rest.find_first_of(" \t"));
    rest.remove_prefix(word.size());
    return word;
  };
  const auto first = next();
  constexpr std::string_view kTimes = "*@0123456789";
  if (first.empty() || kTimes.find(first[0]) == std::string_view::npos) return std::nullopt;
  for (int skipped = first[0] == '@' ? 4 : 0; skipped < 4; ++skipped) (void)next();
  CronJob job;
  job.user = owner.empty() ? std::string(next()) : owner;
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  rest = text::trimmed(rest.substr(0, end_of_command(rest)));
  if (rest.empty()) return std::nullopt;
  job.command = rest;
  job.begin = static_cast<std::size_t>(rest.data() - line.data());
  return job;
}

std::optional<CronTable> table(const Survey& survey, const std::string& path,
                               const std::string& owner) {
  const auto content = tree::read_file(survey.tree, path, kSmall);
  if (!content) return std::nullopt;
  CronTable result{path, owner, {}};
  std::string home;
  std::vector<std::string> search_path;
  for (const auto& line : text::lines(*content)) {
    if (auto value = variable(line.text, "HOME")) home = *std::move(value);
    if (const auto value = variable(line.text, "PATH")) search_path = directories(*value);
    auto job = job_in(line.text, owner);
    if (!job) continue;
    job->line = line.number;
    job->begin += line.begin;
    job->home = home;
    job->search_path = search_path;
    result.jobs.push_back(*std::move(job));
  }
  return result;
}

std::vector<std::string> glob(const Survey& survey, const std::string& pattern) {
  return tree::glob(survey.tree, pattern).paths;
}

class SupervisorReader {
 public:
  explicit SupervisorReader(const Survey& survey) : survey_(survey) {}

  Supervisor run() {
    for (const std::string main : {"/etc/supervisor/supervisord.conf", "/etc/supervisord.conf"}) {
      const auto first = found_.sections.size();
      file(main);
      std::vector<std::string> patterns;
      for (auto i = first; i < found_.sections.size(); ++i) {
        if (found_.sections[i].name != "include") continue;
        const auto included = found_.sections[i].value("files");
        for (const auto word : text::words(included))
          patterns.push_back(tree::join(tree::dirname(main), word));
      }
      for (const auto& pattern : patterns) files(pattern);
    }
    if (found_.files.empty())
      for (const std::string pattern : {"/etc/supervisor/conf.d/*.conf", "/etc/supervisord.d/*"})
        files(pattern);
    return std::move(found_);
  }

 private:
  void files(const std::string& pattern) {
    for (const auto& path : glob(survey_, pattern)) file(path);
  }

  void file(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content || !seen_.insert(path).second) return;
    found_.files.push_back(path);
    SupervisorSection* section = nullptr;
    for (const auto& line : text::lines(*content)) {
      if (line.text.starts_with('[')) {
        section = &found_.sections.emplace_back();
        section->path = path;
        section->name = line.text.substr(1, line.text.find(']') - 1);
      } else if (section != nullptr && !line.text.starts_with(';') && !line.text.starts_with('#')) {
        setting(*section, line);
      }
    }
  }

  static void setting(SupervisorSection& section, const text::Line& line) {
    const auto equals = line.text.find('=');
    if (equals == std::string_view::npos) return;
    auto value = line.text.substr(equals + 1);
    value = text::trimmed(value.substr(0, value.find(" ;")));
    const auto begin =
        value.empty() ? equals : static_cast<std::size_t>(value.data() - line.text.data());
    section.settings.push_back({std::string(text::trimmed(line.text.substr(0, equals))),
                                std::string(value), line.number, line.begin + begin});
  }

  const Survey& survey_;
  std::set<std::string> seen_;
  Supervisor found_;
};

constexpr std::array<std::string_view, 5> kRotationScripts{"postrotate", "prerotate", "firstaction",
                                                           "lastaction", "preremove"};

// The logs in front of an opening brace.
void add_logs(std::string_view line, std::vector<std::string>& logs) {
  for (const auto word : text::words(line)) {
    std::string path(word);
    std::erase_if(path, [](char c) { return c == '"' || c == '\'' || c == '{'; });
    if (path.starts_with('/')) logs.push_back(std::move(path));
  }
}

}  // namespace

std::vector<CronTable> cron_tables(const Survey& survey) {
  std::vector<CronTable> tables;
  const auto add = [&](const std::string& path, const std::string& owner) {
    if (auto read = table(survey, path, owner)) tables.push_back(*std::move(read));
  };
  add("/etc/crontab", {});
  for (const auto& path : glob(survey, "/etc/cron.d/*"))
    if (tree::basename(path).find_first_of(".~#,") == std::string_view::npos) add(path, {});
  for (const std::string directory : {"/var/spool/cron/crontabs/", "/var/spool/cron/"})
    for (const auto& user : survey.accounts.users()) add(directory + user.name, user.name);
  return tables;
}

const SupervisorSetting* SupervisorSection::find(std::string_view key) const {
  const auto found =
      std::ranges::find(settings.rbegin(), settings.rend(), key, &SupervisorSetting::key);
  return found == settings.rend() ? nullptr : &*found;
}

std::string SupervisorSection::value(std::string_view key) const {
  const auto* setting = find(key);
  return setting == nullptr ? std::string{} : setting->value;
}

Supervisor read_supervisor(const Survey& survey) {
  return SupervisorReader(survey).run();
}

std::optional<std::vector<RotationBlock>> rotation_blocks(const Survey& survey,
                                                          const std::string& path) {
  const auto content = tree::read_file(survey.tree, path, kSmall);
  if (!content) return std::nullopt;
  std::vector<RotationBlock> blocks(1);
  std::vector<std::string> logs;
  bool inside = false, script = false;
  for (const auto& line : text::lines(*content)) {
    const auto words = text::words(line.text);
    if (words.empty() || words[0][0] == '#') continue;
    auto& block = inside ? blocks.back() : blocks.front();
    if (script) {
      script = words[0] != "endscript";
      if (!script) block.open_script = 0;
      if (script) block.commands.push_back({std::string(line.text), line.number});
    } else if (std::ranges::find(kRotationScripts, words[0]) != kRotationScripts.end()) {
      script = true;
      block.open_script = line.number;
    } else if (inside && words[0].ends_with('}')) {
      block.logs = std::exchange(logs, {});
      inside = false;
    } else {
      block.directives.push_back({std::string(line.text), line.number});
      if (inside) continue;
      add_logs(line.text, logs);
      inside = line.text.find('{') != std::string_view::npos;
      if (inside) blocks.emplace_back().number = line.number;
    }
  }
  return blocks;
}

std::vector<std::string> rotation_files(const tree::Tree& tree) {
  // The defaults of logrotate's tabooext.
  constexpr auto kTaboo = std::to_array<std::string_view>(
      {"~", ",v", ".bak", ".cfsaved", ".disabled", ".dpkg-bak", ".dpkg-del", ".dpkg-dist",
       ".dpkg-new", ".dpkg-old", ".dpkg-tmp", ".rpmnew", ".rpmorig", ".rpmsave", ".swp",
       ".ucf-dist", ".ucf-new", ".ucf-old"});
  auto files = tree::glob(tree, "/etc/logrotate.d/*").paths;
  std::erase_if(files, [&](const std::string& path) {
    return path.find(".rhn-cfg-tmp-") != std::string::npos ||
           std::ranges::any_of(kTaboo, [&](auto ending) { return path.ends_with(ending); });
  });
  return files;
}

}  // namespace stackaudit::stack
