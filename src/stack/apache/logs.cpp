// Logs: files in a directory that must be there, programs, and streams of the process.
#include "stack/apache/file_rows.hpp"
#include "stack/runtime_places.hpp"
#include "stack/systemd/log_streams.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>

namespace stackaudit::stack::apache {
namespace {

constexpr std::array<std::string_view, 8> kLogs{"errorlog",    "customlog",   "transferlog",
                                                "globallog",   "forensiclog", "scriptlog",
                                                "secauditlog", "secdebuglog"};

// "|/usr/bin/rotatelogs ...", "||...", and "|$..." for a shell: without it httpd does not start.
void read_log_program(Httpd& httpd, const Arg& arg) {
  auto command = std::string_view(arg.value).substr(1);
  if (command.starts_with('|') || command.starts_with('$')) command.remove_prefix(1);
  while (command.starts_with(' ')) command.remove_prefix(1);
  const auto program = command.substr(0, command.find_first_of(" \t;|&<>"));
  if (!program.starts_with('/') || !arg.known) return;
  auto row = reference_of(httpd, arg, httpd.parent);
  row.kind = "log-program";
  row.resolved = tree::normalize(program);
  row.wanted = "file";
  row.effect = kNoStart;
  row.call = "execve";
  row.state = httpd.survey.state_of(row.resolved, "file");
  if (row.state == "missing") row.nearest = httpd.survey.nearest_path(row.resolved);
  const auto end = tree::resolve(httpd.survey.tree, row.resolved);
  if (row.state == "found" && end && (end.stat.mode & 0111U) == 0) row.state = "wrong-type";
  httpd.survey.facts.add(std::move(row));
}

}  // namespace

void read_log(Httpd& httpd, const Setting& setting) {
  if (std::ranges::find(kLogs, setting.name) == kLogs.end()) return;
  const auto& arg = setting.args[0];
  if (arg.value.starts_with('|')) return read_log_program(httpd, arg);
  if (arg.value.empty() || arg.value == "syslog" || arg.value.starts_with("syslog:") ||
      arg.value.find('%') != std::string::npos)
    return;
  auto row = reference_of(httpd, arg, httpd.parent);
  const auto path = httpd.path_of(arg.value);
  check_log_stream(httpd.survey, httpd.unit, path, httpd.survey.place(arg.span));
  if (is_kernels(path)) return;
  const auto directory = std::string(tree::dirname(path));
  row.kind = "log-directory";
  row.resolved = directory;
  row.wanted = "directory";
  row.effect = kNoStart;
  row.call = "stat";
  row.state = arg.known ? httpd.survey.state_of(directory, "directory") : "dynamic";
  if (row.state == "missing" && made_at_start(httpd, directory)) return;
  if (row.state == "missing") {
    const auto near = httpd.survey.nearest_path(directory);
    if (!near.empty())
      replace_with(row, arg, row.as_written, tree::join(near, tree::basename(path)));
    row.nearest = near;
  }
  const bool found = row.state == "found";
  if (setting.name == "scriptlog") {
    row.kind = "script-log-directory";
    row.required = false;
    row.effect = "what scripts complain of is lost";
    httpd.survey.facts.add(std::move(row));
    return;
  }
  httpd.survey.facts.add(std::move(row));
  if (!found) return;
  httpd.survey.note_file(directory, "apache", "log-directory");
  httpd.survey.open(httpd.parent, {tree::Operation::append, path, httpd.survey.place(arg.span),
                                   "log", "start", std::string(kNoStart), true});
}

}  // namespace stackaudit::stack::apache
