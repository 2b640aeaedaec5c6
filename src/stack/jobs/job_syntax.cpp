// Seen with Debian's cron 3.0pl1, run-parts of debianutils 5.7 and logrotate 3.21.
#include "stack/jobs/job_syntax.hpp"

#include "stack/jobs/job_files.hpp"
#include "stack/net.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/glob.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>

namespace stackaudit::stack {
namespace {

constexpr std::size_t kLimit = 1U << 20U;

struct Field {
  std::string_view name;
  int least, most;
  std::string_view words;
};
constexpr std::array kFields{
    Field{"minute", 0, 59, ""}, Field{"hour", 0, 23, ""}, Field{"day-of-month", 1, 31, ""},
    Field{"month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"},
    Field{"day-of-week", 0, 7, "sun mon tue wed thu fri sat"}};
constexpr std::array<std::string_view, 8> kSpecials{"reboot", "yearly", "annually", "monthly",
                                                    "weekly", "daily",  "midnight", "hourly"};
constexpr std::array<std::string_view, 4> kRunParts{"/etc/cron.hourly", "/etc/cron.daily",
                                                    "/etc/cron.weekly", "/etc/cron.monthly"};
// Under these endings people and packages keep what is not to be run.
constexpr std::array<std::string_view, 11> kPutAside{
    ".dpkg", ".bak", ".old", ".orig", ".save", ".off", ".disa", ".rpm", ".ucf", ".swp", "~"};
// logrotate(8).
constexpr auto kRotation = std::to_array<std::string_view>({"addextension",
                                                            "allowhardlink",
                                                            "compress",
                                                            "compresscmd",
                                                            "compressext",
                                                            "compressoptions",
                                                            "copy",
                                                            "copytruncate",
                                                            "create",
                                                            "createolddir",
                                                            "daily",
                                                            "dateext",
                                                            "dateformat",
                                                            "datehourago",
                                                            "dateyesterday",
                                                            "delaycompress",
                                                            "extension",
                                                            "hourly",
                                                            "ifempty",
                                                            "ignoreduplicates",
                                                            "include",
                                                            "mail",
                                                            "mailfirst",
                                                            "maillast",
                                                            "maxage",
                                                            "maxsize",
                                                            "minage",
                                                            "minsize",
                                                            "missingok",
                                                            "monthly",
                                                            "noallowhardlink",
                                                            "nocompress",
                                                            "nocopy",
                                                            "nocopytruncate",
                                                            "nocreate",
                                                            "nocreateolddir",
                                                            "nodateext",
                                                            "nodelaycompress",
                                                            "nomail",
                                                            "nomissingok",
                                                            "noolddir",
                                                            "norenamecopy",
                                                            "nosharedscripts",
                                                            "noshred",
                                                            "notifempty",
                                                            "olddir",
                                                            "renamecopy",
                                                            "rotate",
                                                            "sharedscripts",
                                                            "shred",
                                                            "shredcycles",
                                                            "size",
                                                            "start",
                                                            "su",
                                                            "tabooext",
                                                            "taboopat",
                                                            "uncompresscmd",
                                                            "weekly",
                                                            "yearly"});

bool is_put_aside(std::string_view name) {
  return name.starts_with('.') || name.starts_with("README") ||
         std::ranges::any_of(kPutAside,
                             [&](std::string_view end) { return name.find(end) != name.npos; });
}

bool is_number(const Field& field, std::string_view text) {
  if (text.size() == 3 && field.words.find(text::lower(text)) != field.words.npos) return true;
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() && value >= field.least &&
         value <= field.most;
}

// "*", "1,15", "1-5/2", "*/10"; whether they make sense together cron does not ask.
bool is_time(const Field& field, std::string_view text) {
  while (!text.empty()) {
    auto part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    if (const auto slash = part.find('/'); slash != part.npos) {
      const auto step = part.substr(slash + 1);
      if (step.empty() || step.find_first_not_of("0123456789") != step.npos ||
          step.find_first_not_of('0') == step.npos)
        return false;
      part = part.substr(0, slash);
    }
    if (part == "*") continue;
    const auto dash = part.find('-');
    if (!is_number(field, part.substr(0, dash)) ||
        (dash != part.npos && !is_number(field, part.substr(dash + 1))))
      return false;
  }
  return true;
}

class JobSyntax {
 public:
  explicit JobSyntax(Survey& survey)
      : survey_(survey), debian_(survey.state_of("/etc/debian_version", "file") == "found") {}

