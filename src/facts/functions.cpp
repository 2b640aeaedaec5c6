// Left out on purpose: whatever loads, writes, allocates at will (zeroblob, printf), reads the
// clock or chance, or tells of the connection. What stays is bounded by the connection's length
// limit.
#include "facts/functions.hpp"

#include "facts/describe.hpp"
#include "facts/sql_value.hpp"
#include "text/mode.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace stackaudit::facts {
namespace {

constexpr std::array kAllowed = std::to_array<std::string_view>(
    {"abs",        "avg",       "basename",   "coalesce",    "count",        "cume_dist",
     "dense_rank", "dirname",   "endpoint",   "first_value", "glob",         "group_concat",
     "has_word",   "hex",       "ifnull",     "iif",         "instr",        "lack",
     "lack_errno", "lag",       "last_value", "lead",        "length",       "like",
     "likelihood", "likely",    "lower",      "ltrim",       "max",          "min",
     "nth_value",  "ntile",     "nullif",     "octal",       "percent_rank", "quote",
     "rank",       "replace",   "round",      "row_number",  "rtrim",        "sign",
     "substr",     "substring", "sum",        "total",       "trim",         "typeof",
     "under",      "unicode",   "unlikely",   "upper"});
static_assert(std::ranges::is_sorted(kAllowed));

void give_text(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

bool any_null(int count, sqlite3_value** values) {
  return std::any_of(values, values + count,
                     [](auto* value) { return sqlite3_value_type(value) == SQLITE_NULL; });
}

void octal(sqlite3_context* context, int count, sqlite3_value** values) {
  if (any_null(count, values)) return;
  give_text(context, text::octal(static_cast<std::uint32_t>(sqlite3_value_int64(values[0]))));
}

void basename(sqlite3_context* context, int count, sqlite3_value** values) {
  if (any_null(count, values)) return;
  const auto path = text_of(values[0]);
  give_text(context, path.substr(path.rfind('/') + 1));  // npos + 1 is 0
}

void dirname(sqlite3_context* context, int count, sqlite3_value** values) {
  if (any_null(count, values)) return;
  const auto path = text_of(values[0]);
  const auto slash = path.rfind('/');
  if (slash == std::string_view::npos) return give_text(context, ".");
  give_text(context, slash == 0 ? "/" : path.substr(0, slash));
}

// As strace shows the argument of connect(): a socket's path, an address and its port.
void endpoint(sqlite3_context* context, int, sqlite3_value** values) {
  const std::string socket(text_of(values[0])), port(text_of(values[3]));
  std::string host(text_of(values[1]));
  if (host.empty()) host = text_of(values[2]);
  if (!socket.empty() || host.empty()) return give_text(context, socket);
  if (host.find(':') != std::string::npos && !host.starts_with('[')) host = '[' + host + ']';
  give_text(context, port.empty() ? host : host + ':' + port);
}

void under(sqlite3_context* context, int count, sqlite3_value** values) {
  if (any_null(count, values)) return;
  const std::string path(text_of(values[0]));
  auto directory = text_of(values[1]);
  while (directory.ends_with('/')) directory.remove_suffix(1);
  const bool below = path.starts_with(directory) &&
                     (path.size() == directory.size() || path[directory.size()] == '/');
  sqlite3_result_int(context, below ? 1 : 0);
}

void has_word(sqlite3_context* context, int count, sqlite3_value** values) {
  if (any_null(count, values)) return;
  const std::string word(text_of(values[1]));
  auto rest = text_of(values[0]);
  constexpr std::string_view kBlanks = " \t\n";
  while (!rest.empty()) {
    const auto end = std::min(rest.find_first_of(kBlanks), rest.size());
    if (end > 0 && rest.substr(0, end) == word) return sqlite3_result_int(context, 1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  sqlite3_result_int(context, 0);
}

// The states are those of the table reference.
void lack(sqlite3_context* context, int, sqlite3_value** values) {
  const auto state = text_of(values[0]);
  if (state == "dangling") return give_text(context, "does not exist (a symlink leads nowhere)");
  if (state != "wrong-type") return give_text(context, "does not exist");
  const bool directory = text_of(values[1]) == "directory";
  give_text(context, directory ? "is not a directory" : "is not a file");
}

void lack_errno(sqlite3_context* context, int, sqlite3_value** values) {
  const bool wrong_type = text_of(values[0]) == "wrong-type";
  const bool directory = text_of(values[1]) == "directory";
  give_text(context, !wrong_type ? "ENOENT" : directory ? "ENOTDIR" : "EISDIR");
}

struct Function {
  const char* name;
  int arguments;
  void (*call)(sqlite3_context*, int, sqlite3_value**);
  FunctionDoc doc;
};
constexpr std::array kFunctions{
    Function{"octal", 1, octal, {"octal(mode)", "Permission bits as four octal digits, 0644."}},
    Function{"basename", 1, basename, {"basename(path)", "What follows the last slash."}},
    Function{"dirname",
             1,
             dirname,
             {"dirname(path)", "What precedes the last slash; / for a name in the root."}},
    Function{"endpoint",
             4,
             endpoint,
             {"endpoint(socket, address, host, port)",
              "What connect() is asked for: the socket, or address:port; the host where the "
              "address is empty."}},
    Function{"lack",
             2,
             lack,
             {"lack(state, wanted)",
              "What is wrong with a reference that is not found: does not exist (perhaps because a "
              "symlink leads nowhere), is not a directory, is not a file."}},
    Function{"lack_errno",
             2,
             lack_errno,
             {"lack_errno(state, wanted)", "What its opener is told: ENOENT, ENOTDIR, EISDIR."}},
    Function{"under",
             2,
             under,
             {"under(path, directory)", "1 if path is the directory or lies below it."}},
    Function{"has_word",
             2,
             has_word,
             {"has_word(list, word)",
              "1 if word is one of the words of list, which blanks and "
              "newlines separate."}}};

}  // namespace

bool allowed_function(std::string_view name) {
  return std::ranges::binary_search(kAllowed, name);
}

std::span<const std::string_view> allowed_functions() {
  return kAllowed;
}

int add_functions(sqlite3* db) {
  for (const auto& function : kFunctions) {
    const int code =
        sqlite3_create_function_v2(db, function.name, function.arguments,
                                   SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nullptr,
                                   function.call, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

std::vector<FunctionDoc> describe_functions() {
  std::vector<FunctionDoc> docs;
  for (const auto& function : kFunctions) docs.push_back(function.doc);
  return docs;
}

}  // namespace stackaudit::facts
