// What the command line asks for. The options and the commands that they belong to are one table.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stackaudit::cli {

enum class Command : std::uint8_t { audit, query, tables, rules, explain, fix };
enum class Format : std::uint8_t { text, json };
enum class FailOn : std::uint8_t { error, warning, info, never };
enum class Color : std::uint8_t { automatic, always, never };

struct Options {
  Command command = Command::audit;
  std::string argument;  // SQL of query, name of tables, rule of explain
  std::vector<std::string> paths{"/etc"};
  std::string root = "/";
  std::string policy;  // a path of this machine; empty: the default inside the root
  std::string kind;    // empty: recognise
  std::vector<std::string> rule_folders, select, ignore;
  Format format = Format::text;
  std::string output;  // a path of this machine; empty: standard output
  FailOn fail_on = FailOn::error;
  Color color = Color::automatic;
  bool allow_incomplete = false;
  bool cases = false;
};

// Either options, or what to print (help, version, a complaint) and the status to end with.
struct Parsed {
  Options options;
  std::optional<int> exit;
  std::string out, err;
};
[[nodiscard]] Parsed parse_options(std::span<const std::string> args);

}  // namespace stackaudit::cli
