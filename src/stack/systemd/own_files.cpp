// What `systemctl edit` would have put in the right place: systemd.unit(5), "drop-in", and
// systemd.time(7), "Calendar Events".
#include "stack/systemd/own_files.hpp"

#include "stack/systemd/calendar.hpp"
#include "stack/systemd/isolation.hpp"
#include "stack/systemd/load.hpp"
#include "stack/systemd/references.hpp"
#include "stack/systemd/spelling.hpp"
#include "syntax/ini/ini.hpp"
#include "text/suggest.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace stackaudit::stack {
namespace {

namespace ini = syntax::ini;

constexpr std::string_view kOwn = "/etc/systemd/system", kPackaged = "/usr/lib/systemd/system";
constexpr std::string_view kService = ".service", kTimer = ".timer", kSocket = ".socket";
constexpr std::size_t kSmall = 64U << 10U;

// Names under which people keep what is not to be read.
constexpr std::array<std::string_view, 13> kPutAside{
    ".bak", ".old", ".orig", ".save", ".dpkg",     ".disa", ".off",
    ".rpm", ".swp", ".ucf",  ".ex",   ".inactive", "~"};
constexpr std::array<std::string_view, 6> kWatching{"health", "check", "watch",
                                                    "monit",  "probe", "heartbeat"};

bool contains_one_of(std::string_view text, const auto& words) {
  return std::ranges::any_of(words,
                             [&](std::string_view word) { return text.find(word) != text.npos; });
}

class OwnFiles {
 public:
  OwnFiles(Survey& survey, const UnitSearch& search) : survey_(survey), search_(search) {}

  void run() {
    const auto names = tree::list_directory(survey_.tree, std::string(kOwn));
    if (!names || survey_.state_of(kPackaged, "directory") != "found") return;
    for (const auto& name : *names) {
      if (name.ends_with(".service.d")) drop_ins(name);
      if (name.ends_with(kTimer)) timer(name);
      if (name.ends_with(kSocket) && search_.wanted_at_boot({name})) socket(name);
    }
  }

 private:
  void tell(facts::Place place, std::string_view code, std::string message, std::string help) {
    survey_.facts.add(
        unit_problem(std::move(place), code, "warning", std::move(message), std::move(help)));
  }

  [[nodiscard]] bool exists(std::string_view unit) const {
    return !search_.fragment(unit).path.empty() || is_generated(survey_, unit);
  }

  void drop_ins(const std::string& directory) {
    const auto unit = directory.substr(0, directory.size() - 2);
    const auto stem = unit.substr(0, unit.size() - kService.size());
    const auto path = tree::join(kOwn, directory);
    const auto files = tree::list_directory(survey_.tree, path);
    if (!files || stem.empty() || stem.ends_with('-') || stem.find('@') != stem.npos) return;
    if (exists(unit)) {
      for (const auto& file : *files) other_extension(tree::join(path, file));
      return;
    }
    const auto meant = meant_by(unit);
    const auto first =
        std::ranges::find_if(*files, [](const auto& file) { return file.ends_with(".conf"); });
    if (!meant || first == files->end()) return;
    tell(Survey::whole_file(tree::join(path, *first)), "dropin-unread",
         "there is no " + unit + ": systemd reads no drop-in of " + path,
         "move it to " + tree::join(kOwn, *meant + ".d"));
  }

  // The unit of the same server, or of nearly the same name.
  [[nodiscard]] std::optional<std::string> meant_by(const std::string& unit) const {
    const auto names = search_.service_names();
    const auto kind = kind_of_unit_name(unit);
    for (const auto& name : names)
      if (!kind.empty() && kind_of_unit_name(name) == kind) return name;
    return kind.empty() ? text::nearest(unit, names) : std::nullopt;
  }

  void other_extension(const std::string& path) {
    const auto name = tree::basename(path);
    if (name.ends_with(".conf") || name.starts_with('.') || contains_one_of(name, kPutAside))
      return;
    const auto content = tree::read_file(survey_.tree, path, kSmall);
    if (!content ||
        (content->find("[Service]") == content->npos && content->find("[Unit]") == content->npos))
      return;
    tell(Survey::whole_file(path), "dropin-unread",
         "systemd does not read " + std::string(name) + ": the name of a drop-in ends in .conf",
         "call it " + std::string(name.substr(0, name.rfind('.'))) + ".conf");
  }

