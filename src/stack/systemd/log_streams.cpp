// The journal is a socket, and open(2) of a socket fails with ENXIO; of a file, a terminal or a
// pipe, as containers have them, it does not. systemd.exec(5), "StandardOutput=".
#include "stack/systemd/log_streams.hpp"

#include "stack/systemd/spelling.hpp"
#include "text/words.hpp"
#include "tree/resolve.hpp"

#include <array>
#include <utility>

namespace stackaudit::stack {
namespace {

constexpr int kMostLinks = 8;
constexpr std::array<std::pair<std::string_view, int>, 6> kStreams{{{"/dev/stdout", 1},
                                                                    {"/dev/fd/1", 1},
                                                                    {"/proc/self/fd/1", 1},
                                                                    {"/dev/stderr", 2},
                                                                    {"/dev/fd/2", 2},
                                                                    {"/proc/self/fd/2", 2}}};
constexpr auto kToJournal = std::to_array<std::string_view>(
    {"", "journal", "journal+console", "kmsg", "kmsg+console", "syslog", "syslog+console"});

std::optional<int> named_stream(std::string_view path) {
  for (const auto& [name, stream] : kStreams)
    if (path == name) return stream;
  return std::nullopt;
}

bool goes_to_journal(const ServiceUnit& unit, int stream) {
  const bool inherits =
      stream == 1 || unit.standard_error.empty() || unit.standard_error == "inherit";
  return text::is_one_of(inherits ? unit.standard_output : unit.standard_error, kToJournal);
}

// An image of a container has units as well, and no systemd to read them.
bool has_systemd(const Survey& survey) {
  return survey.state_of("/usr/lib/systemd/systemd", "file") == "found" ||
         survey.state_of("/lib/systemd/systemd", "file") == "found";
}

// 1 or 2 for a name of the stream, or a link to one.
std::optional<int> standard_stream(const tree::Tree& tree, std::string_view path) {
  std::string name = tree::normalize(path);
  for (int i = 0; i < kMostLinks; ++i) {
    if (const auto stream = named_stream(name)) return stream;
    const auto stat = tree.lstat(name);
    if (!stat || stat->type != tree::FileType::symlink) break;
    const auto target = tree.readlink(name);
    if (!target) break;
    name = tree::normalize(tree::join(tree::dirname(name), *target));
  }
  return std::nullopt;
}

}  // namespace

void check_log_stream(Survey& survey, const ServiceUnit* unit, const std::string& path,
                      const facts::Place& place) {
  if (unit == nullptr || !unit->enabled || unit->masked || !has_systemd(survey)) return;
  const auto stream = standard_stream(survey.tree, path);
  if (!stream || !goes_to_journal(*unit, *stream)) return;
  const auto* name = *stream == 1 ? "/dev/stdout" : "/dev/stderr";
  const bool link = !named_stream(tree::normalize(path));
  auto row = unit_problem(
      link ? Survey::whole_file(path) : place, "log-stream", "warning",
      (link ? "the log is a link to " + std::string(name) : "the log is " + path) +
          ", which is the journal's socket for " + unit->name +
          ": open() fails with No such device or address, and the service does not start",
      "name a file, or syslog; StandardOutput= can make the stream a file");
  if (link) Survey::relate(row, place, "named here");
  survey.facts.add(std::move(row));
}

}  // namespace stackaudit::stack
