// What the commands of a machine do with the words behind them, as their manual pages say: run
// them, hand them on, obey them as settings, or only read and write what they name.
#pragma once

#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace stackaudit::stack::command_kinds {

// Words of the grammar: a command follows, or none.
inline constexpr auto kBefore = std::to_array<std::string_view>(
    {"then", "do", "else", "elif", "if", "while", "until", "!", "{", "time"});
inline constexpr auto kNone =
    std::to_array<std::string_view>({"case", "done", "fi", "esac", "}", "in", "function", ";;"});
// Commands of the shell itself that run nothing.
inline constexpr auto kBuiltins = std::to_array<std::string_view>(
    {":",     "true",     "false",   "set",      "export", "exit",  "return",
     "read",  "local",    "unset",   "shift",    "wait",   "umask", "ulimit",
     "break", "continue", "declare", "readonly", "alias",  "type"});
// What these are given they read, write or look at, and do not obey.
inline constexpr auto kHandlers = std::to_array<std::string_view>(
    {"[",     "[[",      "basename",  "bzip2",    "cat",          "chgrp",   "chmod",
     "chown", "cksum",   "cmp",       "cp",       "curl",         "cut",     "date",
     "dd",    "df",      "diff",      "dirname",  "du",           "echo",    "egrep",
     "file",  "grep",    "gzip",      "gunzip",   "head",         "install", "kill",
     "ln",    "logger",  "ls",        "mail",     "md5sum",       "mkdir",   "mktemp",
     "mv",    "mysql",   "mysqldump", "mariadb",  "mariadb-dump", "openssl", "pg_dump",
     "pkill", "printf",  "readlink",  "realpath", "rm",           "rmdir",   "rsync",
     "scp",   "setfacl", "sha256sum", "shred",    "sleep",        "sort",    "sqlite3",
     "stat",  "tail",    "tar",       "tee",      "test",         "touch",   "truncate",
     "uniq",  "unlink",  "unzip",     "wc",       "wget",         "xz",      "zcat",
     "zip",   "zstd"});
// What follows them is done as somebody else, or elsewhere.
inline constexpr auto kElsewhere = std::to_array<std::string_view>(
    {"setpriv", "setuidgid", "s6-setuidgid", "chpst", "chroot", "gosu", "su-exec", "ssh", "docker",
     "podman", "nsenter", "lxc", "kubectl"});
inline constexpr auto kShells = std::to_array<std::string_view>({"sh", "bash", "dash"});
// The file behind one of these says what the command does.
inline constexpr auto kSettings = std::to_array<std::string_view>(
    {"-c", "-C", "--conf", "--config", "--config-file", "--configfile", "--ini", "--emperor",
     "--defaults-file", "--defaults-extra-file", "--rcfile"});
// Behind these options of find(1) a command begins.
inline constexpr auto kFindRuns =
    std::to_array<std::string_view>({"-exec", "-execdir", "-ok", "-okdir"});
inline constexpr auto kData =
    std::to_array<std::string_view>({".log", ".pid", ".gz", ".sql", ".txt", ".sock", ".lock"});

// They run what their first operand names.
struct Interpreter {
  std::string_view name;
  std::string_view with_argument;   // letters of options that are followed by a word of their own
  std::string_view without_script;  // letters of options with which no script is run
};
inline constexpr auto kInterpreters = std::to_array<Interpreter>({{"php", "cdz", "rBREFSmivhsl"},
                                                                  {"python", "WXQ", "cmVh"},
                                                                  {"perl", "I", "eEcvVh"},
                                                                  {"ruby", "ICr", "ecvh"},
                                                                  {"node", "r", "epcvh"},
                                                                  {"awk", "Fv", ""},
                                                                  {"gawk", "Fv", ""},
                                                                  {"mawk", "Fv", ""},
                                                                  {"sed", "", ""}});

// They run the command that stands behind words of their own.
struct Wrapper {
  std::string_view name;
  std::string_view with_argument;
  int operands = 0;  // before the command
  bool names_user = false;
};
inline constexpr auto kWrappers = std::to_array<Wrapper>({{"sudo", "ugpCDRTrth", 0, true},
                                                          {"doas", "uC", 0, true},
                                                          {"nice", "n"},
                                                          {"ionice", "cnpPu"},
                                                          {"chrt", "TPD", 1},
                                                          {"flock", "wE", 1},
                                                          {"timeout", "ks", 1},
                                                          {"env", "uSC"},
                                                          {"stdbuf", "ioe"},
                                                          {"xargs", "adEILnPs"},
                                                          {"systemd-run", "pHMEu"},
                                                          {"exec", "a"},
                                                          {"setsid", ""},
                                                          {"nohup", ""},
                                                          {"chronic", ""},
                                                          {"command", ""},
                                                          {"builtin", ""}});

// The entry of kInterpreters or kWrappers for a word, /usr/bin/php8.2 and python3, too; or nullptr.
template <class Table>
[[nodiscard]] auto entry(const Table& table, std::string_view word) -> decltype(table.data()) {
  const auto name = tree::basename(word);
  const auto* end = table.data() + table.size();
  const auto* found = std::find_if(table.data(), end, [&](const auto& each) {
    return name.starts_with(each.name) &&
           name.find_first_not_of("0123456789.", each.name.size()) == name.npos;
  });
  return found == end ? nullptr : found;
}

}  // namespace stackaudit::stack::command_kinds