  void run() {
    crontab("/etc/crontab");
    for (const auto& path : tree::glob(survey_.tree, "/etc/cron.d/*").paths) {
      const auto name = tree::basename(path);
      if (is_put_aside(name)) continue;
      if (name.find('.') != name.npos)
        unread(path);
      else
        crontab(path);
    }
    for (const auto directory : kRunParts)
      for (const auto& path : tree::glob(survey_.tree, std::string(directory) + "/*").paths)
        part(path);
    const auto main = rotation_blocks(survey_, "/etc/logrotate.conf");
    su_ = main && says_su(main->front());
    for (const auto& path : rotation_files(survey_.tree))
      if (!is_put_aside(tree::basename(path))) rotation(path);
  }

 private:
  void tell(std::string_view service, const std::string& path, std::int64_t line,
            std::string message, std::string help) {
    auto place = Survey::whole_file(path);
    if (line > 0) place.line = line;
    survey_.add_problem(place, {.service = service,
                                .language = "text",
                                .code = "job-ignored",
                                .severity = "warning",
                                .message = std::move(message),
                                .help = std::move(help)});
  }

  static bool is_job(std::string_view line) {
    const auto words = text::words(line);
    return words.size() > 1 && (words[0][0] == '*' || words[0][0] == '@' ||
                                std::isdigit(static_cast<unsigned char>(words[0][0])) != 0);
  }

  void unread(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kLimit);
    if (!content || !debian_) return;
    const auto lines = text::lines(*content);
    if (std::ranges::any_of(lines, [](const text::Line& line) { return is_job(line.text); }))
      tell("cron", path, 0, "cron does not read " + path + ": its name has a dot",
           "name it with letters, digits, hyphens and underscores alone");
  }

  void crontab(const std::string& path) {
    const auto content = tree::read_file(survey_.tree, path, kLimit);
    if (!content) return;
    const auto lines = text::lines(*content);
    for (const auto& line : lines)
      if (is_job(line.text)) job(path, line);
    if (debian_ && !content->empty() && content->back() != '\n' && is_job(lines.back().text))
      tell("cron", path, lines.back().number,
           "Missing newline before EOF: cron ignores the whole of " + path, "end the last line");
  }

  void job(const std::string& path, const text::Line& line) {
    const auto words = text::words(line.text);
    const std::string ignores = ": cron ignores the whole of " + path;
    if (words[0][0] == '@') {
      if (std::ranges::find(kSpecials, words[0].substr(1)) != kSpecials.end()) return;
      const auto near = text::nearest(words[0].substr(1), kSpecials);
      return tell("cron", path, line.number,
                  "bad time specifier " + std::string(words[0]) + ignores,
                  near ? "write @" + *near : "@daily, @hourly and the like are known");
    }
    for (std::size_t i = 0; i < kFields.size() && i < words.size(); ++i) {
      if (is_time(kFields[i], words[i])) continue;
      return tell("cron", path, line.number,
                  "bad " + std::string(kFields[i].name) + " " + std::string(words[i]) + ignores,
                  "five fields, then the user, then the command");
    }
    percent(path, line);
  }

  // date +%F: the command ends there, the rest is its input.
  void percent(const std::string& path, const text::Line& line) {
    const auto date = line.text.find("date ");
    if (date == line.text.npos) return;
    for (auto at = line.text.find('%', date); at != line.text.npos;
         at = line.text.find('%', at + 1))
      if (line.text[at - 1] != '\\')
        return tell("cron", path, line.number,
                    "cron ends the command at the percent sign: what follows is its input",
                    "write \\% for each %");
  }

