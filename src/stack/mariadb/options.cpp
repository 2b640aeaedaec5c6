// my.cnf(5): groups, includes, and what the server passes over.
#include "stack/mariadb/options.hpp"

#include "text/suggest.hpp"
#include "tree/resolve.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace stackaudit::stack::mariadb {
namespace {

namespace ini = syntax::ini;

constexpr int kMaxIncludeDepth = 10;

// As "mariadbd --help" lists them; those with a version are read by servers of that version.
constexpr std::array<std::string_view, 6> kGroups{"mysqld",   "server",        "mariadb",
                                                  "mariadbd", "client-server", "galera"};

bool is_server_group(std::string_view name) {
  if (std::ranges::find(kGroups, name) != kGroups.end()) return true;
  return name.starts_with("mysqld-1") || name.starts_with("mariadb-1") ||
         name.starts_with("mariadbd-1");
}

}  // namespace

void Options::read(const std::string& path, int depth) {
  if (depth > kMaxIncludeDepth) return;
  const auto end = tree::resolve(survey_.tree, path);
  if (!end) return;
  if (end.stat.type == tree::FileType::directory) {
    for (const auto& file : tree::glob(survey_.tree, end.path + "/*.cnf").paths)
      read(file, depth + 1);
    return;
  }
  const auto file = survey_.load(end.path, "listener");
  if (!file) return;
  if (main_file.empty()) main_file = end.path;
  files.push_back(end.path);
  // "Warning: World-writable config file ... is ignored"
  if ((end.stat.mode & 2U) != 0) return;
  const auto document = ini::parse(survey_.sources.content(*file), *file, ini::Dialect::my_cnf);
  const auto last = end_of(document, depth);
  for (const auto& section : document.sections)
    for (const auto& entry : section.entries) {
      if (entry.key.span.begin >= last) return;
      if (entry.key.value == "!include" || entry.key.value == "!includedir")
        include(entry, tree::join(tree::dirname(end.path), entry.value.value), depth);
      else if (is_server_group(section.name.value))
        take(entry);
    }
}

// Of a file that another one includes the rest is passed over; the first file must be right.
std::uint32_t Options::end_of(const ini::Document& document, int depth) {
  if (document.problems.empty()) return std::numeric_limits<std::uint32_t>::max();
  const auto& first = document.problems.front();
  const bool group = first.message.starts_with("Wrong group");
  const std::string help = group ? "close the bracket" : "write [mysqld] above it";
  if (depth == 0)
    problem(first.span, "defaults", "error", first.message + ": mariadbd does not start", help);
  else
    problem(first.span, "ungrouped", "warning",
            first.message + ": the rest of the file is not read", help);
  return first.span.begin;
}

const Option* Options::find(std::string_view name) const {
  const auto option = last_.find(name);
  return option == last_.end() ? nullptr : &all_[option->second];
}

bool Options::is_on(std::string_view name) const {
  const auto* option = find(name);
  if (option == nullptr) return false;
  const auto value = text::lower(option->value);
  return value != "0" && value != "off" && value != "false";
}

void Options::record() const {
  for (const auto& [place, problem] : problems_) survey_.add_problem(place, problem);
  std::int64_t number = 0;
  for (const auto& [name, at] : last_) {
    facts::Directive row;
    static_cast<facts::Place&>(row) = all_[at].place;
    row.id = ++number;
    row.service = "mariadb";
    row.name = name;
    row.args = all_[at].value;
    survey_.facts.add(std::move(row));
  }
}

// A missing file is passed over, a missing directory is not.
void Options::include(const ini::Entry& entry, const std::string& path, int depth) {
  read(path, depth + 1);
  if (entry.key.value != "!includedir" || survey_.state_of(path, "directory") != "missing") return;
  problem(entry.has_value ? entry.value.span : entry.key.span, "includedir", "error",
          "Can't read dir of '" + path + "': mariadbd does not start, nor does any client",
          "create the directory, or take the line out");
}

void Options::problem(text::Span where, std::string_view code, std::string_view severity,
                      std::string message, std::string help) {
  problems_.emplace_back(survey_.place(where), Survey::Problem{.service = "mariadb",
                                                               .language = "ini",
                                                               .code = code,
                                                               .severity = severity,
                                                               .message = std::move(message),
                                                               .help = std::move(help)});
}

void Options::take(const ini::Entry& entry) {
  auto name = entry.key.value;
  std::ranges::replace(name, '_', '-');
  const auto place = survey_.place(entry.has_value ? entry.value.span : entry.key.span);
  if (server_files.empty() || server_files.back() != place.path) server_files.push_back(place.path);
  last_[name] = all_.size();
  all_.push_back({name, entry.key.value, entry.value.value, place, survey_.place(entry.key.span),
                  entry.has_value});
}

}  // namespace stackaudit::stack::mariadb
