// nginx itself asked about one configuration, in namespaces of its own.
#pragma once

#include "support/process.hpp"

#include <cstdint>
#include <regex>
#include <string>

namespace stackaudit::test {

struct NginxAnswer {
  bool refused = false;
  std::string message;  // of the first [emerg], without its place
  std::int64_t line = 0;
};

inline NginxAnswer nginx_says(const std::string& path) {
  const auto output = run_isolated({"nginx", "-t", "-c", path, "-g", "pid " + path + ".pid;"});
  NginxAnswer answer;
  answer.refused = output.status != 0;
  static const std::regex kEmergency(R"(\[emerg\] (?:\d+#\d+: )?(.*))");
  std::smatch match;
  if (!std::regex_search(output.err, match, kEmergency)) return answer;
  answer.message = match[1];
  const auto at = answer.message.rfind(" in " + path + ":");
  if (at == std::string::npos) return answer;
  answer.line = std::stoll(answer.message.substr(at + path.size() + 5));
  answer.message.resize(at);
  return answer;
}

}  // namespace stackaudit::test