  // run-parts: names of letters, digits, hyphens and underscores, and the right to execute.
  void part(const std::string& path) {
    const auto name = tree::basename(path);
    const auto end = tree::resolve(survey_.tree, path);
    if (is_put_aside(name) || !end || end.stat.type != tree::FileType::regular) return;
    const auto content = tree::read_file(survey_.tree, end.path, kLimit);
    if (!content || !content->starts_with("#!")) return;
    if (debian_ && name.find('.') != name.npos)
      tell("cron", path, 0, "run-parts passes over " + std::string(name) + ": its name has a dot",
           "call it " + std::string(name.substr(0, name.find('.'))));
    else if ((end.stat.mode & 0111U) == 0)
      tell("cron", path, 0, "run-parts passes over " + std::string(name) + ": it is not executable",
           "chmod +x " + path);
  }

  void rotation(const std::string& path) {
    const auto end = tree::resolve(survey_.tree, path);
    const auto blocks = rotation_blocks(survey_, path);
    if (!end || !blocks) return;
    if ((end.stat.mode & 022U) != 0)
      return tell("logrotate", path, 0,
                  "Ignoring " + path + " because it is writable by group or others",
                  "chmod 0644 " + path);
    for (const auto& block : *blocks)
      if (block.open_script != 0)
        return tell("logrotate", path, block.open_script,
                    "prerotate, postrotate or preremove without endscript: nothing in " + path +
                        " is rotated",
                    "end the script with a line of its own: endscript");
    const bool su = su_ || says_su(blocks->front());
    for (const auto& block : *blocks) {
      for (const auto& line : block.directives) option(path, line);
      for (const auto& log : block.logs) claimed(path, block, log);
      if (!su) insecure(path, block);
    }
  }

  static bool says_su(const RotationBlock& block) {
    return std::ranges::any_of(block.directives, [](const RotationLine& line) {
      return text::words(line.text)[0] == "su";
    });
  }

  // logrotate as root renames nothing where others may put links in its way, unless su says as
  // whom.
  void insecure(const std::string& path, const RotationBlock& block) {
    if (says_su(block)) return;
    for (const auto& log : block.logs) {
      const auto directory = std::string(tree::dirname(log));
      if (tree::has_wildcard(directory)) continue;
      const auto end = tree::resolve(survey_.tree, directory);
      const bool open =
          end && ((end.stat.mode & 02U) != 0 || ((end.stat.mode & 020U) != 0 && end.stat.gid != 0));
      if (open)
        return tell("logrotate", path, block.number,
                    "skipping " + log +
                        " because parent directory has insecure permissions (it's world writable "
                        "or writable by group which is not \"root\")",
                    "su OWNER GROUP in the block, or chmod go-w " + directory);
    }
  }

  void option(const std::string& path, const RotationLine& line) {
    const auto word = text::words(line.text)[0];
    const auto name = word.substr(0, word.find('='));
    if (name[0] == '/' || name[0] == '"' || name[0] == '{' ||
        std::ranges::find(kRotation, name) != kRotation.end())
      return;
    if (const auto near = text::nearest(name, kRotation))
      tell("logrotate", path, line.number,
           "unknown option '" + std::string(name) + "' -- ignoring line", "write " + *near);
  }

  // The second one is left out.
  void claimed(const std::string& path, const RotationBlock& block, const std::string& log) {
    for (const auto& [other, where] : claims_) {
      const bool same =
          other == log || (!tree::has_wildcard(log) && tree::dirname(other) == tree::dirname(log) &&
                           tree::matches(tree::basename(other), tree::basename(log)));
      if (!same) continue;
      tell("logrotate", path, block.number,
           "duplicate log entry for " + log + ", which " + where + " rotates",
           "take it out of one of the two");
      return;
    }
    claims_.emplace_back(log, path);
  }

  Survey& survey_;
  bool su_ = false;                                          // "su" of the main file, for all
  bool debian_;                                              // cron and run-parts of Debian
  std::vector<std::pair<std::string, std::string>> claims_;  // patterns and their files, in order
};

}  // namespace

void check_job_syntax(Survey& survey) {
  JobSyntax(survey).run();
}

}  // namespace stackaudit::stack