  // A unit file that somebody wrote here, neither a link nor empty.
  std::optional<ini::Document> own_document(const std::string& path) {
    const auto end = tree::resolve(survey_.tree, path, tree::LastLink::keep);
    if (!end || end.stat.type != tree::FileType::regular || end.stat.size == 0) return {};
    const auto file = survey_.load(path, "unit");
    if (!file) return {};
    return ini::parse(survey_.sources.content(*file), *file, ini::Dialect::systemd);
  }

  void timer(const std::string& name) {
    const auto path = tree::join(kOwn, name);
    const auto document = own_document(path);
    if (!document) return;
    auto triggered = name.substr(0, name.size() - kTimer.size()) + std::string(kService);
    auto place = Survey::whole_file(path);
    bool install = false;
    for (const auto& section : document->sections) {
      install = install || section.name.value == "Install";
      for (const auto& entry : section.entries) {
        if (section.name.value != "Timer") continue;
        time(entry);
        if (entry.key.value != "Unit" || entry.value.value.find('%') != std::string::npos) continue;
        triggered = entry.value.value;
        place = survey_.place(entry.value.span);
      }
    }
    if (triggered.ends_with(kService) && !exists(instance(triggered)))
      return tell(place, "timer-unit", name + " triggers nothing: there is no " + triggered,
                  "write the unit, or name it with Unit=");
    if (install && contains_one_of(name, kWatching) && !search_.wanted_at_boot({name}))
      tell(Survey::whole_file(path), "not-started",
           name + " is not enabled: nothing starts what it would watch",
           "systemctl enable " + name);
  }

  // Of a socket that the boot starts.
  void socket(const std::string& name) {
    const auto path = tree::join(kOwn, name);
    const auto document = own_document(path);
    if (!document) return;
    const auto stem = name.substr(0, name.size() - kSocket.size());
    auto wanted = stem + std::string(kService);
    auto place = Survey::whole_file(path);
    for (const auto& section : document->sections)
      for (const auto& entry : section.entries) {
        if (section.name.value != "Socket") continue;
        const auto& value = entry.value.value;
        const bool each = value == "yes" || value == "true" || value == "1" || value == "on";
        if (entry.key.value == "Accept" && each) wanted = stem + "@" + std::string(kService);
        if (entry.key.value != "Service") continue;
        wanted = value;
        place = survey_.place(entry.value.span);
      }
    if (wanted.find('%') == std::string::npos && !exists(wanted))
      tell(place, "socket-unit", name + " is not started: there is no " + wanted,
           "write the unit, or name it with Service=");
  }

  // "clean@.timer" triggers an instance of its template.
  static std::string instance(const std::string& unit) {
    const auto at = unit.find("@.");
    return at == std::string::npos ? unit : unit.substr(0, at + 1) + "x" + unit.substr(at + 1);
  }

  void bad_value(const ini::Entry& entry, std::string message, std::string help,
                 std::string replacement) {
    survey_.facts.add(unit_problem(survey_.place(entry.value.span), "bad-value", "warning",
                                   std::move(message), std::move(help), std::move(replacement)));
  }

  void time(const ini::Entry& entry) {
    const auto& value = entry.value.value;
    if (entry.key.value != "OnCalendar") {
      if (const auto wrong = complaint_about(entry.key.value, value))
        bad_value(entry, wrong->message, wrong->help, wrong->replacement);
      return;
    }
    if (value.empty() || is_calendar(value)) return;
    const auto near = nearest_calendar(value);
    bad_value(entry, "Failed to parse calendar specification, ignoring: " + value,
              near ? "write OnCalendar=" + *near : "systemd.time(7) has the form, *-*-* 03:00",
              near.value_or(""));
  }

  Survey& survey_;
  const UnitSearch& search_;
};

}  // namespace

void check_own_files(Survey& survey, const UnitSearch& search) {
  OwnFiles(survey, search).run();
}

}  // namespace stackaudit::stack
