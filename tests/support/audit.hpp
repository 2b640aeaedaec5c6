// Asks the built program about files, through everything from the tree to the report.
#pragma once

#include "support/process.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace stackaudit::test {

struct Told {
  std::string rule, severity, path, message;
  std::int64_t line = 0;  // 0: the whole file
};

// The findings about entry points of this kind; `ignore` are rules or classes to leave out. Throws
// where the program gives no report.
inline std::vector<Told> audit(const std::vector<std::string>& paths, const std::string& kind,
                               const std::vector<std::string>& ignore = {}) {
  std::vector<std::string> command{STACKAUDIT_BINARY, "--kind", kind, "--format", "json"};
  std::string left_out;
  for (const auto& name : ignore) left_out += (left_out.empty() ? "" : ",") + name;
  if (!left_out.empty()) command.insert(command.end(), {"--ignore", left_out});
  command.insert(command.end(), paths.begin(), paths.end());
  const auto output = run(command);
  std::vector<Told> findings;
  const auto report = nlohmann::json::parse(output.out);
  for (const auto& finding : report.at("findings")) {
    const auto& line = finding.at("line");
    findings.push_back({finding.at("rule"), finding.at("severity"), finding.at("path"),
                        finding.at("message"), line.is_null() ? 0 : line.get<std::int64_t>()});
  }
  return findings;
}

// The same about one.
inline std::vector<Told> audit(const std::string& path, const std::string& kind,
                               const std::vector<std::string>& ignore = {}) {
  return audit(std::vector{path}, kind, ignore);
}

}  // namespace stackaudit::test
